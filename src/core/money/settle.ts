import { and, eq, sql } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { alertOperators } from '../notices/alert.ts';
import type { NoticeKind } from '../notices/kinds.ts';
import { putNotice } from '../notices/notice.ts';
import { creditSuspense, creditWallet } from './credit.ts';
import type { GatewayEvent } from './gateway.ts';
import { applyWaitingRefunds, recordRefund } from './refund.ts';
import { openSuspense } from './suspense.ts';
import { type EventOutcome, gatewayEvent, payment, type SuspenseReason, type TopupFlag, topup } from './tables.ts';
import { lockTopup, moveTopup, type Topup } from './topup.ts';

export type Payment = typeof payment.$inferSelect;

/**
 * Takes in one authenticated event: stores it and does what it says, all in one transaction. Gateways repeat
 * themselves, reorder and contradict; whatever comes, a charge is credited once and states only move forward. The
 * charge is locked first, so that two events about one charge are worked off one after the other.
 */
export async function recordGatewayEvent(
  ctx: Context,
  provider: string,
  event: GatewayEvent,
): Promise<{ outcome: EventOutcome }> {
  requireActor(ctx, 'gateway', 'operator');
  return inTransaction(ctx, async (ctx) => {
    await lockCharge(ctx, provider, event.chargeId);
    const { eventId, chargeId, status } = event;
    const [known] = await ctx.db
      .select({ id: gatewayEvent.id })
      .from(gatewayEvent)
      .where(
        and(
          eq(gatewayEvent.provider, provider),
          eq(gatewayEvent.eventId, eventId),
          eq(gatewayEvent.chargeId, chargeId),
          eq(gatewayEvent.status, status),
        ),
      );
    if (known) return { outcome: 'repeat' };
    const outcome = await apply(ctx, provider, event);
    const { reference, amountSatang, paidAt } = event;
    await ctx.db.insert(gatewayEvent).values({
      id: ctx.newId('evt'),
      provider,
      eventId,
      chargeId,
      reference,
      status,
      amountSatang,
      paidAt,
      receivedAt: ctx.clock.now(),
      outcome,
    });
    return { outcome };
  });
}

/** Nothing else happens to this charge until the transaction ends, whether or not it has a row yet. */
export async function lockCharge(ctx: TxContext, provider: string, chargeId: string): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${provider}:${chargeId}`}, 0))`);
}

function apply(ctx: TxContext, provider: string, event: GatewayEvent): Promise<EventOutcome> {
  switch (event.status) {
    case 'paid':
      return applyPaid(ctx, provider, event);
    case 'refunded':
      return recordRefund(ctx, provider, event);
    case 'failed':
    case 'expired':
      return applyEnd(ctx, provider, event, event.status);
  }
}

async function findTopup(ctx: TxContext, reference: string): Promise<Topup | undefined> {
  const [row] = await ctx.db.select({ id: topup.id }).from(topup).where(eq(topup.reference, reference));
  return row && lockTopup(ctx, row.id);
}

/** The payer's bank or the gateway gave up. Only a pending top-up minds: money that came stays. */
async function applyEnd(
  ctx: TxContext,
  provider: string,
  event: GatewayEvent,
  status: 'failed' | 'expired',
): Promise<EventOutcome> {
  const row = await findTopup(ctx, event.reference);
  if (!row || row.provider !== provider || row.status !== 'pending') return 'nothing';
  await moveTopup(ctx, row, status);
  await writeAudit(ctx, `topup.${status}`, row.id, { chargeId: event.chargeId });
  const params = { topupId: row.id, amountSatang: row.amountSatang, reference: row.reference };
  await putNotice(ctx, { userId: row.userId, kind: `topup.${status}`, params, key: `${row.id}:${status}` });
  return status;
}

async function applyPaid(ctx: TxContext, provider: string, event: GatewayEvent): Promise<EventOutcome> {
  const where = and(eq(payment.provider, provider), eq(payment.chargeId, event.chargeId));
  const [known] = await ctx.db.select().from(payment).where(where);
  if (known) {
    if (known.amountSatang === event.amountSatang) return 'repeat';
    await writeAudit(ctx, 'payment.amount_conflict', known.id, {
      said: String(event.amountSatang),
      known: String(known.amountSatang),
    });
    await alertOperators(ctx, 'payment.amount_conflict', known.id, {
      chargeId: event.chargeId,
      amountSatang: event.amountSatang,
    });
    return 'conflict';
  }
  const row = await findTopup(ctx, event.reference);
  const trouble = troubleWith(row, provider, event);
  const paid = await insertPayment(ctx, provider, event, row, trouble ? 'suspense' : 'credited');
  if (!row || trouble) await suspend(ctx, paid, row, trouble ?? 'unknown_reference');
  else await settle(ctx, row, paid);
  await applyWaitingRefunds(ctx, paid.id);
  return trouble ? 'suspense' : 'credited';
}

