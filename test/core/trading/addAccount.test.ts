import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TroubleKind } from '../../../src/core/market/trouble.ts';
import { removeAccount } from '../../../src/core/trading/account.ts';
import { rotateKey } from '../../../src/core/trading/addAccount.ts';
import type { KeyRights } from '../../../src/core/trading/exchange.ts';
import { openKey } from '../../../src/core/trading/sealedKey.ts';
import { accountState } from '../../../src/core/trading/tables.ts';
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
import { auditOf, job } from '../../support/money.ts';
import { BASIC, PREMIUM, rentedBy } from '../../support/rental.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World<FakeExchanges>;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test('a key is tried, sealed for its account alone, and answered with nothing of it', async () => {
  const userId = await trader(world);
  const key = freshKey();
  const { account, warnings } = await add(world, userId, { key, label: 'Main', group: 'Long term' });
  expect(account).toMatchObject({ label: 'Main', groupName: 'Long term', canTrade: true, ipRestricted: true });
  expect(warnings).toEqual([]);
  expect(JSON.stringify(account)).not.toContain(key.apiKey);
  const sealed = await sealedOf(world, account.id);
  expect(sealed).not.toContain(key.secret);
  expect(openKey(world.vault, account.id, sealed ?? '')).toEqual(key);
  expect(() => openKey(world.vault, 'exa_other', sealed ?? '')).toThrow();
  const calls = world.exchanges.calls.filter((call) => call.accountId === account.id).map(({ what }) => what);
  expect(calls).toEqual(['rights', 'read']);
  const states = await world.ctx(job).db.select().from(accountState);
  expect(states.find((state) => state.accountId === account.id)?.balances[0]?.total).toBe('0.5');
  expect(await auditOf(world, account.id)).toEqual(['account.added']);
  expect(await accountNotices(world, userId)).toEqual(['account.added']);
});

test.each<[TroubleKind, string]>([
  ['key_invalid', 'account.key_invalid'],
  ['key_refused', 'account.key_refused'],
  ['key_expired', 'account.key_expired'],
  ['suspended', 'account.suspended'],
  ['ip_not_allowed', 'account.ip_not_allowed'],
  ['permission', 'account.permission'],
  ['clock', 'account.clock'],
  ['maintenance', 'account.maintenance'],
  ['limited', 'account.busy'],
  ['banned', 'account.turned_away'],
  ['region', 'account.turned_away'],
  ['unreachable', 'account.unreachable'],
  ['slow', 'account.unreachable'],
  ['malformed', 'account.unreachable'],
])('an exchange that says %s is refused as %s, and nothing is stored', async (trouble, code) => {
  const userId = await trader(world);
  const key = freshKey();
  world.exchanges.troubles.set(key.apiKey, trouble);
  expect(await codeOf(add(world, userId, { key }))).toBe(code);
  expect(await accountRows(world, userId)).toEqual([]);
  expect(world.exchanges.calls.at(-1)?.what).toBe('forget');
});

test.each<[string, Partial<KeyRights>, string]>([
  ['may withdraw', { canWithdraw: true }, 'account.withdrawal'],
  ['finds the clocks 9 s apart', { clockOffsetMs: -9_000 }, 'account.clock'],
])('a key that %s is refused', async (_, rights, code) => {
  const userId = await trader(world);
  const key = freshKey();
  world.exchanges.told.set(key.apiKey, rights);
  expect(await codeOf(add(world, userId, { key }))).toBe(code);
  expect(await accountRows(world, userId)).toEqual([]);
});

test('what an exchange does not say is told to the person, and taken', async () => {
  const userId = await trader(world);
  const key = freshKey();
  world.exchanges.told.set(key.apiKey, { canWithdraw: null, ipRestricted: null, canTrade: false });
  const { account, warnings } = await add(world, userId, { key });
  expect(warnings).toEqual(['withdraw_unknown', 'ip_unknown', 'cannot_trade']);
  expect(account).toMatchObject({ canTrade: false, ipRestricted: null });
});

test.each([
  [{ exchange: 'binence' }, 'account.exchange_unknown'],
  [{ exchange: 'kraken', endpoint: 'testnet' }, 'account.endpoint_unknown'],
  [{ label: 'x'.repeat(41) }, 'account.label_invalid'],
  [{ group: 'x'.repeat(41) }, 'account.group_invalid'],
  [{ key: { apiKey: 'short', secret: 'long enough' } }, 'account.key_malformed'],
  [{ key: { apiKey: 'long-enough', secret: 'ไทยไทยไทยไทย' } }, 'account.key_malformed'],
  [{ key: undefined }, 'account.key_malformed'],
  [{ exchange: 'okx' }, 'account.passphrase_missing'],
])('%j is refused before the exchange is asked: %s', async (more, code) => {
  const userId = await trader(world);
  const before = world.exchanges.calls.length;
  expect(await codeOf(add(world, userId, more))).toBe(code);
  expect(world.exchanges.calls.length).toBe(before);
});

test('a misspelt exchange brings the one that was meant, and nothing of what was typed', async () => {
  const userId = await trader(world);
  const typed = 'binanse';
  await expect(add(world, userId, { exchange: typed })).rejects.toMatchObject({ params: { nearest: 'Binance' } });
  await expect(add(world, userId, { exchange: freshKey().secret })).rejects.toMatchObject({
    params: { nearest: 'none' },
  });
});

