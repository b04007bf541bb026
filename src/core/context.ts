import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from './access.ts';
import type { Clock } from './clock.ts';
import { type Db, isRetriable, sqlState } from './db.ts';
import type { NewId } from './id.ts';

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The ground every service function stands on. A wing that needs a port asks for it by intersection. */
export interface Context {
  db: Db;
  clock: Clock;
  newId: NewId;
  log: Log;
  actor: Actor;
}

/** A context inside a transaction. Only `inTransaction` makes one. */
export type TxContext = Context & { readonly inside: 'transaction' };

const ATTEMPTS = 5;

/**
 * Runs `body` in one transaction and hands it the ground alone: no port is in reach, so nothing waits for a network
 * while rows are locked. Deadlocks and serialisation failures run it again, at most five times; every step of ours
 * carries a key or a unique row, so a repeat is harmless.
 */
export async function inTransaction<T>(ctx: Context, body: (ctx: TxContext) => Promise<T>): Promise<T> {
  if ('inside' in ctx) throw new Error('inTransaction inside a transaction: take a TxContext instead');
  const { clock, newId, log, actor } = ctx;
  for (let attempt = 1; ; attempt++) {
    try {
      return await ctx.db.transaction((db) => body({ db, clock, newId, log, actor, inside: 'transaction' }));
    } catch (error) {
      if (attempt >= ATTEMPTS || !isRetriable(error)) throw error;
      await sleep(5 * 2 ** attempt + Math.floor((attempt * 7919) % 10));
    }
  }
}

const ABORTED = '25P02';

/**
 * Sends statements that do not need each other's answers in one go: half the cost of a short statement is its way there
 * and back. PostgreSQL still runs them one after the other. Waits for every one even when one fails, so that nothing of
 * a failed transaction is under way when it ends, and throws the fault itself rather than "aborted", which is all that
 * the later ones have to say.
 */
export async function together<const T extends readonly PromiseLike<unknown>[]>(
  steps: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(steps);
  const faults = results.filter((result) => result.status === 'rejected').map(({ reason }): unknown => reason);
  if (faults.length > 0) throw faults.find((fault) => sqlState(fault) !== ABORTED) ?? faults[0];
  const values = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
  return values as { -readonly [K in keyof T]: Awaited<T[K]> }; // all were fulfilled, in this order
}

/** The same context on behalf of someone else. */
export function as<C extends Context>(ctx: C, actor: Actor): C {
  return { ...ctx, actor };
}
