import { and, eq, sql } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext, together } from '../context.ts';
import { insertRow } from '../db.ts';
import { alertOperators } from '../notices/alert.ts';
import type { NoticeKind } from '../notices/kinds.ts';
import { putNotice } from '../notices/notice.ts';
import { isClosed } from '../people/user.ts';
import { type Afterwards, type CreditContext, creditSuspense, creditWallet, type OnCredit } from './credit.ts';
import type { GatewayEvent } from './gateway.ts';
import { applyWaitingRefunds, recordRefund } from './refund.ts';
import { openSuspense } from './suspense.ts';
import { type EventOutcome, gatewayEvent, payment, type SuspenseReason, type TopupFlag, topup } from './tables.ts';
import { moveTopup, type Topup } from './topup.ts';

export type Payment = typeof payment.$inferSelect;

/**
 * Takes in one authenticated event: stores it and does what it says, all in one transaction. Gateways repeat
 * themselves, reorder and contradict; whatever comes, a charge is credited once and states only move forward. The
 * charge is locked first, so that two events about one charge are worked off one after the other.
 */
export async function recordGatewayEvent(
  ctx: CreditContext,
  provider: string,
  event: GatewayEvent,
): Promise<{ outcome: EventOutcome }> {
  requireActor(ctx, 'gateway', 'operator');
  const { onCredit } = ctx;
  return inTransaction(ctx, async (ctx) => {
    const [, known] = await together([lockCharge(ctx, provider, event.chargeId), whatIsKnown(ctx, provider, event)]);
    if (known.event) return { outcome: 'repeat' };
    const outcome = await apply(ctx, provider, event, { ...known, onCredit });
    await insertRow(ctx.db, gatewayEvent, {
      ...event,
      id: ctx.newId('evt'),
      provider,
      receivedAt: ctx.clock.now(),
      outcome,
    });
    return { outcome };
  });
}

/** What was there before this event: the event itself, the payment of its charge, refunds that came too early. */
type Known = { event: boolean; payment: boolean; refunds: boolean };
type Circumstances = Known & { onCredit: OnCredit };

async function whatIsKnown(ctx: TxContext, provider: string, event: GatewayEvent): Promise<Known> {
  const { eventId, chargeId, status } = event;
  const [known] = await ctx.db.execute<Known>(sql`
    select exists (select from gateway_event where provider = ${provider} and event_id = ${eventId}
                   and charge_id = ${chargeId} and status = ${status}) as event,
           exists (select from payment where provider = ${provider} and charge_id = ${chargeId}) as payment,
           exists (select from refund where provider = ${provider} and charge_id = ${chargeId}
                   and status = 'waiting') as refunds`);
  if (!known) throw new Error('a select of one row answered none');
  return known;
}

/** Nothing else happens to this charge until the transaction ends, whether or not it has a row yet. */
export async function lockCharge(ctx: TxContext, provider: string, chargeId: string): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${provider}:${chargeId}`}, 0))`);
}

function apply(ctx: TxContext, provider: string, event: GatewayEvent, known: Circumstances): Promise<EventOutcome> {
  switch (event.status) {
    case 'paid':
      return applyPaid(ctx, provider, event, known);
    case 'refunded':
      return recordRefund(ctx, provider, event);
    case 'failed':
    case 'expired':
      return applyEnd(ctx, provider, event, event.status);
  }
}

