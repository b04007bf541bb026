import { checkPeriod, overColumn, type Stream } from './stream.ts';

/**
 * Exponential moving average with weight 2 / (period + 1), seeded with the mean of the first `period` values, which is
 * its first value at index `period - 1` (TA-Lib EMA).
 */
export const ema = (source: Float64Array, period: number): Float64Array => overColumn(source, emaStream(period));

export const emaStream = (period: number): Stream => smoothed(period, 2 / (period + 1));

/** Wilder's smoothing: the same with weight 1 / period (J. Welles Wilder, New Concepts in Technical Trading Systems, 1978). */
export const wilderStream = (period: number): Stream => smoothed(period, 1 / period);

function smoothed(period: number, weight: number): Stream {
  checkPeriod(period);
  let seen = 0;
  let sum = 0;
  let mean = Number.NaN;
  return (value) => {
    if (Number.isNaN(value)) return Number.NaN;
    if (seen >= period) {
      mean += weight * (value - mean);
      return mean;
    }
    sum += value;
    if (++seen === period) mean = sum / period;
    return mean;
  };
}
