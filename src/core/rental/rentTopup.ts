import { and, desc, eq, gt, isNull } from 'drizzle-orm';
import { requireActor, requireSelf } from '../access.ts';
import type { Context } from '../context.ts';
import type { UserId } from '../id.ts';
import type { ChargeQr } from '../money/gateway.ts';
import { topupLimits } from '../money/settings.ts';
import { topup } from '../money/tables.ts';
import { type MoneyContext, requestTopup, type Topup } from '../money/topup.ts';
import { readSetting } from '../setting.ts';
import { type Quote, quoteRenew, quoteStart, quoteUpgrade } from './quote.ts';
import { rentIntent } from './tables.ts';

/** What a person wants to rent, as they say it. */
export type Wanted = { does: 'start' | 'upgrade'; planId: string } | { does: 'renew' };

export function quote(ctx: Context, input: { userId: UserId } & Wanted): Promise<Quote> {
  switch (input.does) {
    case 'start':
      return quoteStart(ctx, input);
    case 'renew':
      return quoteRenew(ctx, input);
    case 'upgrade':
      return quoteUpgrade(ctx, input);
  }
}

/**
 * A top-up of exactly what is missing, or of the smallest that may be topped up, whose payment goes on to rent what it
 * was made for, in the transaction that credits it (`renewAfterCredit`). Asked again while it waits, it is the same one.
 * Null when nothing is missing: it can be rented at once. Refuses what the quote and `requestTopup` refuse.
 */
export async function openRentTopup(
  ctx: MoneyContext,
  input: { userId: UserId; requestKey: string } & Wanted,
): Promise<{ quote: Quote; topup: Topup; qr: ChargeQr | null } | null> {
  requireActor(ctx, 'user');
  requireSelf(ctx, input.userId);
  const { userId } = input;
  const now = await quote(ctx, input);
  if (now.missingSatang === 0n) return null;
  const { wanted, requestKey } = (await findWaiting(ctx, input, now)) ?? { wanted: now, requestKey: input.requestKey };
  const made = await requestTopup(ctx, { userId, amountSatang: await amountFor(ctx, wanted), requestKey });
  await ctx.db
    .insert(rentIntent)
    .values({
      topupId: made.topup.id,
      userId,
      does: wanted.does,
      planId: wanted.plan.id,
      contractId: wanted.contractId,
      term: wanted.term,
      totalSatang: wanted.totalSatang,
      createdAt: wanted.quotedAt,
    })
    .onConflictDoNothing();
  return { quote: wanted, ...made };
}

/** A top-up that waits for the very same. An upgrade's amount grows by the second, so it is worked out as of then. */
async function findWaiting(ctx: Context, input: { userId: UserId } & Wanted, now: Quote) {
  const [row] = await ctx.db
    .select({ requestKey: topup.requestKey, amountSatang: topup.amountSatang, quotedAt: rentIntent.createdAt })
    .from(rentIntent)
    .innerJoin(topup, eq(topup.id, rentIntent.topupId))
    .where(and(isFor(input.userId, now), eq(topup.status, 'pending'), gt(topup.expiresAt, ctx.clock.now())))
    .orderBy(desc(rentIntent.createdAt))
    .limit(1);
  if (!row) return undefined;
  const { requestKey, quotedAt } = row;
  const wanted = input.does === 'upgrade' ? await quoteUpgrade(ctx, { ...input, quotedAt }) : now;
  return (await amountFor(ctx, wanted)) === row.amountSatang ? { wanted, requestKey } : undefined;
}

/** What is missing, or the smallest amount that may be topped up. */
async function amountFor(ctx: Context, { missingSatang }: Quote): Promise<bigint> {
  const { minSatang } = await readSetting(ctx, topupLimits);
  return missingSatang > minSatang ? missingSatang : minSatang;
}

const isFor = (userId: UserId, { does, plan, contractId, term, totalSatang }: Quote) =>
  and(
    eq(rentIntent.userId, userId),
    eq(rentIntent.does, does),
    eq(rentIntent.planId, plan.id),
    contractId ? eq(rentIntent.contractId, contractId) : isNull(rentIntent.contractId),
    eq(rentIntent.term, term),
    eq(rentIntent.totalSatang, totalSatang),
    isNull(rentIntent.doneAt),
  );
