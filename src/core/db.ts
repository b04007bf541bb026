import { getTableColumns, getTableName, sql } from 'drizzle-orm';
import { toSnakeCase } from 'drizzle-orm/casing';
import type { PgColumn, PgDatabase, PgTable } from 'drizzle-orm/pg-core';
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
function preparing<C extends object>(client: C, onUnsafe: () => void = () => {}): C {
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
          let over = false;
          const run = (tx: object) => stillWhenLost(body(preparing(tx)), () => over);
          const work = (value as (...a: unknown[]) => Promise<unknown>).call(target, ...args, run);
          return work
            .catch((error: unknown) => {
              if (isUnsafe(error)) onUnsafe();
              throw error;
            })
            .finally(() => {
              over = true;
            });
        };
      }
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/**
 * postgres.js 3.4.9 forgets to take a connection out of the pool for a transaction when the connection is full as BEGIN
 * is written: `execute` of its connection.js asks that first. It then refuses the transaction and leaves it open on a
 * connection that others use: what they write there would be lost. By the number of statements under way none is ever
 * full (`max_pipeline` of ours); by its socket, which must hold megabytes then, one could be. Then the whole pool goes at
 * once; who had something under way hears of it, and the transaction, of which nothing was done, is run again.
 */
const isUnsafe = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'UNSAFE_TRANSACTION';

const LOST_PATIENCE_MS = 5_000;

/**
 * When a transaction's body fails because its connection is gone, postgres.js sends a rollback into the closed socket
 * and the process dies of it (porsager/postgres#1208, in 3.4.9). It also learns of the closing by itself and fails the
 * transaction; so the body keeps still and leaves the word to it. Should the connection be there after all, the body's
 * error is passed on a little later.
 */
function stillWhenLost(work: unknown, over: () => boolean): Promise<unknown> {
  return Promise.resolve(work).catch((error: unknown) => {
    if (!isConnectionLost(error)) throw error;
    return new Promise((_, reject) => {
      setTimeout(() => {
        if (!over()) reject(error);
      }, LOST_PATIENCE_MS).unref();
    });
  });
}

export interface ConnectOptions {
  /** Connections in the pool. About 8 is fastest for the ledger on 2 cores; more only queue inside PostgreSQL. */
  max?: number;
  applicationName?: string;
}

/**
 * A pool, and a fresh one in its place as soon as one of its connections is lost. After a loss postgres.js 3.4.9 keeps
 * unsent bytes and a cleared timer for the next use of that connection, which then never speaks again
 * (porsager/postgres#1215); and it waits up to 20 s before it tries. What is under way in the old pool may finish.
 */
export function connect(url: string, options: ConnectOptions = {}): Database {
  let closing = false;
  const retired = new Set<Promise<void>>();
  const open = () => {
    const client = postgres(url, { ...settingsOf(options), onclose: () => lost(client) });
    return {
      client,
      db: drizzle(
        preparing(client, () => lost(client, 0)),
        { casing: 'snake_case' },
      ),
    };
  };
  const lost = (client: postgres.Sql, patienceSeconds = 5) => {
    if (closing || client !== pool.client) return;
    pool = open();
    const end = client.end({ timeout: patienceSeconds }).finally(() => retired.delete(end));
    retired.add(end);
  };
  let pool = open();
  const db = new Proxy(pool.db, {
    get(_, name) {
      const value: unknown = Reflect.get(pool.db, name);
      return typeof value === 'function' ? value.bind(pool.db) : value;
    },
  });
  const close = async () => {
    closing = true;
    await Promise.all([pool.client.end({ timeout: 5 }), ...retired]);
  };
  return { db, close };
}

