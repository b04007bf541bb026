import { requireActor, requireSelf } from '../access.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { lockActiveUser } from '../people/user.ts';
import { catchUp } from './catchUp.ts';
import { noChanges } from './changes.ts';
import { type Book, type Held, lastTerm } from './held.ts';
import { findAlive, holdOne, lockContract, readBook } from './load.ts';
import { addPaidTerm, chooseNext, cutTerms, settleRunning } from './period.ts';
import { creditMoment, offeredPlan, prepareUpgrade, requireRunning } from './quote.ts';
import { findRented, type Rented, requirePayable } from './rent.ts';
import { type RentalContext, type RentalTx, rentalTransaction, writeChanges } from './write.ts';

interface Upgrade {
  userId: UserId;
  contractId: string;
  planId: string;
  /** What a term of the new plan was said to cost. */
  totalSatang: bigint;
  requestKey: string;
}

/**
 * Goes over to a dearer plan at once: what was paid for time that is left goes back to the wallet, and a whole term of
 * the new plan is paid and begins now; in grace, where nothing is left, at the old end. Terms paid ahead never begin
 * and are credited whole. The same request again changes nothing.
 */
export async function upgradeContract(ctx: RentalContext, input: Upgrade): Promise<Rented> {
  requireActor(ctx, 'user');
  requireSelf(ctx, input.userId);
  return rentalTransaction(ctx, async (ctx) => {
    await lockActiveUser(ctx, input.userId);
    return upgrade(ctx, input);
  });
}

/**
 * The same inside a transaction, for a payment that was made for it. `quotedAt` is when its amount was worked out: time
 * used since then does not count, or a payment of exactly what was missing would be short by the seconds it took.
 */
export async function upgrade(ctx: RentalTx, input: Upgrade & { quotedAt?: Date }): Promise<Rented> {
  const { userId, contractId, planId } = input;
  const row = await lockContract(ctx, contractId);
  if (row.userId !== userId) fail('contract.missing');
  const key = `upgrade:${userId}:${input.requestKey}`;
  const before = await findRented(ctx, key);
  if (before) return before;
  const [book, out] = [await readBook(ctx), noChanges()];
  const held = await holdOne(ctx, row, 'lock');
  const { contract, holder } = held;
  const creditAt = creditMoment(book, held, input.quotedAt);
  const prepared = prepareUpgrade(book, held, planId, creditAt);
  requirePayable(holder, prepared, input.totalSatang);
  if (contract.status === 'trial') contract.autoRenew = true;
  const creditSatang = cutTerms(book, held, { creditAt, reason: 'upgrade' }, out);
  const added = addPaidTerm(book, held, prepared.offer, prepared.startsAt, out);
  settleRunning(held, book.now);
  const detail = { term: String(added.number), planId, creditSatang: String(creditSatang) };
  out.happenings.push({ contractId, kind: 'upgraded', key, detail });
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

/**
 * Which plan follows when what is paid is over: a cheaper one, or any other. Choosing the plan that is paid now takes
 * an earlier choice back, until the moment it applies. Refuses `plan.missing`, `plan.retired`, `contract.none`.
 */
export async function changeNextPlan(ctx: RentalContext, input: { userId: UserId; planId: string }): Promise<void> {
  await change(ctx, input.userId, (book, held) => {
    const { contract } = held;
    if (contract.cancelAtEnd) fail('contract.ending', { until: contract.paidUntil });
    if (contract.status === 'trial') fail('contract.trial');
    const isBack = input.planId === lastTerm(held).planId;
    chooseNext(held, isBack ? input.planId : offeredPlan(book, input.planId).id);
    return { kind: 'plan_chosen', detail: { planId: input.planId } };
  });
}

/**
 * Whether the next term is paid out of the wallet by itself. Turned on in grace it is paid at once if there is enough.
 * A trial has nothing to renew: nobody is charged for having tried (`contract.trial`).
 */
export async function setAutoRenew(ctx: RentalContext, input: { userId: UserId; autoRenew: boolean }): Promise<void> {
  await change(ctx, input.userId, (_, held) => {
    const { contract } = held;
    if (contract.status === 'trial') fail('contract.trial');
    contract.autoRenew = input.autoRenew;
    return { kind: 'auto_renew_set', detail: { autoRenew: String(input.autoRenew) } };
  });
}

type Wish = { kind: 'plan_chosen' | 'auto_renew_set'; detail: Record<string, string> };

/**
 * What a person wishes of their contract from now on. The wish counts before anything that has fallen due meanwhile:
 * whoever turns renewal off in the minute before the sweep comes by is not charged by it.
 */
async function change(ctx: RentalContext, userId: UserId, wish: (book: Book, held: Held) => Wish): Promise<void> {
  requireActor(ctx, 'user');
  requireSelf(ctx, userId);
  await rentalTransaction(ctx, async (ctx) => {
    await lockActiveUser(ctx, userId);
    const row = (await findAlive(ctx, userId, 'lock')) ?? fail('contract.none');
    const [book, out] = [await readBook(ctx), noChanges()];
    const held = await holdOne(ctx, row, 'lock');
    requireRunning(book, held);
    const { id: contractId, version } = held.contract;
    const { kind, detail } = wish(book, held);
    out.happenings.push({ contractId, kind, key: `${kind}:${contractId}:${version}`, detail });
    out.audits.push({ action: `contract.${kind}`, subject: contractId, detail });
    catchUp(book, held, out);
    await writeChanges(ctx, out);
  });
}
