import { randomFrom } from './random.ts';
import type { TradeLog } from './trades.ts';

/** `shuffle` deals the same trades in another order; `bootstrap` draws as many with replacement. */
export type Resampling = 'shuffle' | 'bootstrap';

/** The value that this share of the runs does not exceed (nearest rank). */
export type Band = Readonly<Record<'p5' | 'p25' | 'p50' | 'p75' | 'p95', number>>;

export interface MonteCarlo {
  readonly runs: number;
  readonly trades: number;
  readonly finalEquity: Band;
  /** As fractions, on equity after each trade: falls within a trade are not in it. */
  readonly maxDrawdown: Band;
  /** Share of the runs that end below the capital. */
  readonly lossShare: number;
}

/** Fewer trades than this have too few orders to say anything. */
const LEAST_TRADES = 5;

/**
 * What would have happened had the same trades come in another order (Efron, "Bootstrap methods", Annals of Statistics,
 * 1979). Each trade counts as its profit by the equity it found, so that order matters as it does to money that compounds.
 * It takes trades as independent of each other, which those of a trend are not. Null with fewer than five trades.
 */
export function monteCarlo(
  trades: TradeLog,
  capital: number,
  { runs, seed, resampling }: { runs: number; seed: number; resampling: Resampling },
): MonteCarlo | null {
  const growth = growthOf(trades, capital);
  if (growth.length < LEAST_TRADES || runs < 1) return null;
  const random = randomFrom(seed);
  const finals = new Float64Array(runs);
  const falls = new Float64Array(runs);
  const dealt = Float64Array.from(growth);
  let lost = 0;
  for (let run = 0; run < runs; run++) {
    if (resampling === 'shuffle') shuffle(dealt, random);
    else for (let k = 0; k < dealt.length; k++) dealt[k] = growth[Math.floor(random() * growth.length)] as number; // inside
    const { final, fall } = playOut(dealt, capital);
    finals[run] = final;
    falls[run] = fall;
    if (final < capital) lost += 1;
  }
  const lossShare = lost / runs;
  return { runs, trades: growth.length, finalEquity: bandOf(finals), maxDrawdown: bandOf(falls), lossShare };
}

/** By how much each trade multiplied the equity it found, never below nothing. */
function growthOf({ pnl, length }: TradeLog, capital: number): Float64Array {
  const growth = new Float64Array(length);
  let equity = capital;
  for (let k = 0; k < length; k++) {
    const after = equity + (pnl[k] as number); // k is below the length
    growth[k] = equity > 0 ? Math.max(0, after / equity) : 0;
    equity = after;
  }
  return growth;
}

function playOut(growth: Float64Array, capital: number): { final: number; fall: number } {
  let [equity, peak, fall] = [capital, capital, 0];
  for (const factor of growth) {
    equity *= factor;
    if (equity > peak) peak = equity;
    else fall = Math.max(fall, 1 - equity / peak);
  }
  return { final: equity, fall };
}

/** Fisher and Yates, as Durstenfeld wrote it (Communications of the ACM, 1964). */
function shuffle(values: Float64Array, random: () => number): void {
  for (let k = values.length - 1; k > 0; k--) {
    const other = Math.floor(random() * (k + 1));
    const value = values[k] as number; // both are inside
    values[k] = values[other] as number;
    values[other] = value;
  }
}

function bandOf(values: Float64Array): Band {
  const sorted = values.toSorted();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number; // there is at least one run
  return { p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) };
}
