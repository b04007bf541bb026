import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { DeadLetter, FailedRun, JobState, LastRun } from '../core/ops/jobDesk.ts';
import { DEAD, SCHEMA, scheduleOf } from './boss.ts';
import type { Job } from './job.ts';
import { readErrors, readResult } from './kept.ts';

/** What the tables of the queue say, read over pg-boss's own connection: it gives moments as dates and counts as text. */

async function ask<T>(boss: PgBoss, row: z.ZodType<T>, text: string, values: readonly unknown[]): Promise<T[]> {
  return z.array(row).parse((await boss.getDb().executeSql(text, [...values])).rows);
}

const count = z.object({ name: z.string(), state: z.string(), n: z.coerce.number() });

const COUNTS = `select name, state, count(*) as n from ${SCHEMA}.job
  where name = any($1::text[]) and state in ('created', 'retry', 'active', 'failed') group by name, state`;

const ended = z.object({
  name: z.string(),
  state: z.string(),
  data: z.object({ askedBy: z.string().optional() }).nullable(),
  output: z.unknown().optional(),
  startedAt: z.date().nullable(),
  endedAt: z.date(),
});

/** The newest moment first and its row then, which spares sorting every row that is kept. */
const LAST_RUNS = `select distinct on (name) name, state, data, output, started_on as "startedAt", completed_on as "endedAt"
  from ${SCHEMA}.job join (
    select name, max(completed_on) as completed_on from ${SCHEMA}.job where name = any($1::text[]) group by name
  ) as last using (name, completed_on) order by name`;

export async function readStates(boss: PgBoss, jobs: readonly Job[], now: Date): Promise<JobState[]> {
  const names = jobs.map(({ name }) => name);
  const [counts, lasts] = await Promise.all([ask(boss, count, COUNTS, [names]), ask(boss, ended, LAST_RUNS, [names])]);
  return jobs.map((job) => {
    const number = (state: string) => counts.find((row) => row.name === job.name && row.state === state)?.n ?? 0;
    const last = lasts.find(({ name }) => name === job.name);
    return {
      name: job.name,
      cron: job.cron,
      nextAt: scheduleOf(job).nextRun(now),
      waiting: number('created'),
      running: number('active'),
      retrying: number('retry'),
      failed: number('failed'),
      last: last ? lastRunOf(last) : null,
    };
  });
}

function lastRunOf({ startedAt, endedAt, state, data, output }: z.infer<typeof ended>): LastRun {
  const { summary, badNews } = readResult(output);
  const done = badNews ? 'bad_news' : 'done';
  return {
    endedAt,
    tookMs: endedAt.getTime() - (startedAt ?? endedAt).getTime(),
    outcome: state === 'failed' ? 'failed' : done,
    summary,
    errors: state === 'failed' ? readErrors(output) : [],
    askedBy: data?.askedBy ?? null,
  };
}

const failed = z.object({
  id: z.string(),
  name: z.string(),
  attempts: z.number(),
  failedAt: z.date().nullable(),
  nextAt: z.date().nullable(),
  output: z.unknown().optional(),
});

const FAILED_RUNS = `select id, name, output, retry_count + 1 as attempts, coalesce(completed_on, started_on) as "failedAt",
    case when state = 'retry' then start_after end as "nextAt"
  from ${SCHEMA}.job where name = any($1::text[]) and (state = 'failed' or (state = 'retry' and output is not null))
  order by coalesce(completed_on, started_on) desc, id limit $2 offset $3`;

interface Slice {
  limit: number;
  offset: number;
}

export async function readFailures(boss: PgBoss, names: readonly string[], slice: Slice): Promise<FailedRun[]> {
  const rows = await ask(boss, failed, FAILED_RUNS, [names, slice.limit, slice.offset]);
  return rows.map(({ output, ...run }) => ({ ...run, errors: readErrors(output) }));
}

const dead = z.object({
  id: z.string(),
  name: z.string(),
  attempts: z.number(),
  diedAt: z.date(),
  output: z.unknown().optional(),
});

const DEAD_LETTERS = `select id, coalesce(source_name, '') as name, source_output as output,
    coalesce(source_retry_count, 0) + 1 as attempts, created_on as "diedAt"
  from ${SCHEMA}.job where name = $1 order by created_on desc, id limit $2 offset $3`;

export async function readDeadLetters(boss: PgBoss, slice: Slice): Promise<DeadLetter[]> {
  const rows = await ask(boss, dead, DEAD_LETTERS, [DEAD, slice.limit, slice.offset]);
  return rows.map(({ output, ...letter }) => ({ ...letter, errors: readErrors(output) }));
}
