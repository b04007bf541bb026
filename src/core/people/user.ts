import { eq } from 'drizzle-orm';
import { requireActor, requireSelf } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import type { Language } from '../text/text.ts';
import type { User } from './identity.ts';
import { user } from './tables.ts';

export async function readUser(ctx: Context, userId: UserId): Promise<User> {
  const [row] = await ctx.db.select().from(user).where(eq(user.id, userId));
  return row ?? fail('user.missing');
}

/** Locks a person's row, so that one thing at a time happens to them, and refuses whoever may do nothing. */
export async function lockActiveUser(ctx: TxContext, userId: UserId): Promise<User> {
  const [row] = await ctx.db.select().from(user).where(eq(user.id, userId)).for('no key update');
  if (!row) fail('user.missing');
  if (row.mergedInto) fail('user.merged');
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

/** Shuts a person out of every chat. Their money stays theirs and payments under way are still credited. */
export async function blockUser(ctx: Context, input: { userId: UserId; reason: string }): Promise<void> {
  requireActor(ctx, 'operator');
  const reason = input.reason.trim() || fail('reason.required');
  await inTransaction(ctx, async (ctx) => {
    const person = await lockPerson(ctx, input.userId);
    const blockedAt = person.blockedAt ?? ctx.clock.now();
    await ctx.db.update(user).set({ blockedAt, blockedReason: reason }).where(eq(user.id, person.id));
    await writeAudit(ctx, 'user.blocked', person.id, { reason });
  });
}

export async function unblockUser(ctx: Context, input: { userId: UserId; reason: string }): Promise<void> {
  requireActor(ctx, 'operator');
  const reason = input.reason.trim() || fail('reason.required');
  await inTransaction(ctx, async (ctx) => {
    const person = await lockPerson(ctx, input.userId);
    await ctx.db.update(user).set({ blockedAt: null, blockedReason: null }).where(eq(user.id, person.id));
    await writeAudit(ctx, 'user.unblocked', person.id, { reason });
  });
}
