import { fail } from '../error.ts';
import type { ExchangeInfo, ExchangeKey } from './exchange.ts';

/** What a person types about an account: bounded, cleaned, or refused. No refusal repeats a part of a key. */

const NAME_MOST = 40;

/** Control characters and bidirectional overrides have no place in a name. */
const clean = (text: string) =>
  text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();

const fits = (name: string) => [...name].length <= NAME_MOST;

export function accountLabel(text: string): string {
  const label = clean(text);
  return label !== '' && fits(label) ? label : fail('account.label_invalid', { max: NAME_MOST });
}

/** Null for nothing: the account is in no group. */
export function groupLabel(text: string): string | null {
  const name = clean(text);
  if (name === '' || name === '-') return null;
  return fits(name) ? name : fail('account.group_invalid', { max: NAME_MOST });
}

export function apiKeyText(text: string): string {
  const key = text.trim();
  return /^[\x21-\x7e]{8,256}$/.test(key) ? key : fail('account.key_malformed', { field: 'api_key' });
}

/** One line, or the lines of a private key. */
export function secretText(text: string): string {
  const secret = text.replaceAll('\r\n', '\n').trim();
  return /^[\x20-\x7e\n]{8,4096}$/.test(secret) ? secret : fail('account.key_malformed', { field: 'secret' });
}

export function passphraseText(text: string): string {
  const words = text.trim();
  return /^[\x20-\x7e]{1,128}$/.test(words) ? words : fail('account.key_malformed', { field: 'passphrase' });
}

export interface TypedKey {
  apiKey: string;
  secret: string;
  passphrase?: string | undefined;
}

/** The key as the exchange wants it. A passphrase where the exchange has none is left out. */
export function keyFrom(info: ExchangeInfo, typed: TypedKey): ExchangeKey {
  const key = { apiKey: apiKeyText(typed.apiKey), secret: secretText(typed.secret) };
  if (!info.needsPassphrase) return key;
  if (!typed.passphrase?.trim()) fail('account.passphrase_missing', { exchange: info.name });
  return { ...key, passphrase: passphraseText(typed.passphrase) };
}

/** The label itself, or with the first number that nobody has: `Binance`, `Binance 2`. Capital letters do not tell labels apart. */
export function freeLabel(wanted: string, taken: readonly string[]): string {
  const used = new Set(taken.map((label) => label.toLowerCase()));
  if (!used.has(wanted.toLowerCase())) return wanted;
  for (let n = 2; ; n++) {
    const label = `${[...wanted].slice(0, NAME_MOST - 4).join('')} ${n}`;
    if (!used.has(label.toLowerCase())) return label;
  }
}
