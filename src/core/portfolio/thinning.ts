import { days } from '../clock.ts';

const HOUR_MS = 3_600_000;

/** Thailand's offset: a day is a day there. */
export const BANGKOK_MS = 7 * HOUR_MS;

/**
 * How many snapshots are kept: all of them for two days, then the last of every hour, after two weeks of every six hours,
 * after three months of every Bangkok day. Each kind of time is a multiple of the one before, so that what a longer one
 * keeps no shorter one has dropped.
 */
export const thinning = [
  { afterMs: days(2), bucketMs: HOUR_MS },
  { afterMs: days(14), bucketMs: 6 * HOUR_MS },
  { afterMs: days(90), bucketMs: days(1) },
] as const;

/** Only what lies wholly in the past of a limit is thinned: a bucket is never thinned while it may still get a later one. */
export function limitOf({ afterMs, bucketMs }: (typeof thinning)[number], now: Date): Date {
  const edge = now.getTime() - afterMs + BANGKOK_MS;
  return new Date(Math.floor(edge / bucketMs) * bucketMs - BANGKOK_MS);
}
