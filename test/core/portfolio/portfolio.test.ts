import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { days, later, minutes, seconds } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { readPortfolio, readPositions } from '../../../src/core/portfolio/portfolio.ts';
import { readPortfolioPreference, setPortfolioPreference } from '../../../src/core/portfolio/preference.ts';
import { refreshRates } from '../../../src/core/portfolio/rateTable.ts';
import { houseRates } from '../../../src/core/portfolio/settings.ts';
import { syncHistory } from '../../../src/core/portfolio/sync.ts';
import { accountFill, accountMove } from '../../../src/core/portfolio/tables.ts';
import { writeSetting } from '../../../src/core/setting.ts';
import { balance, holding, position, type TestPort, testPort } from '../../support/exchangePort.ts';
import { job, operator } from '../../support/money.ts';
import { account, fill, move, price, put } from '../../support/portfolio.ts';
import { PREMIUM, rentedBy } from '../../support/rental.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World<TestPort>;
beforeAll(async () => {
  world = await createWorld({ exchanges: testPort() });
  await price(world, 'BTC/USDT', '50000');
  await price(world, 'ETH/BTC', '0.05');
  await price(world, 'USDT/THB', '32', 'bitkub');
});
afterAll(() => world.close());

const as = (userId: UserId) => world.ctx({ kind: 'user', userId });
const see = (userId: UserId, more: Partial<Parameters<typeof readPortfolio>[1]> = {}) =>
  readPortfolio(as(userId), { userId, ...more });

