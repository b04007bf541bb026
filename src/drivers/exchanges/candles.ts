import type { Exchange } from 'ccxt';
import type { Clock } from '../../core/clock.ts';
import { allocateCandles, type Candles, candleColumns } from '../../core/market/candles.ts';
import type { CandleSource } from '../../core/market/source.ts';
import { timeframeMs } from '../../core/market/timeframe.ts';
import { ExchangeTrouble } from '../../core/market/trouble.ts';
import { ask, type BaseUrls, type ExchangeId, exchangeIds, openClient } from './client.ts';

/** How many candles each exchange gives in one answer. */
const batches: Record<ExchangeId, number> = {
  binance: 1000,
  bybit: 1000,
  okx: 100,
  mexc: 1000,
  bitget: 200,
  kucoin: 1500,
  gate: 1000,
  kraken: 720,
};

/** The candles of a real exchange. Its client is made at the first call and kept. */
export function exchangeSource(id: ExchangeId, options: { baseUrls: BaseUrls; clock: Clock }): CandleSource {
  let opening: Promise<Exchange> | undefined;
  const client = () => {
    opening ??= openClient(id, options);
    return opening;
  };
  async function call<T>(signal: AbortSignal, work: (exchange: Exchange) => Promise<T>): Promise<T> {
    const exchange = await client();
    return ask(exchange, signal, () => work(exchange));
  }
  return {
    id,
    batch: batches[id],
    symbols: (signal) =>
      call(signal, async (exchange) => {
        await loadMarkets(exchange);
        return Object.values(exchange.markets ?? {})
          .filter((market) => market?.spot && market.active !== false)
          .map((market) => market?.symbol ?? '');
      }),
    candles: ({ symbol, timeframe, sinceMs, limit }, signal) =>
      call(signal, async (exchange) => {
        if (Object.keys(exchange.markets ?? {}).length === 0) await loadMarkets(exchange);
        const rows = await exchange.fetchOHLCV(symbol, timeframe, sinceMs, Math.min(limit, batches[id]));
        return closedCandles(rows, options.clock.now().getTime() - timeframeMs[timeframe]);
      }),
  };
}

/** All exchanges we offer, as sources. */
export const exchangeSources = (options: { baseUrls: BaseUrls; clock: Clock }): CandleSource[] =>
  exchangeIds.map((id) => exchangeSource(id, options));

/**
 * ccxt would answer for ever what it learnt first, a failed attempt included, unless it is told to ask. Of an answer that
 * is no JSON it makes no markets, and every symbol would be unknown.
 */
async function loadMarkets(exchange: Exchange): Promise<void> {
  await exchange.loadMarkets(true);
  if (Object.keys(exchange.markets ?? {}).length === 0) throw new ExchangeTrouble(exchange.id, 'malformed');
}

/** Rows of ccxt as columns, without those that opened after `lastMs`: they are still being traded. */
function closedCandles(rows: readonly (readonly unknown[])[], lastMs: number): Candles {
  const closed = rows.filter(([time]) => Number(time) <= lastMs).sort(([a], [b]) => Number(a) - Number(b));
  const candles = allocateCandles(closed.length);
  for (const [i, row] of closed.entries())
    for (const [n, name] of candleColumns.entries()) candles[name][i] = Number(row[n] ?? Number.NaN);
  return candles;
}
