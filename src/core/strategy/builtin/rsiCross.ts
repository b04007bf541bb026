import { defineStrategy } from '../definition.ts';
import { rsiStream } from '../indicators/rsi.ts';
import { below, integer, number } from '../params.ts';

/**
 * Relative strength index as levels (Wilder, New Concepts in Technical Trading Systems, 1978). Enters long while flat and
 * RSI is below `rsi_oversold`, exits while long and RSI is above `rsi_overbought`. Short is the mirror.
 */
export const rsiCross = defineStrategy({
  name: 'rsi_cross',
  kind: 'momentum',
  params: {
    rsi_period: integer({ min: 2, max: 500, default: 14 }),
    rsi_oversold: number({ min: 0, max: 100, step: 1, default: 30 }),
    rsi_overbought: number({ min: 0, max: 100, step: 1, default: 70 }),
  },
  rules: [below('rsi_oversold', 'rsi_overbought')],
  warmup: ({ rsi_period }) => rsi_period,
  prepare: (indicators, { rsi_period }) => ({ rsi: indicators.rsi(rsi_period) }),
  stream({ rsi_period }) {
    const rsi = rsiStream(rsi_period);
    return ({ close }) => ({ rsi: rsi(close) });
  },
  decide(desk, { rsi }, { rsi_oversold, rsi_overbought }) {
    const now = rsi[desk.index] as number; // there is a value from the warm-up on
    if (now < rsi_oversold) {
      if (desk.side === 0) desk.buy();
      else desk.cover();
    } else if (now > rsi_overbought) {
      if (desk.side === 0) desk.short();
      else desk.sell();
    }
  },
});
