import { sql } from 'drizzle-orm';
import { job } from './money.ts';
import type { World } from './world.ts';

/** Every row of every table as text, as a dump of the database would hold it. */
export async function dumpOf(world: World): Promise<string> {
  const { db } = world.ctx(job);
  const tables = await db.execute<{ name: string }>(sql`
    select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`);
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await db.execute<{ row: string }>(sql`select t::text as row from ${sql.raw(name)} t`);
    parts.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return parts.join('\n');
}

/** The secrets that a text holds, in plain, as bytes or in base64. */
export function found(secrets: readonly string[], text: string): string[] {
  const forms = (secret: string) => [
    secret,
    Buffer.from(secret).toString('hex'),
    Buffer.from(secret).toString('base64').slice(0, 20),
  ];
  return secrets.filter((secret) => forms(secret).some((form) => text.includes(form)));
}
