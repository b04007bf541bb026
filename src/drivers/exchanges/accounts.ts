import { ExchangeTrouble } from '../../core/market/trouble.ts';
import { demoExchange } from '../../core/trading/demoExchange.ts';
import type { AccountLogin, Endpoint, ExchangeInfo, Exchanges } from '../../core/trading/exchange.ts';
import { exchangeIds } from './client.ts';
import { readFills, readMoves } from './history.ts';
import { profileOf, profiles, testnets } from './profiles.ts';
import { readAccount } from './reading.ts';
import { readRights } from './rights.ts';
import { readTickers } from './tickers.ts';
import { type Held, openVenue, type Session, type Venue, type VenueOptions } from './venue.ts';

const offered: readonly ExchangeInfo[] = exchangeIds.map((id) => {
  const { name, needsPassphrase, keyPage } = profiles[id];
  return { id, name, endpoints: testnets[id] ? ['live', 'testnet'] : ['live'], needsPassphrase, keyPage };
});

/**
 * The exchanges on behalf of accounts. Nothing is asked of an exchange, and ccxt is not loaded, before somebody needs
 * it. The demo exchange is one of them and needs neither.
 */
export function openExchanges(options: VenueOptions): Exchanges & { held(): Held } {
  const venues = new Map<string, Venue>();
  const demo = demoExchange(options.clock);

  function venueOf(exchange: string, endpoint: Endpoint): Venue {
    const name = `${exchange}:${endpoint}`;
    const known = venues.get(name);
    if (known) return known;
    const id = exchangeIds.find((offeredId) => offeredId === exchange);
    const profile = id && profileOf(id, endpoint);
    if (!id || !profile) throw new ExchangeTrouble(exchange, 'unsupported');
    const venue = openVenue(id, endpoint, profile, options);
    venues.set(name, venue);
    return venue;
  }

  const runs = async <T>(login: AccountLogin, signal: AbortSignal, work: (session: Session) => Promise<T>) =>
    venueOf(login.exchange, login.endpoint).run(login, signal, work);

  return {
    offered: [...offered, demo.info],
    rights: async (login, signal) => (demo.is(login) ? demo.rights() : runs(login, signal, readRights)),
    read: async (login, signal) => (demo.is(login) ? demo.read(login) : runs(login, signal, readAccount)),
    fills: async (login, wanted, signal) =>
      demo.is(login) ? demo.fills(login, wanted) : runs(login, signal, (session) => readFills(session, wanted)),
    moves: async (login, wanted, signal) =>
      demo.is(login) ? demo.moves(login, wanted) : runs(login, signal, (session) => readMoves(session, wanted)),
    tickers: async (exchange, endpoint, signal) =>
      demo.is({ exchange }) ? demo.tickers() : venueOf(exchange, endpoint).run(null, signal, readTickers),
    forget(accountId) {
      for (const venue of venues.values()) venue.forget(accountId);
    },
    /** What is kept in memory of all of them together. */
    held() {
      const all = [...venues.values()].map((venue) => venue.held());
      const sum = (name: keyof Held) => all.reduce((total, each) => total + each[name], 0);
      return { seats: sum('seats'), clients: sum('clients'), loads: sum('loads') };
    },
  };
}