/** Why this money cannot go to a wallet by itself; never because of its amount alone, never too late. */
function troubleWith(row: Topup | undefined, provider: string, event: GatewayEvent): SuspenseReason | undefined {
  if (!row) return 'unknown_reference';
  if (row.provider !== provider) return 'other_gateway';
  if (row.status === 'settled') return row.flags.includes('by_hand') ? 'settled_by_hand' : undefined;
  return event.amountSatang < row.amountSatang ? 'underpaid' : undefined;
}

async function insertPayment(
  ctx: TxContext,
  provider: string,
  event: GatewayEvent,
  row: Topup | undefined,
  status: Payment['status'],
) {
  const now = ctx.clock.now();
  const [paid] = await ctx.db
    .insert(payment)
    .values({
      id: ctx.newId('pay'),
      provider,
      chargeId: event.chargeId,
      reference: event.reference,
      amountSatang: event.amountSatang,
      topupId: row?.id ?? null,
      userId: row?.userId ?? null,
      status,
      paidAt: event.paidAt ?? now,
      recordedAt: now,
    })
    .returning();
  if (!paid) throw new Error('an inserted payment came back empty');
  return paid;
}

async function suspend(ctx: TxContext, paid: Payment, row: Topup | undefined, reason: SuspenseReason): Promise<void> {
  const { provider, chargeId, amountSatang } = paid;
  const item = await openSuspense(ctx, paid, reason);
  await creditSuspense(ctx, { provider, chargeId, amountSatang, subject: item.id });
  await writeAudit(ctx, 'payment.suspended', paid.id, { reason, amountSatang: String(amountSatang), chargeId });
  await alertOperators(ctx, `payment.${reason}`, item.id, { amountSatang, reference: paid.reference });
  if (row && reason === 'underpaid') {
    await moveTopup(ctx, row, 'review');
    const params = {
      topupId: row.id,
      amountSatang: row.amountSatang,
      paidSatang: amountSatang,
      reference: row.reference,
    };
    await putNotice(ctx, { userId: row.userId, kind: 'topup.review', params, key: `${paid.id}:review` });
  }
}

function flagsOf(row: Topup, paid: Payment): TopupFlag[] {
  const flags: TopupFlag[] = [];
  if (row.status === 'settled') flags.push('extra');
  else if (row.status === 'expired' || row.status === 'cancelled' || paid.paidAt > row.expiresAt) flags.push('late');
  if (row.status !== 'settled' && paid.amountSatang > row.amountSatang) flags.push('overpaid');
  return flags;
}

/** Credits a payment to the owner of a locked top-up and says so: transfer, state, audit and notice together. */
export async function settle(ctx: TxContext, row: Topup, paid: Payment, more: TopupFlag[] = []): Promise<Topup> {
  const { provider, chargeId, amountSatang } = paid;
  const flags = [...flagsOf(row, paid), ...more];
  await creditWallet(ctx, { userId: row.userId, provider, chargeId, amountSatang, subject: row.id });
  const settled = await moveTopup(ctx, row, 'settled', flags);
  await writeAudit(ctx, 'topup.settled', row.id, {
    amountSatang: String(amountSatang),
    chargeId,
    flags: flags.join(' '),
  });
  if (flags.includes('extra')) await alertOperators(ctx, 'payment.extra', row.id, { amountSatang, chargeId });
  if (flags.includes('overpaid')) await alertOperators(ctx, 'payment.overpaid', row.id, { amountSatang, chargeId });
  const kind: NoticeKind = flags.includes('extra')
    ? 'topup.extra'
    : flags.includes('late')
      ? 'topup.late'
      : 'topup.settled';
  const params = { topupId: row.id, amountSatang, reference: row.reference };
  await putNotice(ctx, { userId: row.userId, kind, params, key: `${paid.id}:settled` });
  return settled;
}

/** What was paid for a top-up, in the order in which it came. */
export async function chargesOf(ctx: Context, topupId: Topup['id']): Promise<Payment[]> {
  requireActor(ctx, 'operator', 'job');
  return ctx.db.select().from(payment).where(eq(payment.topupId, topupId)).orderBy(payment.recordedAt);
}
