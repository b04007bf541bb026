import { eq, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import type { Context } from '../context.ts';
import { ledgerAccount, payment, suspense } from '../money/tables.ts';
import { type DayFigures, readDays } from './days.ts';

/** What came in over some days. */
export interface Period {
  topups: number;
  settled: number;
  /** Of 100 top-ups that have ended, how many were paid; null without any. */
  conversionPercent: number | null;
  payments: number;
  /** Received and not refunded. */
  paidSatang: bigint;
  newUsers: number;
}

export interface Figures {
  today: Period;
  last30Days: Period;
  /** The same day by day, today last. */
  days: DayFigures[];
  walletSatang: bigint;
  suspenseCount: number;
  suspenseSatang: bigint;
}

/** The figures of the dashboard. Today is Bangkok's. */
export async function readFigures(ctx: Context): Promise<Figures> {
  requirePermission(ctx, 'dashboard.read');
  const [days, [wallets], [open]] = await Promise.all([
    readDays(ctx),
    ctx.db
      .select({ sum: sql<string>`coalesce(sum(${ledgerAccount.balanceSatang}), 0)` })
      .from(ledgerAccount)
      .where(eq(ledgerAccount.kind, 'wallet')),
    ctx.db
      .select({
        count: sql<number>`count(*)::int`,
        sum: sql<string>`coalesce(sum(${payment.amountSatang} - ${payment.refundedSatang}), 0)`,
      })
      .from(suspense)
      .innerJoin(payment, eq(payment.id, suspense.paymentId))
      .where(eq(suspense.status, 'open')),
  ]);
  return {
    today: sumUp(days.slice(-1)),
    last30Days: sumUp(days),
    days,
    walletSatang: BigInt(wallets?.sum ?? 0),
    suspenseCount: open?.count ?? 0,
    suspenseSatang: BigInt(open?.sum ?? 0),
  };
}

/** Of 100 top-ups of these days that have ended, how many were paid. Those that still wait have not been lost. */
export function conversionOf(days: readonly DayFigures[]): number | null {
  const settled = days.reduce((sum, day) => sum + day.settled, 0);
  const ended = days.reduce((sum, day) => sum + day.settled + day.expired + day.cancelled + day.failed, 0);
  return ended === 0 ? null : Math.round((settled * 100) / ended);
}

export const topupsOf = (day: DayFigures) => day.settled + day.waiting + day.expired + day.cancelled + day.failed;

function sumUp(days: readonly DayFigures[]): Period {
  const sum = (of: (day: DayFigures) => number) => days.reduce((total, day) => total + of(day), 0);
  return {
    topups: sum(topupsOf),
    settled: sum((day) => day.settled),
    conversionPercent: conversionOf(days),
    payments: sum((day) => day.payments),
    paidSatang: days.reduce((total, day) => total + day.paidSatang, 0n),
    newUsers: sum((day) => day.newUsers),
  };
}
