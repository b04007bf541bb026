import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { UserId } from '../../../src/core/id.ts';
import { enableAccount, removeAccount } from '../../../src/core/trading/account.ts';
import { rotateKey } from '../../../src/core/trading/addAccount.ts';
import { previewSync, syncAccounts } from '../../../src/core/trading/sync.ts';
import { accountState, exchangeAccount } from '../../../src/core/trading/tables.ts';
import { accountNotices, add, asUser, freshKey, rowOf, trader } from '../../support/accounts.ts';
import { coins, type FakeExchanges } from '../../support/exchanges.ts';
import { job } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World<FakeExchanges>;
let userId: UserId;
beforeEach(async () => {
  world = await createWorld();
  userId = await trader(world);
});
afterEach(() => world.close());

const sync = () => syncAccounts(world.ctx(job));
const turn = async () => {
  world.clock.pass(30_000);
  return sync();
};
const btcOf = async (accountId: string) => {
  const [row] = await world.ctx(job).db.select().from(accountState).where(eq(accountState.accountId, accountId));
  return row?.balances[0]?.total;
};
/** Accounts as if they had been there for long. */
async function many(count: number, exchange = 'demo'): Promise<string[]> {
  const at = new Date(world.clock.now().getTime() - 60_000);
  const ids = Array.from({ length: count }, (_, n) => `exa_${exchange}_${String(n).padStart(6, '0')}`);
  const rows = ids.map((id) => ({
    id,
    userId,
    exchange,
    endpoint: 'demo' as const,
    label: id,
    dueAt: at,
    createdAt: at,
  }));
  await world.ctx(job).db.insert(exchangeAccount).values(rows);
  return ids;
}

test('every turn reads what is due and keeps it; what was read a moment ago is not due', async () => {
  const { account } = await add(world, userId);
  expect(await sync()).toEqual({ read: 0, failed: 0, dropped: 0 });
  world.exchanges.holdings.set(account.id, coins('0.123456789012345678901234567890'));
  expect(await turn()).toEqual({ read: 1, failed: 0, dropped: 0 });
  expect(await btcOf(account.id)).toBe('0.123456789012345678901234567890');
  expect((await rowOf(world, account.id)).readAt).toEqual(world.clock.now());
});

test('a disabled account is left alone, and so is a removed one', async () => {
  const [one, other] = [await add(world, userId), await add(world, userId)];
  await enableAccount(asUser(world, userId), { userId, accountId: one.account.id, enabled: false });
  await removeAccount(asUser(world, userId), { userId, accountId: other.account.id });
  expect(await turn()).toEqual({ read: 0, failed: 0, dropped: 0 });
});

test('a thousand accounts are read by two instances, each once, never more than 32 at a time each', async () => {
  const ids = await many(1000);
  world.exchanges.meanwhile = () => new Promise((resolve) => setImmediate(resolve));
  const other = { ...world.another(), actor: job };
  const [one, two] = await Promise.all([sync(), syncAccounts(other)]);
  expect(one.read + two.read).toBe(1000);
  const read = world.exchanges.calls.filter(({ what }) => what === 'read').map(({ accountId }) => accountId);
  expect(read.sort()).toEqual(ids);
  expect(world.exchanges.mostAtOnce).toBeLessThanOrEqual(64);
});

test('what passes by itself is told after a quarter of an hour, once, and so is its end; tries grow rarer', async () => {
  const { account } = await add(world, userId);
  world.exchanges.troubles.set(account.id, 'unreachable');
  let tries = 0;
  for (let n = 0; n < 80; n++) tries += (await turn()).failed;
  expect(tries).toBeLessThan(12);
  expect(tries).toBeGreaterThan(4);
  const kinds = async () => (await accountNotices(world, userId)).slice(1);
  expect(await kinds()).toEqual(['account.failing']);
  expect(await rowOf(world, account.id)).toMatchObject({ trouble: 'unreachable' });
  world.exchanges.troubles.clear();
  for (let n = 0; n < 40; n++) await turn();
  expect(await kinds()).toEqual(['account.failing', 'account.recovered']);
  expect(await rowOf(world, account.id)).toMatchObject({ trouble: null, troubleSince: null, failures: 0 });
});

