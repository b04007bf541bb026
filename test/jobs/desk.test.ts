import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type DeskContext,
  dropDeadLetter,
  listDeadLetters,
  listFailedRuns,
  listJobs,
  retryDeadLetter,
  retryRun,
  startJob,
} from '../../src/core/ops/jobDesk.ts';
import { startDesk } from '../../src/jobs/desk.ts';
import { job as declare, type Job } from '../../src/jobs/job.ts';
import { type Queue, startQueue } from '../../src/jobs/queue.ts';
import { openQueue } from '../support/desk.ts';
import { auditOf, job, operator } from '../support/money.ts';
import { tcpProxy } from '../support/tcpProxy.ts';
import { createWorld, type World } from '../support/world.ts';

const NEVER = '0 0 1 1 *';

let world: World;
let sql: postgres.Sql;
let stops: (() => Promise<void>)[];
/** What the job of these tests does when it runs. */
let work: (askedBy: string | undefined) => Promise<Record<string, unknown>>;
const jobs: readonly Job[] = [
  declare({
    name: 'test.work',
    cron: '30 3 * * *',
    timeoutMs: 60_000,
    run: (ctx) => work(ctx.askedBy),
    failed: ({ bad }) => Array.isArray(bad) && bad.length > 0,
  }),
  declare({ name: 'test.other', cron: NEVER, timeoutMs: 60_000, run: async () => ({}) }),
];

beforeEach(async () => {
  world = await createWorld();
  sql = postgres(world.url, { max: 1 });
  stops = [];
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  await sql.end();
  await world.close();
});

/** A process of the role `web` alone: it sees the queue and works nothing off. */
async function openDesk(url = world.url, given = jobs): Promise<DeskContext> {
  const { desk, stop } = await startDesk(world.ctx(job), url, given);
  stops.push(stop);
  return { ...world.ctx(operator), desk };
}

async function startWorker(): Promise<Queue> {
  const queue = await startQueue(world.ctx(job), world.url, jobs);
  stops.push(() => queue.stop(1000));
  return queue;
}

const stateOf = async (ctx: DeskContext, name = 'test.work') =>
  (await listJobs(ctx)).find((state) => state.name === name) ?? expect.fail('no such job');

/** Waits for what another process does; gives up with the test. */
async function until<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    await sleep(50);
  }
}

const start = (ctx: DeskContext, requestKey: string) => startJob(ctx, { name: 'test.work', requestKey });
/** The next run that is waiting is given up at its first failure. */
const noSecondTry = () => sql`update queue.job set retry_limit = 0 where name = 'test.work' and state = 'created'`;

class QueryError extends Error {
  readonly query = 'select 1';
  readonly params = ['a secret value'];
}

