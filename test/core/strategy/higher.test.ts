import { expect, test } from 'vitest';
import { lookAhead } from '../../../src/core/backtest/honesty.ts';
import { sliceCandles } from '../../../src/core/market/candles.ts';
import { stepMs } from '../../../src/core/market/step.ts';
import { defineStrategy } from '../../../src/core/strategy/definition.ts';
import { ema } from '../../../src/core/strategy/indicators/ema.ts';
import { Indicators } from '../../../src/core/strategy/indicators.ts';
import { candlesOf, HOUR_MS, type Ohlc, START_MS } from '../../support/backtest.ts';
import { randomCandles } from '../../support/candles.ts';

const hours: Ohlc[] = [
  [10, 12, 9, 11],
  [11, 15, 10, 14],
  [14, 14, 8, 9],
  [9, 11, 9, 10],
  [10, 20, 10, 19],
  [19, 19, 18, 18],
];

test('four hours make one, which is seen from the close of the fourth on', () => {
  const candles = candlesOf(hours);
  const { candles: long, closed, project } = new Indicators(candles).higher('4h');
  expect(long.length).toBe(2);
  expect([long.open[0], long.high[0], long.low[0], long.close[0], long.volume[0]]).toEqual([10, 15, 8, 10, 4]);
  expect([...closed]).toEqual([-1, -1, -1, 0, 0, 0]);
  expect([...project(long.close)]).toEqual([Number.NaN, Number.NaN, Number.NaN, 10, 10, 10]);
});

test('a series that begins inside a longer candle closes it on time; one that is cut short never does', () => {
  const { closed } = new Indicators(candlesOf(hours, HOUR_MS, START_MS + 2 * HOUR_MS)).higher('4h');
  expect([...closed]).toEqual([-1, 0, 0, 0, 0, 1]);
});

test('where the last hour of four is missing the longer candle closes with the next that comes', () => {
  const candles = candlesOf(hours);
  candles.time.set([0, 1, 2, 5, 6, 7].map((h) => START_MS + h * HOUR_MS));
  expect([...new Indicators(candles).higher('4h').closed]).toEqual([-1, -1, -1, 0, 0, 1]);
});

test('a longer timeframe is longer', () => {
  expect(stepMs(candlesOf(hours))).toBe(HOUR_MS);
  expect(stepMs(candlesOf(hours.slice(0, 1)))).toBe(0);
  expect(() => new Indicators(candlesOf(hours)).higher('5m')).toThrow(RangeError);
});

/** Buys above the daily average and sells below it. */
const daily = defineStrategy({
  name: 'daily',
  kind: 'trend',
  params: {},
  warmup: () => 100,
  prepare(indicators) {
    const { candles, project } = indicators.higher('1d');
    return { average: project(ema(candles.close, 3)) };
  },
  stream: () => () => ({ average: Number.NaN }),
  decide(desk, { average }) {
    if (desk.candle.close > (average[desk.index] as number)) desk.buy();
    else desk.sell();
  },
});

test('a strategy on a longer timeframe has no look-ahead', () => {
  expect(lookAhead({ candles: randomCandles(8, 700), strategy: daily, params: {} }, 60)).toMatchObject({
    code: 'no_look_ahead',
  });
});

test('projected values are those of a history that ends at that candle', () => {
  const candles = randomCandles(8, 300);
  const whole = daily.prepare(new Indicators(candles), {}).average;
  for (let length = 100; length <= 300; length += 13) {
    const part = daily.prepare(new Indicators(sliceCandles(candles, 0, length)), {}).average;
    expect(part.at(-1)).toBe(whole[length - 1]);
  }
});
