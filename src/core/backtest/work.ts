import { type Candles, sliceCandles } from '../market/candles.ts';
import type { StrategyDefinition } from '../strategy/definition.ts';
import { Indicators } from '../strategy/indicators.ts';
import type { Params } from '../strategy/params.ts';
import { findStrategy } from '../strategy/strategies.ts';
import { buyAndHold } from './buyAndHold.ts';
import { type Curve, thin } from './curve.ts';
import type { DeflatedSharpe } from './deflatedSharpe.ts';
import { type RunInput, runBacktest } from './engine.ts';
import { drawdowns } from './equity.ts';
import { type Finding, honesty } from './honesty.ts';
import { type MonteCarlo, monteCarlo } from './monteCarlo.ts';
import { luckOfBest, type Ranking, runTrials, type Trial } from './optimise.ts';
import { type RunReport, runReport } from './report.ts';
import { defaultSettings, type RunSettings } from './settings.ts';
import { type WalkForward, type WalkMode, walkForward, walkWindows } from './walkForward.ts';

/*
 * What the threads of the pool compute. Candles come in shared memory, results go back as plain data: nothing here knows
 * of a database, a clock or a person.
 */

/** A strategy over candles, as it is handed to a thread. */
export interface Work {
  readonly strategy: string;
  readonly params: Params;
  readonly settings: Partial<RunSettings>;
  readonly candles: Candles;
  /** Counted up for every combination that is done, so that the main thread sees how far it is. */
  readonly done?: Int32Array;
}

/** A run whole: every figure, the curves of its picture, what to think of it, and its trades apart as they are many. */
export interface BacktestResult {
  readonly report: Omit<RunReport, 'trade_list'>;
  readonly equity: Curve;
  readonly hold: Curve;
  /** In percent, zero or below. */
  readonly drawdown: Curve;
  readonly findings: readonly Finding[];
}

export type TradeRow = RunReport['trade_list'][number];

const strategyOf = ({ strategy }: Pick<Work, 'strategy'>): StrategyDefinition => {
  const found = findStrategy(strategy);
  if (!found) throw new RangeError(`no strategy ${strategy}`);
  return found;
};

const inputOf = (work: Work): RunInput => ({
  candles: work.candles,
  strategy: strategyOf(work),
  params: work.params,
  settings: work.settings,
});

/** Trades that are kept one by one: a few megabytes. Every figure counts all of them. */
const MOST_TRADES = 20_000;

/** Runs once, looks whether the result can be believed, and thins the curves for a picture. */
export function backtestWork(work: Work): { result: BacktestResult; trades: readonly TradeRow[] } {
  const { candles } = work;
  const indicators = new Indicators(candles);
  const input = { ...inputOf(work), indicators };
  const run = runBacktest(input);
  const { trade_list: trades, ...report } = runReport(input.strategy, run, candles, MOST_TRADES);
  const { capital, feeRate } = run.settings;
  return {
    trades,
    result: {
      report,
      equity: thin(candles.time, run.equity),
      hold: thin(candles.time, buyAndHold(candles, capital, feeRate).equity),
      drawdown: thin(
        candles.time,
        drawdowns(run.equity, capital).map((share) => -100 * share),
      ),
      findings: honesty(input, run),
    },
  };
}

const counting = ({ done }: Pick<Work, 'done'>) => ({
  onTrial: () => {
    if (done) Atomics.add(done, 0, 1);
    return true;
  },
});

/** Some combinations of a grid; several threads take some each. */
export const trialsWork = (work: Work & { combinations: readonly Params[] }): Trial[] =>
  runTrials({ ...inputOf(work), combinations: work.combinations, ...counting(work) });

/** How much of the best trial is luck; null where there is too little to tell. */
export const luckWork = (work: Work & { trials: readonly Trial[]; best: Trial }): DeflatedSharpe | null =>
  luckOfBest({ ...inputOf(work), combinations: [] }, work.trials, work.best);

export interface WalkResult extends Omit<WalkForward, 'equity'> {
  readonly equity: Curve;
  /** Buy-and-hold over the same candles out of sample. */
  readonly hold: Curve;
  readonly holdReturnRate: number | null;
  /** When the steps' first candles out of sample opened. */
  readonly stepTimes: readonly number[];
}

/** As many candles to choose on as three windows have to be tried on: a common proportion, and enough for slow averages. */
const SAMPLE_OF_WINDOWS = 3;

/** Walk-forward over so many windows. Null when the candles do not suffice for them. */
export function walkWork(
  work: Work & { combinations: readonly Params[]; by: Ranking; mode: WalkMode; windows: number },
): WalkResult | null {
  const { candles, combinations, by, mode, windows: count } = work;
  const outOfSample = Math.floor(candles.length / (count + SAMPLE_OF_WINDOWS));
  const windows = walkWindows(candles.length, { outOfSample, inSample: candles.length - outOfSample * count, mode });
  const found = walkForward({ ...inputOf(work), combinations, windows, rankBy: by, ...counting(work) });
  if (!found) return null;
  const { equity, ...rest } = found;
  const outside = sliceCandles(candles, found.fromIndex, found.fromIndex + equity.length);
  const { capital, feeRate } = { ...defaultSettings, ...work.settings };
  const hold = buyAndHold(outside, capital, feeRate);
  return {
    ...rest,
    equity: thin(outside.time, equity),
    hold: thin(outside.time, hold.equity),
    holdReturnRate: hold.returnRate,
    stepTimes: found.steps.map((step) => candles.time[step.outOfSample.from] as number), // windows lie inside
  };
}

/** Trades that are dealt in all, and the deals that a band needs at least. */
const MOST_DEALT = 50_000_000;
const LEAST_DEALS = 200;

export interface MonteCarloResult {
  /** How often they were dealt: of very many trades fewer times, as each deal says more. */
  readonly deals: number;
  readonly finalEquity: number;
  readonly trades: number;
  /** The same trades in another order: how deep it may fall on the way. Null with too few trades. */
  readonly shuffle: MonteCarlo | null;
  /** Trades drawn with replacement: where it may end. */
  readonly bootstrap: MonteCarlo | null;
}

/** Runs once and deals its trades anew. */
export function monteCarloWork(work: Work & { deals: number; seed: number }): MonteCarloResult {
  const run = runBacktest(inputOf(work));
  const { capital } = run.settings;
  const deals = Math.min(work.deals, Math.max(LEAST_DEALS, Math.floor(MOST_DEALT / Math.max(1, run.trades.length))));
  const deal = (resampling: 'shuffle' | 'bootstrap') =>
    monteCarlo(run.trades, capital, { runs: deals, seed: work.seed, resampling });
  return {
    deals,
    finalEquity: run.finalEquity,
    trades: run.trades.length,
    shuffle: deal('shuffle'),
    bootstrap: deal('bootstrap'),
  };
}
