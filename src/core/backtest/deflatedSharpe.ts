import { dailySharpe, mean, sampleDeviation } from './ratios.ts';

/**
 * How much of the best Sharpe ratio of many tried is luck (David Bailey and Marcos López de Prado, "The deflated Sharpe
 * ratio", Journal of Portfolio Management, 2014).
 */
export interface DeflatedSharpe {
  /** Probability, 0 to 1, that the true Sharpe ratio is above what the best of so many without skill would show. */
  readonly probability: number;
  /** That expected best of luck alone, for a day. */
  readonly luckDaily: number;
  readonly bestDaily: number;
  readonly trials: number;
  readonly days: number;
}

const EULER = 0.5772156649015329;

/**
 * `returns` are the daily returns of the chosen run, `trials` the daily Sharpe ratios of all that were tried, the chosen one
 * among them. The expected best of N without skill is `σ × ((1 - γ) × Z(1 - 1/N) + γ × Z(1 - 1/(N × e)))`, σ the deviation of
 * the trials. Null with fewer than two trials or too few returns to tell.
 */
export function deflatedSharpe(returns: Float64Array, trials: readonly number[]): DeflatedSharpe | null {
  const deviation = sampleDeviation(trials);
  const bestDaily = dailySharpe(returns);
  if (bestDaily === null || deviation === null) return null;
  const luckDaily = luckOf(trials.length, deviation);
  const { skewness, kurtosis } = shapeOf(returns);
  const probability = probabilisticSharpe({
    ratio: bestDaily,
    above: luckDaily,
    days: returns.length,
    skewness,
    kurtosis,
  });
  return { probability, luckDaily, bestDaily, trials: trials.length, days: returns.length };
}

/** The Sharpe ratio to expect from the best of `trials` that have no skill and scatter with `deviation`. */
export const luckOf = (trials: number, deviation: number): number =>
  deviation * ((1 - EULER) * normalQuantile(1 - 1 / trials) + EULER * normalQuantile(1 - 1 / (trials * Math.E)));

/**
 * Probability that a Sharpe ratio is above another, given how many returns it comes from and how they are shaped (the
 * probabilistic Sharpe ratio of the same authors, 2012): `Φ((SR - SR*) × √(T - 1) / √(1 - γ3 × SR + (γ4 - 1) / 4 × SR²))`.
 */
export function probabilisticSharpe(input: {
  ratio: number;
  above: number;
  days: number;
  skewness: number;
  kurtosis: number;
}): number {
  const { ratio, above, days, skewness, kurtosis } = input;
  const width = Math.sqrt(Math.max(1e-12, 1 - skewness * ratio + ((kurtosis - 1) / 4) * ratio ** 2));
  return normalShare(((ratio - above) * Math.sqrt(days - 1)) / width);
}

/** Third and fourth standardised moments; 0 and 3 for a normal distribution. */
function shapeOf(returns: Float64Array): { skewness: number; kurtosis: number } {
  const middle = mean(returns) ?? 0;
  const moment = (power: number) => mean(returns.map((value) => (value - middle) ** power)) ?? 0;
  const spread = moment(2);
  return { skewness: moment(3) / spread ** 1.5, kurtosis: moment(4) / spread ** 2 };
}

/** Share of a standard normal distribution below `z`, to about 12 digits. */
export function normalShare(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const upper = complementaryError(x) / 2;
  return z > 0 ? 1 - upper : upper;
}

/** erfc for x ≥ 0: the series below 2.5, the continued fraction above (Abramowitz and Stegun, 7.1.5 and 7.1.14). */
function complementaryError(x: number): number {
  if (x > 27) return 0;
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 100 && Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** The value below which a share of a standard normal distribution lies: bisection, as it is asked for twice a run. */
export function normalQuantile(share: number): number {
  if (!(share > 0)) return Number.NEGATIVE_INFINITY;
  if (!(share < 1)) return Number.POSITIVE_INFINITY;
  let [low, high] = [-40, 40];
  for (let n = 0; n < 200; n++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
