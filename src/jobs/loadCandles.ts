import type { Candles } from '../core/market/candles.ts';
import { ensureCandles } from '../core/market/ensure.ts';
import type { MarketContext } from '../core/market/sources.ts';
import { seriesChangedAt } from '../core/market/store.ts';
import type { LoadCandles } from './runner.ts';

/** Six columns of eight bytes. */
const BYTES_A_CANDLE = 48;
const MOST_BYTES = 256 * 2 ** 20;

interface Kept {
  candles: Promise<Candles>;
  bytes: number;
}

/**
 * Candles in shared memory, read once for all runs of the same period: searches, comparisons and the runs of several
 * people use the same bytes. The ones that were used longest ago go first; candles that were written since are read anew.
 */
export function columnCache(mostBytes = MOST_BYTES) {
  const kept = new Map<string, Kept>();
  const trim = () => {
    let bytes = 0;
    for (const [key, each] of [...kept].reverse()) {
      bytes += each.bytes;
      if (bytes > mostBytes) kept.delete(key);
    }
  };
  return {
    size: () => kept.size,
    async take(key: string, read: () => Promise<Candles>): Promise<Candles> {
      const known = kept.get(key);
      if (known) {
        kept.delete(key);
        kept.set(key, known); // used last
        const shared = await known.candles.catch(() => undefined); // who read them gave up: that is not this one's fault
        if (shared) return shared;
      }
      const made: Kept = { candles: read(), bytes: 0 };
      kept.set(key, made);
      try {
        made.bytes = (await made.candles).length * BYTES_A_CANDLE;
        trim();
        return await made.candles;
      } catch (error) {
        if (kept.get(key) === made) kept.delete(key);
        throw error;
      }
    },
  };
}

/** How a run comes to its candles: from memory, else from the database, else from the exchange. */
export function loadCandles(ctx: MarketContext, cache = columnCache()): LoadCandles {
  return async ({ source, symbol, timeframe, fromMs, toMs }, { signal, onProgress }) => {
    const wanted = { source, symbol, timeframe, fromMs, toMs };
    const changedAt = await seriesChangedAt(ctx, { source, symbol });
    const key = JSON.stringify([...Object.values(wanted), changedAt?.getTime()]);
    const read = async () => (await ensureCandles(ctx, wanted, { signal, onProgress })).candles;
    // Whoever is no longer wanted does not wait for what somebody else reads.
    return Promise.race([cache.take(key, read), aborted(signal)]);
  };
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