describe('a portfolio', () => {
  test('is worth what its assets and open positions are, in USDT, dollars and baht', async () => {
    const { userId } = await world.person();
    const positions = [
      position('BTC/USDT:USDT', { side: 'short', qtyBase: '0.1', entryPrice: '51000', markPrice: '50000' }),
    ];
    const balances = [
      balance('USDT', '100', '20'),
      balance('BTC', '0.5'),
      balance('ETH', '2'),
      balance('BTC', '0.1', '0', 'futures'),
    ];
    await account(world, userId, { reading: holding(balances, positions) });
    const seen = await see(userId);
    // 100 + 0.6 × 50,000 + 2 × 0.05 × 50,000 + 0.1 × 1,000
    expect(seen.worth.usdt.toFixed()).toBe('35200');
    expect(seen.worth.usd?.toFixed()).toBe('35200');
    expect(seen.worth.thbSatang).toBe(1_126_400_00n);
    expect(seen.usdtInThb?.steps[0]?.rate.source).toBe('bitkub');
    expect(seen.exposure.longUsdt.toFixed()).toBe('35000');
    expect(seen.exposure.shortUsdt.toFixed()).toBe('5000');
    expect(seen.exposure.netUsdt.toFixed()).toBe('30000');
    expect(seen.exposure.grossUsdt.toFixed()).toBe('40000');
    expect(seen.utilisationRate).toBeCloseTo(20 / 35200, 12);
    expect(seen.unrealisedUsdt.toFixed()).toBe('100');
    expect(seen.isIncomplete).toBe(true); // nobody knows what the coins cost
  });

  test('says what it leaves out: what has no rate, what is switched off, what was never read', async () => {
    const { userId } = await world.person();
    await account(world, userId, { reading: holding([balance('USDT', '5'), balance('NOPE', '7')]) });
    await account(world, userId, { enabled: false, label: 'Off', reading: holding([balance('USDT', '900')]) });
    const never = await account(world, userId, { endpoint: 'demo', reading: null });
    expect(await see(userId)).toMatchObject({
      unpriced: ['NOPE'],
      off: [{ label: 'Off' }],
      realms: ['real', 'practice'],
    });
    expect((await see(userId)).worth.usdt.toFixed()).toBe('5');
    expect((await see(userId, { realm: 'practice' })).stale).toMatchObject([{ id: never, readAt: null }]);
  });

  test('keeps what is practised with apart from money, at its own prices', async () => {
    const { userId } = await world.person();
    await price(world, 'BTC/USDT', '10', 'demo:demo');
    await account(world, userId, { endpoint: 'live', reading: holding([balance('BTC', '1')]) });
    await account(world, userId, { exchange: 'demo', endpoint: 'demo', reading: holding([balance('BTC', '1')]) });
    expect((await see(userId)).worth.usdt.toFixed()).toBe('50000');
    expect((await see(userId, { realm: 'practice' })).worth.usdt.toFixed()).toBe('10');
  });

  test('is taken apart by account, exchange and group, and looked into', async () => {
    const { userId } = await world.person();
    await rentedBy(world, userId, PREMIUM);
    const reading = (usdt: string) => holding([balance('USDT', usdt), balance('BTC', '1')]);
    const one = await account(world, userId, { label: 'One', groupName: 'Long', reading: reading('1') });
    await account(world, userId, { label: 'Two', groupName: 'Long', exchange: 'okx', reading: reading('2') });
    await account(world, userId, { label: 'Three', exchange: 'okx', reading: reading('3') });
    const parts = async (by: 'account' | 'exchange' | 'group') =>
      (await see(userId, { by })).parts.map(({ label, equityUsdt }) => `${label} ${equityUsdt.toFixed()}`);
    expect(await parts('account')).toEqual(['Three 50003', 'Two 50002', 'One 50001']);
    expect(await parts('exchange')).toEqual(['okx 100005', 'binance 50001']);
    expect(await parts('group')).toEqual(['Long 100003', ' 50003']);
    const all = await see(userId);
    expect(all.positions.map((p) => `${p.symbol} ${p.qty} in ${p.rows.length}`)).toEqual(['BTC 3 in 3', 'USDT 6 in 3']);
    expect((await see(userId, { scope: { by: 'exchange', key: 'okx' } })).worth.usdt.toFixed()).toBe('100005');
    expect((await see(userId, { scope: { by: 'account', key: one } })).worth.usdt.toFixed()).toBe('50001');
    await expect(see(userId, { scope: { by: 'group', key: 'None' } })).rejects.toThrow('portfolio.part_missing');
  });

  test('of more than one account with money takes a plan that has it; one alone and practice take none', async () => {
    const { userId } = await world.person();
    const first = await account(world, userId, {});
    expect((await see(userId)).parts).toHaveLength(1);
    await account(world, userId, { exchange: 'demo', endpoint: 'demo' });
    await account(world, userId, { exchange: 'demo', endpoint: 'demo' });
    expect((await see(userId, { realm: 'practice' })).parts).toHaveLength(2);
    await account(world, userId, {});
    await expect(see(userId)).rejects.toThrow('contract.none');
    expect((await see(userId, { scope: { by: 'account', key: first } })).parts).toHaveLength(1);
  });

  test('is nobody else’s', async () => {
    const [one, two] = [await world.person(), await world.person()];
    const mine = await account(world, one.userId, { reading: holding([balance('USDT', '1')]) });
    await account(world, two.userId, { reading: holding([balance('USDT', '2')]) });
    await expect(readPortfolio(as(two.userId), { userId: one.userId })).rejects.toThrow('access.denied');
    expect((await see(two.userId)).worth.usdt.toFixed()).toBe('2');
    await expect(see(two.userId, { scope: { by: 'account', key: mine } })).rejects.toThrow('portfolio.part_missing');
  });

  test('puts what is worth little in one line, below what a person says', async () => {
    const { userId } = await world.person();
    await account(world, userId, {
      reading: holding([balance('USDT', '0.4'), balance('BTC', '0.00001'), balance('ETH', '1')]),
    });
    const seen = await see(userId);
    expect([seen.positions.length, seen.dust.count, seen.dust.valueUsdt.toFixed()]).toEqual([1, 2, '0.9']);
    await setPortfolioPreference(as(userId), { userId, dustBelowUsdt: '0' });
    expect((await see(userId)).dust.count).toBe(0);
    await expect(setPortfolioPreference(as(userId), { userId, dustBelowUsdt: '5000' })).rejects.toThrow(
      'portfolio.dust_invalid',
    );
    await setPortfolioPreference(as(userId), { userId, costMethod: 'average' });
    expect(await readPortfolioPreference(as(userId), userId)).toEqual({ costMethod: 'average', dustBelowUsdt: '0' });
  });

  test('has fifty rows a page', async () => {
    const { userId } = await world.person();
    const positions = Array.from({ length: 60 }, (_, n) => position(`C${n}/USDT:USDT`, { markPrice: String(100 + n) }));
    await account(world, userId, { reading: holding([], positions) });
    const second = await readPositions(as(userId), { userId, page: 2 });
    expect([second.items.length, second.page, second.pages, second.total]).toEqual([10, 2, 2, 60]);
    expect((await readPositions(as(userId), { userId, page: 99 })).page).toBe(2);
  });
});

