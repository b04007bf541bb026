import { and, asc, eq, isNull } from 'drizzle-orm';
import { requireActor, requirePermission } from '../access.ts';
import { type AuditContext, verifyAudit } from '../audit.ts';
import type { AuditFault } from '../auditChain.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { asText, type Params } from '../error.ts';
import { operatorAlert } from './tables.ts';

export type AlertKind =
  | 'payment.unknown_reference'
  | 'payment.other_gateway'
  | 'payment.underpaid'
  | 'payment.settled_by_hand'
  | 'payment.amount_conflict'
  | 'payment.extra'
  | 'payment.overpaid'
  | 'payment.closed_account'
  | 'adjustment.waiting'
  | 'refund.owed'
  | 'refund.exceeds_payment'
  | 'audit.broken'
  | 'ledger.difference'
  | 'notice.failed'
  | 'contract.broken'
  | 'rental.failed';

/** Asks operators to look at something, in the caller's transaction. */
export async function alertOperators(
  ctx: TxContext,
  kind: AlertKind,
  subject: string,
  params: Params = {},
): Promise<void> {
  await ctx.db.insert(operatorAlert).values({ kind, subject, params: asText(params), createdAt: ctx.clock.now() });
}

/** Nothing is left to look at: what the open alerts about `subject` asked for is done. */
export async function endAlerts(ctx: TxContext, subject: string): Promise<void> {
  await ctx.db
    .update(operatorAlert)
    .set({ seenAt: ctx.clock.now() })
    .where(and(eq(operatorAlert.subject, subject), isNull(operatorAlert.seenAt)));
}

/** What nobody has looked at yet, oldest first, at most 200. */
export async function openAlerts(ctx: Context): Promise<(typeof operatorAlert.$inferSelect)[]> {
  requireActor(ctx, 'operator', 'job');
  return ctx.db
    .select()
    .from(operatorAlert)
    .where(isNull(operatorAlert.seenAt))
    .orderBy(asc(operatorAlert.id))
    .limit(200);
}

export async function seeAlert(ctx: Context, id: number): Promise<void> {
  requirePermission(ctx, 'alerts.see');
  await ctx.db.update(operatorAlert).set({ seenAt: ctx.clock.now() }).where(eq(operatorAlert.id, id));
}

/** Walks the audit chain and asks operators to look when it is broken. */
export async function watchAudit(ctx: AuditContext): Promise<{ checked: number; faults: AuditFault[] }> {
  const found = await verifyAudit(ctx);
  const [first] = found.faults;
  if (first) {
    const params = { faults: found.faults.length, first: first.fault, link: String(first.link ?? '-') };
    await inTransaction(ctx, (ctx) => alertOperators(ctx, 'audit.broken', 'audit', params));
  }
  return found;
}
