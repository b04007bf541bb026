import { createHash } from 'node:crypto';
import type { Exchange } from 'ccxt';
import type { AccountLogin, ExchangeKey } from '../../core/trading/exchange.ts';
import type { Breaker } from './breaker.ts';

/** An account's place at an exchange: its client, which holds its key only while it is in use, and its breaker. */
export interface Seat {
  readonly client: Exchange;
  readonly breaker: Breaker;
}

export interface Seats {
  /** Gives the client the account's key for the time of the work. */
  use<T>(login: AccountLogin, work: (seat: Seat) => Promise<T>): Promise<T>;
  drop(accountId: string): void;
  size(): number;
}

interface Place {
  seat: Promise<Seat>;
  users: number;
  /** Of the key that its breaker and what its client has learnt belong to. */
  hash: string;
}

/** At most `limit` places, of which the one that was used longest ago goes first. */
export function openSeats(limit: number, open: () => Promise<Seat>): Seats {
  const places = new Map<string, Place>();

  function placeOf({ accountId, key }: AccountLogin & { key: ExchangeKey }): Place {
    const known = places.get(accountId);
    const hash = hashOf(key);
    const place = known?.hash === hash ? known : { seat: open(), users: 0, hash };
    places.delete(accountId);
    places.set(accountId, place); // last in order, and so the last to go
    for (const oldest of places.keys()) {
      if (places.size <= limit) break;
      places.delete(oldest);
    }
    return place;
  }

  return {
    async use({ key, ...login }, work) {
      if (!key) throw new Error('an account of an exchange without a key');
      const place = placeOf({ ...login, key });
      place.users += 1;
      try {
        const seat = await place.seat;
        seat.client.apiKey = key.apiKey;
        seat.client.secret = key.secret;
        seat.client.password = key.passphrase ?? '';
        return await work(seat);
      } finally {
        place.users -= 1;
        if (place.users === 0)
          await place.seat.then(({ client }) => empty(client)).catch(() => places.delete(login.accountId));
      }
    },
    drop: (accountId) => void places.delete(accountId),
    size: () => places.size,
  };
}

const hashOf = (key: ExchangeKey) => createHash('sha256').update(JSON.stringify(key)).digest('base64');

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
