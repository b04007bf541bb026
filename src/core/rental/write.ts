import { and, eq, gt, type SQL, sql } from 'drizzle-orm';
import { writeAudits } from '../audit.ts';
import { insertRows, upsertRows } from '../bulk.ts';
import { type Context, inTransaction, type TxContext, together } from '../context.ts';
import { violatedConstraint } from '../db.ts';
import { fail } from '../error.ts';
import { postTransfers } from '../money/ledger.ts';
import { putNotices } from '../notices/notice.ts';
import type { Changes } from './changes.ts';
import type { DocumentInput } from './issue.ts';
import { contract, contractEvent, couponUse, term } from './tables.ts';

export type IssueDocuments = (ctx: TxContext, inputs: readonly DocumentInput[]) => Promise<unknown>;

/** Rental needs somebody who issues receipts and credit notes; where nobody does, none are issued. */
export type RentalContext = Context & { issueDocuments?: IssueDocuments };
export type RentalTx = TxContext & { issueDocuments?: IssueDocuments };

/** A transaction that can issue documents: unlike other ports they wait for nothing but this database. */
export function rentalTransaction<T>(ctx: RentalContext, body: (ctx: RentalTx) => Promise<T>): Promise<T> {
  const { issueDocuments } = ctx;
  return inTransaction(ctx, (ctx) => body(issueDocuments ? { ...ctx, issueDocuments } : ctx));
}

/**
 * Writes what was decided, in the caller's transaction: a handful of statements for one contract as for hundreds.
 * The rows of the contracts are locked by the caller, and the wallets after them.
 */
export async function writeChanges(ctx: RentalTx, changes: Changes): Promise<void> {
  const { db } = ctx;
  const at = ctx.clock.now();
  const happenings = changes.happenings.map(({ contractId, kind, key, detail = {} }) => ({
    id: ctx.newId('cev'),
    contractId,
    kind,
    key,
    detail,
    at,
  }));
  const contracts = lastOfEach(changes.contracts, (row) => row.id).map((row) => ({ ...row, version: row.version + 1 }));
  const terms = lastOfEach(changes.terms, (row) => `${row.contractId}:${row.number}`);
  try {
    await together([
      postTransfers(ctx, changes.transfers),
      upsertRows(db, contract, ['id'], contracts),
      upsertRows(db, term, ['contractId', 'number'], terms),
      giveBackCoupons(ctx, changes.unused),
      useCoupons(ctx, changes.uses),
      insertRows(db, contractEvent, happenings),
      putNotices(ctx, changes.notices),
      writeAudits(ctx, changes.audits),
    ]);
  } catch (error) {
    if (violatedConstraint(error) === 'contract_alive') fail('contract.exists');
    throw error;
  }
  await ctx.issueDocuments?.(ctx, changes.documents); // last: everybody else waits for a number meanwhile
}

/**
 * Has the sweep look at contracts in grace with its next run: something has changed that may let them be paid, such as a
 * price or a coupon.
 */
export async function lookAgain(ctx: TxContext, which: SQL | undefined): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db
    .update(contract)
    .set({ dueAt: now, version: sql`${contract.version} + 1` })
    .where(and(eq(contract.status, 'grace'), gt(contract.dueAt, now), which));
}

/** In the order in which they came first, as they were last. */
function lastOfEach<T>(rows: readonly T[], keyOf: (row: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const row of rows) byKey.set(keyOf(row), row);
  return [...byKey.values()];
}

async function useCoupons(ctx: TxContext, uses: Changes['uses']): Promise<void> {
  if (uses.length === 0) return;
  const counts = new Map<string, number>();
  for (const { redemptionId } of uses) counts.set(redemptionId, (counts.get(redemptionId) ?? 0) + 1);
  const used = JSON.stringify([...counts].map(([id, n]) => ({ id, n })));
  await together([
    insertRows(ctx.db, couponUse, uses),
    ctx.db.execute(sql`
      update coupon_redemption set terms_left = terms_left - r.n
      from jsonb_to_recordset(${used}::jsonb) as r(id text, n integer) where coupon_redemption.id = r.id`),
  ]);
}

async function giveBackCoupons(ctx: TxContext, unused: Changes['unused']): Promise<void> {
  if (unused.length === 0) return;
  const rows = JSON.stringify(unused.map(({ contractId, term }) => ({ contract_id: contractId, term })));
  await ctx.db.execute(sql`
    with gone as (
      delete from coupon_use u using jsonb_to_recordset(${rows}::jsonb) as r(contract_id text, term integer)
      where u.contract_id = r.contract_id and u.term = r.term returning u.redemption_id)
    update coupon_redemption set terms_left = terms_left + g.n
    from (select redemption_id, count(*)::integer as n from gone group by redemption_id) g
    where coupon_redemption.id = g.redemption_id`);
}
