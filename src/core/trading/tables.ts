import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { moment, version } from '../columns.ts';
import type { IdentityId, UserId } from '../id.ts';
import { user } from '../people/tables.ts';
import type { AssetBalance, Endpoint, OpenOrder, OpenPosition } from './exchange.ts';

/** A person's account at an exchange. Removed ones stay as a row without a key: what was traded there is history. */
export const exchangeAccount = pgTable(
  'exchange_account',
  {
    id: text().primaryKey(),
    userId: text()
      .$type<UserId>()
      .notNull()
      .references(() => user.id),
    exchange: text().notNull(),
    endpoint: text().$type<Endpoint>().notNull(),
    label: text().notNull(),
    groupName: text(),
    enabled: boolean().notNull().default(true),
    /** What its key may do, as the exchange said when it was last looked at; null where it does not say. */
    canTrade: boolean(),
    ipRestricted: boolean(),
    keyExpiresAt: moment(),
    keyCheckedAt: moment(),
    /** Why it cannot be read since then; null when the last reading went well. Kinds as in `market/trouble.ts`. */
    trouble: text(),
    troubleSince: moment(),
    failures: integer().notNull().default(0),
    /** When the next reading is due; taken further by who reads, so that two instances do not read one account. */
    dueAt: moment().notNull(),
    readAt: moment(),
    createdAt: moment().notNull(),
    removedAt: moment(),
    version: version(),
  },
  (t) => [
    uniqueIndex('exchange_account_label').on(t.userId, sql`lower(${t.label})`).where(sql`removed_at is null`),
    index('exchange_account_user').on(t.userId, t.id),
    index('exchange_account_due').on(t.dueAt).where(sql`removed_at is null and enabled`),
  ],
);

const accountId = () =>
  text()
    .notNull()
    .references(() => exchangeAccount.id);

/** The sealed key of an account. Its row is deleted with the account, and replaced when the key is. */
export const accountKey = pgTable(
  'account_key',
  {
    accountId: accountId().primaryKey(),
    /** `{apiKey, secret, passphrase}` as JSON, sealed for `exchange_account:<id>:key`. */
    sealed: text().notNull(),
    /** A mac of exchange, endpoint and API key: the same key twice would count the same money twice. */
    fingerprint: text().notNull(),
    sealedAt: moment().notNull(),
  },
  (t) => [uniqueIndex('account_key_fingerprint').on(t.fingerprint)],
);

/** A one-time link to the form that takes a key; only its hash is kept. */
export const accountLink = pgTable(
  'account_link',
  {
    tokenHash: text().primaryKey(),
    userId: text()
      .$type<UserId>()
      .notNull()
      .references(() => user.id),
    identityId: text().$type<IdentityId>(),
    /** The account whose key is to be replaced; null for a new one. */
    accountId: text().references(() => exchangeAccount.id),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
    usedAt: moment(),
  },
  (t) => [index('account_link_user').on(t.userId, t.createdAt), index('account_link_expires').on(t.expiresAt)],
);

/** What an account held when it was last read. Quantities are decimal texts: JSON numbers would lose digits. */
export const accountState = pgTable('account_state', {
  accountId: accountId().primaryKey(),
  balances: jsonb().$type<readonly AssetBalance[]>().notNull(),
  positions: jsonb().$type<readonly OpenPosition[]>().notNull(),
  orders: jsonb().$type<readonly OpenOrder[]>().notNull(),
  readAt: moment().notNull(),
});
