import { expect, test } from 'vitest';
import { runBacktest } from '../../../src/core/backtest/engine.ts';
import { metricsOf } from '../../../src/core/backtest/metrics.ts';
import type { RunSettings } from '../../../src/core/backtest/settings.ts';
import { findStrategy } from '../../../src/core/strategy/strategies.ts';
import { randomCandles } from '../../support/candles.ts';

/**
 * 3,000 generated candles, start 100,000, fee 0.1 % a side. The answers come from a program in another language that was
 * written from the conventions alone; it agrees with other backtesters on real candles.
 */
const candles = randomCandles(2024, 3000);
const stops = { stopLossRate: 0.02, takeProfitRate: 0.04, slippageRate: 0.0005 };

const answers: [
  name: string,
  params: Record<string, number>,
  settings: Partial<RunSettings>,
  answer: Record<string, number>,
][] = [
  [
    'sma_cross',
    { fast: 10, slow: 50 },
    {},
    {
      trades: 45,
      final: 71647.46802707,
      drawdown: 0.5159867961546,
      win: 0.3111111111111,
      profitFactor: 0.7540017745476,
      sharpe: -0.3280266890764,
      sortino: -0.5494448174816,
    },
  ],
  [
    'mean_reversion',
    { period: 20, std_dev: 2 },
    {},
    {
      trades: 58,
      final: 102098.6655932,
      drawdown: 0.3515453529647,
      win: 0.6896551724138,
      profitFactor: 1.042570538157,
      sharpe: 0.4917355585376,
      sortino: 0.6521314296562,
    },
  ],
  [
    'sma_cross',
    { fast: 10, slow: 50 },
    stops,
    {
      trades: 45,
      final: 100990.965517,
      drawdown: 0.1559609902431,
      win: 0.3777777777778,
      profitFactor: 1.017001652287,
      sharpe: 0.2506058707521,
      sortino: 0.4093416146572,
    },
  ],
  [
    'mean_reversion',
    { period: 20, std_dev: 2 },
    stops,
    {
      trades: 137,
      final: 82057.9451031,
      drawdown: 0.305856729867,
      win: 0.3649635036496,
      profitFactor: 0.9100885546714,
      sharpe: -0.6527708313762,
      sortino: -0.8240008944554,
    },
  ],
];

test.each(answers)('%s %o %o comes to what an independent engine says, to 1e-9', (name, params, settings, answer) => {
  const strategy = findStrategy(name);
  if (!strategy) throw new Error(`no ${name}`);
  const result = runBacktest({
    candles,
    strategy,
    params,
    settings: { capital: 100_000, feeRate: 0.001, ...settings },
  });
  const metrics = metricsOf(result, candles);
  const ours: Record<string, number | null> = {
    trades: metrics.trades,
    final: metrics.finalEquity,
    drawdown: metrics.drawdown.depth,
    win: metrics.winRate,
    profitFactor: metrics.profitFactor,
    sharpe: metrics.sharpe,
    sortino: metrics.sortino,
  };
  for (const [figure, value] of Object.entries(answer))
    expect([figure, Math.abs((ours[figure] ?? Number.NaN) / value - 1) < 1e-9]).toEqual([figure, true]);
});
