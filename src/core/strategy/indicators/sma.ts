import { checkPeriod, overColumn, type Stream } from './stream.ts';

/** Simple moving average: the mean of the last `period` values. First value at index `period - 1` (TA-Lib SMA). */
export const sma = (source: Float64Array, period: number): Float64Array => overColumn(source, smaStream(period));

/** The sum moves along with the window and is taken anew once a window, so that rounding never adds up. */
export function smaStream(period: number): Stream {
  checkPeriod(period);
  const window = new Float64Array(period);
  let seen = 0;
  let at = 0;
  let sum = 0;
  return (value) => {
    if (Number.isNaN(value)) return Number.NaN;
    sum += value - (window[at] as number);
    window[at] = value;
    if (++at === period) {
      at = 0;
      sum = 0;
      for (let i = 0; i < period; i++) sum += window[i] as number;
    }
    return ++seen < period ? Number.NaN : sum / period;
  };
}
