import type { Candles } from '../market/candles.ts';
import type { RunResult } from './engine.ts';
import { type Drawdown, dailyReturns, dayEnds, maxDrawdown } from './equity.ts';
import { cagr, calmar, sharpe, sortino } from './ratios.ts';
import { type TradeFigures, tradeFigures } from './tradeFigures.ts';

/**
 * The figures of a run. Rates are fractions; null says that there is too little to tell. Formulas and sources stand beside
 * each of them in `equity.ts`, `ratios.ts` and `tradeFigures.ts`.
 */
export interface Metrics extends TradeFigures {
  readonly finalEquity: number;
  /** Final equity by capital, less one; what is still open is marked at the last close. */
  readonly totalReturnRate: number;
  readonly cagr: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  readonly drawdown: Drawdown;
  /** Share of candles during which something was held, if only for a part of them. */
  readonly exposureRate: number | null;
  readonly feesPaid: number;
  readonly fundingPaid: number;
  /** From the first open to the last close. */
  readonly lastedMs: number;
  /** UTC days from whose ends the daily ratios come. */
  readonly days: number;
}

/** `ends` are the day ends of the run's candles, for callers that have many runs over the same. */
export function metricsOf(result: RunResult, candles: Candles, ends?: Int32Array): Metrics {
  const { from, to } = result.range;
  const time = candles.time.subarray(from, to);
  return figuresOf(result, time, ends ?? dayEnds(time));
}

function figuresOf(result: RunResult, time: Float64Array, ends: Int32Array): Metrics {
  const { equity, finalEquity, settings, stepMs } = result;
  const { length } = time;
  const returns = dailyReturns(equity, ends);
  const lastedMs = length === 0 ? 0 : (time[length - 1] as number) - (time[0] as number) + stepMs; // there are candles
  const drawdown = maxDrawdown(equity, time, settings.capital);
  const annualRate = cagr(settings.capital, finalEquity, lastedMs);
  return {
    ...tradeFigures(result.trades),
    finalEquity,
    totalReturnRate: finalEquity / settings.capital - 1,
    cagr: annualRate,
    sharpe: sharpe(returns),
    sortino: sortino(returns),
    calmar: calmar(annualRate, drawdown.depth),
    drawdown,
    exposureRate: length === 0 ? null : result.candlesHeld / length,
    feesPaid: result.feesPaid,
    fundingPaid: result.fundingPaid,
    lastedMs,
    days: ends.length,
  };
}
