import { Indicators } from '../strategy/indicators.ts';
import type { Params } from '../strategy/params.ts';
import { type Range, runBacktest } from './engine.ts';
import { type Drawdown, maxDrawdown } from './equity.ts';
import { type Ranking, ranked, runTrials, type Trial, type TrialsInput } from './optimise.ts';
import { defaultSettings, LEAST_CAPITAL } from './settings.ts';

/** Rolling windows move along; anchored ones all begin at the first candle and grow. */
export type WalkMode = 'rolling' | 'anchored';

export interface Window {
  readonly inSample: Range;
  readonly outOfSample: Range;
}

/**
 * Cuts candles into windows: parameters are chosen on `inSample` candles and then traded on the `outOfSample` ones right
 * after them, again and again. The last window may be shorter; one of less than half its length is left out.
 */
export function walkWindows(
  length: number,
  { inSample, outOfSample, mode }: { inSample: number; outOfSample: number; mode: WalkMode },
): Window[] {
  const windows: Window[] = [];
  for (let split = inSample; split < length && outOfSample > 0; split += outOfSample) {
    const to = Math.min(length, split + outOfSample);
    if (to - split < outOfSample / 2) break;
    windows.push({
      inSample: { from: mode === 'anchored' ? 0 : split - inSample, to: split },
      outOfSample: { from: split, to },
    });
  }
  return windows;
}

export interface WalkStep extends Window {
  readonly params: Params;
  readonly inSampleReturnRate: number;
  readonly outOfSampleReturnRate: number;
  readonly trades: number;
}

export interface WalkForward {
  readonly steps: readonly WalkStep[];
  /** Where the out-of-sample equity begins; it goes on without a gap. */
  readonly fromIndex: number;
  readonly equity: Float64Array;
  readonly totalReturnRate: number;
  readonly drawdown: Drawdown;
  /**
   * Walk-forward efficiency: average return a candle out of sample by that in sample (Robert Pardo, The Evaluation and
   * Optimization of Trading Strategies, 2008, chapter 11). Null when the sample itself brought nothing.
   */
  readonly efficiency: number | null;
}

export interface WalkInput extends TrialsInput {
  readonly windows: readonly Window[];
  /** What the best combination of a sample is chosen by. */
  readonly rankBy: Ranking;
}

/**
 * Walk-forward analysis: only equity out of sample counts. Each window starts with the money the one before ended with and
 * closes its position at its last close, with costs. Null when the candles do not suffice for a window.
 */
export function walkForward(input: WalkInput): WalkForward | null {
  const { candles, windows } = input;
  const [first] = windows;
  const last = windows.at(-1);
  if (!first || !last) return null;
  const indicators = input.indicators ?? new Indicators(candles);
  const capital = input.settings?.capital ?? defaultSettings.capital;
  const equity = new Float64Array(candles.length);
  const steps: WalkStep[] = [];
  let money = capital;
  for (const window of windows) {
    const best = bestOf(input, indicators, window.inSample);
    if (!best) return null;
    const settings = { ...input.settings, capital: money, closeAtEnd: true, firstIndex: window.outOfSample.from };
    const { params } = best;
    const result = runBacktest({ ...input, params, indicators, settings, equity, range: window.outOfSample });
    steps.push({
      ...window,
      params,
      inSampleReturnRate: best.totalReturnRate,
      outOfSampleReturnRate: result.finalEquity / money - 1,
      trades: result.trades.length,
    });
    money = result.finalEquity;
    if (money < LEAST_CAPITAL) break; // everything is lost: there is nothing to go on with
  }
  const [from, to] = [first.outOfSample.from, steps.at(-1)?.outOfSample.to ?? last.outOfSample.to];
  const curve = equity.slice(from, to);
  return {
    steps,
    fromIndex: from,
    equity: curve,
    totalReturnRate: money / capital - 1,
    drawdown: maxDrawdown(curve, candles.time.subarray(from, to), capital),
    efficiency: efficiencyOf(steps),
  };
}

function bestOf(input: WalkInput, indicators: Indicators, range: Range): Trial | undefined {
  const trials = runTrials({ ...input, indicators, range, settings: { ...input.settings, firstIndex: range.from } });
  return ranked(trials, input.rankBy)[0];
}

function efficiencyOf(steps: readonly WalkStep[]): number | null {
  let [inside, outside] = [0, 0];
  for (const step of steps) {
    inside += step.inSampleReturnRate / (step.inSample.to - step.inSample.from);
    outside += step.outOfSampleReturnRate / (step.outOfSample.to - step.outOfSample.from);
  }
  return inside > 0 ? outside / inside : null;
}
