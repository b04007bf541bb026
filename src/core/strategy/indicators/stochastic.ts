import type { Candles } from '../../market/candles.ts';
import { extremesStream } from './extremes.ts';
import { smaStream } from './sma.ts';

export interface StochasticPeriods {
  /** Candles that the close is placed within. */
  period: number;
  /** Smoothing of %K, and of %D after it. */
  slowK: number;
  slowD: number;
}

export interface Stochastic {
  k: Float64Array;
  d: Float64Array;
}

/**
 * Slow stochastic (George Lane), 0 to 100: where the close stands between the lowest low and the highest high, smoothed
 * twice. Both lines start at `period + slowK + slowD - 3`: index 17 for 14/3/3; 0 in a window without any range (TA-Lib
 * STOCH with simple averages).
 */
export function stochastic(candles: Candles, periods: StochasticPeriods): Stochastic {
  const { high, low, close, length } = candles;
  const lines = { k: new Float64Array(length), d: new Float64Array(length) };
  const stream = stochasticStream(periods);
  for (let i = 0; i < length; i++) {
    stream.push(high[i] as number, low[i] as number, close[i] as number); // i is inside
    lines.k[i] = stream.k;
    lines.d[i] = stream.d;
  }
  return lines;
}

export interface StochasticStream {
  push(high: number, low: number, close: number): void;
  k: number;
  d: number;
}

export function stochasticStream({ period, slowK, slowD }: StochasticPeriods): StochasticStream {
  const window = extremesStream(period);
  const [smoothK, smoothD] = [smaStream(slowK), smaStream(slowD)];
  return {
    k: Number.NaN,
    d: Number.NaN,
    push(high, low, close) {
      window.push(high, low);
      const range = window.highest - window.lowest;
      const k = smoothK(range === 0 ? 0 : (100 * (close - window.lowest)) / range);
      this.d = smoothD(k);
      this.k = k + 0 * this.d; // NaN as long as the other line is
    },
  };
}
