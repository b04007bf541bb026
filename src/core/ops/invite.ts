import { and, asc, eq, gt, isNotNull, isNull } from 'drizzle-orm';
import { requireActor, requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { days, later } from '../clock.ts';
import { as, type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { Language } from '../text/text.ts';
import { checkEmail, checkName, checkRole, hasOperators, insertOperator, lockOperators } from './operator.ts';
import { hashPassword } from './password.ts';
import { actorOf, type Origin, startSession } from './session.ts';
import { operator, operatorInvite } from './tables.ts';
import { hashToken, newToken } from './token.ts';

export type Invite = typeof operatorInvite.$inferSelect;

const LIFETIME_MS = days(3);
const FIRST_LIFETIME_MS = days(30);

/**
 * The token of a link that makes the first operator; null when there is one. Every start of the service makes another,
 * because only hashes are kept; all of them end with the first operator.
 */
export async function offerFirstInvite(ctx: Context): Promise<string | null> {
  requireActor(ctx, 'job');
  if (await hasOperators(ctx)) return null;
  const token = newToken();
  const createdAt = ctx.clock.now();
  await ctx.db.insert(operatorInvite).values({
    id: ctx.newId('inv'),
    tokenHash: hashToken(token),
    email: null,
    role: 'owner',
    createdAt,
    expiresAt: later(createdAt, FIRST_LIFETIME_MS),
  });
  return token;
}

/** A link for one more operator, to be handed over by whoever invites; good for three days. */
export async function inviteOperator(ctx: Context, input: { email: string; role: string }): Promise<{ token: string }> {
  requirePermission(ctx, 'operators.manage');
  const email = checkEmail(input.email);
  const role = checkRole(input.role);
  const token = newToken();
  return inTransaction(ctx, async (ctx) => {
    await lockOperators(ctx);
    const [known] = await ctx.db.select({ id: operator.id }).from(operator).where(eq(operator.email, email));
    if (known) fail('operator.exists');
    const now = ctx.clock.now();
    await ctx.db
      .update(operatorInvite)
      .set({ expiresAt: now })
      .where(and(eq(operatorInvite.email, email), isNull(operatorInvite.usedAt)));
    const id = ctx.newId('inv');
    const expiresAt = later(now, LIFETIME_MS);
    await ctx.db
      .insert(operatorInvite)
      .values({ id, tokenHash: hashToken(token), email, role, createdAt: now, expiresAt });
    await writeAudit(ctx, 'operator.invited', id, { email, role });
    return { token };
  });
}

const open = (now: Date) => and(isNull(operatorInvite.usedAt), gt(operatorInvite.expiresAt, now));

export async function openInvites(ctx: Context): Promise<Invite[]> {
  requirePermission(ctx, 'operators.read');
  return ctx.db
    .select()
    .from(operatorInvite)
    .where(and(open(ctx.clock.now()), isNotNull(operatorInvite.email)))
    .orderBy(asc(operatorInvite.createdAt))
    .limit(100);
}

export async function revokeInvite(ctx: Context, input: { inviteId: string }): Promise<void> {
  requirePermission(ctx, 'operators.manage');
  await inTransaction(ctx, async (ctx) => {
    const now = ctx.clock.now();
    const where = and(eq(operatorInvite.id, input.inviteId), open(now));
    const ended = await ctx.db.update(operatorInvite).set({ expiresAt: now }).where(where).returning();
    if (ended[0]) await writeAudit(ctx, 'operator.invite_revoked', input.inviteId, { email: ended[0].email });
  });
}

/** The invitation behind a link. Refuses `invite.closed`, whatever the reason. */
export async function readInvite(ctx: Context, input: { token: string }): Promise<Invite> {
  requireActor(ctx, 'panel');
  return findInvite(ctx, input.token);
}

async function findInvite(ctx: Context, token: string): Promise<Invite> {
  const [row] = await ctx.db
    .select()
    .from(operatorInvite)
    .where(and(eq(operatorInvite.tokenHash, hashToken(token)), open(ctx.clock.now())));
  if (!row || (row.email === null && (await hasOperators(ctx)))) fail('invite.closed');
  return row;
}

export interface Acceptance {
  token: string;
  name: string;
  /** Only the first operator says it; for the others the invitation does. */
  email: string;
  password: string;
  language: Language;
  from: Origin;
}

/** Makes the operator and signs them in. A link works once, also when it is opened in two windows. */
export async function acceptInvite(ctx: Context, input: Acceptance): Promise<{ token: string }> {
  requireActor(ctx, 'panel');
  const invite = await findInvite(ctx, input.token);
  const email = invite.email ?? checkEmail(input.email);
  const name = checkName(input.name);
  const passwordHash = await hashPassword(input.password, email);
  return inTransaction(ctx, async (ctx) => {
    await lockOperators(ctx);
    const { id, role } = await findInvite(ctx, input.token);
    await ctx.db.update(operatorInvite).set({ usedAt: ctx.clock.now() }).where(eq(operatorInvite.id, id));
    const row = await insertOperator(ctx, { email, name, role, language: input.language, passwordHash });
    const own: TxContext = as(ctx, actorOf(row));
    await writeAudit(own, 'operator.signed_in', row.id, { address: input.from.address });
    return startSession(own, { operatorId: row.id, stage: 'open', from: input.from });
  });
}
