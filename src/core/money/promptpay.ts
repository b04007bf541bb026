import { parse } from 'promptparse';
import { billPayment } from 'promptparse/generate';
import generateCreditTransfer from 'promptpay-qr';
import { fail } from '../error.ts';

/** Who is paid. The kind is said, never guessed from the length of a number. */
export type PayeeKind = 'phone' | 'national_id' | 'ewallet' | 'biller';
export interface Payee {
  kind: PayeeKind;
  /** Digits only: phone `0XXXXXXXXX`, national or tax id 13, e-wallet 15, biller 15. */
  id: string;
}

const SHAPES: Record<PayeeKind, RegExp> = {
  phone: /^0[689]\d{8}$/,
  national_id: /^\d{13}$/,
  ewallet: /^\d{15}$/,
  biller: /^\d{15}$/,
};

/** The 13th digit of a Thai national or tax id: (11 − Σ digit × (14 − position)) mod 10. */
export function checkDigitHolds(id: string): boolean {
  let sum = 0;
  for (let i = 0; i < 12; i++) sum += Number(id[i]) * (13 - i);
  return (11 - (sum % 11)) % 10 === Number(id[12]);
}

export function checkPayee(payee: Payee): Payee {
  const sound = SHAPES[payee.kind].test(payee.id) && (payee.kind !== 'national_id' || checkDigitHolds(payee.id));
  if (!sound) fail('promptpay.id_invalid', { kind: payee.kind });
  return payee;
}

/**
 * A merchant id as operators write it: `0812345678`, `1-1037-…` (national or tax id), `ewallet:` or `biller:` before 15
 * digits. Fifteen bare digits are refused, because they may be either.
 */
export function parsePayee(text: string): Payee {
  const [prefix, rest] = text.includes(':') ? (text.split(':', 2) as [string, string]) : ['', text];
  const id = rest.replace(/[\s-]/g, '');
  const named: Record<string, PayeeKind> = { ewallet: 'ewallet', biller: 'biller', phone: 'phone', id: 'national_id' };
  const kind =
    named[prefix.trim()] ??
    (prefix ? undefined : id.length === 10 ? 'phone' : id.length === 13 ? 'national_id' : undefined);
  if (!kind) fail('promptpay.id_invalid', { kind: 'unknown' });
  return checkPayee({ kind, id });
}

const MAX_SATANG = 999_999_999_999n; // tag 54 holds 13 characters: 9999999999.99
const REFERENCE = /^[A-Z0-9]{1,20}$/;

interface Fields {
  payee: Payee;
  amountSatang: bigint;
  /** Only a biller's QR can carry one (tag 30, ref1). */
  reference: string | null;
}

const PROXY_TAG: Record<string, PayeeKind> = { '01': 'phone', '02': 'national_id', '03': 'ewallet' };

/** Reads back a payable Thai QR; undefined for anything else, a wrong checksum included. */
export function readPromptPay(payload: string): Fields | undefined {
  const qr = parse(payload, true, true);
  if (qr?.getTagValue('53') !== '764' || qr.getTagValue('58') !== 'TH' || qr.getTagValue('01') !== '12')
    return undefined;
  const amount = /^(\d{1,10})\.(\d{2})$/.exec(qr.getTagValue('54') ?? '');
  if (!amount?.[1] || !amount[2]) return undefined;
  const amountSatang = BigInt(amount[1]) * 100n + BigInt(amount[2]);
  const proxies = qr.getTag('29')?.subTags ?? [];
  if (qr.getTagValue('29', '00') === 'A000000677010111' && proxies.length === 2) {
    const proxy = proxies.find((tag) => tag.id in PROXY_TAG);
    const kind = PROXY_TAG[proxy?.id ?? ''];
    if (!proxy || !kind) return undefined;
    const id = kind === 'phone' ? proxy.value.replace(/^0066/, '0') : proxy.value;
    return { payee: { kind, id }, amountSatang, reference: null };
  }
  const id = qr.getTagValue('30', '01');
  if (qr.getTagValue('30', '00') !== 'A000000677010112' || !id) return undefined;
  return { payee: { kind: 'biller', id }, amountSatang, reference: qr.getTagValue('30', '02') ?? null };
}

/**
 * The text of a Thai QR that asks for exactly this amount. The libraries that write the tags check nothing, so what
 * they wrote is parsed back and every field compared before anybody sees it.
 * Refuses `promptpay.id_invalid`, `promptpay.amount_invalid`, `promptpay.reference_invalid`.
 */
export function writePromptPay(input: { payee: Payee; amountSatang: bigint; reference: string }): string {
  const { payee, amountSatang, reference } = input;
  checkPayee(payee);
  if (amountSatang < 1n || amountSatang > MAX_SATANG) fail('promptpay.amount_invalid');
  if (!REFERENCE.test(reference)) fail('promptpay.reference_invalid');
  const amount = Number(amountSatang) / 100; // exact to the satang: 12 digits are far below 2^53
  const payload =
    payee.kind === 'biller'
      ? billPayment({ billerId: payee.id, amount, ref1: reference })
      : generateCreditTransfer(payee.id, { amount });
  const back = readPromptPay(payload);
  const same =
    back?.payee.kind === payee.kind &&
    back.payee.id === payee.id &&
    back.amountSatang === amountSatang &&
    back.reference === (payee.kind === 'biller' ? reference : null);
  if (!same) throw new Error('the QR does not say what it should');
  return payload;
}
