import { later } from '../clock.ts';
import type { UserId } from '../id.ts';
import { REVENUE, walletOf } from '../money/ledger.ts';
import { translate } from '../text/text.ts';
import type { Changes } from './changes.ts';
import { type Book, type Contract, type Held, lastTerm, named, type Plan, planOf, type Term } from './held.ts';
import { isAlive, move, TERM_MS } from './life.ts';
import { type Offer, unusedSatang } from './offer.ts';

/** The ledger's name for the payment of a term, and for what an end before its time gave back of it. */
export const paymentKey = (contractId: string, term: number) => `renew:${contractId}:${term}`;
const creditKey = (contractId: string, term: number) => `unused:${contractId}:${term}`;

/** What a contract begins as; its first term is added to it. */
export function newContract(input: {
  id: string;
  userId: UserId;
  planId: string;
  status: 'trial' | 'active';
  autoRenew: boolean;
  now: Date;
}): Contract {
  const { now, ...given } = input;
  return {
    ...given,
    term: 0,
    paidUntil: now,
    graceUntil: null,
    nextPlanId: null,
    pausedAt: null,
    cancelAtEnd: false,
    remindedDays: null,
    toldGraceDay: null,
    dueAt: null,
    version: 0,
    createdAt: now,
    endedAt: null,
  };
}

/** Which plan follows the paid terms; said in the row only where it is another one than runs or than was paid last. */
export function chooseNext(held: Held, planId: string): void {
  const { contract } = held;
  contract.nextPlanId = planId === contract.planId && planId === lastTerm(held).planId ? null : planId;
}

/** Appends a term to a contract: what was agreed for it stays, whatever becomes of the plan's price. */
function append(
  book: Book,
  held: Held,
  term: Omit<Term, 'contractId' | 'number' | 'creditedSatang' | 'cutAt' | 'createdAt'>,
): Term {
  const { contract } = held;
  const number = (held.terms.at(-1)?.number ?? contract.term) + 1;
  const row: Term = { ...term, contractId: contract.id, number, creditedSatang: 0n, cutAt: null, createdAt: book.now };
  held.terms.push(row);
  Object.assign(contract, { paidUntil: row.endsAt, graceUntil: null, toldGraceDay: null, remindedDays: null });
  chooseNext(held, row.planId);
  return row;
}

/** The days of a trial: nothing is paid and nothing is owed for them. */
export function addTrial(book: Book, held: Held, plan: Plan, endsAt: Date, out: Changes): Term {
  const startsAt = book.now;
  const row = append(book, held, {
    planId: plan.id,
    kind: 'trial',
    startsAt,
    endsAt,
    priceSatang: 0n,
    discountSatang: 0n,
  });
  out.terms.push(row);
  return row;
}

/**
 * Pays a term out of the wallet and appends it. The caller has looked whether the wallet holds enough; the ledger
 * refuses what it does not.
 */
export function addPaidTerm(book: Book, held: Held, offer: Offer, startsAt: Date, out: Changes): Term {
  const { contract, holder } = held;
  const { plan, priceSatang, discountSatang, totalSatang, coupon } = offer;
  const endsAt = later(startsAt, TERM_MS);
  const row = append(book, held, { planId: plan.id, kind: 'paid', startsAt, endsAt, priceSatang, discountSatang });
  move(contract, 'active');
  out.terms.push(row);
  const key = paymentKey(contract.id, row.number);
  if (totalSatang > 0n) {
    const [from, to] = [walletOf(holder.userId), REVENUE];
    out.transfers.push({ key, kind: 'rent', subject: contract.id, from, to, amountSatang: totalSatang });
    out.documents.push(receiptFor(held, row, plan, key));
    holder.walletSatang -= totalSatang;
  }
  if (coupon) {
    const { redemptionId } = coupon;
    out.uses.push({ contractId: contract.id, term: row.number, redemptionId, discountSatang, usedAt: book.now });
    coupon.termsLeft -= 1;
  }
  out.audits.push({
    action: 'contract.term_paid',
    subject: contract.id,
    detail: {
      term: row.number,
      planId: plan.id,
      amountSatang: String(totalSatang),
      discountSatang: String(discountSatang),
    },
  });
  return row;
}

