import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { describeError } from '../../core/error.ts';

/** What went wrong at Discord, fit for a log. */
export interface Fault {
  name: string;
  message: string;
  code?: string | number;
  status?: number;
  stack?: string;
}

/**
 * An error without its secrets. Errors of discord.js carry the address and the body of the request: an interaction's
 * address holds its token, with which anybody could answer in our name, and the body holds what we say to a person.
 */
export function faultOf(error: unknown): Fault {
  if (error instanceof RateLimitError) return { name: 'RateLimitError', message: `again after ${error.retryAfter} ms` };
  if (!(error instanceof Error)) return { name: typeof error, message: withoutTokens(String(error)) };
  const described = describeError(error);
  const { code, status } = error as { code?: unknown; status?: unknown };
  const atDiscord = error instanceof DiscordAPIError || error instanceof HTTPError;
  return {
    name: atDiscord ? error.constructor.name : error.name,
    message: withoutTokens(described.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof status === 'number' ? { status } : {}),
    ...(atDiscord || !error.stack ? {} : { stack: withoutTokens(described.stack ?? '') }),
  };
}

const withoutTokens = (text: string) =>
  text
    .replace(/\/(webhooks|interactions)\/(\d+)\/[^/\s?"']+/g, '/$1/$2/…')
    .replace(/[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}/g, '…');

/** Discord's own error number, or undefined when it was not Discord who refused. */
export function discordCode(error: unknown): number | undefined {
  return error instanceof DiscordAPIError && typeof error.code === 'number' ? error.code : undefined;
}

/** How long to wait when Discord is busy or out of reach; undefined when it understood us and refused. */
export function retryAfterMs(error: unknown): number | undefined {
  if (error instanceof RateLimitError) return Math.max(1000, Math.ceil(error.retryAfter));
  if (error instanceof HTTPError) return 10_000;
  if (error instanceof DiscordAPIError) {
    if (error.status === 429 || error.code === OPENING_DMS_TOO_FAST) return 60_000;
    return error.status === 401 ? 60_000 : undefined;
  }
  return isNetworkFault(error) ? 10_000 : undefined;
}

const OPENING_DMS_TOO_FAST = 40_003;

/** Connections that break, and requests that we gave up on, are errors of undici or Node with a code or these names. */
function isNetworkFault(error: unknown): boolean {
  for (let e = error, depth = 0; e instanceof Error && depth < 4; e = e.cause, depth++) {
    const { code } = e as { code?: unknown };
    if (e.name === 'AbortError' || e.message === 'fetch failed') return true;
    if (typeof code === 'string' && /^(UND_ERR_|E(CONN|PIPE|HOST|NET|TIMEDOUT|NOTFOUND|AI_AGAIN))/.test(code))
      return true;
  }
  return false;
}

const TOO_LATE = 10_062;
const ALREADY_ANSWERED = 40_060;

/** The person has seen "did not respond", or another instance answered: there is nothing left to say it to. */
export function isGone(error: unknown): boolean {
  const code = discordCode(error);
  return code === TOO_LATE || code === ALREADY_ANSWERED;
}
