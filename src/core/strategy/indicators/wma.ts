import { checkPeriod, overColumn, type Stream } from './stream.ts';

/**
 * Linearly weighted moving average: the newest of the last `period` values weighs `period`, the oldest 1. First value
 * at index `period - 1` (TA-Lib WMA).
 */
export const wma = (source: Float64Array, period: number): Float64Array => overColumn(source, wmaStream(period));

export function wmaStream(period: number): Stream {
  checkPeriod(period);
  const window = new Float64Array(period);
  const weights = (period * (period + 1)) / 2;
  let seen = 0;
  let at = 0;
  let sum = 0;
  let weighted = 0;
  return (value) => {
    if (Number.isNaN(value)) return Number.NaN;
    // Each value in the window loses one weight as the new one comes in with the full one.
    weighted += period * value - sum;
    sum += value - (window[at] as number);
    window[at] = value;
    if (++at === period) {
      at = 0;
      sum = 0;
      weighted = 0;
      for (let i = 0; i < period; i++) {
        sum += window[i] as number;
        weighted += (i + 1) * (window[i] as number);
      }
    }
    return ++seen < period ? Number.NaN : weighted / weights;
  };
}
