import { sql } from 'drizzle-orm';
import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { moment } from '../columns.ts';
import type { IdentityId, UserId } from '../id.ts';
import type { Language } from '../text/text.ts';

/** A person. Money, contracts and settings hang on this row, logins on `identity`. */
export const user = pgTable(
  'user',
  {
    id: text().$type<UserId>().primaryKey(),
    displayName: text().notNull(),
    language: text().$type<Language>().notNull(),
    blockedAt: moment(),
    blockedReason: text(),
    /** Set when this person turned out to be another one: everything was moved there. */
    mergedInto: text().$type<UserId>(),
    /** Set when the account was closed: name and logins are erased, money records stay. */
    closedAt: moment(),
    createdAt: moment().notNull(),
  },
  (t) => [index('user_name').using('gin', sql`lower(${t.displayName}) gin_trgm_ops`)],
);

export type Provider = 'telegram' | 'discord' | 'local';

/** One login of a person: what a chat calls them. */
export const identity = pgTable(
  'identity',
  {
    id: text().$type<IdentityId>().primaryKey(),
    userId: text()
      .$type<UserId>()
      .notNull()
      .references(() => user.id),
    provider: text().$type<Provider>().notNull(),
    subject: text().notNull(),
    displayName: text().notNull(),
    /** When the chat told us that it no longer takes our messages; cleared by the next message from there. */
    unreachableAt: moment(),
    lastSeenAt: moment().notNull(),
    createdAt: moment().notNull(),
  },
  (t) => [
    uniqueIndex('identity_login').on(t.provider, t.subject),
    index('identity_user').on(t.userId),
    index('identity_subject').on(t.subject),
    index('identity_name').using('gin', sql`lower(${t.displayName}) gin_trgm_ops`),
  ],
);

export type LinkStatus = 'open' | 'claimed' | 'agreed' | 'joined' | 'refused';

/** A request to join two people into one. `people/link.ts` tells its life. */
export const link = pgTable(
  'link',
  {
    id: text().primaryKey(),
    codeHash: text().notNull(),
    status: text().$type<LinkStatus>().notNull(),
    issuerId: text().$type<UserId>().notNull(),
    claimantId: text().$type<UserId>(),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
  },
  (t) => [uniqueIndex('link_code').on(t.codeHash), index('link_issuer').on(t.issuerId)],
);
