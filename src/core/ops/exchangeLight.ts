import { and, count, eq, isNull, ne, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import type { Context } from '../context.ts';
import { troubleKinds } from '../market/trouble.ts';
import { isAway } from '../trading/failing.ts';
import { exchangeAccount } from '../trading/tables.ts';

/**
 * How it goes with the exchanges that people have accounts at: `connected`, `partly` when one of them is away, `away`
 * when all are, `unused` while nobody has a real account. The demo exchange is inside this program and not counted.
 */
export type ExchangeState = 'unused' | 'connected' | 'partly' | 'away';

export interface ExchangeLight {
  state: ExchangeState;
  /** The exchanges that at least half of their accounts find away. */
  away: string[];
}

/** Seen from the accounts as they were last read, so that every instance says the same. */
export async function readExchangeLight(ctx: Context): Promise<ExchangeLight> {
  requirePermission(ctx, 'dashboard.read');
  const kinds = troubleKinds.filter(isAway).map((kind) => sql`${kind}`);
  const rows = await ctx.db
    .select({
      exchange: exchangeAccount.exchange,
      all: count(),
      away: sql<number>`count(*) filter (where ${exchangeAccount.trouble} in (${sql.join(kinds, sql`, `)}))::int`,
    })
    .from(exchangeAccount)
    .where(
      and(isNull(exchangeAccount.removedAt), eq(exchangeAccount.enabled, true), ne(exchangeAccount.endpoint, 'demo')),
    )
    .groupBy(exchangeAccount.exchange)
    .orderBy(exchangeAccount.exchange);
  const away = rows.filter((row) => 2 * row.away >= row.all).map(({ exchange }) => exchange);
  return { state: stateOf(rows.length, away.length), away };
}

function stateOf(all: number, away: number): ExchangeState {
  if (all === 0) return 'unused';
  if (away === 0) return 'connected';
  return away < all ? 'partly' : 'away';
}
