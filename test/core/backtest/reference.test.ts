import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runBacktest } from '../../../src/core/backtest/engine.ts';
import type { RunSettings } from '../../../src/core/backtest/settings.ts';
import { tradeList } from '../../../src/core/backtest/trades.ts';
import { findStrategy } from '../../../src/core/strategy/strategies.ts';
import { randomCandles } from '../../support/candles.ts';
import { type NaiveTrade, naiveDca, naiveGrid, naiveRules, naiveRun, rowsOf } from '../../support/naiveBacktest.ts';

/** The engine beside one written without regard to speed: equal trades on equal candles, equity to 1e-9. */

const LENGTH = 220;
const RUNS = 40;

const settings = fc.record({
  capital: fc.constantFrom(100, 10_000, 1e6),
  feeRate: fc.constantFrom(0, 0.0004, 0.001, 0.01),
  slippageRate: fc.constantFrom(0, 0.0005, 0.01),
  stopLossRate: fc.constantFrom(0, 0.01, 0.05, 0.2),
  takeProfitRate: fc.constantFrom(0, 0.02, 0.1, 0.4),
  trailingStopRate: fc.constantFrom(0, 0.02, 0.08),
  shorting: fc.boolean(),
  leverage: fc.constantFrom(1, 2, 5, 20),
  maintenanceMarginRate: fc.constantFrom(0.004, 0.02),
});

const small = {
  sma_cross: fc.record({ fast: fc.integer({ min: 1, max: 6 }), slow: fc.integer({ min: 7, max: 20 }) }),
  ema_cross: fc.record({ fast: fc.integer({ min: 2, max: 6 }), slow: fc.integer({ min: 7, max: 20 }) }),
  rsi_cross: fc.record({
    rsi_period: fc.integer({ min: 2, max: 14 }),
    rsi_oversold: fc.integer({ min: 20, max: 49 }),
    rsi_overbought: fc.integer({ min: 51, max: 80 }),
  }),
  macd: fc.record({
    fast: fc.integer({ min: 2, max: 6 }),
    slow: fc.integer({ min: 7, max: 14 }),
    signal: fc.integer({ min: 2, max: 9 }),
  }),
  rsi_macd: fc.record({
    rsi_period: fc.integer({ min: 2, max: 10 }),
    rsi_oversold: fc.integer({ min: 30, max: 49 }),
    rsi_overbought: fc.integer({ min: 51, max: 70 }),
    fast: fc.integer({ min: 2, max: 4 }),
    slow: fc.integer({ min: 5, max: 9 }),
    signal: fc.integer({ min: 2, max: 5 }),
  }),
  mean_reversion: fc.record({ period: fc.integer({ min: 2, max: 20 }), std_dev: fc.constantFrom(0.8, 1.5, 2) }),
  breakout: fc.record({ period: fc.integer({ min: 2, max: 20 }), exit_period: fc.integer({ min: 1, max: 12 }) }),
};

const seed = fc.integer({ min: 1, max: 1e6 });

function ours(name: string, params: Record<string, number>, given: Partial<RunSettings>, seed: number) {
  const strategy = findStrategy(name);
  if (!strategy) throw new Error(`no ${name}`);
  const candles = randomCandles(seed, LENGTH);
  const result = runBacktest({ candles, strategy, params, settings: given });
  return { candles, equity: [...result.equity], trades: tradeList(result.trades, candles) };
}

const order = (a: NaiveTrade, b: NaiveTrade) =>
  a.exitIndex - b.exitIndex || a.entryIndex - b.entryIndex || a.entryPrice - b.entryPrice || a.qty - b.qty;

function expectSame(
  mine: { trades: NaiveTrade[]; equity: number[] },
  other: { trades: NaiveTrade[]; equity: number[] },
) {
  const [a, b] = [[...mine.trades].sort(order), [...other.trades].sort(order)];
  const about = ({ entryIndex, exitIndex, reason }: NaiveTrade) => ({ entryIndex, exitIndex, reason });
  expect(a.map(about)).toEqual(b.map(about));
  for (const [k, trade] of a.entries()) {
    for (const field of ['entryPrice', 'exitPrice', 'qty', 'pnl'] as const)
      near(trade[field], b[k]?.[field], trade.qty * trade.entryPrice);
  }
  for (const [i, value] of mine.equity.entries()) near(value, other.equity[i], mine.equity[0] ?? 1);
}

/** To 1e-9 of the value, or of `scale` where the value itself is what is left of a difference. */
function near(mine: number, other: number | undefined, scale: number) {
  const error = Math.abs(mine - (other ?? Number.NaN)) / Math.max(Math.abs(mine), scale * 1e-3);
  if (!(error < 1e-9)) expect(mine).toBe(other);
}

test.each(Object.entries(small))(
  '%s trades as the naive engine does, whatever stops, costs, side and leverage',
  (name, params) => {
    expect(Object.keys(naiveRules)).toContain(name);
    let trades = 0;
    fc.assert(
      fc.property(params as fc.Arbitrary<Record<string, number>>, settings, seed, (params, settings, seed) => {
        const mine = ours(name, params, settings, seed);
        expectSame(mine, naiveRun(rowsOf(mine.candles), name, params, settings));
        trades += mine.trades.length;
      }),
      { numRuns: RUNS },
    );
    expect(trades).toBeGreaterThan(RUNS); // equal because nothing happened would prove nothing
  },
);

const spot = settings.map((s) => ({ ...s, shorting: false, leverage: 1 }));

test('dca trades as the naive engine does, each purchase with its own stop and target', () => {
  const params = fc.record({ interval_hours: fc.constantFrom(1, 3, 24, 36.5), amount: fc.constantFrom(10, 50, 333) });
  fc.assert(
    fc.property(params, spot, seed, (params, settings, seed) => {
      const mine = ours('dca', params, settings, seed);
      expectSame(mine, naiveDca(rowsOf(mine.candles), params, settings));
    }),
    { numRuns: RUNS },
  );
});

test('grid trades as the naive engine does', () => {
  const params = fc.record({
    below: fc.constantFrom(0.7, 0.9, 1.05),
    above: fc.constantFrom(1.2, 1.5),
    levels: fc.integer({ min: 2, max: 6 }),
  });
  let trades = 0;
  fc.assert(
    fc.property(params, spot, seed, ({ below, above, levels }, settings, seed) => {
      const first = randomCandles(seed, 1).close[0] ?? 1;
      const range = { lower: first * below, upper: first * above, levels };
      const plain = { ...settings, slippageRate: 0, takeProfitRate: 0, trailingStopRate: 0 };
      const mine = ours('grid', range, plain, seed);
      expectSame(mine, naiveGrid(rowsOf(mine.candles), range, plain));
      trades += mine.trades.length;
    }),
    { numRuns: RUNS },
  );
  expect(trades).toBeGreaterThan(RUNS);
});