test('a short trouble is not worth a word, neither its beginning nor its end', async () => {
  const { account } = await add(world, userId);
  world.exchanges.troubles.set(account.id, 'slow');
  await turn();
  world.exchanges.troubles.clear();
  for (let n = 0; n < 4; n++) await turn();
  expect(await accountNotices(world, userId)).toEqual(['account.added']);
});

test('a key that is no longer good is told at once, once, and not hammered', async () => {
  const { account } = await add(world, userId);
  world.exchanges.troubles.set(account.id, 'key_invalid');
  let tries = 0;
  for (let n = 0; n < 240; n++) tries += (await turn()).failed; // two hours
  expect(tries).toBeLessThan(6);
  expect(await accountNotices(world, userId)).toEqual(['account.added', 'account.failing']);
  world.exchanges.troubles.clear();
  await rotateKey(asUser(world, userId), { userId, accountId: account.id, key: freshKey() });
  expect(await rowOf(world, account.id)).toMatchObject({ trouble: null, failures: 0 });
});

test('an account removed, disabled or given another key while it is read is not written over', async () => {
  const removed = (await add(world, userId)).account.id;
  const disabled = (await add(world, userId)).account.id;
  const rotated = (await add(world, userId)).account.id;
  const ctx = asUser(world, userId);
  const changes: Record<string, () => Promise<unknown>> = {
    [removed]: () => removeAccount(ctx, { userId, accountId: removed }),
    [disabled]: () => enableAccount(ctx, { userId, accountId: disabled, enabled: false }),
    [rotated]: () => rotateKey(ctx, { userId, accountId: rotated, key: freshKey() }),
  };
  for (const id of Object.keys(changes)) world.exchanges.holdings.set(id, coins('666'));
  world.exchanges.meanwhile = async ({ accountId }) => {
    const change = changes[accountId];
    delete changes[accountId];
    await change?.();
  };
  expect(await turn()).toEqual({ read: 0, failed: 0, dropped: 3 });
  expect(await btcOf(removed)).toBeUndefined();
  expect(await btcOf(disabled)).toBe('0.5');
  expect(await btcOf(rotated)).toBe('0.5');
});

test('an exchange that is away is not asked by everybody, and keeps nobody else waiting', async () => {
  await many(100, 'kraken');
  const others = await many(100, 'demo');
  world.exchanges.troubles.set('kraken', 'unreachable');
  const found = await sync();
  expect(found).toEqual({ read: others.length, failed: 100, dropped: 0 });
  const asked = world.exchanges.calls.filter(({ what, exchange }) => what === 'read' && exchange === 'kraken');
  expect(asked.length).toBeLessThanOrEqual(40);
});

test('a fault of ours fails one account and is logged; a restart in the middle reads it after the lease', async () => {
  const { account } = await add(world, userId);
  world.exchanges.troubles.set(account.id, new Error('a bug'));
  expect(await turn()).toMatchObject({ failed: 1 });
  expect(world.log.lines.join()).toContain('an account could not be read');
  world.exchanges.troubles.clear();
  world.clock.pass(60_000);
  // Killed: it took the account and never came back.
  const reached = Promise.withResolvers<void>();
  world.exchanges.meanwhile = () => {
    reached.resolve();
    return new Promise(() => {});
  };
  void sync();
  await reached.promise;
  expect((await previewSync(world.ctx(job))).due).toEqual([]);
  world.exchanges.meanwhile = async () => {};
  expect(await sync()).toMatchObject({ read: 0 });
  world.clock.pass(121_000);
  expect(await sync()).toMatchObject({ read: 1 });
});

test('a dry run lists what is due and reads nothing', async () => {
  const { account } = await add(world, userId);
  world.clock.pass(30_000);
  const before = world.exchanges.calls.length;
  const { due } = await previewSync(world.ctx(job));
  expect(due).toMatchObject([{ id: account.id, exchange: 'binance' }]);
  expect(world.exchanges.calls.length).toBe(before);
});
