import type { Clock } from '../clock.ts';
import { sliceCandles } from './candles.ts';
import { demoCandles, demoMarket, demoMarkets } from './demo.ts';
import type { CandleSource } from './source.ts';
import { timeframeMs } from './timeframe.ts';
import { ExchangeTrouble } from './trouble.ts';

export const DEMO = 'demo';

/** The demo exchange as any other one answers: closed candles up to now. */
export const demoSource = (clock: Clock): CandleSource => ({
  id: DEMO,
  batch: 50_000,
  symbols: async () => demoMarkets.map(({ symbol }) => symbol),
  async candles({ symbol, timeframe, sinceMs, limit }) {
    const known = demoMarket(symbol);
    if (!known) throw new ExchangeTrouble(DEMO, 'symbol_unknown');
    const step = timeframeMs[timeframe];
    const closedMs = Math.floor(clock.now().getTime() / step) * step;
    const candles = demoCandles(known, timeframe, sinceMs, Math.min(closedMs, sinceMs + (limit + 1) * step));
    return sliceCandles(candles, 0, Math.min(limit, candles.length));
  },
});
