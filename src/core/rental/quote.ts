import { requireSelf } from '../access.ts';
import { later } from '../clock.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import {
  type Book,
  type Contract,
  type Held,
  type Holder,
  named,
  nextPlanOf,
  type Plan,
  planOf,
  termAt,
} from './held.ts';
import { endOf, isAlive, standingOf, TERM_MS } from './life.ts';
import { findAlive, findLast, holdOne, readBook, readHolder } from './load.ts';
import { creditOf, missingFor, type Offer, offerOf, replacementStart } from './offer.ts';
import type { Deed } from './tables.ts';

/** What renting would cost now and what it would give: shown before it is done, and done for no more than this. */
export interface Quote {
  does: Deed;
  plan: Plan;
  /** The contract to renew or upgrade; null for a start. One that has ended is renewed by a new one. */
  contractId: string | null;
  /** The number of the term that would be paid. */
  term: number;
  priceSatang: bigint;
  discountSatang: bigint;
  /** What the term costs: price less discount. */
  totalSatang: bigint;
  /** Given back for time that is not used, by an upgrade. */
  creditSatang: bigint;
  walletSatang: bigint;
  owedSatang: bigint;
  /** What has to be topped up first, debts included. */
  missingSatang: bigint;
  startsAt: Date;
  endsAt: Date;
  /** Up to when time counts as used in what an upgrade credits. */
  quotedAt: Date;
}

/** How a deed would go: found out before anything is written, by quotes and deeds alike. */
export interface Prepared {
  offer: Offer;
  startsAt: Date;
  creditSatang: bigint;
}

const MOST_AHEAD_MS = 12 * TERM_MS;

/** A plan that may be chosen now. */
export function offeredPlan(book: Book, planId: string): Plan {
  const plan = book.plans.get(planId) ?? fail('plan.missing');
  if (plan.status === 'retired') fail('plan.retired', named(plan));
  return plan;
}

/** Refuses what has ended by the clock, whether or not the sweep has said so. */
export function requireRunning(book: Book, { contract }: Pick<Held, 'contract'>): void {
  const endedAt = endOf(contract, book);
  if (endedAt) fail('contract.expired', { ...named(planOf(book, contract.planId)), endedAt });
}

export function prepareStart(book: Book, holder: Holder, planId: string): Prepared {
  return { offer: offerOf(offeredPlan(book, planId), holder), startsAt: book.now, creditSatang: 0n };
}

/** The next term: after the last one, in grace too. */
export function prepareRenewal(book: Book, held: Held): Prepared {
  requireRunning(book, held);
  const { contract } = held;
  if (contract.cancelAtEnd) fail('contract.ending', { until: contract.paidUntil });
  if (contract.paidUntil.getTime() - book.now.getTime() > MOST_AHEAD_MS)
    fail('contract.too_far_ahead', { until: contract.paidUntil });
  return { offer: offerOf(nextPlanOf(book, held), held.holder), startsAt: contract.paidUntil, creditSatang: 0n };
}

/**
 * A dearer plan at once: what is left of the paid terms is credited and a term of the new plan begins. From a trial any
 * other plan may be taken so. `creditAt` is the moment up to which time counts as used.
 */
export function prepareUpgrade(book: Book, held: Held, planId: string, creditAt: Date): Prepared {
  requireRunning(book, held);
  const { contract } = held;
  if (contract.pausedAt) fail('contract.paused', { until: contract.paidUntil });
  if (contract.cancelAtEnd) fail('contract.ending', { until: contract.paidUntil });
  const plan = offeredPlan(book, planId);
  const now = planOf(book, termAt(held, book.now).planId);
  const isDearer = plan.priceSatang > now.priceSatang || contract.status === 'trial';
  if (plan.id === now.id || !isDearer) fail('plan.not_higher', named(plan));
  return {
    offer: offerOf(plan, held.holder),
    startsAt: replacementStart(book, held),
    creditSatang: creditOf(held, creditAt),
  };
}

type Of = { contractId: string | null; term: number; quotedAt: Date };

