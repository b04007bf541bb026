import { and, asc, eq, gt, lt, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { type Permission, requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { later } from '../clock.ts';
import { type Context, inTransaction } from '../context.ts';
import type { LedgerAccountId } from '../id.ts';
import { ledgerEntry, ledgerTransfer, payment, suspense, topup } from '../money/tables.ts';
import { user } from '../people/tables.ts';
import { BATCH, inBatches } from './batches.ts';
import {
  type SuspenseFilter,
  type SuspenseRow,
  suspenseMatching,
  type TopupFilter,
  type TopupRow,
  topupsMatching,
} from './payments.ts';
import { bornWithin, type Span } from './span.ts';

/**
 * Whole lists for a file. All of them go from the oldest row to the newest, in batches that are each read as they are at
 * that moment: a row that was there when the export began and has not left the filter since is in it exactly once, as it
 * was when its batch was read; what is born later is not. A list that stood still at one moment would need a transaction
 * that stays open for as long as somebody downloads, and that would keep PostgreSQL from cleaning up behind everybody.
 */
export type Batches<T> = AsyncGenerator<T[], void, void>;

/** Who may take what. */
export const permissionOf = {
  topups: 'payments.export',
  received: 'payments.export',
  transfers: 'payments.export',
  suspense: 'payments.export',
  audit: 'audit.read',
} as const satisfies Record<string, Permission>;

/** What there is to export. */
export type Exported = keyof typeof permissionOf;

export type ExportFormat = 'csv' | 'xlsx';

/** Writes down who takes what out of the house, before the first row leaves it. Answers with the id of the export. */
export async function beginExport(
  ctx: Context,
  input: { what: Exported; format: ExportFormat; filter: Record<string, string> },
): Promise<string> {
  requirePermission(ctx, permissionOf[input.what]);
  const { what, format, filter } = input;
  const exportId = ctx.newId('exp');
  await inTransaction(ctx, (ctx) => writeAudit(ctx, 'export.started', exportId, { what, format, ...filter }));
  return exportId;
}

/** `complete`: all rows were taken. `aborted`: the reader went away or stood still. `failed`: a fault of ours. */
export type ExportEnd = 'complete' | 'aborted' | 'failed';

/** Writes down how an export ended, and how many rows had been handed out by then. */
export async function endExport(
  ctx: Context,
  input: { what: Exported; exportId: string; rows: number; end: ExportEnd },
): Promise<void> {
  requirePermission(ctx, permissionOf[input.what]);
  const { what, rows, end } = input;
  await inTransaction(ctx, (ctx) => writeAudit(ctx, 'export.ended', input.exportId, { what, rows, end }));
}

/** What is born after now is not part of an export that begins now. */
const upToNow = <T extends Span>(ctx: Context, span: T): T => {
  const soon = later(ctx.clock.now(), 1);
  return { ...span, until: span.until && span.until < soon ? span.until : soon };
};

/** Everybody's top-ups, with the filter of `listTopups`. */
export function exportTopups(ctx: Context, filter: TopupFilter): Batches<TopupRow> {
  requirePermission(ctx, 'payments.export');
  const matching = topupsMatching(upToNow(ctx, filter));
  return inBatches((after) =>
    ctx.db
      .select({ topup, user })
      .from(topup)
      .innerJoin(user, eq(user.id, topup.userId))
      .where(and(matching, after && gt(topup.id, after.topup.id)))
      .orderBy(asc(topup.id))
      .limit(BATCH),
  );
}

export interface ReceivedRow {
  payment: typeof payment.$inferSelect;
  /** Null for money that belongs to nobody yet. */
  user: typeof user.$inferSelect | null;
}

/** Every payment that gateways and operators reported, by the moment it was recorded. */
export function exportReceived(ctx: Context, span: Span): Batches<ReceivedRow> {
  requirePermission(ctx, 'payments.export');
  const matching = bornWithin(upToNow(ctx, span), 'pay', payment.id, payment.recordedAt);
  return inBatches((after) =>
    ctx.db
      .select({ payment, user })
      .from(payment)
      .leftJoin(user, eq(user.id, payment.userId))
      .where(and(matching, after && gt(payment.id, after.payment.id)))
      .orderBy(asc(payment.id))
      .limit(BATCH),
  );
}

export interface TransferRow {
  transfer: typeof ledgerTransfer.$inferSelect;
  from: LedgerAccountId | null;
  to: LedgerAccountId | null;
  amountSatang: bigint | null;
}

/** Every movement of the ledger, with the account it left, the one it went to, and how much. */
export function exportTransfers(ctx: Context, span: Span): Batches<TransferRow> {
  requirePermission(ctx, 'payments.export');
  const matching = bornWithin(upToNow(ctx, span), 'tra', ledgerTransfer.id, ledgerTransfer.at);
  return inBatches((after) => readTransfers(ctx, and(matching, after && gt(ledgerTransfer.id, after.transfer.id))));
}

/** The transfers are cut off before their entries join them: a batch ends between two transfers, whatever is wrong with one. */
async function readTransfers(ctx: Context, where: SQL | undefined): Promise<TransferRow[]> {
  const part = ctx.db
    .select()
    .from(ledgerTransfer)
    .where(where)
    .orderBy(asc(ledgerTransfer.id))
    .limit(BATCH)
    .as('part');
  const debit = alias(ledgerEntry, 'debit');
  const credit = alias(ledgerEntry, 'credit');
  const rows = await ctx.db
    .select({
      id: part.id,
      key: part.key,
      kind: part.kind,
      subject: part.subject,
      at: part.at,
      from: debit.accountId,
      to: credit.accountId,
      amountSatang: credit.amountSatang,
    })
    .from(part)
    .leftJoin(debit, and(eq(debit.transferId, part.id), lt(debit.amountSatang, sql`0`)))
    .leftJoin(credit, and(eq(credit.transferId, part.id), gt(credit.amountSatang, sql`0`)))
    .orderBy(asc(part.id));
  return rows.map(({ from, to, amountSatang, ...transfer }) => ({ transfer, from, to, amountSatang }));
}

/** Money in suspense, with the filter of `listSuspense`. */
export function exportSuspense(ctx: Context, filter: SuspenseFilter): Batches<SuspenseRow> {
  requirePermission(ctx, 'payments.export');
  const matching = suspenseMatching(upToNow(ctx, filter));
  return inBatches((after) =>
    ctx.db
      .select({ item: suspense, payment })
      .from(suspense)
      .innerJoin(payment, eq(payment.id, suspense.paymentId))
      .where(and(matching, after && gt(suspense.id, after.item.id)))
      .orderBy(asc(suspense.id))
      .limit(BATCH),
  );
}