describe('a desk without workers', () => {
  test('shows every job with its schedule and the next run in Bangkok', async () => {
    const ctx = await openDesk();
    const [first, second] = await listJobs(ctx);
    expect(first).toMatchObject({
      name: 'test.work',
      cron: '30 3 * * *',
      waiting: 0,
      running: 0,
      failed: 0,
      last: null,
    });
    expect(first?.nextAt?.toISOString()).toBe('2026-11-21T20:30:00.000Z'); // 03:30 of the 22nd
    expect(second?.nextAt?.toISOString()).toBe('2026-12-31T17:00:00.000Z');
  });

  test('sends one run however often the form is sent, and audits it once', async () => {
    const ctx = await openDesk();
    await Promise.all([1, 2, 3, 4].map(() => start(ctx, 'key-1')));
    await start(ctx, 'key-1');
    expect((await stateOf(ctx)).waiting).toBe(1);
    expect(await auditOf(world, 'job:test.work')).toEqual(['job.started']);
    await start(ctx, 'key-2');
    expect((await stateOf(ctx)).waiting).toBe(2);
  });

  test('refuses a job it does not know, and what is no run: job.missing', async () => {
    const ctx = await openDesk();
    const refused = { code: 'job.missing' };
    await expect(startJob(ctx, { name: 'dead', requestKey: 'k' })).rejects.toMatchObject(refused);
    await expect(retryRun(ctx, { name: 'test.work', runId: "1'; --" })).rejects.toMatchObject(refused);
    await expect(retryDeadLetter(ctx, { letterId: 'x' })).rejects.toMatchObject(refused);
    const nobody = '00000000-0000-4000-8000-000000000000';
    expect(await retryRun(ctx, { name: 'test.work', runId: nobody })).toBe('gone');
    expect(await dropDeadLetter(ctx, { letterId: nobody })).toBe('gone');
  });

  test('says that the queue is away rather than failing, and finds it again: queue.away', async () => {
    const proxy = await tcpProxy(world.url);
    const ctx = await openDesk(proxy.url);
    await listJobs(ctx);
    await proxy.cut();
    for (const ask of [listJobs(ctx), listFailedRuns(ctx, { page: 1 }), listDeadLetters(ctx, { page: 1 })])
      await expect(ask).rejects.toMatchObject({ code: 'queue.away' });
    await proxy.mend();
    expect(await listJobs(ctx)).toHaveLength(2);
    stops.push(() => proxy.cut());
  });

  test('keeps the audit and the run together: without the one there is not the other', async () => {
    const ctx = await openDesk();
    await sql`create function refuse() returns trigger language plpgsql as $$ begin raise 'no audit'; end $$`;
    await sql`create trigger refuse before insert on audit_entry for each row execute function refuse()`;
    await expect(start(ctx, 'key')).rejects.toThrow();
    expect((await stateOf(ctx)).waiting).toBe(0);
  });
});

describe('a run', () => {
  test('is worked off elsewhere, and its result, its time and who asked for it are kept', async () => {
    work = async () => ({ done: 3, bad: [], big: 12n });
    const ctx = await openDesk();
    await start(ctx, 'key');
    await startWorker();
    const { last } = await until(
      () => stateOf(ctx),
      (state) => state.last !== null,
    );
    expect(last).toMatchObject({ outcome: 'done', errors: [], askedBy: 'operator:opr_test' });
    expect(last?.summary).toEqual({ done: 3, bad: 0, big: '12' });
    expect(last?.tookMs).toBeLessThan(60_000);
  });

  test('that found something wrong is told apart from one that failed', async () => {
    work = async () => ({ bad: [{ link: 1n }, { link: 2n }] });
    const ctx = await openDesk();
    await start(ctx, 'key');
    await startWorker();
    const { last } = await until(
      () => stateOf(ctx),
      (state) => state.last !== null,
    );
    expect(last).toMatchObject({ outcome: 'bad_news', summary: { bad: 2 }, errors: [] });
    expect((await listFailedRuns(ctx, { page: 1 })).items).toEqual([]);
  });

  test('is seen while it runs', async () => {
    let finish = () => {};
    work = () =>
      new Promise((resolve) => {
        finish = () => resolve({});
      });
    const ctx = await openDesk();
    await start(ctx, 'key');
    await startWorker();
    await until(
      () => stateOf(ctx),
      (state) => state.running === 1,
    );
    finish();
    await until(
      () => stateOf(ctx),
      (state) => state.last !== null,
    );
  });

  test('that failed keeps its error without secrets, waits for its next try, and says so in the log', async () => {
    work = async () => {
      throw new QueryError('Failed query: select $1\nparams: a secret value', {
        cause: new Error('the socket is gone'),
      });
    };
    const ctx = await openDesk();
    await start(ctx, 'key');
    await startWorker();
    const failures = async () => (await listFailedRuns(ctx, { page: 1 })).items;
    const [run] = await until(failures, ([first]) => first !== undefined);
    expect(run).toMatchObject({
      name: 'test.work',
      errors: ['Error: Failed query: select $1', 'Error: the socket is gone'],
    });
    expect(run?.nextAt).toBeInstanceOf(Date);
    await until(
      () => stateOf(ctx),
      (state) => state.retrying === 1,
    );
    const kept = JSON.stringify(await sql`select output from queue.job`);
    expect(kept).toContain('Failed query');
    expect(kept).not.toContain('secret');
    expect(world.log.lines.filter((line) => line.startsWith('a job failed')).join()).not.toContain('secret');
    expect(world.log.lines.some((line) => line.startsWith('a job failed'))).toBe(true);
  });

  test('that was given up succeeds when it is retried, and its dead letter goes', async () => {
    let broken = true;
    work = async () => {
      if (broken) throw new Error('the exchange is away');
      return { done: 1 };
    };
    const ctx = await openDesk();
    await start(ctx, 'key');
    await noSecondTry();
    await startWorker();
    const failed = await until(
      () => stateOf(ctx),
      (state) => state.failed === 1,
    );
    expect(failed.last).toMatchObject({ outcome: 'failed', errors: ['Error: the exchange is away'] });
    const [run] = (await listFailedRuns(ctx, { page: 1 })).items;
    const [letter] = (await listDeadLetters(ctx, { page: 1 })).items;
    expect(run).toMatchObject({ nextAt: null, attempts: 1 });
    expect(letter).toMatchObject({ name: 'test.work', errors: ['Error: the exchange is away'], attempts: 1 });
    broken = false;
    const retry = () => retryRun(ctx, { name: 'test.work', runId: run?.id ?? '' });
    expect((await Promise.all([retry(), retry(), retry()])).sort()).toEqual(['done', 'gone', 'gone']);
    expect((await listDeadLetters(ctx, { page: 1 })).items).toEqual([]);
    const after = await until(
      () => stateOf(ctx),
      (state) => state.last?.outcome === 'done',
    );
    expect(after).toMatchObject({ failed: 0, retrying: 0, last: { summary: { done: 1 } } });
    expect(await auditOf(world, 'job:test.work')).toEqual(['job.started', 'job.retried']);
  }, 40_000);
});

