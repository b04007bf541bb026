import { setTimeout as sleep } from 'node:timers/promises';
import type { Transformer } from 'grammy';
import { createLanes } from '../lanes.ts';

/** Waits up to this long happen here; a longer one is handed back, so that nobody's turn is held up by it. */
const SHORT_MS = 3000;
const TRIES = 3;

/**
 * Puts calls to one chat in a row and obeys "too many requests". Telegram does not say whether a chat or the whole bot
 * was too fast: while two chats are held back at once we take it to be the bot, and everybody waits.
 */
export function paced(signal: AbortSignal): Transformer {
  const inOrder = createLanes();
  const brake = createBrake();
  return (prev, method, payload, callSignal) => {
    const chat = 'chat_id' in payload ? String(payload.chat_id) : '';
    // grammY's own type of a signal is an older one; Node's does all that it does.
    const abort = callSignal ?? (signal as unknown as NonNullable<typeof callSignal>);
    const call = async () => {
      for (let attempt = 1; ; attempt++) {
        const holdMs = brake.holdMs(chat);
        if (holdMs > SHORT_MS) return tooMany(holdMs);
        if (holdMs > 0) await sleep(holdMs, undefined, { signal }).catch(() => {}); // the call then fails by itself
        const result = await prev(method, payload, abort);
        if (result.ok || result.error_code !== 429) return result;
        brake.press(chat, 1000 * (result.parameters?.retry_after ?? 1));
        if (attempt >= TRIES) return result;
      }
    };
    return chat === '' ? call() : inOrder(chat, call);
  };
}

/** Looks like Telegram's own answer, for the caller has to do the same about it. */
const tooMany = (holdMs: number) => ({
  ok: false as const,
  error_code: 429,
  description: 'Too Many Requests: we are still held back',
  parameters: { retry_after: Math.ceil(holdMs / 1000) },
});

function createBrake() {
  const heldUntil = new Map<string, number>();
  return {
    press(chat: string, ms: number) {
      heldUntil.set(chat, performance.now() + ms);
    },
    holdMs(chat: string): number {
      const now = performance.now();
      for (const [held, until] of heldUntil) if (until <= now) heldUntil.delete(held);
      const own = heldUntil.get(chat);
      if (own !== undefined) return own - now;
      return heldUntil.size < 2 ? 0 : Math.min(...heldUntil.values()) - now;
    },
  };
}
