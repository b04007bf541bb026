import { asc, eq } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import { type Feature, features, type Quota, quotas } from './features.ts';
import type { Plan } from './held.ts';
import { type PlanStatus, plan } from './tables.ts';

/** What operators say of a plan, besides its price. */
export interface PlanWords {
  nameTh: string;
  nameEn: string;
  aboutTh: string;
  aboutEn: string;
  features: Feature[];
  /** Null for no limit. */
  quotas: Record<Quota, number | null>;
  /** 0 for no trial. */
  trialDays: number;
}

const MOST_SATANG = 10_000_000_00n;
const MOST_TRIAL_DAYS = 60;

const isText = (text: string, most: number) => text !== '' && text.length <= most;
const isCount = (n: number) => Number.isSafeInteger(n) && n >= 0 && n <= 1_000_000;

function faultIn(input: PlanWords): keyof PlanWords | undefined {
  if (!isText(input.nameTh, 40)) return 'nameTh';
  if (!isText(input.nameEn, 40)) return 'nameEn';
  if (!isText(input.aboutTh, 300)) return 'aboutTh';
  if (!isText(input.aboutEn, 300)) return 'aboutEn';
  if (input.features.some((feature) => !features.includes(feature))) return 'features';
  if (quotas.some((quota) => input.quotas[quota] !== null && !isCount(input.quotas[quota]))) return 'quotas';
  return isCount(input.trialDays) && input.trialDays <= MOST_TRIAL_DAYS ? undefined : 'trialDays';
}

/** Only what a plan is made of, cleaned; refuses `plan.invalid` with the field. */
function checked(input: PlanWords): PlanWords {
  const clean: PlanWords = {
    nameTh: input.nameTh.trim(),
    nameEn: input.nameEn.trim(),
    aboutTh: input.aboutTh.trim(),
    aboutEn: input.aboutEn.trim(),
    features: [...new Set(input.features)],
    quotas: { tradingBots: input.quotas.tradingBots },
    trialDays: input.trialDays,
  };
  const field = faultIn(clean);
  return field ? fail('plan.invalid', { field }) : clean;
}

export function checkPrice(priceSatang: bigint): bigint {
  return priceSatang > 0n && priceSatang <= MOST_SATANG ? priceSatang : fail('plan.invalid', { field: 'priceSatang' });
}

/** A new plan, offered from now on. Refuses `plan.invalid` with the field and `plan.exists`. */
export async function createPlan(
  ctx: Context,
  input: PlanWords & { code: string; priceSatang: bigint },
): Promise<Plan> {
  requirePermission(ctx, 'plans.manage');
  const code = input.code.trim().toLowerCase();
  if (!/^[a-z][a-z0-9_]{1,31}$/.test(code)) fail('plan.invalid', { field: 'code' });
  const values = { ...checked(input), code, priceSatang: checkPrice(input.priceSatang) };
  return inTransaction(ctx, async (ctx) => {
    const now = ctx.clock.now();
    const [row] = await ctx.db
      .insert(plan)
      .values({ ...values, id: ctx.newId('pln'), status: 'offered', createdAt: now, updatedAt: now })
      .onConflictDoNothing()
      .returning();
    if (!row) fail('plan.exists', { code });
    await writeAudit(ctx, 'plan.created', row.id, { code, priceSatang: String(row.priceSatang) });
    return row;
  });
}

/** A plan's row, locked. An edit that was begun on an older version is refused: `plan.stale`. */
export async function lockPlan(ctx: TxContext, input: { planId: string; version: number }): Promise<Plan> {
  const [row] = await ctx.db.select().from(plan).where(eq(plan.id, input.planId)).for('no key update');
  if (!row) fail('plan.missing');
  return row.version === input.version ? row : fail('plan.stale');
}

export async function updatePlan(ctx: TxContext, row: Plan, set: Partial<Plan>): Promise<Plan> {
  const [changed] = await ctx.db
    .update(plan)
    .set({ ...set, version: row.version + 1, updatedAt: ctx.clock.now() })
    .where(eq(plan.id, row.id))
    .returning();
  return changed ?? fail('plan.missing');
}

/**
 * Changes what a plan is called, opens and holds, for its holders too and at once. Its price is changed by
 * `repricePlan`, because holders are told of that.
 */
export async function editPlan(ctx: Context, input: PlanWords & { planId: string; version: number }): Promise<Plan> {
  requirePermission(ctx, 'plans.manage');
  const values = checked(input);
  return inTransaction(ctx, async (ctx) => {
    const row = await lockPlan(ctx, input);
    const plain = (words: PlanWords) => JSON.stringify([words.nameEn, words.features, words.quotas, words.trialDays]);
    const old = { ...row, features: row.features as Feature[], quotas: row.quotas as PlanWords['quotas'] }; // written by this file
    await writeAudit(ctx, 'plan.edited', row.id, { old: plain(old), new: plain(values) });
    return updatePlan(ctx, row, values);
  });
}

/**
 * Takes a plan out of the offer, or back into it. Holders of a retired plan keep it and renew it as long as they like;
 * whom it shall end for is decided contract by contract (`setCancelAtEnd`).
 */
export async function setPlanStatus(
  ctx: Context,
  input: { planId: string; version: number; status: PlanStatus; reason: string },
): Promise<Plan> {
  requirePermission(ctx, 'plans.manage');
  const reason = input.reason.trim() || fail('reason.required');
  return inTransaction(ctx, async (ctx) => {
    const row = await lockPlan(ctx, input);
    await writeAudit(ctx, `plan.${input.status}`, row.id, { reason, code: row.code });
    return updatePlan(ctx, row, { status: input.status });
  });
}

/** Every plan, retired ones too, the cheapest first. */
export async function allPlans(ctx: Context): Promise<Plan[]> {
  requirePermission(ctx, 'contracts.read');
  return ctx.db.select().from(plan).orderBy(asc(plan.priceSatang), asc(plan.id));
}
