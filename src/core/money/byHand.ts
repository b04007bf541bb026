import { and, eq } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { inTransaction } from '../context.ts';
import { fail } from '../error.ts';
import type { TopupId } from '../id.ts';
import type { CreditContext } from './credit.ts';
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
