import { inArray, sql } from 'drizzle-orm';
import type { TxContext } from '../context.ts';
import type { UserId } from '../id.ts';
import { ERASED } from '../people/user.ts';
import { destroyKeys } from './sealedKey.ts';
import { accountLink, accountState, exchangeAccount } from './tables.ts';

/**
 * Takes the keys, holdings and names of a closed person's accounts away, in the transaction that closes it, and says
 * which accounts those were. The rows stay without a name: what was traded there is history.
 */
export async function eraseAccounts(ctx: TxContext, userIds: readonly UserId[]): Promise<string[]> {
  const users = [...userIds];
  const rows = await ctx.db
    .select({ id: exchangeAccount.id })
    .from(exchangeAccount)
    .where(inArray(exchangeAccount.userId, users))
    .for('no key update');
  const ids = rows.map(({ id }) => id);
  await ctx.db.delete(accountLink).where(inArray(accountLink.userId, users));
  if (ids.length === 0) return [];
  await destroyKeys(ctx, ids);
  await ctx.db.delete(accountState).where(inArray(accountState.accountId, ids));
  await ctx.db
    .update(exchangeAccount)
    .set({
      label: ERASED,
      groupName: null,
      enabled: false,
      trouble: null,
      troubleSince: null,
      removedAt: sql`coalesce(${exchangeAccount.removedAt}, ${ctx.clock.now().toISOString()})`,
      version: sql`${exchangeAccount.version} + 1`,
    })
    .where(inArray(exchangeAccount.id, ids));
  return ids;
}
