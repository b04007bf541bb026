import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agreeToJoin } from '../../../src/core/money/join.ts';
import { accountsOf, allowAccount, stopAccount } from '../../../src/core/ops/accounts.ts';
import { closeAccount } from '../../../src/core/ops/closing.ts';
import { claimLink, createLinkCode } from '../../../src/core/people/link.ts';
import { blockUser } from '../../../src/core/people/user.ts';
import { contract } from '../../../src/core/rental/tables.ts';
import {
  enableAccount,
  listAccounts,
  readAccount,
  removeAccount,
  renameAccount,
  setGroup,
} from '../../../src/core/trading/account.ts';
import { remindOfKeys } from '../../../src/core/trading/expiry.ts';
import { openAccountLink } from '../../../src/core/trading/link.ts';
import { accountLink, accountState } from '../../../src/core/trading/tables.ts';
import {
  accountNotices,
  accountRows,
  add,
  asUser,
  codeOf,
  freshKey,
  rowOf,
  sealedOf,
  trader,
} from '../../support/accounts.ts';
import type { FakeExchanges } from '../../support/exchanges.ts';
import { auditOf, job, operator } from '../../support/money.ts';
import { DAY_MS } from '../../support/rental.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World<FakeExchanges>;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test('accounts are listed group by group, each by its label, and no one sees those of another', async () => {
  const [one, other] = [await trader(world), await trader(world)];
  for (const [label, group] of [
    ['b', 'Z'],
    ['c', ''],
    ['A', 'Z'],
    ['D', 'a'],
  ] as const)
    await add(world, one, { label, group });
  const labels = (await listAccounts(asUser(world, one), { userId: one })).map(({ label }) => label);
  expect(labels).toEqual(['c', 'D', 'A', 'b']);
  expect(await listAccounts(asUser(world, other), { userId: other })).toEqual([]);
  expect(await codeOf(listAccounts(asUser(world, other), { userId: one }))).toBe('access.denied');
});

test('an account has a name and a group of its own: account.label_taken, account.label_invalid', async () => {
  const userId = await trader(world);
  const ctx = asUser(world, userId);
  const { account } = await add(world, userId, { label: 'One' });
  await add(world, userId, { label: 'Two' });
  const which = { userId, accountId: account.id };
  await renameAccount(ctx, { ...which, label: '  Uno \u202e ' });
  expect((await rowOf(world, account.id)).label).toBe('Uno');
  expect(await codeOf(renameAccount(ctx, { ...which, label: 'TWO' }))).toBe('account.label_taken');
  expect(await codeOf(renameAccount(ctx, { ...which, label: ' \u200b ' }))).toBe('account.label_invalid');
  await setGroup(ctx, { ...which, group: 'Long' });
  expect((await rowOf(world, account.id)).groupName).toBe('Long');
  await setGroup(ctx, { ...which, group: '-' });
  expect((await rowOf(world, account.id)).groupName).toBeNull();
  expect(await auditOf(world, account.id)).toEqual([
    'account.added',
    'account.renamed',
    'account.grouped',
    'account.grouped',
  ]);
});

test('a removed account keeps its row and loses its key, its holdings and its links; twice is once', async () => {
  const userId = await trader(world);
  const ctx = asUser(world, userId);
  const { account } = await add(world, userId);
  const which = { userId, accountId: account.id };
  await openAccountLink(ctx, which);
  await Promise.all([removeAccount(ctx, which), removeAccount(ctx, which)]);
  await removeAccount(ctx, which);
  const { db } = world.ctx(job);
  expect((await rowOf(world, account.id)).removedAt).toEqual(world.clock.now());
  expect(await sealedOf(world, account.id)).toBeUndefined();
  expect(await db.select().from(accountState).where(eq(accountState.accountId, account.id))).toEqual([]);
  expect(await db.select().from(accountLink).where(eq(accountLink.accountId, account.id))).toEqual([]);
  expect(await codeOf(readAccount(ctx, which))).toBe('account.missing');
  expect(await auditOf(world, account.id)).toEqual(['account.added', 'account.removed']);
  expect(await accountNotices(world, userId)).toEqual(['account.added', 'account.removed']);
  expect(world.exchanges.calls.at(-1)).toMatchObject({ what: 'forget', accountId: account.id });
});

