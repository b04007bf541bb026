import { and, eq, inArray, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { eraseRuns } from '../backtest/runs.ts';
import { eraseChats } from '../chats/erase.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { type Balances, balancesOf, idsOf, lockBalances } from '../money/ledger.ts';
import { payment, refund, suspense, topup, walletAdjustment } from '../money/tables.ts';
import { eraseNotices } from '../notices/erase.ts';
import type { User } from '../people/identity.ts';
import { identity, user } from '../people/tables.ts';
import { erasePerson } from '../people/user.ts';
import { erasePortfolio } from '../portfolio/join.ts';
import { buyer } from '../rental/documentTables.ts';
import { contract, guildGrant } from '../rental/tables.ts';
import { eraseAccounts } from '../trading/erase.ts';
import type { AccountContext } from '../trading/port.ts';

/** Why an account cannot be closed yet. */
export interface Hindrance {
  why: 'wallet' | 'debt' | 'topup' | 'suspense' | 'refund' | 'adjustment' | 'contract' | 'roles';
  /** What is in the wallet, or owed; 0 for the rest. */
  amountSatang: bigint;
}

/**
 * Closes an account for good: name, logins, backtests and whatever chats and notices keep of the person are erased; ledger,
 * payments, top-ups, tax documents and audit stay, under an id that nobody is known by any more. Whoever writes from the
 * same chat again is a new person. Refuses `user.not_closable` as long as anything is unsettled, and `user.merged` for
 * the id of somebody who was joined with another: the operator has to look at that one first. Closing twice is closing once.
 */
export async function closeAccount(ctx: AccountContext, input: { userId: UserId; reason: string }): Promise<void> {
  requirePermission(ctx, 'users.close');
  const reason = input.reason.trim() || fail('reason.required');
  const accounts = await inTransaction(ctx, async (ctx) => {
    const person = await lockUser(ctx, input.userId);
    if (person.mergedInto) fail('user.merged');
    if (person.closedAt) return [];
    const ids = await idsOf(ctx, person.id);
    // Top-ups before the wallet, as payments lock them: a payment at this moment comes before the closing or after it.
    await ctx.db.select({ id: topup.id }).from(topup).where(eq(topup.userId, person.id)).for('no key update');
    const [first] = await findHindrances(ctx, ids, await lockBalances(ctx, person.id));
    if (first) fail('user.not_closable', { why: first.why, amountSatang: first.amountSatang });
    const accounts = await erase(ctx, ids);
    await writeAudit(ctx, 'user.closed', person.id, { reason, ids: ids.length, accounts: accounts.length });
    return accounts;
  });
  for (const accountId of accounts) ctx.exchanges.forget(accountId);
}

async function lockUser(ctx: TxContext, userId: UserId): Promise<User> {
  const [row] = await ctx.db.select().from(user).where(eq(user.id, userId)).for('no key update');
  return row ?? fail('user.missing');
}

/** All that keeps an account from being closed at this moment. */
export async function hindrancesOf(ctx: Context, userId: UserId): Promise<Hindrance[]> {
  requirePermission(ctx, 'users.close');
  return findHindrances(ctx, await idsOf(ctx, userId), await balancesOf(ctx, userId));
}

async function findHindrances(ctx: Context, ids: UserId[], balances: Balances): Promise<Hindrance[]> {
  const { walletSatang, owedSatang } = balances;
  const sums: Hindrance[] = [
    { why: 'wallet', amountSatang: walletSatang },
    { why: 'debt', amountSatang: owedSatang },
  ];
  const found: Hindrance[] = sums.filter(({ amountSatang }) => amountSatang > 0n);
  for (const [why, open] of Object.entries(openOf(ctx, ids)))
    if ((await open).length > 0) found.push({ why: why as keyof ReturnType<typeof openOf>, amountSatang: 0n }); // keys of that record
  return found;
}

const one = sql<number>`1`;

/** What is under way for a person, kind by kind: an empty answer is nothing of that kind. */
const openOf = (ctx: Context, ids: UserId[]) => ({
  topup: ctx.db
    .select({ one })
    .from(topup)
    .where(and(inArray(topup.userId, ids), inArray(topup.status, ['pending', 'review'])))
    .limit(1),
  suspense: ctx.db
    .select({ one })
    .from(suspense)
    .innerJoin(payment, eq(payment.id, suspense.paymentId))
    .where(and(inArray(payment.userId, ids), eq(suspense.status, 'open')))
    .limit(1),
  // One that came before its payment: whose it is shows in the charge that a top-up was given.
  refund: ctx.db
    .select({ one })
    .from(topup)
    .innerJoin(refund, and(eq(refund.provider, topup.provider), eq(refund.chargeId, topup.chargeId)))
    .where(and(inArray(topup.userId, ids), eq(refund.status, 'waiting')))
    .limit(1),
  adjustment: ctx.db
    .select({ one })
    .from(walletAdjustment)
    .where(and(inArray(walletAdjustment.userId, ids), sql`${walletAdjustment.status} = 'waiting'`))
    .limit(1),
  contract: ctx.db
    .select({ one })
    .from(contract)
    .where(and(inArray(contract.userId, ids), sql`${contract.status} in ('trial', 'active', 'grace')`))
    .limit(1),
  // Roles in Discord servers are taken back by themselves after a contract; until then they name the login.
  roles: ctx.db
    .select({ one })
    .from(guildGrant)
    .innerJoin(identity, eq(identity.id, guildGrant.identityId))
    .where(inArray(identity.userId, ids))
    .limit(1),
});

/** Answers the exchange accounts whose keys were destroyed. */
async function erase(ctx: TxContext, ids: UserId[]): Promise<string[]> {
  const logins = await ctx.db.select().from(identity).where(inArray(identity.userId, ids));
  await eraseChats(ctx, logins);
  await eraseRuns(ctx, ids);
  await eraseNotices(ctx, ids);
  await erasePortfolio(ctx, ids);
  await ctx.db.delete(buyer).where(inArray(buyer.userId, ids));
  // What asked for a top-up is a message in a chat, and may name whose.
  await ctx.db
    .update(topup)
    .set({ requestKey: sql`'closed:' || ${topup.id}` })
    .where(inArray(topup.userId, ids));
  const accounts = await eraseAccounts(ctx, ids);
  await erasePerson(ctx, ids);
  return accounts;
}
