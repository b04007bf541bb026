import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from 'ccxt';
import { type Clock, seconds } from '../../core/clock.ts';
import { ExchangeTrouble, type TroubleKind } from '../../core/market/trouble.ts';
import { ask } from './client.ts';

/** Asks, and asks again what is worth it; keeps the pauses that an exchange wants. Only reads go through here. */
export interface Attempts {
  run<T>(client: Exchange, accountId: string | null, signal: AbortSignal, question: () => Promise<T>): Promise<T>;
  forget(accountId: string): void;
}

export interface AttemptOptions {
  readonly exchange: string;
  readonly clock: Clock;
  /** The first pause; each further one is twice as long, and of uneven length. */
  readonly backoffMs: number;
  /** Whether a limit is of our address, and so of all accounts. A ban always is. */
  readonly limitsAddress: boolean;
}

const ATTEMPTS = 3;
/** Longer pauses than this are not waited out inside a call. */
const PATIENCE_MS = seconds(3);
const worthAnother: readonly TroubleKind[] = ['unreachable', 'slow', 'malformed'];
/** The account whose pauses are everybody's. */
const ALL = '';

export function openAttempts({ exchange, clock, backoffMs, limitsAddress }: AttemptOptions): Attempts {
  const holds = new Map<string, { kind: TroubleKind; untilMs: number }>();
  const nowMs = () => clock.now().getTime();

  function hold(accountId: string, { kind, retryAfterMs }: ExchangeTrouble): void {
    if (retryAfterMs === 0) return;
    const isOfAll = kind === 'banned' || limitsAddress;
    holds.set(isOfAll ? ALL : accountId, { kind, untilMs: nowMs() + retryAfterMs });
  }

  async function waitOut(accountId: string, signal: AbortSignal): Promise<void> {
    for (const key of new Set([ALL, accountId])) {
      const held = holds.get(key);
      if (!held) continue;
      const leftMs = held.untilMs - nowMs();
      if (leftMs > PATIENCE_MS) throw new ExchangeTrouble(exchange, held.kind, leftMs);
      if (leftMs > 0) await pause(leftMs, signal);
      else holds.delete(key);
    }
  }

  return {
    async run(client, account, signal, question) {
      const accountId = account ?? ALL;
      for (let attempt = 1; ; attempt++) {
        await waitOut(accountId, signal);
        try {
          return await ask(client, signal, question);
        } catch (error) {
          if (!(error instanceof ExchangeTrouble)) throw error;
          hold(accountId, error);
          const isShort = error.kind === 'limited' && error.retryAfterMs <= PATIENCE_MS;
          if (attempt >= ATTEMPTS || !(isShort || worthAnother.includes(error.kind))) throw error;
          const pauseMs = backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random());
          await pause(Math.max(pauseMs, error.retryAfterMs), signal);
        }
      }
    },
    forget: (accountId) => void holds.delete(accountId),
  };
}

const pause = (ms: number, signal: AbortSignal) =>
  sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
