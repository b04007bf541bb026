import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { moneyChart, outcomeChart, userChart } from '../../../src/core/ops/charts.ts';
import { readFigures } from '../../../src/core/ops/figures.ts';
import { memory } from '../../../src/core/ops/memory.ts';
import { topup } from '../../../src/core/tables.ts';
import { newTopup, operator, record } from '../../support/money.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const figures = () => readFigures(world.ctx(operator));
const minutes = (n: number) => n * 60_000;

/** A top-up of a new person that is paid, or not, at this moment. */
async function opened(amountSatang: bigint, isPaid = true) {
  const { userId } = await world.person();
  const row = await newTopup(world, userId, amountSatang);
  const event = paid(row.reference, amountSatang);
  if (isPaid) await record(world, event);
  return { row, event };
}

test('a day is a day of Bangkok, and today is the last of thirty', async () => {
  world.clock.set('2026-11-20T16:59:59.999Z'); // the last moment of the 20th
  await opened(100_00n);
  world.clock.set('2026-11-20T17:00:00.000Z');
  await opened(30_00n);
  const { days, today, last30Days } = await figures();
  expect(days).toHaveLength(30);
  expect(days.at(-1)).toEqual({
    startsAt: new Date('2026-11-20T17:00:00Z'),
    settled: 1,
    waiting: 0,
    expired: 0,
    cancelled: 0,
    failed: 0,
    payments: 1,
    paidSatang: 30_00n,
    newUsers: 1,
  });
  expect(days.at(-2)).toMatchObject({ paidSatang: 100_00n, newUsers: 1 });
  expect([today.paidSatang, last30Days.paidSatang, last30Days.payments]).toEqual([30_00n, 130_00n, 2]);
});

test('what is older than thirty days counts no more', async () => {
  await opened(100_00n);
  world.clock.pass(29 * 86_400_000);
  expect((await figures()).last30Days.paidSatang).toBe(100_00n);
  world.clock.pass(86_400_000);
  expect((await figures()).last30Days.paidSatang).toBe(0n);
});

test('conversion is told of what has ended, and not at all of nothing', async () => {
  expect((await figures()).today.conversionPercent).toBeNull();
  await opened(100_00n, false);
  expect((await figures()).today.conversionPercent).toBeNull();
  await opened(100_00n);
  await opened(100_00n);
  const { row } = await opened(100_00n);
  await world.ctx(operator).db.update(topup).set({ status: 'expired' }).where(eq(topup.id, row.id));
  expect((await figures()).today).toMatchObject({ topups: 4, settled: 2, conversionPercent: 67 });
});

test('today is read at every look; a refund of a finished day shows after five minutes, or an hour at the latest', async () => {
  const { event } = await opened(100_00n);
  world.clock.pass(86_400_000);
  const sum = async () => (await figures()).last30Days.paidSatang;
  expect(await sum()).toBe(100_00n);
  await opened(25_00n);
  expect(await sum()).toBe(125_00n);
  await record(world, { ...event, eventId: 'back', status: 'refunded' });
  expect(await sum()).toBe(125_00n);
  world.clock.pass(minutes(5));
  await sum(); // renewed behind this answer
  await expect.poll(sum).toBe(25_00n);
  await record(world, { ...paid('TU0000000009', 7_00n) }); // nobody's: in suspense, not in the figures
  world.clock.pass(minutes(60));
  expect(await sum()).toBe(25_00n);
});

test('a memory asks once for everybody, forgets a failure, and knows nothing of another pool', async () => {
  let asked = 0;
  const recall = memory<number>({ freshMs: 10, usableMs: 20 });
  const ctx = world.ctx(operator);
  const ask = async () => {
    asked += 1;
    return asked;
  };
  expect(await Promise.all([1, 2, 3].map(() => recall(ctx, 'a', ask)))).toEqual([1, 1, 1]);
  expect(await recall(ctx, 'b', ask)).toBe(2);
  expect(await recall(world.another(), 'b', ask)).toBe(3);
  world.clock.pass(10);
  expect(await recall(ctx, 'b', ask)).toBe(2);
  await expect.poll(() => recall(ctx, 'b', ask)).toBe(4);
  world.clock.pass(20);
  await expect(recall(ctx, 'b', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await recall(ctx, 'b', ask)).toBe(5);
  world.clock.pass(15);
  expect(await recall(ctx, 'b', () => Promise.reject(new Error('away')))).toBe(5);
  await new Promise(setImmediate);
  expect(await recall(ctx, 'b', ask)).toBe(5);
});

test('charts are data alone, with the days of their language', async () => {
  await opened(1_234_50n);
  const { days } = await figures();
  for (const chart of [moneyChart, outcomeChart, userChart]) {
    const option = chart('th', days);
    expect(JSON.parse(JSON.stringify(option))).toEqual(option);
  }
  const rowsOf = (option: ReturnType<typeof moneyChart>) => (option.dataset as { source: unknown[][] }).source;
  expect(rowsOf(moneyChart('th', days)).at(-1)).toEqual(['21 พ.ย. 69', 1234.5, '฿1,234.50', 1]);
  expect(rowsOf(moneyChart('en', days)).at(-1)?.[0]).toBe('21 Nov');
  expect(rowsOf(outcomeChart('en', days)).at(-1)).toEqual(['21 Nov', 1, 0, 0, 0, 0, 100, '100 %']);
  expect(rowsOf(outcomeChart('en', days))[0]).toEqual(['23 Oct', 0, 0, 0, 0, 0, null, '–']);
  expect(rowsOf(userChart('en', days)).at(-1)).toEqual(['21 Nov', 1]);
});
