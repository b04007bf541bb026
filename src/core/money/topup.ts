import { and, asc, count, desc, eq, gt, lte } from 'drizzle-orm';
import { requireActor, requireSelf } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { later, minutes } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail, Refusal } from '../error.ts';
import { randomCode, type TopupId, type UserId } from '../id.ts';
import { putNotice } from '../notices/notice.ts';
import { lockActiveUser } from '../people/user.ts';
import { readSetting } from '../setting.ts';
import type { ChargeQr, Gateways, PaymentGateway } from './gateway.ts';
import { openAccounts } from './ledger.ts';
import { topupLimits } from './settings.ts';
import { type TopupStatus, topup } from './tables.ts';

export type Topup = typeof topup.$inferSelect;
export type MoneyContext = Context & { gateways: Gateways };

/**
 * A top-up's life. It is born `pending` and leaves that state once, by the first of: money (`settled`), too little
 * money (`review`: the amount waits in suspense for an operator, and when it went elsewhere the top-up is
 * `cancelled`), the payer's bank saying no (`failed`), the clock (`expired`) or the trader (`cancelled`). Money is never refused: paid after the end it still settles the top-up, so
 * every state but `settled` leads there. Nothing leads out of `settled`; refunds are flags on it.
 */
export const topupMoves: Record<TopupStatus, readonly TopupStatus[]> = {
  pending: ['settled', 'review', 'failed', 'expired', 'cancelled'],
  review: ['settled', 'cancelled'],
  failed: ['settled', 'review'],
  expired: ['settled', 'review'],
  cancelled: ['settled', 'review'],
  settled: [],
};

const GATEWAY_TIMEOUT_MS = 8_000;

/**
 * Opens a top-up and asks the gateway how to pay it; nothing is credited until the money is confirmed. The same
 * `requestKey` again answers with the same top-up; without a QR when that has ended and never had one.
 * Refuses `topup.amount_too_small|amount_too_large|too_many_pending|too_many_requests`, `gateway.unavailable`.
 */
export async function requestTopup(
  ctx: MoneyContext,
  input: { userId: UserId; amountSatang: bigint; requestKey: string },
): Promise<{ topup: Topup; qr: ChargeQr | null }> {
  requireSelf(ctx, input.userId);
  const gateway = ctx.gateways.current;
  const opened = await openTopup(ctx, input, gateway); // the row first, so that a crash leaves a trace
  if (opened.qrPayload !== null) return { topup: opened, qr: { payload: opened.qrPayload } };
  if (opened.status !== 'pending') return { topup: opened, qr: null }; // asked again: nothing is left to pay
  const { reference, amountSatang, expiresAt } = opened;
  const charge = await gateway
    .createCharge({ reference, amountSatang, expiresAt }, AbortSignal.timeout(GATEWAY_TIMEOUT_MS))
    .catch(async (error: unknown) => {
      ctx.log.error({ err: error, topup: opened.id }, 'the gateway made no charge');
      await ctx.db
        .update(topup)
        .set({ status: 'failed', closedAt: ctx.clock.now() })
        .where(and(eq(topup.id, opened.id), eq(topup.status, 'pending')));
      throw error instanceof Refusal ? error : new Refusal('gateway.unavailable');
    });
  const qrPayload = 'payload' in charge.qr ? charge.qr.payload : null;
  const [ready] = await ctx.db
    .update(topup)
    .set({ chargeId: charge.chargeId, qrPayload, ...(charge.expiresAt ? { expiresAt: charge.expiresAt } : {}) })
    .where(eq(topup.id, opened.id))
    .returning();
  return { topup: ready ?? opened, qr: charge.qr };
}

async function openTopup(
  ctx: Context,
  input: { userId: UserId; amountSatang: bigint; requestKey: string },
  gateway: PaymentGateway,
): Promise<Topup> {
  return inTransaction(ctx, async (ctx) => {
    // The person's row is locked first: two requests at once are counted one after the other.
    await lockActiveUser(ctx, input.userId);
    const [asked] = await ctx.db.select().from(topup).where(eq(topup.requestKey, input.requestKey));
    if (asked) return asked.userId === input.userId ? asked : fail('access.denied');
    const limits = await readSetting(ctx, topupLimits);
    await checkLimits(ctx, input, limits);
    await openAccounts(ctx, input.userId);
    const now = ctx.clock.now();
    const [row] = await ctx.db
      .insert(topup)
      .values({
        id: ctx.newId('top') as TopupId, // born here
        userId: input.userId,
        reference: `TU${randomCode(10)}`,
        requestKey: input.requestKey,
        amountSatang: input.amountSatang,
        mode: gateway.mode,
        provider: gateway.provider,
        status: 'pending',
        createdAt: now,
        expiresAt: later(now, minutes(limits.expiryMinutes)),
      })
      .returning();
    if (!row) throw new Error('an inserted top-up came back empty');
    await writeAudit(ctx, 'topup.opened', row.id, { amountSatang: String(row.amountSatang), reference: row.reference });
    return row;
  });
}

type Limits = typeof topupLimits.fallback;

