import { and, asc, count, desc, eq, inArray, isNull, lt } from 'drizzle-orm';
import { requireActor, requirePermission, requireSelf } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { lockActiveUser } from '../people/user.ts';
import { type CouponKind, contract, coupon, couponRedemption, plan } from './tables.ts';
import { lookAgain } from './write.ts';

export type Coupon = typeof coupon.$inferSelect;
export type Redemption = typeof couponRedemption.$inferSelect;

/** As people type it, as it is kept. */
const canonical = (code: string) => code.trim().toUpperCase();

/**
 * Takes a coupon up: from now on the next `terms` paid terms of this person get it, whatever becomes of the coupon. Taken
 * up twice with one request it is taken up once. Refuses `coupon.unknown`, `coupon.over`, `coupon.used`,
 * `coupon.used_up`.
 */
export async function redeemCoupon(
  ctx: Context,
  input: { userId: UserId; code: string; requestKey: string },
): Promise<{ coupon: Coupon; redemption: Redemption }> {
  requireActor(ctx, 'user');
  requireSelf(ctx, input.userId);
  const { userId } = input;
  return inTransaction(ctx, async (ctx) => {
    await lockActiveUser(ctx, userId);
    // The coupon's row makes those who want the last one come one after the other.
    const [row] = await ctx.db
      .select()
      .from(coupon)
      .where(eq(coupon.code, canonical(input.code)))
      .for('no key update');
    if (!row) fail('coupon.unknown', { code: canonical(input.code).slice(0, 40) });
    const key = `${userId}:${input.requestKey}`;
    const [asked] = await ctx.db.select().from(couponRedemption).where(eq(couponRedemption.requestKey, key));
    if (asked) return { coupon: row, redemption: asked };
    const now = ctx.clock.now();
    if (row.retiredAt || row.validFrom > now || (row.validUntil && row.validUntil <= now)) fail('coupon.over');
    if ((await redeemed(ctx, row.id, userId)) >= row.mostPerPerson) fail('coupon.used');
    if (row.mostInTotal !== null && (await redeemed(ctx, row.id)) >= row.mostInTotal) fail('coupon.used_up');
    const [redemption] = await ctx.db
      .insert(couponRedemption)
      .values({
        id: ctx.newId('red'),
        couponId: row.id,
        userId,
        requestKey: key,
        termsLeft: row.terms,
        redeemedAt: now,
      })
      .returning();
    if (!redemption) throw new Error('an inserted redemption came back empty');
    await lookAgain(ctx, eq(contract.userId, userId));
    await writeAudit(ctx, 'coupon.redeemed', row.id, { userId, code: row.code });
    return { coupon: row, redemption };
  });
}

async function redeemed(ctx: TxContext, couponId: string, userId?: UserId): Promise<number> {
  const ofCoupon = eq(couponRedemption.couponId, couponId);
  const [row] = await ctx.db
    .select({ n: count() })
    .from(couponRedemption)
    .where(userId ? and(ofCoupon, eq(couponRedemption.userId, userId)) : ofCoupon);
  return row?.n ?? 0;
}

export interface NewCoupon {
  code: string;
  kind: CouponKind;
  /** 1 to 100, for the kind `percent`. */
  percent: number | null;
  /** The most a percentage takes off one term, null for no cap; or what a fixed coupon takes off. */
  amountSatang: bigint | null;
  /** How many terms of one person it is good for. */
  terms: number;
  mostPerPerson: number;
  /** Null for any number. */
  mostInTotal: number | null;
  /** Null for all plans. */
  planIds: string[] | null;
  validFrom: Date;
  /** The moment after the last; null for no end. */
  validUntil: Date | null;
}

const isWhole = (n: number, most: number) => Number.isSafeInteger(n) && n >= 1 && n <= most;

/** The field of a coupon that cannot be; undefined for a sound one. */
function faultIn(input: NewCoupon): keyof NewCoupon | undefined {
  const { kind, percent, amountSatang } = input;
  if (!/^[A-Z0-9_-]{3,32}$/.test(canonical(input.code))) return 'code';
  if (kind === 'percent' ? percent === null || !isWhole(percent, 100) : percent !== null) return 'percent';
  if (amountSatang === null ? kind === 'fixed' : amountSatang <= 0n) return 'amountSatang';
  if (!isWhole(input.terms, 120)) return 'terms';
  if (!isWhole(input.mostPerPerson, 1000)) return 'mostPerPerson';
  if (input.mostInTotal !== null && !isWhole(input.mostInTotal, 10_000_000)) return 'mostInTotal';
  if (input.planIds?.length === 0) return 'planIds';
  return input.validUntil && input.validUntil <= input.validFrom ? 'validUntil' : undefined;
}

