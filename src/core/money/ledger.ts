import { and, eq, inArray, sql } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import { among } from '../bulk.ts';
import type { Context, TxContext } from '../context.ts';
import { sqlState, violatedConstraint } from '../db.ts';
import { Refusal } from '../error.ts';
import type { LedgerAccountId, UserId } from '../id.ts';
import { ledgerAccount, ledgerEntry, type TransferKind } from './tables.ts';

export const walletOf = (userId: UserId) => `wallet:${userId}` as LedgerAccountId; // ids of these kinds are built here alone
export const receivableOf = (userId: UserId) => `receivable:${userId}` as LedgerAccountId;
export const clearingOf = (provider: string) => `clearing:${provider}` as LedgerAccountId;
export const SUSPENSE = 'suspense' as LedgerAccountId;
export const ADJUSTMENT = 'adjustment' as LedgerAccountId;
export const REVENUE = 'revenue' as LedgerAccountId;

export interface Transfer {
  /** Deterministic: the same event makes the same key, so that repeating it moves nothing. */
  key: string;
  kind: TransferKind;
  subject: string;
  from: LedgerAccountId;
  to: LedgerAccountId;
  amountSatang: bigint;
}

/**
 * The only way a balance changes. One SQL call: it locks both accounts in id order, inserts the transfer and its two
 * entries, and answers `created: false` when the key was posted before with the same values.
 * Refuses `wallet.insufficient`, `ledger.key_reused`, `ledger.account_missing`.
 */
export async function postTransfer(
  ctx: Context,
  transfer: Transfer,
): Promise<{ transferId: string; created: boolean }> {
  const { key, kind, subject, from, to, amountSatang } = transfer;
  const at = ctx.clock.now().toISOString();
  try {
    const [row] = await ctx.db.execute<{ transfer_id: string; created: boolean }>(
      sql`select transfer_id, created from post_transfer(${ctx.newId('tra')}, ${key}, ${kind}, ${subject}, ${at}, ${from}, ${to}, ${amountSatang})`,
    );
    if (!row) throw new Error('post_transfer answered nothing');
    return { transferId: row.transfer_id, created: row.created };
  } catch (error) {
    throw refusalOf(error, transfer);
  }
}

/** What the database means by refusing a transfer; anything else is what it was. */
function refusalOf(error: unknown, { key, amountSatang }: Pick<Transfer, 'key' | 'amountSatang'>): unknown {
  const constraint = violatedConstraint(error);
  if (constraint === 'wallet_not_below_zero') return new Refusal('wallet.insufficient', { amountSatang });
  if (sqlState(error) === 'LK001') return new Refusal('ledger.key_reused', { key });
  if (sqlState(error) === '23503' && constraint?.startsWith('ledger_entry_account'))
    return new Refusal('ledger.account_missing');
  return error;
}

/** Several transfers in one call, in the order in which they are given; one that is refused refuses all of them. */
export async function postTransfers(ctx: TxContext, transfers: readonly Transfer[]): Promise<void> {
  const [first, ...more] = transfers;
  if (!first) return;
  if (more.length === 0) {
    await postTransfer(ctx, first);
    return;
  }
  const at = ctx.clock.now().toISOString();
  const rows = transfers.map(({ amountSatang, ...rest }) => ({
    ...rest,
    id: ctx.newId('tra'),
    amount: String(amountSatang),
  }));
  try {
    await ctx.db.execute(sql`
      select p.created
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as t(id text, key text, kind text, subject text, "from" text, "to" text, amount bigint)
      cross join lateral post_transfer(t.id, t.key, t.kind, t.subject, ${at}::timestamptz, t."from", t."to", t.amount) p`);
  } catch (error) {
    throw refusalOf(error, { key: transfers.map(({ key }) => key).join(' '), amountSatang: first.amountSatang });
  }
}

/** Makes sure that a user has somewhere to keep money. Harmless when the accounts exist. */
export async function openAccounts(ctx: Context, userId: UserId): Promise<void> {
  const createdAt = ctx.clock.now();
  await ctx.db
    .insert(ledgerAccount)
    .values([
      { id: walletOf(userId), kind: 'wallet', userId, tracked: true, createdAt },
      { id: receivableOf(userId), kind: 'receivable', userId, tracked: true, createdAt },
    ])
    .onConflictDoNothing();
}

export interface Balances {
  walletSatang: bigint;
  /** What the user owes us, as a positive number. */
  owedSatang: bigint;
}

const toBalances = (rows: { id: string; balanceSatang: bigint }[], userId: UserId): Balances => ({
  walletSatang: rows.find((row) => row.id === walletOf(userId))?.balanceSatang ?? 0n,
  owedSatang: -(rows.find((row) => row.id === receivableOf(userId))?.balanceSatang ?? 0n),
});

const accountsOf = (userId: UserId) => inArray(ledgerAccount.id, [walletOf(userId), receivableOf(userId)]);

export async function readBalances(ctx: Context, userId: UserId): Promise<Balances> {
  requireSelf(ctx, userId);
  return balancesOf(ctx, userId);
}

/** Anybody's balances, for service functions that have said who may. */
export async function balancesOf(ctx: Context, userId: UserId): Promise<Balances> {
  const rows = await ctx.db.select().from(ledgerAccount).where(accountsOf(userId));
  return toBalances(rows, userId);
}

/**
 * Every id that each of these people has had. Joining makes the other one's wallet theirs as well, and what was issued before names its
 * owner by the old id for ever.
 */
export async function everyIdOf(ctx: Context, userIds: readonly UserId[]): Promise<Map<UserId, UserId[]>> {
  const wallets = await ctx.db
    .select({ id: ledgerAccount.id, userId: ledgerAccount.userId })
    .from(ledgerAccount)
    .where(and(among(ledgerAccount.userId, userIds), eq(ledgerAccount.kind, 'wallet')));
  const ids = new Map(userIds.map((userId) => [userId, [userId]]));
  for (const { id, userId } of wallets) {
    const former = id.slice(walletOf('' as UserId).length) as UserId; // as `walletOf` put it there
    if (userId && former !== userId) ids.get(userId)?.push(former);
  }
  return ids;
}

/** The same for one person. */
export const idsOf = async (ctx: Context, userId: UserId): Promise<UserId[]> =>
  (await everyIdOf(ctx, [userId])).get(userId) ?? [userId];

/** Reads the balances and keeps them from changing until the transaction ends. */
export async function lockBalances(ctx: TxContext, userId: UserId): Promise<Balances> {
  const rows = await ctx.db.execute<{ id: string; balance: string }>(
    sql`select id, balance_satang as balance from ledger_account
        where id in (${walletOf(userId)}, ${receivableOf(userId)}) order by id for no key update`,
  );
  return toBalances(
    rows.map(({ id, balance }) => ({ id, balanceSatang: BigInt(balance) })),
    userId,
  );
}

/** The balance of an account that is not tracked: the sum of its entries. */
export async function sumAccount(ctx: Context, accountId: LedgerAccountId): Promise<bigint> {
  const [row] = await ctx.db
    .select({ sum: sql<string>`coalesce(sum(${ledgerEntry.amountSatang}), 0)` })
    .from(ledgerEntry)
    .where(eq(ledgerEntry.accountId, accountId));
  return BigInt(row?.sum ?? '0');
}
