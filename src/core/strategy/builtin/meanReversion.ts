import { defineStrategy } from '../definition.ts';
import { bollingerStream } from '../indicators/bollinger.ts';
import { integer, number } from '../params.ts';

/**
 * Back to the middle of the Bollinger bands (John Bollinger, Bollinger on Bollinger Bands, 2001). Enters long while flat
 * and the close is below the lower band, exits while long and the close is above the middle. Short is the mirror: from
 * above the upper band to below the middle.
 */
export const meanReversion = defineStrategy({
  name: 'mean_reversion',
  kind: 'reversion',
  params: {
    period: integer({ min: 2, max: 1000, default: 20 }),
    std_dev: number({ min: 0.1, max: 10, step: 0.1, default: 2 }),
  },
  warmup: ({ period }) => period - 1,
  prepare(indicators, { period, std_dev }) {
    const { upper, middle, lower } = indicators.bollinger(period, std_dev);
    return { upper, middle, lower };
  },
  stream({ period, std_dev }) {
    const stream = bollingerStream(period, std_dev);
    return ({ close }) => {
      stream.push(close);
      return { upper: stream.upper, middle: stream.middle, lower: stream.lower };
    };
  },
  decide(desk, { upper, middle, lower }) {
    const { index, side } = desk;
    const { close } = desk.candle;
    if (side === 0) {
      if (close < (lower[index] as number))
        desk.buy(); // there are values from the warm-up on, here and below
      else if (close > (upper[index] as number)) desk.short();
    } else if (side > 0) {
      if (close > (middle[index] as number)) desk.sell();
    } else if (close < (middle[index] as number)) desk.cover();
  },
});
