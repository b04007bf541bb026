import type { Candles } from '../market/candles.ts';
import type { Timeframe } from '../market/timeframe.ts';
import type { Params } from '../strategy/params.ts';
import type { ParamGrid } from './combinations.ts';
import type { Ranking } from './optimise.ts';
import type { RunSettings } from './settings.ts';
import type { WalkMode } from './walkForward.ts';

/** What everything that is run has in common: a strategy over the candles of a market. It is stored as JSON. */
export interface RunRequest {
  readonly strategy: string;
  readonly params: Params;
  readonly source: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Opening times in [fromMs, toMs). */
  readonly fromMs: number;
  readonly toMs: number;
  readonly settings: Partial<RunSettings>;
}

export interface OptimizeRequest extends RunRequest {
  readonly grid: ParamGrid;
  readonly by: Ranking;
  /** So many combinations of the grid, drawn at random; all of them when left out. */
  readonly sample?: number;
}

export interface WalkRequest extends OptimizeRequest {
  readonly mode: WalkMode;
  /** How many windows the candles are cut into. */
  readonly windows: number;
}

/** The same strategy over many markets. */
export interface BatchRequest extends RunRequest {
  readonly symbols: readonly string[];
}

/** Every strategy over the same candles. */
export interface CompareRequest extends RunRequest {
  readonly strategies: readonly string[];
}

export interface MonteCarloRequest extends RunRequest {
  readonly deals: number;
  readonly seed: number;
}

export interface Requests {
  backtest: RunRequest;
  optimize: OptimizeRequest;
  walk_forward: WalkRequest;
  batch: BatchRequest;
  compare: CompareRequest;
  monte_carlo: MonteCarloRequest;
}

/** The part of a stored request that all kinds share. Rows are written by `ask.ts` alone. */
export function baseOf(stored: Record<string, unknown>): RunRequest {
  const { strategy, params, source, symbol, timeframe, fromMs, toMs, settings } = stored as unknown as RunRequest;
  return { strategy, params, source, symbol, timeframe, fromMs, toMs, settings };
}

/** What is known of the candles that a run was made with. */
export interface CandlesUsed {
  readonly count: number;
  /** Opening time of the first and the last; null without any. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly gaps: number;
  /** Candles that are missing in those gaps. */
  readonly missing: number;
}

/** Counts what is missing in between. */
export function candlesUsed(candles: Candles, stepMs: number): CandlesUsed {
  const { time, length } = candles;
  let [gaps, missing] = [0, 0];
  for (let i = 1; i < length; i++) {
    const lost = Math.round(((time[i] as number) - (time[i - 1] as number)) / stepMs) - 1; // both are inside
    if (lost > 0) {
      gaps += 1;
      missing += lost;
    }
  }
  return { count: length, fromMs: time[0] ?? null, toMs: time[length - 1] ?? null, gaps, missing };
}
