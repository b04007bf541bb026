import type { Candles } from '../../market/candles.ts';
import { type BandStream, type Bands, emptyBands } from './bollinger.ts';
import { extremesStream } from './extremes.ts';

/**
 * Donchian channel (Richard Donchian): highest high and lowest low of the last `period` candles, the current one among
 * them, and the middle between. First value at index `period - 1` (TA-Lib MAX and MIN).
 */
export function donchian(candles: Candles, period: number): Bands {
  const { high, low, length } = candles;
  const bands = emptyBands(length);
  const stream = donchianStream(period);
  for (let i = 0; i < length; i++) {
    stream.push(high[i] as number, low[i] as number); // i is inside
    bands.upper[i] = stream.upper;
    bands.middle[i] = stream.middle;
    bands.lower[i] = stream.lower;
  }
  return bands;
}

export function donchianStream(period: number): BandStream<[high: number, low: number]> {
  const window = extremesStream(period);
  return {
    upper: Number.NaN,
    middle: Number.NaN,
    lower: Number.NaN,
    push(high, low) {
      window.push(high, low);
      this.upper = window.highest;
      this.lower = window.lowest;
      this.middle = (window.highest + window.lowest) / 2;
    },
  };
}
