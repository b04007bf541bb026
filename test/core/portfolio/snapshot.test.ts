import { and, asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { days, later, minutes } from '../../../src/core/clock.ts';
import { Decimal } from '../../../src/core/decimal.ts';
import type { UserId } from '../../../src/core/id.ts';
import { notice } from '../../../src/core/notices/tables.ts';
import {
  evaluateAlerts,
  MOST_ALERTS,
  readPortfolioAlerts,
  removePortfolioAlert,
  setPortfolioAlert,
} from '../../../src/core/portfolio/alerts.ts';
import { readPerformance } from '../../../src/core/portfolio/growth.ts';
import { takeSnapshots, thinSnapshots } from '../../../src/core/portfolio/snapshot.ts';
import { syncHistory } from '../../../src/core/portfolio/sync.ts';
import { portfolioSnapshot } from '../../../src/core/portfolio/tables.ts';
import { balance, holding, type TestPort, testPort } from '../../support/exchangePort.ts';
import { job } from '../../support/money.ts';
import { account, move, price, put } from '../../support/portfolio.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World<TestPort>;
beforeAll(async () => {
  world = await createWorld({ exchanges: testPort() });
});
afterAll(() => world.close());

const as = (userId: UserId) => world.ctx({ kind: 'user', userId });
const usdt = (amount: string) => holding([balance('USDT', amount)]);
const take = () => takeSnapshots(world.ctx(job));
const rowsOf = (userId: UserId, accountId = '') =>
  world
    .ctx(job)
    .db.select()
    .from(portfolioSnapshot)
    .where(and(eq(portfolioSnapshot.userId, userId), eq(portfolioSnapshot.accountId, accountId)))
    .orderBy(asc(portfolioSnapshot.at));
const short = async (userId: UserId, accountId = '') =>
  (await rowsOf(userId, accountId)).map((row) => `${row.valueUsdt} ${row.flowUsdt}`);
const value = (figure: object | undefined) => (figure && 'value' in figure ? figure.value : figure);

describe('snapshots', () => {
  test('are taken once in five minutes, however many instances take them, and the total is the sum', async () => {
    const { userId } = await world.person();
    const [one, two] = [
      await account(world, userId, { reading: usdt('10') }),
      await account(world, userId, { reading: usdt('5') }),
    ];
    await Promise.all([take(), takeSnapshots(world.another())]);
    await take();
    expect([await short(userId), await short(userId, one), await short(userId, two)]).toEqual([
      ['15 0'],
      ['10 0'],
      ['5 0'],
    ]);
  });

  test('a deposit is a flow and no profit, also when it becomes known after the snapshot that it is in', async () => {
    const { userId } = await world.person();
    const id = await account(world, userId, { reading: usdt('100') });
    await take();
    world.clock.pass(minutes(5));
    await put(world, id, usdt('600'));
    await take();
    expect(await short(userId)).toEqual(['100 0', '600 0']);
    world.exchanges.movesOf.set(id, [move('deposit', 'USDT', '500', later(world.clock.now(), -minutes(2)))]);
    await syncHistory(world.ctx(job));
    await syncHistory(world.ctx(job));
    expect([await short(userId), await short(userId, id)]).toEqual([
      ['100 0', '600 500'],
      ['100 0', '600 500'],
    ]);
    world.clock.pass(days(1));
    await put(world, id, usdt('594'));
    await take();
    world.clock.pass(days(1));
    await put(world, id, usdt('84'));
    world.exchanges.movesOf.get(id)?.push(move('withdrawal', 'USDT', '510', later(world.clock.now(), -minutes(2))));
    await syncHistory(world.ctx(job));
    await take();
    expect((await short(userId)).at(-1)).toBe('84 -510');
    const { performance } = await readPerformance(as(userId), { userId, period: '7d' });
    expect(performance?.profitUsdt.toFixed()).toBe('-6');
    expect(performance?.flowUsdt.toFixed()).toBe('-10');
    expect(value(performance?.returnRate)).toBeCloseTo(-0.01, 6);
    expect(performance?.sharpe).toEqual({ have: 2, need: 20 });
    expect(performance?.var99).toEqual({ have: 2, need: 200 });
  });

  test('an account that comes brings no profit, and one that is switched off takes none along', async () => {
    const { userId } = await world.person();
    await account(world, userId, { endpoint: 'demo', reading: usdt('100') });
    await take();
    world.clock.pass(minutes(5));
    await account(world, userId, { endpoint: 'demo', reading: usdt('50') });
    await take();
    world.clock.pass(minutes(5));
    await world
      .ctx(job)
      .db.execute(
        `update exchange_account set enabled = false where user_id = '${userId}' and id = (select min(id) from exchange_account where user_id = '${userId}')`,
      );
    await take();
    expect(await short(userId, 'practice')).toEqual(['100 0', '150 50', '50 -100']);
  });

  test('say that they are partial when something was stale or had no rate', async () => {
    const { userId } = await world.person();
    await account(world, userId, { reading: holding([balance('USDT', '1'), balance('NOPE', '1')]) });
    const other = await world.person();
    await account(world, other.userId, { reading: usdt('1') });
    await take();
    expect((await rowsOf(userId))[0]?.isPartial).toBe(true);
    expect((await rowsOf(other.userId))[0]?.isPartial).toBe(false);
    world.clock.pass(minutes(20));
    await take();
    expect((await rowsOf(other.userId)).at(-1)?.isPartial).toBe(true);
  });

  test('are thinned with age; the last of a time stays and no flow is lost', async () => {
    const { userId } = await world.person();
    const { db } = world.ctx(job);
    const now = world.clock.now();
    const rows = Array.from({ length: 130 * 24 }, (_, n) => ({
      userId,
      accountId: '',
      at: later(now, -n * 3_600_000 + minutes(7)),
      valueUsdt: String(n),
      flowUsdt: '1',
      realisedUsdt: '0',
      unrealisedUsdt: '0',
      isPartial: false,
    }));
    await db.insert(portfolioSnapshot).values(rows);
    for (let n = 0; n < 5; n++)
      await thinSnapshots({ ...world.ctx(job), clock: { now: () => later(now, -days(120 - 30 * n)) } });
    const left = await rowsOf(userId);
    expect(left.reduce((sum, row) => sum.plus(row.flowUsdt), new Decimal(0)).toNumber()).toBe(rows.length);
    const age = (row: { at: Date }) => (now.getTime() - row.at.getTime()) / days(1);
    const count = (from: number, to: number) => left.filter((row) => age(row) >= from && age(row) < to).length;
    expect(count(-1, 14)).toBe(14 * 24 + 1);
    expect(Math.abs(count(20, 80) - 60 * 4)).toBeLessThanOrEqual(1);
    expect(Math.abs(count(95, 120) - 25)).toBeLessThanOrEqual(1);
    const lastOfDay = left
      .filter((row) => age(row) > 95 && age(row) < 120)
      .map((row) => new Date(row.at.getTime() + 7 * 3_600_000).getUTCHours());
    expect(new Set(lastOfDay)).toEqual(new Set([23]));
    expect(await thinSnapshots(world.ctx(job))).toEqual({ dropped: 0 });
  });
});

describe('performance', () => {
  const seed = async (userId: UserId, accountId: string, values: number[]) => {
    const now = world.clock.now();
    const rows = values.map((amount, n) => ({
      userId,
      accountId,
      at: later(now, -days(values.length - 1 - n)),
      valueUsdt: String(amount),
      flowUsdt: '0',
      realisedUsdt: '0',
      unrealisedUsdt: '0',
      isPartial: false,
    }));
    await world.ctx(job).db.insert(portfolioSnapshot).values(rows);
  };

  test('is that of the time asked for, with what there is too little for said', async () => {
    const { userId } = await world.person();
    const one = await account(world, userId, { endpoint: 'demo', label: 'One', reading: usdt('1') });
    const two = await account(world, userId, { endpoint: 'demo', label: 'Two', reading: usdt('1') });
    const curve = Array.from({ length: 60 }, (_, n) => 1000 + 100 * Math.sin(n));
    await seed(userId, 'practice', curve);
    await seed(userId, one, curve);
    await seed(
      userId,
      two,
      curve.map((v) => 3000 - v),
    );
    const month = await readPerformance(as(userId), { userId, period: '30d' });
    expect(month.performance?.days).toBe(30);
    expect(value(month.performance?.sharpe)).toEqual(expect.any(Number));
    expect(month.performance?.var95).toEqual({ have: 30, need: 40 });
    expect(month.correlations).toMatchObject([{ a: 'One', b: 'Two' }]);
    expect(month.correlations[0]?.value).toBeLessThan(-0.99);
    const all = await readPerformance(as(userId), { userId, period: 'all' });
    expect(value(all.performance?.var95)).toEqual(expect.any(Number));
    const week = await readPerformance(as(userId), { userId, period: '7d', accountId: one });
    expect([week.account?.label, week.performance?.days]).toEqual(['One', 7]);
    expect((await readPerformance(as(userId), { userId, period: '7d' })).correlations[0]?.value).toEqual({ have: 7 });
  });

  test('is nobody else’s, takes a plan for more than one account, and none are two snapshots short', async () => {
    const [{ userId }, other] = [await world.person(), await world.person()];
    const mine = await account(world, userId, { reading: usdt('1') });
    expect((await readPerformance(as(userId), { userId, period: 'all' })).performance).toBeNull();
    await expect(readPerformance(as(other.userId), { userId, period: 'all' })).rejects.toThrow('access.denied');
    await expect(
      readPerformance(as(other.userId), { userId: other.userId, period: 'all', accountId: mine }),
    ).rejects.toThrow('portfolio.part_missing');
    await account(world, userId, {});
    await expect(readPerformance(as(userId), { userId, period: 'all' })).rejects.toThrow('contract.none');
  });
});

describe('alerts', () => {
  const told = async (userId: UserId) =>
    (await world.ctx(job).db.select().from(notice).where(eq(notice.userId, userId)).orderBy(asc(notice.id))).map(
      ({ params }) => `${params.subject} ${params.direction} ${params.percent} ${params.fromUsdt} ${params.nowUsdt}`,
    );
  const look = () => evaluateAlerts(world.ctx(job));

  test('fire once a move, from the new value on, up and down', async () => {
    const { userId } = await world.person();
    await price(world, 'BTC/USDT', '100');
    const id = await account(world, userId, { reading: holding([balance('BTC', '1'), balance('USDT', '100')]) });
    await setPortfolioAlert(as(userId), { userId, subject: '', movesBp: 1000 });
    await setPortfolioAlert(as(userId), { userId, subject: 'btc', movesBp: 1500 });
    await look();
    expect(await told(userId)).toEqual([]);
    await price(world, 'BTC/USDT', '119');
    await look();
    expect(await told(userId)).toEqual(['BTC up 19.00 100.00 119.00']);
    await price(world, 'BTC/USDT', '120');
    await Promise.all([look(), evaluateAlerts(world.another())]);
    await look();
    expect(await told(userId)).toEqual(['BTC up 19.00 100.00 119.00', 'total up 10.00 200.00 220.00']);
    world.clock.pass(minutes(1));
    await put(world, id, usdt('100'));
    await look();
    expect((await told(userId)).slice(2).sort()).toEqual([
      'BTC down 100.00 119.00 0.00',
      'total down 54.55 220.00 100.00',
    ]);
  });

  test('go on with the last figures of an account that cannot be read', async () => {
    const { userId } = await world.person();
    await account(world, userId, { reading: usdt('100') });
    const other = await account(world, userId, { reading: usdt('100') });
    await setPortfolioAlert(as(userId), { userId, subject: '', movesBp: 1000 });
    world.clock.pass(minutes(20));
    await look();
    expect(await told(userId)).toEqual([]);
    await put(world, other, usdt('70'));
    await look();
    expect(await told(userId)).toEqual(['total down 15.00 200.00 170.00']);
  });

  test('are a person’s own, are the same when wished for twice, and are at most so many', async () => {
    const [{ userId }, other] = [await world.person(), await world.person()];
    await account(world, userId, { reading: usdt('100') });
    const set = (movesBp: number, subject = '') => setPortfolioAlert(as(userId), { userId, subject, movesBp });
    const [a, b] = await Promise.all([set(500), set(500)]);
    expect(a.id).toBe(b.id);
    await expect(set(1)).rejects.toThrow('portfolio.alert_invalid');
    await expect(set(500, 'DOGE')).rejects.toThrow('portfolio.position_missing');
    await expect(readPortfolioAlerts(as(other.userId), userId)).rejects.toThrow('access.denied');
    await removePortfolioAlert(as(other.userId), { userId: other.userId, alertId: a.id });
    expect(await readPortfolioAlerts(as(userId), userId)).toHaveLength(1);
    for (let n = 1; n < MOST_ALERTS; n++) await set(500 + n);
    await expect(set(900)).rejects.toThrow('portfolio.too_many_alerts');
    await removePortfolioAlert(as(userId), { userId, alertId: a.id });
    expect(await readPortfolioAlerts(as(userId), userId)).toHaveLength(MOST_ALERTS - 1);
  });
});
