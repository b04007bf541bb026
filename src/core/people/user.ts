import { eq, inArray, or } from 'drizzle-orm';
import { requirePermission, requireSelf } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { among } from '../bulk.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import type { Language } from '../text/text.ts';
import type { User } from './identity.ts';
import { identity, link, user } from './tables.ts';

export async function readUser(ctx: Context, userId: UserId): Promise<User> {
  const [row] = await ctx.db.select().from(user).where(eq(user.id, userId));
  return row ?? fail('user.missing');
}

/** Several people by their ids; whom there is not is not among them. */
export async function readUsers(ctx: Context, userIds: readonly UserId[]): Promise<Map<UserId, User>> {
  const rows = await ctx.db.select().from(user).where(among(user.id, userIds));
  return new Map(rows.map((row) => [row.id, row]));
}

/** Locks a person's row, so that one thing at a time happens to them, and refuses whoever may do nothing. */
export async function lockActiveUser(ctx: TxContext, userId: UserId): Promise<User> {
  const [row] = await ctx.db.select().from(user).where(eq(user.id, userId)).for('no key update');
  if (!row) fail('user.missing');
  if (row.mergedInto) fail('user.merged');
  if (row.closedAt) fail('user.closed');
  if (row.blockedAt) fail('user.blocked');
  return row;
}

/** Who an id stands for now, locked: after a join that is the other one, and a join under way is waited for. */
export async function lockPerson(ctx: TxContext, userId: UserId): Promise<User> {
  const lock = async (id: UserId) => {
    const [row] = await ctx.db.select().from(user).where(eq(user.id, id)).for('no key update');
    return row ?? fail('user.missing');
  };
  const row = await lock(userId);
  return row.mergedInto ? lock(row.mergedInto) : row;
}

export async function setLanguage(ctx: Context, input: { userId: UserId; language: Language }): Promise<void> {
  requireSelf(ctx, input.userId);
  await ctx.db.update(user).set({ language: input.language }).where(eq(user.id, input.userId));
}

/**
 * Shuts a person out of every chat. Their money stays theirs and payments under way are still credited. Blocking twice
 * for one reason is blocking once; whoever was blocked for another reason meanwhile is not blocked again (`user.changed`).
 */
export async function blockUser(ctx: Context, input: { userId: UserId; reason: string }): Promise<void> {
  requirePermission(ctx, 'users.block');
  const reason = input.reason.trim() || fail('reason.required');
  await inTransaction(ctx, async (ctx) => {
    const person = await lockPerson(ctx, input.userId);
    if (person.closedAt) fail('user.closed');
    if (person.blockedAt && person.blockedReason === reason) return;
    if (person.blockedAt) fail('user.changed');
    const blockedAt = ctx.clock.now();
    await ctx.db.update(user).set({ blockedAt, blockedReason: reason }).where(eq(user.id, person.id));
    await writeAudit(ctx, 'user.blocked', person.id, { reason });
  });
}

/**
 * Lets a person in again. `seenBlockedAt` is the block that the operator has looked at: one that somebody else has put in
 * its place stays (`user.changed`). Nothing happens to whoever is not blocked.
 */
export async function unblockUser(
  ctx: Context,
  input: { userId: UserId; reason: string; seenBlockedAt?: Date | undefined },
): Promise<void> {
  requirePermission(ctx, 'users.block');
  const reason = input.reason.trim() || fail('reason.required');
  const { seenBlockedAt } = input;
  await inTransaction(ctx, async (ctx) => {
    const person = await lockPerson(ctx, input.userId);
    if (person.closedAt) fail('user.closed');
    if (!person.blockedAt) return;
    if (seenBlockedAt && seenBlockedAt.getTime() !== person.blockedAt.getTime()) fail('user.changed');
    await ctx.db.update(user).set({ blockedAt: null, blockedReason: null }).where(eq(user.id, person.id));
    await writeAudit(ctx, 'user.unblocked', person.id, { reason });
  });
}

/** Whether this account was closed. */
export async function isClosed(ctx: Context, userId: UserId): Promise<boolean> {
  const [row] = await ctx.db.select({ closedAt: user.closedAt }).from(user).where(eq(user.id, userId));
  return Boolean(row?.closedAt);
}

/** What stands where the name of somebody stood whose account was closed. */
export const ERASED = '–';

/**
 * Takes the names and logins of a closed account away, in the transaction that closes it. Whoever writes from one of
 * these logins again is somebody new.
 */
export async function erasePerson(ctx: TxContext, userIds: readonly UserId[]): Promise<void> {
  const ids = [...userIds];
  await ctx.db.delete(link).where(or(inArray(link.issuerId, ids), inArray(link.claimantId, ids)));
  await ctx.db.delete(identity).where(inArray(identity.userId, ids));
  await ctx.db
    .update(user)
    .set({ displayName: ERASED, blockedReason: null, closedAt: ctx.clock.now() })
    .where(inArray(user.id, ids));
}
