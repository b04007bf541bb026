/** Days of a year for markets that never close. */
export const DAYS_A_YEAR = 365;
const DAY_MS = 86_400_000;
/** Less than this is not spread out to a year. */
const LEAST_FOR_A_YEAR_MS = 30 * DAY_MS;

/** Arithmetic mean; null of nothing. */
export function mean(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number; // i is inside
  return sum / values.length;
}

/** Standard deviation of a sample (n - 1); null for fewer than two values. */
export function sampleDeviation(values: ArrayLike<number>): number | null {
  const middle = mean(values);
  if (middle === null || values.length < 2) return null;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] as number) - middle) ** 2; // i is inside
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Sharpe ratio a year: mean of the daily returns by their sample standard deviation, times √365, with a risk-free rate
 * of 0 (William Sharpe, "The Sharpe ratio", Journal of Portfolio Management, 1994). Null without two returns that differ.
 */
export function sharpe(dailyReturns: Float64Array): number | null {
  const daily = dailySharpe(dailyReturns);
  return daily === null ? null : daily * Math.sqrt(DAYS_A_YEAR);
}

/** The same for a day. */
export function dailySharpe(dailyReturns: Float64Array): number | null {
  const deviation = sampleDeviation(dailyReturns);
  const middle = mean(dailyReturns);
  return middle === null || deviation === null || !(deviation > 0) ? null : middle / deviation;
}

/**
 * Sortino ratio a year: mean of the daily returns by their downside deviation √(Σ min(r, 0)² / n), times √365, target 0
 * (Sortino and van der Meer, "Downside risk", Journal of Portfolio Management, 1991). Null without a losing day.
 */
export function sortino(dailyReturns: Float64Array): number | null {
  const middle = mean(dailyReturns);
  let squares = 0;
  for (const value of dailyReturns) squares += Math.min(value, 0) ** 2;
  if (middle === null || dailyReturns.length < 2 || squares === 0) return null;
  return (middle / Math.sqrt(squares / dailyReturns.length)) * Math.sqrt(DAYS_A_YEAR);
}

/**
 * Compound annual growth rate: (final / start)^(365 days / time) - 1. Null below 30 days, which say nothing about a year.
 */
export function cagr(start: number, final: number, lastedMs: number): number | null {
  if (lastedMs < LEAST_FOR_A_YEAR_MS || start <= 0) return null;
  return Math.max(0, final / start) ** ((DAYS_A_YEAR * DAY_MS) / lastedMs) - 1;
}

/** Calmar ratio: CAGR by maximum drawdown (Terry Young, Futures, October 1991). Null where either is missing. */
export const calmar = (annualRate: number | null, maxDrawdown: number): number | null =>
  annualRate === null || !(maxDrawdown > 0) ? null : annualRate / maxDrawdown;