describe('asked anew', () => {
  test('every account is read at once; one that fails or is silent is shown as it was, with the reason', async () => {
    const { userId } = await world.person();
    await rentedBy(world, userId, PREMIUM);
    const good = await account(world, userId, { reading: holding([balance('USDT', '1')]) });
    const bad = await account(world, userId, {
      label: 'Bad',
      exchange: 'okx',
      reading: holding([balance('USDT', '10')]),
    });
    const silent = await account(world, userId, { label: 'Silent', reading: holding([balance('USDT', '100')]) });
    world.exchanges.readings.set(good, holding([balance('USDT', '2')]));
    world.exchanges.troubles.set(bad, 'maintenance').set(silent, 'silent');
    world.clock.pass(seconds(5));
    const beganMs = performance.now();
    const seen = await see(userId, { fresh: true });
    expect(performance.now() - beganMs).toBeLessThan(5000);
    expect(seen.worth.usdt.toFixed()).toBe('112');
    expect(seen.stale.map(({ label, trouble }) => `${label}: ${trouble}`).sort()).toEqual([
      'Bad: maintenance',
      'Silent: slow',
    ]);
    world.exchanges.troubles.clear();
    expect((await see(userId)).worth.usdt.toFixed()).toBe('112'); // and it is kept
    const asked = world.exchanges.asked.filter((what) => what === `read ${good}`).length;
    await see(userId, { fresh: true });
    expect(world.exchanges.asked.filter((what) => what === `read ${good}`)).toHaveLength(asked); // it was read just now
  });

  test('what has not been read for a quarter of an hour is stale', async () => {
    const { userId } = await world.person();
    await account(world, userId, { reading: holding([balance('USDT', '1')]) });
    expect((await see(userId)).stale).toEqual([]);
    world.clock.pass(minutes(16));
    const seen = await see(userId);
    expect(seen.stale).toMatchObject([{ trouble: null, since: null }]);
    world.clock.pass(-minutes(16));
  });
});

