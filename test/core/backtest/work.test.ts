import { expect, test } from 'vitest';
import { backtestWork, monteCarloWork } from '../../../src/core/backtest/work.ts';
import { randomCandles } from '../../support/candles.ts';

const often = {
  strategy: 'sma_cross',
  params: { fast: 1, slow: 2 },
  settings: { feeRate: 0 },
  candles: randomCandles(3, 150_000),
};

test('of very many trades the first are kept one by one, and the figures count all', () => {
  const { result, trades } = backtestWork(often);
  expect(trades).toHaveLength(20_000);
  expect(result.report.trades).toBeGreaterThan(25_000);
  expect(trades[0]?.entry_index).toBeLessThan(10);
});

test('very many trades are dealt anew fewer times, and the result says how often', () => {
  const all = monteCarloWork({ ...often, deals: 2_000, seed: 1 });
  expect(all.deals).toBeLessThan(2_000);
  expect(all.deals * all.trades).toBeLessThanOrEqual(50_000_000);
  expect(all.bootstrap?.runs).toBe(all.deals);
  const few = monteCarloWork({ ...often, candles: randomCandles(3, 1_000), deals: 2_000, seed: 1 });
  expect(few.deals).toBe(2_000);
});
