import { and, asc, desc, eq, gt, inArray, isNull, lte, sql } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { insertRows } from '../bulk.ts';
import { BANGKOK_OFFSET_MS, days, later, minutes } from '../clock.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { Decimal } from '../decimal.ts';
import type { UserId } from '../id.ts';
import { exchangeAccount } from '../trading/tables.ts';
import { isStale, readAccounts } from './accounts.ts';
import { valueAccounts } from './portfolio.ts';
import { readPortfolioPreference } from './preference.ts';
import type { Prices } from './rates.ts';
import { type Realm, readPrices, realmOf, realms } from './rateTable.ts';
import { accountMove, portfolioSnapshot } from './tables.ts';
import { limitOf, thinning } from './thinning.ts';
import { sum, UNIT, type Valuation } from './valuation.ts';

export type Snapshot = typeof portfolioSnapshot.$inferSelect;
type NewSnapshot = typeof portfolioSnapshot.$inferInsert;

/** Under what the total of a realm is kept, where accounts have their ids. */
export const totalOf: Record<Realm, string> = { real: '', practice: 'practice' };

export const EVERY_MS = minutes(5);
const BATCH = 200;
const ZERO = new Decimal(0);

/**
 * Keeps what everybody's accounts are worth, from what was last read, without a network. All rows of a run have the same
 * moment, so that a total is the sum of its accounts, and a second run of the same five minutes changes nothing.
 */
export async function takeSnapshots(ctx: Context): Promise<{ people: number; rows: number; failed: number }> {
  requireActor(ctx, 'job');
  const at = new Date(Math.floor(ctx.clock.now().getTime() / EVERY_MS) * EVERY_MS);
  const prices = await readPrices(ctx);
  const done = { people: 0, rows: 0, failed: 0 };
  for (let after = ''; ; ) {
    const people = await ctx.db
      .selectDistinct({ userId: exchangeAccount.userId })
      .from(exchangeAccount)
      .where(
        and(
          isNull(exchangeAccount.removedAt),
          eq(exchangeAccount.enabled, true),
          gt(exchangeAccount.userId, after as UserId),
        ), // any text may be compared
      )
      .orderBy(asc(exchangeAccount.userId))
      .limit(BATCH);
    for (const { userId } of people) {
      try {
        done.rows += await inTransaction(ctx, (ctx) => snapshotOf(ctx, { userId, at, prices }));
        done.people += 1;
      } catch (error) {
        done.failed += 1; // one person's accounts stand in nobody else's way
        ctx.log.error({ err: error, userId }, 'a portfolio could not be kept');
      }
    }
    if (people.length < BATCH) return done;
    after = people.at(-1)?.userId ?? '';
  }
}

