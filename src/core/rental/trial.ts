import { createHash } from 'node:crypto';
import { inArray } from 'drizzle-orm';
import { requireActor, requireSelf } from '../access.ts';
import { days, later } from '../clock.ts';
import type { Context, TxContext } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { identity, type Provider } from '../people/tables.ts';
import { lockActiveUser } from '../people/user.ts';
import { catchUp } from './catchUp.ts';
import { noChanges } from './changes.ts';
import { type Held, named } from './held.ts';
import { findAlive, holdOne, readBook, readHolder } from './load.ts';
import { addTrial, newContract, settleRunning } from './period.ts';
import { hasEnded, offeredPlan } from './quote.ts';
import { findRented, type Rented } from './rent.ts';
import { trialUse } from './tables.ts';
import { type RentalContext, rentalTransaction, writeChanges } from './write.ts';

const hashOf = ({ provider, subject }: { provider: Provider; subject: string }) =>
  createHash('sha256').update(`${provider}:${subject}`).digest('hex');

async function loginHashes(ctx: Context, userIds: readonly UserId[]): Promise<string[]> {
  const logins = await ctx.db
    .select()
    .from(identity)
    .where(inArray(identity.userId, [...userIds]));
  return logins.map(hashOf);
}

const usesOf = (ctx: Context, hashes: readonly string[]) =>
  ctx.db
    .select()
    .from(trialUse)
    .where(inArray(trialUse.loginHash, [...hashes]))
    .limit(1);

/** Whether any login of this person has had its trial. */
export async function hasTried(ctx: Context, input: { userId: UserId }): Promise<boolean> {
  requireSelf(ctx, input.userId);
  return (await usesOf(ctx, await loginHashes(ctx, [input.userId]))).length > 0;
}

/**
 * Some days of a plan for nothing, once per person, whatever logins they have or will have: all of theirs are noted. A
 * trial ends by itself, without grace and without a charge. Refuses `trial.none` for a plan that has none,
 * `trial.used`, `contract.exists`, `rental.frozen`.
 */
export async function startTrial(
  ctx: RentalContext,
  input: { userId: UserId; planId: string; requestKey: string },
): Promise<Rented> {
  requireActor(ctx, 'user');
  requireSelf(ctx, input.userId);
  const { userId, planId } = input;
  return rentalTransaction(ctx, async (ctx) => {
    await lockActiveUser(ctx, userId);
    const key = `start:${userId}:${input.requestKey}`;
    const before = await findRented(ctx, key);
    if (before) return before;
    const [book, out] = [await readBook(ctx), noChanges()];
    const alive = await findAlive(ctx, userId, 'lock');
    const old = alive && (await holdOne(ctx, alive, 'lock'));
    if (old && !hasEnded(book, old)) fail('contract.exists');
    if (old) catchUp(book, old, out);
    const plan = offeredPlan(book, planId);
    if (plan.trialDays === 0) fail('trial.none', named(plan));
    const hashes = await loginHashes(ctx, [userId]);
    if ((await usesOf(ctx, hashes)).length > 0) fail('trial.used');
    const holder = await readHolder(ctx, userId, 'look');
    if (holder.owedSatang > 0n) fail('rental.frozen', { owedSatang: holder.owedSatang });
    const id = ctx.newId('con');
    const contract = newContract({ id, userId, planId, status: 'trial', autoRenew: false, now: book.now });
    const held: Held = { contract, terms: [], holder };
    const term = addTrial(book, held, plan, later(book.now, days(plan.trialDays)), out);
    settleRunning(held, book.now);
    out.happenings.push({ contractId: id, kind: 'trial_started', key, detail: { term: '1', planId } });
    out.audits.push({ action: 'contract.trial_started', subject: id, detail: { planId, days: plan.trialDays } });
    catchUp(book, held, out);
    await writeChanges(ctx, out);
    await noteTrial(ctx, id, hashes);
    return { contractId: id, term: 1, until: term.endsAt, totalSatang: 0n, isRepeat: false };
  });
}

async function noteTrial(ctx: TxContext, contractId: string, hashes: readonly string[]): Promise<void> {
  const usedAt = ctx.clock.now();
  const rows = hashes.map((loginHash) => ({ loginHash, contractId, usedAt }));
  if (rows.length > 0) await ctx.db.insert(trialUse).values(rows).onConflictDoNothing();
}

/** Two people become one: if either has had a trial, so has every login of both. */
export async function shareTrial(ctx: TxContext, people: readonly UserId[]): Promise<void> {
  const hashes = await loginHashes(ctx, people);
  const [used] = hashes.length > 0 ? await usesOf(ctx, hashes) : [];
  if (used) await noteTrial(ctx, used.contractId, hashes);
}
