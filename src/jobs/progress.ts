import { setTimeout as sleep } from 'node:timers/promises';
import { takeBehind } from '../core/backtest/runs.ts';
import { as } from '../core/context.ts';
import type { NoticeContext } from '../core/notices/notice.ts';

/** Chats slow down who edits a message more often. */
const EVERY_MS = 1_000;
const BATCH = 50;

/** Writes how far runs are into their messages, about once a second. */
export function startProgress(given: NoticeContext): { stop(): Promise<void> } {
  const ctx = as(given, { kind: 'job', name: 'runs.progress' });
  const stopping = new AbortController();
  const round = async () => {
    const behind = await takeBehind(ctx, BATCH);
    await Promise.all(
      behind.map(({ run, to: { provider, ...to } }) =>
        ctx.couriers
          .get(provider)
          ?.revise(to, `run:${run.id}`, { kind: 'run.progress', params: { runId: run.id } })
          // The next round says more anyway.
          .catch((error: unknown) => ctx.log.debug({ err: error, runId: run.id }, 'a progress was not shown')),
      ),
    );
  };
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await round().catch((error: unknown) => ctx.log.error({ err: error }, 'the progress of runs could not be read'));
      await sleep(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}
