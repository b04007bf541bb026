import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { parseBaht } from '../../core/amount.ts';
import { fail } from '../../core/error.ts';
import type { Authenticated, GatewayEvent, PaymentGateway, RawRequest } from '../../core/money/gateway.ts';
import { type Payee, writePromptPay } from '../../core/money/promptpay.ts';

/**
 * The generic signed webhook: we draw the QR, and whoever sees the money (a bank feed, an integrator, the sandbox bank)
 * tells us with a signature over `<unix seconds>.<raw body>`. Without a charge of its own there is nothing to read
 * back, so an event is believed for its signature alone.
 */
export function hookGateway(options: { payee: Payee | null; secrets: readonly string[] }): PaymentGateway {
  return {
    provider: 'hook',
    mode: 'hook',
    async createCharge({ reference, amountSatang }) {
      if (!options.payee) fail('gateway.unavailable'); // a start-up warning has said why
      return {
        chargeId: null,
        qr: { payload: writePromptPay({ payee: options.payee, amountSatang, reference }) },
        expiresAt: null,
      };
    },
    authenticate: (request) => authenticate(request, options.secrets),
  };
}

const TOLERANCE_S = 300;

export function signature(secret: string, timestamp: string, rawBody: Uint8Array | string): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest('hex');
}

/** The headers that make a body believable; for the sandbox bank, tests and integrators. */
export function signedHeaders(secret: string, now: Date, rawBody: string): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return {
    'content-type': 'application/json',
    'x-webhook-timestamp': timestamp,
    'x-webhook-signature': `v1=${signature(secret, timestamp, rawBody)}`,
  };
}

function authenticate({ headers, rawBody, now }: RawRequest, secrets: readonly string[]): Authenticated {
  if (secrets.length === 0) return { ok: false, reason: 'unconfigured' };
  const given = (headers.get('x-webhook-signature') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  const timestamp = headers.get('x-webhook-timestamp') ?? '';
  if (given.length === 0) return { ok: false, reason: 'no-signature' };
  // Ten digits of seconds: eleven would be another millennium, thirteen are milliseconds.
  if (!/^\d{10}$/.test(timestamp) || Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE_S) {
    return { ok: false, reason: 'stale' };
  }
  const expected = secrets.map((secret) => Buffer.from(signature(secret, timestamp, rawBody), 'hex'));
  const matches = given.slice(0, 10).some((part) => isOneOf(part, expected));
  return matches ? readEvent(rawBody) : { ok: false, reason: 'bad-signature' };
}

/** Compares with every secret, found or not, in constant time. */
function isOneOf(part: string, expected: Buffer[]): boolean {
  const hex = /^v1=([0-9a-f]{64})$/.exec(part)?.[1];
  if (!hex) return false;
  const given = Buffer.from(hex, 'hex');
  return expected.map((mac) => timingSafeEqual(mac, given)).includes(true);
}

const STATUS = { SUCCESS: 'paid', FAILED: 'failed', EXPIRED: 'expired', REFUNDED: 'refunded' } as const;
const name = z
  .string()
  .min(1)
  .max(120)
  .regex(/^[\x21-\x7e]+$/);

/** Whatever a payer wrote: money with a strange reference is still money, but PostgreSQL refuses NUL in a text. */
const reference = z
  .string()
  .max(120)
  .transform((text) => text.toWellFormed().replaceAll('\0', ''));

/** A moment of this century. PostgreSQL refuses some that JavaScript can write, and none of them is when somebody paid. */
const moment = z.iso.datetime({ offset: true }).refine((text) => {
  const year = new Date(text).getUTCFullYear(); // NaN for what is no moment, and so in no century
  return year >= 2000 && year < 2100;
});

const bodySchema = z.object({
  event_id: name,
  charge_id: name,
  reference_id: reference,
  status: z.enum(['SUCCESS', 'FAILED', 'EXPIRED', 'REFUNDED']),
  // Money comes as text with two decimals: a JSON number is a float.
  amount: z.string().regex(/^\d{1,10}\.\d{2}$/),
  currency: z.literal('THB'),
  paid_at: moment.nullish(),
});

function readEvent(rawBody: Uint8Array): Authenticated {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody));
  } catch {
    return { ok: false, reason: 'malformed' };
  }
  const parsed = bodySchema.safeParse(json);
  if (!parsed.success) return { ok: false, reason: 'invalid', field: parsed.error.issues[0]?.path.join('.') ?? '' };
  const body = parsed.data;
  const amountSatang = parseBaht(body.amount);
  if (!amountSatang) return { ok: false, reason: 'invalid', field: 'amount' };
  const event: GatewayEvent = {
    eventId: body.event_id,
    chargeId: body.charge_id,
    reference: body.reference_id,
    status: STATUS[body.status],
    amountSatang,
    paidAt: body.paid_at ? new Date(body.paid_at) : null,
  };
  return { ok: true, event, trust: 'signed' };
}
