import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRentalFigures } from '../../../src/core/ops/rentalFigures.ts';
import { contract, plan, term } from '../../../src/core/tables.ts';
import { operator } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let made = 0;
beforeEach(async () => {
  world = await createWorld();
  const now = world.clock.now();
  await world.ctx(operator).db.insert(plan).values({
    id: 'pln_1',
    code: 'plain',
    nameTh: 'เบสิก',
    nameEn: 'Basic',
    aboutTh: '',
    aboutEn: '',
    priceSatang: 499_00n,
    features: [],
    quotas: {},
    trialDays: 7,
    status: 'offered',
    createdAt: now,
    updatedAt: now,
  });
});
afterEach(() => world.close());

/** A moment so many days from now. */
const inDays = (n: number) => new Date(world.clock.now().getTime() + n * 86_400_000);

type Term = { from: number; to: number; priceSatang?: bigint; discountSatang?: bigint; trial?: true; cut?: number };
type Status = (typeof contract.$inferInsert)['status'];

/** A contract of a new person with these terms, days counted from now; the last term that has begun is the running one. */
async function holds(status: Status, terms: Term[], more: { graceUntil?: Date } = {}): Promise<void> {
  made += 1;
  const { userId } = await world.person();
  const { db } = world.ctx(operator);
  const id = `con_${made}`;
  const running = terms.filter(({ from }) => from <= 0).length;
  const last = terms.at(-1)?.to ?? 0;
  const values = { id, userId, planId: 'pln_1', status, term: running, paidUntil: inDays(last), autoRenew: true };
  await db.insert(contract).values({ ...values, createdAt: inDays(terms[0]?.from ?? 0), ...more });
  const rows = terms.map(({ from, to, priceSatang = 499_00n, discountSatang = 0n, trial, cut }, n) => ({
    contractId: id,
    number: n + 1,
    planId: 'pln_1',
    kind: trial ? ('trial' as const) : ('paid' as const),
    startsAt: inDays(from),
    endsAt: inDays(to),
    priceSatang,
    discountSatang,
    cutAt: cut === undefined ? null : inDays(cut),
    createdAt: inDays(from),
  }));
  await db.insert(term).values(rows);
}

async function figures() {
  world.clock.pass(10 * 60_000); // past what was remembered
  return readRentalFigures(world.ctx(operator));
}

test('without contracts there is nothing to say', async () => {
  expect(await figures()).toEqual({ paying: 0, mrrSatang: null, decided: 0, renewed: 0, renewalPercent: null });
});

test('recurring revenue is the price less discount of running paid terms, brought to thirty days', async () => {
  await holds('active', [{ from: -10, to: 20 }]);
  await holds('active', [{ from: -10, to: 20, discountSatang: 99_00n }]);
  await holds('grace', [{ from: -31, to: -1, priceSatang: 1_499_00n }], { graceUntil: inDays(2) });
  await holds('active', [{ from: -100, to: 260, priceSatang: 1_200_00n }]); // a term of 360 days
  expect(await figures()).toMatchObject({ paying: 4, mrrSatang: 499_00n + 400_00n + 1_499_00n + 100_00n });
});

test('trials, ended contracts and terms that were paid ahead recur in nothing', async () => {
  await holds('trial', [{ from: -1, to: 6, trial: true, priceSatang: 0n }]);
  await holds('expired', [{ from: -40, to: -10 }]);
  await holds('cancelled', [{ from: -5, to: 25 }]);
  await holds('active', [
    { from: -10, to: 20 },
    { from: 20, to: 50, priceSatang: 900_00n },
  ]);
  expect(await figures()).toMatchObject({ paying: 1, mrrSatang: 499_00n });
});

test('a fraction of a satang is rounded once, over all contracts', async () => {
  for (let n = 0; n < 3; n++) await holds('active', [{ from: -1, to: 6, priceSatang: 1_00n }]); // 428.571… each
  expect((await figures()).mrrSatang).toBe(1286n);
});

test('the rate of renewal counts ended paid terms that another paid one followed', async () => {
  await holds('active', [
    { from: -35, to: -5 },
    { from: -5, to: 25 },
  ]);
  await holds('active', [
    { from: -59, to: -29 },
    { from: -29, to: 1 },
  ]);
  await holds('expired', [{ from: -40, to: -10 }]);
  expect(await figures()).toMatchObject({ decided: 3, renewed: 2, renewalPercent: 67 });
});

test('while a contract is in grace nothing is decided; when the grace is over it is', async () => {
  await holds('grace', [{ from: -31, to: -1 }], { graceUntil: inDays(2) });
  expect(await figures()).toMatchObject({ decided: 0, renewalPercent: null });
  world.clock.pass(2 * 86_400_000); // no sweep has been here yet
  expect(await figures()).toMatchObject({ decided: 1, renewed: 0, renewalPercent: 0 });
});

test('what ended early, on trial, or more than thirty days ago says nothing about renewing', async () => {
  await holds('active', [
    { from: -40, to: -10, cut: -20 },
    { from: -20, to: 10 },
  ]); // an upgrade
  await holds('active', [
    { from: -12, to: -5, trial: true, priceSatang: 0n },
    { from: -5, to: 25 },
  ]);
  await holds('expired', [{ from: -61, to: -31 }]);
  expect(await figures()).toMatchObject({ decided: 0, renewalPercent: null });
  await holds('expired', [
    { from: -35, to: -5 },
    { from: -5, to: 25, cut: -5 },
  ]); // given back before it began
  expect(await figures()).toMatchObject({ decided: 1, renewed: 0 });
});
