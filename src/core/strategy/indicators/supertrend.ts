import type { Candles } from '../../market/candles.ts';
import { atrStream } from './atr.ts';

export interface Supertrend {
  line: Float64Array;
  /** 1 while the trend is up and the line lies below the price, -1 while it is down; NaN before. */
  direction: Float64Array;
}

/**
 * Supertrend (Olivier Seban): bands of `width` average true ranges round the middle of each candle. The lower one may only
 * rise while closes stay above it, the upper one only fall; a close beyond the band in force turns the trend. From index
 * `period`, where the average true range starts; the first candle above its middle begins an upward trend.
 */
export function supertrend(candles: Candles, { period, width }: { period: number; width: number }): Supertrend {
  const { high, low, close, length } = candles;
  const lines = { line: new Float64Array(length), direction: new Float64Array(length) };
  const stream = supertrendStream({ period, width });
  for (let i = 0; i < length; i++) {
    stream.push(high[i] as number, low[i] as number, close[i] as number); // i is inside
    lines.line[i] = stream.line;
    lines.direction[i] = stream.direction;
  }
  return lines;
}

export interface SupertrendStream {
  push(high: number, low: number, close: number): void;
  line: number;
  direction: number;
}

export function supertrendStream({ period, width }: { period: number; width: number }): SupertrendStream {
  const range = atrStream(period);
  let [upper, lower, before] = [Number.NaN, Number.NaN, Number.NaN];
  return {
    line: Number.NaN,
    direction: Number.NaN,
    push(high, low, close) {
      const away = width * range(high, low, close);
      const middle = (high + low) / 2;
      if (!Number.isNaN(away)) {
        const first = Number.isNaN(this.direction);
        const [top, bottom] = [middle + away, middle - away];
        // Judged by the bands of the candle before, moved by what this candle allows.
        upper = first || top < upper || before > upper ? top : upper;
        lower = first || bottom > lower || before < lower ? bottom : lower;
        if (first) this.direction = close >= middle ? 1 : -1;
        else if (this.direction === 1 && close < lower) this.direction = -1;
        else if (this.direction === -1 && close > upper) this.direction = 1;
        this.line = this.direction === 1 ? lower : upper;
      }
      before = close;
    },
  };
}
