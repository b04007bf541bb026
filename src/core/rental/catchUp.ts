import { days } from '../clock.ts';
import type { NoticeKind } from '../notices/kinds.ts';
import type { Changes } from './changes.ts';
import { type Book, type Held, lastTerm, named, nextPlanOf, planOf } from './held.ts';
import { dueOf, dueReminder, graceDay, graceDayStart, graceEnd, isAlive, move, standingOf } from './life.ts';
import { missingFor, type Offer, offerOf } from './offer.ts';
import { addPaidTerm, endContract, paymentKey, settleRunning } from './period.ts';

/**
 * Brings a contract to the present: whatever its end, its reminders and its holder's wish to renew have come to by now,
 * once and in order, however long nobody has looked. What was missed meanwhile is not made up for: one reminder, the
 * nearest; one word about grace; and a grace that has ended is the end, also for whoever renews by themselves, because
 * nobody pays for time in which nothing ran.
 */
export function catchUp(book: Book, held: Held, out: Changes): void {
  const { contract } = held;
  if (isAlive(contract) && !contract.pausedAt) bring(book, held, out);
  contract.dueAt = dueOf(held);
  if (contract.dueAt && contract.dueAt <= book.now) throw new Error(`contract ${contract.id} is due again at once`);
  out.contracts.push(contract);
}

function bring(book: Book, held: Held, out: Changes): void {
  const { contract } = held;
  const standing = standingOf(contract, book);
  if (standing === 'cancelled') end(book, held, { status: 'cancelled', at: contract.paidUntil }, out);
  else if (standing === 'expired') {
    contract.graceUntil = graceEnd(contract, book.graceDays);
    end(book, held, { status: 'expired', at: contract.graceUntil }, out);
  } else if (standing === 'grace') goOn(book, held, out);
  // A clock that jumped back finds a grace that has not begun; it waits for it.
  else if (contract.status !== 'grace') run(book, held, out);
}

/** After the end of what is paid: the next term, if it may be paid and can be, else grace. */
function goOn(book: Book, held: Held, out: Changes): void {
  const offer = offerOf(nextPlanOf(book, held), held.holder);
  if (!renewsItself(held, offer)) {
    grace(book, held, offer, out);
    return;
  }
  renew(book, held, offer, out);
  run(book, held, out);
}

/** Whether the next term will be paid without anybody pressing anything, as far as one can see. */
export const renewsItself = ({ contract, holder }: Held, offer: Offer) =>
  contract.autoRenew && !contract.cancelAtEnd && !holder.isAway && missingFor(holder, offer.totalSatang) === 0n;

/** The next term out of the wallet, unasked: at the end of the last one, also when that was noticed later. */
function renew(book: Book, held: Held, offer: Offer, out: Changes): void {
  const { contract, holder } = held;
  const term = addPaidTerm(book, held, offer, contract.paidUntil, out);
  const key = paymentKey(contract.id, term.number);
  const { totalSatang, plan } = offer;
  const detail = { term: String(term.number), planId: plan.id, by: 'itself' };
  out.happenings.push({ contractId: contract.id, kind: 'renewed', key, detail });
  out.notices.push({
    userId: holder.userId,
    kind: 'contract.renewed',
    params: { ...named(plan), until: term.endsAt, totalSatang },
    key,
  });
}

/** While it is paid: the term that runs, and a reminder that is due. */
function run(book: Book, held: Held, out: Changes): void {
  const { contract } = held;
  const before = contract.term;
  const running = settleRunning(held, book.now);
  if (running.number !== before) {
    const key = `term:${contract.id}:${running.number}`;
    const detail = { term: String(running.number), planId: running.planId };
    out.happenings.push({ contractId: contract.id, kind: 'term_began', key, detail });
  }
  const daysBefore = dueReminder(held, book.now);
  if (daysBefore !== undefined) remind(book, held, daysBefore, out);
}

function remind(book: Book, held: Held, daysBefore: number, out: Changes): void {
  const { contract, holder } = held;
  contract.remindedDays = daysBefore;
  if (!book.remindersSent) return; // passed over, not kept for later
  const offer = offerOf(nextPlanOf(book, held), holder);
  const missingSatang = missingFor(holder, offer.totalSatang);
  const kind = reminderKind(held, offer);
  const key = `remind:${contract.id}:${lastTerm(held).number}:${daysBefore}`;
  out.happenings.push({ contractId: contract.id, kind: 'reminded', key, detail: { kind } });
  out.notices.push({
    userId: holder.userId,
    kind,
    params: {
      ...named(offer.plan),
      until: contract.paidUntil,
      totalSatang: offer.totalSatang,
      missingSatang,
      contractId: contract.id,
    },
    key,
  });
}

function reminderKind(held: Held, offer: Offer): NoticeKind {
  const { contract } = held;
  if (contract.cancelAtEnd) return 'contract.reminder_end';
  if (contract.status === 'trial') return 'contract.reminder_trial';
  if (renewsItself(held, offer)) return 'contract.reminder_auto';
  return contract.autoRenew ? 'contract.reminder_short' : 'contract.reminder';
}

function grace(book: Book, held: Held, offer: Offer, out: Changes): void {
  const { contract, holder } = held;
  if (contract.status !== 'grace') {
    settleRunning(held, book.now); // of terms paid ahead the last one
    contract.graceUntil = graceEnd(contract, book.graceDays);
    move(contract, 'grace');
  }
  const day = graceDay(contract, book.now);
  const until = graceEnd(contract, book.graceDays);
  if (day <= (contract.toldGraceDay ?? 0)) return;
  contract.toldGraceDay = day;
  // Named by its moment: a contract that was given days and comes into grace again in the same term is told again.
  const key = `grace:${contract.id}:${graceDayStart(contract, day).toISOString()}`;
  const daysLeft = Math.ceil((until.getTime() - book.now.getTime()) / days(1));
  const { totalSatang } = offer;
  out.happenings.push({
    contractId: contract.id,
    kind: 'grace',
    key,
    detail: { day: String(day), until: until.toISOString() },
  });
  out.notices.push({
    userId: holder.userId,
    kind: 'contract.grace',
    params: {
      ...named(offer.plan),
      until,
      daysLeft,
      totalSatang,
      missingSatang: missingFor(holder, totalSatang),
      contractId: contract.id,
    },
    key,
  });
}

function end(book: Book, held: Held, input: { status: 'expired' | 'cancelled'; at: Date }, out: Changes): void {
  const { contract, holder } = held;
  const plan = planOf(book, lastTerm(held).planId);
  endContract(held, input, out);
  contract.planId = plan.id;
  const key = `stop:${contract.id}:${contract.term}`;
  const params = { ...named(plan), endedAt: input.at, contractId: contract.id };
  const kind = input.status === 'expired' ? 'contract.expired' : 'contract.cancelled';
  out.notices.push({ userId: holder.userId, kind, params, key });
}
