/**
 * How far a list that only grows has been read. Its numbers are given out before their rows are there for everybody to
 * see: 12 may appear after 13. So a number that is missing is looked for again until no transaction that could hold it
 * back is alive any more; one that was rolled back stays missing for good.
 */
export interface Tail {
  readonly last: bigint;
  /** Missing numbers below `last`, with the moment in milliseconds at which each was first missed. */
  readonly holes: ReadonlyMap<bigint, number>;
}

/** A statement may take a minute and a transaction idle for half of one; see `db.ts`. */
const PATIENCE_MS = 120_000;
const MOST_HOLES = 500;

/** The number up to which nothing can appear any more. Who goes on from here may see a row twice and misses none. */
export function markOf(tail: Tail): bigint {
  let mark = tail.last;
  for (const hole of tail.holes.keys()) if (hole <= mark) mark = hole - 1n;
  return mark;
}

/** Begins at the newest numbers of a list; whatever is missing among them may still come. */
export function beginTail(newest: readonly bigint[], nowMs: number): Tail {
  const sorted = [...newest].sort((a, b) => (a < b ? -1 : 1));
  const [first] = sorted;
  return first === undefined
    ? { last: 0n, holes: new Map() }
    : advance({ last: first - 1n, holes: new Map() }, sorted, nowMs);
}

/** After these numbers were read: above `last` without a gap in the reading, or out of the holes. */
export function advance(tail: Tail, read: readonly bigint[], nowMs: number): Tail {
  const seen = new Set(read);
  const last = read.reduce((most, n) => (n > most ? n : most), tail.last);
  const holes = new Map<bigint, number>();
  for (const [hole, sinceMs] of tail.holes)
    if (!seen.has(hole) && nowMs - sinceMs < PATIENCE_MS) holes.set(hole, sinceMs);
  for (let n = last; n > tail.last && holes.size < MOST_HOLES; n--) if (!seen.has(n)) holes.set(n, nowMs);
  return { last, holes };
}

/** After a flood: what lies between is left out, and nobody waits for it. */
export const skipTo = (read: readonly bigint[]): Tail => ({
  last: read.reduce((most, n) => (n > most ? n : most), 0n),
  holes: new Map(),
});
