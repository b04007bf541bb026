import { and, eq } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { days, later } from '../clock.ts';
import { fail } from '../error.ts';
import { repayOwed } from '../money/credit.ts';
import { catchUp } from './catchUp.ts';
import { type Changes, noChanges } from './changes.ts';
import { type Book, type Contract, type Held, lastTerm, named, planOf } from './held.ts';
import { isAlive, momentOf, move, standingOf } from './life.ts';
import { holdOne, lockContract, readBook } from './load.ts';
import { cutTerms, endContract } from './period.ts';
import { contractEvent } from './tables.ts';
import { type RentalContext, type RentalTx, rentalTransaction, writeChanges } from './write.ts';

/** What operators do to one contract. Each says why; the holder is told, and the audit log knows who it was. */
interface Order {
  contractId: string;
  reason: string;
}

/** What is to be done once it is written. */
type After = () => Promise<unknown>;
type On = { book: Book; held: Held; reason: string };
type Deed = (ctx: RentalTx, on: On, out: Changes) => undefined | After | Promise<undefined | After>;

async function order(ctx: RentalContext, input: Order, deed: Deed): Promise<void> {
  requirePermission(ctx, 'contracts.manage');
  const reason = input.reason.trim() || fail('reason.required');
  await rentalTransaction(ctx, async (ctx) => {
    const row = await lockContract(ctx, input.contractId);
    const [book, out] = [await readBook(ctx), noChanges()];
    const held = await holdOne(ctx, row, 'lock');
    const after = await deed(ctx, { book, held, reason }, out);
    if (out.happenings.length > 0) await writeChanges(ctx, out);
    await after?.();
  });
}

/** What has ended stays so: whoever shall have more begins anew. */
function requireAlive(book: Book, { contract }: Held): void {
  const standing = standingOf(contract, book);
  if (standing === 'expired' || standing === 'cancelled') fail('contract.ended');
}

const MOST_DAYS = 366;

/**
 * Gives days: they lengthen the last paid term, so what is paid ends later, in grace counted from the old end. The same
 * request twice gives them once. Refuses `days.invalid` and `contract.ended`.
 */
export async function extendContract(
  ctx: RentalContext,
  input: Order & { days: number; requestKey: string },
): Promise<void> {
  const { days: count } = input;
  await order(ctx, input, async (ctx, { book, held, reason }, out) => {
    if (!Number.isSafeInteger(count) || count < 1 || count > MOST_DAYS) fail('days.invalid', { most: MOST_DAYS });
    const key = `extend:${input.contractId}:${input.requestKey}`;
    const asked = and(eq(contractEvent.key, key), eq(contractEvent.contractId, input.contractId));
    if ((await ctx.db.$count(contractEvent, asked)) > 0) return undefined;
    requireAlive(book, held);
    const { contract } = held;
    lengthen(book, held, count, out);
    const params = { ...plan(book, contract), days: count, until: contract.paidUntil };
    record(held, { kind: 'extended', key, detail: { reason, days: String(count) }, params }, out);
    catchUp(book, held, out);
    return undefined;
  });
}

function lengthen(book: Book, held: Held, count: number, out: Changes): void {
  const { contract } = held;
  const last = lastTerm(held);
  last.endsAt = later(last.endsAt, days(count));
  out.terms.push(last);
  contract.paidUntil = last.endsAt;
  if (contract.status !== 'grace') return;
  if (momentOf(contract, book.now) < contract.paidUntil) {
    move(contract, 'active');
    Object.assign(contract, { graceUntil: null, toldGraceDay: null });
    return;
  }
  contract.graceUntil = contract.graceUntil && later(contract.graceUntil, days(count));
  contract.toldGraceDay = Math.max(0, (contract.toldGraceDay ?? 0) - count); // counted from the new end it is an earlier one
}

/** Stops a contract's time, for an outage: nothing of it passes and everything it opens stays open. Twice is once. */
export async function pauseContract(ctx: RentalContext, input: Order): Promise<void> {
  await order(ctx, input, (_, { book, held, reason }, out) => {
    const { contract } = held;
    if (contract.pausedAt) return undefined;
    requireAlive(book, held);
    contract.pausedAt = book.now;
    const key = `paused:${contract.id}:${contract.version}`;
    record(held, { kind: 'paused', key, detail: { reason }, params: plan(book, contract) }, out);
    catchUp(book, held, out);
    return undefined;
  });
}

