import { createHash, randomBytes } from 'node:crypto';
import { and, desc, eq, gt, inArray, isNull, lt } from 'drizzle-orm';
import { requireActor, requireSelf } from '../access.ts';
import { days, later, minutes } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { IdentityId, UserId } from '../id.ts';
import type { User } from '../people/identity.ts';
import { user } from '../people/tables.ts';
import { lockActiveUser } from '../people/user.ts';
import { accountLink, exchangeAccount } from './tables.ts';

const LIFETIME_MS = minutes(10);
const OPEN_MOST = 3;

/** How links to our pages begin; null where people reach us in a way that a key must not take. */
export type SiteContext = Context & { siteUrl(): string | null };

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Only https, or this very machine, is a way for a key. */
export function isSecureSite(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}

const hash = (token: string) => createHash('sha256').update(token).digest('hex');

/**
 * A one-time link to the form that takes a key: for a new account, or for the next key of one. It is good for ten minutes
 * and one key. A fourth open link ends the oldest. Refuses `account_link.insecure` where a key would travel in the open.
 */
export async function openAccountLink(
  ctx: SiteContext,
  input: { userId: UserId; identityId?: IdentityId; accountId?: string },
): Promise<{ url: string; expiresAt: Date }> {
  requireSelf(ctx, input.userId);
  const site = ctx.siteUrl();
  if (!site || !isSecureSite(site)) fail('account_link.insecure');
  const token = randomBytes(32).toString('base64url');
  const expiresAt = later(ctx.clock.now(), LIFETIME_MS);
  await inTransaction(ctx, async (ctx) => {
    await lockActiveUser(ctx, input.userId);
    if (input.accountId !== undefined) await requireOwn(ctx, { userId: input.userId, accountId: input.accountId });
    await endOldest(ctx, input.userId);
    await ctx.db.insert(accountLink).values({
      tokenHash: hash(token),
      userId: input.userId,
      identityId: input.identityId ?? null,
      accountId: input.accountId ?? null,
      createdAt: ctx.clock.now(),
      expiresAt,
    });
  });
  return { url: `${site}/accounts/new/${token}`, expiresAt };
}

async function requireOwn(ctx: TxContext, { userId, accountId }: { userId: UserId; accountId: string }): Promise<void> {
  const [row] = await ctx.db
    .select({ id: exchangeAccount.id })
    .from(exchangeAccount)
    .where(
      and(eq(exchangeAccount.id, accountId), eq(exchangeAccount.userId, userId), isNull(exchangeAccount.removedAt)),
    );
  if (!row) fail('account.missing');
}

async function endOldest(ctx: TxContext, userId: UserId): Promise<void> {
  const now = ctx.clock.now();
  const open = await ctx.db
    .select({ tokenHash: accountLink.tokenHash })
    .from(accountLink)
    .where(and(eq(accountLink.userId, userId), isNull(accountLink.usedAt), gt(accountLink.expiresAt, now)))
    .orderBy(desc(accountLink.createdAt));
  const ended = open.slice(OPEN_MOST - 1).map(({ tokenHash }) => tokenHash);
  if (ended.length > 0) await ctx.db.delete(accountLink).where(inArray(accountLink.tokenHash, ended));
}

/** Who may give a key by this link, and for what. */
export interface OpenLink {
  user: User;
  /** The account whose key is to be replaced; null for a new account. */
  account: typeof exchangeAccount.$inferSelect | null;
  expiresAt: Date;
}

/** What an open link is for. Looking at it does not use it: chats look at links too. */
export async function readAccountLink(ctx: Context, input: { token: string }): Promise<OpenLink> {
  requireActor(ctx, 'chat');
  const [row] = await ctx.db
    .select({ link: accountLink, user, account: exchangeAccount })
    .from(accountLink)
    .innerJoin(user, eq(user.id, accountLink.userId))
    .leftJoin(exchangeAccount, eq(exchangeAccount.id, accountLink.accountId))
    .where(eq(accountLink.tokenHash, hash(input.token)));
  if (!row) fail('account_link.invalid');
  if (row.link.usedAt) fail('account_link.used');
  if (row.link.expiresAt <= ctx.clock.now()) fail('account_link.invalid');
  if (row.user.blockedAt) fail('user.blocked');
  if (row.user.closedAt || row.account?.removedAt) fail('account_link.invalid');
  return { user: row.user, account: row.account, expiresAt: row.link.expiresAt };
}

/** Uses a link up, in the transaction that stores the key: of two at once one succeeds. */
export async function useLink(ctx: TxContext, input: { token: string; userId: UserId }): Promise<void> {
  const [row] = await ctx.db
    .select()
    .from(accountLink)
    .where(and(eq(accountLink.tokenHash, hash(input.token)), eq(accountLink.userId, input.userId)))
    .for('update');
  if (!row) fail('account_link.invalid');
  if (row.usedAt) fail('account_link.used');
  if (row.expiresAt <= ctx.clock.now()) fail('account_link.invalid');
  await ctx.db.update(accountLink).set({ usedAt: ctx.clock.now() }).where(eq(accountLink.tokenHash, row.tokenHash));
}

/** Until a day after their end links are kept, so that a used one can say that it was used. */
export async function forgetAccountLinks(ctx: Context): Promise<number> {
  requireActor(ctx, 'job');
  const old = lt(accountLink.expiresAt, later(ctx.clock.now(), -days(1)));
  return (await ctx.db.delete(accountLink).where(old).returning({ userId: accountLink.userId })).length;
}
