import type { Candles } from '../market/candles.ts';
import type { StrategyDefinition } from '../strategy/definition.ts';
import { Indicators } from '../strategy/indicators.ts';
import type { Params } from '../strategy/params.ts';
import type { ParamGrid } from './combinations.ts';
import { type DeflatedSharpe, deflatedSharpe } from './deflatedSharpe.ts';
import { type Range, type RunResult, runBacktest } from './engine.ts';
import { dailyReturns, dayEnds } from './equity.ts';
import type { FundingRates } from './funding.ts';
import { metricsOf } from './metrics.ts';
import { DAYS_A_YEAR, dailySharpe } from './ratios.ts';
import type { RunSettings } from './settings.ts';
import { TradeLog } from './trades.ts';

/** What combinations are ranked by; more is better in each. `-maxDrawdown` is the depth with its sign turned. */
export const rankings = [
  'totalReturnRate',
  'sharpe',
  'sortino',
  'calmar',
  'profitFactor',
  'winRate',
  'expectancy',
  '-maxDrawdown',
] as const;
export type Ranking = (typeof rankings)[number];

/** One combination and what it came to. */
export interface Trial {
  readonly params: Params;
  readonly trades: number;
  readonly finalEquity: number;
  readonly maxDrawdown: number;
  readonly totalReturnRate: number;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  readonly profitFactor: number | null;
  readonly winRate: number | null;
  readonly expectancy: number | null;
}

export interface TrialsInput {
  readonly candles: Candles;
  readonly strategy: StrategyDefinition;
  readonly combinations: readonly Params[];
  readonly settings?: Partial<RunSettings>;
  readonly funding?: FundingRates;
  readonly range?: Range;
  /** Made once over the same candles, when there is more than one call. */
  readonly indicators?: Indicators;
  /** After each; what it answers with `false` is the wish to stop. */
  readonly onTrial?: (done: number) => boolean | undefined;
}

/**
 * Runs every combination over the same candles. Indicators are computed once for all that share them and every run writes
 * into the same memory. Several threads share the work by taking every n-th combination each.
 */
export function runTrials(input: TrialsInput): Trial[] {
  const { candles, combinations, onTrial } = input;
  const indicators = input.indicators ?? new Indicators(candles);
  const range = input.range ?? { from: 0, to: candles.length };
  const ends = dayEnds(candles.time.subarray(range.from, range.to));
  const equity = new Float64Array(candles.length);
  const trades = new TradeLog();
  const trials: Trial[] = [];
  for (const params of combinations) {
    const result = runBacktest({ ...input, params, indicators, equity, trades, range });
    trials.push(trialOf(result, candles, ends));
    if (onTrial?.(trials.length) === false) break;
  }
  return trials;
}

function trialOf(result: RunResult, candles: Candles, ends: Int32Array): Trial {
  const metrics = metricsOf(result, candles, ends);
  return {
    params: result.params,
    trades: metrics.trades,
    finalEquity: metrics.finalEquity,
    maxDrawdown: metrics.drawdown.depth,
    totalReturnRate: metrics.totalReturnRate,
    sharpe: metrics.sharpe,
    sortino: metrics.sortino,
    calmar: metrics.calmar,
    profitFactor: metrics.profitFactor,
    winRate: metrics.winRate,
    expectancy: metrics.expectancy,
  };
}

/** Null where a trial has no such figure. */
export const rankOf = (trial: Trial, by: Ranking): number | null =>
  by === '-maxDrawdown' ? (trial.trades === 0 ? null : -trial.maxDrawdown) : trial[by];

/** Best first. What has no such figure comes last; equal ones stay in the sequence they were tried. */
export function ranked(trials: readonly Trial[], by: Ranking): Trial[] {
  const value = (trial: Trial) => rankOf(trial, by) ?? Number.NEGATIVE_INFINITY;
  return [...trials].sort((a, b) => (value(a) === value(b) ? 0 : value(b) - value(a)));
}

export interface Heatmap {
  readonly x: readonly (number | string)[];
  readonly y: readonly (number | string)[];
  /** By row of `y`, then column of `x`: the best of all trials there, null where there is none. */
  readonly cells: readonly (readonly (number | null)[])[];
}

/** A ranking over two parameters, the best over all others. */
export function heatmap(
  trials: readonly Trial[],
  grid: ParamGrid,
  axes: { x: string; y: string; by: Ranking },
): Heatmap {
  const [x, y] = [grid[axes.x] ?? [], grid[axes.y] ?? []];
  const best = new Map<string, number>();
  for (const trial of trials) {
    const value = rankOf(trial, axes.by);
    const key = JSON.stringify([trial.params[axes.x], trial.params[axes.y]]);
    if (value !== null && value > (best.get(key) ?? Number.NEGATIVE_INFINITY)) best.set(key, value);
  }
  return { x, y, cells: y.map((atY) => x.map((atX) => best.get(JSON.stringify([atX, atY])) ?? null)) };
}

/**
 * How much of the best trial is luck, given all that were tried. It takes the daily returns of that one, so it is run once
 * more. Null where trials or returns are too few to tell.
 */
export function luckOfBest(input: TrialsInput, trials: readonly Trial[], best: Trial): DeflatedSharpe | null {
  const range = input.range ?? { from: 0, to: input.candles.length };
  const result = runBacktest({ ...input, params: best.params, range });
  const returns = dailyReturns(result.equity, dayEnds(input.candles.time.subarray(range.from, range.to)));
  if (dailySharpe(returns) === null) return null;
  const daily = trials.flatMap(({ sharpe }) => (sharpe === null ? [] : [sharpe / Math.sqrt(DAYS_A_YEAR)]));
  return deflatedSharpe(returns, daily);
}
