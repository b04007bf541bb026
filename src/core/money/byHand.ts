import { and, eq } from 'drizzle-orm';
import { requireActor, requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { inTransaction } from '../context.ts';
import { fail } from '../error.ts';
import type { TopupId, UserId } from '../id.ts';
import { putNotice } from '../notices/notice.ts';
import { lockPerson } from '../people/user.ts';
import { type CreditContext, repayOwed } from './credit.ts';
import { ADJUSTMENT, openAccounts, postTransfer, walletOf } from './ledger.ts';
import { lockCharge, settle } from './settle.ts';
import { payment, topup } from './tables.ts';
import { lockTopup, type Topup } from './topup.ts';

/**
 * An operator saw the money at the bank although no webhook came. `chargeId` is the bank's or gateway's number of the
 * payment: should the webhook still come under that number it is a repeat, and under another one it waits in suspense.
 */
export async function settleByHand(
  ctx: CreditContext,
  input: { topupId: string; amountSatang: bigint; chargeId: string; reason: string },
): Promise<Topup> {
  requirePermission(ctx, 'topup.settle');
  const reason = input.reason.trim() || fail('reason.required');
  const chargeId = input.chargeId.trim() || fail('reason.required');
  if (input.amountSatang <= 0n) fail('amount.invalid', { text: '' });
  const { onCredit } = ctx;
  return inTransaction(ctx, async (ctx) => {
    const topupId = input.topupId as TopupId; // any text may be compared
    const [seen] = await ctx.db.select({ provider: topup.provider }).from(topup).where(eq(topup.id, topupId));
    const provider = seen?.provider ?? fail('topup.missing');
    await lockCharge(ctx, provider, chargeId); // the charge before the top-up, as events do
    const top = await lockTopup(ctx, topupId);
    const [known] = await ctx.db
      .select()
      .from(payment)
      .where(and(eq(payment.provider, provider), eq(payment.chargeId, chargeId)));
    if (known?.topupId === top.id && known.byHand) return top; // pressed twice
    if (known) fail('payment.charge_used', { chargeId });
    if (top.status === 'settled') fail('topup.already_settled');
    const now = ctx.clock.now();
    const { reference, userId } = top;
    const { amountSatang } = input;
    const [paid] = await ctx.db
      .insert(payment)
      .values({
        id: ctx.newId('pay'),
        provider,
        chargeId,
        reference,
        amountSatang,
        topupId: top.id,
        userId,
        status: 'credited',
        byHand: true,
        paidAt: now,
        recordedAt: now,
      })
      .returning();
    if (!paid) throw new Error('an inserted payment came back empty');
    await writeAudit(ctx, 'topup.settled_by_hand', top.id, { reason, chargeId, amountSatang: String(amountSatang) });
    const settled = await settle(ctx, onCredit, top, paid, ['by_hand']);
    await settled.afterwards?.();
    return settled.topup;
  });
}

/** An operator corrects a wallet, up or down. Refuses `wallet.insufficient` rather than take more than is there. */
export async function adjustWallet(
  ctx: CreditContext,
  input: { userId: UserId; amountSatang: bigint; reason: string; requestKey: string },
): Promise<void> {
  requireActor(ctx, 'operator');
  const reason = input.reason.trim() || fail('reason.required');
  const { amountSatang } = input;
  if (amountSatang === 0n) fail('amount.invalid', { text: '0' });
  const { onCredit } = ctx;
  await inTransaction(ctx, async (ctx) => {
    const { id: userId } = await lockPerson(ctx, input.userId);
    await openAccounts(ctx, userId);
    const afterwards = amountSatang > 0n ? await onCredit(ctx, { userId, topupId: null }) : undefined;
    const wallet = walletOf(userId);
    const sides =
      amountSatang > 0n
        ? { from: ADJUSTMENT, to: wallet, amountSatang }
        : { from: wallet, to: ADJUSTMENT, amountSatang: -amountSatang };
    const { created } = await postTransfer(ctx, {
      key: `adjust:${input.requestKey}`,
      kind: 'adjust',
      subject: userId,
      ...sides,
    });
    if (!created) return;
    await repayOwed(ctx, { userId, key: `adjust:${input.requestKey}:repay`, subject: userId });
    await writeAudit(ctx, 'wallet.adjusted', userId, { reason, amountSatang: String(amountSatang) });
    await putNotice(ctx, {
      userId,
      kind: 'wallet.adjusted',
      params: { amountSatang, reason },
      key: `adjust:${input.requestKey}`,
    });
    await afterwards?.();
  });
}
