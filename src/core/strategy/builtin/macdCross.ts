import { defineStrategy } from '../definition.ts';
import { macdStream } from '../indicators/macd.ts';
import { below, integer } from '../params.ts';
import { decideCross } from './cross.ts';

/**
 * The MACD line and its signal (Gerald Appel, Technical Analysis, 2005, chapter 8). Enters long when the line was below
 * its signal a candle ago and is above it now, exits on the mirror; equal is neither.
 */
export const macdCross = defineStrategy({
  name: 'macd',
  kind: 'momentum',
  params: {
    fast: integer({ min: 2, max: 1000, default: 12 }),
    slow: integer({ min: 3, max: 5000, default: 26 }),
    signal: integer({ min: 2, max: 1000, default: 9 }),
  },
  rules: [below('fast', 'slow')],
  warmup: ({ slow, signal }) => slow + signal - 1,
  prepare(indicators, periods) {
    const { macd, signal } = indicators.macd(periods);
    return { macd, signal };
  },
  stream(periods) {
    const stream = macdStream(periods);
    return ({ close }) => {
      stream.push(close);
      return { macd: stream.macd, signal: stream.signal };
    };
  },
  decide: (desk, { macd, signal }) => decideCross(desk, macd, signal),
});
