import { asc, eq } from 'drizzle-orm';
import type { Refusal } from '../../src/core/error.ts';
import type { UserId } from '../../src/core/id.ts';
import { notice } from '../../src/core/notices/tables.ts';
import { type AddedAccount, addAccount, type NewAccount } from '../../src/core/trading/addAccount.ts';
import { accountKey, exchangeAccount } from '../../src/core/trading/tables.ts';
import { job } from './money.ts';
import { ENTERPRISE, rentedBy } from './rental.ts';
import type { World } from './world.ts';

let keys = 0;

/** A key that nobody has given before, and that no other text looks like. */
export function freshKey(): { apiKey: string; secret: string } {
  keys += 1;
  return { apiKey: `APIKEYzq${keys}x${'k'.repeat(24)}`, secret: `SECRETzq${keys}x${'s'.repeat(40)}` };
}

/** A person whose plan lets them have any number of accounts. */
export async function trader(world: World, name?: string): Promise<UserId> {
  const { userId } = await world.person(name);
  await rentedBy(world, userId, ENTERPRISE);
  return userId;
}

export const asUser = (world: World, userId: UserId) => world.ctx({ kind: 'user', userId });

export const add = (world: World, userId: UserId, more: Partial<NewAccount> = {}): Promise<AddedAccount> =>
  addAccount(asUser(world, userId), { userId, exchange: 'binance', endpoint: 'live', key: freshKey(), ...more });

/** The code of a refusal, or what came instead of one. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: Refusal) => error.code ?? String(error),
  );

export const accountRows = (world: World, userId: UserId) =>
  world
    .ctx(job)
    .db.select()
    .from(exchangeAccount)
    .where(eq(exchangeAccount.userId, userId))
    .orderBy(asc(exchangeAccount.id));

export async function rowOf(world: World, id: string) {
  const [row] = await world.ctx(job).db.select().from(exchangeAccount).where(eq(exchangeAccount.id, id));
  if (!row) throw new Error(`no account ${id}`);
  return row;
}

export async function sealedOf(world: World, id: string): Promise<string | undefined> {
  const [row] = await world.ctx(job).db.select().from(accountKey).where(eq(accountKey.accountId, id));
  return row?.sealed;
}

/** Kinds of notices about accounts, in order. */
export async function accountNotices(world: World, userId: UserId): Promise<string[]> {
  const rows = await world.ctx(job).db.select().from(notice).where(eq(notice.userId, userId)).orderBy(asc(notice.id));
  return rows.map((row) => row.kind).filter((kind) => kind.startsWith('account.'));
}
