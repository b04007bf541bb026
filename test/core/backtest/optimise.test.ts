import { describe, expect, test } from 'vitest';
import { batchRow, summarise } from '../../../src/core/backtest/batch.ts';
import {
  gridAround,
  gridCombinations,
  gridSize,
  randomCombinations,
  steps,
} from '../../../src/core/backtest/combinations.ts';
import { runBacktest } from '../../../src/core/backtest/engine.ts';
import { metricsOf } from '../../../src/core/backtest/metrics.ts';
import { monteCarlo } from '../../../src/core/backtest/monteCarlo.ts';
import {
  heatmap,
  luckOfBest,
  ranked,
  rankings,
  rankOf,
  runTrials,
  type Trial,
} from '../../../src/core/backtest/optimise.ts';
import { TradeLog } from '../../../src/core/backtest/trades.ts';
import { walkForward, walkWindows } from '../../../src/core/backtest/walkForward.ts';
import { sliceCandles } from '../../../src/core/market/candles.ts';
import { findStrategy } from '../../../src/core/strategy/strategies.ts';
import { randomCandles } from '../../support/candles.ts';

const found = findStrategy('sma_cross');
if (!found) throw new Error('there is no sma_cross');
const sma = found;
const base = { fast: 10, slow: 50 };
const grid = { fast: [2, 5, 8], slow: [5, 10, 20] };
const candles = randomCandles(21, 1500);

