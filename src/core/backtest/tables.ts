import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { moment } from '../columns.ts';
import type { IdentityId, UserId } from '../id.ts';
import { user } from '../people/tables.ts';

export const runKinds = ['backtest', 'optimize', 'walk_forward', 'batch', 'compare', 'monte_carlo'] as const;
export type RunKind = (typeof runKinds)[number];
export type RunStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** One piece of work for the pool that somebody asked for. `backtest/run.ts` tells its life. */
export const backtestRun = pgTable(
  'backtest_run',
  {
    id: text().primaryKey(),
    userId: text()
      .$type<UserId>()
      .notNull()
      .references(() => user.id),
    /** The login that asked: the message with the progress is there. */
    identityId: text().$type<IdentityId>(),
    /** The message that asked: coming twice it is one run. */
    requestKey: text().notNull(),
    kind: text().$type<RunKind>().notNull(),
    request: jsonb().$type<Record<string, unknown>>().notNull(),
    status: text().$type<RunStatus>().notNull(),
    /** Of 1000. */
    progress: integer().notNull().default(0),
    cancelAsked: boolean().notNull().default(false),
    attempts: integer().notNull().default(0),
    /** Until when an instance has it; past that it is taken for dead. */
    leasedUntil: moment(),
    /** Until when the command that asked waits for the end and shows it itself; nobody needs to be told before that. */
    watchedUntil: moment(),
    /** The progress, of 1000, that the message in the chat shows; null where there is no such message. */
    shown: integer(),
    result: jsonb().$type<Record<string, unknown>>(),
    trades: jsonb().$type<readonly unknown[]>(),
    /** The code of a refusal, and what goes into its words. */
    failure: text(),
    failureParams: jsonb().$type<Record<string, string>>(),
    createdAt: moment().notNull(),
    startedAt: moment(),
    endedAt: moment(),
  },
  (t) => [
    uniqueIndex('backtest_run_request').on(t.requestKey),
    index('backtest_run_user').on(t.userId, t.id),
    index('backtest_run_queued').on(t.id).where(sql`status = 'queued'`),
    index('backtest_run_status').on(t.status, t.id),
    index('backtest_run_ended').on(t.endedAt),
    index('backtest_run_running').on(t.leasedUntil).where(sql`status = 'running'`),
  ],
);
