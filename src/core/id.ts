import { randomBytes } from 'node:crypto';

/** Crockford's alphabet: no I, L, O, U, so that a person can read an id aloud. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

declare const brand: unique symbol;
type Branded<B extends string> = string & { readonly [brand]: B };

export type UserId = Branded<'user'>;
export type IdentityId = Branded<'identity'>;
export type TopupId = Branded<'topup'>;
export type LedgerAccountId = Branded<'ledgerAccount'>;

export type NewId = (prefix: string) => string;

function encode(value: bigint, length: number): string {
  let rest = value;
  let out = '';
  for (let i = 0; i < length; i++) {
    out = ALPHABET[Number(rest & 31n)] + out;
    rest >>= 5n;
  }
  return out;
}

/** `length` characters of Crockford base32, 5 random bits each. */
export function randomCode(length: number): string {
  let out = '';
  for (const byte of randomBytes(length)) out += ALPHABET[byte & 31];
  return out;
}

/**
 * Ids like `top_01JD…`: 48 bits of milliseconds, then 80 random bits, so that they sort by birth. Within one
 * millisecond the random part counts up, which keeps the order of one process strict.
 */
export function idMaker(now: () => Date): NewId {
  let lastMs = -1;
  let tail = 0n;
  return (prefix) => {
    const ms = Math.max(now().getTime(), lastMs);
    tail = ms === lastMs ? tail + 1n : BigInt(`0x${randomBytes(9).toString('hex')}`); // 72 bits leave room to count
    lastMs = ms;
    return `${prefix}_${encode(BigInt(ms), 10)}${encode(tail, 16)}`;
  };
}

/** The smallest id that can be born at `at`: lists by time go through the primary key. */
export const firstIdAt = (prefix: string, at: Date) => `${prefix}_${encode(BigInt(at.getTime()), 10)}${'0'.repeat(16)}`;
