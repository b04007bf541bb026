import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { auditEntry, writeAudit } from '../audit.ts';
import type { Run } from '../backtest/run.ts';
import { queuePlace } from '../backtest/runs.ts';
import { backtestRun } from '../backtest/tables.ts';
import type { TradeRow } from '../backtest/work.ts';
import { type Context, inTransaction } from '../context.ts';
import { fail } from '../error.ts';
import { putNotice } from '../notices/notice.ts';
import type { User } from '../people/identity.ts';
import { identity, type Provider, user } from '../people/tables.ts';
import { operatorNames } from './operatorNames.ts';

/** Trades of one page. */
export const TRADES_PAGE = 50;

/** A run with all that is known of it; of its trades one page. */
export interface RunStory {
  run: Omit<Run, 'trades'>;
  user: User;
  /** The chat it was asked for in, as long as that login is there. */
  askedIn: Provider | null;
  /** How many runs have to start first. */
  place: number;
  trades: readonly TradeRow[];
  tradeCount: number;
  /** The operator who stopped it. */
  stopped: { at: Date; by: string; reason: string } | undefined;
}

const STOPPED = 'run.stopped';

/** One run of anybody. Trades are cut out where they are stored: there may be a hundred thousand. Refuses `run.missing`. */
export async function readRunStory(ctx: Context, input: { runId: string; page: number }): Promise<RunStory> {
  requirePermission(ctx, 'runs.read');
  const { trades: list, ...run } = getTableColumns(backtestRun);
  const from = (input.page - 1) * TRADES_PAGE;
  const slice = JSON.stringify({ from, to: from + TRADES_PAGE - 1 });
  const [row] = await ctx.db
    .select({
      run,
      user,
      askedIn: identity.provider,
      tradeCount: sql<number>`case jsonb_typeof(${list}) when 'array' then jsonb_array_length(${list}) else 0 end`,
      trades: sql<TradeRow[] | null>`jsonb_path_query_array(${list}, '$[$from to $to]', ${slice}::jsonb)`,
    })
    .from(backtestRun)
    .innerJoin(user, eq(user.id, backtestRun.userId))
    .leftJoin(identity, eq(identity.id, backtestRun.identityId))
    .where(eq(backtestRun.id, input.runId));
  if (!row) fail('run.missing');
  const place = await queuePlace(ctx, row.run);
  return { ...row, trades: row.trades ?? [], place, stopped: await stoppedBy(ctx, row.run.id) };
}

async function stoppedBy(ctx: Context, runId: string): Promise<RunStory['stopped']> {
  const [line] = await ctx.db
    .select()
    .from(auditEntry)
    .where(and(eq(auditEntry.subject, runId), eq(auditEntry.action, STOPPED)))
    .orderBy(desc(auditEntry.seq))
    .limit(1);
  if (!line) return undefined;
  const names = await operatorNames(ctx, [line.actor]);
  return { at: line.at, by: names.get(line.actor) ?? line.actor, reason: String(line.detail.reason ?? '') };
}

/** The whole of a single run that is done, for files. Refuses `run.missing` and `run.not_done`. */
export async function readRunFile(ctx: Context, input: { runId: string }): Promise<Run> {
  requirePermission(ctx, 'runs.read');
  const [row] = await ctx.db.select().from(backtestRun).where(eq(backtestRun.id, input.runId));
  const run = row ?? fail('run.missing');
  return run.status === 'done' && run.kind === 'backtest' ? run : fail('run.not_done');
}

/**
 * Stops a run of somebody: one that waits ends at once, one that runs is told to stop. Its person is told, with the
 * reason. Pressed twice it is stopped once. Refuses `run.missing`, `run.ended` and `reason.required`.
 */
export async function stopRun(ctx: Context, input: { runId: string; reason: string }): Promise<void> {
  requirePermission(ctx, 'runs.cancel');
  const reason = input.reason.trim() || fail('reason.required');
  await inTransaction(ctx, async (ctx) => {
    const isIt = eq(backtestRun.id, input.runId);
    const [row] = await ctx.db.select().from(backtestRun).where(isIt).for('update');
    if (!row) return fail('run.missing');
    const { id, userId, kind, status } = row;
    if (status === 'cancelled' || row.cancelAsked) return;
    if (status !== 'queued' && status !== 'running') fail('run.ended');
    const set: Partial<Run> =
      status === 'queued' ? { status: 'cancelled', endedAt: ctx.clock.now() } : { cancelAsked: true };
    await ctx.db.update(backtestRun).set(set).where(isIt);
    await writeAudit(ctx, STOPPED, id, { userId, kind, status, reason });
    await putNotice(ctx, { userId, kind: 'run.stopped', params: { runId: id, reason }, key: `${id}:stopped` });
  });
}
