import { and, asc, eq, gt, isNull, lte, notInArray, or } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { type Context, inTransaction } from '../context.ts';
import { isDatabaseAway } from '../db.ts';
import { alertOperators } from '../notices/alert.ts';
import { operatorAlert } from '../notices/tables.ts';
import { catchUp } from './catchUp.ts';
import { type Changes, type HappeningKind, noChanges } from './changes.ts';
import type { Book, Contract, Held } from './held.ts';
import { hold, lockContract, readBook } from './load.ts';
import { contract } from './tables.ts';
import { type RentalContext, type RentalTx, rentalTransaction, writeChanges } from './write.ts';

const BATCH = 250;
const MOST_ROUNDS = 2_000;

export interface Swept {
  contracts: number;
  /** Contracts that could not be brought to the present; operators are told, the others go on. */
  broken: number;
  /** How often each thing happened. */
  happened: Partial<Record<HappeningKind, number>>;
}

/**
 * Brings every contract that is due to the present, in batches of one transaction each. A batch that is killed has done
 * nothing and is due again; one that somebody else holds at this moment, another sweep or a payment, is skipped and due
 * again in a minute; what is done is due no more. So it may run twice, late, or after any length of time.
 */
export async function sweepContracts(ctx: RentalContext): Promise<Swept> {
  requireActor(ctx, 'job');
  const swept: Swept = { contracts: 0, broken: 0, happened: {} };
  const broken: string[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const taken = await sweepBatch(ctx, broken, swept).catch(async (error: unknown) => {
      if (isDatabaseAway(error)) throw error; // no contract's fault: the next run takes them all
      ctx.log.error({ err: error }, 'a batch of contracts failed; each is tried by itself');
      return sweepEach(ctx, broken, swept);
    });
    if (taken < BATCH) break;
  }
  return { ...swept, broken: broken.length };
}

const isDue = (now: Date, broken: readonly string[]) =>
  and(lte(contract.dueAt, now), broken.length > 0 ? notInArray(contract.id, [...broken]) : undefined);

async function sweepBatch(ctx: RentalContext, broken: readonly string[], swept: Swept): Promise<number> {
  const done = await rentalTransaction(ctx, async (ctx) => {
    const book = await readBook(ctx);
    const due = await ctx.db
      .select()
      .from(contract)
      .where(isDue(book.now, broken))
      .orderBy(asc(contract.dueAt), asc(contract.id))
      .limit(BATCH)
      .for('no key update', { skipLocked: true });
    return { taken: due.length, changes: await bringAll(ctx, book, due) };
  });
  count(swept, done);
  return done.taken;
}

async function bringAll(ctx: RentalTx, book: Book, due: readonly Contract[]): Promise<Changes> {
  const changes = noChanges();
  for (const held of await hold(ctx, due, whoMayPay(book, due))) catchUp(book, held, changes);
  if (due.length > 0) await writeChanges(ctx, changes);
  return changes;
}

/** Only their wallets are locked: a reminder needs nobody to wait. */
const whoMayPay = (book: Book, due: readonly Contract[]) =>
  due.filter((row) => row.autoRenew && row.paidUntil <= book.now).map((row) => row.userId);

function count(swept: Swept, { taken, changes }: { taken: number; changes: Changes }): void {
  swept.contracts += taken;
  for (const { kind } of changes.happenings) swept.happened[kind] = (swept.happened[kind] ?? 0) + 1;
}

/** After a batch failed: one contract a transaction, so that the one at fault harms no other. */
async function sweepEach(ctx: RentalContext, broken: string[], swept: Swept): Promise<number> {
  const now = ctx.clock.now();
  const due = await ctx.db
    .select({ id: contract.id })
    .from(contract)
    .where(isDue(now, broken))
    .orderBy(asc(contract.dueAt), asc(contract.id))
    .limit(BATCH);
  for (const { id } of due) {
    try {
      const done = await rentalTransaction(ctx, async (ctx) => {
        const row = await lockContract(ctx, id);
        const mine = row.dueAt && row.dueAt <= now ? [row] : []; // another sweep may have been faster
        return { taken: mine.length, changes: await bringAll(ctx, await readBook(ctx), mine) };
      });
      count(swept, done);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      broken.push(id);
      ctx.log.error({ err: error, contract: id }, 'a contract could not be brought to the present');
      await reportBroken(ctx, id);
    }
  }
  return due.length;
}

/** Once, until somebody has looked: the sweep comes by every minute. */
async function reportBroken(ctx: Context, contractId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const { kind, subject, seenAt } = operatorAlert;
    const open = and(eq(kind, 'contract.broken'), eq(subject, contractId), isNull(seenAt));
    if ((await ctx.db.$count(operatorAlert, open)) === 0) await alertOperators(ctx, 'contract.broken', contractId);
  });
}

/** One thing that the sweep would do. */
export interface Step {
  contract: string;
  user: string;
  step: HappeningKind;
  detail: Record<string, string>;
  /** What is paid, where something is. */
  amountSatang?: string;
}

/**
 * What the sweep would do at the moment of this context's clock, contract by contract in the order in which it would
 * come to them. Reads only; the list is complete however long it gets.
 */
export async function previewSweep(ctx: Context): Promise<{ contracts: number; steps: Step[] }> {
  requireActor(ctx, 'job', 'operator');
  const book = await readBook(ctx);
  const steps: Step[] = [];
  let contracts = 0;
  let after: Contract | undefined;
  for (;;) {
    const page: Contract[] = await ctx.db
      .select()
      .from(contract)
      .where(and(lte(contract.dueAt, book.now), after && behind(after)))
      .orderBy(asc(contract.dueAt), asc(contract.id))
      .limit(BATCH);
    for (const held of await hold(ctx, page, [])) steps.push(...stepsOf(book, held));
    contracts += page.length;
    after = page.at(-1);
    if (page.length < BATCH) return { contracts, steps };
  }
}

function behind({ dueAt, id }: Contract) {
  return dueAt ? or(gt(contract.dueAt, dueAt), and(eq(contract.dueAt, dueAt), gt(contract.id, id))) : undefined;
}

function stepsOf(book: Book, held: Held): Step[] {
  const changes: Changes = noChanges();
  catchUp(book, held, changes);
  const { id, userId } = held.contract;
  return changes.happenings.map(({ kind, key, detail = {} }) => {
    const paid = changes.transfers.find((transfer) => transfer.key === key);
    return {
      contract: id,
      user: userId,
      step: kind,
      detail,
      ...(paid ? { amountSatang: String(paid.amountSatang) } : {}),
    };
  });
}
