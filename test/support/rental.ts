import { and, asc, eq } from 'drizzle-orm';
import { later } from '../../src/core/clock.ts';
import type { TopupId, UserId } from '../../src/core/id.ts';
import { ADJUSTMENT, openAccounts, postTransfer, walletOf } from '../../src/core/money/ledger.ts';
import { ledgerEntry, ledgerTransfer, topup } from '../../src/core/money/tables.ts';
import { notice } from '../../src/core/notices/tables.ts';
import type { Contract, Term } from '../../src/core/rental/held.ts';
import { quoteStart } from '../../src/core/rental/quote.ts';
import { type Rented, startContract } from '../../src/core/rental/rent.ts';
import { sweepContracts } from '../../src/core/rental/sweep.ts';
import { contract, contractEvent, term } from '../../src/core/rental/tables.ts';
import { job } from './money.ts';
import type { World } from './world.ts';

export const DAY_MS = 86_400_000;
export const [BASIC, PREMIUM, ENTERPRISE] = ['pln_basic', 'pln_premium', 'pln_enterprise'];
export const PRICE = { [BASIC]: 499_00n, [PREMIUM]: 1_499_00n, [ENTERPRISE]: 4_999_00n } as Record<string, bigint>;

let given = 0;

/** Puts money into a wallet as if it had always been there: nothing is set off by it. */
export async function fund(world: World, userId: UserId, amountSatang: bigint): Promise<void> {
  const key = `test:${++given}`;
  const ctx = world.ctx(job);
  await openAccounts(ctx, userId);
  const [from, to] = [ADJUSTMENT, walletOf(userId)];
  await postTransfer(ctx, { key, kind: 'adjust', subject: userId, from, to, amountSatang });
}

/** Takes money out of a wallet. */
export async function spend(world: World, userId: UserId, amountSatang: bigint): Promise<void> {
  const key = `test:${++given}`;
  const [to, from] = [ADJUSTMENT, walletOf(userId)];
  await postTransfer(world.ctx(job), { key, kind: 'adjust', subject: userId, from, to, amountSatang });
}

let waiting = 0;

/** The reference of a top-up that waits for its payment, without the questions that come before one. */
export async function waitingTopup(world: World, userId: UserId, amountSatang: bigint): Promise<string> {
  waiting += 1;
  const reference = `TUWAITING${waiting}`;
  const { db, clock } = world.ctx(job);
  const now = clock.now();
  const id = `top_waiting${waiting}` as TopupId; // born here
  const row = { id, userId, reference, requestKey: reference, amountSatang, mode: 'hook', provider: 'hook' } as const;
  await db.insert(topup).values({ ...row, status: 'pending', createdAt: now, expiresAt: later(now, DAY_MS) });
  return reference;
}

let requests = 0;
export const requestKey = () => `rental-${++requests}`;

/** A contract of a person who has just what it costs. */
export async function rentedBy(
  world: World,
  userId: UserId,
  planId = BASIC,
  more: { autoRenew?: boolean } = {},
): Promise<Rented> {
  const ctx = world.ctx({ kind: 'user', userId });
  const { totalSatang, missingSatang } = await quoteStart(ctx, { userId, planId });
  if (missingSatang > 0n) await fund(world, userId, missingSatang);
  return startContract(ctx, { userId, planId, totalSatang, requestKey: requestKey(), ...more });
}

export const sweep = (world: World) => sweepContracts(world.ctx(job));

export async function contractOf(world: World, userId: UserId): Promise<Contract> {
  const rows = await world
    .ctx(job)
    .db.select()
    .from(contract)
    .where(eq(contract.userId, userId))
    .orderBy(asc(contract.id));
  const last = rows.at(-1);
  if (!last) throw new Error('this person never had a contract');
  return last;
}

export const termsOf = (world: World, contractId: string): Promise<Term[]> =>
  world.ctx(job).db.select().from(term).where(eq(term.contractId, contractId)).orderBy(asc(term.number));

/** What happened to a contract, in order. */
export async function happened(world: World, contractId: string): Promise<string[]> {
  const rows = await world
    .ctx(job)
    .db.select()
    .from(contractEvent)
    .where(eq(contractEvent.contractId, contractId))
    .orderBy(asc(contractEvent.id));
  return rows.map((row) => row.kind);
}

/** The notices of one kind that a person got, with their words' parameters, in order. */
export async function told(world: World, userId: UserId, kind: string): Promise<Record<string, string>[]> {
  const rows = await world
    .ctx(job)
    .db.select()
    .from(notice)
    .where(and(eq(notice.userId, userId), eq(notice.kind, kind)))
    .orderBy(asc(notice.id));
  return rows.map((row) => row.params);
}

/** Keys and amounts of the transfers about a contract, signed from the wallet's side, in order. */
export async function moved(world: World, contractId: string): Promise<[string, bigint][]> {
  const rows = await world
    .ctx(job)
    .db.select({ key: ledgerTransfer.key, amountSatang: ledgerEntry.amountSatang })
    .from(ledgerTransfer)
    .innerJoin(ledgerEntry, eq(ledgerEntry.transferId, ledgerTransfer.id))
    .where(and(eq(ledgerTransfer.subject, contractId), eq(ledgerEntry.accountId, 'revenue' as never)))
    .orderBy(asc(ledgerTransfer.id));
  return rows.map(({ key, amountSatang }) => [key, -amountSatang]);
}
