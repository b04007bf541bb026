import { requireActor } from '../access.ts';
import type { Candles } from './candles.ts';
import { faultsIn, type Gap, gapsIn, missingIn, spikesIn } from './check.ts';
import { type CsvProblem, parseCandles } from './csv.ts';
import { DEMO } from './demoSource.ts';
import { type MarketContext, unknownSource } from './sources.ts';
import { type Series, writeCandles } from './store.ts';
import { type Timeframe, timeframeMs } from './timeframe.ts';

/** Why a file cannot be taken in, beyond what is wrong with it as a file of candles. */
export type ImportProblem =
  | CsvProblem
  | { readonly line: number; readonly code: 'off_grid' | 'not_closed'; readonly atMs: number }
  | { readonly line: number; readonly code: 'other_timeframe'; readonly foundMinutes: number }
  | { readonly line: number; readonly code: 'outside_range' };

export interface Imported {
  candles: number;
  added: number;
  changed: number;
  gaps: Gap[];
  missing: number;
  spikesAtMs: number[];
}

const MOST_PROBLEMS = 20;
/** Sources are written before a colon, so a name has none, and no capitals either. */
const SOURCE_NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/**
 * Stores the candles of a CSV file under the name of a source: an exchange's, or one's own. The same file once more
 * changes nothing. Answers what is wrong, by line, and stores nothing then. Refuses `market.source_unknown` for the demo
 * exchange, whose candles are computed, and for what is no name.
 */
export async function importCandles(
  ctx: MarketContext,
  { bytes, ...series }: Series & { bytes: Uint8Array },
): Promise<Imported | { problems: ImportProblem[] }> {
  requireActor(ctx, 'job');
  if (series.source === DEMO || !SOURCE_NAME.test(series.source)) unknownSource(ctx, series.source);
  const { candles, problems } = parseCandles(bytes);
  if (problems.length > 0) return { problems };
  const more = importProblems(candles, series.timeframe, ctx.clock.now().getTime());
  if (more.length > 0) return { problems: more };
  const stored = await writeCandles(ctx, series, candles);
  return {
    candles: candles.length,
    ...stored,
    gaps: gapsIn(candles, timeframeMs[series.timeframe]),
    missing: missingIn(candles, timeframeMs[series.timeframe]),
    spikesAtMs: spikesIn(candles).map((i) => candles.time[i] as number), // i is inside
  };
}

/** What is wrong with sound candles as candles of this timeframe. The header is line 1. */
function importProblems(candles: Candles, timeframe: Timeframe, nowMs: number): ImportProblem[] {
  const step = timeframeMs[timeframe];
  const problems: ImportProblem[] = [];
  let leastMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < candles.length && problems.length < MOST_PROBLEMS; i++) {
    const atMs = candles.time[i] as number; // i is inside
    if (i > 0) leastMs = Math.min(leastMs, atMs - (candles.time[i - 1] as number));
    if (atMs % step !== 0) problems.push({ line: i + 2, code: 'off_grid', atMs });
    else if (atMs + step > nowMs) problems.push({ line: i + 2, code: 'not_closed', atMs });
  }
  // Two candles with a gap between them say little; from three on the shortest step is the timeframe.
  if (problems.length === 0 && candles.length > 2 && leastMs > step)
    problems.push({ line: 2, code: 'other_timeframe', foundMinutes: leastMs / 60_000 });
  if (problems.length > 0) return problems;
  return faultsIn(candles, MOST_PROBLEMS).map(({ index }) => ({ line: index + 2, code: 'outside_range' })); // all else was refused before
}
