import { and, eq, inArray, lt, sql } from 'drizzle-orm';
import { requireActor, requireSelf } from '../access.ts';
import { later, seconds } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { asText, fail, type Params } from '../error.ts';
import type { IdentityId, UserId } from '../id.ts';
import { putNotice } from '../notices/notice.ts';
import { lockActiveUser } from '../people/user.ts';
import type { Requests } from './request.ts';
import { backtestRun, type RunKind } from './tables.ts';

export type Run = typeof backtestRun.$inferSelect;

/*
 * The life of a run. It waits (`queued`), is taken by an instance that has a free thread (`running`), and ends as `done`,
 * `failed` or `cancelled`. An instance holds a run by a lease that every report of progress renews: when the lease runs
 * out the instance is dead, and the run goes back to wait, at most three times, so that a run that kills its instance
 * does not kill them all. Whoever lost its lease can neither report nor finish: a run ends once.
 */
const MOST_AT_ONCE = 3;
const MOST_WAITING = 20;
const MOST_ATTEMPTS = 3;
const LEASE_MS = seconds(30);
const CLAIM_LOCK = 7_205_759_405;

/** Who asks for a run, and how long that one waits for the end before it wants to be told. */
export interface Asker {
  userId: UserId;
  identityId: IdentityId | null;
  requestKey: string;
  watchMs?: number;
}

/** Puts work in the queue. The same request key is the same run. Refuses `run.too_many_waiting`. */
export async function queueRun<K extends RunKind>(
  ctx: Context,
  { watchMs = 0, ...input }: Asker & { kind: K; request: Requests[K] },
): Promise<Run> {
  requireSelf(ctx, input.userId);
  return inTransaction(ctx, async (ctx) => {
    await lockActiveUser(ctx, input.userId); // two at once see each other in the count
    const [known] = await ctx.db.select().from(backtestRun).where(eq(backtestRun.requestKey, input.requestKey));
    if (known) return known.userId === input.userId ? known : fail('access.denied');
    const waiting = await ctx.db.$count(
      backtestRun,
      and(eq(backtestRun.userId, input.userId), inArray(backtestRun.status, ['queued', 'running'])),
    );
    if (waiting >= MOST_WAITING) fail('run.too_many_waiting', { most: MOST_WAITING });
    const now = ctx.clock.now();
    const [row] = await ctx.db
      .insert(backtestRun)
      .values({
        ...input,
        request: { ...input.request },
        id: ctx.newId('btr'),
        status: 'queued',
        createdAt: now,
        watchedUntil: later(now, watchMs),
      })
      .returning();
    return row as Run; // the one just inserted
  });
}

/**
 * Takes the next run for this instance: of whoever has fewest running, and of those the one that waits longest; nobody
 * has more than three at once, and those of somebody who is blocked wait. Undefined when nothing may run.
 */
export async function takeRun(ctx: Context): Promise<Run | undefined> {
  requireActor(ctx, 'job');
  if (!(await isWorkWaiting(ctx))) return undefined;
  return inTransaction(ctx, async (ctx) => {
    await ctx.db.execute(sql`select pg_advisory_xact_lock(${CLAIM_LOCK})`); // or two instances would count the same
    await returnLost(ctx);
    const [next] = await ctx.db.execute<{ id: string }>(sql`
      with busy as (select user_id, count(*)::int as n from backtest_run where status = 'running' group by user_id),
        first as (select distinct on (user_id) r.id, user_id from backtest_run r join "user" u on u.id = user_id
          where status = 'queued' and blocked_at is null order by user_id, r.id)
      select first.id from first left join busy using (user_id)
      where coalesce(busy.n, 0) < ${MOST_AT_ONCE} order by coalesce(busy.n, 0), first.id limit 1`);
    if (!next) return undefined;
    const now = ctx.clock.now();
    const [row] = await ctx.db
      .update(backtestRun)
      .set({
        status: 'running',
        progress: 0,
        attempts: sql`${backtestRun.attempts} + 1`,
        leasedUntil: later(now, LEASE_MS),
        startedAt: now,
      })
      .where(and(eq(backtestRun.id, next.id), eq(backtestRun.status, 'queued'))) // unless it was cancelled meanwhile
      .returning();
    return row;
  });
}

/** Asked by every instance several times a second, so it costs one look into two small indexes and no lock. */
async function isWorkWaiting(ctx: Context): Promise<boolean> {
  const now = ctx.clock.now().toISOString();
  const [row] = await ctx.db.execute<{ waiting: boolean }>(sql`
    select exists (select 1 from backtest_run where status = 'queued')
      or exists (select 1 from backtest_run where status = 'running' and leased_until < ${now}) as waiting`);
  return row?.waiting === true;
}

