import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../../src/core/id.ts';
import { forgetAccountLinks, openAccountLink, readAccountLink } from '../../../src/core/trading/link.ts';
import { accountLink } from '../../../src/core/trading/tables.ts';
import { accountRows, add, asUser, codeOf, freshKey, trader } from '../../support/accounts.ts';
import type { FakeExchanges } from '../../support/exchanges.ts';
import { job } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World<FakeExchanges>;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const door = () => world.ctx({ kind: 'chat', provider: 'web' });
const open = async (userId: UserId, accountId?: string) => {
  const { url } = await openAccountLink(asUser(world, userId), { userId, ...(accountId ? { accountId } : {}) });
  return url.split('/').at(-1) ?? '';
};

test('only the hash of a link is stored, and looking at it does not use it', async () => {
  const userId = await trader(world);
  const token = await open(userId);
  expect(token).toMatch(/^[\w-]{43}$/);
  const rows = await world.ctx(job).db.select().from(accountLink);
  expect(JSON.stringify(rows)).not.toContain(token);
  for (let n = 0; n < 3; n++) expect((await readAccountLink(door(), { token })).user.id).toBe(userId);
});

test('a link works once, and for ten minutes: account_link.used, account_link.invalid', async () => {
  const userId = await trader(world);
  const [token, late] = [await open(userId), await open(userId)];
  const bad = freshKey();
  world.exchanges.told.set(bad.apiKey, { canWithdraw: true });
  expect(await codeOf(add(world, userId, { token, key: bad }))).toBe('account.withdrawal');
  expect(await codeOf(add(world, userId, { token }))).toBe('done'); // only success uses it up
  expect(await codeOf(readAccountLink(door(), { token }))).toBe('account_link.used');
  expect(await codeOf(add(world, userId, { token }))).toBe('account_link.used');
  world.clock.pass(10 * 60_000);
  expect(await codeOf(readAccountLink(door(), { token: late }))).toBe('account_link.invalid');
  expect(await codeOf(add(world, userId, { token: late }))).toBe('account_link.invalid');
  expect(await codeOf(readAccountLink(door(), { token: 'made-up' }))).toBe('account_link.invalid');
  expect(await accountRows(world, userId)).toHaveLength(1);
});

test('a link used twice at once adds one account', async () => {
  const userId = await trader(world);
  const token = await open(userId);
  const codes = await Promise.all([add(world, userId, { token }), add(world, userId, { token })].map(codeOf));
  expect(codes.sort()).toEqual(['account_link.used', 'done']);
  expect(await accountRows(world, userId)).toHaveLength(1);
});

test("somebody else's link is none, and somebody else's account is not to be had", async () => {
  const [mine, theirs] = [await trader(world), await trader(world)];
  const { account } = await add(world, theirs);
  const token = await open(theirs);
  expect(await codeOf(add(world, mine, { token }))).toBe('account_link.invalid');
  expect(await codeOf(open(mine, account.id))).toBe('account.missing');
});

test('a fourth link ends the oldest, and old ones are forgotten', async () => {
  const userId = await trader(world);
  const tokens: string[] = [];
  for (let n = 0; n < 4; n++) {
    tokens.push(await open(userId));
    world.clock.pass(1000);
  }
  const codes = await Promise.all(tokens.map((token) => codeOf(readAccountLink(door(), { token }))));
  expect(codes).toEqual(['account_link.invalid', 'done', 'done', 'done']);
  world.clock.pass(2 * 86_400_000);
  expect(await forgetAccountLinks(world.ctx(job))).toBeGreaterThanOrEqual(3);
  expect(await world.ctx(job).db.$count(accountLink)).toBe(0);
});

test.each([
  ['https://bot.example.com', 'done'],
  ['http://127.0.0.1:8000', 'done'],
  ['http://[::1]:8000', 'done'],
  ['http://localhost:8000', 'done'],
  ['http://bot.example.com', 'account_link.insecure'],
  ['http://127.0.0.1.example.com', 'account_link.insecure'],
  [null, 'account_link.insecure'],
])('under %s a link is: %s', async (site, code) => {
  const userId = await trader(world);
  world.site.url = site;
  expect(await codeOf(openAccountLink(asUser(world, userId), { userId }))).toBe(code);
  world.site.url = 'https://bot.example.com';
});