/** Nobody closes a connection for its age or its idleness: one that closes is one that was lost. */
const settingsOf = ({ max = 8, applicationName = 'abtpro' }: ConnectOptions) => ({
  max,
  connect_timeout: 10,
  max_lifetime: null,
  max_pipeline: Number.POSITIVE_INFINITY, // see isUnsafe
  onnotice: () => {},
  // Arrays never travel as parameters. Asking for their types costs a round trip per connection, and postgres.js asks
  // in a promise of nobody's: a connection lost at that moment would end the process.
  fetch_types: false,
  connection: {
    application_name: applicationName,
    timezone: 'UTC',
    // A killed or wedged instance must not hold locks for ever.
    idle_in_transaction_session_timeout: 30_000,
    statement_timeout: 60_000,
  },
});

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

/** The words of an insert around its values, by table and columns. */
const insertTexts = new Map<string, TemplateStringsArray>();

/**
 * Inserts one row where payments pass by in hundreds a second. drizzle puts a statement together anew each time, column
 * by column, which takes longer than PostgreSQL takes to run it.
 */
export async function insertRow<T extends PgTable>(db: Db, table: T, row: T['$inferInsert']): Promise<void> {
  const columns = getTableColumns(table);
  const given = Object.entries(row).filter(([, value]) => value !== undefined);
  const values = given.map(([name, value]) => (value === null ? null : columns[name]?.mapToDriverValue(value)));
  const key = [getTableName(table), ...given.map(([name]) => name)].join(' ');
  const text =
    insertTexts.get(key) ??
    insertText(
      table,
      given.map(([name]) => columnName(columns[name])),
    );
  insertTexts.set(key, text);
  await db.execute(sql(text, ...values));
}

function insertText(table: PgTable, names: readonly string[]): TemplateStringsArray {
  const between = names.slice(1).map(() => ', ');
  const text = [`insert into "${getTableName(table)}" (${names.join(', ')}) values (`, ...between, ')'];
  return Object.assign(text, { raw: text });
}

/** Quoted, as PostgreSQL knows it. */
export function columnName(column: PgColumn | undefined): string {
  if (!column) throw new Error('a row names a column that its table does not have');
  return `"${column.keyAsName ? toSnakeCase(column.name) : column.name}"`;
}

/**
 * Runs a statement that names its values `$1`, `$2`, as libraries write them that bring their own statements, on a pool
 * or in a transaction. Lists go as PostgreSQL writes them in text.
 */
export async function runStatement(
  db: Db,
  text: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const parts = text.split(/\$(\d+)/); // a number stands between every two pieces of text
  const literals = parts.filter((_, n) => n % 2 === 0);
  const params = parts.filter((_, n) => n % 2 === 1).map((n) => asParameter(values[Number(n) - 1]));
  return db.execute(sql(Object.assign(literals, { raw: literals }), ...params));
}

function asParameter(value: unknown): unknown {
  if (!Array.isArray(value)) return value ?? null;
  return `{${value.map((each) => `"${String(each).replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
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

/** Serialisation failures, deadlocks, and one that was never begun: the transaction did nothing and may be run again. */
export const isRetriable = (error: unknown) => isUnsafe(error) || RETRIABLE.has(sqlState(error) ?? '');

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

/** The connection is gone or about to go: after a FATAL PostgreSQL hangs up. */
function isConnectionLost(error: unknown): boolean {
  for (let e = error, depth = 0; e instanceof Error && depth < 4; e = e.cause, depth++) {
    const { code, severity } = e as { code?: unknown; severity?: unknown };
    if (CONNECTION_CODES.has(String(code)) || severity === 'FATAL' || severity === 'PANIC') return true;
  }
  return false;
}

/** True when the database is away rather than unhappy with what we asked: the sender should try again later. */
export function isDatabaseAway(error: unknown): boolean {
  for (let e = error, depth = 0; e instanceof Error && depth < 4; e = e.cause, depth++) {
    const code = String((e as { code?: unknown }).code ?? '');
    if (CONNECTION_CODES.has(code) || /^(57P0[1-5]|53[0-9A-Z]{3}|08[0-9A-Z]{3}|25006)$/.test(code)) return true;
  }
  return false;
}
