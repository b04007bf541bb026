import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, inject, test } from 'vitest';
import { migrateDatabase } from '../../src/core/db.ts';
import { MIGRATIONS } from '../support/postgres.ts';

interface Journal {
  entries: { tag: string }[];
}

/** A database as it stood before one of the migrations, to be filled with rows of that time. */
async function databaseBefore(tag: string) {
  const name = `before_${tag}`;
  const admin = postgres(inject('postgresUrl'), { max: 1, onnotice: () => {} });
  await admin.unsafe(`create database ${name}`);
  const url = Object.assign(new URL(inject('postgresUrl')), { pathname: `/${name}` }).href;
  const folder = await mkdtemp(join(tmpdir(), 'abtpro-migrations-'));
  await cp(MIGRATIONS, folder, { recursive: true });
  const file = join(folder, 'meta', '_journal.json');
  const journal = JSON.parse(await readFile(file, 'utf8')) as Journal;
  const at = journal.entries.findIndex((entry) => entry.tag === tag);
  await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, at) }));
  await migrateDatabase(url, folder);
  await rm(folder, { recursive: true });
  const db = postgres(url, { max: 1 });
  const close = async () => {
    await db.end();
    await admin.unsafe(`drop database ${name}`);
    await admin.end();
  };
  return { db, migrate: () => migrateDatabase(url, MIGRATIONS), close };
}

test('roles that were given, waited for or paused stay so when that gets a column of its own', async () => {
  const { db, migrate, close } = await databaseBefore('0008_roles');
  try {
    await db`insert into "user" (id, display_name, language, created_at) values ('usr_1', 'A', 'th', now())`;
    await db`insert into identity (id, user_id, provider, subject, display_name, created_at, last_seen_at)
      values ('idn_1', 'usr_1', 'discord', '1', 'A', now(), now())`;
    const ahead = db`interval '8766000 hours'`;
    await db`insert into guild_grant (guild_id, identity_id, role_id, given_at) values
      ('1', 'idn_1', 'absent', '2026-11-21T05:00:00Z'::timestamptz + interval '900 days' + ${ahead}),
      ('1', 'idn_1', 'fresh', '1970-01-01T00:00:00Z'::timestamptz + ${ahead}),
      ('1', 'idn_1', 'given', '2026-11-01T00:00:00Z'),
      ('1', 'idn_1', 'tried', '2026-11-01T00:00:00Z'::timestamptz + ${ahead})`;
    await migrate();
    expect([...(await db`select role_id, status, due_at from guild_grant order by role_id`)]).toEqual([
      { role_id: 'absent', status: 'absent', due_at: new Date('2029-05-09T05:00:00Z') },
      { role_id: 'fresh', status: 'waiting', due_at: new Date(0) },
      { role_id: 'given', status: 'given', due_at: new Date('2026-11-01T00:00:00Z') },
      { role_id: 'tried', status: 'waiting', due_at: new Date('2026-11-01T00:00:00Z') },
    ]);
  } finally {
    await close();
  }
});
