import type { UserId } from '../id.ts';
import type { CouponKind, contract, contractEvent, plan, term } from './tables.ts';

export type Plan = typeof plan.$inferSelect;
export type Contract = typeof contract.$inferSelect;
export type Term = typeof term.$inferSelect;
export type ContractEvent = typeof contractEvent.$inferSelect;

/** What is the same for everybody at one moment. */
export interface Book {
  now: Date;
  /** Every plan there is, retired ones too. */
  plans: ReadonlyMap<string, Plan>;
  graceDays: number;
  /** Whether holders are reminded before the end. */
  remindersSent: boolean;
}

/** A coupon that a person has taken up and that some of their terms still get. */
export interface HeldCoupon {
  redemptionId: string;
  termsLeft: number;
  kind: CouponKind;
  percent: number | null;
  amountSatang: bigint | null;
  planIds: string[] | null;
}

/** What decides whether a person can pay. */
export interface Holder {
  userId: UserId;
  walletSatang: bigint;
  owedSatang: bigint;
  /** Blocked, closed or joined into somebody: they are charged for nothing by themselves. */
  isAway: boolean;
  /** Oldest first. */
  coupons: HeldCoupon[];
}

/**
 * A contract with its terms from the running one on, and its holder: all that a decision about it looks at. The rows
 * are copies; what is decided is written into them and then, all at once, to the database.
 */
export interface Held {
  contract: Contract;
  /** In order, without those that were cut. Never empty while the contract is alive. */
  terms: Term[];
  holder: Holder;
}

export function planOf(book: Book, planId: string): Plan {
  const plan = book.plans.get(planId);
  if (!plan) throw new Error(`no plan ${planId}, although something refers to it`);
  return plan;
}

export function lastTerm({ contract, terms }: Held): Term {
  const last = terms.at(-1);
  if (!last) throw new Error(`contract ${contract.id} is alive without a term`);
  return last;
}

/** The term that a moment falls into: the first that has not ended, in grace the last. */
export const termAt = (held: Held, at: Date): Term => held.terms.find((term) => term.endsAt > at) ?? lastTerm(held);

/** What a contract goes on with when its paid terms are over. */
export const nextPlanOf = (book: Book, held: Held): Plan =>
  planOf(book, held.contract.nextPlanId ?? lastTerm(held).planId);

/** A plan's names as notices, refusals and documents carry them; `NAME` in the texts takes the reader's. */
export const named = ({ nameTh, nameEn }: Plan) => ({ planTh: nameTh, planEn: nameEn });

/** The plan that somebody means: by its code or one of its names, whatever the capitals. */
export function planNamed(plans: readonly Plan[], text: string): Plan | undefined {
  const wanted = text.trim().toLowerCase();
  return plans.find(({ code, nameTh, nameEn }) => [code, nameTh, nameEn].some((name) => name.toLowerCase() === wanted));
}
