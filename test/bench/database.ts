import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { migrateDatabase } from '../../src/core/db.ts';
import { type Postgres, startPostgres } from '../../src/drivers/postgres/server.ts';
import { print } from './figures.ts';

const MIGRATIONS = new URL('../../drizzle/migrations', import.meta.url).pathname;

export interface BenchDatabase {
  url: string;
  server: Postgres;
  /** One connection beside those that are measured. */
  admin: postgres.Sql;
  folder: string;
  close(): Promise<void>;
}

/**
 * A migrated database on an embedded PostgreSQL of its own, as the service starts it: every commit is on the disk before
 * it is answered. That is looked up in the server and printed, because a figure without it would mean nothing.
 */
export async function openDatabase(bench: string): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'abtpro-bench-'));
  const server = await startPostgres({ dataDir: join(folder, 'data'), log: () => {} });
  await migrateDatabase(server.url, MIGRATIONS);
  const admin = postgres(server.url, { max: 1, onnotice: () => {} });
  const shown = await admin<{ name: string; setting: string }[]>`
    select name, setting from pg_settings
    where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'server_version') order by name`;
  const settings = Object.fromEntries(shown.map((row) => [row.name, row.setting]));
  if (settings.fsync !== 'on' || settings.synchronous_commit !== 'on') throw new Error('this server would forget');
  print({
    bench,
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    postgres: settings,
  });
  return {
    url: server.url,
    server,
    admin,
    folder,
    async close() {
      await admin.end({ timeout: 5 });
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
