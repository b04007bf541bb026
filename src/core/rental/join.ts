import { eq } from 'drizzle-orm';
import type { Context, TxContext } from '../context.ts';
import type { UserId } from '../id.ts';
import type { Belongings } from '../money/join.ts';
import { catchUp } from './catchUp.ts';
import { type Changes, noChanges } from './changes.ts';
import { type Book, type Contract, type Held, named, planOf } from './held.ts';
import { isAlive, momentOf } from './life.ts';
import { findAlive, findLast, hold, readBook } from './load.ts';
import { cutTerms, endContract } from './period.ts';
import { contract, couponRedemption, rentIntent } from './tables.ts';
import { shareTrial } from './trial.ts';
import { type IssueDocuments, lookAgain, type RentalTx, writeChanges } from './write.ts';

/**
 * What moves in rental when two people become one: contracts, coupons taken up, what top-ups are for, and that there was
 * a trial. Where both hold a contract the better one stays; the other ends now and what was paid for its unused time
 * comes back to the wallet they share from now on. Nothing is stopped for that: the person goes on with the one kept.
 */
export const rentalBelongings = (issueDocuments?: IssueDocuments): Belongings => ({
  any: async (ctx: Context, userId: UserId) => (await findLast(ctx, userId)) !== undefined,
  async move(tx: TxContext, { from, into }) {
    const ctx: RentalTx = issueDocuments ? { ...tx, issueDocuments } : tx;
    await keepTheBetter(ctx, { from, into });
    await ctx.db.update(contract).set({ userId: into }).where(eq(contract.userId, from));
    await ctx.db.update(couponRedemption).set({ userId: into }).where(eq(couponRedemption.userId, from));
    await ctx.db.update(rentIntent).set({ userId: into }).where(eq(rentIntent.userId, from));
    await shareTrial(ctx, [from, into]);
    // With the wallets together there may be enough for a contract in grace.
    await lookAgain(ctx, eq(contract.userId, into));
  },
});

async function keepTheBetter(ctx: RentalTx, { from, into }: { from: UserId; into: UserId }): Promise<void> {
  const rows = [await findAlive(ctx, from, 'lock'), await findAlive(ctx, into, 'lock')].filter(
    (row) => row !== undefined,
  );
  if (rows.length < 2) return;
  const [book, out] = [await readBook(ctx), noChanges()];
  const both = await hold(ctx, rows, [from, into]);
  for (const held of both) catchUp(book, held, out); // one that has ended by the clock stands in nobody's way
  const [best, ...others] = both.filter((held) => isAlive(held.contract)).sort((a, b) => rank(book, b, a));
  if (best) for (const other of others) endJoined(book, { best, other, into }, out);
  await writeChanges(ctx, out);
}

/** Paid time before grace, paid before tried, the dearer plan, the later end. Above zero where `a` is better. */
function rank(book: Book, a: Held, b: Held): number {
  const worth = ({ contract }: Held): number[] => [
    Number(momentOf(contract, book.now) < contract.paidUntil),
    Number(contract.status !== 'trial'),
    Number(planOf(book, contract.planId).priceSatang), // compared only, and far below 2^53
    contract.paidUntil.getTime(),
  ];
  const [left, right] = [worth(a), worth(b)];
  const at = left.findIndex((value, i) => value !== right[i]);
  return (left[at] ?? 0) - (right[at] ?? 0);
}

function endJoined(book: Book, { best, other, into }: { best: Held; other: Held; into: UserId }, out: Changes): void {
  const ended: Contract = other.contract;
  const names = named(planOf(book, ended.planId));
  other.holder = { ...other.holder, userId: into }; // the money goes there; the credit note to whose receipt it was
  const creditAt = momentOf(ended, book.now);
  const amountSatang = cutTerms(book, other, { creditAt, reason: 'join' }, out);
  endContract(other, { status: 'cancelled', at: book.now, goesOn: true }, out);
  out.contracts.push(ended);
  const detail = { contractId: best.contract.id, amountSatang: String(amountSatang) };
  const key = `joined:${ended.id}`;
  out.happenings.push({ contractId: ended.id, kind: 'joined', key, detail });
  out.notices.push({ userId: into, kind: 'contract.joined', params: { ...names, amountSatang }, key });
}
