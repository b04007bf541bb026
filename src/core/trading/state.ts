import { eq } from 'drizzle-orm';
import type { Context, TxContext } from '../context.ts';
import type { AccountReading } from './exchange.ts';
import { accountState } from './tables.ts';

export async function keepReading(ctx: TxContext, accountId: string, reading: AccountReading): Promise<void> {
  const { balances, positions, orders } = reading;
  const row = { balances, positions, orders, readAt: ctx.clock.now() };
  await ctx.db
    .insert(accountState)
    .values({ accountId, ...row })
    .onConflictDoUpdate({ target: accountState.accountId, set: row });
}

/** Drops what an account held: it was removed, and nothing counts it any more. */
export async function dropReading(ctx: Context, accountId: string): Promise<void> {
  await ctx.db.delete(accountState).where(eq(accountState.accountId, accountId));
}
