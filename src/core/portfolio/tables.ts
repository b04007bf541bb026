import { boolean, index, integer, numeric, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { moment } from '../columns.ts';
import type { UserId } from '../id.ts';
import { user } from '../people/tables.ts';
import type { Side, WalletKind } from '../trading/exchange.ts';
import { exchangeAccount } from '../trading/tables.ts';

/** Digits as they came: PostgreSQL's numeric keeps them all, and they go in and out as text. */
const decimal = () => numeric();

const accountId = () =>
  text()
    .notNull()
    .references(() => exchangeAccount.id);
const userId = () =>
  text()
    .$type<UserId>()
    .notNull()
    .references(() => user.id);

/** One execution at an exchange, kept for good: cost and realised profit follow from all of them in order. */
export const accountFill = pgTable(
  'account_fill',
  {
    accountId: accountId(),
    wallet: text().$type<WalletKind>().notNull(),
    symbol: text().notNull(),
    fillId: text().notNull(),
    base: text().notNull(),
    quote: text().notNull(),
    side: text().$type<Side>().notNull(),
    price: decimal().notNull(),
    qtyBase: decimal().notNull(),
    feeAsset: text(),
    feeQty: decimal(),
    at: moment().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.wallet, t.symbol, t.fillId] }),
    index('account_fill_time').on(t.accountId, t.at),
  ],
);

/** A deposit or a withdrawal, with what it was worth then: no part of profit and loss. */
export const accountMove = pgTable(
  'account_move',
  {
    accountId: accountId(),
    moveId: text().notNull(),
    kind: text().$type<'deposit' | 'withdrawal'>().notNull(),
    asset: text().notNull(),
    qty: decimal().notNull(),
    /** Null until a rate for it is known. */
    valueUsdt: decimal(),
    at: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.kind, t.moveId] }), index('account_move_time').on(t.accountId, t.at)],
);

/** How far the history of an account was read: `fills` of a symbol, or `moves`. */
export const accountCursor = pgTable(
  'account_cursor',
  {
    accountId: accountId(),
    what: text().$type<'fills' | 'moves'>().notNull(),
    /** Empty for what is not read symbol by symbol. */
    symbol: text().notNull(),
    until: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.what, t.symbol] })],
);

/** The last rate of a pair that a source gave. Shared by all instances, and what an answer falls back to. */
export const rate = pgTable(
  'rate',
  {
    /** An exchange's id, with `:testnet` where it is one; `house` is the operators' own. */
    source: text().notNull(),
    base: text().notNull(),
    quote: text().notNull(),
    price: decimal().notNull(),
    at: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.source, t.base, t.quote] })],
);

/** What an account, or all of a person's together, was worth at a moment. Thinned with age. */
export const portfolioSnapshot = pgTable(
  'portfolio_snapshot',
  {
    userId: userId(),
    /** Empty for all accounts together. */
    accountId: text().notNull(),
    at: moment().notNull(),
    valueUsdt: decimal().notNull(),
    /** Null when no rate was known. */
    usdtInThb: decimal(),
    /** Deposits less withdrawals since the one before. */
    flowUsdt: decimal().notNull(),
    realisedUsdt: decimal().notNull(),
    unrealisedUsdt: decimal().notNull(),
    /** Whether some account was stale or some asset had no rate. */
    isPartial: boolean().notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.accountId, t.at] }), index('portfolio_snapshot_at').on(t.at)],
);

export type AlertKind = 'total_moves' | 'position_moves';

/** What a person wants to be told about. Failing accounts and expiring keys are told of anyway, unless muted. */
export const portfolioAlert = pgTable(
  'portfolio_alert',
  {
    id: text().primaryKey(),
    userId: userId(),
    kind: text().$type<AlertKind>().notNull(),
    /** The base asset or symbol of a position; empty for the total. */
    subject: text().notNull(),
    /** In hundredths of a percent. */
    movesBp: integer().notNull(),
    /** What it is measured from: set anew each time it fires. */
    fromValue: decimal(),
    firedAt: moment(),
    createdAt: moment().notNull(),
  },
  (t) => [index('portfolio_alert_user').on(t.userId, t.id)],
);

/** How a person wants to see a portfolio. */
export const portfolioPreference = pgTable('portfolio_preference', {
  userId: userId().primaryKey(),
  costMethod: text().$type<'fifo' | 'average'>().notNull(),
  /** Holdings worth less are put together in one line. */
  dustBelowUsdt: decimal().notNull(),
});
