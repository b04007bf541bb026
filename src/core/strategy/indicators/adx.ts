import type { Candles } from '../../market/candles.ts';
import { trueRange } from './atr.ts';
import { checkPeriod } from './stream.ts';

export interface Adx {
  adx: Float64Array;
  plusDi: Float64Array;
  minusDi: Float64Array;
}

/**
 * Average directional index with its two directional indicators, 0 to 100 (Wilder 1978). The indicators start at index
 * `period`, the index at `2 * period - 1` (TA-Lib ADX, PLUS_DI, MINUS_DI).
 */
export function adx(candles: Candles, period: number): Adx {
  const { high, low, close, length } = candles;
  const lines = {
    adx: new Float64Array(length),
    plusDi: new Float64Array(length),
    minusDi: new Float64Array(length),
  };
  const stream = adxStream(period);
  for (let i = 0; i < length; i++) {
    stream.push(high[i] as number, low[i] as number, close[i] as number); // i is inside
    lines.adx[i] = stream.adx;
    lines.plusDi[i] = stream.plusDi;
    lines.minusDi[i] = stream.minusDi;
  }
  return lines;
}

export interface AdxStream {
  push(high: number, low: number, close: number): void;
  adx: number;
  plusDi: number;
  minusDi: number;
}

/** Sums of the first `period - 1` movements, from then on each loses a `period`th before the next is added. */
export function adxStream(period: number): AdxStream {
  checkPeriod(period, 2);
  let [highBefore, lowBefore, closeBefore] = [Number.NaN, Number.NaN, Number.NaN];
  let [plus, minus, range] = [0, 0, 0];
  let moves = -1;
  let sumDx = 0;
  let countDx = 0;
  return {
    adx: Number.NaN,
    plusDi: Number.NaN,
    minusDi: Number.NaN,
    push(high, low, close) {
      const [up, down] = [high - highBefore, lowBefore - low];
      const reach = trueRange(high, low, closeBefore);
      [highBefore, lowBefore, closeBefore] = [high, low, close];
      if (++moves === 0) return;
      const keep = moves < period ? 1 : 1 - 1 / period;
      plus = plus * keep + (up > 0 && up > down ? up : 0);
      minus = minus * keep + (down > 0 && down > up ? down : 0);
      range = range * keep + reach;
      if (moves < period) return;
      this.plusDi = range === 0 ? 0 : (100 * plus) / range;
      this.minusDi = range === 0 ? 0 : (100 * minus) / range;
      const both = this.plusDi + this.minusDi;
      const dx = both === 0 ? Number.NaN : (100 * Math.abs(this.plusDi - this.minusDi)) / both;
      countDx += 1;
      if (countDx <= period) {
        sumDx += Number.isNaN(dx) ? 0 : dx;
        if (countDx === period) this.adx = sumDx / period;
      } else if (!Number.isNaN(dx)) this.adx += (dx - this.adx) / period;
    },
  };
}
