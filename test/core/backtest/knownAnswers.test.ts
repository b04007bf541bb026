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
      final: 71647.46802706907,
      drawdown: 0.515986796154636,
      win: 0.3111111111111111,
      profitFactor: 0.7540017745475536,
      sharpe: -0.32802668907640764,
      sortino: -0.5494448174815573,
    },
  ],
  [
    'mean_reversion',
    { period: 20, std_dev: 2 },
    {},
    {
      trades: 58,
      final: 102098.66559321622,
      drawdown: 0.3515453529646649,
      win: 0.6896551724137932,
      profitFactor: 1.0425705381573576,
      sharpe: 0.4917355585376284,
      sortino: 0.6521314296561789,
    },
  ],
  [
    'sma_cross',
    { fast: 10, slow: 50 },
    stops,
    {
      trades: 45,
      final: 100990.9655169855,
      drawdown: 0.15596099024306332,
      win: 0.3777777777777778,
      profitFactor: 1.0170016522874126,
      sharpe: 0.25060587075207746,
      sortino: 0.4093416146571824,
    },
  ],
  [
    'mean_reversion',
    { period: 20, std_dev: 2 },
    stops,
    {
      trades: 137,
      final: 82057.94510310242,
      drawdown: 0.30585672986702782,
      win: 0.36496350364963504,
      profitFactor: 0.9100885546714447,
      sharpe: -0.6527708313762284,
      sortino: -0.8240008944554299,
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
