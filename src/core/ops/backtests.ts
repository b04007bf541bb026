import { and, asc, desc, eq, gte, inArray, lt, min, type SQL, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { backtestRun, type RunKind, type RunStatus } from '../backtest/tables.ts';
import { days, later } from '../clock.ts';
import type { Context } from '../context.ts';
import { firstIdAt, type UserId } from '../id.ts';
import { everyIdOf } from '../money/ledger.ts';
import type { User } from '../people/identity.ts';
import { user } from '../people/tables.ts';
import { containing } from './payments.ts';
import { MOST_PEOPLE, peopleNamed } from './recipient.ts';

export interface RunFilter {
  status?: RunStatus | undefined;
  kind?: RunKind | undefined;
  /** A person's id, or part of a name. */
  person?: string | undefined;
  strategy?: string | undefined;
  /** Part of a symbol. */
  symbol?: string | undefined;
  /** Goes on after this run. */
  before?: string | undefined;
}

/** A run without its long parts. */
const line = {
  id: backtestRun.id,
  kind: backtestRun.kind,
  request: backtestRun.request,
  status: backtestRun.status,
  progress: backtestRun.progress,
  attempts: backtestRun.attempts,
  cancelAsked: backtestRun.cancelAsked,
  leasedUntil: backtestRun.leasedUntil,
  createdAt: backtestRun.createdAt,
  startedAt: backtestRun.startedAt,
  endedAt: backtestRun.endedAt,
  /** Of a single run that is done. */
  totalReturnPct: sql<number | null>`case jsonb_typeof(${backtestRun.result} #> '{report,total_return_pct}')
    when 'number' then (${backtestRun.result} #>> '{report,total_return_pct}')::float8 end`,
};

export type RunLine = Pick<
  typeof backtestRun.$inferSelect,
  Exclude<keyof typeof line, 'totalReturnPct'> & keyof typeof backtestRun.$inferSelect
> & { totalReturnPct: number | null };

export interface RunRow {
  run: RunLine;
  user: User;
}

export interface RunPage {
  items: RunRow[];
  /** Where the next page goes on; there may be nothing on it when what is looked for is rare and the list long. */
  next: string | undefined;
  /** More people have this name than were looked for. */
  crowded: boolean;
}

const PAGE = 25;
/** What no index knows is looked for among so many runs at a time. */
const LOOK = 20_000;
const MOST_GATHERED = 1_000_000;
const MOST_RUNNING = 50;

/** Everybody's runs, newest first, 25 at a time. */
export async function listAllRuns(ctx: Context, filter: RunFilter): Promise<RunPage> {
  requirePermission(ctx, 'runs.read');
  const found = filter.person ? await peopleNamed(ctx, filter.person.trim()) : undefined;
  const people = found?.slice(0, MOST_PEOPLE);
  const ids = people && (await withFormer(ctx, people));
  if (ids?.length === 0) return { items: [], next: undefined, crowded: false };
  const { runIds, next } = await findIds(ctx, filter, ids);
  return { items: await rowsOf(ctx, runIds), next, crowded: (found?.length ?? 0) > MOST_PEOPLE };
}

/** Runs keep the id under which they were asked for, also when people are joined. */
async function withFormer(ctx: Context, people: readonly UserId[]): Promise<UserId[]> {
  const everyId = await everyIdOf(ctx, people);
  return [...new Set([...everyId.values()].flat())];
}

async function rowsOf(ctx: Context, runIds: readonly string[]): Promise<RunRow[]> {
  if (runIds.length === 0) return [];
  return ctx.db
    .select({ run: line, user })
    .from(backtestRun)
    .innerJoin(user, eq(user.id, backtestRun.userId))
    .where(inArray(backtestRun.id, [...runIds]))
    .orderBy(desc(backtestRun.id));
}

type Found = { runIds: string[]; next: string | undefined };

/**
 * The ids of one page. The runs of people and those in the queue have indexes of their own, and what is wanted without
 * a condition is found at once; anything else is looked for in stretches of the list, so that what is rare costs no walk
 * through all of it.
 */
async function findIds(ctx: Context, filter: RunFilter, people: readonly UserId[] | undefined): Promise<Found> {
  const { status, kind, strategy, symbol, before } = filter;
  const { id, request } = backtestRun;
  const isQueue = status === 'queued' || status === 'running';
  const from = and(before ? lt(id, before) : undefined, people && inArray(backtestRun.userId, [...people]));
  const like = and(
    status && statusIs(status),
    kind && eq(backtestRun.kind, kind),
    strategy ? sql`${request} ->> 'strategy' = ${strategy}` : undefined,
    symbol
      ? sql`upper(coalesce(${request} ->> 'symbols', ${request} ->> 'symbol')) like upper(${containing(symbol)})`
      : undefined,
  );
  const all = () => ctx.db.select({ id }).from(backtestRun);
  if (people || isQueue) {
    // Gathered before it is sorted: otherwise PostgreSQL may walk the whole list backwards in search of these few.
    const few = all().where(and(from, like)).limit(MOST_GATHERED).as('few');
    const rows = ctx.db.select({ id: few.id }).from(few).orderBy(desc(few.id));
    return pageOf(await rows.limit(PAGE + 1));
  }
  const newest = all().where(from).orderBy(desc(id));
  if (!like) return pageOf(await newest.limit(PAGE + 1));
  const stretch = sql`(select * from ${backtestRun} where ${from ?? sql`true`} order by ${id} desc limit ${LOOK}) as backtest_run`;
  const rows = await ctx.db.execute<{ id: string }>(
    sql`select id from ${stretch} where ${like} order by id desc limit ${PAGE + 1}`,
  );
  if (rows.length > PAGE) return pageOf(rows);
  const [last] = await newest.limit(1).offset(LOOK - 1);
  return { ...pageOf(rows), next: last?.id };
}

/** Written out, as the partial indexes are found by their very words. */
const statusIs = (status: RunStatus): SQL =>
  status === 'queued' || status === 'running'
    ? sql`${backtestRun.status} = ${sql.raw(`'${status}'`)}`
    : eq(backtestRun.status, status);

const pageOf = (rows: readonly { id: string }[]): Found => ({
  runIds: rows.slice(0, PAGE).map(({ id }) => id),
  next: rows.length > PAGE ? rows[PAGE - 1]?.id : undefined,
});

/** The newest runs of a person under all their ids: one short walk along the index for each. */
export async function newestRunsOf(ctx: Context, ids: readonly UserId[], limit: number): Promise<RunRow[]> {
  const found = await Promise.all(
    ids.map((id) =>
      ctx.db
        .select({ id: backtestRun.id })
        .from(backtestRun)
        .where(eq(backtestRun.userId, id))
        .orderBy(desc(backtestRun.id))
        .limit(limit),
    ),
  );
  const runIds = found.flat().map(({ id }) => id);
  return (await rowsOf(ctx, runIds)).slice(0, limit);
}

export interface RunQueue {
  waiting: number;
  oldestWaitingAt: Date | null;
  running: number;
  /** Those that are running, the longest first, at most 50. */
  rows: RunRow[];
  /** What has ended within a day. */
  day: { done: number; failed: number; cancelled: number; averageMs: number | null };
  /** So many runs were asked for that not all of the day's were counted. */
  isPart: boolean;
}

/** How the queue of runs is now, and how it went in the last 24 hours. */
export async function readRunQueue(ctx: Context): Promise<RunQueue> {
  requirePermission(ctx, 'runs.read');
  const count = sql<number>`count(*)::int`;
  const [queued] = await ctx.db
    .select({ count, oldest: min(backtestRun.createdAt) })
    .from(backtestRun)
    .where(statusIs('queued'));
  const [running] = await ctx.db.select({ count }).from(backtestRun).where(statusIs('running'));
  const rows = await ctx.db
    .select({ run: line, user })
    .from(backtestRun)
    .innerJoin(user, eq(user.id, backtestRun.userId))
    .where(statusIs('running'))
    .orderBy(asc(backtestRun.startedAt), asc(backtestRun.id))
    .limit(MOST_RUNNING);
  return {
    waiting: queued?.count ?? 0,
    oldestWaitingAt: queued?.oldest ?? null,
    running: running?.count ?? 0,
    rows,
    ...(await lastDay(ctx)),
  };
}

/**
 * No index knows when runs ended, but ids know when they were born: what ended within a day was asked for within two,
 * or has waited longer than anybody would.
 */
async function lastDay(ctx: Context): Promise<Pick<RunQueue, 'day' | 'isPart'>> {
  const now = ctx.clock.now();
  const { id, status, startedAt, endedAt } = backtestRun;
  const born = ctx.db
    .select({ id, status, startedAt, endedAt })
    .from(backtestRun)
    .where(gte(id, firstIdAt('btr', later(now, -days(2)))))
    .orderBy(desc(id))
    .limit(LOOK)
    .as('born');
  const dayAgo = later(now, -days(1)).toISOString();
  const ended = (state: RunStatus) =>
    sql<number>`(count(*) filter (where ${born.status} = ${state} and ${born.endedAt} >= ${dayAgo}))::int`;
  const [row] = await ctx.db
    .select({
      all: sql<number>`count(*)::int`,
      done: ended('done'),
      failed: ended('failed'),
      cancelled: ended('cancelled'),
      averageMs: sql<number | null>`(1000 * avg(extract(epoch from ${born.endedAt} - ${born.startedAt}))
        filter (where ${born.status} = 'done' and ${born.endedAt} >= ${dayAgo}))::float8`,
    })
    .from(born);
  const { all = 0, done = 0, failed = 0, cancelled = 0, averageMs = null } = row ?? {};
  return { day: { done, failed, cancelled, averageMs }, isPart: all >= LOOK };
}
