import { and, eq } from 'drizzle-orm';
import { requireActor, requireSelf } from '../access.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { lockActiveUser } from '../people/user.ts';
import { catchUp } from './catchUp.ts';
import { type Changes, noChanges } from './changes.ts';
import type { Book, Held, Holder } from './held.ts';
import { findAlive, holdOne, lockContract, readBook, readHolder } from './load.ts';
import { missingFor } from './offer.ts';
import { addPaidTerm, newContract, paymentKey, settleRunning } from './period.ts';
import { hasEnded, nextTerm, type Prepared, prepareRenewal, prepareStart } from './quote.ts';
import { contractEvent, term } from './tables.ts';
import { type RentalContext, type RentalTx, rentalTransaction, writeChanges } from './write.ts';

/** What a person has rented: the same answer for the same request, however often it comes. */
export interface Rented {
  contractId: string;
  term: number;
  until: Date;
  totalSatang: bigint;
  /** The request had been carried out before; nothing was paid now. */
  isRepeat: boolean;
}

/**
 * Begins a contract with a paid term of a plan. `totalSatang` is what the person was told: it is not begun for more
 * (`quote.changed`). Refuses `contract.exists`, `plan.missing`, `plan.retired`, `rental.frozen`, `rental.short`.
 */
export async function startContract(
  ctx: RentalContext,
  input: { userId: UserId; planId: string; totalSatang: bigint; autoRenew?: boolean; requestKey: string },
): Promise<Rented> {
  requireActor(ctx, 'user');
  requireSelf(ctx, input.userId);
  return rentalTransaction(ctx, async (ctx) => {
    await lockActiveUser(ctx, input.userId);
    return start(ctx, input);
  });
}

/** The same inside a transaction, for a payment that was made for it. */
export async function start(
  ctx: RentalTx,
  input: { userId: UserId; planId: string; totalSatang: bigint; autoRenew?: boolean; requestKey: string },
): Promise<Rented> {
  const { userId, planId, totalSatang, autoRenew = true } = input;
  const key = `start:${userId}:${input.requestKey}`;
  const before = await findRented(ctx, key);
  if (before) return before;
  const [book, out] = [await readBook(ctx), noChanges()];
  const alive = await findAlive(ctx, userId, 'lock');
  const old = alive && (await holdOne(ctx, alive, 'lock'));
  if (old && !hasEnded(book, old)) fail('contract.exists');
  if (old) endSilently(book, old, out);
  const holder = old?.holder ?? (await readHolder(ctx, userId, 'lock'));
  const prepared = prepareStart(book, holder, planId);
  requirePayable(holder, prepared, totalSatang);
  const rented = begin(ctx, { book, holder, prepared, autoRenew, key }, out);
  await writeChanges(ctx, out);
  return rented;
}

/** Ended by the clock and not yet by the sweep: told by what follows rather than by a notice of its own. */
function endSilently(book: Book, held: Held, out: Changes): void {
  catchUp(book, held, out);
  out.notices = [];
}

type Beginning = { book: Book; holder: Holder; prepared: Prepared; autoRenew: boolean; key: string };

function begin(ctx: RentalTx, { book, holder, prepared, autoRenew, key }: Beginning, out: Changes): Rented {
  const { offer, startsAt } = prepared;
  const { userId } = holder;
  const id = ctx.newId('con');
  const contract = newContract({ id, userId, planId: offer.plan.id, status: 'active', autoRenew, now: startsAt });
  const held: Held = { contract, terms: [], holder };
  const first = addPaidTerm(book, held, offer, startsAt, out);
  settleRunning(held, book.now);
  out.happenings.push({ contractId: id, kind: 'started', key, detail: { term: '1', planId: offer.plan.id } });
  catchUp(book, held, out);
  return { contractId: id, term: 1, until: first.endsAt, totalSatang: offer.totalSatang, isRepeat: false };
}

/**
 * Pays the term with the number `term`, which `quoteRenew` named. However often that is asked, it is paid once, and by
 * whoever comes first: a press, the sweep, a top-up. After an end the same press begins a new contract.
 * Refuses `contract.changed` for any other number and what `startContract` refuses.
 */
