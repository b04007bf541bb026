import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { type Role, requireActor, requireOperator, requirePermission, roles } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { Language } from '../text/text.ts';
import { hashPassword } from './password.ts';
import { lockOperator } from './secondFactor.ts';
import { mustEnrol, type Operator } from './session.ts';
import { operator, operatorRecoveryCode, operatorSession } from './tables.ts';

export const cleanEmail = (email: string) => email.normalize('NFC').trim().toLowerCase();

export function checkEmail(text: string): string {
  const email = cleanEmail(text);
  return email.length <= 254 && /^[^\s@<>"]+@[^\s@<>"]+$/.test(email) ? email : fail('operator.email_invalid');
}

export function checkName(text: string): string {
  const name = text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();
  return name !== '' && name.length <= 64 ? name : fail('operator.name_invalid');
}

export const checkRole = (text: string): Role => roles.find((role) => role === text) ?? fail('operator.role_unknown');

/** One change of who is an operator at a time: the last owner is counted, and the first one is first. */
export async function lockOperators(ctx: TxContext): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended('operators', 0))`);
}

export const hasOperators = async (ctx: Context) =>
  (await ctx.db.select({ id: operator.id }).from(operator).limit(1)).length > 0;

export type NewOperator = Pick<Operator, 'email' | 'name' | 'role' | 'language' | 'passwordHash'>;

export async function insertOperator(ctx: TxContext, values: NewOperator): Promise<Operator> {
  const [row] = await ctx.db
    .insert(operator)
    .values({ id: ctx.newId('opr'), createdAt: ctx.clock.now(), ...values })
    .onConflictDoNothing()
    .returning();
  if (!row) fail('operator.exists');
  await writeAudit(ctx, 'operator.joined', row.id, { name: row.name, email: row.email, role: row.role });
  return row;
}

/** Makes the first operator, an owner, from what the environment says; nothing when there is one. */
export async function makeFirstOperator(ctx: Context, input: { email: string; password: string }): Promise<boolean> {
  requireActor(ctx, 'job');
  if (await hasOperators(ctx)) return false;
  const email = checkEmail(input.email);
  const passwordHash = await hashPassword(input.password, email);
  return inTransaction(ctx, async (ctx) => {
    await lockOperators(ctx);
    if (await hasOperators(ctx)) return false;
    const name = checkName(email.split('@')[0] ?? email);
    await insertOperator(ctx, { email, name, role: 'owner', language: 'th', passwordHash });
    return true;
  });
}

/** Everybody who may sign in or once could, with whether they have to set up the second factor first. */
export async function listOperators(ctx: Context): Promise<(Operator & { mustEnrol: boolean })[]> {
  requirePermission(ctx, 'operators.read');
  const rows = await ctx.db.select().from(operator).orderBy(asc(operator.createdAt), asc(operator.id)).limit(500);
  return Promise.all(rows.map(async (row) => ({ ...row, mustEnrol: await mustEnrol(ctx, row) })));
}

async function keepAnOwner(ctx: TxContext, row: Operator): Promise<void> {
  if (row.role !== 'owner' || row.disabledAt) return;
  const owners = await ctx.db.$count(operator, and(eq(operator.role, 'owner'), isNull(operator.disabledAt)));
  if (owners <= 1) fail('operator.last_owner');
}

/** Whom a change is about, and the version of them that whoever decided has seen. */
export interface Seen {
  operatorId: string;
  version: number;
}

async function lockAlone(ctx: TxContext, operatorId: string): Promise<Operator> {
  await lockOperators(ctx);
  return lockOperator(ctx, operatorId);
}

/**
 * Changes a locked operator. Refuses `operator.stale` when somebody has changed them since they were looked at; what is
 * as it was wished for already never comes here, so that a form sent twice is answered as if it had come once.
 */
async function change(ctx: TxContext, row: Operator, input: Seen, set: Partial<Operator>): Promise<void> {
  if (row.version !== input.version) fail('operator.stale', { name: row.name });
  await ctx.db
    .update(operator)
    .set({ ...set, version: row.version + 1 })
    .where(eq(operator.id, row.id));
}

/** Holds from the operator's next request on. */
export async function changeRole(ctx: Context, input: Seen & { role: string }): Promise<void> {
  requirePermission(ctx, 'operators.manage');
  const role = checkRole(input.role);
  await inTransaction(ctx, async (ctx) => {
    const row = await lockAlone(ctx, input.operatorId);
    if (row.role === role) return;
    await keepAnOwner(ctx, row);
    await change(ctx, row, input, { role });
    await writeAudit(ctx, 'operator.role_changed', row.id, { name: row.name, old: row.role, new: role });
  });
}

/** Shuts an operator out and ends their sessions. What they did keeps their name. */
export async function disableOperator(ctx: Context, input: Seen): Promise<void> {
  requirePermission(ctx, 'operators.manage');
  await inTransaction(ctx, async (ctx) => {
    const row = await lockAlone(ctx, input.operatorId);
    if (row.disabledAt) return;
    await keepAnOwner(ctx, row);
    await change(ctx, row, input, { disabledAt: ctx.clock.now() });
    await endSessions(ctx, row.id);
    await writeAudit(ctx, 'operator.disabled', row.id, { name: row.name });
  });
}

export async function enableOperator(ctx: Context, input: Seen): Promise<void> {
  requirePermission(ctx, 'operators.manage');
  await inTransaction(ctx, async (ctx) => {
    const row = await lockAlone(ctx, input.operatorId);
    if (!row.disabledAt) return;
    await change(ctx, row, input, { disabledAt: null });
    await writeAudit(ctx, 'operator.enabled', row.id, { name: row.name });
  });
}

/**
 * For a colleague who has lost their app and their codes: the password alone brings them to setting up a new second
 * factor, and no further. Their sessions end. One's own is refused (`operator.oneself`): whoever holds an open session of
 * an owner could otherwise put their own app in its place.
 */
export async function resetSecondFactor(ctx: Context, input: Seen): Promise<void> {
  const { operatorId } = requirePermission(ctx, 'operators.manage');
  if (input.operatorId === operatorId) fail('operator.oneself');
  await inTransaction(ctx, async (ctx) => {
    const row = await lockAlone(ctx, input.operatorId);
    if (!row.totpSealed) return;
    await change(ctx, row, input, { totpSealed: null, totpConfirmedAt: null, totpStep: null });
    await ctx.db
      .update(operatorRecoveryCode)
      .set({ usedAt: ctx.clock.now() })
      .where(and(eq(operatorRecoveryCode.operatorId, row.id), isNull(operatorRecoveryCode.usedAt)));
    await endSessions(ctx, row.id);
    await writeAudit(ctx, 'operator.second_factor_reset', row.id, { name: row.name });
  });
}

const endSessions = (ctx: TxContext, operatorId: string) =>
  ctx.db.delete(operatorSession).where(eq(operatorSession.operatorId, operatorId));

export async function setOperatorLanguage(ctx: Context, input: { language: Language }): Promise<void> {
  const { operatorId } = requireOperator(ctx);
  await ctx.db.update(operator).set({ language: input.language }).where(eq(operator.id, operatorId));
}
