import { allocateCandles, type Candles } from '../market/candles.ts';

/** Candles of a longer timeframe, seen from the shorter one they were made of. */
export interface HigherTimeframe {
  readonly candles: Candles;
  /** For each shorter candle the index of the last longer one that had closed when it closed; -1 before the first. */
  readonly closed: Int32Array;
  /** A column of the longer timeframe, spread over the shorter candles: its last closed value, NaN before the first. */
  project(column: Float64Array): Float64Array;
}

/**
 * Gathers candles that last `shortMs` into longer ones that begin at whole multiples of `longMs` since 1970 UTC. A longer
 * candle counts as closed at the close of the shorter candle that ends with it, or, when that one is missing, of the
 * first one after it; the last one is not seen while it is unfinished.
 */
export function higherTimeframe(candles: Candles, shortMs: number, longMs: number): HigherTimeframe {
  if (shortMs > longMs) throw new RangeError(`candles of ${shortMs} ms do not make candles of ${longMs} ms`);
  const { time, length } = candles;
  const beginOf = (i: number) => Math.floor((time[i] as number) / longMs) * longMs; // i is inside
  let count = 0;
  for (let i = 0; i < length; i++) if (i === 0 || beginOf(i) !== beginOf(i - 1)) count += 1;
  const long = allocateCandles(count);
  const closed = new Int32Array(length);
  let at = -1;
  for (let i = 0; i < length; i++) {
    const begins = beginOf(i);
    if (at < 0 || long.time[at] !== begins) open(long, ++at, candles, i, begins);
    long.high[at] = Math.max(long.high[at] as number, candles.high[i] as number); // both are inside, here and below
    long.low[at] = Math.min(long.low[at] as number, candles.low[i] as number);
    long.close[at] = candles.close[i] as number;
    long.volume[at] = (long.volume[at] as number) + (candles.volume[i] as number);
    closed[i] = (time[i] as number) + shortMs >= begins + longMs ? at : at - 1;
  }
  return {
    candles: long,
    closed,
    project: (column) => Float64Array.from(closed, (k) => (k < 0 ? Number.NaN : (column[k] as number))), // a closed one exists
  };
}

function open(long: Candles, at: number, candles: Candles, i: number, begins: number): void {
  long.time[at] = begins;
  long.open[at] = candles.open[i] as number; // i is inside
  long.high[at] = Number.NEGATIVE_INFINITY;
  long.low[at] = Number.POSITIVE_INFINITY;
  long.volume[at] = 0;
}
