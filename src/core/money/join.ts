import { eq } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { later, minutes } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { moveNotices, putNotice } from '../notices/notice.ts';
import type { User } from '../people/identity.ts';
import { lockLink, moveLink } from '../people/link.ts';
import { identity, type Provider, user } from '../people/tables.ts';
import { lockActiveUser, readUser } from '../people/user.ts';
import { repayOwed } from './credit.ts';
import { balancesOf, lockBalances, openAccounts, postTransfer, receivableOf, walletOf } from './ledger.ts';
import { ledgerAccount, payment, topup } from './tables.ts';

/**
 * What hangs on a person besides money: later wings hand it in, because money does not know of them. `move` runs in the
 * transaction that joins, both people locked and with accounts, before their wallets are touched.
 */
export interface Belongings {
  /** Whether there is any of it. */
  any(ctx: Context, userId: UserId): Promise<boolean>;
  move(ctx: TxContext, people: { from: UserId; into: UserId }): Promise<void>;
}

export type JoinContext = Context & { belongings: readonly Belongings[] };

export interface JoinPreview {
  linkId: string;
  /** The other side's name and the chats it is known by. */
  other: { displayName: string; providers: Provider[] };
  mineSatang: bigint;
  /** Whether the issuer has to say yes as well: whoever got hold of a code must not get at what is behind it. */
  needsIssuer: boolean;
}

/** Money, a debt, a top-up or what later wings know of: what makes an account more than a login. */
async function hasHistory(ctx: Context, belongings: readonly Belongings[], userId: UserId): Promise<boolean> {
  const { walletSatang, owedSatang } = await balancesOf(ctx, userId);
  if (walletSatang !== 0n || owedSatang !== 0n) return true;
  const [any] = await ctx.db.select({ id: topup.id }).from(topup).where(eq(topup.userId, userId)).limit(1);
  if (any) return true;
  for (const belonging of belongings) if (await belonging.any(ctx, userId)) return true;
  return false;
}

/** What joining would mean, for the side that asks. Balances of the other side are not shown. */
export async function previewJoin(ctx: JoinContext, input: { userId: UserId; linkId: string }): Promise<JoinPreview> {
  requireSelf(ctx, input.userId);
  const row = await inTransaction(ctx, (ctx) => lockLink(ctx, input));
  const otherId = row.issuerId === input.userId ? row.claimantId : row.issuerId;
  const other = await readUser(ctx, otherId);
  const logins = await ctx.db
    .select({ provider: identity.provider })
    .from(identity)
    .where(eq(identity.userId, otherId));
  return {
    linkId: row.id,
    other: { displayName: other.displayName, providers: [...new Set(logins.map((l) => l.provider))] },
    mineSatang: (await balancesOf(ctx, input.userId)).walletSatang,
    needsIssuer: await hasHistory(ctx, ctx.belongings, row.issuerId),
  };
}

export type Agreed = 'joined' | 'waiting_for_other';

/**
 * One side says yes. Joins at once when that is enough, otherwise asks the issuer, who has ten minutes. Saying yes
 * twice, or after the accounts were joined, changes nothing.
 */
export async function agreeToJoin(ctx: JoinContext, input: { userId: UserId; linkId: string }): Promise<Agreed> {
  requireSelf(ctx, input.userId);
  const { belongings } = ctx;
  return inTransaction(ctx, async (ctx) => {
    const row = await lockLink(ctx, input);
    if (row.status === 'joined') return 'joined';
    if (row.status === 'refused') fail('link.closed');
    const [firstId, secondId] = [row.issuerId, row.claimantId].sort() as [UserId, UserId]; // both are user ids
    const people = [await lockActiveUser(ctx, firstId), await lockActiveUser(ctx, secondId)];
    const person = (id: UserId) => people.find((p) => p.id === id) as User; // the two just locked
    const claimant = input.userId === row.claimantId;
    const needsIssuer = await hasHistory(ctx, belongings, row.issuerId);
    if (claimant && needsIssuer) {
      if (row.status === 'agreed') return 'waiting_for_other';
      await moveLink(ctx, row, { status: 'agreed', expiresAt: later(ctx.clock.now(), minutes(10)) });
      const params = { linkId: row.id, name: person(row.claimantId).displayName };
      await putNotice(ctx, { userId: row.issuerId, kind: 'link.asked', params, key: `${row.id}:asked` });
      return 'waiting_for_other';
    }
    if (!claimant && row.status !== 'agreed') return 'waiting_for_other';
    await moveLink(ctx, row, { status: 'joined' });
    await joinPeople(ctx, belongings, { from: person(row.claimantId), into: person(row.issuerId), linkId: row.id });
    return 'joined';
  });
}

/**
 * Everything of one person becomes the other's: logins, top-ups, payments, wallet and debt. The old accounts stay in
 * the ledger with their entries, owned by the joined person, so that the history reads through.
 */
async function joinPeople(
  ctx: TxContext,
  belongings: readonly Belongings[],
  input: { from: User; into: User; linkId: string },
): Promise<void> {
  const { from, into, linkId } = input;
  await ctx.db.update(topup).set({ userId: into.id }).where(eq(topup.userId, from.id));
  await ctx.db.update(payment).set({ userId: into.id }).where(eq(payment.userId, from.id));
  await openAccounts(ctx, from.id);
  await openAccounts(ctx, into.id);
  for (const belonging of belongings) await belonging.move(ctx, { from: from.id, into: into.id });
  const { walletSatang, owedSatang } = await lockBalances(ctx, from.id);
  const post = (
    what: 'wallet' | 'owed',
    sides: { from: typeof wallets.from; to: typeof wallets.from },
    amountSatang: bigint,
  ) => postTransfer(ctx, { key: `join:${from.id}:${what}`, kind: 'join', subject: linkId, ...sides, amountSatang });
  const wallets = { from: walletOf(from.id), to: walletOf(into.id) };
  if (walletSatang > 0n) await post('wallet', wallets, walletSatang);
  if (owedSatang > 0n) await post('owed', { from: receivableOf(into.id), to: receivableOf(from.id) }, owedSatang);
  await repayOwed(ctx, { userId: into.id, key: `join:${from.id}:repay`, subject: linkId });
  await ctx.db.update(identity).set({ userId: into.id }).where(eq(identity.userId, from.id));
  await moveNotices(ctx, { fromId: from.id, intoId: into.id });
  await ctx.db.update(ledgerAccount).set({ userId: into.id }).where(eq(ledgerAccount.userId, from.id));
  await ctx.db.update(user).set({ mergedInto: into.id }).where(eq(user.id, from.id));
  await ctx.db.update(user).set({ mergedInto: into.id }).where(eq(user.mergedInto, from.id));
  await writeAudit(ctx, 'user.joined_with', into.id, {
    from: from.id,
    walletSatang: String(walletSatang),
    owedSatang: String(owedSatang),
  });
  await putNotice(ctx, {
    userId: into.id,
    kind: 'link.joined',
    params: { name: from.displayName, walletSatang },
    key: `${linkId}:joined`,
  });
}
