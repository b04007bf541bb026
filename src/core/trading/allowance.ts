import { and, eq, isNull } from 'drizzle-orm';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { requireFeature } from '../rental/guard.ts';
import type { Endpoint } from './exchange.ts';
import { exchangeAccount } from './tables.ts';

/** How many demo accounts a person may have, and how many of the others. */
const DEMO_MOST = 5;
const REAL_MOST = 50;

/** With so many accounts a person still has "one portfolio"; beyond them it takes the plan for many. */
const PORTFOLIO_MOST = 5;

/**
 * The one place that decides how many accounts a person may add. Demo accounts are open to everybody: they cost nothing
 * and show what the service does. One account at an exchange comes with every plan, because a trading bot needs one to
 * trade. A second one needs the portfolio over all accounts (Premium), and from the sixth on it takes the plan for many
 * accounts (Enterprise). A contract that ends takes no account away; it only stops more from being added.
 */
export async function requireAllowance(ctx: Context, input: { userId: UserId; endpoint: Endpoint }): Promise<void> {
  const { userId, endpoint } = input;
  const rows = await ctx.db
    .select({ endpoint: exchangeAccount.endpoint })
    .from(exchangeAccount)
    .where(and(eq(exchangeAccount.userId, userId), isNull(exchangeAccount.removedAt)));
  const isDemo = endpoint === 'demo';
  const held = rows.filter((row) => (row.endpoint === 'demo') === isDemo).length;
  const most = isDemo ? DEMO_MOST : REAL_MOST;
  if (held >= most) fail('account.too_many', { most });
  if (isDemo) return;
  const feature =
    held === 0 ? 'basic_strategies' : held < PORTFOLIO_MOST ? 'portfolio_aggregation' : 'multi_account_portfolio';
  await requireFeature(ctx, { userId, feature });
}
