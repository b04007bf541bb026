import { desc, eq, inArray, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import type { Context } from '../context.ts';
import { fail, Refusal } from '../error.ts';
import type { Difference } from '../money/reconcile.ts';
import { ledgerTransfer, payment, reconciliationRun, suspense } from '../money/tables.ts';
import type { DeskContext } from './jobDesk.ts';
import { operatorNames } from './operatorNames.ts';
import { PAGE, type Page, pageOf } from './payments.ts';

const columns = {
  id: reconciliationRun.id,
  startedBy: reconciliationRun.startedBy,
  startedAt: reconciliationRun.startedAt,
  tookMs: reconciliationRun.tookMs,
  checks: reconciliationRun.checks,
  transfers: reconciliationRun.transfers,
  /** How many differences it found, those included that it only counted. */
  found: sql<number>`(
    select coalesce(sum(case when d->>'subject' = 'more' then (d->>'detail')::int else 1 end), 0)::int
    from jsonb_array_elements(${reconciliationRun.differences}) d)`,
};

export interface ReconciliationRun {
  id: string;
  /** As audit lines name an actor: an operator, or the job that ran by schedule or by hand. */
  startedBy: string;
  startedByName: string | undefined;
  startedAt: Date;
  tookMs: number;
  checks: number;
  transfers: number;
  found: number;
}

/** What comparing the ledger has found, newest first, 25 a page. */
export async function listReconciliations(ctx: Context, input: { page: number }): Promise<Page<ReconciliationRun>> {
  requirePermission(ctx, 'payments.read');
  const rows = await ctx.db
    .select(columns)
    .from(reconciliationRun)
    .orderBy(desc(reconciliationRun.id))
    .limit(PAGE + 1)
    .offset((input.page - 1) * PAGE);
  const names = await operatorNames(
    ctx,
    rows.map((row) => row.startedBy),
  );
  return pageOf(
    rows.map((row) => ({ ...row, startedByName: names.get(row.startedBy) })),
    input.page,
  );
}

/** A difference, and the top-up, held payment or person to look at; null where there is none. */
export type NamedDifference = Difference & { about: string | null };

/** One run with every difference it named. Refuses `reconciliation.missing`. */
export async function readReconciliation(
  ctx: Context,
  input: { runId: string },
): Promise<ReconciliationRun & { differences: NamedDifference[] }> {
  requirePermission(ctx, 'payments.read');
  const [row] = await ctx.db
    .select({ ...columns, differences: reconciliationRun.differences })
    .from(reconciliationRun)
    .where(eq(reconciliationRun.id, input.runId));
  if (!row) fail('reconciliation.missing');
  const names = await operatorNames(ctx, [row.startedBy]);
  const about = await aboutOf(
    ctx,
    row.differences.map(({ subject }) => subject),
  );
  return {
    ...row,
    startedByName: names.get(row.startedBy),
    differences: row.differences.map((each) => ({ ...each, about: about(each.subject) })),
  };
}

/** Payments and transfers have no page of their own: what they are about has. */
async function aboutOf(ctx: Context, subjects: readonly string[]): Promise<(subject: string) => string | null> {
  const starting = (prefix: string) => subjects.filter((subject) => subject.startsWith(prefix));
  const [payments, transfers] = [starting('pay_'), starting('tra_')];
  const paid =
    payments.length === 0
      ? []
      : await ctx.db
          .select({ id: payment.id, topupId: payment.topupId, suspenseId: suspense.id, userId: payment.userId })
          .from(payment)
          .leftJoin(suspense, eq(suspense.paymentId, payment.id))
          .where(inArray(payment.id, payments));
  const moved =
    transfers.length === 0
      ? []
      : await ctx.db
          .select({ id: ledgerTransfer.id, subject: ledgerTransfer.subject })
          .from(ledgerTransfer)
          .where(inArray(ledgerTransfer.id, transfers));
  const known = new Map<string, string | null>([
    ...paid.map(({ id, topupId, suspenseId, userId }) => [id, topupId ?? suspenseId ?? userId] as const),
    ...moved.map(({ id, subject }) => [id, subject] as const),
  ]);
  return (subject) => known.get(subject) ?? /(?:top|sus|usr)_\w+/.exec(subject)?.[0] ?? null;
}

/** Whether a comparison is under way. `away` when the queue cannot say. */
export async function readReconciliationState(ctx: DeskContext): Promise<'idle' | 'waiting' | 'running' | 'away'> {
  requirePermission(ctx, 'payments.read');
  try {
    const [job] = await ctx.desk.read(ctx.clock.now(), ['ledger.reconcile']);
    if (!job) return 'idle';
    if (job.running > 0) return 'running';
    return job.waiting + job.retrying > 0 ? 'waiting' : 'idle';
  } catch (error) {
    if (error instanceof Refusal && error.code === 'queue.away') return 'away';
    throw error;
  }
}
