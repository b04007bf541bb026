import { defineStrategy } from '../definition.ts';
import { smaStream } from '../indicators/sma.ts';
import { below, integer } from '../params.ts';
import { decideCross } from './cross.ts';

/**
 * Two simple moving averages (Brock, Lakonishok and LeBaron, Journal of Finance 47, 1992). Enters long when the fast one
 * was below the slow one a candle ago and is above it now, exits on the mirror; equal is neither.
 */
export const smaCross = defineStrategy({
  name: 'sma_cross',
  kind: 'trend',
  params: {
    fast: integer({ min: 1, max: 1000, default: 10 }),
    slow: integer({ min: 2, max: 5000, default: 50 }),
  },
  rules: [below('fast', 'slow')],
  warmup: ({ slow }) => slow,
  prepare: (indicators, { fast, slow }) => ({ fast: indicators.sma(fast), slow: indicators.sma(slow) }),
  stream({ fast, slow }) {
    const [fastSma, slowSma] = [smaStream(fast), smaStream(slow)];
    return ({ close }) => ({ fast: fastSma(close), slow: slowSma(close) });
  },
  decide: (desk, { fast, slow }) => decideCross(desk, fast, slow),
});
