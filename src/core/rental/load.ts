import { and, asc, desc, eq, gt, gte, inArray, isNull, sql } from 'drizzle-orm';
import { among } from '../bulk.ts';
import { type Context, type TxContext, together } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { receivableOf, walletOf } from '../money/ledger.ts';
import { ledgerAccount } from '../money/tables.ts';
import { readSetting } from '../setting.ts';
import type { Book, Contract, Held, HeldCoupon, Holder, Plan, Term } from './held.ts';
import { rentalReminders, rentalTerms } from './settings.ts';
import { contract, coupon, couponRedemption, plan, term } from './tables.ts';

/** The plans and rules of this moment. There are few plans; an operator's page lists them all. */
export async function readBook(ctx: Context): Promise<Book> {
  const [plans, { graceDays }, { sent }] = await together([
    readPlans(ctx),
    readSetting(ctx, rentalTerms),
    readSetting(ctx, rentalReminders),
  ]);
  return { now: ctx.clock.now(), plans: new Map(plans.map((row) => [row.id, row])), graceDays, remindersSent: sent };
}

/** Every plan, the cheapest first. */
export const readPlans = (ctx: Context): Promise<Plan[]> =>
  ctx.db.select().from(plan).orderBy(asc(plan.priceSatang), asc(plan.id));

export const isAliveRow = inArray(contract.status, ['trial', 'active', 'grace']);

/** A person's contract that is alive, by its row; `lock` keeps it from changing until the transaction ends. */
export async function findAlive(ctx: Context, userId: UserId, lock: 'lock' | 'look'): Promise<Contract | undefined> {
  const query = ctx.db
    .select()
    .from(contract)
    .where(and(eq(contract.userId, userId), isAliveRow));
  const [row] = lock === 'lock' ? await query.for('no key update') : await query;
  return row;
}

/** The contract that a person holds or, without one, the one they held last. */
export async function findLast(ctx: Context, userId: UserId): Promise<Contract | undefined> {
  const [row] = await ctx.db
    .select()
    .from(contract)
    .where(eq(contract.userId, userId))
    .orderBy(desc(isAliveRow), desc(contract.id))
    .limit(1);
  return row;
}

/** The plan of the term that a moment falls into; in grace of the last one. The sweep may not have written it down yet. */
export async function runningPlanId(ctx: Context, row: Contract, at: Date): Promise<string> {
  const terms = await termsOf(ctx, [row.id]);
  return (terms.find((term) => term.endsAt > at) ?? terms.at(-1) ?? row).planId;
}

/** Any contract, locked. */
export async function lockContract(ctx: TxContext, contractId: string): Promise<Contract> {
  const [row] = await ctx.db.select().from(contract).where(eq(contract.id, contractId)).for('no key update');
  return row ?? fail('contract.missing');
}

/**
 * The terms and holders of contracts. The wallets of those in `locked` keep what they hold until the transaction ends;
 * the contracts are locked before them, here as everywhere.
 */
export async function hold(ctx: Context, contracts: readonly Contract[], locked: readonly UserId[]): Promise<Held[]> {
  if (contracts.length === 0) return [];
  const ids = contracts.map(({ id }) => id);
  const users = [...new Set(contracts.map(({ userId }) => userId))];
  const [terms, holders] = await together([termsOf(ctx, ids), readHolders(ctx, users, locked)]);
  const byContract = Map.groupBy(terms, (row) => row.contractId);
  return contracts.map((row) => ({
    contract: { ...row },
    terms: byContract.get(row.id) ?? [],
    holder: holders.get(row.userId) ?? fail('user.missing'),
  }));
}

async function termsOf(ctx: Context, contractIds: readonly string[]): Promise<Term[]> {
  const rows = await ctx.db
    .select({ term })
    .from(term)
    .innerJoin(contract, eq(contract.id, term.contractId))
    .where(and(among(contract.id, contractIds), gte(term.number, contract.term), isNull(term.cutAt)))
    .orderBy(asc(term.contractId), asc(term.number));
  return rows.map((row) => row.term);
}

interface HolderRow extends Record<string, unknown> {
  id: UserId;
  is_away: boolean;
  wallet: string;
  receivable: string;
}

/** People's circumstances. The wallets of those in `locked` are locked first, so that what is read then stays true. */
export async function readHolders(
  ctx: Context,
  userIds: readonly UserId[],
  locked: readonly UserId[],
): Promise<Map<UserId, Holder>> {
  const people = JSON.stringify(userIds.map((id) => ({ id, wallet: walletOf(id), receivable: receivableOf(id) })));
  const [, rows, coupons] = await together([
    lockWallets(ctx, locked),
    ctx.db.execute<HolderRow>(sql`
      select u.id, (u.blocked_at is not null or u.closed_at is not null or u.merged_into is not null) as is_away,
             coalesce(w.balance_satang, 0) as wallet, coalesce(r.balance_satang, 0) as receivable
      from jsonb_to_recordset(${people}::jsonb) as p(id text, wallet text, receivable text)
      join "user" u on u.id = p.id
      left join ledger_account w on w.id = p.wallet
      left join ledger_account r on r.id = p.receivable`),
    couponsOf(ctx, userIds),
  ]);
  const byUser = Map.groupBy(coupons, (row) => row.userId);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        userId: row.id,
        isAway: row.is_away,
        walletSatang: BigInt(row.wallet),
        owedSatang: -BigInt(row.receivable),
        coupons: (byUser.get(row.id) ?? []).map(({ userId: _, ...held }) => held),
      },
    ]),
  );
}

/** In id order, as every transfer locks them. */
async function lockWallets(ctx: Context, userIds: readonly UserId[]): Promise<void> {
  if (userIds.length === 0) return;
  const isTheirs = among(ledgerAccount.id, userIds.map(walletOf));
  await ctx.db.execute(sql`
    select 1 from ${ledgerAccount} where ${isTheirs} order by ${ledgerAccount.id} for no key update`);
}

function couponsOf(ctx: Context, userIds: readonly UserId[]): Promise<(HeldCoupon & { userId: UserId })[]> {
  const { id: redemptionId, termsLeft, userId } = couponRedemption;
  const { kind, percent, amountSatang, planIds } = coupon;
  return ctx.db
    .select({ userId, redemptionId, termsLeft, kind, percent, amountSatang, planIds })
    .from(couponRedemption)
    .innerJoin(coupon, eq(coupon.id, couponRedemption.couponId))
    .where(and(among(couponRedemption.userId, userIds), gt(couponRedemption.termsLeft, 0)))
    .orderBy(asc(couponRedemption.id));
}

/** One person's circumstances. */
export async function readHolder(ctx: Context, userId: UserId, lock: 'lock' | 'look'): Promise<Holder> {
  const holders = await readHolders(ctx, [userId], lock === 'lock' ? [userId] : []);
  return holders.get(userId) ?? fail('user.missing');
}

/** One contract with all that a decision about it looks at. */
export async function holdOne(ctx: Context, row: Contract, lock: 'lock' | 'look'): Promise<Held> {
  const [held] = await hold(ctx, [row], lock === 'lock' ? [row.userId] : []);
  if (!held) throw new Error(`contract ${row.id} could not be held`);
  return held;
}
