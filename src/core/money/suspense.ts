import { and, asc, eq } from 'drizzle-orm';
import { requireActor, requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { TopupId, UserId } from '../id.ts';
import { putNotice } from '../notices/notice.ts';
import { readUser } from '../people/user.ts';
import { repayOwed } from './credit.ts';
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

/** An operator says whose the money is: a top-up's (which it settles) or a person's. */
export async function matchSuspense(
  ctx: Context,
  input: { suspenseId: string; to: Owner; reason: string },
): Promise<void> {
  requirePermission(ctx, 'suspense.close');
  const reason = input.reason.trim() || fail('reason.required');
  await inTransaction(ctx, async (ctx) => {
    const { item, paid, leftSatang } = await lockOpen(ctx, input.suspenseId);
    const top = 'topupId' in input.to ? await lockTopup(ctx, input.to.topupId as TopupId) : undefined; // any text may be compared
    const userId =
      'userId' in input.to ? (await readUser(ctx, input.to.userId)).id : (top?.userId ?? fail('topup.missing'));
    await openAccounts(ctx, userId);
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
      .set({ status: 'credited', userId, topupId: top?.id ?? paid.topupId })
      .where(eq(payment.id, paid.id));
    if (top && top.status !== 'settled') await moveTopup(ctx, top, 'settled', ['by_hand']);
    await writeAudit(ctx, 'suspense.matched', item.id, {
      reason,
      userId,
      topupId: top?.id ?? null,
      amountSatang: String(leftSatang),
    });
    const params = { amountSatang: leftSatang, reference: paid.reference };
    await putNotice(ctx, { userId, kind: 'suspense.matched', params, key: `${item.id}:matched` });
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
    await writeAudit(ctx, 'suspense.returned', item.id, { reason, amountSatang: String(leftSatang) });
  });
}
