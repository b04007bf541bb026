import type { Ticker } from '../../core/trading/exchange.ts';
import { unlessZero } from './text.ts';
import type { Session } from './venue.ts';

/** Last prices of what is traded on the spot now: a delisted market keeps its last one for ever. */
export async function readTickers(session: Session): Promise<Ticker[]> {
  const rows =
    session.id === 'binance'
      ? // The prices alone: a twentieth of the weight of whole tickers.
        await session.ask((client) => client.fetchLastPrices(undefined, { type: 'spot' }))
      : await session.ask((client) => client.fetchTickers(undefined, { type: 'spot' }));
  const at = session.now();
  const found: Ticker[] = [];
  for (const [symbol, row] of Object.entries(rows)) {
    const market = session.client.markets?.[symbol];
    const { price: last, last: close } = row as { price?: unknown; last?: unknown }; // ccxt's two shapes of it
    const price = unlessZero(last ?? close);
    if (!market?.spot || market.active === false || !market.base || !market.quote || price === null) continue;
    found.push({ base: market.base, quote: market.quote, price, at });
  }
  return found;
}
