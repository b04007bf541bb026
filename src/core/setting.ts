import { eq } from 'drizzle-orm';
import { jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import type { z } from 'zod';
import { actorName, requirePermission } from './access.ts';
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

/**
 * Changes a setting. Refuses a value outside its schema, and an edit made on an older version than the stored one. The
 * very edit that made the stored version, sent once more by the same operator, is the same edit.
 */
export async function writeSetting<T>(
  ctx: Context,
  setting: Setting<T>,
  input: { value: unknown; version: number },
): Promise<T> {
  const updatedBy = actorName(requirePermission(ctx, 'settings.write'));
  const parsed = setting.schema.safeParse(input.value);
  if (!parsed.success) fail('setting.invalid', { key: setting.key, why: parsed.error.issues[0]?.message ?? '' });
  const text = stringify(parsed.data);
  return inTransaction(ctx, async (ctx) => {
    const where = eq(settingTable.key, setting.key);
    const [row] = await ctx.db.select().from(settingTable).where(where).for('update');
    const isRepeat = row?.version === input.version + 1 && row.updatedBy === updatedBy;
    if (isRepeat && stringify(setting.schema.safeParse(row.value).data) === text) return parsed.data;
    if ((row?.version ?? 0) !== input.version) fail('setting.stale', { key: setting.key });
    const next = { value: JSON.parse(text), version: input.version + 1, updatedAt: ctx.clock.now(), updatedBy };
    // A setting that nobody has changed yet has no row to lock: of two first edits the second ends here.
    const written = await ctx.db
      .insert(settingTable)
      .values({ key: setting.key, ...next })
      .onConflictDoUpdate({ target: settingTable.key, set: next, setWhere: eq(settingTable.version, input.version) })
      .returning({ key: settingTable.key });
    if (written.length === 0) fail('setting.stale', { key: setting.key });
    await writeAudit(ctx, 'setting.changed', `setting:${setting.key}`, {
      old: stringify(row?.value ?? setting.fallback),
      new: text,
    });
    return parsed.data;
  });
}

/** What is wrong with one field of a value. Whoever shows it to a person puts it into their language. */
export interface SettingIssue {
  /** Empty where it concerns the value as a whole. */
  field: string;
  fault: 'below' | 'not_above' | 'above' | 'empty' | 'too_long' | 'malformed' | 'rule';
  /** What `below`, `not_above`, `above` and `too_long` speak of. */
  bound?: bigint | number;
  /** For `rule`: the name that the setting's schema gives it in `params.rule`. */
  rule?: string;
}

/** What `writeSetting` would have against a value, at most one issue a field; none is a value that can be stored. */
export function findIssues<T>(setting: Setting<T>, value: unknown): SettingIssue[] {
  const { error } = setting.schema.safeParse(value);
  const byField = new Map<string, SettingIssue>();
  for (const issue of error?.issues ?? []) {
    const field = String(issue.path[0] ?? '');
    if (!byField.has(field)) byField.set(field, { field, ...faultOf(issue) });
  }
  return [...byField.values()];
}

function faultOf(issue: z.core.$ZodIssue): Omit<SettingIssue, 'field'> {
  if (issue.code === 'too_small') {
    if (issue.origin === 'string') return { fault: 'empty' };
    return { fault: issue.inclusive ? 'below' : 'not_above', bound: issue.minimum };
  }
  if (issue.code === 'too_big')
    return { fault: issue.origin === 'string' ? 'too_long' : 'above', bound: issue.maximum };
  const rule: unknown = issue.code === 'custom' ? issue.params?.rule : undefined;
  return typeof rule === 'string' ? { fault: 'rule', rule } : { fault: 'malformed' };
}
