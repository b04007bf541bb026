import { and, asc, eq, gte, inArray, lte, sql } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import { days, later } from '../clock.ts';
import type { Context } from '../context.ts';
import { Decimal } from '../decimal.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { requireFeature } from '../rental/guard.ts';
import { readAccounts } from './accounts.ts';
import { type Performance, performanceOf } from './performance.ts';
import { type Realm, realmOf } from './rateTable.ts';
import { dayReturns, type Point } from './returns.ts';
import { correlation } from './risk.ts';
import { type Snapshot, totalOf } from './snapshot.ts';
import { portfolioSnapshot } from './tables.ts';

export const periods = ['7d', '30d', '90d', '1y', 'all'] as const;
export type Period = (typeof periods)[number];

const LENGTH_DAYS: Record<Period, number> = { '7d': 7, '30d': 30, '90d': 90, '1y': 365, all: 36_500 };

/** How two accounts moved together: a coefficient, how many days there are where they are too few, or null without moves. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly value: number | null | { have: number };
}

export interface Growth {
  readonly realm: Realm;
  readonly realms: readonly Realm[];
  readonly period: Period;
  /** Of one account; null for the total. */
  readonly account: { readonly id: string; readonly label: string } | null;
  /** Null as long as there are not two snapshots. */
  readonly performance: Performance | null;
  readonly curve: readonly { readonly at: Date; readonly valueUsdt: Decimal }[];
  readonly correlations: readonly Pair[];
}

interface Asked {
  userId: UserId;
  period: Period;
  realm?: Realm | undefined;
  accountId?: string | undefined;
}

/** How a person's accounts did over a time; see `readPortfolio` for what of it takes a plan. */
export async function readPerformance(ctx: Context, asked: Asked): Promise<Growth> {
  requireSelf(ctx, asked.userId);
  const growth = await assembleGrowth(ctx, asked);
  const needsPlan = ctx.actor.kind === 'user' && growth.realm === 'real' && !growth.account && growth.labels.size > 1;
  if (needsPlan) await requireFeature(ctx, { userId: asked.userId, feature: 'portfolio_aggregation' });
  return growth;
}

/** The same without a word about plans: for operators. */
export async function assembleGrowth(
  ctx: Context,
  { userId, period, realm: wanted, accountId }: Asked,
): Promise<Growth & { labels: ReadonlyMap<string, string> }> {
  const accounts = (await readAccounts(ctx, userId)).filter(({ row }) => row.enabled);
  const one = accounts.find(({ row }) => row.id === accountId)?.row;
  if (accountId !== undefined && !one) fail('portfolio.part_missing');
  const realms = [...new Set(accounts.map(({ row }) => realmOf(row.endpoint)))].sort().reverse();
  const realm = one ? realmOf(one.endpoint) : (wanted ?? realms[0] ?? 'real');
  const since = later(ctx.clock.now(), -days(LENGTH_DAYS[period]));
  const points = await readPoints(ctx, { userId, accountId: one?.id ?? totalOf[realm], since });
  const labels = new Map(
    accounts.filter(({ row }) => realmOf(row.endpoint) === realm).map(({ row }) => [row.id, row.label]),
  );
  return {
    realm,
    realms,
    period,
    account: one ? { id: one.id, label: one.label } : null,
    performance: performanceOf(points),
    curve: points.map(({ at, valueUsdt }) => ({ at, valueUsdt })),
    correlations: one ? [] : await correlationsOf(ctx, { userId, labels, since }),
    labels,
  };
}

const toPoint = ({ at, valueUsdt, flowUsdt, isPartial }: Snapshot): Point => ({
  at,
  valueUsdt: new Decimal(valueUsdt),
  flowUsdt: new Decimal(flowUsdt),
  isPartial,
});

/** Snapshots of a time; it begins with the last one before it, if there is one. */
async function readPoints(
  ctx: Context,
  { userId, accountId, since }: { userId: UserId; accountId: string; since: Date },
): Promise<Point[]> {
  const of = and(eq(portfolioSnapshot.userId, userId), eq(portfolioSnapshot.accountId, accountId));
  const [before] = await ctx.db
    .select({ at: sql<string | null>`max(${portfolioSnapshot.at})` })
    .from(portfolioSnapshot)
    .where(and(of, lte(portfolioSnapshot.at, since)));
  const rows = await ctx.db
    .select()
    .from(portfolioSnapshot)
    .where(and(of, gte(portfolioSnapshot.at, before?.at ? new Date(before.at) : since)))
    .orderBy(asc(portfolioSnapshot.at));
  return rows.map(toPoint);
}

/** More accounts than these make a table that nobody can read. */
const MOST_CORRELATED = 12;

/** From the last snapshot of every Bangkok day, so that a year of many accounts is a few thousand rows. */
async function correlationsOf(
  ctx: Context,
  { userId, labels, since }: { userId: UserId; labels: ReadonlyMap<string, string>; since: Date },
): Promise<Pair[]> {
  const ids = [...labels.keys()].slice(0, MOST_CORRELATED);
  if (ids.length < 2) return [];
  const { accountId, at, flowUsdt, valueUsdt, isPartial } = portfolioSnapshot;
  const day = sql`date_trunc('day', ${at} at time zone 'Asia/Bangkok')`;
  const rows = await ctx.db
    .select({
      accountId,
      at: sql<Date>`max(${at})`.mapWith(at),
      valueUsdt: sql<string>`(array_agg(${valueUsdt} order by ${at} desc))[1]`,
      flowUsdt: sql<string>`sum(${flowUsdt})`,
      isPartial: sql<boolean>`bool_or(${isPartial})`,
    })
    .from(portfolioSnapshot)
    .where(and(eq(portfolioSnapshot.userId, userId), inArray(accountId, ids), gte(at, since)))
    .groupBy(accountId, day)
    .orderBy(day);
  const returns = new Map(
    [...Map.groupBy(rows, (row) => row.accountId)].map(([id, of]) => [
      id,
      dayReturns(
        of.map((row) => ({ ...row, valueUsdt: new Decimal(row.valueUsdt), flowUsdt: new Decimal(row.flowUsdt) })),
      ),
    ]),
  );
  const of = (id: string) => returns.get(id) ?? [];
  return ids.flatMap((a, i) =>
    ids.slice(i + 1).map((b) => ({
      a: labels.get(a) ?? a,
      b: labels.get(b) ?? b,
      value: correlation(of(a), of(b)),
    })),
  );
}
