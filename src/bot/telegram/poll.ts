import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from 'grammy';
import { storeUpdates } from '../../core/chats/inbox.ts';
import { telegramUpdate } from '../../core/chats/telegramUpdate.ts';
import { type Fault, faultOf } from './fault.ts';
import { WANTED } from './read.ts';
import type { Desk } from './show.ts';

const LONG_POLL_SECONDS = 25;

export interface Polling {
  /** Has its own patience: a long poll takes longer than any other call. */
  reader: Api;
  signal: AbortSignal;
  stored(): void;
  healthy(healthy: boolean): void;
}

/**
 * Reads updates until the signal. What came is stored first; the next call's offset then confirms it. Killed in
 * between, Telegram sends it again and the inbox knows it already.
 */
export async function poll(desk: Desk, { reader, signal, stored, healthy }: Polling): Promise<void> {
  let offset = 0;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const updates = await reader.getUpdates(
        { offset, limit: 100, timeout: failures > 0 ? 0 : LONG_POLL_SECONDS, allowed_updates: WANTED },
        signal as unknown as NonNullable<Parameters<Api['getUpdates']>[1]>, // an older type of the same thing
      );
      const fresh = updates.map(telegramUpdate).filter((update) => update !== undefined);
      if ((await storeUpdates(desk.ctx, desk.self.id, fresh)) > 0) stored();
      offset = updates.reduce((next, update) => Math.max(next, update.update_id + 1), offset);
      failures = 0;
      healthy(true);
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      if (faultOf(error)?.kind !== 'conflict') healthy(false); // the other one may be another instance of ours
      await pause(delayAfter(desk, error, failures), signal);
    }
  }
}

/** Says what is wrong in the log and how long to wait. */
export function delayAfter(desk: Desk, error: unknown, failures: number): number {
  const { log } = desk.ctx;
  const fault = faultOf(error);
  const backoffMs = Math.min(30_000, 500 * 2 ** Math.min(failures - 1, 10));
  if (!fault) {
    log.error({ err: error }, 'telegram: updates could not be stored; they were not confirmed');
    return backoffMs;
  }
  if (fault.kind === 'limited') return fault.retryAfterMs;
  const { level, says, waitMs } = advice[fault.kind] ?? { level: 'warn', says: 'no connection', waitMs: backoffMs };
  log[level]({ fault: fault.about, waitMs }, `telegram: ${says}`);
  return waitMs;
}

const advice: Partial<Record<Fault['kind'], { level: 'warn' | 'error'; says: string; waitMs: number }>> = {
  stranger: { level: 'error', says: 'the bot token is wrong or was revoked; see TELEGRAM_BOT_TOKEN', waitMs: 60_000 },
  // Two instances take turns by this; each update is stored by whoever got it.
  conflict: {
    level: 'warn',
    says: 'somebody else reads the updates of this bot; waiting for our turn',
    waitMs: 20_000,
  },
};

export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