const line = (key: string, plan: Plan, term: Term, amountSatang: bigint) => {
  const params = { ...named(plan), from: term.startsAt, to: term.endsAt };
  return { th: translate('th', key, params), en: translate('en', key, params), amountSatang };
};

function receiptFor({ contract }: Held, term: Term, plan: Plan, transferKey: string): Changes['documents'][number] {
  const { priceSatang, discountSatang } = term;
  return {
    kind: 'receipt',
    userId: contract.userId,
    transferKey,
    contractId: contract.id,
    term: term.number,
    lines: [
      line('rental.line_term', plan, term, priceSatang),
      ...(discountSatang > 0n ? [line('rental.line_discount', plan, term, -discountSatang)] : []),
    ],
    totalSatang: priceSatang - discountSatang,
  };
}

/**
 * Ends every term that has not ended, gives back what was paid for the time that is left at `creditAt`, and says how
 * much that was. A term that never began also gives its coupon back.
 */
export function cutTerms(book: Book, held: Held, input: { creditAt: Date; reason: string }, out: Changes): bigint {
  const { contract, holder } = held;
  const { creditAt, reason } = input;
  let creditSatang = 0n;
  for (const term of held.terms) {
    if (term.endsAt <= creditAt) continue;
    const amountSatang = unusedSatang(term, creditAt);
    Object.assign(term, { cutAt: book.now, creditedSatang: amountSatang });
    out.terms.push(term);
    if (term.startsAt > creditAt && term.discountSatang > 0n)
      out.unused.push({ contractId: contract.id, term: term.number });
    if (amountSatang === 0n) continue;
    creditSatang += amountSatang;
    const transferKey = creditKey(contract.id, term.number);
    const [from, to] = [REVENUE, walletOf(holder.userId)];
    out.transfers.push({ key: transferKey, kind: 'rent_credit', subject: contract.id, from, to, amountSatang });
    out.documents.push({
      kind: 'credit_note',
      userId: contract.userId,
      transferKey,
      contractId: contract.id,
      term: term.number,
      lines: [line('rental.line_unused', planOf(book, term.planId), term, amountSatang)],
      totalSatang: amountSatang,
      refersToTransferKey: paymentKey(contract.id, term.number),
      reason,
    });
  }
  holder.walletSatang += creditSatang;
  return creditSatang;
}

/** Makes the term that a moment falls into the running one, once the terms around it have changed. */
export function settleRunning(held: Held, at: Date): Term {
  const live = held.terms.filter((term) => !term.cutAt);
  const running = live.find((term) => term.endsAt > at) ?? live.at(-1) ?? lastTerm(held);
  held.contract.term = running.number;
  held.contract.planId = running.planId;
  chooseNext(held, held.contract.nextPlanId ?? lastTerm(held).planId);
  return running;
}

/**
 * An end: of its time, or decided. The moment is when it came to pass, which may be before anybody looked. The trading
 * bots stop with it, unless their owner `goesOn` with another contract.
 */
export function endContract(
  held: Held,
  input: { status: 'expired' | 'cancelled'; at: Date; goesOn?: boolean },
  out: Changes,
): void {
  const { contract } = held;
  if (!isAlive(contract)) throw new Error(`contract ${contract.id} has ended already`);
  const { status, at, goesOn = false } = input;
  move(contract, status);
  contract.term = held.terms.at(-1)?.number ?? contract.term;
  Object.assign(contract, { endedAt: at, dueAt: null, pausedAt: null });
  const [contractId, term] = [contract.id, contract.term];
  const detail = { endedAt: at.toISOString() };
  out.happenings.push({ contractId, kind: status, key: `${status}:${contractId}:${term}`, detail });
  if (!goesOn) out.happenings.push({ contractId, kind: 'stop', key: `stop:${contractId}:${term}`, detail });
  out.audits.push({ action: `contract.${status}`, subject: contractId, detail });
}
