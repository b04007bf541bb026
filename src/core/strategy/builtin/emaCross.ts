import { defineStrategy } from '../definition.ts';
import { emaStream } from '../indicators/ema.ts';
import { below, integer } from '../params.ts';
import { decideCross } from './cross.ts';

/**
 * Two exponential moving averages (Gerald Appel, Technical Analysis, 2005, chapter 6). Enters long when the fast one was
 * below the slow one a candle ago and is above it now, exits on the mirror; equal is neither.
 */
export const emaCross = defineStrategy({
  name: 'ema_cross',
  kind: 'trend',
  params: {
    fast: integer({ min: 1, max: 1000, default: 12 }),
    slow: integer({ min: 2, max: 5000, default: 26 }),
  },
  rules: [below('fast', 'slow')],
  warmup: ({ slow }) => slow,
  prepare: (indicators, { fast, slow }) => ({ fast: indicators.ema(fast), slow: indicators.ema(slow) }),
  stream({ fast, slow }) {
    const [fastEma, slowEma] = [emaStream(fast), emaStream(slow)];
    return ({ close }) => ({ fast: fastEma(close), slow: slowEma(close) });
  },
  decide: (desk, { fast, slow }) => decideCross(desk, fast, slow),
});
