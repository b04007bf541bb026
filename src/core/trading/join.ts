import { and, eq, isNull } from 'drizzle-orm';
import type { Context, TxContext } from '../context.ts';
import type { UserId } from '../id.ts';
import type { Belongings } from '../money/join.ts';
import { labelsOf } from './account.ts';
import { accountLink, exchangeAccount } from './tables.ts';
import { freeLabel } from './typed.ts';

/**
 * What moves in trading when two people become one: their accounts, removed ones too, for what was traded there is
 * history. Where both have a label, the one that moves gets a number behind it.
 */
export const tradingBelongings: Belongings = {
  async any(ctx: Context, userId: UserId) {
    const of = eq(exchangeAccount.userId, userId);
    const [row] = await ctx.db.select({ id: exchangeAccount.id }).from(exchangeAccount).where(of).limit(1);
    return row !== undefined;
  },
  async move(ctx: TxContext, { from, into }) {
    const taken = await labelsOf(ctx, into);
    const moving = await ctx.db
      .select()
      .from(exchangeAccount)
      .where(and(eq(exchangeAccount.userId, from), isNull(exchangeAccount.removedAt)))
      .for('no key update');
    for (const { id, label: before } of moving) {
      const label = freeLabel(before, taken);
      taken.push(label);
      await ctx.db.update(exchangeAccount).set({ userId: into, label }).where(eq(exchangeAccount.id, id));
    }
    await ctx.db.update(exchangeAccount).set({ userId: into }).where(eq(exchangeAccount.userId, from));
    await ctx.db.update(accountLink).set({ userId: into }).where(eq(accountLink.userId, from));
  },
};
