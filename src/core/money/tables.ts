import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { moment, satang } from '../columns.ts';
import type { LedgerAccountId, TopupId, UserId } from '../id.ts';
import { user } from '../people/tables.ts';

export type LedgerAccountKind = 'wallet' | 'receivable' | 'clearing' | 'suspense' | 'adjustment' | 'revenue';

/**
 * Where money stands. Amounts are signed from the user's side: a wallet is what we owe a user (never below zero), a
 * receivable what a user owes us (never above), clearing what gateways hold for us (negative). `tracked` accounts keep
 * their balance in the row; the others, which every payment touches, are summed from their entries.
 */
export const ledgerAccount = pgTable(
  'ledger_account',
  {
    id: text().$type<LedgerAccountId>().primaryKey(),
    kind: text().$type<LedgerAccountKind>().notNull(),
    userId: text()
      .$type<UserId>()
      .references(() => user.id),
    tracked: boolean().notNull(),
    balanceSatang: satang().notNull().default(sql`0`),
    version: bigint({ mode: 'bigint' }).notNull().default(sql`0`),
    createdAt: moment().notNull(),
  },
  (t) => [
    index('ledger_account_user').on(t.userId),
    check('wallet_not_below_zero', sql`${t.kind} <> 'wallet' or ${t.balanceSatang} >= 0`),
    check('receivable_not_above_zero', sql`${t.kind} <> 'receivable' or ${t.balanceSatang} <= 0`),
  ],
);

export type TransferKind =
  | 'topup'
  | 'refund'
  | 'repay'
  | 'suspend'
  | 'match'
  | 'return'
  | 'adjust'
  | 'join'
  | 'rent'
  | 'rent_credit';

/** One movement of money, for ever. The key makes it happen once. */
export const ledgerTransfer = pgTable(
  'ledger_transfer',
  {
    id: text().primaryKey(),
    key: text().notNull(),
    kind: text().$type<TransferKind>().notNull(),
    /** What it is about: a top-up, a suspense item, a refund, a contract. */
    subject: text().notNull(),
    at: moment().notNull(),
  },
  (t) => [uniqueIndex('ledger_transfer_key').on(t.key), index('ledger_transfer_subject').on(t.subject)],
);

export const ledgerEntry = pgTable(
  'ledger_entry',
  {
    transferId: text()
      .notNull()
      .references(() => ledgerTransfer.id),
    accountId: text()
      .$type<LedgerAccountId>()
      .notNull()
      .references(() => ledgerAccount.id),
    amountSatang: satang().notNull(),
    /** Counts a tracked account's entries from 1; null where the account is not tracked. */
    accountVersion: bigint({ mode: 'bigint' }),
    balanceAfterSatang: satang(),
    at: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.transferId, t.accountId] }),
    uniqueIndex('ledger_entry_version').on(t.accountId, t.accountVersion).where(sql`account_version is not null`),
    check('amount_not_zero', sql`${t.amountSatang} <> 0`),
  ],
);

export type TopupMode = 'gateway' | 'bill' | 'slip' | 'hook';
export type TopupStatus = 'pending' | 'review' | 'settled' | 'failed' | 'expired' | 'cancelled';
export type TopupFlag = 'overpaid' | 'late' | 'extra' | 'by_hand' | 'matched' | 'refunded' | 'part_refunded';

/** One intent to pay money in. `money/topup.ts` tells its life. */
export const topup = pgTable(
  'topup',
  {
    id: text().$type<TopupId>().primaryKey(),
    userId: text()
      .$type<UserId>()
      .notNull()
      .references(() => user.id),
    reference: text().notNull(),
    /** What asked for it (a chat message's id), so that a repeated message opens no second top-up. */
    requestKey: text().notNull(),
    amountSatang: satang().notNull(),
    mode: text().$type<TopupMode>().notNull(),
    provider: text().notNull(),
    chargeId: text(),
    qrPayload: text(),
    status: text().$type<TopupStatus>().notNull(),
    flags: jsonb().$type<TopupFlag[]>().notNull().default([]),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
    closedAt: moment(),
  },
  (t) => [
    uniqueIndex('topup_reference').on(t.reference),
    uniqueIndex('topup_request').on(t.requestKey),
    index('topup_user').on(t.userId, t.createdAt),
    index('topup_status').on(t.status, t.id),
    index('topup_pending').on(t.expiresAt).where(sql`status = 'pending'`),
    check('topup_amount', sql`${t.amountSatang} > 0`),
  ],
);

export type PaymentStatus = 'credited' | 'suspense' | 'returned';

