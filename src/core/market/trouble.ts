/** What can be wrong between an exchange and us, in the order in which somebody should look at it. */
export type TroubleKind =
  | 'unreachable'
  | 'slow'
  | 'limited'
  | 'maintenance'
  | 'region'
  | 'symbol_unknown'
  | 'unsupported'
  | 'malformed'
  // What only calls with somebody's key can run into.
  | 'key_invalid'
  | 'ip_not_allowed'
  | 'permission'
  | 'clock'
  | 'banned';

/** Those that pass by themselves. */
const passing: readonly TroubleKind[] = ['unreachable', 'slow', 'limited', 'maintenance', 'malformed'];

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
}
