import { createHash } from 'node:crypto';
import { and, eq, inArray, or } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import { later, minutes } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import { randomCode, type UserId } from '../id.ts';
import { type LinkStatus, link } from './tables.ts';
import { lockActiveUser } from './user.ts';

export type Link = typeof link.$inferSelect;

/**
 * How two logins become one person. One side asks for a code (`open`) and types it on the other side, which claims it
 * (`claimed`) and is shown what joining means. Where there is money or history behind the code, the claimant's yes is
 * half of it (`agreed`) and the issuer has the last word; where there is none it is enough. Either may refuse until then. The two confirmations are there because a code can be talked out of somebody.
 */
export const linkMoves: Record<LinkStatus, readonly LinkStatus[]> = {
  open: ['claimed', 'refused'],
  claimed: ['agreed', 'joined', 'refused'],
  agreed: ['joined', 'refused'],
  joined: [],
  refused: [],
};

const LIFETIME_MS = minutes(10);
const hash = (code: string) => createHash('sha256').update(code.toUpperCase().replace(/[\s-]/g, '')).digest('hex');

/**
 * A fresh code for a person; their older ones end. Eight characters are 40 bits: at the pace of chat messages nobody
 * guesses one in its ten minutes.
 */
export async function createLinkCode(
  ctx: Context,
  input: { userId: UserId },
): Promise<{ code: string; expiresAt: Date }> {
  requireSelf(ctx, input.userId);
  const code = randomCode(8);
  return inTransaction(ctx, async (ctx) => {
    await lockActiveUser(ctx, input.userId);
    const older = and(eq(link.issuerId, input.userId), inArray(link.status, ['open', 'claimed']));
    await ctx.db.update(link).set({ status: 'refused' }).where(older);
    const createdAt = ctx.clock.now();
    const expiresAt = later(createdAt, LIFETIME_MS);
    await ctx.db.insert(link).values({
      id: ctx.newId('lnk'),
      codeHash: hash(code),
      status: 'open',
      issuerId: input.userId,
      createdAt,
      expiresAt,
    });
    return { code, expiresAt };
  });
}

/** The other side typed the code. Typing it twice is claiming once; somebody else's claim keeps it. */
export async function claimLink(ctx: Context, input: { userId: UserId; code: string }): Promise<Link> {
  requireSelf(ctx, input.userId);
  return inTransaction(ctx, async (ctx) => {
    await lockActiveUser(ctx, input.userId);
    const [row] = await ctx.db
      .select()
      .from(link)
      .where(eq(link.codeHash, hash(input.code)))
      .for('update');
    if (!row || row.expiresAt <= ctx.clock.now()) fail('link.code_invalid');
    if (row.issuerId === input.userId) fail('link.same_account');
    if (row.status === 'claimed' && row.claimantId === input.userId) return row;
    if (row.status !== 'open') fail('link.code_invalid');
    return moveLink(ctx, row, { status: 'claimed', claimantId: input.userId });
  });
}

/** A link both its sides may act on, locked. For anybody else it does not exist. */
export async function lockLink(
  ctx: TxContext,
  input: { userId: UserId; linkId: string },
): Promise<Link & { claimantId: UserId }> {
  const [row] = await ctx.db.select().from(link).where(eq(link.id, input.linkId)).for('update');
  const { claimantId } = row ?? {};
  if (!row || !claimantId || ![row.issuerId, claimantId].includes(input.userId)) fail('link.closed');
  if (row.status !== 'joined' && row.expiresAt <= ctx.clock.now()) fail('link.closed');
  return { ...row, claimantId };
}

export async function moveLink(
  ctx: TxContext,
  row: Link,
  to: { status: LinkStatus; claimantId?: UserId; expiresAt?: Date },
): Promise<Link> {
  if (!linkMoves[row.status].includes(to.status)) fail('link.closed');
  const [moved] = await ctx.db.update(link).set(to).where(eq(link.id, row.id)).returning();
  return moved ?? fail('link.closed');
}

export async function refuseLink(ctx: Context, input: { userId: UserId; linkId: string }): Promise<void> {
  requireSelf(ctx, input.userId);
  await inTransaction(ctx, async (ctx) => {
    const row = await lockLink(ctx, input);
    if (row.status !== 'refused') await moveLink(ctx, row, { status: 'refused' });
  });
}

/** Ends every request to join that this person has a part in and that is still open; says how many those were. */
export async function refuseLinksOf(ctx: TxContext, userId: UserId): Promise<number> {
  const theirs = or(eq(link.issuerId, userId), eq(link.claimantId, userId));
  const open = and(theirs, inArray(link.status, ['open', 'claimed', 'agreed']));
  return (await ctx.db.update(link).set({ status: 'refused' }).where(open).returning({ id: link.id })).length;
}
