import { allocateCandles, type Candles, sliceCandles } from './candles.ts';
import { type Timeframe, timeframeMs } from './timeframe.ts';

/**
 * Longer candles out of shorter ones: first open, highest high, lowest low, last close, sum of volume, aligned to UTC.
 * A candle is made from whatever of its shorter ones is there: a gap inside one hides in it, a whole one missing stays
 * missing. The last is left out unless the shorter ones reach its end: it would still change.
 */
export function resample(candles: Candles, timeframe: Timeframe): Candles {
  const step = timeframeMs[timeframe];
  const { time, length } = candles;
  if (length === 0) return allocateCandles(0);
  const shorter = length > 1 ? smallestStep(time) : step;
  const out = allocateCandles(countOf(time, step));
  let n = -1;
  let current = Number.NaN;
  for (let i = 0; i < length; i++) {
    const opened = Math.floor((time[i] as number) / step) * step; // i is inside
    if (opened !== current) {
      current = opened;
      n += 1;
      out.time[n] = opened;
      out.open[n] = candles.open[i] as number;
      out.high[n] = candles.high[i] as number;
      out.low[n] = candles.low[i] as number;
      out.volume[n] = 0;
    }
    out.high[n] = Math.max(out.high[n] as number, candles.high[i] as number);
    out.low[n] = Math.min(out.low[n] as number, candles.low[i] as number);
    out.close[n] = candles.close[i] as number;
    out.volume[n] = (out.volume[n] as number) + (candles.volume[i] as number);
  }
  const isWhole = (time[length - 1] as number) + shorter >= current + step;
  return isWhole ? out : sliceCandles(out, 0, n);
}

function countOf(time: Float64Array, step: number): number {
  let count = 0;
  let current = Number.NaN;
  for (let i = 0; i < time.length; i++) {
    const opened = Math.floor((time[i] as number) / step);
    if (opened !== current) count += 1;
    current = opened;
  }
  return count;
}

function smallestStep(time: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < time.length; i++) least = Math.min(least, (time[i] as number) - (time[i - 1] as number));
  return least;
}
