import { days, later } from '../clock.ts';
import type { Book, Contract, Held } from './held.ts';
import { lastTerm } from './held.ts';
import type { ContractStatus } from './tables.ts';

/**
 * A contract's life. It begins `active` with a paid term, or as a `trial`, which its first payment makes `active`. A
 * renewal appends a term of 30 × 24 hours to the last one and leaves it `active`. When the last paid term ends and
 * nothing pays the next one, it is in `grace`: all goes on as before, and whatever pays now continues from the old end,
 * without free days. A grace that ends unpaid makes it `expired`: its trading bots stop and gated commands refuse. It
 * goes from `active` to `expired` directly where nobody looked in between, or where grace has no days. A trial has no
 * grace. `cancelled` is an end that somebody decided: at the end of what is paid, or at once with money back. Nothing
 * leads out of the two ends; whoever pays again begins a new contract at that moment.
 *
 * The row says what has been done, the clock says what is: between the two lies at most one run of the sweep, or all the
 * time it was away. So whoever asks whether something is allowed compares the clock with the row (`standingOf`), and the
 * sweep only writes down what has come to pass, tells people, and pays for who wants that.
 *
 * A pause stops a contract's time: everything is answered as of that moment until it is resumed, and then all that lay
 * ahead of that moment, and the running term as a whole, moves by as long as it took.
 */
export const contractMoves: Record<ContractStatus, readonly ContractStatus[]> = {
  trial: ['active', 'expired', 'cancelled'],
  active: ['active', 'grace', 'expired', 'cancelled'],
  grace: ['active', 'expired', 'cancelled'],
  expired: [],
  cancelled: [],
};

export const TERM_MS = days(30);

/** How many days before its end a contract's holder is reminded, first to last. */
export const reminderDays = [7, 3, 1] as const;

const alive: readonly ContractStatus[] = ['trial', 'active', 'grace'];
export const isAlive = ({ status }: Pick<Contract, 'status'>) => alive.includes(status);

/** Changes a status along `contractMoves`; anything else is a bug in the caller. */
export function move(contract: Contract, status: ContractStatus): void {
  if (!contractMoves[contract.status].includes(status))
    throw new Error(`a contract that is ${contract.status} cannot become ${status}`);
  contract.status = status;
}

/** The moment that counts for a contract: now, or when its time was stopped. */
export const momentOf = (contract: Pick<Contract, 'pausedAt'>, now: Date): Date => contract.pausedAt ?? now;

/** When grace ends, or would end: as it was fixed when it began, else by the setting. */
export function graceEnd(contract: Contract, graceDays: number): Date {
  if (contract.graceUntil) return contract.graceUntil;
  return contract.status === 'trial' ? contract.paidUntil : later(contract.paidUntil, days(graceDays));
}

/** What a contract is at this moment, whether or not the sweep has written it down. */
export function standingOf(contract: Contract, { now, graceDays }: Pick<Book, 'now' | 'graceDays'>): ContractStatus {
  if (!isAlive(contract)) return contract.status;
  const at = momentOf(contract, now);
  if (at < contract.paidUntil) return contract.status === 'trial' ? 'trial' : 'active';
  if (contract.cancelAtEnd) return 'cancelled';
  return at < graceEnd(contract, graceDays) ? 'grace' : 'expired';
}

/** The moment of a reminder; undefined where the last term is too short to have it. */
function reminderAt(held: Held, daysBefore: number): Date | undefined {
  const at = later(held.contract.paidUntil, -days(daysBefore));
  return at > lastTerm(held).startsAt ? at : undefined;
}

/** When a contract ended or, by the clock, has, whether or not the sweep has written it down; null while it goes on. */
export function endOf(contract: Contract, book: Pick<Book, 'now' | 'graceDays'>): Date | null {
  const standing = standingOf(contract, book);
  if (standing === 'cancelled') return contract.endedAt ?? contract.paidUntil;
  return standing === 'expired' ? (contract.endedAt ?? graceEnd(contract, book.graceDays)) : null;
}

const isOpen = ({ remindedDays }: Contract, daysBefore: number) => remindedDays === null || daysBefore < remindedDays;

/** The reminder that is due: of those that were missed only the nearest to the end. */
export function dueReminder(held: Held, now: Date): number | undefined {
  const passed = reminderDays.filter((n) => {
    const at = reminderAt(held, n);
    return at !== undefined && at <= now;
  });
  const nearest = passed.at(-1);
  return nearest !== undefined && isOpen(held.contract, nearest) ? nearest : undefined;
}

/** The day of grace, from 1, that a moment falls into. */
export const graceDay = (contract: Contract, at: Date) =>
  Math.floor((at.getTime() - contract.paidUntil.getTime()) / days(1)) + 1;

/** When a day of grace begins. */
export const graceDayStart = (contract: Contract, day: number) => later(contract.paidUntil, days(day - 1));

/** When the sweep has to look at a contract next; null when nothing will happen to it by itself. */
export function dueOf(held: Held): Date | null {
  const { contract, terms } = held;
  if (!isAlive(contract) || contract.pausedAt) return null;
  if (contract.status === 'grace') {
    const nextDay = graceDayStart(contract, (contract.toldGraceDay ?? 0) + 1);
    return contract.graceUntil && contract.graceUntil < nextDay ? contract.graceUntil : nextDay;
  }
  const running = terms.find((term) => term.number === contract.term);
  const reminders = reminderDays.filter((n) => isOpen(contract, n)).map((n) => reminderAt(held, n));
  const moments = [contract.paidUntil, running?.endsAt, ...reminders].filter((at) => at !== undefined);
  return moments.reduce((first, at) => (at < first ? at : first));
}
