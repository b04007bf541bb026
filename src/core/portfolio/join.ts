import { eq, inArray, sql } from 'drizzle-orm';
import type { Context, TxContext } from '../context.ts';
import type { UserId } from '../id.ts';
import type { Belongings } from '../money/join.ts';
import { totalOf } from './snapshot.ts';
import { portfolioAlert, portfolioPreference, portfolioSnapshot } from './tables.ts';

const totals = Object.values(totalOf);

/**
 * What moves in the portfolio when two people become one: alerts, and the history of every account, which goes with it.
 * A history of the two totals together was never kept: that of the person who stays goes on, and the accounts that come
 * are a flow in it. What the one who stays has chosen holds.
 */
export const portfolioBelongings: Belongings = {
  async any(ctx: Context, userId: UserId) {
    const of = eq(portfolioAlert.userId, userId);
    const [row] = await ctx.db.select({ id: portfolioAlert.id }).from(portfolioAlert).where(of).limit(1);
    return row !== undefined;
  },
  async move(ctx: TxContext, { from, into }) {
    await ctx.db.update(portfolioAlert).set({ userId: into }).where(eq(portfolioAlert.userId, from));
    await ctx.db.execute(sql`
      insert into portfolio_preference (user_id, cost_method, dust_below_usdt)
      select ${into}, cost_method, dust_below_usdt from portfolio_preference where user_id = ${from}
      on conflict do nothing`);
    await ctx.db.delete(portfolioPreference).where(eq(portfolioPreference.userId, from));
    await ctx.db
      .delete(portfolioSnapshot)
      .where(sql`${eq(portfolioSnapshot.userId, from)} and ${inArray(portfolioSnapshot.accountId, totals)}`);
    await ctx.db.update(portfolioSnapshot).set({ userId: into }).where(eq(portfolioSnapshot.userId, from));
  },
};

/** A closed account wishes to be told of nothing any more, and what it was worth is nobody's business. */
export async function erasePortfolio(ctx: TxContext, userIds: readonly UserId[]): Promise<void> {
  const ids = [...userIds];
  await ctx.db.delete(portfolioAlert).where(inArray(portfolioAlert.userId, ids));
  await ctx.db.delete(portfolioPreference).where(inArray(portfolioPreference.userId, ids));
  await ctx.db.delete(portfolioSnapshot).where(inArray(portfolioSnapshot.userId, ids));
}
