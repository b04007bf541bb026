import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { seconds } from '../clock.ts';
import type { Context } from '../context.ts';

/** Each keeps a connection of the pool meanwhile; the others are for everybody else. */
const MOST_AT_ONCE = 3;
const ASK_AGAIN_MS = 250;
/** The database ends a transaction in which nothing was said for thirty seconds. */
const BEAT_MS = seconds(10);

let running = 0;

/**
 * Runs `body` while nobody else, on any instance, runs one under the same name; who comes later waits. The lock is one of
 * PostgreSQL's advisory ones inside a transaction that does nothing else, so that it ends with the process that held it,
 * however that ended, and no row is locked while the network is waited for. Should the lock be lost with its connection,
 * the work goes on: what is run here may run twice, it is only not worth it.
 */
export async function alone<T>(
  ctx: Pick<Context, 'db'>,
  name: string,
  signal: AbortSignal | undefined,
  body: () => Promise<T>,
): Promise<T> {
  for (;;) {
    signal?.throwIfAborted();
    const outcome = running < MOST_AT_ONCE ? await attempt(ctx, name, body) : undefined;
    if (outcome) return outcome.value;
    await sleep(ASK_AGAIN_MS, undefined, { ...(signal && { signal }) });
  }
}

/** Undefined when somebody else has the lock. */
async function attempt<T>(
  ctx: Pick<Context, 'db'>,
  name: string,
  body: () => Promise<T>,
): Promise<{ value: T } | undefined> {
  let done: { value: T } | undefined;
  running += 1;
  try {
    return await ctx.db.transaction(async (tx) => {
      const [row] = await tx.execute<{ mine: boolean }>(
        sql`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as mine`,
      );
      if (!row?.mine) return undefined;
      const beat = setInterval(() => void tx.execute(sql`select 1`).then(undefined, () => {}), BEAT_MS);
      try {
        done = { value: await body() };
        return done;
      } finally {
        clearInterval(beat);
      }
    });
  } catch (error) {
    if (done) return done; // only the lock was lost
    throw error;
  } finally {
    running -= 1;
  }
}
