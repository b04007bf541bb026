import { setTimeout as sleep } from 'node:timers/promises';
import { as } from '../core/context.ts';
import { deliverNotices, type NoticeContext, type NoticeLane } from '../core/notices/notice.ts';

export interface Delivery {
  /** There is something to deliver: do not wait for the next look. */
  wake(): void;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 250;
const BATCH = 50;

/**
 * Looks for due notices four times a second, and at once when woken. What operators tell many has a loop of its own: a
 * chat that is slow to take ten thousand of those keeps nobody's payment waiting.
 */
export function startDelivery(given: NoticeContext): Delivery {
  const ctx = as(given, { kind: 'job', name: 'notices.deliver' });
  const ordinary = startLane(ctx, 'ordinary');
  const broadcasts = startLane(ctx, 'broadcast');
  return {
    wake: ordinary.wake,
    stop: async () => void (await Promise.all([ordinary.stop(), broadcasts.stop()])),
  };
}

function startLane(ctx: NoticeContext, lane: NoticeLane): Delivery {
  const stopping = new AbortController();
  let woken = new AbortController();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const taken = await deliverNotices(ctx, BATCH, lane).then(
        (result) => result.taken,
        (error: unknown) => {
          ctx.log.error({ err: error }, 'notices could not be read');
          return 0;
        },
      );
      if (taken === BATCH) continue;
      await sleep(LOOK_EVERY_MS, undefined, { signal: AbortSignal.any([woken.signal, stopping.signal]) }).catch(
        () => {},
      );
      if (woken.signal.aborted) woken = new AbortController();
    }
  })();
  return {
    wake: () => woken.abort(),
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