/** An operator makes a coupon. Refuses `coupon.exists` and `coupon.invalid` with the field. */
export async function createCoupon(ctx: Context, input: NewCoupon): Promise<Coupon> {
  requirePermission(ctx, 'plans.manage');
  const field = faultIn(input);
  if (field) fail('coupon.invalid', { field });
  return inTransaction(ctx, async (ctx) => {
    const known = new Set((await ctx.db.select({ id: plan.id }).from(plan)).map(({ id }) => id));
    if (input.planIds?.some((id) => !known.has(id))) fail('coupon.invalid', { field: 'planIds' });
    const [row] = await ctx.db
      .insert(coupon)
      .values({ ...input, id: ctx.newId('cpn'), code: canonical(input.code), createdAt: ctx.clock.now() })
      .onConflictDoNothing()
      .returning();
    if (!row) fail('coupon.exists', { code: canonical(input.code) });
    await writeAudit(ctx, 'coupon.created', row.id, { code: row.code, terms: row.terms });
    return row;
  });
}

/** Nobody takes the coupon up any more; whoever has keeps it. Retiring twice is retiring once. */
export async function retireCoupon(ctx: Context, input: { couponId: string; reason: string }): Promise<void> {
  requirePermission(ctx, 'plans.manage');
  const reason = input.reason.trim() || fail('reason.required');
  await inTransaction(ctx, async (ctx) => {
    const [row] = await ctx.db.select().from(coupon).where(eq(coupon.id, input.couponId)).for('no key update');
    if (!row) fail('coupon.missing');
    if (row.retiredAt) return;
    await ctx.db
      .update(coupon)
      .set({ retiredAt: ctx.clock.now(), version: row.version + 1 })
      .where(eq(coupon.id, row.id));
    await writeAudit(ctx, 'coupon.retired', row.id, { code: row.code, reason });
  });
}

const PAGE = 50;

export type CountedCoupon = Coupon & { redemptions: number };

/** One coupon, with how often it was taken up. */
export async function readCoupon(ctx: Context, input: { couponId: string }): Promise<CountedCoupon> {
  requirePermission(ctx, 'contracts.read');
  const [row] = await ctx.db.select().from(coupon).where(eq(coupon.id, input.couponId));
  if (!row) fail('coupon.missing');
  return { ...row, redemptions: await ctx.db.$count(couponRedemption, eq(couponRedemption.couponId, row.id)) };
}

/** Coupons, newest first, 50 a page; `before` is the id of the last one seen. */
export async function listCoupons(
  ctx: Context,
  input: { before?: string | undefined; openOnly?: boolean } = {},
): Promise<{ items: CountedCoupon[]; hasMore: boolean }> {
  requirePermission(ctx, 'contracts.read');
  const rows = await ctx.db
    .select()
    .from(coupon)
    .where(
      and(
        input.before ? lt(coupon.id, input.before) : undefined,
        input.openOnly ? isNull(coupon.retiredAt) : undefined,
      ),
    )
    .orderBy(desc(coupon.id))
    .limit(PAGE + 1);
  const shown = rows.slice(0, PAGE);
  const counts = await ctx.db
    .select({ couponId: couponRedemption.couponId, n: count() })
    .from(couponRedemption)
    .where(
      inArray(
        couponRedemption.couponId,
        shown.map(({ id }) => id),
      ),
    )
    .groupBy(couponRedemption.couponId);
  const redemptions = new Map(counts.map(({ couponId, n }) => [couponId, n]));
  const items = shown.map((row) => ({ ...row, redemptions: redemptions.get(row.id) ?? 0 }));
  return { items, hasMore: rows.length > PAGE };
}

/** What a person has taken up, oldest first, with how many terms still get it. */
export async function redemptionsOf(
  ctx: Context,
  input: { userId: UserId },
): Promise<{ coupon: Coupon; redemption: Redemption }[]> {
  requireSelf(ctx, input.userId);
  return ctx.db
    .select({ coupon, redemption: couponRedemption })
    .from(couponRedemption)
    .innerJoin(coupon, eq(coupon.id, couponRedemption.couponId))
    .where(eq(couponRedemption.userId, input.userId))
    .orderBy(asc(couponRedemption.id))
    .limit(200);
}
