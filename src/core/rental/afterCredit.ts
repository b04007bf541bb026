import { eq, sql } from 'drizzle-orm';
import type { TxContext } from '../context.ts';
import { isDatabaseAway, isRetriable } from '../db.ts';
import { fail, Refusal, type RefusalCode } from '../error.ts';
import type { TopupId, UserId } from '../id.ts';
import type { OnCredit } from '../money/credit.ts';
import { topup } from '../money/tables.ts';
import { alertOperators } from '../notices/alert.ts';
import { putNotice } from '../notices/notice.ts';
import { readUser } from '../people/user.ts';
import { catchUp } from './catchUp.ts';
import { upgrade } from './change.ts';
import { noChanges } from './changes.ts';
import { named, planOf } from './held.ts';
import { holdOne, lockContract, readBook } from './load.ts';
import { type Rented, renew, start } from './rent.ts';
import { rentIntent } from './tables.ts';
import { type IssueDocuments, type RentalTx, writeChanges } from './write.ts';

type Intent = typeof rentIntent.$inferSelect;

interface Awaiting extends Record<string, unknown> {
  /** The top-up has something to pay for, and its owner has not given it up. */
  intended: boolean;
  /** A contract that this money may concern. */
  contract_id: string | null;
  /** It is past its end and renews by itself. */
  lapsing: boolean | null;
}

/**
 * What a credit sets off in rental: the top-up's own purpose, and a contract that waits in grace for money. One short
 * statement for every other credit. Nothing of it can take the credit away: it runs in a savepoint of its own.
 */
export const renewAfterCredit =
  (issueDocuments?: IssueDocuments): OnCredit =>
  async (tx, { userId, topupId }) => {
    const ctx: RentalTx = issueDocuments ? { ...tx, issueDocuments } : tx;
    const found = await lockConcerned(ctx, userId, topupId);
    if (!found.intended && !found.lapsing) return undefined;
    return async () => {
      if (found.intended && topupId) await carryOut(ctx, userId, topupId);
      if (found.lapsing && found.contract_id) await renewLapsing(ctx, found.contract_id);
    };
  };

async function lockConcerned(ctx: TxContext, userId: UserId, topupId: TopupId | null): Promise<Awaiting> {
  const now = ctx.clock.now().toISOString();
  const [row] = await ctx.db.execute<Awaiting>(sql`
    with intent as (
      select 1 from rent_intent i join topup t on t.id = i.topup_id
      where i.topup_id = ${topupId} and i.done_at is null and t.status <> 'cancelled'),
    held as materialized (
      select c.id, c.paid_until <= ${now}::timestamptz and c.auto_renew and c.paused_at is null as lapsing from contract c
      where c.user_id = ${userId} and c.status in ('trial', 'active', 'grace')
        and (c.paid_until <= ${now}::timestamptz or exists (select from intent))
      for no key update)
    select exists (select from intent) as intended, (select id from held) as contract_id,
           (select lapsing from held) as lapsing`);
  if (!row) throw new Error('a select of one row answered none');
  return row;
}

/** Does what a top-up was made for, once, and says so either way. `userId` is whose top-up it is now. */
async function carryOut(ctx: RentalTx, userId: UserId, topupId: TopupId): Promise<void> {
  const [row] = await ctx.db
    .select({ intent: rentIntent, expiresAt: topup.expiresAt })
    .from(rentIntent)
    .innerJoin(topup, eq(topup.id, rentIntent.topupId))
    .where(eq(rentIntent.topupId, topupId))
    .for('no key update', { of: rentIntent });
  if (!row || row.intent.doneAt) return;
  const { intent, expiresAt } = row;
  const isInTime = ctx.clock.now() <= expiresAt;
  const refusal = await apart(ctx, topupId, async (ctx) => {
    const rented = await rent(ctx, { ...intent, userId }, isInTime);
    if (!rented.isRepeat) await tellRented(ctx, { ...intent, userId }, rented);
  });
  await ctx.db
    .update(rentIntent)
    .set({ doneAt: ctx.clock.now(), refusal: refusal ?? null })
    .where(eq(rentIntent.topupId, topupId));
  if (refusal) await tellRefused(ctx, { ...intent, userId }, refusal);
}

/**
 * The person's row is not locked: whoever has locked it may be waiting for what this payment holds. A top-up that is paid
 * in time gets what it was told, also for the seconds since; one that is late is worked out anew.
 */
async function rent(ctx: RentalTx, intent: Intent, isInTime: boolean): Promise<Rented> {
  const { userId, topupId: requestKey, planId, contractId, term, totalSatang, createdAt } = intent;
  if ((await readUser(ctx, userId)).blockedAt) fail('user.blocked');
  const wanted = { userId, planId, totalSatang, requestKey };
  if (intent.does === 'start') return start(ctx, wanted);
  if (!contractId) throw new Error(`the intent of top-up ${requestKey} names no contract`);
  if (intent.does === 'upgrade')
    return upgrade(ctx, { ...wanted, contractId, ...(isInTime ? { quotedAt: createdAt } : {}) });
  return renew(ctx, { userId, contractId, term, totalSatang });
}

const saidAs = { start: 'contract.started', renew: 'contract.renewed', upgrade: 'contract.upgraded' } as const;

async function tellRented(ctx: RentalTx, intent: Intent, { until, totalSatang }: Rented): Promise<void> {
  const { userId, does, planId, topupId } = intent;
  const params = { ...named(planOf(await readBook(ctx), planId)), until, totalSatang };
  await putNotice(ctx, { userId, kind: saidAs[does], params, key: `${topupId}:rented` });
}

async function tellRefused(ctx: RentalTx, intent: Intent, refusal: RefusalCode): Promise<void> {
  const { userId, planId, topupId } = intent;
  const params = { ...named(planOf(await readBook(ctx), planId)), why: refusal.replace('.', '-') };
  await putNotice(ctx, { userId, kind: 'rental.not_done', params, key: `${topupId}:not_rented` });
}

/** The contract's holder wants it renewed, and there may be enough now. */
async function renewLapsing(ctx: RentalTx, contractId: string): Promise<void> {
  await apart(ctx, contractId, async (ctx) => {
    const out = noChanges();
    catchUp(await readBook(ctx), await holdOne(ctx, await lockContract(ctx, contractId), 'lock'), out);
    await writeChanges(ctx, out);
  });
}

/**
 * Runs something in a savepoint: whatever goes wrong is undone by itself, the credit around it stays. Answers with the
 * code of a refusal. A bug is logged and shown to operators. What PostgreSQL wants repeated is repeated as a whole, and a
 * database that has no room or no memory at this moment is asked again by whoever brought the payment.
 */
async function apart(
  ctx: RentalTx,
  subject: string,
  body: (ctx: RentalTx) => Promise<void>,
): Promise<RefusalCode | undefined> {
  try {
    await ctx.db.transaction((db) => body({ ...ctx, db }));
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    if (isRetriable(error) || isDatabaseAway(error)) throw error;
    ctx.log.error({ err: error, subject }, 'what a credit was to set off failed; the credit stays');
    await alertOperators(ctx, 'rental.failed', subject);
    return 'unexpected';
  }
}