function toQuote(does: Deed, holder: Holder, prepared: Prepared, of: Of): Quote {
  const { offer, startsAt, creditSatang } = prepared;
  const { plan, priceSatang, discountSatang, totalSatang } = offer;
  const { walletSatang, owedSatang } = holder;
  return {
    does,
    plan,
    ...of,
    priceSatang,
    discountSatang,
    totalSatang,
    creditSatang,
    walletSatang,
    owedSatang,
    missingSatang: missingFor(holder, totalSatang - creditSatang),
    startsAt,
    endsAt: later(startsAt, TERM_MS),
  };
}

/** What beginning with a plan would cost. Refuses `contract.exists`, `plan.missing`, `plan.retired`. */
export async function quoteStart(ctx: Context, input: { userId: UserId; planId: string }): Promise<Quote> {
  requireSelf(ctx, input.userId);
  const book = await readBook(ctx);
  const row = await findAlive(ctx, input.userId, 'look');
  if (row) refuseSecond(book, row);
  const holder = await readHolder(ctx, input.userId, 'look');
  return toQuote('start', holder, prepareStart(book, holder, input.planId), {
    contractId: null,
    term: 1,
    quotedAt: book.now,
  });
}

/** One contract a person; one that has ended by the clock is no contract any more. */
export function refuseSecond(book: Book, row: Contract): void {
  const standing = standingOf(row, book);
  if (standing !== 'expired' && standing !== 'cancelled') fail('contract.exists');
}

/**
 * What the next term would cost. After an end that is a new contract, from now on, of the plan that was held last.
 * Refuses `contract.none`, `contract.ending`, `contract.too_far_ahead`, and `plan.retired` for a new contract.
 */
export async function quoteRenew(ctx: Context, input: { userId: UserId }): Promise<Quote> {
  requireSelf(ctx, input.userId);
  const book = await readBook(ctx);
  const row = (await findLast(ctx, input.userId)) ?? fail('contract.none');
  const held = await holdOne(ctx, row, 'look');
  const of = { contractId: row.id, term: nextTerm(held), quotedAt: book.now };
  if (hasEnded(book, held)) return toQuote('renew', held.holder, prepareStart(book, held.holder, lastPlanId(held)), of);
  return toQuote('renew', held.holder, prepareRenewal(book, held), of);
}

export const hasEnded = (book: Book, { contract }: Held) =>
  !isAlive(contract) || ['expired', 'cancelled'].includes(standingOf(contract, book));

/** What somebody whose contract has ended held last. */
const lastPlanId = ({ contract, terms }: Held) => (terms.at(-1) ?? contract).planId;

/** The number that the next paid term would have. */
export const nextTerm = ({ contract, terms }: Held) => (terms.at(-1)?.number ?? contract.term) + 1;

/**
 * What going over to a dearer plan at once would cost, after what is credited for time not used: up to now, or as it was
 * at an earlier moment that somebody was told of.
 */
export async function quoteUpgrade(
  ctx: Context,
  input: { userId: UserId; planId: string; quotedAt?: Date },
): Promise<Quote> {
  requireSelf(ctx, input.userId);
  const book = await readBook(ctx);
  const row = (await findAlive(ctx, input.userId, 'look')) ?? fail('contract.none');
  const held = await holdOne(ctx, row, 'look');
  const quotedAt = creditMoment(book, held, input.quotedAt);
  const of = { contractId: row.id, term: nextTerm(held), quotedAt };
  return toQuote('upgrade', held.holder, prepareUpgrade(book, held, input.planId, quotedAt), of);
}

/**
 * Up to when time counts as used: the moment of a quote, as long as the term that ran then is still running. Refuses what
 * has ended first: a contract that was refunded or joined has no term left.
 */
export function creditMoment(book: Book, held: Held, quotedAt: Date | undefined): Date {
  requireRunning(book, held);
  if (!quotedAt || quotedAt >= book.now || book.now >= held.contract.paidUntil) return book.now;
  return termAt(held, book.now).startsAt <= quotedAt ? quotedAt : book.now;
}
