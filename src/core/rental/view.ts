import { requireSelf } from '../access.ts';
import { days } from '../clock.ts';
import { type Context, together } from '../context.ts';
import type { UserId } from '../id.ts';
import { renewsItself } from './catchUp.ts';
import { type Feature, features, mostOf, type Quota, quotas } from './features.ts';
import { type Book, type Contract, type Held, nextPlanOf, type Plan, planOf, termAt } from './held.ts';
import { endOf, graceEnd, isAlive, momentOf, standingOf } from './life.ts';
import { findLast, holdOne, readBook, readPlans } from './load.ts';
import { missingFor, type Offer, offerOf } from './offer.ts';
import type { ContractStatus } from './tables.ts';

/** What will happen to a contract if nobody does anything, and when. */
export type Outlook =
  | { kind: 'renews'; at: Date; totalSatang: bigint }
  /** It would renew, and there is too little in the wallet: grace, then the end. */
  | { kind: 'short'; at: Date; endsAt: Date; missingSatang: bigint }
  | { kind: 'lapses'; at: Date; endsAt: Date }
  | { kind: 'ends'; at: Date }
  /** In grace: trading bots stop at that moment. */
  | { kind: 'stops'; at: Date; missingSatang: bigint }
  | { kind: 'paused'; since: Date };

export interface ContractView {
  contract: Contract;
  /** By the clock, whether or not the sweep has written it down. */
  standing: ContractStatus;
  plan: Plan;
  features: Feature[];
  /** `most` is null where there is no limit. */
  quotas: { quota: Quota; used: number; most: number | null }[];
  paidUntil: Date;
  /** When it ended, which may be before what was paid did; null while it goes on. */
  endedAt: Date | null;
  /** Set in grace. */
  graceUntil: Date | null;
  /** Whole or begun days until what is paid ends, in grace until that ends; 0 after the end. */
  daysLeft: number;
  autoRenew: boolean;
  /** The plan after the paid terms, where it is another one. */
  nextPlan: Plan | null;
  /** What the next term costs as things are; null after the end and where there is to be none. */
  next: (Omit<Offer, 'coupon'> & { missingSatang: bigint }) | null;
  outlook: Outlook | null;
}

/** How many of each thing a person uses; whoever keeps them says so. */
export type Used = Partial<Record<Quota, number>>;

/** All that `/contract` shows of the contract a person holds or held last; null for somebody who never had one. */
export async function readContract(ctx: Context, input: { userId: UserId; used?: Used }): Promise<ContractView | null> {
  requireSelf(ctx, input.userId);
  const row = await findLast(ctx, input.userId);
  return row ? viewOf(ctx, row, input.used ?? {}) : null;
}

/** The same of any contract, for whoever may see it. */
export async function viewOf(ctx: Context, row: Contract, used: Used): Promise<ContractView> {
  const [book, held] = await together([readBook(ctx), holdOne(ctx, row, 'look')]);
  const { contract } = held;
  const standing = standingOf(contract, book);
  const isOver = standing === 'expired' || standing === 'cancelled';
  const at = momentOf(contract, book.now);
  const plan = planOf(book, isAlive(contract) ? termAt(held, at).planId : contract.planId);
  const next = isOver || contract.cancelAtEnd ? null : offerOf(nextPlanOf(book, held), held.holder);
  const until = standing === 'grace' ? graceEnd(contract, book.graceDays) : contract.paidUntil;
  return {
    contract,
    standing,
    plan,
    features: features.filter((feature) => plan.features.includes(feature)),
    quotas: quotas.map((quota) => ({ quota, used: used[quota] ?? 0, most: mostOf(plan, quota) })),
    paidUntil: contract.paidUntil,
    endedAt: endOf(contract, book),
    graceUntil: standing === 'grace' ? until : null,
    daysLeft: isOver ? 0 : Math.ceil((until.getTime() - at.getTime()) / days(1)),
    autoRenew: contract.autoRenew,
    nextPlan: contract.nextPlanId ? planOf(book, contract.nextPlanId) : null,
    next: next && withMissing(held, next),
    outlook: isOver ? null : outlookOf(book, held, next),
  };
}

function withMissing({ holder }: Held, { coupon: _, ...offer }: Offer) {
  return { ...offer, missingSatang: missingFor(holder, offer.totalSatang) };
}

function outlookOf(book: Book, held: Held, offer: Offer | null): Outlook {
  const { contract, holder } = held;
  const { paidUntil: at, pausedAt } = contract;
  if (pausedAt) return { kind: 'paused', since: pausedAt };
  if (!offer || contract.status === 'trial') return { kind: 'ends', at };
  const endsAt = graceEnd(contract, book.graceDays);
  const missingSatang = missingFor(holder, offer.totalSatang);
  if (standingOf(contract, book) === 'grace') return { kind: 'stops', at: endsAt, missingSatang };
  if (renewsItself(held, offer)) return { kind: 'renews', at, totalSatang: offer.totalSatang };
  return contract.autoRenew ? { kind: 'short', at, endsAt, missingSatang } : { kind: 'lapses', at, endsAt };
}

/** What can be rented now, the cheapest first. Anybody may look. */
export async function listPlans(ctx: Context): Promise<Plan[]> {
  return (await readPlans(ctx)).filter((plan) => plan.status === 'offered');
}
