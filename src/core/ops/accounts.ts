import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { putNotice } from '../notices/notice.ts';
import { lockPerson } from '../people/user.ts';
import { type ExchangeAccount, STOPPED, writeEnabled } from '../trading/account.ts';
import { exchangeAccount } from '../trading/tables.ts';

/** What an operator sees of a person's accounts: where they are and how they are, not what they hold. */
export async function accountsOf(ctx: Context, ids: readonly UserId[]): Promise<ExchangeAccount[]> {
  requirePermission(ctx, 'users.read');
  return ctx.db
    .select()
    .from(exchangeAccount)
    .where(and(inArray(exchangeAccount.userId, [...ids]), isNull(exchangeAccount.removedAt)))
    .orderBy(asc(exchangeAccount.id))
    .limit(100);
}

interface Order {
  accountId: string;
  /** The version that the operator has looked at. */
  version: number;
  reason: string;
}

/**
 * Stops the reading of somebody's account and everything that trades with it, until an operator allows it again. Doing
 * again what is the case already changes nothing; an account that changed since it was looked at is looked at again.
 */
export const stopAccount = (ctx: Context, input: Order): Promise<UserId> => decide(ctx, input, 'stopped');

/** Lets a stopped account be read again. */
export const allowAccount = (ctx: Context, input: Order): Promise<UserId> => decide(ctx, input, 'allowed');

async function decide(ctx: Context, input: Order, to: 'stopped' | 'allowed'): Promise<UserId> {
  requirePermission(ctx, 'users.block');
  const reason = input.reason.trim() || fail('reason.required');
  return inTransaction(ctx, async (ctx) => {
    const row = await lockAnybodys(ctx, input.accountId);
    const { id, userId, version, label } = row;
    const isStopped = row.trouble === STOPPED;
    if (isStopped === (to === 'stopped')) return userId;
    if (version !== input.version) fail('account.changed');
    await writeEnabled(ctx, row, to === 'allowed', to === 'stopped' ? STOPPED : null);
    await writeAudit(ctx, `account.${to}`, id, { reason, userId });
    const kind = to === 'stopped' ? 'account.stopped' : 'account.allowed';
    await putNotice(ctx, { userId, kind, params: { label, reason }, key: `${id}:${to}:${version}` });
    return userId;
  });
}

/** The person first, as whatever they do to the account themselves locks the two. */
async function lockAnybodys(ctx: TxContext, accountId: string): Promise<ExchangeAccount> {
  const which = and(eq(exchangeAccount.id, accountId), isNull(exchangeAccount.removedAt));
  const [found] = await ctx.db.select({ userId: exchangeAccount.userId }).from(exchangeAccount).where(which);
  await lockPerson(ctx, found?.userId ?? fail('account.missing'));
  const [row] = await ctx.db.select().from(exchangeAccount).where(which).for('no key update');
  return row ?? fail('account.missing');
}
