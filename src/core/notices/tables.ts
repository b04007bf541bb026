import { sql } from 'drizzle-orm';
import { bigserial, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { moment, version } from '../columns.ts';
import type { IdentityId, UserId } from '../id.ts';
import { user } from '../people/tables.ts';

/** `withdrawn` was taken back before it was told: its broadcast was cancelled, or its person has left or was told already. */
export type NoticeStatus = 'waiting' | 'sent' | 'muted' | 'failed' | 'withdrawn';

/** A message we owe a user. Put in the transaction of what it tells about; delivered by a job. */
export const notice = pgTable(
  'notice',
  {
    id: text().primaryKey(),
    userId: text()
      .$type<UserId>()
      .notNull()
      .references(() => user.id),
    kind: text().notNull(),
    params: jsonb().$type<Record<string, string>>().notNull(),
    /** Two notices with one key are one notice. */
    key: text(),
    status: text().$type<NoticeStatus>().notNull(),
    dueAt: moment().notNull(),
    attempts: integer().notNull().default(0),
    createdAt: moment().notNull(),
    sentAt: moment(),
    sentTo: text().$type<IdentityId>(),
    error: text(),
    broadcastId: text(),
  },
  (t) => [
    uniqueIndex('notice_key').on(t.key),
    index('notice_due').on(t.dueAt).where(sql`status = 'waiting'`),
    index('notice_user').on(t.userId, t.createdAt),
    index('notice_kind').on(t.kind, t.id),
    index('notice_failed').on(t.id).where(sql`status = 'failed'`),
    index('notice_broadcast').on(t.broadcastId, t.status).where(sql`broadcast_id is not null`),
  ],
);

/**
 * What a user wants to be told and when not to be disturbed. Minutes of the Bangkok day; null where the user has not
 * chosen and the default holds, twice the same minute where they chose to have no quiet hours.
 */
export const noticePreference = pgTable('notice_preference', {
  userId: text()
    .$type<UserId>()
    .primaryKey()
    .references(() => user.id),
  quietFromMinute: integer(),
  quietToMinute: integer(),
  muted: jsonb().$type<string[]>().notNull(),
});

/** What operators must look at. */
export const operatorAlert = pgTable(
  'operator_alert',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    kind: text().notNull(),
    subject: text().notNull(),
    params: jsonb().$type<Record<string, string>>().notNull(),
    createdAt: moment().notNull(),
    seenAt: moment(),
  },
  (t) => [index('operator_alert_open').on(t.id).where(sql`seen_at is null`)],
);

export type BroadcastStatus = 'draft' | 'sending' | 'done' | 'cancelled';

/** Who a broadcast is for. What is left out does not narrow it. */
export interface Segment {
  language?: 'th' | 'en';
  provider?: 'telegram' | 'discord' | 'local';
  /** Whether they have ever paid money in. */
  paid?: boolean;
  /** Whether they wrote to us in the last so many days. */
  seenWithinDays?: number;
  /** A wallet of at least so many satang, as text: this is stored as JSON. */
  walletFromSatang?: string;
}

/** A message of the operators to many people, put into the outbox little by little. */
export const broadcast = pgTable(
  'broadcast',
  {
    id: text().primaryKey(),
    textTh: text().notNull(),
    textEn: text().notNull(),
    segment: jsonb().$type<Segment>().notNull(),
    perMinute: integer().notNull(),
    status: text().$type<BroadcastStatus>().notNull(),
    /** People up to and with this id have their notice. */
    reached: text().$type<UserId>(),
    notices: integer().notNull().default(0),
    createdBy: text().notNull(),
    createdAt: moment().notNull(),
    startedAt: moment(),
    endedAt: moment(),
    version: version(),
  },
  (t) => [index('broadcast_sending').on(t.id).where(sql`status = 'sending'`)],
);