describe('a dead letter', () => {
  /** A run that was given up, with nobody working any more. */
  async function deadLetter() {
    work = async () => {
      throw new Error('no luck');
    };
    const ctx = await openDesk();
    await start(ctx, 'key');
    await noSecondTry();
    const queue = await startWorker();
    await until(
      () => stateOf(ctx),
      (state) => state.failed === 1,
    );
    await queue.stop(1000);
    const [letter] = (await listDeadLetters(ctx, { page: 1 })).items;
    return { ctx, letterId: letter?.id ?? '' };
  }

  test('brings the run itself back while it is kept, once', async () => {
    const { ctx, letterId } = await deadLetter();
    const answers = await Promise.all([1, 2, 3].map(() => retryDeadLetter(ctx, { letterId })));
    expect(answers.sort()).toEqual(['done', 'gone', 'gone']);
    expect(await stateOf(ctx)).toMatchObject({ failed: 0, retrying: 1, waiting: 0 });
    expect((await listDeadLetters(ctx, { page: 1 })).items).toEqual([]);
    expect(await auditOf(world, 'job:test.work')).toEqual(['job.started', 'dead_letter.retried']);
  });

  test('becomes a new run when the old one is forgotten, once, and still for whom it was', async () => {
    const { ctx, letterId } = await deadLetter();
    await sql`delete from queue.job where name = 'test.work'`;
    const answers = await Promise.all([1, 2, 3].map(() => retryDeadLetter(ctx, { letterId })));
    expect(answers.sort()).toEqual(['done', 'gone', 'gone']);
    expect(await stateOf(ctx)).toMatchObject({ failed: 0, retrying: 0, waiting: 1 });
    const [row] = await sql`select data from queue.job where name = 'test.work'`;
    expect(row?.data).toEqual({ askedBy: 'operator:opr_test' });
  });

  test('that is dropped is gone for good, once', async () => {
    const { ctx, letterId } = await deadLetter();
    const answers = await Promise.all([1, 2].map(() => dropDeadLetter(ctx, { letterId })));
    expect(answers.sort()).toEqual(['done', 'gone']);
    expect((await listDeadLetters(ctx, { page: 1 })).items).toEqual([]);
    expect(await auditOf(world, 'job:test.work')).toEqual(['job.started', 'dead_letter.dropped']);
  });

  test('that is retried, dropped and retried with its run at once moves once, and the audit says how', async () => {
    const queue = await openQueue(world, jobs);
    stops.push(queue.close);
    const ctx = { ...world.ctx(operator), desk: queue.desk };
    let moves = 0;
    for (let n = 0; n < 10; n++) {
      const { runId, letterId } = await queue.giveUp('test.work', 'no luck');
      const [revived, dropped, retried] = await Promise.all([
        retryDeadLetter(ctx, { letterId }),
        dropDeadLetter(ctx, { letterId }),
        retryRun(ctx, { name: 'test.work', runId }),
      ]);
      const done = [revived, dropped, retried].filter((answer) => answer === 'done');
      expect(revived === 'done' && [dropped, retried].includes('done')).toBe(false);
      const [run] = await sql`select state from queue.job where id = ${runId}`;
      expect(run?.state).toBe(revived === 'done' || retried === 'done' ? 'retry' : 'failed');
      expect((await listDeadLetters(ctx, { page: 1 })).items).toEqual([]);
      moves += done.length;
      expect(await auditOf(world, 'job:test.work')).toHaveLength(moves);
    }
  });

  test('of a job that is not declared any more can only be dropped', async () => {
    const { letterId } = await deadLetter();
    const ctx = await openDesk(world.url, jobs.slice(1));
    await expect(retryDeadLetter(ctx, { letterId })).rejects.toMatchObject({ code: 'job.missing' });
    expect((await listDeadLetters(ctx, { page: 1 })).items).toHaveLength(1);
    expect(await dropDeadLetter(ctx, { letterId })).toBe('done');
  });
});

