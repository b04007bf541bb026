import { and, asc, eq } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { alertOperators } from '../notices/alert.ts';
import { putNotice } from '../notices/notice.ts';
import type { GatewayEvent } from './gateway.ts';
import { clearingOf, lockBalances, openAccounts, postTransfer, receivableOf, SUSPENSE, walletOf } from './ledger.ts';
import { closeSuspense, endReview, tellReturned } from './suspense.ts';
import { type EventOutcome, payment, refund, topup } from './tables.ts';
import { lockTopup, moveTopup } from './topup.ts';

type Payment = typeof payment.$inferSelect;
type Refund = typeof refund.$inferSelect;

/**
 * The gateway says that money went back to the payer. Before its payment is known it is kept and applied with it. One
 * that an operator has already recorded for the same amount is that one, confirmed.
 */
export async function recordRefund(ctx: TxContext, provider: string, event: GatewayEvent): Promise<EventOutcome> {
  const { chargeId, amountSatang, eventId } = event;
  // The payment is locked first: a refund that an operator is recording at this moment is then seen.
  const paid = await lockPayment(ctx, provider, chargeId);
  if (paid?.status === 'returned') {
    await writeAudit(ctx, 'refund.confirmed', paid.id, { eventId }); // we have sent it back from suspense ourselves
    return 'refund_confirmed';
  }
  const ofCharge = and(eq(refund.provider, provider), eq(refund.chargeId, chargeId));
  const unconfirmed = and(
    ofCharge,
    eq(refund.byHand, true),
    eq(refund.status, 'applied'),
    eq(refund.amountSatang, amountSatang),
  );
  const [ours] = await ctx.db.select().from(refund).where(unconfirmed).orderBy(asc(refund.createdAt)).limit(1);
  if (ours) {
    await ctx.db.update(refund).set({ status: 'confirmed' }).where(eq(refund.id, ours.id));
    await writeAudit(ctx, 'refund.confirmed', ours.id, { eventId });
    return 'refund_confirmed';
  }
  const [row] = await ctx.db
    .insert(refund)
    .values({
      id: ctx.newId('ref'),
      key: `${provider}:${chargeId}:refund:${eventId}`,
      provider,
      chargeId,
      amountSatang,
      status: 'waiting',
      createdAt: ctx.clock.now(),
    })
    .returning();
  if (!row) throw new Error('an inserted refund came back empty');
  if (!paid) {
    await writeAudit(ctx, 'refund.kept', row.id, { chargeId, amountSatang: String(amountSatang) });
    return 'refund_kept';
  }
  await applyRefund(ctx, paid, row);
  return 'refunded';
}

async function lockPayment(ctx: TxContext, provider: string, chargeId: string): Promise<Payment | undefined> {
  const where = and(eq(payment.provider, provider), eq(payment.chargeId, chargeId));
  const [row] = await ctx.db.select().from(payment).where(where).for('no key update');
  return row;
}

/** Refunds that came before their payment, in the order in which they came. The caller has just inserted the payment. */
export async function applyWaitingRefunds(ctx: TxContext, paid: Payment): Promise<void> {
  const where = and(
    eq(refund.provider, paid.provider),
    eq(refund.chargeId, paid.chargeId),
    eq(refund.status, 'waiting'),
  );
  const waiting = await ctx.db.select().from(refund).where(where).orderBy(asc(refund.createdAt), asc(refund.id));
  let current = paid;
  for (const row of waiting) current = await applyRefund(ctx, current, row);
}

/**
 * Takes refunded money back: out of suspense if it lies there, else out of the wallet as far as that goes. The rest
 * becomes what the user owes us. More than the payment is never taken; operators hear of the difference.
 */
async function applyRefund(ctx: TxContext, paid: Payment, row: Refund): Promise<Payment> {
  const left = paid.amountSatang - paid.refundedSatang;
  const amountSatang = row.amountSatang < left ? row.amountSatang : left;
  if (amountSatang < row.amountSatang) {
    await alertOperators(ctx, 'refund.exceeds_payment', paid.id, { askedSatang: row.amountSatang, leftSatang: left });
  }
  if (amountSatang === 0n) {
    await ctx.db.update(refund).set({ status: 'refused' }).where(eq(refund.id, row.id));
    return paid;
  }
  // The top-up before the wallet, as a payment does: a second charge at this moment waits instead of deadlocking.
  const top = paid.topupId ? await lockTopup(ctx, paid.topupId) : undefined;
  const taken =
    paid.status === 'credited' && paid.userId
      ? await takeFromUser(ctx, paid, paid.userId, row.key, amountSatang)
      : await takeFromSuspense(ctx, paid, row.key, amountSatang);
  await ctx.db
    .update(refund)
    .set({ status: 'applied', ...taken })
    .where(eq(refund.id, row.id));
  const refundedSatang = paid.refundedSatang + amountSatang;
  const [after] = await ctx.db.update(payment).set({ refundedSatang }).where(eq(payment.id, paid.id)).returning();
  await writeAudit(ctx, 'payment.refunded', paid.id, {
    amountSatang: String(amountSatang),
    fromWalletSatang: String(taken.fromWalletSatang),
    owedSatang: String(taken.owedSatang),
  });
  if (top?.status === 'settled')
    await moveTopup(ctx, top, 'settled', [refundedSatang === paid.amountSatang ? 'refunded' : 'part_refunded']);
  return after ?? paid;
}

