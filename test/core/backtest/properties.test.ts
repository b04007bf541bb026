import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RunResult, resultOf, runBacktest } from '../../../src/core/backtest/engine.ts';
import { runReport } from '../../../src/core/backtest/report.ts';
import { defaultSettings, type RunSettings } from '../../../src/core/backtest/settings.ts';
import { Simulation } from '../../../src/core/backtest/simulation.ts';
import { tradeList } from '../../../src/core/backtest/trades.ts';
import { allocateCandles, type Candles, candleColumns, sliceCandles } from '../../../src/core/market/candles.ts';
import { paramsOf, type StrategyDefinition } from '../../../src/core/strategy/definition.ts';
import { Indicators } from '../../../src/core/strategy/indicators.ts';
import type { Params } from '../../../src/core/strategy/params.ts';
import { Stepper } from '../../../src/core/strategy/stepper.ts';
import { strategies } from '../../../src/core/strategy/strategies.ts';
import { candlesOf, flat, HOUR_MS } from '../../support/backtest.ts';
import { randomCandles } from '../../support/candles.ts';

const LENGTH = 400;
const named = strategies.map((strategy) => [strategy.name, strategy] as const);
const seeds = fc.integer({ min: 1, max: 1e6 });

/** Short enough that every strategy trades on a few hundred candles. */
const quick: Record<string, Params> = {
  sma_cross: { fast: 3, slow: 9 },
  ema_cross: { fast: 3, slow: 9 },
  rsi_cross: { rsi_period: 6, rsi_oversold: 40, rsi_overbought: 60 },
  macd: { fast: 3, slow: 7, signal: 4 },
  rsi_macd: { rsi_period: 5, rsi_oversold: 45, rsi_overbought: 55, fast: 3, slow: 7, signal: 4 },
  mean_reversion: { period: 8, std_dev: 1.3 },
  breakout: { period: 9, exit_period: 4 },
  grid: { levels: 9 },
  dca: { interval_hours: 7, amount: 400 },
};
const paramsFor = (strategy: StrategyDefinition) => paramsOf(strategy, quick[strategy.name] ?? {}).params;
const run = (strategy: StrategyDefinition, candles: Candles, settings: Partial<RunSettings> = {}) =>
  runBacktest({ candles, strategy, params: paramsFor(strategy), settings });

const anySettings = fc.record({
  feeRate: fc.constantFrom(0, 0.001, 0.02),
  slippageRate: fc.constantFrom(0, 0.003),
  stopLossRate: fc.constantFrom(0, 0.03),
  takeProfitRate: fc.constantFrom(0, 0.05),
  trailingStopRate: fc.constantFrom(0, 0.04),
  trailingStopOf: fc.constantFrom('entry' as const, 'best' as const),
  shorting: fc.boolean(),
  leverage: fc.constantFrom(1, 3, 10),
});

const fields = ({ trades, equity, open }: RunResult, candles: Candles) => ({
  list: tradeList(trades, candles),
  equity: [...equity],
  open,
});

