import { bigint, bigserial, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Role } from '../access.ts';
import { moment, version } from '../columns.ts';
import type { Language } from '../text/text.ts';

/** Who signs in to the panel. */
export const operator = pgTable(
  'operator',
  {
    id: text().primaryKey(),
    /** In small letters; what they sign in with. */
    email: text().notNull(),
    name: text().notNull(),
    role: text().$type<Role>().notNull(),
    language: text().$type<Language>().notNull(),
    passwordHash: text().notNull(),
    /** Sealed and bound to this row. Counts only from `totpConfirmedAt` on. */
    totpSealed: text(),
    totpConfirmedAt: moment(),
    /** The newest time step a code was accepted for: none is accepted twice. */
    totpStep: bigint({ mode: 'number' }),
    disabledAt: moment(),
    version: version(),
    createdAt: moment().notNull(),
  },
  (t) => [uniqueIndex('operator_email').on(t.email)],
);

const operatorId = () =>
  text()
    .notNull()
    .references(() => operator.id);

/** `second_factor` has shown the password alone and may do nothing but show the second factor. */
export type SessionStage = 'second_factor' | 'open';

export const operatorSession = pgTable(
  'operator_session',
  {
    id: text().primaryKey(),
    operatorId: operatorId(),
    tokenHash: text().notNull(),
    stage: text().$type<SessionStage>().notNull(),
    address: text().notNull(),
    browser: text().notNull(),
    createdAt: moment().notNull(),
    seenAt: moment().notNull(),
    expiresAt: moment().notNull(),
    /** When the operator last proved to be themselves. */
    confirmedAt: moment().notNull(),
  },
  (t) => [
    uniqueIndex('operator_session_token').on(t.tokenHash),
    index('operator_session_operator').on(t.operatorId),
    index('operator_session_expiry').on(t.expiresAt),
  ],
);

/** A link that makes an operator, once. Without an e-mail address it is the one for the first operator. */
export const operatorInvite = pgTable(
  'operator_invite',
  {
    id: text().primaryKey(),
    tokenHash: text().notNull(),
    email: text(),
    role: text().$type<Role>().notNull(),
    createdAt: moment().notNull(),
    expiresAt: moment().notNull(),
    usedAt: moment(),
  },
  (t) => [uniqueIndex('operator_invite_token').on(t.tokenHash)],
);

export const operatorRecoveryCode = pgTable(
  'operator_recovery_code',
  { operatorId: operatorId(), codeHash: text().notNull(), usedAt: moment() },
  (t) => [primaryKey({ columns: [t.operatorId, t.codeHash] })],
);

/** Tries to sign in that did not succeed, or not yet. Kept for a day. */
export const signInFailure = pgTable(
  'sign_in_failure',
  {
    id: bigserial({ mode: 'number' }).primaryKey(),
    name: text().notNull(),
    address: text().notNull(),
    at: moment().notNull(),
  },
  (t) => [
    index('sign_in_failure_name').on(t.name, t.at),
    index('sign_in_failure_address').on(t.address, t.at),
    index('sign_in_failure_at').on(t.at),
  ],
);
