import { sql } from 'drizzle-orm';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import { drizzle, type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

/** A pool or a transaction; service functions do not care which. */
export type Db = PgDatabase<PostgresJsQueryResultHKT, Record<string, never>>;

export interface Database {
  db: Db;
  close(): Promise<void>;
}

type Unsafe = { unsafe(query: string, params?: unknown[], options?: object): unknown };

/**
 * drizzle asks postgres.js for unprepared statements, which cost two round trips each. Every statement of ours has its
 * values as parameters, so the set of texts is small and preparing them halves the time of a transaction.
 */
function preparing<C extends object>(client: C): C {
  return new Proxy(client, {
    get(target, name) {
      if (name === 'unsafe') {
        return (query: string, params: unknown[] = [], options: object = {}) =>
          (target as unknown as Unsafe).unsafe(query, params, { ...options, prepare: params.length > 0 });
      }
      const value: unknown = Reflect.get(target, name, target);
      if (name === 'begin' || name === 'savepoint') {
        return (...args: unknown[]) => {
          const body = args.pop() as (client: object) => unknown;
          return (value as (...a: unknown[]) => unknown).call(target, ...args, (tx: object) => body(preparing(tx)));
        };
      }
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

export interface ConnectOptions {
  /** Connections in the pool. About 8 is fastest for the ledger on 2 cores; more only queue inside PostgreSQL. */
  max?: number;
  applicationName?: string;
}

export function connect(url: string, options: ConnectOptions = {}): Database {
  const client = postgres(url, {
    max: options.max ?? 8,
    connect_timeout: 10,
    idle_timeout: 300,
    onnotice: () => {},
    connection: {
      application_name: options.applicationName ?? 'abtpro',
      timezone: 'UTC',
      // A killed or wedged instance must not hold locks for ever.
      idle_in_transaction_session_timeout: 30_000,
      statement_timeout: 60_000,
    },
  });
  return { db: drizzle(preparing(client), { casing: 'snake_case' }), close: () => client.end({ timeout: 5 }) };
}

const MIGRATION_LOCK = 7_205_759_403; // any constant of our own

/** Brings the schema up to date. Several instances may start at once: the advisory lock lets one in at a time. */
export async function migrateDatabase(url: string, folder: string): Promise<void> {
  const client = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrate(drizzle(client), { migrationsFolder: folder });
  } finally {
    await client.end({ timeout: 5 });
  }
}

/** Throws when the database does not answer. */
export async function pingDatabase(db: Db): Promise<void> {
  await db.execute(sql`select 1`);
}

const RETRIABLE = new Set(['40001', '40P01', '55P03']);

/** The SQLSTATE inside whatever drizzle or postgres.js threw, or undefined. */
export function sqlState(error: unknown): string | undefined {
  for (let e = error, depth = 0; e instanceof Error && depth < 4; e = e.cause, depth++) {
    const code = (e as { code?: unknown }).code;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return undefined;
}

/** The name of the constraint that refused, or undefined. */
export function violatedConstraint(error: unknown): string | undefined {
  for (let e = error, depth = 0; e instanceof Error && depth < 4; e = e.cause, depth++) {
    const name = (e as { constraint_name?: unknown }).constraint_name;
    if (typeof name === 'string') return name;
  }
  return undefined;
}

/** Serialisation failures and deadlocks: the transaction did nothing and may be run again. */
export const isRetriable = (error: unknown) => RETRIABLE.has(sqlState(error) ?? '');

const CONNECTION_CODES = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
]);

/** True when the database is away rather than unhappy with what we asked: the sender should try again later. */
export function isDatabaseAway(error: unknown): boolean {
  for (let e = error, depth = 0; e instanceof Error && depth < 4; e = e.cause, depth++) {
    const code = String((e as { code?: unknown }).code ?? '');
    if (CONNECTION_CODES.has(code) || /^(57P0[1-5]|53[0-9A-Z]{3}|08[0-9A-Z]{3}|25006)$/.test(code)) return true;
  }
  return false;
}