describe.each(named)('%s', (_, strategy) => {
  test('trades on the quick parameters', () => {
    expect(
      run(strategy, randomCandles(3, LENGTH)).trades.length +
        run(strategy, randomCandles(3, LENGTH), { takeProfitRate: 0.02 }).trades.length,
    ).toBeGreaterThan(3);
  });

  test('has no look-ahead: what it does up to any candle is the same when the later ones are missing', () => {
    const decisionsOf = (candles: Candles) => {
      const decisions: string[] = [];
      const record = (index: number, verb: string, given: unknown) =>
        decisions.push(`${index} ${verb} ${JSON.stringify(given)}`);
      const result = runBacktest({
        candles,
        strategy,
        params: paramsFor(strategy),
        settings: { shorting: true },
        record,
      });
      return { decisions, result };
    };
    const whole = randomCandles(11, LENGTH);
    const { decisions, result } = decisionsOf(whole);
    const all = tradeList(result.trades, whole);
    for (let length = 0; length <= LENGTH; length += 7) {
      const part = decisionsOf(sliceCandles(whole, 0, length));
      expect(part.decisions).toEqual(decisions.filter((text) => Number.parseInt(text, 10) < length));
      expect([...part.result.equity]).toEqual([...result.equity.subarray(0, length)]);
      expect(tradeList(part.result.trades, whole)).toEqual(all.filter((trade) => trade.exitIndex < length));
    }
  });

  test('fed candle by candle trades as over whole columns', () => {
    fc.assert(
      fc.property(seeds, anySettings, (seed, given) => {
        const candles = randomCandles(seed, LENGTH);
        const params = paramsFor(strategy);
        const settings = { ...defaultSettings, ...given };
        const stepper = new Stepper(strategy, params);
        const parts = { strategy, params, settings, stepMs: HOUR_MS, equity: new Float64Array(LENGTH) };
        const simulation = new Simulation({ ...parts, candles: stepper.candles, columns: stepper.columns });
        for (let i = 0; i < LENGTH; i++) {
          const of = (column: Float64Array) => column[i] as number; // i is inside
          const { time, open, high, low, close, volume } = candles;
          stepper.push({
            time: of(time),
            open: of(open),
            high: of(high),
            low: of(low),
            close: of(close),
            volume: of(volume),
          });
          simulation.step(i);
        }
        const range = { from: 0, to: LENGTH };
        const stepped = resultOf(simulation, { settings, params, stepMs: HOUR_MS, candles: stepper.candles, range });
        expect(fields(stepped, candles)).toEqual(fields(runBacktest({ candles, strategy, params, settings }), candles));
      }),
      { numRuns: 10 },
    );
  });

  test('equity is cash and position value at every candle, and the purses of its lots', () => {
    fc.assert(
      fc.property(seeds, anySettings, (seed, given) => {
        const candles = randomCandles(seed, LENGTH);
        const settings = { ...defaultSettings, ...given };
        const params = paramsFor(strategy);
        const columns = strategy.prepare(new Indicators(candles), params);
        const equity = new Float64Array(LENGTH);
        const simulation = new Simulation({ strategy, params, settings, candles, columns, stepMs: HOUR_MS, equity });
        const { account } = simulation;
        for (let i = 0; i < LENGTH; i++) {
          simulation.step(i);
          const close = candles.close[i] as number; // i is inside
          expect(equity[i]).toBe(account.cash + account.qty * close);
          const lots = account.lots.slice(0, account.count);
          const purses = lots.reduce(
            (sum, lot) => sum + lot.margin + lot.side * lot.qty * (close - lot.entryPrice),
            account.free,
          );
          expect(Math.abs(purses - account.cash - account.qty * close)).toBeLessThan(1e-9 * Math.max(1e4, purses));
          expect(account.free).toBeGreaterThan(-1e-9 * Math.max(1e4, purses)); // nothing is bought with money that is not there
        }
        const pnl = tradeList(account.trades, candles).reduce((sum, trade) => sum + trade.pnl, settings.capital);
        const fees = account.lots.slice(0, account.count).reduce((sum, lot) => sum + lot.entryFee, 0);
        const held = account.count > 0 ? account.qty * (candles.close[LENGTH - 1] as number) - account.cost : 0;
        expect(Math.abs(pnl - fees + held - (equity[LENGTH - 1] as number))).toBeLessThan(1e-9 * Math.max(1e4, pnl));
      }),
      { numRuns: 10 },
    );
  });

  test('higher fees never raise the result of the same fills', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.double({ min: 0, max: 0.01, noNaN: true }),
        fc.double({ min: 0, max: 0.01, noNaN: true }),
        (seed, a, b) => {
          const candles = randomCandles(seed, LENGTH);
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map((feeRate) => run(strategy, candles, { feeRate }));
          if (!low || !high) throw new Error('two fees');
          const when = (result: RunResult) =>
            tradeList(result.trades, candles).map(({ entryIndex, exitIndex }) => [entryIndex, exitIndex]);
          fc.pre(JSON.stringify(when(low)) === JSON.stringify(when(high)));
          expect(high.finalEquity).toBeLessThanOrEqual(low.finalEquity * (1 + 1e-12));
        },
      ),
      { numRuns: 20 },
    );
  });

  test('in another currency the same happens: prices and money times anything give equity times it', () => {
    fc.assert(
      fc.property(seeds, anySettings, fc.double({ min: 0.001, max: 1000, noNaN: true }), (seed, settings, factor) => {
        const candles = randomCandles(seed, LENGTH);
        const scaled = allocateCandles(LENGTH);
        for (const column of candleColumns)
          for (let i = 0; i < LENGTH; i++)
            scaled[column][i] =
              (candles[column][i] as number) * (column === 'time' || column === 'volume' ? 1 : factor); // inside
        const params = paramsFor(strategy);
        const amount = 'amount' in params ? { amount: Number(params.amount) * factor } : {};
        const one = runBacktest({ candles, strategy, params, settings });
        const other = runBacktest({
          candles: scaled,
          strategy,
          params: { ...params, ...amount },
          settings: { ...settings, capital: 10_000 * factor },
        });
        fc.pre(one.trades.length === other.trades.length); // a crossing that hangs on the last digit may fall differently
        for (let i = 0; i < LENGTH; i++) {
          const [mine, theirs] = [one.equity[i] as number, (other.equity[i] as number) / factor]; // i is inside
          expect(Math.abs(theirs - mine)).toBeLessThan(1e-9 * Math.max(1, mine));
        }
      }),
      { numRuns: 10 },
    );
  });

  test('lets no number that is none into a result, on any candles', () => {
    const odd = [
      candlesOf([]),
      candlesOf(flat(5)),
      candlesOf(flat(5, 6)),
      candlesOf(flat(...Array.from({ length: 100 }, () => 7))),
      candlesOf(flat(...Array.from({ length: 100 }, (_, i) => 1 + i))),
      candlesOf(flat(...Array.from({ length: 100 }, (_, i) => 1e-8 / (1 + i)))),
      candlesOf(flat(...Array.from({ length: 100 }, (_, i) => 1e9 * (1 + (i % 3))))),
      randomCandles(5, LENGTH),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...odd), anySettings, (candles, settings) => {
        const result = run(strategy, candles, settings);
        expect([...result.equity].every(Number.isFinite)).toBe(true);
        expect(nonNumbers(runReport(strategy, result, candles))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

/** Paths to what is a number by type and not by value. */
function nonNumbers(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => nonNumbers(part, `${path}.${key}`));
}

test.each(named.filter(([name]) => !['grid', 'dca'].includes(name)))(
  '%s long and short are mirrors on a mirrored price',
  (_, strategy) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const candles = randomCandles(seed, LENGTH);
        const mirror = 40 * Math.max(...candles.high); // far away, so that no short position runs into its liquidation
        const other = allocateCandles(LENGTH);
        for (let i = 0; i < LENGTH; i++) {
          const of = (column: Float64Array) => column[i] as number; // i is inside
          other.time[i] = of(candles.time);
          other.open[i] = mirror - of(candles.open);
          other.close[i] = mirror - of(candles.close);
          other.high[i] = mirror - of(candles.low);
          other.low[i] = mirror - of(candles.high);
        }
        const settings: Partial<RunSettings> = {
          capital: 1e9,
          shorting: true,
          feeRate: 0,
          sizing: { kind: 'qty', qty: 1 },
        };
        const [one, two] = [run(strategy, candles, settings), run(strategy, other, settings)];
        const trades = (result: RunResult) => tradeList(result.trades, candles);
        fc.pre(one.trades.length === two.trades.length); // the mirror's digits end elsewhere; see above
        const turned = { long: 'short', short: 'long' };
        expect(trades(two).map(({ side, entryIndex, exitIndex }) => [turned[side], entryIndex, exitIndex])).toEqual(
          trades(one).map(({ side, entryIndex, exitIndex }) => [side, entryIndex, exitIndex]),
        );
        expect(Math.abs(one.finalEquity - two.finalEquity)).toBeLessThan(1e-3);
      }),
      { numRuns: 10 },
    );
  },
);

test('what shares its memory with other runs has the same result as alone', () => {
  const candles = randomCandles(9, LENGTH);
  const indicators = new Indicators(candles);
  const equity = new Float64Array(LENGTH);
  for (const strategy of [...strategies, ...strategies]) {
    const params = paramsFor(strategy);
    const shared = runBacktest({ candles, strategy, params, indicators, equity });
    expect(fields(shared, candles)).toEqual(fields(run(strategy, candles), candles));
  }
});
