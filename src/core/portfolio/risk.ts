import { mean, sampleDeviation } from '../backtest/ratios.ts';
import type { DayReturn } from './returns.ts';

/** A tail of fewer than two days is an anecdote: 40 returns for 95 %, 200 for 99 %. */
export const leastForTail = (level: 95 | 99): number => 200 / (100 - level);

/** The worst returns, as many as the level leaves outside, rounded up; in whole numbers, so that no fraction slips. */
function tailOf(returns: Float64Array, level: 95 | 99): Float64Array {
  return returns.toSorted().subarray(0, Math.ceil((returns.length * (100 - level)) / 100));
}

/**
 * Historical value at risk of one day: the loss that was reached on no more than 5 % (1 %) of the days, as a fraction above
 * zero; the empirical quantile without interpolation (Jorion, "Value at risk", 3rd edition, chapter 10).
 */
export function valueAtRisk(returns: Float64Array, level: 95 | 99): number | null {
  const worst = tailOf(returns, level).at(-1);
  return worst === undefined ? null : Math.max(0, -worst);
}

/** Expected shortfall: the mean loss of those days (Acerbi and Tasche, "On the coherence of expected shortfall", 2002). */
export function expectedShortfall(returns: Float64Array, level: 95 | 99): number | null {
  const middle = mean(tailOf(returns, level));
  return middle === null ? null : Math.max(0, -middle);
}

const isFlat = (values: readonly number[]) => values.every((value) => value === values[0]);

/** Fewer common days make a coefficient that says nothing. */
export const LEAST_COMMON_DAYS = 20;

/**
 * Pearson's correlation of daily returns over the days that both have (Pearson, 1895). Answers how many days there are
 * where they are too few, and null where one of the two never moved.
 */
export function correlation(a: readonly DayReturn[], b: readonly DayReturn[]): number | null | { have: number } {
  const other = new Map(b.filter(({ spans }) => spans === 1).map(({ day, rate }) => [day, rate]));
  const pairs = a.flatMap(({ day, spans, rate }) => {
    const match = other.get(day);
    return spans === 1 && match !== undefined ? [[rate, match] as const] : [];
  });
  if (pairs.length < LEAST_COMMON_DAYS) return { have: pairs.length };
  const [xs, ys] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
  if (isFlat(xs) || isFlat(ys)) return null;
  const [mx, my, sx, sy] = [mean(xs), mean(ys), sampleDeviation(xs), sampleDeviation(ys)];
  if (mx === null || my === null || !sx || !sy) return null;
  const together = pairs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / (pairs.length - 1);
  return Math.min(1, Math.max(-1, together / (sx * sy)));
}
