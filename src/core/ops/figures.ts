import { and, eq, gte, isNull, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { bangkokDay, bangkokDayStart, days, later } from '../clock.ts';
import type { Context } from '../context.ts';
import { firstIdAt, type TopupId, type UserId } from '../id.ts';
import { ledgerAccount, payment, suspense, topup } from '../money/tables.ts';
import { user } from '../people/tables.ts';

/** What came in since a moment. */
export interface Period {
  topups: number;
  settled: number;
  /** Of 100 top-ups, how many were paid; null without any. */
  conversionPercent: number | null;
  /** Received and not refunded. */
  paidSatang: bigint;
  newUsers: number;
}

export interface Figures {
  today: Period;
  last30Days: Period;
  walletSatang: bigint;
  suspenseCount: number;
  suspenseSatang: bigint;
}

/** The figures of the dashboard. Today is Bangkok's. */
export async function readFigures(ctx: Context): Promise<Figures> {
  requirePermission(ctx, 'dashboard.read');
  const now = ctx.clock.now();
  const midnight = bangkokDayStart(bangkokDay(now)) ?? now;
  const [wallets] = await ctx.db
    .select({ sum: sql<string>`coalesce(sum(${ledgerAccount.balanceSatang}), 0)` })
    .from(ledgerAccount)
    .where(eq(ledgerAccount.kind, 'wallet'));
  const [open] = await ctx.db
    .select({
      count: sql<number>`count(*)::int`,
      sum: sql<string>`coalesce(sum(${payment.amountSatang} - ${payment.refundedSatang}), 0)`,
    })
    .from(suspense)
    .innerJoin(payment, eq(payment.id, suspense.paymentId))
    .where(eq(suspense.status, 'open'));
  return {
    today: await readPeriod(ctx, midnight),
    last30Days: await readPeriod(ctx, later(midnight, -days(29))),
    walletSatang: BigInt(wallets?.sum ?? 0),
    suspenseCount: open?.count ?? 0,
    suspenseSatang: BigInt(open?.sum ?? 0),
  };
}

async function readPeriod(ctx: Context, since: Date): Promise<Period> {
  // Ids sort by birth: no index by time is needed.
  const [tops] = await ctx.db
    .select({
      count: sql<number>`count(*)::int`,
      settled: sql<number>`(count(*) filter (where ${topup.status} = 'settled'))::int`,
    })
    .from(topup)
    .where(gte(topup.id, firstIdAt('top', since) as TopupId)); // compared only
  const [paid] = await ctx.db
    .select({ sum: sql<string>`coalesce(sum(${payment.amountSatang} - ${payment.refundedSatang}), 0)` })
    .from(payment)
    .where(and(gte(payment.id, firstIdAt('pay', since)), eq(payment.status, 'credited')));
  const born = and(gte(user.id, firstIdAt('usr', since) as UserId), isNull(user.mergedInto)); // compared only
  const { count = 0, settled = 0 } = tops ?? {};
  return {
    topups: count,
    settled,
    conversionPercent: count === 0 ? null : Math.round((settled * 100) / count),
    paidSatang: BigInt(paid?.sum ?? 0),
    newUsers: await ctx.db.$count(user, born),
  };
}
