import { eq } from 'drizzle-orm';
import { jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { z } from 'zod';
import { requireActor } from './access.ts';
import { writeAudit } from './audit.ts';
import { moment, version } from './columns.ts';
import { type Context, inTransaction } from './context.ts';
import { fail } from './error.ts';

/**
 * What operators may change without a restart. A wing declares its settings where it uses them (`money/settings.ts`):
 * a key, a schema and what holds until somebody changes it.
 */
export interface Setting<T> {
  key: string;
  schema: z.ZodType<T>;
  fallback: T;
}

export const settingTable = pgTable('setting', {
  key: text().primaryKey(),
  value: jsonb().notNull(),
  version: version(),
  updatedAt: moment().notNull(),
  /** Who made the stored version, as audit lines name an actor; null for what was written before this was kept. */
  updatedBy: text(),
});

const stringify = (value: unknown) => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v));

export async function readSetting<T>(ctx: Pick<Context, 'db'>, setting: Setting<T>): Promise<T> {
  const [row] = await ctx.db.select().from(settingTable).where(eq(settingTable.key, setting.key));
  return row ? setting.schema.parse(row.value) : setting.fallback;
}

/** Changes a setting. Refuses a value outside its schema, and an edit made on an older version than the stored one. */
export async function writeSetting<T>(
  ctx: Context,
  setting: Setting<T>,
  input: { value: unknown; version: number },
): Promise<T> {
  requireActor(ctx, 'operator');
  const parsed = setting.schema.safeParse(input.value);
  if (!parsed.success) fail('setting.invalid', { key: setting.key, why: parsed.error.issues[0]?.message ?? '' });
  return inTransaction(ctx, async (ctx) => {
    const where = eq(settingTable.key, setting.key);
    const [row] = await ctx.db.select().from(settingTable).where(where).for('update');
    if ((row?.version ?? 0) !== input.version) fail('setting.stale', { key: setting.key });
    const next = { value: JSON.parse(stringify(parsed.data)), version: input.version + 1, updatedAt: ctx.clock.now() };
    // A setting that nobody has changed yet has no row to lock: of two first edits the second ends here.
    const written = await ctx.db
      .insert(settingTable)
      .values({ key: setting.key, ...next })
      .onConflictDoUpdate({ target: settingTable.key, set: next, setWhere: eq(settingTable.version, input.version) })
      .returning({ key: settingTable.key });
    if (written.length === 0) fail('setting.stale', { key: setting.key });
    await writeAudit(ctx, 'setting.changed', `setting:${setting.key}`, {
      old: stringify(row?.value ?? setting.fallback),
      new: stringify(parsed.data),
    });
    return parsed.data;
  });
}
