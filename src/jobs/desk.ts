import { createHash } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Context } from '../core/context.ts';
import { isRetriable } from '../core/db.ts';
import { fail, Refusal } from '../core/error.ts';
import type { JobDesk } from '../core/ops/jobDesk.ts';
import { DEAD, openBoss, SCHEMA, within } from './boss.ts';
import type { Job } from './job.ts';
import { readDeadLetters, readFailures, readStates } from './readings.ts';

/** What a run carries: who asked for it, where somebody did. */
export interface Sent {
  askedBy?: string;
}

/** One occurrence of one job has one id, whichever instance names it: the second to send it sends nothing. */
export function occurrenceId(name: string, occurrence: string): string {
  const hex = createHash('sha256').update(`${name}@${occurrence}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** For an instance that works no jobs off: it reads the queue, and what it sends waits for one that does. */
export async function startDesk(
  ctx: Context,
  url: string,
  jobs: readonly Job[],
): Promise<{ desk: JobDesk; stop(): Promise<void> }> {
  const boss = await openBoss(ctx, url, jobs, { works: false, onError: () => {} });
  return { desk: createDesk(ctx, boss, jobs), stop: () => boss.stop({ graceful: false }) };
}

export function createDesk(ctx: Context, boss: PgBoss, jobs: readonly Job[]): JobDesk {
  const names = jobs.map(({ name }) => name);
  const asked = guard(ctx);
  return {
    names,
    read: (now, only = names) =>
      asked(() => {
        const wanted = jobs.filter(({ name }) => only.includes(name));
        return readStates(boss, wanted, now);
      }),
    failures: (slice) => asked(() => readFailures(boss, names, slice)),
    deadLetters: (slice) => asked(() => readDeadLetters(boss, slice)),
    send: (ctx, { name, key, askedBy }) =>
      asked(async () => {
        const id = occurrenceId(name, key);
        return (await boss.send(name, { askedBy } satisfies Sent, { id, ...within(ctx) })) !== null;
      }),
    retry: (ctx, { name, id }) =>
      asked(async () => {
        const db = within(ctx);
        if (affected(await boss.retry(name, id, db)) === 0) return false;
        const letters = z.array(letterId).parse((await db.db.executeSql(LETTERS_OF, [DEAD, id])).rows);
        for (const letter of letters) await boss.deleteJob(DEAD, letter.id, db);
        return true;
      }),
    jobOf: (ctx, id) => asked(async () => (await boss.findJobs(DEAD, { id, ...within(ctx) }))[0]?.sourceName ?? null),
    revive: (ctx, id) =>
      asked(async () => {
        const db = within(ctx);
        // Locked first: nobody drops it between our looking at it and our taking it away.
        const [letter] = z.array(source).parse((await db.db.executeSql(LOCK_LETTER, [DEAD, id])).rows);
        if (!letter) return false;
        // The run itself is taken up again while it is kept, so that its story goes on; else a new one begins.
        const { name, runId } = letter;
        if (name && runId && affected(await boss.retry(name, runId, db)) === 1)
          return affected(await boss.deleteJob(DEAD, id, db)) === 1;
        return (await boss.redrive(DEAD, { ids: [id], ...db })) === 1;
      }),
    drop: (ctx, id) => asked(async () => affected(await boss.deleteJob(DEAD, id, within(ctx))) === 1),
  };
}

/** pg-boss says how many rows a command touched and leaves it out of its types. */
const affected = (response: object) => z.object({ affected: z.number() }).parse(response).affected;

/** A queue that cannot be reached or read is away; a transaction that may be run again says so to `inTransaction`. */
const guard =
  (ctx: Context) =>
  async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Refusal || isRetriable(error)) throw error;
      ctx.log.error({ err: error }, 'the job queue could not be asked');
      return fail('queue.away');
    }
  };

const letterId = z.object({ id: z.string() });
const source = z.object({ name: z.string().nullable(), runId: z.string().nullable() });

const LETTERS_OF = `select id from ${SCHEMA}.job where name = $1 and source_id = $2::uuid`;

const LOCK_LETTER = `select source_name as name, source_id as "runId" from ${SCHEMA}.job
  where name = $1 and id = $2::uuid for update`;
