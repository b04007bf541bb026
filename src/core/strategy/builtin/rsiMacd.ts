import { defineStrategy } from '../definition.ts';
import { macdStream } from '../indicators/macd.ts';
import { rsiStream } from '../indicators/rsi.ts';
import { below, integer, number } from '../params.ts';
import { crossing } from './cross.ts';

/**
 * A setup by RSI, confirmed by MACD. The two are seldom extreme on the same candle, so the one waits for the other: once
 * RSI has been below `rsi_oversold`, the next crossing of the MACD line above its signal enters long; RSI above
 * `rsi_overbought` before that calls the setup off. Exits when the line crosses back below its signal, or when RSI is
 * above `rsi_overbought`. Short is the mirror. (The setup that waits for its confirmation: StockSharp, strategy 0433
 * "MACD long"; the exit at the overbought level is common to most descriptions of the pair.)
 */
export const rsiMacd = defineStrategy({
  name: 'rsi_macd',
  kind: 'momentum',
  params: {
    rsi_period: integer({ min: 2, max: 500, default: 14 }),
    rsi_oversold: number({ min: 0, max: 100, step: 1, default: 30 }),
    rsi_overbought: number({ min: 0, max: 100, step: 1, default: 70 }),
    fast: integer({ min: 2, max: 1000, default: 12 }),
    slow: integer({ min: 3, max: 5000, default: 26 }),
    signal: integer({ min: 2, max: 1000, default: 9 }),
  },
  rules: [below('rsi_oversold', 'rsi_overbought'), below('fast', 'slow')],
  warmup: ({ rsi_period, slow, signal }) => Math.max(rsi_period, slow + signal - 1),
  prepare(indicators, { rsi_period, fast, slow, signal: signalPeriod }) {
    const { macd, signal } = indicators.macd({ fast, slow, signal: signalPeriod });
    return { rsi: indicators.rsi(rsi_period), macd, signal };
  },
  stream({ rsi_period, fast, slow, signal }) {
    const rsi = rsiStream(rsi_period);
    const macd = macdStream({ fast, slow, signal });
    return ({ close }) => {
      macd.push(close);
      return { rsi: rsi(close), macd: macd.macd, signal: macd.signal };
    };
  },
  state: () => ({ setup: 0 }),
  decide(desk, { rsi, macd, signal }, { rsi_oversold, rsi_overbought }, state) {
    const level = rsi[desk.index] as number; // there is a value from the warm-up on
    const crossed = crossing(macd, signal, desk.index);
    if (level < rsi_oversold) state.setup = 1;
    else if (level > rsi_overbought) state.setup = -1;
    if (crossed < 0 || level > rsi_overbought) desk.sell();
    if (crossed > 0 || level < rsi_oversold) desk.cover();
    if (crossed === 0 || crossed !== state.setup) return;
    state.setup = 0;
    if (crossed > 0) desk.buy();
    else desk.short();
  },
});
