import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { migrateDatabase } from '../../src/core/db.ts';
import { startPostgres } from '../../src/drivers/postgres/server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

export const MIGRATIONS = new URL('../../drizzle/migrations', import.meta.url).pathname;

/** One real PostgreSQL for the whole run, with a migrated database that every test file clones. */
export default async function setup(project: TestProject) {
  const dataDir = await mkdtemp(join(tmpdir(), 'abtpro-test-'));
  // Nothing here has to outlive a power cut; what has to is tried on servers of its own.
  const careless = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', wal_level: 'minimal' };
  const settings = { ...careless, max_wal_senders: '0', max_connections: '300' };
  const server = await startPostgres({ dataDir, log: () => {}, settings });
  const template = new URL(server.url);
  template.pathname = '/template';
  const admin = postgres(server.url, { max: 1, onnotice: () => {} });
  await admin`create database template`;
  await migrateDatabase(template.href, MIGRATIONS);
  await admin.end();
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
