import type { Candles } from '../../market/candles.ts';
import { type CandleStream, overCandles } from './atr.ts';
import { checkPeriod } from './stream.ts';

const LAMBERT = 0.015;

/**
 * Commodity channel index (Donald Lambert 1980): how far the typical price (high + low + close) / 3 is from its mean, in
 * mean deviations of 0.015. First value at index `period - 1`; 0 where nothing deviates (TA-Lib CCI).
 */
export const cci = (candles: Candles, period: number): Float64Array => overCandles(candles, cciStream(period));

export function cciStream(period: number): CandleStream {
  checkPeriod(period, 2);
  const window = new Float64Array(period);
  let seen = 0;
  let at = 0;
  return (high, low, close) => {
    const typical = (high + low + close) / 3;
    window[at] = typical;
    at = at + 1 === period ? 0 : at + 1;
    if (++seen < period) return Number.NaN;
    let sum = 0;
    for (let i = 0; i < period; i++) sum += window[i] as number;
    const mean = sum / period;
    let deviations = 0;
    for (let i = 0; i < period; i++) deviations += Math.abs((window[i] as number) - mean);
    return deviations === 0 ? 0 : (typical - mean) / (LAMBERT * (deviations / period));
  };
}
