import { eq } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import type { CostMethod } from './book.ts';
import { portfolioPreference } from './tables.ts';

export interface PortfolioPreference {
  costMethod: CostMethod;
  dustBelowUsdt: string;
}

/** What holds until a person chooses otherwise. */
const usual: PortfolioPreference = { costMethod: 'fifo', dustBelowUsdt: '1' };

export async function readPortfolioPreference(ctx: Context, userId: UserId): Promise<PortfolioPreference> {
  const { costMethod, dustBelowUsdt } = portfolioPreference;
  const [row] = await ctx.db
    .select({ costMethod, dustBelowUsdt })
    .from(portfolioPreference)
    .where(eq(portfolioPreference.userId, userId));
  return row ?? usual;
}

/** Changes what is given and leaves the rest. Dust is at most 1,000 USDT: more would hide what matters. */
export async function setPortfolioPreference(
  ctx: Context,
  input: { userId: UserId } & Partial<PortfolioPreference>,
): Promise<PortfolioPreference> {
  const { userId, ...wanted } = input;
  requireSelf(ctx, userId);
  if (wanted.dustBelowUsdt !== undefined && !isDustLimit(wanted.dustBelowUsdt))
    fail('portfolio.dust_invalid', { text: wanted.dustBelowUsdt.slice(0, 40) });
  const before = await readPortfolioPreference(ctx, userId);
  const next = { ...before, ...wanted };
  await ctx.db
    .insert(portfolioPreference)
    .values({ userId, ...next })
    .onConflictDoUpdate({
      target: portfolioPreference.userId,
      set: wanted.costMethod || wanted.dustBelowUsdt ? wanted : next,
    });
  return next;
}

const isDustLimit = (text: string) => /^\d{1,4}(\.\d{1,8})?$/.test(text) && Number(text) <= 1000;
