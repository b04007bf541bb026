import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import { requireActor, requireSelf } from '../access.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { IdentityId, UserId } from '../id.ts';
import type { Belongings } from '../money/join.ts';
import { identity, type Provider, user } from '../people/tables.ts';
import type { Language } from '../text/text.ts';
import type { Run } from './run.ts';
import { backtestRun } from './tables.ts';

const PAGE = 10;

/** One run of a person. Refuses `run.missing`. */
export async function readRun(ctx: Context, input: { userId: UserId; runId: string }): Promise<Run> {
  requireSelf(ctx, input.userId);
  const mine = and(eq(backtestRun.id, input.runId), eq(backtestRun.userId, input.userId));
  const [row] = await ctx.db.select().from(backtestRun).where(mine);
  return row ?? fail('run.missing');
}

/** One run for whoever tells its owner about it. */
export async function findRun(ctx: Context, runId: string): Promise<Run | undefined> {
  requireActor(ctx, 'job');
  const [row] = await ctx.db.select().from(backtestRun).where(eq(backtestRun.id, runId));
  return row;
}

/** Whether a run has ended; cheaper to ask again and again than for all of it. */
export async function hasEnded(ctx: Context, input: { userId: UserId; runId: string }): Promise<boolean> {
  requireSelf(ctx, input.userId);
  const [row] = await ctx.db
    .select({ status: backtestRun.status })
    .from(backtestRun)
    .where(and(eq(backtestRun.id, input.runId), eq(backtestRun.userId, input.userId)));
  return row !== undefined && row.status !== 'queued' && row.status !== 'running';
}

/**
 * Who asked stops waiting. Answers the run as it is now: when it has ended, it is to be shown, as nobody else will; when
 * it has not, a message shows its progress from here on and its end will be told.
 */
export async function stopWatching(ctx: Context, input: { userId: UserId; runId: string }): Promise<Run> {
  requireSelf(ctx, input.userId);
  const mine = and(eq(backtestRun.id, input.runId), eq(backtestRun.userId, input.userId));
  const [open] = await ctx.db
    .update(backtestRun)
    .set({ watchedUntil: null, shown: sql`coalesce(${backtestRun.shown}, ${backtestRun.progress})` })
    .where(and(mine, sql`${backtestRun.status} in ('queued', 'running')`))
    .returning();
  return open ?? readRun(ctx, input);
}

/** A run whose message in a chat is behind, and where that message is. */
export interface Behind {
  run: Run;
  to: { identityId: IdentityId; provider: Provider; subject: string; language: Language };
}

/** Runs that got further than their messages say. Each is answered to one asker, who is to show it. */
export async function takeBehind(ctx: Context, limit: number): Promise<Behind[]> {
  requireActor(ctx, 'job');
  return inTransaction(ctx, async (ctx) => {
    const rows = await ctx.db
      .select({ run: backtestRun, identity, language: user.language })
      .from(backtestRun)
      .innerJoin(identity, eq(identity.id, backtestRun.identityId))
      .innerJoin(user, eq(user.id, backtestRun.userId))
      .where(
        and(
          eq(backtestRun.status, 'running'),
          eq(backtestRun.cancelAsked, false),
          sql`${backtestRun.shown} <> ${backtestRun.progress}`,
        ),
      )
      .orderBy(backtestRun.id)
      .limit(limit)
      .for('update', { of: backtestRun, skipLocked: true });
    const ids = rows.map(({ run }) => run.id);
    if (ids.length > 0)
      await ctx.db
        .update(backtestRun)
        .set({ shown: sql`${backtestRun.progress}` })
        .where(inArray(backtestRun.id, ids));
    return rows.map(({ run, identity: { id, provider, subject }, language }) => ({
      run,
      to: { identityId: id, provider, subject, language },
    }));
  });
}

/** How many runs are before this one and have to start first; 0 for one that is no longer waiting. */
export async function queuePlace(ctx: Context, run: Pick<Run, 'id' | 'status'>): Promise<number> {
  if (run.status !== 'queued') return 0;
  return ctx.db.$count(backtestRun, and(eq(backtestRun.status, 'queued'), lt(backtestRun.id, run.id)));
}

/** What is older than `before` and has ended goes, trades and all: it can be run again at any time. */
export async function forgetRuns(ctx: Context, before: Date): Promise<number> {
  requireActor(ctx, 'job');
  const gone = await ctx.db
    .delete(backtestRun)
    .where(lt(backtestRun.endedAt, before))
    .returning({ id: backtestRun.id });
  return gone.length;
}

/** For an account that is closed: what it asked for goes; what is being worked on is lost to whoever has it. */
export async function eraseRuns(ctx: TxContext, userIds: readonly UserId[]): Promise<void> {
  await ctx.db.delete(backtestRun).where(inArray(backtestRun.userId, [...userIds]));
}

/** Runs go with the person; having some makes nobody more than a login. */
export const runBelongings: Belongings = {
  any: async () => false,
  async move(ctx, { from, into }) {
    await ctx.db.update(backtestRun).set({ userId: into }).where(eq(backtestRun.userId, from));
  },
};

/** A person's runs, newest first, ten a page, without their long parts. */
export async function listRuns(ctx: Context, input: { userId: UserId; page: number }) {
  requireSelf(ctx, input.userId);
  const { id, kind, request, status, progress, createdAt } = backtestRun;
  const rows = await ctx.db
    .select({
      id,
      kind,
      request,
      status,
      progress,
      createdAt,
      totalReturnPct: sql<number | null>`(${backtestRun.result}->'report'->>'total_return_pct')::float8`,
    })
    .from(backtestRun)
    .where(eq(backtestRun.userId, input.userId))
    .orderBy(desc(backtestRun.id))
    .limit(PAGE + 1)
    .offset((input.page - 1) * PAGE);
  return { items: rows.slice(0, PAGE), page: input.page, hasMore: rows.length > PAGE };
}