describe('combinations', () => {
  test('are all that the rules of the strategy allow', () => {
    expect(steps(0.1, 0.5, 0.1)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(gridSize(grid)).toBe(9);
    expect(gridCombinations(sma, base, grid)).toEqual([
      { fast: 2, slow: 5 },
      { fast: 2, slow: 10 },
      { fast: 2, slow: 20 },
      { fast: 5, slow: 10 },
      { fast: 5, slow: 20 },
      { fast: 8, slow: 10 },
      { fast: 8, slow: 20 },
    ]);
    expect(gridCombinations(sma, base, {})).toEqual([base]);
  });

  test('drawn at random are different ones, the same for the same seed, and no more than there are', () => {
    const draw = (count: number, seed: number) => randomCombinations(sma, base, grid, { count, seed });
    expect(draw(4, 1)).toEqual(draw(4, 1));
    expect(draw(4, 1)).not.toEqual(draw(4, 2));
    expect(new Set(draw(5, 3).map((params) => JSON.stringify(params))).size).toBe(5);
    expect(draw(100, 1)).toHaveLength(7);
  });

  test('around what is: within 30 %, in whole steps, inside the bounds, the present value among them', () => {
    expect(gridAround(sma, base)).toEqual({ fast: [7, 8, 9, 10, 11, 12, 13], slow: [35, 40, 45, 50, 55, 60, 65] });
    expect(gridAround(sma, { fast: 1, slow: 5000 })).toMatchObject({ fast: [1] });
    expect(Math.max(...(gridAround(sma, { fast: 1, slow: 5000 }).slow ?? []).map(Number))).toBe(5000);
    const bands = findStrategy('mean_reversion');
    if (!bands) throw new Error('there is no mean_reversion');
    expect(gridAround(bands, { period: 20, std_dev: 2 }).std_dev).toEqual([1.4, 1.6, 1.8, 2, 2.2, 2.4, 2.6]);
  });
});

describe('trials', () => {
  const trials = runTrials({ candles, strategy: sma, combinations: gridCombinations(sma, base, grid) });

  test('are what each combination comes to alone', () => {
    expect(trials).toHaveLength(7);
    for (const trial of trials) {
      const alone = metricsOf(runBacktest({ candles, strategy: sma, params: trial.params }), candles);
      expect(trial).toMatchObject({
        trades: alone.trades,
        finalEquity: alone.finalEquity,
        sharpe: alone.sharpe,
        calmar: alone.calmar,
        maxDrawdown: alone.drawdown.depth,
      });
    }
  });

  test('are ranked best first; what has no such figure comes last', () => {
    for (const by of rankings) {
      const values = ranked(trials, by).map((trial) => rankOf(trial, by) ?? Number.NEGATIVE_INFINITY);
      expect(values).toEqual([...values].sort((a, b) => b - a));
    }
    const none: Trial = { ...(trials[0] as Trial), sharpe: null };
    expect(ranked([none, ...trials], 'sharpe').at(-1)).toBe(none);
    expect(rankOf({ ...none, trades: 0 }, '-maxDrawdown')).toBeNull();
  });

  test('make a map over two parameters, with a hole where the rules allow nothing', () => {
    const { x, y, cells } = heatmap(trials, grid, { x: 'fast', y: 'slow', by: 'totalReturnRate' });
    expect([x, y]).toEqual([grid.fast, grid.slow]);
    expect(cells[0]).toEqual([trials[0]?.totalReturnRate, null, null]);
    expect(cells[2]?.[2]).toBe(trials[6]?.totalReturnRate);
  });

  test('stop when asked to', () => {
    const seen: number[] = [];
    const combinations = gridCombinations(sma, base, grid);
    const some = runTrials({ candles, strategy: sma, combinations, onTrial: (done) => seen.push(done) < 3 });
    expect(some).toHaveLength(3);
    expect(seen).toEqual([1, 2, 3]);
  });

  test('tell how much of the best is luck: less is proven the more was tried', () => {
    const input = { candles, strategy: sma, combinations: [] };
    const [best] = ranked(trials, 'sharpe');
    if (!best) throw new Error('there are trials');
    const few = luckOfBest(input, trials, best);
    const many = luckOfBest(input, [...trials, ...trials, ...trials, ...trials], best);
    expect(few?.probability).toBeGreaterThan(0);
    expect(few?.probability).toBeLessThan(1);
    expect(many?.luckDaily ?? 0).toBeGreaterThan(few?.luckDaily ?? 1);
    expect(luckOfBest(input, [best], best)).toBeNull();
  });
});

describe('walk forward', () => {
  test('rolls or grows its windows, and leaves out a rest that is too short', () => {
    expect(walkWindows(100, { inSample: 40, outOfSample: 20, mode: 'rolling' })).toEqual([
      { inSample: { from: 0, to: 40 }, outOfSample: { from: 40, to: 60 } },
      { inSample: { from: 20, to: 60 }, outOfSample: { from: 60, to: 80 } },
      { inSample: { from: 40, to: 80 }, outOfSample: { from: 80, to: 100 } },
    ]);
    expect(
      walkWindows(95, { inSample: 40, outOfSample: 20, mode: 'anchored' }).map(({ inSample, outOfSample }) => [
        inSample.from,
        outOfSample.to,
      ]),
    ).toEqual([
      [0, 60],
      [0, 80],
      [0, 95],
    ]);
    expect(walkWindows(89, { inSample: 40, outOfSample: 20, mode: 'rolling' })).toHaveLength(2);
    expect(walkWindows(30, { inSample: 40, outOfSample: 20, mode: 'rolling' })).toEqual([]);
  });

  const windows = walkWindows(1500, { inSample: 500, outOfSample: 250, mode: 'rolling' });
  const input = {
    candles,
    strategy: sma,
    combinations: gridCombinations(sma, base, grid),
    windows,
    rankBy: 'totalReturnRate' as const,
  };
  const walk = walkForward(input);
  if (!walk) throw new Error('there are windows');

  test('chooses by the sample alone and trades what comes after with the money of the window before', () => {
    let money = 10_000;
    for (const step of walk.steps) {
      const { from, to } = step.inSample;
      const sample = runTrials({ ...input, range: step.inSample, settings: { firstIndex: from } });
      expect(step.params).toEqual(ranked(sample, 'totalReturnRate')[0]?.params);
      money *= 1 + step.outOfSampleReturnRate;
      expect(walk.equity[step.outOfSample.to - walk.fromIndex - 1]).toBeCloseTo(money, 6);
      expect(to).toBe(step.outOfSample.from);
    }
    expect(walk.totalReturnRate).toBeCloseTo(money / 10_000 - 1, 12);
    expect(walk.equity).toHaveLength(1000);
    expect([...walk.equity].every((value) => value > 0)).toBe(true);
  });

  test('of the first windows does not change when later candles are missing', () => {
    const short = walkForward({ ...input, candles: sliceCandles(candles, 0, 1000), windows: windows.slice(0, 2) });
    expect(short?.steps).toEqual(walk.steps.slice(0, 2));
    expect(short?.equity).toEqual(walk.equity.slice(0, 500));
  });

  test('opens no position before its window, and says nothing without one', () => {
    for (const step of walk.steps) {
      const settings = { firstIndex: step.outOfSample.from, closeAtEnd: true };
      const { trades } = runBacktest({
        candles,
        strategy: sma,
        params: step.params,
        settings,
        range: step.outOfSample,
      });
      for (let k = 0; k < trades.length; k++) expect(trades.entryIndex[k]).toBeGreaterThan(step.outOfSample.from);
      expect(step.trades).toBe(trades.length);
    }
    expect(walkForward({ ...input, windows: [] })).toBeNull();
  });
});

describe('Monte Carlo', () => {
  const { trades } = runBacktest({ candles, strategy: sma, params: { fast: 2, slow: 5 } });
  const resample = (resampling: 'shuffle' | 'bootstrap', seed = 7, log = trades) =>
    monteCarlo(log, 10_000, { runs: 500, seed, resampling });

  test('is the same for the same seed, and its bands are in order', () => {
    const bootstrap = resample('bootstrap');
    expect(bootstrap).toEqual(resample('bootstrap'));
    expect(bootstrap).not.toEqual(resample('bootstrap', 8));
    for (const band of [bootstrap?.finalEquity, bootstrap?.maxDrawdown]) {
      const values = [band?.p5, band?.p25, band?.p50, band?.p75, band?.p95].map(Number);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(values[0]).toBeLessThan(values[4] ?? 0);
    }
  });

  test('shuffled ends where the trades ended, whatever their order; only the falls differ', () => {
    const shuffled = resample('shuffle');
    const pnl = trades.pnl.subarray(0, trades.length).reduce((sum, value) => sum + value, 10_000);
    expect(shuffled?.finalEquity.p5).toBeCloseTo(pnl, 6);
    expect(shuffled?.finalEquity.p95).toBeCloseTo(pnl, 6);
    expect(shuffled?.maxDrawdown.p5).toBeLessThan(shuffled?.maxDrawdown.p95 ?? 0);
  });

  test('centres on what the trades came to', () => {
    const bootstrap = resample('bootstrap');
    const final = trades.pnl.subarray(0, trades.length).reduce((sum, value) => sum + value, 10_000);
    expect(bootstrap?.finalEquity.p5).toBeLessThan(final);
    expect(bootstrap?.finalEquity.p95).toBeGreaterThan(final);
  });

  test('says nothing about a handful of trades', () => {
    expect(resample('bootstrap', 1, new TradeLog())).toBeNull();
  });
});

test('a batch is a row for each market, and says how many of them made money', () => {
  const rows = [1, 2, 3, 4].flatMap(
    (seed) =>
      batchRow(
        { name: `M${seed}`, candles: randomCandles(seed, 600) },
        { strategy: sma, params: { fast: 3, slow: 9 } },
      ) ?? [],
  );
  expect(rows.map((row) => row.market)).toEqual(['M1', 'M2', 'M3', 'M4']);
  const summary = summarise(rows);
  const rates = rows.map((row) => row.totalReturnRate).sort((a, b) => a - b);
  expect(summary).toMatchObject({ markets: 4, profitable: rates.filter((rate) => rate > 0).length });
  expect(summary.medianReturnRate).toBeCloseTo(((rates[1] ?? 0) + (rates[2] ?? 0)) / 2, 12);
  expect([summary.worst?.totalReturnRate, summary.best?.totalReturnRate]).toEqual([rates[0], rates[3]]);
  expect(summarise([])).toEqual({
    markets: 0,
    profitable: 0,
    averageReturnRate: null,
    medianReturnRate: null,
    best: null,
    worst: null,
  });
});