test('what an operator stopped its person cannot turn on, until it is allowed: account.stopped, account.changed', async () => {
  const userId = await trader(world);
  const ctx = asUser(world, userId);
  const ops = world.ctx(operator);
  const { account } = await add(world, userId);
  const which = { userId, accountId: account.id };
  await enableAccount(ctx, { ...which, enabled: false });
  await enableAccount(ctx, { ...which, enabled: true });
  const order = { accountId: account.id, version: account.version, reason: 'odd orders' };
  expect(await codeOf(stopAccount(ops, order))).toBe('account.changed');
  const [seen] = await accountsOf(ops, [userId]);
  const fresh = { ...order, version: seen?.version ?? -1 };
  await stopAccount(ops, fresh);
  await stopAccount(ops, fresh); // the same press again
  expect(await codeOf(enableAccount(ctx, { ...which, enabled: true }))).toBe('account.stopped');
  expect(await codeOf(stopAccount(ops, { ...order, reason: ' ' }))).toBe('reason.required');
  const { version } = await rowOf(world, account.id);
  await allowAccount(ops, { ...order, version });
  expect(await rowOf(world, account.id)).toMatchObject({ enabled: true, trouble: null });
  expect(await accountNotices(world, userId)).toEqual(['account.added', 'account.stopped', 'account.allowed']);
});

test('accounts go with their person: labels that both have get a number', async () => {
  const [into, from] = [await world.person('Into'), await world.person('From')];
  for (const { userId } of [into, from])
    await add(world, userId, { exchange: 'demo', endpoint: 'demo', key: undefined, label: 'Demo' });
  const { code } = await createLinkCode(asUser(world, into.userId), { userId: into.userId });
  const claimed = await claimLink(asUser(world, from.userId), { userId: from.userId, code });
  for (const { userId } of [from, into]) await agreeToJoin(asUser(world, userId), { userId, linkId: claimed.id });
  expect((await accountRows(world, into.userId)).map(({ label }) => label)).toEqual(['Demo', 'Demo 2']);
  expect(await accountRows(world, from.userId)).toEqual([]);
});

test('closing a person destroys their keys and the names of their accounts', async () => {
  const userId = await trader(world);
  const { account } = await add(world, userId, { label: 'Secret label', group: 'Secret group' });
  const { db } = world.ctx(job);
  await db.update(contract).set({ status: 'cancelled', endedAt: world.clock.now() }).where(eq(contract.userId, userId));
  await closeAccount(world.ctx(operator), { userId, reason: 'asked for' });
  expect(await sealedOf(world, account.id)).toBeUndefined();
  expect(await rowOf(world, account.id)).toMatchObject({ label: '–', groupName: null, enabled: false });
  expect((await rowOf(world, account.id)).removedAt).not.toBeNull();
  expect(world.exchanges.calls.at(-1)).toMatchObject({ what: 'forget', accountId: account.id });
});

test('a blocked person can do nothing with accounts', async () => {
  const userId = await trader(world);
  const ctx = asUser(world, userId);
  const { account } = await add(world, userId);
  await blockUser(world.ctx(operator), { userId, reason: 'a test' });
  const which = { userId, accountId: account.id };
  expect(await codeOf(removeAccount(ctx, which))).toBe('user.blocked');
  expect(await codeOf(add(world, userId))).toBe('user.blocked');
});

test('a key that ends is told seven, three and one days before, once each', async () => {
  const userId = await trader(world);
  const key = freshKey();
  world.exchanges.told.set(key.apiKey, { expiresAt: new Date(world.clock.now().getTime() + 8 * DAY_MS) });
  await add(world, userId, { key });
  const told: number[] = [];
  for (let day = 0; day < 9; day++) {
    await remindOfKeys(world.ctx(job));
    await remindOfKeys(world.ctx(job));
    told.push((await accountNotices(world, userId)).filter((kind) => kind === 'account.key_expires').length);
    world.clock.pass(DAY_MS);
  }
  expect(told).toEqual([0, 1, 1, 1, 1, 2, 2, 3, 3]);
});
