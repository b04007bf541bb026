import type { Candles } from '../market/candles.ts';
import { Indicators } from '../strategy/indicators.ts';
import { runTrials, type Trial, type TrialsInput } from './optimise.ts';

export interface BatchRow extends Trial {
  readonly market: string;
}

/** A market of a batch that has no candles for its period, with the refusal that says so. */
export interface MissedMarket {
  readonly market: string;
  readonly failure: string;
  readonly params: Record<string, string>;
}

/** The same strategy with the same parameters over one market; a batch is a row for each. */
export function batchRow(
  market: { readonly name: string; readonly candles: Candles },
  input: Omit<TrialsInput, 'candles' | 'combinations' | 'indicators'> & { readonly params: Trial['params'] },
): BatchRow | null {
  const { candles, name } = market;
  const indicators = new Indicators(candles);
  const [trial] = runTrials({ ...input, candles, combinations: [input.params], indicators });
  return trial ? { ...trial, market: name } : null;
}

export interface BatchSummary {
  readonly markets: number;
  /** Markets with a profit. */
  readonly profitable: number;
  /** Equal money in each. */
  readonly averageReturnRate: number | null;
  readonly medianReturnRate: number | null;
  readonly best: BatchRow | null;
  readonly worst: BatchRow | null;
}

/** What a strategy does over many markets says more than what it does on the best of them. */
export function summarise(rows: readonly BatchRow[]): BatchSummary {
  const sorted = [...rows].sort((a, b) => a.totalReturnRate - b.totalReturnRate);
  const rate = (k: number) => sorted[k]?.totalReturnRate ?? null;
  const [low, high] = [rate(Math.ceil(rows.length / 2) - 1), rate(Math.floor(rows.length / 2))];
  return {
    markets: rows.length,
    profitable: rows.filter((row) => row.totalReturnRate > 0).length,
    averageReturnRate: rows.length > 0 ? rows.reduce((sum, row) => sum + row.totalReturnRate, 0) / rows.length : null,
    medianReturnRate: low === null || high === null ? null : (low + high) / 2,
    best: sorted.at(-1) ?? null,
    worst: sorted[0] ?? null,
  };
}
