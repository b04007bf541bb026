import type { Candles } from '../../market/candles.ts';
import { atrStream } from './atr.ts';
import { type BandStream, type Bands, emptyBands } from './bollinger.ts';
import { emaStream } from './ema.ts';

export interface KeltnerPeriods {
  period: number;
  atrPeriod: number;
  /** Average true ranges from the middle to a band. */
  width: number;
}

/**
 * Keltner channel as Linda Raschke drew it: the EMA of the close, and average true ranges to both sides. Starts where
 * both are there, at the larger of `period - 1` and `atrPeriod`.
 */
export function keltner(candles: Candles, periods: KeltnerPeriods): Bands {
  const { high, low, close, length } = candles;
  const bands = emptyBands(length);
  const stream = keltnerStream(periods);
  for (let i = 0; i < length; i++) {
    stream.push(high[i] as number, low[i] as number, close[i] as number); // i is inside
    bands.upper[i] = stream.upper;
    bands.middle[i] = stream.middle;
    bands.lower[i] = stream.lower;
  }
  return bands;
}

export function keltnerStream({
  period,
  atrPeriod,
  width,
}: KeltnerPeriods): BandStream<[high: number, low: number, close: number]> {
  const [mean, range] = [emaStream(period), atrStream(atrPeriod)];
  return {
    upper: Number.NaN,
    middle: Number.NaN,
    lower: Number.NaN,
    push(high, low, close) {
      const middle = mean(close);
      const away = width * range(high, low, close);
      this.upper = middle + away;
      this.lower = middle - away;
      this.middle = middle + 0 * away; // NaN as long as the bands are
    },
  };
}