async function checkLimits(
  ctx: TxContext,
  input: { userId: UserId; amountSatang: bigint },
  limits: Limits,
): Promise<void> {
  const { amountSatang, userId } = input;
  const { minSatang, maxSatang } = limits;
  if (amountSatang < minSatang) fail('topup.amount_too_small', { minSatang, maxSatang });
  if (amountSatang > maxSatang) fail('topup.amount_too_large', { minSatang, maxSatang });
  const now = ctx.clock.now();
  const [recent] = await ctx.db
    .select({ n: count() })
    .from(topup)
    .where(and(eq(topup.userId, userId), gt(topup.createdAt, later(now, -minutes(1)))));
  if ((recent?.n ?? 0) >= limits.requestsAMinute) fail('topup.too_many_requests', { most: limits.requestsAMinute });
  const open = await ctx.db.select({ id: topup.id }).from(topup).where(isOpen(userId, now));
  if (open.length >= limits.mostPending) fail('topup.too_many_pending', { most: limits.mostPending });
}

const isOpen = (userId: UserId, now: Date) =>
  and(eq(topup.userId, userId), eq(topup.status, 'pending'), gt(topup.expiresAt, now));

/** A person's top-ups that still wait for money, oldest first. */
export async function pendingTopups(ctx: Context, userId: UserId): Promise<Topup[]> {
  requireSelf(ctx, userId);
  return ctx.db.select().from(topup).where(isOpen(userId, ctx.clock.now())).orderBy(asc(topup.createdAt)).limit(50);
}

/** The newest top-ups of everybody that could still be paid, for the sandbox bank; at most 100. */
export async function recentTopups(ctx: Context): Promise<Topup[]> {
  requireActor(ctx, 'operator', 'job');
  return ctx.db.select().from(topup).orderBy(desc(topup.createdAt)).limit(100);
}

/** One of the person's own top-ups; somebody else's does not exist for them. */
export async function readTopup(ctx: Context, input: { userId: UserId; topupId: string }): Promise<Topup> {
  requireSelf(ctx, input.userId);
  const [row] = await ctx.db
    .select()
    .from(topup)
    .where(and(eq(topup.id, input.topupId as TopupId), eq(topup.userId, input.userId))); // any text may be compared
  return row ?? fail('topup.missing');
}

/** Gives a top-up up. Cancelling twice is one cancelling; what has ended otherwise is refused with its state. */
export async function cancelTopup(ctx: Context, input: { userId: UserId; topupId: string }): Promise<Topup> {
  const known = await readTopup(ctx, input);
  return inTransaction(ctx, async (ctx) => {
    const row = await lockTopup(ctx, known.id);
    if (row.status === 'cancelled') return row;
    if (row.status !== 'pending') fail('topup.not_cancellable', { status: row.status });
    await writeAudit(ctx, 'topup.cancelled', row.id);
    return moveTopup(ctx, row, 'cancelled');
  });
}

export async function lockTopup(ctx: TxContext, topupId: TopupId): Promise<Topup> {
  const [row] = await ctx.db.select().from(topup).where(eq(topup.id, topupId)).for('no key update');
  return row ?? fail('topup.missing');
}

/** Changes a locked top-up's state along `topupMoves`; anything else is a bug in the caller. */
export async function moveTopup(
  ctx: TxContext,
  row: Topup,
  status: TopupStatus,
  flags: Topup['flags'] = [],
): Promise<Topup> {
  if (row.status !== status && !topupMoves[row.status].includes(status))
    throw new Error(`a ${row.status} top-up cannot become ${status}`);
  const all = [...new Set([...row.flags, ...flags])];
  const [moved] = await ctx.db
    .update(topup)
    .set({ status, flags: all, closedAt: row.status === status ? row.closedAt : ctx.clock.now() })
    .where(eq(topup.id, row.id))
    .returning();
  if (!moved) throw new Error('a locked top-up vanished');
  return moved;
}

const EXPIRE_BATCH = 200;

/** Ends what was not paid in time and tells its owner. Runs as often as one likes. */
export async function expireTopups(ctx: Context): Promise<{ expired: number }> {
  requireActor(ctx, 'job');
  let expired = 0;
  for (let round = 0; round < 100; round++) {
    const count = await inTransaction(ctx, async (ctx) => {
      const due = await ctx.db
        .select()
        .from(topup)
        .where(and(eq(topup.status, 'pending'), lte(topup.expiresAt, ctx.clock.now())))
        .orderBy(asc(topup.expiresAt))
        .limit(EXPIRE_BATCH)
        .for('no key update', { skipLocked: true });
      for (const row of due) {
        await moveTopup(ctx, row, 'expired');
        await writeAudit(ctx, 'topup.expired', row.id);
        const params = { topupId: row.id, amountSatang: row.amountSatang, reference: row.reference };
        await putNotice(ctx, { userId: row.userId, kind: 'topup.expired', params, key: `${row.id}:expired` });
      }
      return due.length;
    });
    expired += count;
    if (count < EXPIRE_BATCH) break;
  }
  return { expired };
}
