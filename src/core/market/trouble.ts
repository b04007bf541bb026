/** What can be wrong between an exchange and us. `trouble-<kind>` in the texts says it in words, and what to do. */
export const troubleKinds = [
  'unreachable',
  'slow',
  'limited',
  'banned',
  'maintenance',
  'malformed',
  'clock',
  'region',
  'symbol_unknown',
  'unsupported',
  'key_invalid',
  'key_refused',
  'key_expired',
  'ip_not_allowed',
  'permission',
  'suspended',
] as const;

export type TroubleKind = (typeof troubleKinds)[number];

/** Those that pass by themselves. */
const passing: readonly TroubleKind[] = ['unreachable', 'slow', 'limited', 'banned', 'maintenance', 'malformed'];

/** Those that only the owner of a key can end. Binance says `key_refused` for a wrong key, address or right alike. */
export const keyTroubles: readonly TroubleKind[] = [
  'key_invalid',
  'key_refused',
  'key_expired',
  'ip_not_allowed',
  'permission',
  'suspended',
];

/** An exchange did not do what we asked. Never holds an address, a header or a signature: exchanges put keys into them. */
export class ExchangeTrouble extends Error {
  readonly exchange: string;
  readonly kind: TroubleKind;
  /** How long the exchange itself asked us to wait; 0 when it said nothing. */
  readonly retryAfterMs: number;

  constructor(exchange: string, kind: TroubleKind, retryAfterMs = 0) {
    super(`${exchange}: ${kind}`);
    this.name = 'ExchangeTrouble';
    this.exchange = exchange;
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }

  get passes(): boolean {
    return passing.includes(this.kind);
  }

  get isOfKey(): boolean {
    return keyTroubles.includes(this.kind);
  }
}
