import type { Clock } from '../../core/clock.ts';
import { ExchangeTrouble, type TroubleKind } from '../../core/market/trouble.ts';

/**
 * A circuit breaker. Closed, it lets everything through and counts failures in a row; after `failures` of them it is
 * open, and everybody gets the last trouble at once instead of an attempt. When its time is over one attempt is let
 * through: if that goes well the breaker is closed, if not it stays open for twice as long.
 */
export interface Breaker {
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface BreakerOptions {
  readonly exchange: string;
  readonly clock: Clock;
  readonly failures: number;
  readonly openMs: number;
  readonly longestMs: number;
  /** The troubles that count. Any other answer, and be it a refusal, shows that there is nothing to spare. */
  readonly counts: readonly TroubleKind[];
}

export function openBreaker({ exchange, clock, failures, openMs, longestMs, counts }: BreakerOptions): Breaker {
  let inRow = 0;
  let last: TroubleKind = 'unreachable';
  let openUntilMs = 0;
  let nextOpenMs = openMs;
  let isProbing = false;

  function failed(kind: TroubleKind): void {
    inRow += 1;
    last = kind;
    if (inRow < failures) return;
    openUntilMs = clock.now().getTime() + nextOpenMs;
    nextOpenMs = Math.min(longestMs, nextOpenMs * 2);
  }

  function wentWell(): void {
    inRow = 0;
    openUntilMs = 0;
    nextOpenMs = openMs;
  }

  return {
    async run(work) {
      const nowMs = clock.now().getTime();
      const isOpen = inRow >= failures;
      if (isOpen && (nowMs < openUntilMs || isProbing))
        throw new ExchangeTrouble(exchange, last, Math.max(0, openUntilMs - nowMs));
      if (isOpen) isProbing = true;
      try {
        const result = await work();
        wentWell();
        return result;
      } catch (error) {
        // A caller that gave up says nothing about the exchange.
        if (error instanceof ExchangeTrouble) {
          if (counts.includes(error.kind)) failed(error.kind);
          else if (error.kind !== 'limited' && error.kind !== 'banned') wentWell();
        }
        throw error;
      } finally {
        if (isOpen) isProbing = false;
      }
    },
  };
}
