import { createHash } from 'node:crypto';
import type { Exchange } from 'ccxt';
import type { AccountLogin, ExchangeKey } from '../../core/trading/exchange.ts';
import type { Breaker } from './breaker.ts';
import type { Pace } from './pace.ts';

/** What is kept of an account between its calls: nothing of its key, and little else. */
export interface Seat {
  readonly breaker: Breaker;
  readonly pace: Pace;
  /** What its exchange has said about its kind of account, by the names under which ccxt looks for it. */
  learnt: Readonly<Record<string, unknown>>;
}

/**
 * A client is half a megabyte and costs milliseconds to make, so accounts have none of their own: they borrow one for
 * the time of a call, with their key and what was learnt of them put in, and taken out again afterwards.
 */
export interface Seats {
  use<T>(login: AccountLogin, work: (client: Exchange, seat: Seat) => Promise<T>): Promise<T>;
  drop(accountId: string): void;
  held(): { seats: number; clients: number };
}

export interface SeatOptions {
  /** How many accounts are remembered; of more, the one that was used longest ago is forgotten. */
  readonly seats: number;
  /** How many clients wait for the next call. */
  readonly clients: number;
  /** A client that keeps to the pace of whoever has it. */
  open(pace: () => Pace): Promise<Exchange>;
  newSeat(): Seat;
}

/** What ccxt and we remember of an account among a client's options. */
const learntNames = [
  'enableUnifiedMargin',
  'enableUnifiedAccount',
  'unifiedMarginStatus',
  'unifiedAccount',
  'uta',
  'hf',
  'learntHf',
  'hasAlreadyAuthenticatedSuccessfully',
];

interface Borrowed {
  client: Exchange;
  /** The options as a new client has them. */
  plain: Readonly<Record<string, unknown>>;
  seat: Seat;
}

export function openSeats(options: SeatOptions): Seats {
  const places = new Map<string, { seat: Seat; hash: string }>();
  const idle: Borrowed[] = [];

  function seatOf(accountId: string, key: ExchangeKey): Seat {
    const known = places.get(accountId);
    const hash = hashOf(key);
    const place = known?.hash === hash ? known : { seat: options.newSeat(), hash };
    places.delete(accountId);
    places.set(accountId, place); // last in order, and so the last to go
    for (const oldest of places.keys()) {
      if (places.size <= options.seats) break;
      places.delete(oldest);
    }
    return place.seat;
  }

  async function borrow(seat: Seat): Promise<Borrowed> {
    const waiting = idle.pop();
    if (waiting) return Object.assign(waiting, { seat });
    const borrowed: { seat: Seat; client?: Exchange } = { seat };
    const client = await options.open(() => borrowed.seat.pace);
    return Object.assign(borrowed, { client, plain: learntOf(client) });
  }

  return {
    async use({ accountId, key }, work) {
      if (!key) throw new Error('an account of an exchange without a key');
      const seat = seatOf(accountId, key);
      const borrowed = await borrow(seat);
      const { client, plain } = borrowed;
      client.apiKey = key.apiKey;
      client.secret = key.secret;
      client.password = key.passphrase ?? '';
      Object.assign(client.options, seat.learnt);
      try {
        return await work(client, seat);
      } finally {
        seat.learnt = learntOf(client);
        empty(client);
        Object.assign(client.options, plain);
        if (idle.length < options.clients) idle.push(borrowed);
      }
    },
    drop: (accountId) => void places.delete(accountId),
    held: () => ({ seats: places.size, clients: idle.length }),
  };
}

const hashOf = (key: ExchangeKey) => createHash('sha256').update(JSON.stringify(key)).digest('base64');

const learntOf = ({ options }: Exchange) => Object.fromEntries(learntNames.map((name) => [name, options[name]]));

/** Takes away the key and what was signed with it. */
function empty(client: Exchange): void {
  client.apiKey = '';
  client.secret = '';
  client.password = '';
  client.last_request_headers = undefined;
  client.last_request_body = undefined;
  client.last_request_url = undefined;
}

/** What no exchange gives out as a key goes nowhere: a header would refuse it, and quote it. */
export function isWellFormed(key: ExchangeKey | null): boolean {
  if (!key) return false;
  const texts = [key.apiKey, key.secret, ...(key.passphrase === undefined ? [] : [key.passphrase])];
  return texts.every((text) => /^[\x21-\x7e][\x20-\x7e]{0,4094}$/.test(text) && text.trim() === text);
}
