import type { Candles } from './candles.ts';

/** What can be wrong with a candle; none of these may reach a computation. */
export type FaultCode =
  | 'not_a_number'
  | 'not_positive'
  | 'negative_volume'
  | 'high_below_low'
  | 'time_back'
  | 'duplicate';

export interface CandleFault {
  readonly index: number;
  readonly code: FaultCode;
}

/** The first `most` faulty candles, each with the first thing that is wrong with it. */
export function candleFaults(candles: Candles, most = 1): CandleFault[] {
  const { time, open, high, low, close, volume, length } = candles;
  const faults: CandleFault[] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length && faults.length < most; i++) {
    const now = time[i] as number; // i is inside every column, here and below
    const top = high[i] as number;
    const bottom = low[i] as number;
    const sum = now + (open[i] as number) + top + bottom + (close[i] as number) + (volume[i] as number);
    // A sound candle passes with a few comparisons; only a faulty one is looked at closely.
    const sound =
      sum - sum === 0 &&
      now > before &&
      bottom > 0 &&
      top >= bottom &&
      (open[i] as number) > 0 &&
      (close[i] as number) > 0 &&
      (volume[i] as number) >= 0;
    if (!sound) faults.push({ index: i, code: faultAt(candles, i, before) });
    if (now > before) before = now;
  }
  return faults;
}

function faultAt(candles: Candles, i: number, before: number): FaultCode {
  const of = (column: Float64Array) => column[i] as number; // i is inside
  const prices = [of(candles.open), of(candles.high), of(candles.low), of(candles.close)];
  if (![of(candles.time), of(candles.volume), ...prices].every(Number.isFinite)) return 'not_a_number';
  if (prices.some((price) => price <= 0)) return 'not_positive';
  if (of(candles.volume) < 0) return 'negative_volume';
  if (of(candles.high) < of(candles.low)) return 'high_below_low';
  return of(candles.time) === before ? 'duplicate' : 'time_back';
}

/** Index of the first candle whose open or close lies outside its own low and high; -1 when there is none. */
export function firstOutsideRange({ open, high, low, close, length }: Candles): number {
  for (let i = 0; i < length; i++) {
    const top = high[i] as number; // i is inside, here and below
    const bottom = low[i] as number;
    if ((open[i] as number) > top || (open[i] as number) < bottom) return i;
    if ((close[i] as number) > top || (close[i] as number) < bottom) return i;
  }
  return -1;
}