/** Money that a gateway says it received: one row a charge, whatever number of events announce it. */
export const payment = pgTable(
  'payment',
  {
    id: text().primaryKey(),
    provider: text().notNull(),
    chargeId: text().notNull(),
    reference: text().notNull(),
    amountSatang: satang().notNull(),
    refundedSatang: satang().notNull().default(sql`0`),
    topupId: text()
      .$type<TopupId>()
      .references(() => topup.id),
    userId: text()
      .$type<UserId>()
      .references(() => user.id),
    status: text().$type<PaymentStatus>().notNull(),
    byHand: boolean().notNull().default(false),
    paidAt: moment().notNull(),
    recordedAt: moment().notNull(),
  },
  (t) => [
    uniqueIndex('payment_charge').on(t.provider, t.chargeId),
    index('payment_topup').on(t.topupId),
    index('payment_user').on(t.userId),
    check('refunded_within', sql`${t.refundedSatang} between 0 and ${t.amountSatang}`),
  ],
);

export type EventOutcome =
  | 'credited'
  | 'suspense'
  | 'repeat'
  | 'conflict'
  | 'failed'
  | 'expired'
  | 'refunded'
  | 'refund_kept'
  | 'refund_confirmed'
  | 'nothing';

/** Every signed event as it came, once. */
export const gatewayEvent = pgTable(
  'gateway_event',
  {
    id: text().primaryKey(),
    provider: text().notNull(),
    eventId: text().notNull(),
    chargeId: text().notNull(),
    reference: text().notNull(),
    status: text().notNull(),
    amountSatang: satang().notNull(),
    paidAt: moment(),
    receivedAt: moment().notNull(),
    outcome: text().$type<EventOutcome>().notNull(),
  },
  (t) => [
    uniqueIndex('gateway_event_once').on(t.provider, t.eventId, t.chargeId, t.status),
    index('gateway_event_charge').on(t.provider, t.chargeId),
    index('gateway_event_reference').on(t.reference),
  ],
);

export type RefundStatus = 'waiting' | 'applied' | 'confirmed' | 'refused';

/** Money given back. `waiting` came before its payment; `confirmed` is an operator's that the gateway has reported. */
export const refund = pgTable(
  'refund',
  {
    id: text().primaryKey(),
    key: text().notNull(),
    provider: text().notNull(),
    chargeId: text().notNull(),
    amountSatang: satang().notNull(),
    fromWalletSatang: satang().notNull().default(sql`0`),
    owedSatang: satang().notNull().default(sql`0`),
    status: text().$type<RefundStatus>().notNull(),
    byHand: boolean().notNull().default(false),
    reason: text(),
    createdAt: moment().notNull(),
  },
  (t) => [uniqueIndex('refund_key').on(t.key), index('refund_charge').on(t.provider, t.chargeId)],
);

export type SuspenseReason = 'unknown_reference' | 'other_gateway' | 'underpaid' | 'settled_by_hand';
export type SuspenseStatus = 'open' | 'matched' | 'returned';

/** Money we hold and cannot tie to a wallet by ourselves. */
export const suspense = pgTable(
  'suspense',
  {
    id: text().primaryKey(),
    paymentId: text()
      .notNull()
      .references(() => payment.id),
    reason: text().$type<SuspenseReason>().notNull(),
    amountSatang: satang().notNull(),
    status: text().$type<SuspenseStatus>().notNull(),
    createdAt: moment().notNull(),
    closedAt: moment(),
  },
  (t) => [
    uniqueIndex('suspense_payment').on(t.paymentId),
    index('suspense_open').on(t.createdAt).where(sql`status = 'open'`),
  ],
);

export type AdjustmentStatus = 'waiting' | 'done' | 'refused' | 'withdrawn';

/** A correction of a wallet that one operator asked for and, above a limit, another one has to agree to. */
export const walletAdjustment = pgTable(
  'wallet_adjustment',
  {
    id: text().primaryKey(),
    userId: text()
      .$type<UserId>()
      .notNull()
      .references(() => user.id),
    amountSatang: satang().notNull(),
    reason: text().notNull(),
    /** The form that asked for it: sent twice it is one adjustment. */
    requestKey: text().notNull(),
    status: text().$type<AdjustmentStatus>().notNull(),
    askedBy: text().notNull(),
    askedAt: moment().notNull(),
    decidedBy: text(),
    decidedAt: moment(),
    decidedReason: text(),
  },
  (t) => [
    uniqueIndex('wallet_adjustment_request').on(t.requestKey),
    index('wallet_adjustment_user').on(t.userId, t.id),
    index('wallet_adjustment_waiting').on(t.id).where(sql`status = 'waiting'`),
    check('adjustment_not_zero', sql`${t.amountSatang} <> 0`),
  ],
);

/** One comparison of ledger, payments and top-ups, with what it found. */
export const reconciliationRun = pgTable('reconciliation_run', {
  id: text().primaryKey(),
  /** Who asked for it, as audit lines name an actor. */
  startedBy: text().notNull(),
  startedAt: moment().notNull(),
  tookMs: integer().notNull(),
  checks: integer().notNull(),
  transfers: bigint({ mode: 'number' }).notNull(),
  differences: jsonb().$type<{ check: string; subject: string; detail: string }[]>().notNull(),
});
