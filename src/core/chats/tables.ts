import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  customType,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core';
import { moment } from '../columns.ts';
import type { IdentityId } from '../id.ts';

/**
 * What a chat platform sent us, stored before it is confirmed and worked off in order per lane (a person). The payload
 * is sealed, and wiped when the work is done: a message may hold things that should not lie around.
 */
export const chatUpdate = pgTable(
  'chat_update',
  {
    botId: text().notNull(),
    updateId: bigint({ mode: 'number' }).notNull(),
    lane: text().notNull(),
    payload: jsonb().$type<unknown>(),
    receivedAt: moment().notNull(),
    attempts: integer().notNull().default(0),
    claimedUntil: moment(),
    doneAt: moment(),
    error: text(),
  },
  (t) => [
    primaryKey({ columns: [t.botId, t.updateId] }),
    index('chat_update_waiting').on(t.botId, t.lane, t.updateId).where(sql`done_at is null`),
    index('chat_update_done').on(t.doneAt).where(sql`done_at is not null`),
  ],
);

/** The one question a login is being asked. Answers that are secrets are in it sealed, and go with its last answer. */
export const chatQuestion = pgTable('chat_question', {
  identityId: text().$type<IdentityId>().primaryKey(),
  command: text().notNull(),
  args: jsonb().$type<Record<string, string>>().notNull(),
  field: text().notNull(),
  askedAt: moment().notNull(),
  expiresAt: moment().notNull(),
  /** The message that answered it. Until another comes, that message may be worked off once more after a crash. */
  answeredBy: text(),
});

/** A message of ours that we go back to: the menu, a top-up's QR. `ref` is whatever the chat needs to find it. */
export const chatScreen = pgTable(
  'chat_screen',
  {
    identityId: text().$type<IdentityId>().notNull(),
    name: text().notNull(),
    ref: text().notNull(),
    shownAt: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.identityId, t.name] })],
);

const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

export const localMessageChange = pgSequence('local_message_change');

/** The local chat's messages (development only). `change` grows with every edit, so a page asks "what is new since". */
export const localMessage = pgTable(
  'local_message',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    change: bigint({ mode: 'number' }).notNull().default(sql`nextval('local_message_change')`),
    subject: text().notNull(),
    author: text().$type<'person' | 'bot'>().notNull(),
    body: jsonb().$type<unknown>().notNull(),
    attachment: bytes(),
    attachmentType: text(),
    createdAt: moment().notNull(),
    editedAt: moment(),
    deletedAt: moment(),
  },
  (t) => [index('local_message_changes').on(t.subject, t.change)],
);
