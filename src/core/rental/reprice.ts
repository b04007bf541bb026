import { and, asc, eq, gt, isNotNull, isNull, not, or, sql } from 'drizzle-orm';
import { requireActor, requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { putNotices } from '../notices/notice.ts';
import { user } from '../people/tables.ts';
import { named, type Plan } from './held.ts';
import { isAliveRow } from './load.ts';
import { checkPrice, lockPlan, updatePlan } from './plan.ts';
import { contract, plan } from './tables.ts';
import { lookAgain } from './write.ts';

/** Whose next term is one of this plan: holders for whom no other follows, and those for whom it does. */
const goesOnWith = (planId: string) =>
  and(
    isAliveRow,
    eq(contract.cancelAtEnd, false),
    or(and(eq(contract.planId, planId), isNull(contract.nextPlanId)), eq(contract.nextPlanId, planId)),
  );

export interface Touched {
  contractId: string;
  userId: UserId;
  displayName: string;
  /** From when on the new price holds for them. */
  paidUntil: Date;
}

const PAGE = 50;

/** Whom a new price would touch: how many, and who, 50 a page; `after` is the id of the last contract seen. */
export async function previewReprice(
  ctx: Context,
  input: { planId: string; after?: string | undefined },
): Promise<{ plan: Plan; count: number; items: Touched[]; hasMore: boolean }> {
  requirePermission(ctx, 'contracts.read');
  const [row] = await ctx.db.select().from(plan).where(eq(plan.id, input.planId));
  if (!row) fail('plan.missing');
  const whom = goesOnWith(row.id);
  const { id: contractId, paidUntil } = contract;
  const items = await ctx.db
    .select({ contractId, userId: user.id, displayName: user.displayName, paidUntil })
    .from(contract)
    .innerJoin(user, eq(user.id, contract.userId))
    .where(and(whom, input.after ? gt(contract.id, input.after) : undefined))
    .orderBy(asc(contract.id))
    .limit(PAGE + 1);
  return {
    plan: row,
    count: await ctx.db.$count(contract, whom),
    items: items.slice(0, PAGE),
    hasMore: items.length > PAGE,
  };
}

/**
 * A new price. It holds for whoever begins from now on and, for holders, from the next term they pay: terms that run or
 * are paid ahead stay as they were agreed. Holders are told, a batch at a time, by `tellHolders`.
 */
export async function repricePlan(
  ctx: Context,
  input: { planId: string; version: number; priceSatang: bigint; reason: string },
): Promise<Plan> {
  requirePermission(ctx, 'plans.manage');
  const reason = input.reason.trim() || fail('reason.required');
  const priceSatang = checkPrice(input.priceSatang);
  return inTransaction(ctx, async (ctx) => {
    const row = await lockPlan(ctx, input);
    if (row.priceSatang === priceSatang) return row;
    const detail = { reason, old: String(row.priceSatang), new: String(priceSatang) };
    await writeAudit(ctx, 'plan.repriced', row.id, detail);
    if (priceSatang < row.priceSatang) await lookAgain(ctx, goesOnWith(row.id));
    // Where nobody has been told of the last price yet, they are told of both changes as one; of none if it is taken back.
    const formerPriceSatang = row.tellAfter === '' ? row.formerPriceSatang : row.priceSatang;
    const tellAfter = formerPriceSatang === priceSatang ? null : '';
    return updatePlan(ctx, row, { priceSatang, formerPriceSatang, tellAfter });
  });
}

/** Who has paid the new price already knows it: whoever began or renewed since it holds. */
const hasPaid = ({ id, priceSatang, updatedAt }: Plan) => sql`exists (
  select from term t where t.contract_id = ${contract.id} and t.plan_id = ${id}
    and t.price_satang = ${priceSatang} and t.created_at >= ${updatedAt.toISOString()}::timestamptz)`;

const BATCH = 500;
const MOST_ROUNDS = 40;

/**
 * Tells holders of plans that have a new price, where they are still to be told. How far it has come is kept with the
 * plan, in the transaction that puts the notices: killed or run twice it tells everybody once.
 */
export async function tellHolders(ctx: Context): Promise<{ told: number }> {
  requireActor(ctx, 'job');
  let told = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const count = await inTransaction(ctx, tellSome);
    if (count === undefined) break;
    told += count;
  }
  return { told };
}

async function tellSome(ctx: TxContext): Promise<number | undefined> {
  const [row] = await ctx.db
    .select()
    .from(plan)
    .where(isNotNull(plan.tellAfter))
    .orderBy(asc(plan.id))
    .limit(1)
    .for('no key update', { skipLocked: true });
  if (!row || row.tellAfter === null) return undefined;
  const holders = await ctx.db
    .select({ id: contract.id, userId: contract.userId, paidUntil: contract.paidUntil })
    .from(contract)
    .where(and(goesOnWith(row.id), gt(contract.id, row.tellAfter), not(hasPaid(row))))
    .orderBy(asc(contract.id))
    .limit(BATCH);
  const former = row.formerPriceSatang ?? row.priceSatang;
  const notices = holders.map(({ id, userId, paidUntil }) => ({
    userId,
    kind: 'plan.repriced' as const,
    params: { ...named(row), formerSatang: former, priceSatang: row.priceSatang, from: paidUntil },
    key: `reprice:${row.id}:${row.version}:${id}`,
  }));
  await putNotices(ctx, notices);
  // The version stays: an operator who is editing the plan meanwhile is not told that somebody else has.
  const tellAfter = holders.length < BATCH ? null : (holders.at(-1)?.id ?? null);
  await ctx.db.update(plan).set({ tellAfter }).where(eq(plan.id, row.id));
  return holders.length;
}
