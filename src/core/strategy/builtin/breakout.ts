import { defineStrategy } from '../definition.ts';
import { donchianStream } from '../indicators/donchian.ts';
import { integer } from '../params.ts';

/**
 * Donchian breakout, as the Turtles traded it (Curtis Faith, The Original Turtle Trading Rules, 2003, system 1), on closes.
 * Enters long while flat when the close is above the highest high of the `period` candles before it, exits while long
 * when it is below the lowest low of the `exit_period` candles before it. Short is the mirror.
 */
export const breakout = defineStrategy({
  name: 'breakout',
  kind: 'breakout',
  params: {
    period: integer({ min: 2, max: 2000, default: 20 }),
    exit_period: integer({ min: 1, max: 2000, default: 10 }),
  },
  warmup: ({ period, exit_period }) => Math.max(period, exit_period),
  prepare(indicators, { period, exit_period }) {
    const [entry, exit] = [indicators.donchian(period), indicators.donchian(exit_period)];
    return { highest: entry.upper, lowest: entry.lower, exitHighest: exit.upper, exitLowest: exit.lower };
  },
  stream({ period, exit_period }) {
    const [entry, exit] = [donchianStream(period), donchianStream(exit_period)];
    return ({ high, low }) => {
      entry.push(high, low);
      exit.push(high, low);
      return { highest: entry.upper, lowest: entry.lower, exitHighest: exit.upper, exitLowest: exit.lower };
    };
  },
  decide(desk, { highest, lowest, exitHighest, exitLowest }) {
    const before = desk.index - 1; // the channel of the candles before this one; it has values from the warm-up on
    const { side } = desk;
    const { close } = desk.candle;
    if (side === 0) {
      if (close > (highest[before] as number)) desk.buy();
      else if (close < (lowest[before] as number)) desk.short();
    } else if (side > 0) {
      if (close < (exitLowest[before] as number)) desk.sell();
    } else if (close > (exitHighest[before] as number)) desk.cover();
  },
});
