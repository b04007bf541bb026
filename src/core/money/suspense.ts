import { and, asc, eq } from 'drizzle-orm';
import { requireActor, requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { TopupId, UserId } from '../id.ts';
import { putNotice } from '../notices/notice.ts';
import { lockPerson } from '../people/user.ts';
import { type CreditContext, repayOwed } from './credit.ts';
import { clearingOf, openAccounts, postTransfer, SUSPENSE, walletOf } from './ledger.ts';
import { payment, type SuspenseReason, type SuspenseStatus, suspense } from './tables.ts';
import { lockTopup, moveTopup } from './topup.ts';

type Payment = typeof payment.$inferSelect;
export type Suspense = typeof suspense.$inferSelect;

export async function openSuspense(ctx: TxContext, paid: Payment, reason: SuspenseReason): Promise<Suspense> {
  const [item] = await ctx.db
    .insert(suspense)
    .values({
      id: ctx.newId('sus'),
      paymentId: paid.id,
      reason,
      amountSatang: paid.amountSatang,
      status: 'open',
      createdAt: ctx.clock.now(),
    })
    .returning();
  if (!item) throw new Error('an inserted suspense item came back empty');
  return item;
}

/** Closes the open item of a payment, if there is one. The caller moves the money. */
export async function closeSuspense(
  ctx: TxContext,
  paymentId: string,
  status: Exclude<SuspenseStatus, 'open'>,
): Promise<void> {
  await ctx.db
    .update(suspense)
    .set({ status, closedAt: ctx.clock.now() })
    .where(and(eq(suspense.paymentId, paymentId), eq(suspense.status, 'open')));
}

/** A top-up that was in review for money that has gone elsewhere has nothing left to wait for. */
export async function endReview(ctx: TxContext, paid: Payment): Promise<void> {
  if (!paid.topupId) return;
  const top = await lockTopup(ctx, paid.topupId);
  const [other] = await ctx.db
    .select({ id: suspense.id })
    .from(suspense)
    .innerJoin(payment, eq(payment.id, suspense.paymentId))
    .where(and(eq(payment.topupId, top.id), eq(suspense.status, 'open')))
    .limit(1);
  if (top.status === 'review' && !other) await moveTopup(ctx, top, 'cancelled');
}

/** Whoever was told that their money is being looked at hears that it was sent back. */
export async function tellReturned(ctx: TxContext, paid: Payment, amountSatang: bigint): Promise<void> {
  if (!paid.userId) return;
  const params = { amountSatang, reference: paid.reference };
  await putNotice(ctx, { userId: paid.userId, kind: 'suspense.returned', params, key: `${paid.id}:returned` });
}

/** Money waiting for an operator, oldest first, at most 200. */
export async function openSuspenseItems(ctx: Context): Promise<{ item: Suspense; payment: Payment }[]> {
  requireActor(ctx, 'operator', 'job');
  return ctx.db
    .select({ item: suspense, payment })
    .from(suspense)
    .innerJoin(payment, eq(payment.id, suspense.paymentId))
    .where(eq(suspense.status, 'open'))
    .orderBy(asc(suspense.createdAt))
    .limit(200);
}

/** Locks payment before item, as refunds do, so that the two never wait for each other. */
async function lockOpen(
  ctx: TxContext,
  suspenseId: string,
): Promise<{ item: Suspense; paid: Payment; leftSatang: bigint }> {
  const [known] = await ctx.db.select().from(suspense).where(eq(suspense.id, suspenseId));
  if (!known) fail('suspense.missing');
  const [paid] = await ctx.db.select().from(payment).where(eq(payment.id, known.paymentId)).for('no key update');
  const [item] = await ctx.db.select().from(suspense).where(eq(suspense.id, suspenseId)).for('no key update');
  if (!paid || !item) fail('suspense.missing');
  if (item.status !== 'open') fail('suspense.closed', { status: item.status });
  return { item, paid, leftSatang: paid.amountSatang - paid.refundedSatang };
}

type Owner = { topupId: string } | { userId: UserId };

/**
 * An operator says whose the money is: a top-up's, which it settles, or a person's. Money that came for a top-up of
 * that very person settles it too.
 */
export async function matchSuspense(
  ctx: CreditContext,
  input: { suspenseId: string; to: Owner; reason: string },
): Promise<void> {
  requirePermission(ctx, 'suspense.close');
  const reason = input.reason.trim() || fail('reason.required');
  const { onCredit } = ctx;
  await inTransaction(ctx, async (ctx) => {
    const person = 'userId' in input.to ? await lockPerson(ctx, input.to.userId) : undefined;
    const { item, paid, leftSatang } = await lockOpen(ctx, input.suspenseId);
    const own = person && person.id === paid.userId ? paid.topupId : null;
    const topupId = 'topupId' in input.to ? (input.to.topupId as TopupId) : own; // any text may be compared
    const top = topupId ? await lockTopup(ctx, topupId) : undefined;
    const userId = person?.id ?? top?.userId ?? fail('topup.missing');
    await openAccounts(ctx, userId);
    const afterwards = await onCredit(ctx, { userId, topupId: top?.id ?? null });
    const key = `suspense:${item.id}:matched`;
    await postTransfer(ctx, {
      key,
      kind: 'match',
      subject: top?.id ?? item.id,
      from: SUSPENSE,
      to: walletOf(userId),
      amountSatang: leftSatang,
    });
    await repayOwed(ctx, { userId, key: `${key}:repay`, subject: item.id });
    await closeSuspense(ctx, paid.id, 'matched');
    await ctx.db
      .update(payment)
      .set({ status: 'credited', userId, topupId: top?.id ?? null })
      .where(eq(payment.id, paid.id));
    if (paid.topupId !== top?.id) await endReview(ctx, paid);
    if (top && top.status !== 'settled') await moveTopup(ctx, top, 'settled', ['matched']);
    await writeAudit(ctx, 'suspense.matched', item.id, {
      reason,
      userId,
      topupId: top?.id ?? null,
      amountSatang: String(leftSatang),
    });
    const params = { amountSatang: leftSatang, reference: paid.reference };
    await putNotice(ctx, { userId, kind: 'suspense.matched', params, key: `${item.id}:matched` });
    await afterwards?.();
  });
}

/** An operator has sent the money back to whoever paid it. */
export async function returnSuspense(ctx: Context, input: { suspenseId: string; reason: string }): Promise<void> {
  requirePermission(ctx, 'suspense.close');
  const reason = input.reason.trim() || fail('reason.required');
  await inTransaction(ctx, async (ctx) => {
    const { item, paid, leftSatang } = await lockOpen(ctx, input.suspenseId);
    const key = `suspense:${item.id}:returned`;
    await postTransfer(ctx, {
      key,
      kind: 'return',
      subject: item.id,
      from: SUSPENSE,
      to: clearingOf(paid.provider),
      amountSatang: leftSatang,
    });
    await closeSuspense(ctx, paid.id, 'returned');
    await ctx.db
      .update(payment)
      .set({ status: 'returned', refundedSatang: paid.amountSatang })
      .where(eq(payment.id, paid.id));
    await endReview(ctx, paid);
    await tellReturned(ctx, paid, leftSatang);
    await writeAudit(ctx, 'suspense.returned', item.id, { reason, amountSatang: String(leftSatang) });
  });
}
