import type { Book, Held, HeldCoupon, Holder, Plan } from './held.ts';
import { lastTerm } from './held.ts';

/** What one term of a plan costs one person now. */
export interface Offer {
  plan: Plan;
  priceSatang: bigint;
  discountSatang: bigint;
  totalSatang: bigint;
  coupon: HeldCoupon | null;
}

const least = (a: bigint, b: bigint) => (a < b ? a : b);

/** A percentage is floored to whole satang and capped; nothing takes off more than the price. */
export function discountOf(coupon: HeldCoupon, plan: Plan): bigint {
  if (coupon.termsLeft <= 0 || (coupon.planIds && !coupon.planIds.includes(plan.id))) return 0n;
  const { priceSatang } = plan;
  if (coupon.kind === 'fixed') return least(coupon.amountSatang ?? 0n, priceSatang);
  const share = (priceSatang * BigInt(coupon.percent ?? 0)) / 100n;
  return least(share, coupon.amountSatang ?? priceSatang);
}

/** One coupon a term: the one that takes most off it, of equal ones the one taken up first. */
export function offerOf(plan: Plan, holder: Holder): Offer {
  let best: { coupon: HeldCoupon | null; discountSatang: bigint } = { coupon: null, discountSatang: 0n };
  for (const coupon of holder.coupons) {
    const discountSatang = discountOf(coupon, plan);
    if (discountSatang > best.discountSatang) best = { coupon, discountSatang };
  }
  const { priceSatang } = plan;
  return { plan, priceSatang, ...best, totalSatang: priceSatang - best.discountSatang };
}

/** What has to be topped up before this much can be paid: debts are taken out of a top-up first. */
export function missingFor(holder: Holder, dueSatang: bigint): bigint {
  const missing = dueSatang + holder.owedSatang - holder.walletSatang;
  return missing > 0n ? missing : 0n;
}

/**
 * What was paid for the time of a term that is left at `at`: unused seconds × paid / seconds of the term, floored to
 * satang. Of what was really paid, discount taken off, so that nobody is given more than they gave. Days that an
 * operator gave lengthen the term and are worth what the others are; a pause moves a term and changes nothing.
 */
export function unusedSatang(
  term: { startsAt: Date; endsAt: Date; priceSatang: bigint; discountSatang: bigint },
  at: Date,
): bigint {
  const paidSatang = term.priceSatang - term.discountSatang;
  if (at <= term.startsAt) return paidSatang;
  const seconds = (from: Date, to: Date) => BigInt(Math.floor((to.getTime() - from.getTime()) / 1000));
  const left = seconds(at, term.endsAt);
  return left <= 0n ? 0n : (left * paidSatang) / seconds(term.startsAt, term.endsAt);
}

/** What an end now would give back: the unused part of every paid term that has not ended. */
export const creditOf = (held: Held, at: Date): bigint =>
  held.terms.reduce((sum, term) => sum + unusedSatang(term, at), 0n);

/** Where a new term begins that takes the place of the running one: now, in grace at the old end. */
export const replacementStart = (book: Book, held: Held): Date => {
  const { endsAt } = lastTerm(held);
  return endsAt < book.now ? endsAt : book.now;
};
