import { and, eq, gte, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { days, later } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import { firstIdAt, type UserId } from '../id.ts';
import { alertOperators, endAlerts } from '../notices/alert.ts';
import { putNotice } from '../notices/notice.ts';
import { lockPerson } from '../people/user.ts';
import { readSetting } from '../setting.ts';
import { type CreditContext, type OnCredit, repayOwed } from './credit.ts';
import { ADJUSTMENT, lockBalances, openAccounts, postTransfer, walletOf } from './ledger.ts';
import { adjustmentLimit } from './settings.ts';
import { type AdjustmentStatus, walletAdjustment } from './tables.ts';

export type Adjustment = typeof walletAdjustment.$inferSelect;

const WINDOW_MS = days(1);

/**
 * An operator corrects a wallet, up or down. What one may do alone is done at once. Anything else waits, and money moves
 * only when another operator agrees: the limit counts what the asker did alone in the last 24 hours, so that small
 * parts do not get round it. The same `requestKey` again is the same adjustment.
 * Refuses `adjustment.exceeds_wallet` rather than take more than is there, and gives nothing to a closed account.
 */
export async function askAdjustment(
  ctx: CreditContext,
  input: { userId: UserId; amountSatang: bigint; reason: string; requestKey: string },
): Promise<Adjustment> {
  const { operatorId } = requirePermission(ctx, 'wallet.adjust');
  const { amountSatang, requestKey } = input;
  const reason = input.reason.trim() || fail('reason.required');
  if (amountSatang === 0n) fail('amount.invalid', { text: '0' });
  const { onCredit } = ctx;
  return inTransaction(ctx, async (ctx) => {
    await lockAsker(ctx, operatorId);
    const person = await lockPerson(ctx, input.userId);
    const [asked] = await ctx.db.select().from(walletAdjustment).where(eq(walletAdjustment.requestKey, requestKey));
    if (asked) {
      const same = asked.askedBy === operatorId && asked.amountSatang === amountSatang;
      return same && [input.userId, person.id].includes(asked.userId)
        ? asked
        : fail('ledger.key_reused', { key: requestKey });
    }
    if (person.closedAt && amountSatang > 0n) fail('user.closed');
    await requireCover(ctx, person.id, amountSatang);
    const [row] = await ctx.db
      .insert(walletAdjustment)
      .values({
        id: ctx.newId('adj'),
        userId: person.id,
        amountSatang,
        reason,
        requestKey,
        status: 'waiting',
        askedBy: operatorId,
        askedAt: ctx.clock.now(),
      })
      .onConflictDoNothing()
      .returning();
    if (!row) fail('ledger.key_reused', { key: requestKey });
    if (await mayAlone(ctx, operatorId, amountSatang)) return carryOut(ctx, row, operatorId, onCredit);
    await audit(ctx, 'wallet.adjustment_asked', row, { reason });
    await alertOperators(ctx, 'adjustment.waiting', row.id, { amountSatang });
    return row;
  });
}

/**
 * Another operator agrees, and the money moves. Refuses `adjustment.own`, and `adjustment.exceeds_wallet` when the wallet
 * no longer covers it: then it goes on waiting. Agreeing twice is agreeing once.
 */
export async function agreeToAdjustment(ctx: CreditContext, input: { adjustmentId: string }): Promise<Adjustment> {
  const { operatorId } = requirePermission(ctx, 'wallet.adjust');
  const { onCredit } = ctx;
  return inTransaction(ctx, async (ctx) => {
    const row = await lockForOther(ctx, input.adjustmentId, operatorId);
    if (isEnded(row, 'done', operatorId)) return row;
    return carryOut(ctx, row, operatorId, onCredit);
  });
}

/** Another operator refuses; nothing moves. */
export async function refuseAdjustment(
  ctx: Context,
  input: { adjustmentId: string; reason: string },
): Promise<Adjustment> {
  const { operatorId } = requirePermission(ctx, 'wallet.adjust');
  const reason = input.reason.trim() || fail('reason.required');
  return inTransaction(ctx, async (ctx) => {
    const row = await lockForOther(ctx, input.adjustmentId, operatorId);
    if (isEnded(row, 'refused', operatorId)) return row;
    await audit(ctx, 'wallet.adjustment_refused', row, { reason, askedBy: row.askedBy });
    return end(ctx, row, { status: 'refused', decidedBy: operatorId, decidedReason: reason });
  });
}

/** The operator who asked takes it back; nothing moves. */
export async function withdrawAdjustment(ctx: Context, input: { adjustmentId: string }): Promise<Adjustment> {
  const { operatorId } = requirePermission(ctx, 'wallet.adjust');
  return inTransaction(ctx, async (ctx) => {
    const row = await lockAdjustment(ctx, input.adjustmentId);
    if (row.askedBy !== operatorId) fail('access.denied');
    if (isEnded(row, 'withdrawn', operatorId)) return row;
    await audit(ctx, 'wallet.adjustment_withdrawn', row);
    return end(ctx, row, { status: 'withdrawn', decidedBy: operatorId });
  });
}

/** One adjustment of an operator at a time: what they did alone is counted one by one. */
async function lockAsker(ctx: TxContext, operatorId: string): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`adjustment:${operatorId}`}, 0))`);
}

/** What an operator did alone in the last 24 hours, credits and debits alike. Alone is who asked and decided in one. */
export async function doneAlone(ctx: Context, operatorId: string): Promise<bigint> {
  const since = firstIdAt('adj', later(ctx.clock.now(), -WINDOW_MS)); // ids sort by birth: no index by time is needed
  const [done] = await ctx.db
    .select({ sum: sql<string>`coalesce(sum(abs(${walletAdjustment.amountSatang})), 0)` })
    .from(walletAdjustment)
    .where(
      and(
        gte(walletAdjustment.id, since),
        eq(walletAdjustment.status, 'done'),
        eq(walletAdjustment.askedBy, operatorId),
        eq(walletAdjustment.decidedBy, operatorId),
      ),
    );
  return BigInt(done?.sum ?? 0);
}

async function mayAlone(ctx: TxContext, operatorId: string, amountSatang: bigint): Promise<boolean> {
  const { aloneSatang } = await readSetting(ctx, adjustmentLimit);
  const size = amountSatang < 0n ? -amountSatang : amountSatang;
  return (await doneAlone(ctx, operatorId)) + size <= aloneSatang;
}

async function requireCover(ctx: TxContext, userId: UserId, amountSatang: bigint): Promise<void> {
  if (amountSatang > 0n) return; // and no wallet is locked before what its credit sets off
  const { walletSatang } = await lockBalances(ctx, userId);
  if (walletSatang + amountSatang < 0n) fail('adjustment.exceeds_wallet', { walletSatang });
}

/** Moves the money of a locked adjustment and tells its owner. Whom it was asked for may be another person by now. */
async function carryOut(ctx: TxContext, row: Adjustment, decidedBy: string, onCredit: OnCredit): Promise<Adjustment> {
  const { amountSatang, reason } = row;
  const { id: userId } = await lockPerson(ctx, row.userId);
  await openAccounts(ctx, userId);
  const afterwards = amountSatang > 0n ? await onCredit(ctx, { userId, topupId: null }) : undefined;
  await requireCover(ctx, userId, amountSatang);
  const wallet = walletOf(userId);
  const sides =
    amountSatang > 0n
      ? { from: ADJUSTMENT, to: wallet, amountSatang }
      : { from: wallet, to: ADJUSTMENT, amountSatang: -amountSatang };
  const key = `adjust:${row.id}`;
  await postTransfer(ctx, { key, kind: 'adjust', subject: row.id, ...sides });
  await repayOwed(ctx, { userId, key: `${key}:repay`, subject: row.id });
  const moved = { ...row, userId };
  await audit(ctx, 'wallet.adjusted', moved, { reason, askedBy: row.askedBy });
  await putNotice(ctx, { userId, kind: 'wallet.adjusted', params: { amountSatang, reason }, key });
  const ended = await end(ctx, moved, { status: 'done', decidedBy });
  await afterwards?.();
  return ended;
}

const audit = (ctx: TxContext, action: string, row: Adjustment, more: Record<string, string> = {}) =>
  writeAudit(ctx, action, row.userId, { adjustmentId: row.id, amountSatang: String(row.amountSatang), ...more });

async function lockAdjustment(ctx: TxContext, adjustmentId: string): Promise<Adjustment> {
  const [row] = await ctx.db
    .select()
    .from(walletAdjustment)
    .where(eq(walletAdjustment.id, adjustmentId))
    .for('no key update');
  return row ?? fail('adjustment.missing');
}

async function lockForOther(ctx: TxContext, adjustmentId: string, operatorId: string): Promise<Adjustment> {
  const row = await lockAdjustment(ctx, adjustmentId);
  return row.askedBy === operatorId ? fail('adjustment.own') : row;
}

/** Whether this operator has done this very thing before. Refuses `adjustment.decided` when it ended in any other way. */
function isEnded(row: Adjustment, as: AdjustmentStatus, operatorId: string): boolean {
  if (row.status === 'waiting') return false;
  const { status } = row;
  return (status === as && row.decidedBy === operatorId) || fail('adjustment.decided', { status });
}

type Ending = { status: AdjustmentStatus; decidedBy: string; decidedReason?: string };

async function end(ctx: TxContext, row: Adjustment, how: Ending): Promise<Adjustment> {
  await endAlerts(ctx, row.id);
  const [ended] = await ctx.db
    .update(walletAdjustment)
    .set({ ...how, userId: row.userId, decidedAt: ctx.clock.now() })
    .where(eq(walletAdjustment.id, row.id))
    .returning();
  if (!ended) throw new Error('a locked adjustment vanished');
  return ended;
}
