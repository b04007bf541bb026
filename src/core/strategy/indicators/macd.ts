import { emaStream } from './ema.ts';
import { checkPeriod } from './stream.ts';

export interface MacdPeriods {
  fast: number;
  slow: number;
  signal: number;
}

export interface Macd {
  macd: Float64Array;
  signal: Float64Array;
  histogram: Float64Array;
}

/**
 * Moving average convergence divergence (Gerald Appel): fast EMA less slow EMA, the EMA of that as signal, and the
 * difference. The seeds of both EMAs end on the same candle, index `slow - 1`; all three lines start together at
 * `slow + signal - 2` (TA-Lib MACD).
 */
export function macd(source: Float64Array, periods: MacdPeriods): Macd {
  const { length } = source;
  const lines = {
    macd: new Float64Array(length),
    signal: new Float64Array(length),
    histogram: new Float64Array(length),
  };
  const stream = macdStream(periods);
  for (let i = 0; i < length; i++) {
    stream.push(source[i] as number); // i is inside
    lines.macd[i] = stream.macd;
    lines.signal[i] = stream.signal;
    lines.histogram[i] = stream.histogram;
  }
  return lines;
}

/** The same value by value: after `push` the three lines stand in the fields, NaN until they start. */
export interface MacdStream {
  push(value: number): void;
  macd: number;
  signal: number;
  histogram: number;
}

export function macdStream({ fast, slow, signal }: MacdPeriods): MacdStream {
  checkPeriod(fast);
  checkPeriod(slow, fast + 1);
  const [fastEma, slowEma, signalEma] = [emaStream(fast), emaStream(slow), emaStream(signal)];
  let seen = 0;
  return {
    macd: Number.NaN,
    signal: Number.NaN,
    histogram: Number.NaN,
    push(value) {
      if (Number.isNaN(value)) return;
      seen += 1;
      const slowMean = slowEma(value);
      const fastMean = seen > slow - fast ? fastEma(value) : Number.NaN;
      const line = fastMean - slowMean;
      this.signal = signalEma(line);
      this.histogram = line - this.signal;
      this.macd = line + 0 * this.signal; // NaN as long as the signal is
    },
  };
}