type Taken = { fromWalletSatang: bigint; owedSatang: bigint };

async function takeFromUser(
  ctx: TxContext,
  paid: Payment,
  userId: UserId,
  key: string,
  amountSatang: bigint,
): Promise<Taken> {
  await openAccounts(ctx, userId);
  const { walletSatang } = await lockBalances(ctx, userId);
  const fromWalletSatang = walletSatang < amountSatang ? walletSatang : amountSatang;
  const owedSatang = amountSatang - fromWalletSatang;
  const subject = paid.topupId ?? paid.id;
  const to = clearingOf(paid.provider);
  if (fromWalletSatang > 0n) {
    await postTransfer(ctx, {
      key,
      kind: 'refund',
      subject,
      from: walletOf(userId),
      to,
      amountSatang: fromWalletSatang,
    });
  }
  if (owedSatang > 0n) {
    await postTransfer(ctx, {
      key: `${key}:owed`,
      kind: 'refund',
      subject,
      from: receivableOf(userId),
      to,
      amountSatang: owedSatang,
    });
    await alertOperators(ctx, 'refund.owed', userId, { owedSatang });
  }
  const kind = owedSatang > 0n ? 'topup.refund_owed' : 'topup.refunded';
  await putNotice(ctx, {
    userId,
    kind,
    params: { amountSatang, owedSatang, reference: paid.reference },
    key: `${key}:told`,
  });
  return { fromWalletSatang, owedSatang };
}

async function takeFromSuspense(ctx: TxContext, paid: Payment, key: string, amountSatang: bigint): Promise<Taken> {
  await postTransfer(ctx, {
    key,
    kind: 'refund',
    subject: paid.id,
    from: SUSPENSE,
    to: clearingOf(paid.provider),
    amountSatang,
  });
  if (paid.refundedSatang + amountSatang === paid.amountSatang) {
    await closeSuspense(ctx, paid.id, 'returned');
    await endReview(ctx, paid);
    await tellReturned(ctx, paid, amountSatang);
    await ctx.db.update(payment).set({ status: 'returned' }).where(eq(payment.id, paid.id));
  }
  return { fromWalletSatang: 0n, owedSatang: 0n };
}

/**
 * An operator gives a payment back, in full or in part: the wallet is charged now, the money itself is sent at the
 * bank. A top-up that was paid more than once needs the charge that is meant (`refund.which_charge`): the gateway will
 * report that one. Refuses `refund.exceeds_payment` and, because spent money cannot be given back, `refund.exceeds_wallet`.
 */
export async function refundTopup(
  ctx: Context,
  input: {
    topupId: string;
    chargeId?: string;
    amountSatang: bigint;
    seenRefundedSatang?: bigint;
    reason: string;
    requestKey: string;
  },
): Promise<void> {
  requirePermission(ctx, 'topup.refund');
  const reason = input.reason.trim() || fail('reason.required');
  if (input.amountSatang <= 0n) fail('amount.invalid', { text: '' });
  await inTransaction(ctx, async (ctx) => {
    const key = `refund:${input.requestKey}`;
    const found = await ctx.db
      .select({ payment })
      .from(payment)
      .innerJoin(topup, eq(topup.id, payment.topupId))
      .where(and(eq(topup.id, input.topupId as typeof topup.$inferSelect.id), eq(payment.status, 'credited'))) // any text may be compared
      .orderBy(asc(payment.recordedAt))
      .for('no key update');
    // Asked only now, behind the lock: pressed twice at once, the second sees the first.
    const [repeated] = await ctx.db.select().from(refund).where(eq(refund.key, key));
    if (repeated) {
      const same = found.some((f) => f.payment.chargeId === repeated.chargeId);
      if (!same || repeated.amountSatang !== input.amountSatang) fail('ledger.key_reused', { key });
      return;
    }
    if (found.length === 0) fail('topup.not_settled');
    const open = found.map((f) => f.payment).filter((p) => p.refundedSatang < p.amountSatang);
    if (open.length > 1 && input.chargeId === undefined) fail('refund.which_charge', { count: open.length });
    const paid = open.find((p) => input.chargeId === undefined || p.chargeId === input.chargeId);
    if (!paid?.userId || paid.amountSatang - paid.refundedSatang < input.amountSatang) fail('refund.exceeds_payment');
    // The operator decided on what they saw; a refund that came since may be the very one they mean.
    if ((input.seenRefundedSatang ?? paid.refundedSatang) !== paid.refundedSatang) fail('refund.changed');
    const { walletSatang } = await lockBalances(ctx, paid.userId);
    if (walletSatang < input.amountSatang) fail('refund.exceeds_wallet', { walletSatang });
    const { provider, chargeId } = paid;
    const [row] = await ctx.db
      .insert(refund)
      .values({
        id: ctx.newId('ref'),
        key,
        provider,
        chargeId,
        amountSatang: input.amountSatang,
        status: 'waiting',
        byHand: true,
        reason,
        createdAt: ctx.clock.now(),
      })
      .returning();
    if (row) await applyRefund(ctx, paid, row);
  });
}