test('the same key twice is refused, at once too, and whoever has it: account.key_used', async () => {
  const [one, other] = [await trader(world), await trader(world)];
  const key = freshKey();
  const codes = await Promise.all([one, other].map((userId) => codeOf(add(world, userId, { key }))));
  expect(codes.sort()).toEqual(['account.key_used', 'done']);
  expect([...(await accountRows(world, one)), ...(await accountRows(world, other))]).toHaveLength(1);
  expect(await codeOf(add(world, one, { key }))).toBe('account.key_used');
  // On the test network the same characters are another key.
  expect(await codeOf(add(world, one, { key, endpoint: 'testnet' }))).toBe('done');
});

test('labels of one person differ, whatever their capital letters: account.label_taken', async () => {
  const userId = await trader(world);
  await add(world, userId, { label: 'Main' });
  expect(await codeOf(add(world, userId, { label: 'MAIN' }))).toBe('account.label_taken');
  const codes = await Promise.all(['Twin', 'twin'].map((label) => codeOf(add(world, userId, { label }))));
  expect(codes.sort()).toEqual(['account.label_taken', 'done']);
  expect(await codeOf(add(world, await trader(world), { label: 'Main' }))).toBe('done');
});

test('without a label an account is called after its exchange, with a number from the second on', async () => {
  const userId = await trader(world);
  for (const endpoint of ['live', 'live', 'testnet']) await add(world, userId, { endpoint });
  expect((await accountRows(world, userId)).map(({ label }) => label)).toEqual([
    'Binance',
    'Binance 2',
    'Binance testnet',
  ]);
});

test('a plan says how many accounts: none without one, one with Basic, five with Premium, demo for everybody', async () => {
  const { userId } = await world.person();
  expect(await codeOf(add(world, userId))).toBe('contract.none');
  const demo = { exchange: 'demo', endpoint: 'demo', key: undefined };
  for (let n = 0; n < 5; n++) await add(world, userId, demo);
  expect(await codeOf(add(world, userId, demo))).toBe('account.too_many');
  await rentedBy(world, userId, BASIC);
  expect(await codeOf(add(world, userId))).toBe('done');
  expect(await codeOf(add(world, userId))).toBe('feature.not_in_plan');
  const premium = (await world.person()).userId;
  await rentedBy(world, premium, PREMIUM);
  for (let n = 0; n < 5; n++) expect(await codeOf(add(world, premium))).toBe('done');
  await expect(add(world, premium)).rejects.toMatchObject({ params: { feature: 'multi_account_portfolio' } });
});

test('two adds at once do not pass the plan together', async () => {
  const { userId } = await world.person();
  await rentedBy(world, userId, BASIC);
  const codes = await Promise.all([add(world, userId), add(world, userId)].map(codeOf));
  expect(codes.sort()).toEqual(['done', 'feature.not_in_plan']);
});

test('a demo account has no key, moves by itself, and cannot be given one: account.no_key', async () => {
  const userId = await trader(world);
  const { account } = await add(world, userId, { exchange: 'demo', endpoint: 'demo', key: undefined });
  expect(await sealedOf(world, account.id)).toBeUndefined();
  const rotated = rotateKey(asUser(world, userId), { userId, accountId: account.id, key: freshKey() });
  expect(await codeOf(rotated)).toBe('account.no_key');
  expect(await accountNotices(world, userId)).toEqual([]);
});

test('a new key takes the place of the old one, which is gone; a bad one changes nothing', async () => {
  const userId = await trader(world);
  const ctx = asUser(world, userId);
  const { account } = await add(world, userId);
  const before = await sealedOf(world, account.id);
  const bad = freshKey();
  world.exchanges.told.set(bad.apiKey, { canWithdraw: true });
  expect(await codeOf(rotateKey(ctx, { userId, accountId: account.id, key: bad }))).toBe('account.withdrawal');
  expect(await sealedOf(world, account.id)).toBe(before);
  const key = freshKey();
  await rotateKey(ctx, { userId, accountId: account.id, key });
  expect(openKey(world.vault, account.id, (await sealedOf(world, account.id)) ?? '')).toEqual(key);
  expect((await rowOf(world, account.id)).version).toBe(account.version + 1);
  expect(world.exchanges.calls.at(-1)).toMatchObject({ what: 'forget', accountId: account.id });
  expect(await accountNotices(world, userId)).toEqual(['account.added', 'account.key_replaced']);
  expect(await codeOf(rotateKey(ctx, { userId, accountId: account.id, key }))).toBe('account.key_used');
});

test('a key is free again once its account is removed', async () => {
  const userId = await trader(world);
  const key = freshKey();
  const { account } = await add(world, userId, { key });
  await removeAccount(asUser(world, userId), { userId, accountId: account.id });
  expect(await codeOf(add(world, userId, { key }))).toBe('done');
});

test('an account removed while its new key is tried stays removed', async () => {
  const userId = await trader(world);
  const { account } = await add(world, userId);
  const key = freshKey();
  world.exchanges.meanwhile = async (login) => {
    if (login.key?.apiKey !== key.apiKey) return;
    world.exchanges.meanwhile = async () => {};
    await removeAccount(asUser(world, userId), { userId, accountId: account.id });
  };
  const rotated = rotateKey(asUser(world, userId), { userId, accountId: account.id, key });
  expect(await codeOf(rotated)).toBe('account.missing');
  expect(await sealedOf(world, account.id)).toBeUndefined();
});