/** Runs whose instance went away wait again, or end when they have been tried often enough. */
async function returnLost(ctx: TxContext): Promise<void> {
  const lost = and(eq(backtestRun.status, 'running'), lt(backtestRun.leasedUntil, ctx.clock.now()));
  const endedAt = ctx.clock.now();
  const ended = { leasedUntil: null, endedAt };
  await ctx.db
    .update(backtestRun)
    .set({ ...ended, status: 'cancelled' })
    .where(and(lost, backtestRun.cancelAsked));
  const given = await ctx.db
    .update(backtestRun)
    .set({ ...ended, status: 'failed', failure: 'run.interrupted', failureParams: {} })
    .where(and(lost, sql`${backtestRun.attempts} >= ${MOST_ATTEMPTS}`))
    .returning();
  for (const run of given) await tellEnd(ctx, run);
  await ctx.db.update(backtestRun).set({ status: 'queued', leasedUntil: null }).where(lost);
}

/** Only the attempt that holds the run may say anything about it. */
const held = ({ id, attempts }: Pick<Run, 'id' | 'attempts'>) =>
  and(eq(backtestRun.id, id), eq(backtestRun.status, 'running'), eq(backtestRun.attempts, attempts));

export type Word = 'go_on' | 'cancel' | 'lost';

/** Says how far a run is (0 to 1), renews its lease, and learns whether to go on. */
export async function reportRun(ctx: Context, run: Pick<Run, 'id' | 'attempts'>, share: number): Promise<Word> {
  requireActor(ctx, 'job');
  const progress = Math.round(1000 * Math.min(1, Math.max(0, share)));
  const leasedUntil = later(ctx.clock.now(), LEASE_MS);
  const [row] = await ctx.db.update(backtestRun).set({ progress, leasedUntil }).where(held(run)).returning();
  if (!row) return 'lost';
  return row.cancelAsked ? 'cancel' : 'go_on';
}

export type RunEnd =
  | { status: 'done'; result: Record<string, unknown>; trades: readonly unknown[] }
  | { status: 'failed'; code: string; params?: Params }
  | { status: 'cancelled' };

/**
 * Ends a run that is held. Who asked is told, unless the asking command still waits and shows the end itself, or was told
 * already that the run is cancelled: then it is, whatever came of it. False when the run was lost meanwhile: somebody else
 * has it, and this end is dropped.
 */
export async function endRun(ctx: Context, run: Pick<Run, 'id' | 'attempts'>, end: RunEnd): Promise<boolean> {
  requireActor(ctx, 'job');
  const now = ctx.clock.now();
  return inTransaction(ctx, async (ctx) => {
    const [before] = await ctx.db
      .select({ cancelAsked: backtestRun.cancelAsked })
      .from(backtestRun)
      .where(held(run))
      .for('update'); // a cancelling comes before the end or after it
    if (!before) return false;
    const status = before.cancelAsked ? 'cancelled' : end.status;
    const set: Partial<Run> = { status, leasedUntil: null, endedAt: now };
    if (end.status === 'done' && status === 'done')
      Object.assign(set, { result: end.result, trades: end.trades, progress: 1000 });
    if (end.status === 'failed' && status === 'failed')
      Object.assign(set, { failure: end.code, failureParams: asText(end.params ?? {}) });
    const [row] = await ctx.db.update(backtestRun).set(set).where(eq(backtestRun.id, run.id)).returning({
      id: backtestRun.id,
      userId: backtestRun.userId,
      status: backtestRun.status,
      watchedUntil: backtestRun.watchedUntil,
    });
    if (row && status !== 'cancelled' && !(row.watchedUntil && row.watchedUntil > now)) await tellEnd(ctx, row);
    return true;
  });
}

const tellEnd = (ctx: TxContext, { id, userId, status }: Pick<Run, 'id' | 'userId' | 'status'>) =>
  putNotice(ctx, {
    userId,
    kind: status === 'done' ? 'run.done' : 'run.failed',
    params: { runId: id },
    key: `${id}:ended`,
  });

/** Gives back what this instance holds when it stops in order: the next one starts it without waiting for a lease. */
export async function handBackRun(ctx: Context, run: Pick<Run, 'id' | 'attempts'>): Promise<void> {
  requireActor(ctx, 'job');
  const set = { status: 'queued', leasedUntil: null, attempts: run.attempts - 1 } as const;
  await ctx.db.update(backtestRun).set(set).where(held(run));
}

/** A waiting run ends at once; a running one is told to stop. Refuses `run.missing` and `run.ended`. */
export async function cancelRun(ctx: Context, input: { userId: UserId; runId: string }): Promise<Run> {
  requireSelf(ctx, input.userId);
  return inTransaction(ctx, async (ctx) => {
    const mine = and(eq(backtestRun.id, input.runId), eq(backtestRun.userId, input.userId));
    const [row] = await ctx.db.select().from(backtestRun).where(mine).for('update');
    if (!row) return fail('run.missing');
    if (row.status === 'cancelled') return row;
    if (row.status !== 'queued' && row.status !== 'running') fail('run.ended');
    const set: Partial<Run> =
      row.status === 'queued' ? { status: 'cancelled', endedAt: ctx.clock.now() } : { cancelAsked: true };
    const [changed] = await ctx.db.update(backtestRun).set(set).where(mine).returning();
    return changed ?? row;
  });
}