/** What a person's snapshots are written under, one at a time: a flow that is found late goes into them too. */
export const lockSnapshots = (ctx: TxContext, userId: UserId) =>
  ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`portfolio:${userId}`}, 0))`);

interface Run {
  userId: UserId;
  at: Date;
  prices: Record<Realm, Prices>;
}

async function snapshotOf(ctx: TxContext, run: Run): Promise<number> {
  const { userId, at } = run;
  await lockSnapshots(ctx, userId);
  const before = await lastRows(ctx, userId);
  const [accounts, preference] = [await readAccounts(ctx, userId), await readPortfolioPreference(ctx, userId)];
  const rows: NewSnapshot[] = [];
  for (const realm of realms) {
    const lastAt = before.get(totalOf[realm])?.at;
    if (lastAt && lastAt >= at) continue; // another instance was here
    const of = accounts.filter(({ row }) => row.enabled && realmOf(row.endpoint) === realm);
    const prices = run.prices[realm];
    const valuations = await valueAccounts(ctx, { userId, accounts: of, prices, preference });
    if (valuations.length === 0) continue;
    const stale = new Set(of.filter((one) => isStale(one, ctx.clock.now())).map(({ row }) => row.id));
    const flows = await flowsOf(ctx, { valuations, before, at });
    const usdtInThb = prices.quote(UNIT, 'THB')?.price.toFixed() ?? null;
    const mine = valuations.map((one) =>
      accountRow({ userId, at, usdtInThb }, one, flows.get(one.account.id), stale.has(one.account.id)),
    );
    const isPartial = mine.some((row) => row.isPartial) || of.length > valuations.length;
    rows.push(...mine, totalRow({ userId, at, usdtInThb, realm, isPartial }, mine, { before, lastAt }));
  }
  await insertRows(ctx.db, portfolioSnapshot, rows);
  return rows.length;
}

/** The newest row of every account and total of a person. */
async function lastRows(ctx: Context, userId: UserId): Promise<Map<string, Snapshot>> {
  const rows = await ctx.db
    .selectDistinctOn([portfolioSnapshot.accountId])
    .from(portfolioSnapshot)
    .where(eq(portfolioSnapshot.userId, userId))
    .orderBy(portfolioSnapshot.accountId, desc(portfolioSnapshot.at));
  return new Map(rows.map((row) => [row.accountId, row]));
}

interface Flow {
  usdt: Decimal;
  /** Something came or went whose value is not known. */
  isPartial: boolean;
}

/** What came into each account from outside since its last row, less what went. An account's first row begins with nothing. */
async function flowsOf(
  ctx: Context,
  given: { valuations: readonly Valuation[]; before: Map<string, Snapshot>; at: Date },
): Promise<Map<string, Flow>> {
  const { valuations, before, at } = given;
  const known = valuations.flatMap(({ account }) => before.get(account.id) ?? []);
  if (known.length === 0) return new Map();
  const since = new Date(Math.min(...known.map((row) => row.at.getTime())));
  const ids = known.map((row) => row.accountId);
  const moves = await ctx.db
    .select()
    .from(accountMove)
    .where(and(inArray(accountMove.accountId, ids), gt(accountMove.at, since), lte(accountMove.at, at)));
  return new Map(
    known.map((row) => {
      const own = moves.filter((move) => move.accountId === row.accountId && move.at > row.at);
      const signed = own.map(({ kind, valueUsdt }) =>
        valueUsdt === null ? null : kind === 'deposit' ? new Decimal(valueUsdt) : new Decimal(valueUsdt).neg(),
      );
      return [row.accountId, { usdt: sum(signed), isPartial: signed.includes(null) }];
    }),
  );
}

type Common = Pick<NewSnapshot, 'userId' | 'at' | 'usdtInThb'>;

const accountRow = (common: Common, valuation: Valuation, flow: Flow | undefined, isOld: boolean): NewSnapshot => ({
  ...common,
  accountId: valuation.account.id,
  valueUsdt: valuation.equityUsdt.toFixed(),
  flowUsdt: (flow?.usdt ?? ZERO).toFixed(),
  realisedUsdt: valuation.realisedUsdt.toFixed(),
  unrealisedUsdt: valuation.unrealisedUsdt.toFixed(),
  isPartial: isOld || valuation.unpriced.length > 0 || flow?.isPartial === true,
});

/**
 * The sum of the accounts. An account that was not in the total before brings what it is worth from outside, and one that
 * is in it no more takes along what it was worth then: neither is profit.
 */
function totalRow(
  { realm, isPartial, ...common }: Common & { realm: Realm; isPartial: boolean },
  mine: readonly NewSnapshot[],
  { before, lastAt }: { before: Map<string, Snapshot>; lastAt: Date | undefined },
): NewSnapshot {
  const total = (of: (row: NewSnapshot) => string) => sum(mine.map((row) => new Decimal(of(row))));
  const wasIn = (id: string) => lastAt !== undefined && before.get(id)?.at.getTime() === lastAt.getTime();
  const here = new Set(mine.map((row) => row.accountId));

  const inTotal = before.get(totalOf[realm]);
  const came = mine.map((row) => new Decimal(wasIn(row.accountId) ? row.flowUsdt : row.valueUsdt));
  const kept = sum([...before.values()].filter((row) => wasIn(row.accountId) && here.has(row.accountId)).map(worthOf));
  // What the total was worth beyond the accounts that are still here went with those that are not.
  const gone = inTotal ? worthOf(inTotal).minus(kept) : ZERO;
  return {
    ...common,
    accountId: totalOf[realm],
    valueUsdt: total((row) => row.valueUsdt).toFixed(),
    flowUsdt: (inTotal ? sum(came).minus(gone) : ZERO).toFixed(),
    realisedUsdt: total((row) => row.realisedUsdt).toFixed(),
    unrealisedUsdt: total((row) => row.unrealisedUsdt).toFixed(),
    isPartial,
  };
}

const worthOf = (row: Snapshot) => new Decimal(row.valueUsdt);

/**
 * A deposit or a withdrawal that became known after the snapshot it belongs to: it goes into the first one that was taken
 * after it, of the account and of the total. One from before the first snapshot was in what the account began with, and
 * one that no snapshot has followed yet is for the next.
 */
export async function addLateFlow(
  ctx: TxContext,
  flow: { userId: UserId; accountId: string; realm: Realm; at: Date; usdt: Decimal },
): Promise<void> {
  const { userId, accountId, realm } = flow;
  const at = flow.at.toISOString();
  await ctx.db.execute(sql`
    with target as (
      select min(at) as at from portfolio_snapshot
      where user_id = ${userId} and account_id = ${accountId} and at >= ${at}
        and exists (select 1 from portfolio_snapshot where user_id = ${userId} and account_id = ${accountId} and at < ${at}))
    update portfolio_snapshot s set flow_usdt = s.flow_usdt + ${flow.usdt.toFixed()}::numeric from target
    where s.user_id = ${userId} and s.account_id in (${accountId}, ${totalOf[realm]}) and s.at = target.at`);
}

/** How far back a run looks: a service that stood still for a month catches up. */
const WINDOW_MS = days(40);

/** Keeps fewer snapshots the older they are; what had flowed until one that goes is put to the one that stays. */
export async function thinSnapshots(ctx: Context): Promise<{ dropped: number }> {
  requireActor(ctx, 'job');
  let dropped = 0;
  for (const level of thinning) {
    const until = limitOf(level, ctx.clock.now());
    const since = limitOf(level, later(until, -WINDOW_MS + level.afterMs));
    const bucket = sql`floor((extract(epoch from at) * 1000 + ${BANGKOK_OFFSET_MS}) / ${level.bucketMs})`;
    const [row] = await ctx.db.execute<{ dropped: number }>(sql`
      with old as (
        select user_id, account_id, at, max(at) over (partition by user_id, account_id, ${bucket}) as stays
        from portfolio_snapshot where at >= ${since.toISOString()} and at < ${until.toISOString()}),
      gone as (
        delete from portfolio_snapshot s using old
        where s.user_id = old.user_id and s.account_id = old.account_id and s.at = old.at and old.at <> old.stays
        returning s.user_id, s.account_id, old.stays, s.flow_usdt),
      put as (
        update portfolio_snapshot s set flow_usdt = s.flow_usdt + g.flow
        from (select user_id, account_id, stays, sum(flow_usdt) as flow from gone group by 1, 2, 3) g
        where s.user_id = g.user_id and s.account_id = g.account_id and s.at = g.stays and g.flow <> 0)
      select count(*)::int as dropped from gone`);
    dropped += row?.dropped ?? 0;
  }
  return { dropped };
}
