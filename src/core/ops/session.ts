import { and, desc, eq, gt, lt, ne } from 'drizzle-orm';
import { type Actor, needsSecondFactor, requireActor, requireOperator } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { days, later, minutes } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import { operator, operatorRecoveryCode, operatorSession, type SessionStage } from './tables.ts';
import { hashToken, newToken } from './token.ts';

export type Operator = typeof operator.$inferSelect;
export type Session = typeof operatorSession.$inferSelect;

const IDLE_MS = minutes(30);
const LIFETIME_MS = minutes(12 * 60);
const SECOND_FACTOR_MS = minutes(10);
const CONFIRMED_MS = minutes(10);
const SEEN_EVERY_MS = minutes(1);

/** Where somebody comes from, as sessions show it. */
export interface Origin {
  address: string;
  browser: string;
}

export const actorOf = ({ id, role }: Pick<Operator, 'id' | 'role'>): Actor => ({
  kind: 'operator',
  operatorId: id,
  role,
});

/** A session with a token nobody has seen before: every step up gets a new one, so a planted token never rises. */
export async function startSession(
  ctx: TxContext,
  input: { operatorId: string; stage: SessionStage; from: Origin; insteadOf?: string },
): Promise<{ token: string }> {
  const { operatorId, stage, from, insteadOf } = input;
  const now = ctx.clock.now();
  if (insteadOf) {
    const ended = await ctx.db.delete(operatorSession).where(eq(operatorSession.id, insteadOf)).returning();
    if (ended.length === 0) fail('session.ended'); // somebody has ended it meanwhile: nothing rises from it
  }
  await ctx.db.delete(operatorSession).where(lt(operatorSession.expiresAt, later(now, -days(1))));
  const token = newToken();
  await ctx.db.insert(operatorSession).values({
    id: ctx.newId('ses'),
    operatorId,
    tokenHash: hashToken(token),
    stage,
    address: from.address,
    browser: from.browser.slice(0, 200),
    createdAt: now,
    seenAt: now,
    expiresAt: later(now, stage === 'open' ? LIFETIME_MS : SECOND_FACTOR_MS),
    confirmedAt: now,
  });
  return { token };
}

/** What the holder of a token has to do next, or that they may go on. */
export type Next = 'second_factor' | 'enrol' | 'open';

export interface OpenSession {
  session: Session;
  operator: Operator;
  next: Next;
  /** Whether money may be moved without proving again who one is. */
  confirmed: boolean;
}

/**
 * Whether an operator has to set up the second factor before anything else: for their role, or because they have had one
 * and it was reset. Its recovery codes stay, used up, and tell so.
 */
export async function mustEnrol(ctx: Context, row: Operator): Promise<boolean> {
  if (row.totpConfirmedAt) return false;
  if (needsSecondFactor(row.role)) return true;
  return (await ctx.db.$count(operatorRecoveryCode, eq(operatorRecoveryCode.operatorId, row.id))) > 0;
}

/** Whose token this is; undefined for one that is unknown, over, idle for too long, or of a disabled operator. */
export async function openSession(
  ctx: Context,
  input: { token: string; isVisit: boolean },
): Promise<OpenSession | undefined> {
  requireActor(ctx, 'panel');
  const now = ctx.clock.now();
  const [row] = await ctx.db
    .select({ session: operatorSession, operator })
    .from(operatorSession)
    .innerJoin(operator, eq(operator.id, operatorSession.operatorId))
    .where(eq(operatorSession.tokenHash, hashToken(input.token)));
  if (!row || row.operator.disabledAt || row.session.expiresAt <= now) return undefined;
  const { session } = row;
  if (later(session.seenAt, IDLE_MS) <= now) return undefined;
  if (input.isVisit && later(session.seenAt, SEEN_EVERY_MS) <= now)
    await ctx.db.update(operatorSession).set({ seenAt: now }).where(eq(operatorSession.id, session.id));
  const isWaiting = session.stage === 'second_factor';
  const next = isWaiting ? 'second_factor' : (await mustEnrol(ctx, row.operator)) ? 'enrol' : 'open';
  return { ...row, next, confirmed: later(session.confirmedAt, CONFIRMED_MS) > now };
}

/** Refuses `session.unconfirmed` unless the operator has proved to be themselves in the last ten minutes. */
export async function requireConfirmed(ctx: Context, input: { sessionId: string }): Promise<void> {
  const { operatorId } = requireOperator(ctx);
  const recent = gt(operatorSession.confirmedAt, later(ctx.clock.now(), -CONFIRMED_MS));
  const [row] = await ctx.db
    .select({ id: operatorSession.id })
    .from(operatorSession)
    .where(and(eq(operatorSession.id, input.sessionId), eq(operatorSession.operatorId, operatorId), recent));
  if (!row) fail('session.unconfirmed');
}

/** The operator's own sessions, the one last used first; at most 50. */
export async function listSessions(ctx: Context): Promise<Session[]> {
  const { operatorId } = requireOperator(ctx);
  const now = ctx.clock.now();
  const alive = and(gt(operatorSession.expiresAt, now), gt(operatorSession.seenAt, later(now, -IDLE_MS)));
  return ctx.db
    .select()
    .from(operatorSession)
    .where(and(eq(operatorSession.operatorId, operatorId), alive))
    .orderBy(desc(operatorSession.seenAt))
    .limit(50);
}

export async function signOut(ctx: Context, input: { sessionId: string }): Promise<void> {
  const { operatorId } = requireOperator(ctx);
  await inTransaction(ctx, async (ctx) => {
    const own = and(eq(operatorSession.id, input.sessionId), eq(operatorSession.operatorId, operatorId));
    const ended = await ctx.db.delete(operatorSession).where(own).returning();
    if (ended.length > 0) await writeAudit(ctx, 'operator.signed_out', operatorId);
  });
}

/** Ends every session of the operator but the one they are in. */
export async function signOutOthers(ctx: Context, input: { sessionId: string }): Promise<{ ended: number }> {
  const { operatorId } = requireOperator(ctx);
  return inTransaction(ctx, async (ctx) => {
    const others = and(eq(operatorSession.operatorId, operatorId), ne(operatorSession.id, input.sessionId));
    const ended = (await ctx.db.delete(operatorSession).where(others).returning()).length;
    await writeAudit(ctx, 'operator.others_signed_out', operatorId, { ended });
    return { ended };
  });
}
