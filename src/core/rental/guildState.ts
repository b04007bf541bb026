import { and, desc, eq, inArray } from 'drizzle-orm';
import { auditEntry, writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { type RoleFault, roleFaults } from './guild.ts';

/**
 * How it stands with a role of a server is told by the newest line of its story in the audit: `guild.role_set` and
 * `guild.role_works` say that nothing is known against it, `guild.role_refused` why it can neither be given nor taken.
 * A line is written only when that changes, however often the server is asked.
 */
export const storyOf = (guildId: string, roleId: string) => `guild:${guildId}:${roleId}`;

const actions = ['guild.role_set', 'guild.role_cleared', 'guild.role_works', 'guild.role_refused'];

export interface RoleState {
  fault: RoleFault | undefined;
  /** Since when it is so. */
  at: Date;
  /** What server and role were called when the role was chosen; empty where that is not known. */
  guildName: string;
  roleName: string;
}

/** How it stands with roles, by their stories. One that has no story is not in the answer. */
export async function statesOf(ctx: Context, stories: readonly string[]): Promise<Map<string, RoleState>> {
  if (stories.length === 0) return new Map();
  const rows = await ctx.db
    .selectDistinctOn([auditEntry.subject, auditEntry.action])
    .from(auditEntry)
    .where(and(inArray(auditEntry.subject, [...stories]), inArray(auditEntry.action, actions)))
    .orderBy(auditEntry.subject, auditEntry.action, desc(auditEntry.seq));
  const states = new Map<string, RoleState>();
  for (const [story, lines] of Map.groupBy(rows, ({ subject }) => subject)) {
    const newest = lines.reduce((a, b) => (a.seq > b.seq ? a : b));
    const names = lines.find(({ action }) => action === 'guild.role_set')?.detail;
    const fault = newest.action === 'guild.role_refused' ? faultNamed(newest.detail.why) : undefined;
    const [guildName, roleName] = [String(names?.guild ?? ''), String(names?.role ?? '')];
    states.set(story, { fault, at: newest.at, guildName, roleName });
  }
  return states;
}

const faultNamed = (why: unknown): RoleFault => roleFaults.find((fault) => fault === why) ?? 'refused';

/** Writes down that it stands otherwise now than the newest line says; undefined where nothing is wrong any more. */
export async function noteState(
  ctx: Context,
  role: { guildId: string; roleId: string },
  fault: RoleFault | undefined,
): Promise<void> {
  await inTransaction(ctx, (ctx) => noteWithin(ctx, role, fault));
}

export async function noteWithin(
  ctx: TxContext,
  { guildId, roleId }: { guildId: string; roleId: string },
  fault: RoleFault | undefined,
): Promise<void> {
  const story = storyOf(guildId, roleId);
  const [newest] = await ctx.db
    .select()
    .from(auditEntry)
    .where(and(eq(auditEntry.subject, story), inArray(auditEntry.action, actions)))
    .orderBy(desc(auditEntry.seq))
    .limit(1);
  const known = newest?.action === 'guild.role_refused' ? newest.detail.why : undefined;
  if (known === fault) return;
  await writeAudit(ctx, fault ? 'guild.role_refused' : 'guild.role_works', story, fault ? { why: fault } : {});
}
