import { BANGKOK_OFFSET_MS, days, hours } from '../clock.ts';

/**
 * How many snapshots are kept: all of them for two days, then the last of every hour, after two weeks of every six hours,
 * after three months of every Bangkok day. Each kind of time is a multiple of the one before, so that what a longer one
 * keeps no shorter one has dropped.
 */
export const thinning = [
  { afterMs: days(2), bucketMs: hours(1) },
  { afterMs: days(14), bucketMs: hours(6) },
  { afterMs: days(90), bucketMs: days(1) },
] as const;

/** Only what lies wholly in the past of a limit is thinned: a bucket is never thinned while it may still get a later one. */
export function limitOf({ afterMs, bucketMs }: (typeof thinning)[number], now: Date): Date {
  const edge = now.getTime() - afterMs + BANGKOK_OFFSET_MS;
  return new Date(Math.floor(edge / bucketMs) * bucketMs - BANGKOK_OFFSET_MS);
}