async function findTopup(ctx: TxContext, reference: string): Promise<Topup | undefined> {
  const [row] = await ctx.db.select().from(topup).where(eq(topup.reference, reference)).for('no key update');
  return row;
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

/** Another event about a charge that was credited: nothing, unless it speaks of another amount. */
async function applyRepeat(ctx: TxContext, provider: string, event: GatewayEvent): Promise<EventOutcome> {
  const { chargeId, amountSatang } = event;
  const where = and(eq(payment.provider, provider), eq(payment.chargeId, chargeId));
  const [paid] = await ctx.db.select().from(payment).where(where);
  if (!paid || paid.amountSatang === amountSatang) return 'repeat';
  const detail = { said: String(amountSatang), known: String(paid.amountSatang) };
  await writeAudit(ctx, 'payment.amount_conflict', paid.id, detail);
  await alertOperators(ctx, 'payment.amount_conflict', paid.id, { chargeId, amountSatang });
  return 'conflict';
}

async function applyPaid(
  ctx: TxContext,
  provider: string,
  event: GatewayEvent,
  known: Circumstances,
): Promise<EventOutcome> {
  if (known.payment) return applyRepeat(ctx, provider, event);
  const row = await findTopup(ctx, event.reference);
  const trouble = troubleWith(row, provider, event);
  const paid = newPayment(ctx, provider, event, row, trouble ? 'suspense' : 'credited');
  let afterwards: Afterwards | undefined;
  if (row && !trouble) {
    [, { afterwards }] = await together([insertRow(ctx.db, payment, paid), settle(ctx, known.onCredit, row, paid)]);
  } else {
    await insertRow(ctx.db, payment, paid); // before the suspense item that refers to it
    await suspend(ctx, paid, row, trouble ?? 'unknown_reference');
  }
  if (known.refunds) await applyWaitingRefunds(ctx, paid);
  await afterwards?.(); // with what a refund has left of it
  return trouble ? 'suspense' : 'credited';
}

/** Why this money cannot go to a wallet by itself; never because of its amount alone, never too late. */
function troubleWith(row: Topup | undefined, provider: string, event: GatewayEvent): SuspenseReason | undefined {
  if (!row) return 'unknown_reference';
  if (row.provider !== provider) return 'other_gateway';
  if (row.status === 'settled') return row.flags.includes('by_hand') ? 'settled_by_hand' : undefined;
  return event.amountSatang < row.amountSatang ? 'underpaid' : undefined;
}

function newPayment(
  ctx: TxContext,
  provider: string,
  event: GatewayEvent,
  row: Topup | undefined,
  status: Payment['status'],
): Payment {
  const now = ctx.clock.now();
  return {
    id: ctx.newId('pay'),
    provider,
    chargeId: event.chargeId,
    reference: event.reference,
    amountSatang: event.amountSatang,
    refundedSatang: 0n,
    topupId: row?.id ?? null,
    userId: row?.userId ?? null,
    status,
    byHand: false,
    paidAt: event.paidAt ?? now,
    recordedAt: now,
  };
}

async function suspend(ctx: TxContext, paid: Payment, row: Topup | undefined, reason: SuspenseReason): Promise<void> {
  const { provider, chargeId, amountSatang } = paid;
  const item = await openSuspense(ctx, paid, reason);
  await creditSuspense(ctx, { provider, chargeId, amountSatang, subject: item.id });
  await writeAudit(ctx, 'payment.suspended', paid.id, { reason, amountSatang: String(amountSatang), chargeId });
  await alertOperators(ctx, `payment.${reason}`, item.id, { amountSatang, reference: paid.reference });
  if (row && reason !== 'underpaid') {
    const params = { amountSatang, reference: paid.reference };
    await putNotice(ctx, { userId: row.userId, kind: 'payment.held', params, key: `${paid.id}:held` });
  }
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

/**
 * Credits a payment to the owner of a locked top-up and says so: transfer, state, audit and notice together. The caller
 * runs `afterwards` when nothing else happens to the wallet any more.
 */
export async function settle(
  ctx: TxContext,
  onCredit: OnCredit,
  row: Topup,
  paid: Payment,
  more: TopupFlag[] = [],
): Promise<{ topup: Topup; afterwards: Afterwards | undefined }> {
  const { provider, chargeId, amountSatang } = paid;
  const flags = [...flagsOf(row, paid), ...more];
  const kind: NoticeKind = flags.includes('extra')
    ? 'topup.extra'
    : flags.includes('late')
      ? 'topup.late'
      : 'topup.settled';
  const params = { topupId: row.id, amountSatang, reference: row.reference };
  const detail = { amountSatang: String(amountSatang), chargeId, flags: flags.join(' ') };
  const [afterwards, , settled] = await together([
    onCredit(ctx, { userId: row.userId, topupId: row.id }),
    creditWallet(ctx, { userId: row.userId, provider, chargeId, amountSatang, subject: row.id }),
    moveTopup(ctx, row, 'settled', flags),
    writeAudit(ctx, 'topup.settled', row.id, detail),
    putNotice(ctx, { userId: row.userId, kind, params, key: `${paid.id}:settled` }),
  ]);
  // A pending top-up keeps an account open. Whoever closes one locks its top-ups, so behind that lock a closing is seen.
  if (row.status !== 'pending' && (await isClosed(ctx, row.userId)))
    await alertOperators(ctx, 'payment.closed_account', row.id, { amountSatang, chargeId });
  if (flags.includes('extra')) await alertOperators(ctx, 'payment.extra', row.id, { amountSatang, chargeId });
  if (flags.includes('overpaid')) await alertOperators(ctx, 'payment.overpaid', row.id, { amountSatang, chargeId });
  return { topup: settled, afterwards };
}

/** What was paid for a top-up, in the order in which it came. */
export async function chargesOf(ctx: Context, topupId: Topup['id']): Promise<Payment[]> {
  requireActor(ctx, 'operator', 'job');
  return ctx.db.select().from(payment).where(eq(payment.topupId, topupId)).orderBy(payment.recordedAt);
}
