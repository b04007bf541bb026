import { setTimeout as sleep } from 'node:timers/promises';

/** Keeps to a rate: what comes too early waits for its turn, in order. */
export interface Pace {
  /** Ends with the signal, and gives its turn back then. */
  take(costMs: number, signal: AbortSignal | undefined): Promise<void>;
}

/** After a quiet time so much may go at once: exchanges count by windows of a minute or of some seconds. */
const BURST_MS = 10_000;

/**
 * The generic cell rate algorithm (ITU-T I.371): one number, however many wait. Every call moves the moment of the next
 * one by its cost, and waits while that lies further ahead than the burst allows.
 */
export function openPace(burstMs = BURST_MS): Pace {
  let nextMs = 0;
  return {
    async take(costMs, signal) {
      const nowMs = performance.now();
      nextMs = Math.max(nextMs, nowMs) + costMs;
      const waitMs = nextMs - nowMs - burstMs;
      if (waitMs <= 0) return;
      try {
        await sleep(waitMs, undefined, { ...(signal && { signal }) });
      } catch (error) {
        nextMs -= costMs;
        throw error;
      }
    },
  };
}
