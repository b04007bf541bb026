import { checkPeriod } from './stream.ts';

export interface Bands {
  upper: Float64Array;
  middle: Float64Array;
  lower: Float64Array;
}

export const emptyBands = (length: number): Bands => ({
  upper: new Float64Array(length),
  middle: new Float64Array(length),
  lower: new Float64Array(length),
});

/** Bands value by value: after `push` they stand in the fields, NaN until they start. */
export interface BandStream<In extends readonly number[]> {
  push(...values: In): void;
  upper: number;
  middle: number;
  lower: number;
}

/**
 * Bollinger bands (John Bollinger): the mean of the last `period` values and `deviations` population standard deviations
 * to both sides. First value at index `period - 1` (TA-Lib BBANDS with a simple average).
 */
export function bollinger(source: Float64Array, period: number, deviations: number): Bands {
  const bands = emptyBands(source.length);
  const stream = bollingerStream(period, deviations);
  for (let i = 0; i < source.length; i++) {
    stream.push(source[i] as number); // i is inside
    bands.upper[i] = stream.upper;
    bands.middle[i] = stream.middle;
    bands.lower[i] = stream.lower;
  }
  return bands;
}

/**
 * The deviation is taken from the mean of the window in a second pass: a running sum of squares loses its digits where
 * prices are large and moves small.
 */
export function bollingerStream(period: number, deviations: number): BandStream<[value: number]> {
  checkPeriod(period);
  const window = new Float64Array(period);
  let seen = 0;
  let at = 0;
  return {
    upper: Number.NaN,
    middle: Number.NaN,
    lower: Number.NaN,
    push(value) {
      if (Number.isNaN(value)) return;
      window[at] = value;
      at = at + 1 === period ? 0 : at + 1;
      if (++seen < period) return;
      let sum = 0;
      for (let i = 0; i < period; i++) sum += window[i] as number;
      const mean = sum / period;
      let squares = 0;
      for (let i = 0; i < period; i++) squares += ((window[i] as number) - mean) ** 2;
      const width = deviations * Math.sqrt(squares / period);
      this.upper = mean + width;
      this.middle = mean;
      this.lower = mean - width;
    },
  };
}