test('a queue that is there already takes over what its job declares today, and keeps runs for ten turns', async () => {
  await openDesk();
  const kept = async () =>
    Object.fromEntries(
      (await sql`select name, expire_seconds, deletion_seconds from queue.queue`).map((row) => [
        row.name,
        [row.expire_seconds, Math.round(row.deletion_seconds / 86_400)],
      ]),
    );
  expect(await kept()).toMatchObject({ 'test.work': [60, 10] });
  await openDesk(
    world.url,
    jobs.map((each) => ({ ...each, cron: '* * * * *', timeoutMs: 9000 })),
  );
  expect(await kept()).toMatchObject({ 'test.work': [9, 1] });
});

test('failures and dead letters are paged in the database', async () => {
  const ctx = await openDesk();
  await sql`insert into queue.job (name, state, output, started_on, completed_on)
    select 'test.work', 'failed', jsonb_build_object('name', 'Error', 'message', 'n' || n), now(), now() - n * interval '1 minute'
    from generate_series(1, 26) n`;
  await sql`insert into queue.job (name, source_name, source_output, created_on)
    select 'dead', 'test.work', jsonb_build_object('value', jsonb_build_object('message', 'n' || n)), now() - n * interval '1 minute'
    from generate_series(1, 26) n`;
  for (const list of [listFailedRuns, listDeadLetters]) {
    const [one, two] = [await list(ctx, { page: 1 }), await list(ctx, { page: 2 })];
    expect([one.items.length, one.hasMore, two.items.length, two.hasMore]).toEqual([25, true, 1, false]);
    expect(one.items[0]?.errors.join()).toMatch(/n1$/);
    expect(two.items[0]?.errors.join()).toMatch(/n26$/);
  }
});
