import { allocateCandles, type Candles, sliceCandles } from '../../src/core/market/candles.ts';
import type { CandleSource } from '../../src/core/market/source.ts';
import type { Timeframe } from '../../src/core/market/timeframe.ts';
import { ExchangeTrouble, type TroubleKind } from '../../src/core/market/trouble.ts';

export interface TestSource extends CandleSource {
  batch: number;
  /** What it trades now. */
  traded: string[];
  /** Its candles, by `BTC/USDT 1h`. */
  series: Map<string, Candles>;
  /** Every call for candles, as `BTC/USDT 1h <sinceMs>`. */
  asked: string[];
  symbolsAsked: number;
  /** The next calls of either kind meet these troubles, one after the other. */
  troubles: TroubleKind[];
  /** Waited for before every answer. */
  pause: (() => Promise<void>) | undefined;
}

/** An exchange in memory. With `windowed` it looks no further than one answer reaches, as some real ones do. */
export function testSource(id: string, { batch = 500, windowed = false, stepMs = 3_600_000 } = {}): TestSource {
  const next = async (source: TestSource, signal: AbortSignal) => {
    await source.pause?.();
    signal.throwIfAborted();
    const trouble = source.troubles.shift();
    if (trouble) throw new ExchangeTrouble(id, trouble);
  };
  return {
    id,
    batch,
    traded: ['BTC/USDT', 'ETH/USDT', 'ETH/BTC', 'PEPE/USDT'],
    series: new Map(),
    asked: [],
    symbolsAsked: 0,
    troubles: [],
    pause: undefined,
    async symbols(signal) {
      this.symbolsAsked += 1;
      await next(this, signal);
      return this.traded;
    },
    async candles({ symbol, timeframe, sinceMs, limit }, signal) {
      this.asked.push(`${symbol} ${timeframe} ${sinceMs}`);
      await next(this, signal);
      const all = this.series.get(keyOf(symbol, timeframe));
      if (!all) throw new ExchangeTrouble(id, 'symbol_unknown');
      const from = all.time.findIndex((time) => time >= sinceMs);
      if (from < 0 || (windowed && (all.time[from] ?? 0) >= sinceMs + limit * stepMs)) return allocateCandles(0);
      return sliceCandles(all, from, Math.min(all.length, from + Math.min(limit, batch)));
    },
  };
}

export const keyOf = (symbol: string, timeframe: Timeframe) => `${symbol} ${timeframe}`;
