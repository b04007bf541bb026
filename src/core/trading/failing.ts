import { minutes, seconds } from '../clock.ts';
import { ExchangeTrouble, keyTroubles, type TroubleKind } from '../market/trouble.ts';

/** Why an account cannot be read, and how that is treated. */

/** Only the person can mend these, at the exchange; asking again and again would look like an attack there. */
export const isOfTheKey = (trouble: string) => keyTroubles.some((kind) => kind === trouble);

/** Two troubles of one sort, such as "slow" after "unreachable", are one trouble that goes on. */
export const isSameSort = (one: string, other: string) => isOfTheKey(one) === isOfTheKey(other);

/** What passes by itself is told when it has lasted. */
const TOLD_AFTER_MS = minutes(15);

export const isWorthTelling = (trouble: string, lastedMs: number) => isOfTheKey(trouble) || lastedMs >= TOLD_AFTER_MS;

const FIRST_MS = seconds(30);
const KEY_FIRST_MS = minutes(10);
const MOST_MS = minutes(15);
const KEY_MOST_MS = minutes(360);

/** How long an account rests after its `failures`th failure in a row: longer each time, never shorter than asked for. */
export function restMs(trouble: string, failures: number, retryAfterMs: number): number {
  const [first, most] = isOfTheKey(trouble) ? [KEY_FIRST_MS, KEY_MOST_MS] : [FIRST_MS, MOST_MS];
  return Math.max(retryAfterMs, Math.min(most, first * 2 ** Math.min(failures - 1, 20)));
}

export interface Failure {
  trouble: TroubleKind;
  retryAfterMs: number;
}

/** What went wrong with a reading; undefined for what is no trouble of an exchange but a bug. */
export function failureOf(error: unknown, signal: AbortSignal): Failure | undefined {
  if (error instanceof ExchangeTrouble) return { trouble: error.kind, retryAfterMs: error.retryAfterMs };
  return signal.aborted ? { trouble: 'slow', retryAfterMs: 0 } : undefined;
}

/** These say that the exchange is away, and not only for one account. */
export const isAway = (trouble: TroubleKind) =>
  trouble === 'unreachable' || trouble === 'slow' || trouble === 'maintenance';
