import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { auditEntry } from '../audit.ts';
import type { Context } from '../context.ts';
import { type Setting, settingTable } from '../setting.ts';
import { operatorNames } from './operatorNames.ts';

/** A setting as it is now: what holds, and who made it so. */
export interface SettingState<T> {
  value: T;
  /** 0 until somebody changes it. */
  version: number;
  updatedAt: Date | null;
  /** As audit lines name an actor. */
  updatedBy: string | null;
  updatedByName: string | undefined;
}

/** Settings with their values, in the order they were asked for. */
export async function readSettingStates<T>(
  ctx: Context,
  settings: readonly Setting<T>[],
): Promise<{ setting: Setting<T>; state: SettingState<T> }[]> {
  requirePermission(ctx, 'settings.read');
  const keys = settings.map(({ key }) => key);
  const rows = await ctx.db.select().from(settingTable).where(inArray(settingTable.key, keys));
  const names = await operatorNames(
    ctx,
    rows.map((row) => row.updatedBy),
  );
  const byKey = new Map(rows.map((row) => [row.key, row]));
  return settings.map((setting) => {
    const row = byKey.get(setting.key);
    const unchanged = { version: 0, updatedAt: null, updatedBy: null, updatedByName: undefined };
    if (!row) return { setting, state: { value: setting.fallback, ...unchanged } };
    const { version, updatedAt, updatedBy } = row;
    const updatedByName = names.get(updatedBy ?? '');
    return { setting, state: { value: setting.schema.parse(row.value), version, updatedAt, updatedBy, updatedByName } };
  });
}

/** One change of a setting, as the audit kept it. Values are as JSON carries them: satang and moments are text. */
export interface SettingChange {
  seq: bigint;
  at: Date;
  actor: string;
  actorName: string | undefined;
  old: Record<string, unknown>;
  new: Record<string, unknown>;
}

const PAGE = 20;

/** What became of a setting, newest change first, 20 at a time; `next` goes on after the last of them. */
export async function listSettingChanges(
  ctx: Context,
  input: { key: string; before?: bigint | undefined },
): Promise<{ changes: SettingChange[]; next: bigint | undefined }> {
  requirePermission(ctx, 'settings.read');
  const { key, before } = input;
  const rows = await ctx.db
    .select()
    .from(auditEntry)
    .where(
      and(
        eq(auditEntry.subject, `setting:${key}`),
        eq(auditEntry.action, 'setting.changed'),
        before === undefined ? undefined : lt(auditEntry.seq, before),
      ),
    )
    .orderBy(desc(auditEntry.seq))
    .limit(PAGE + 1);
  const lines = rows.slice(0, PAGE);
  const names = await operatorNames(
    ctx,
    lines.map((line) => line.actor),
  );
  return {
    changes: lines.map(({ seq, at, actor, detail }) => ({
      seq,
      at,
      actor,
      actorName: names.get(actor),
      old: parsed(detail.old),
      new: parsed(detail.new),
    })),
    next: rows.length > PAGE ? lines.at(-1)?.seq : undefined,
  };
}

/** Settings are objects, and the audit keeps them as JSON. */
function parsed(text: unknown): Record<string, unknown> {
  const value: unknown = typeof text === 'string' ? JSON.parse(text) : null;
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
