import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buyAndHold } from '../../../src/core/backtest/buyAndHold.ts';
import { luckOf, normalQuantile, normalShare, probabilisticSharpe } from '../../../src/core/backtest/deflatedSharpe.ts';
import { dailyReturns, dayEnds, drawdowns, maxDrawdown } from '../../../src/core/backtest/equity.ts';
import { metricsOf } from '../../../src/core/backtest/metrics.ts';
import { monthlyReturns } from '../../../src/core/backtest/monthly.ts';
import { cagr, calmar, mean, sampleDeviation, sharpe, sortino } from '../../../src/core/backtest/ratios.ts';
import type { Desk } from '../../../src/core/strategy/desk.ts';
import { candlesOf, flat, HOUR_MS, play, START_MS } from '../../support/backtest.ts';

const DAY_MS = 24 * HOUR_MS;
const column = (...values: number[]) => Float64Array.from(values);
const days = (count: number) => Float64Array.from({ length: count }, (_, i) => START_MS + i * DAY_MS);

describe('returns a day', () => {
  test('are from the last candle of a UTC day to that of the next that has candles', () => {
    const time = column(...[0, 12, 23, 24, 47, 96].map((hours) => START_MS + hours * HOUR_MS));
    expect([...dayEnds(time)]).toEqual([2, 4, 5]);
    expect([...dailyReturns(column(1, 2, 100, 3, 150, 75), dayEnds(time))]).toEqual([0.5, -0.5]);
  });

  test('of nothing are none', () => {
    expect(dayEnds(column())).toHaveLength(0);
    expect(dailyReturns(column(), dayEnds(column()))).toHaveLength(0);
    expect([...dailyReturns(column(10, 0, 0), Int32Array.of(0, 1, 2))]).toEqual([-1, 0]);
  });
});