export async function renewContract(
  ctx: RentalContext,
  input: { userId: UserId; contractId: string; term: number; totalSatang: bigint },
): Promise<Rented> {
  requireActor(ctx, 'user');
  requireSelf(ctx, input.userId);
  return rentalTransaction(ctx, async (ctx) => {
    await lockActiveUser(ctx, input.userId);
    return renew(ctx, input);
  });
}

/** The same inside a transaction, for a payment that was made for it. */
export async function renew(
  ctx: RentalTx,
  input: { userId: UserId; contractId: string; term: number; totalSatang: bigint },
): Promise<Rented> {
  const { contractId, totalSatang } = input;
  const row = await lockContract(ctx, contractId);
  if (row.userId !== input.userId) fail('contract.missing');
  const key = paymentKey(contractId, input.term);
  const before = await findRented(ctx, key); // behind the lock: of fifty presses at once every one sees the first
  if (before) return before;
  const [book, out] = [await readBook(ctx), noChanges()];
  const held = await holdOne(ctx, row, 'lock');
  if (input.term !== nextTerm(held)) fail('contract.changed');
  if (hasEnded(book, held)) return restart(ctx, { book, held, totalSatang, key }, out);
  const prepared = prepareRenewal(book, held);
  requirePayable(held.holder, prepared, totalSatang);
  if (held.contract.status === 'trial') held.contract.autoRenew = true; // as for a contract that begins with a payment
  const added = addPaidTerm(book, held, prepared.offer, prepared.startsAt, out);
  const detail = { term: String(added.number), planId: added.planId };
  out.happenings.push({ contractId, kind: 'renewed', key, detail });
  catchUp(book, held, out);
  await writeChanges(ctx, out);
  return {
    contractId,
    term: added.number,
    until: added.endsAt,
    totalSatang: prepared.offer.totalSatang,
    isRepeat: false,
  };
}

type Ended = { book: Book; held: Held; totalSatang: bigint; key: string };

async function restart(ctx: RentalTx, { book, held, totalSatang, key }: Ended, out: Changes): Promise<Rented> {
  const { contract, holder } = held;
  const alive = await findAlive(ctx, holder.userId, 'lock');
  if (alive && alive.id !== contract.id) fail('contract.exists');
  if (alive) endSilently(book, held, out);
  const prepared = prepareStart(book, holder, contract.planId);
  requirePayable(holder, prepared, totalSatang);
  const rented = begin(ctx, { book, holder, prepared, autoRenew: true, key: `start:${key}` }, out);
  const detail = { contractId: rented.contractId, term: '1' };
  out.happenings.push({ contractId: contract.id, kind: 'restarted', key, detail });
  await writeChanges(ctx, out);
  return rented;
}

/** With a debt nothing is rented; nor for more than was said, nor for more than there is. */
export function requirePayable(holder: Holder, { offer, creditSatang }: Prepared, agreedSatang: bigint): void {
  const { totalSatang } = offer;
  if (holder.owedSatang > 0n) fail('rental.frozen', { owedSatang: holder.owedSatang });
  if (totalSatang > agreedSatang) fail('quote.changed', { totalSatang });
  const missingSatang = missingFor(holder, totalSatang - creditSatang);
  if (missingSatang > 0n) fail('rental.short', { totalSatang, missingSatang });
}

/** What was rented under a key, if it was. */
export async function findRented(ctx: RentalTx, key: string): Promise<Rented | undefined> {
  const [event] = await ctx.db.select().from(contractEvent).where(eq(contractEvent.key, key));
  if (!event) return undefined;
  const contractId = event.detail.contractId ?? event.contractId;
  const number = Number(event.detail.term);
  const [row] = await ctx.db
    .select()
    .from(term)
    .where(and(eq(term.contractId, contractId), eq(term.number, number)));
  if (!row) throw new Error(`event ${event.id} names no term`);
  const totalSatang = row.priceSatang - row.discountSatang;
  return { contractId, term: row.number, until: row.endsAt, totalSatang, isRepeat: true };
}