/**
 * Lets a contract's time go on. The running term and all after it move by as long as it stood still, and so do the end
 * of what is paid and of grace: nobody loses a second. Twice is once.
 */
export async function resumeContract(ctx: RentalContext, input: Order): Promise<void> {
  await order(ctx, input, (_, { book, held, reason }, out) => {
    const { contract } = held;
    if (!contract.pausedAt || !isAlive(contract)) return undefined;
    const pausedAt = contract.pausedAt;
    const stoodMs = Math.max(0, book.now.getTime() - pausedAt.getTime()); // a clock that jumped back takes nothing away
    const last = lastTerm(held);
    for (const term of held.terms) {
      if (term.endsAt <= pausedAt && term !== last) continue;
      Object.assign(term, { startsAt: later(term.startsAt, stoodMs), endsAt: later(term.endsAt, stoodMs) });
      out.terms.push(term);
    }
    Object.assign(contract, {
      pausedAt: null,
      paidUntil: later(contract.paidUntil, stoodMs),
      graceUntil: contract.graceUntil && later(contract.graceUntil, stoodMs),
    });
    const key = `resumed:${contract.id}:${contract.version}`;
    const params = { ...plan(book, contract), until: contract.paidUntil };
    record(held, { kind: 'resumed', key, detail: { reason, stoodMs: String(stoodMs) }, params }, out);
    catchUp(book, held, out);
    return undefined;
  });
}

/** Whether a contract ends when what is paid is over, without grace and whatever its holder wishes. Twice is once. */
export async function setCancelAtEnd(ctx: RentalContext, input: Order & { cancelAtEnd: boolean }): Promise<void> {
  const { cancelAtEnd } = input;
  await order(ctx, input, (_, { book, held, reason }, out) => {
    const { contract } = held;
    requireAlive(book, held);
    if (contract.cancelAtEnd === cancelAtEnd) return undefined;
    contract.cancelAtEnd = cancelAtEnd;
    const key = `end_set:${contract.id}:${contract.version}`;
    const params = { ...plan(book, contract), until: contract.paidUntil };
    record(held, { kind: 'end_set', key, detail: { reason, cancelAtEnd: String(cancelAtEnd) }, params }, out);
    catchUp(book, held, out);
    return undefined;
  });
}

/**
 * Ends a contract now and puts what was paid for unused time, terms paid ahead included, back into the wallet; from
 * there what the person owes is taken. Refuses `contract.ended`, also the second time.
 */
export async function refundContract(ctx: RentalContext, input: Order): Promise<void> {
  await order(ctx, input, (ctx, { book, held, reason }, out) => {
    requireAlive(book, held);
    const { contract, holder } = held;
    const names = plan(book, contract);
    const creditAt = momentOf(contract, book.now);
    const amountSatang = cutTerms(book, held, { creditAt, reason }, out);
    endContract(held, { status: 'cancelled', at: book.now }, out);
    out.contracts.push(contract);
    const key = `refunded:${contract.id}`;
    const params = { ...names, amountSatang };
    record(held, { kind: 'refunded', key, detail: { reason, amountSatang: String(amountSatang) }, params }, out);
    const { userId } = holder;
    return () => repayOwed(ctx, { userId, key: `refund:${contract.id}:repay`, subject: contract.id });
  });
}

const plan = (book: Book, contract: Contract) => named(planOf(book, contract.planId));

type Recorded = {
  kind: 'extended' | 'paused' | 'resumed' | 'end_set' | 'refunded';
  key: string;
  detail: Record<string, string>;
  params: NonNullable<Changes['notices'][number]['params']>;
};

function record({ contract, holder }: Held, { kind, key, detail, params }: Recorded, out: Changes): void {
  out.happenings.push({ contractId: contract.id, kind, key, detail });
  out.audits.push({ action: `contract.${kind}`, subject: contract.id, detail });
  const said =
    kind === 'end_set' && detail.cancelAtEnd === 'false' ? 'contract.end_unset' : (`contract.${kind}` as const);
  out.notices.push({ userId: holder.userId, kind: said, params, key });
}