describe('drawdown', () => {
  test('has a depth, a place, and a length until the maximum is reached again', () => {
    const fallen = maxDrawdown(column(100, 120, 90, 110, 120, 60, 119), days(7), 100);
    expect(fallen).toEqual({ depth: 0.5, lowestIndex: 5, longestMs: 3 * DAY_MS, longestCandles: 3 });
    expect(maxDrawdown(column(100, 120, 110, 100, 100, 121), days(6), 100)).toMatchObject({ longestCandles: 4 });
    expect(maxDrawdown(column(100, 120, 110, 115), days(4), 100)).toMatchObject({ longestCandles: 2, lowestIndex: 2 });
  });

  test('counts from the start when the first candle already loses', () => {
    expect(maxDrawdown(column(90, 100, 110), days(3), 100)).toMatchObject({ longestCandles: 1, lowestIndex: 0 });
    expect(maxDrawdown(column(90, 80), days(2), 100).depth).toBeCloseTo(0.2, 12);
  });

  test('is none where nothing falls', () => {
    expect(maxDrawdown(column(100, 100, 130), days(3), 100)).toEqual({
      depth: 0,
      lowestIndex: -1,
      longestMs: 0,
      longestCandles: 0,
    });
    expect(maxDrawdown(column(), column(), 100).depth).toBe(0);
  });

  test('at every close is what its deepest point is taken from', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 1, maxLength: 50 }),
        (values) => {
          const equity = Float64Array.from(values);
          const every = drawdowns(equity, 500);
          expect(Math.max(...every)).toBe(maxDrawdown(equity, days(values.length), 500).depth);
          expect(Math.min(...every)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

describe('ratios', () => {
  test('by hand', () => {
    const returns = column(0.02, -0.01, 0.03, -0.02);
    expect(mean(returns)).toBeCloseTo(0.005, 15);
    expect(sampleDeviation(returns)).toBeCloseTo(
      Math.sqrt((0.015 ** 2 + 0.015 ** 2 + 0.025 ** 2 + 0.025 ** 2) / 3),
      15,
    );
    expect(sharpe(returns)).toBeCloseTo((0.005 / 0.0238047614284762) * Math.sqrt(365), 9);
    expect(sortino(returns)).toBeCloseTo((0.005 / Math.sqrt((0.01 ** 2 + 0.02 ** 2) / 4)) * Math.sqrt(365), 9);
    expect(cagr(100, 121, 730 * DAY_MS)).toBeCloseTo(0.1, 12);
    expect(calmar(0.3, 0.2)).toBeCloseTo(1.5, 12);
  });

  test('of too little are null, never 0 or endless', () => {
    expect([mean([]), sampleDeviation([1]), sharpe(column(0.1)), sharpe(column(0.1, 0.1))]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect([
      sortino(column()),
      sortino(column(0.1, 0.2)),
      cagr(1, 2, 29 * DAY_MS),
      calmar(0.1, 0),
      calmar(null, 0.5),
    ]).toEqual([null, null, null, null, null]);
    const empty = metricsOf(play([], {}), candlesOf([]));
    expect(empty).toMatchObject({
      trades: 0,
      sharpe: null,
      cagr: null,
      exposureRate: null,
      totalReturnRate: 0,
      lastedMs: 0,
    });
  });

  test('a year of losing everything is a loss of all', () => {
    expect(cagr(100, 0, 365 * DAY_MS)).toBe(-1);
  });
});

describe('figures of trades', () => {
  const buy = (desk: Desk) => desk.buy();
  const sell = (desk: Desk) => desk.sell();
  const rows = flat(10, 10, 12, 12, 9, 9, 9, 9);
  const script = { 0: buy, 1: sell, 2: buy, 3: sell, 5: buy, 6: sell }; // 1000 → 1200 → 900 → 900

  test('by hand: a trade that ends even neither wins nor loses', () => {
    const metrics = metricsOf(play(rows, script), candlesOf(rows));
    expect(metrics).toMatchObject({
      trades: 3,
      wins: 1,
      losses: 1,
      winRate: 1 / 3,
      averageCandles: 1,
      liquidations: 0,
    });
    expect(metrics.profitFactor).toBeCloseTo(200 / 300, 12);
    expect(metrics.payoff).toBeCloseTo(200 / 300, 12);
    expect(metrics.expectancy).toBeCloseTo(-100 / 3, 12);
    expect(metrics.bestReturnRate).toBeCloseTo(0.2, 12);
    expect(metrics.worstReturnRate).toBeCloseTo(-0.25, 12);
    expect(metrics.averageReturnRate).toBeCloseTo(-0.05 / 3, 12);
    expect(metrics.totalReturnRate).toBeCloseTo(-0.1, 12);
  });

  test('without a loss there is no profit factor and no payoff', () => {
    const won = metricsOf(play(rows, { 0: buy, 1: sell }), candlesOf(rows));
    expect(won).toMatchObject({ winRate: 1, profitFactor: null, payoff: null });
  });

  test('exposure counts the candles in which something was held, a part of one included', () => {
    expect(metricsOf(play(rows, { 0: buy, 1: sell }), candlesOf(rows)).exposureRate).toBe(1 / 8);
    const stopped = play([...flat(100), [100, 100, 50, 90], ...flat(90, 90)], { 0: buy }, { stopLossRate: 0.1 });
    expect(stopped.candlesHeld).toBe(1);
    const inside = play([...flat(100), [100, 100, 50, 90], ...flat(90, 90)], {
      0: (desk) => desk.buy({ limitPrice: 80, stopLossPrice: 60 }),
    });
    expect(inside).toMatchObject({ candlesHeld: 1, open: null });
  });
});

test('buying and holding pays the fee once, at the first open', () => {
  const candles = candlesOf([[10, 12, 8, 11], ...flat(22, 5.5)]);
  const holding = buyAndHold(candles, 1001, 0.001);
  expect([...holding.equity].map((value) => Math.round(value))).toEqual([1100, 2200, 550]);
  expect(holding.returnRate).toBeCloseTo(550 / 1001 - 1, 12);
  expect(holding.drawdown.depth).toBeCloseTo(0.75, 12);
  expect(buyAndHold(candlesOf([]), 1000, 0)).toMatchObject({ returnRate: null });
});

describe('months', () => {
  test('begin and end at UTC midnight, compound to their year, and begin with the capital', () => {
    const time = column(
      Date.UTC(2023, 10, 30),
      Date.UTC(2023, 11, 1),
      Date.UTC(2023, 11, 31, 23),
      Date.UTC(2024, 0, 1),
      Date.UTC(2024, 2, 5),
    );
    const { months, years } = monthlyReturns(column(110, 99, 121, 60.5, 242), time, 100);
    const rounded = (rate: number) => Math.round(rate * 1e9) / 1e9;
    expect(months.map(({ year, month, returnRate }) => [year, month, rounded(returnRate)])).toEqual([
      [2023, 11, 0.1],
      [2023, 12, 0.1],
      [2024, 1, -0.5],
      [2024, 3, 3],
    ]);
    expect(years.map(({ year, returnRate }) => [year, rounded(returnRate)])).toEqual([
      [2023, 0.21],
      [2024, 1],
    ]);
  });

  test('of no candles are none', () => {
    expect(monthlyReturns(column(), column(), 100)).toEqual({ months: [], years: [] });
  });
});

describe('deflated Sharpe ratio', () => {
  test('gives the numbers of the example in the paper', () => {
    // 100 trials with a variance of 1/2 a year, 250 days a year; the best has 2.5 a year over 1,250 days, skewness -3, kurtosis 10.
    const luck = luckOf(100, Math.sqrt(0.5 / 250));
    expect(luck).toBeCloseTo(0.1132, 4);
    const probability = probabilisticSharpe({
      ratio: 2.5 / Math.sqrt(250),
      above: luck,
      days: 1250,
      skewness: -3,
      kurtosis: 10,
    });
    expect(probability).toBeCloseTo(0.9004, 4);
  });

  test('stands on a normal distribution to twelve digits', () => {
    for (const [z, share] of [
      [0, 0.5],
      [1, 0.841344746068543],
      [-1.96, 0.0249978951482204],
      [3.6, 0.999840891409842],
      [-6, 9.86587645037698e-10],
    ] as const)
      expect(Math.abs(normalShare(z) - share)).toBeLessThan(1e-12);
    expect(normalQuantile(0.975)).toBeCloseTo(1.95996398454005, 12);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});