describe('history', () => {
  test('is read page by page, once, and goes on where it was cut off', async () => {
    const { userId } = await world.person();
    const id = await account(world, userId, { exchange: 'paged', reading: holding([balance('BTC', '1')]) });
    const now = world.clock.now();
    const fills = Array.from({ length: 25 }, (_, n) =>
      fill('BTC/USDT', 'buy', '0.04', later(now, -minutes(100 - n)), { price: '40000' }),
    );
    world.exchanges.fillsOf.set(id, fills);
    world.exchanges.movesOf.set(id, [move('deposit', 'USDT', '500', later(now, -minutes(200)))]);
    world.exchanges.pageOf = 10;
    const ctx = world.ctx(job);
    await Promise.all([syncHistory(ctx), syncHistory(world.another())]);
    world.clock.pass(minutes(11));
    world.exchanges.fillsOf.get(id)?.push(fill('BTC/USDT', 'sell', '0.5', world.clock.now(), { price: '60000' }));
    await syncHistory(ctx);
    const stored = await ctx.db.select().from(accountFill);
    expect(stored.filter((row) => row.accountId === id)).toHaveLength(26);
    expect((await ctx.db.select().from(accountMove)).filter((row) => row.accountId === id)).toMatchObject([
      { valueUsdt: '500' },
    ]);
    await put(world, id, holding([balance('BTC', '0.5'), balance('USDT', '29500')]));
    const seen = await see(userId);
    expect(seen.realisedUsdt.toFixed()).toBe('10000');
    expect(seen.unrealisedUsdt.toFixed()).toBe('5000');
    expect(seen.isIncomplete).toBe(false);
    world.exchanges.pageOf = 1000;
  });

  test('that an exchange does not tell now is asked for again, from where it was', async () => {
    const { userId } = await world.person();
    const id = await account(world, userId, { exchange: 'away', reading: holding([balance('BTC', '1')]) });
    world.exchanges.fillsOf.set(id, [fill('BTC/USDT', 'buy', '1', world.clock.now(), { price: '40000' })]);
    world.exchanges.troubles.set('away', 'unreachable');
    expect(await syncHistory(world.ctx(job))).toMatchObject({ failed: 1 });
    world.exchanges.troubles.clear();
    expect(await syncHistory(world.ctx(job))).toMatchObject({ failed: 0, fills: 1 });
    expect((await see(userId)).unrealisedUsdt.toFixed()).toBe('10000');
    await expect(syncHistory(world.ctx(operator))).rejects.toThrow('access.denied');
  });

  test('that is longer than what an exchange tells is said to be incomplete', async () => {
    const { userId } = await world.person();
    const id = await account(world, userId, { reading: holding([balance('BTC', '2')]) });
    world.exchanges.fillsOf.set(id, [fill('BTC/USDT', 'buy', '1', world.clock.now(), { price: '40000' })]);
    await syncHistory(world.ctx(job));
    const seen = await see(userId);
    expect(seen.isIncomplete).toBe(true);
    expect(seen.unrealisedUsdt.toFixed()).toBe('10000'); // of the one coin whose cost is known
  });

  test('a coin that came long ago has no cost that anybody knows; one that has just come costs what it is worth', async () => {
    const { userId } = await world.person();
    const id = await account(world, userId, { reading: holding([balance('BTC', '2')]) });
    const now = world.clock.now();
    world.exchanges.movesOf.set(id, [
      move('deposit', 'BTC', '1', later(now, -days(30))),
      move('deposit', 'BTC', '1', now),
    ]);
    await syncHistory(world.ctx(job));
    const rows = await world.ctx(job).db.select().from(accountMove);
    expect(
      rows
        .filter((row) => row.accountId === id)
        .map((row) => row.valueUsdt)
        .sort(),
    ).toEqual(['50000', null]);
    expect((await see(userId)).positions[0]).toMatchObject({ isIncomplete: true });
  });
});

test('the house’s own rate stands in where no market has one, says so, and is stale after its days', async () => {
  const other = await createWorld({ exchanges: testPort() });
  const { userId } = await other.person();
  await account(other, userId, { reading: holding([balance('USDT', '10')]) });
  const look = () => readPortfolio(other.ctx({ kind: 'user', userId }), { userId });
  expect((await look()).worth.thbSatang).toBeNull();
  const value = { usdtInThb: '33.333', usdtInUsd: '1', validDays: 2 };
  await writeSetting(other.ctx(operator), houseRates, { value, version: 0 });
  const seen = await look();
  expect([seen.worth.thbSatang, seen.usdtInThb?.steps[0]?.rate.source]).toEqual([333_33n, 'house']);
  other.clock.pass(days(3));
  expect((await look()).usdtInThb?.isStale).toBe(true);
  const bad = { usdtInThb: '-1', usdtInUsd: '', validDays: 2 };
  await expect(writeSetting(other.ctx(operator), houseRates, { value: bad, version: 1 })).rejects.toThrow(
    'setting.invalid',
  );
  await other.close();
});

test('rates are asked of every exchange in use; one that fails keeps what it said, and useless pairs are not kept', async () => {
  const { userId } = await world.person();
  await account(world, userId, { exchange: 'rated', reading: holding([balance('SOL', '1')]) });
  await account(world, userId, { exchange: 'broken' });
  const at = world.clock.now();
  world.exchanges.tickersOf.set('rated', [
    { base: 'SOL', quote: 'USDT', price: '150', at },
    { base: 'JUNK', quote: 'USDT', price: '1', at },
    { base: 'SOL', quote: 'JUNK', price: '1', at },
  ]);
  world.exchanges.troubles.set('broken', 'unreachable');
  const done = await refreshRates(world.ctx(job));
  world.exchanges.troubles.clear();
  expect(done).toMatchObject({ failed: ['broken'], rates: 1 });
  await expect(refreshRates(world.ctx(operator))).rejects.toThrow('access.denied');
});
