import type { Candles } from '../../market/candles.ts';
import { wilderStream } from './ema.ts';

/** An indicator fed candle by candle. */
export type CandleStream = (high: number, low: number, close: number) => number;

export function overCandles(candles: Candles, next: CandleStream): Float64Array {
  const { high, low, close, length } = candles;
  const out = new Float64Array(length);
  for (let i = 0; i < length; i++) out[i] = next(high[i] as number, low[i] as number, close[i] as number); // i is inside
  return out;
}

/**
 * Average true range (Wilder 1978): Wilder's average of the true range, which needs the close before. First value at
 * index `period` (TA-Lib ATR).
 */
export const atr = (candles: Candles, period: number): Float64Array => overCandles(candles, atrStream(period));

export function atrStream(period: number): CandleStream {
  const mean = wilderStream(period);
  let before = Number.NaN;
  return (high, low, close) => {
    const range = trueRange(high, low, before);
    before = close;
    return mean(range);
  };
}

/** How far the price went since the close before, NaN without one. */
export const trueRange = (high: number, low: number, closeBefore: number) =>
  Math.max(high - low, Math.abs(high - closeBefore), Math.abs(low - closeBefore));
