import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { days, later, minutes } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { upgradeContract } from '../../../src/core/rental/change.ts';
import { requireFeature } from '../../../src/core/rental/guard.ts';
import { listContracts, readContractStory } from '../../../src/core/rental/list.ts';
import {
  extendContract,
  pauseContract,
  refundContract,
  resumeContract,
  setCancelAtEnd,
} from '../../../src/core/rental/operate.ts';
import { quoteRenew, quoteUpgrade } from '../../../src/core/rental/quote.ts';
import { renewContract, startContract } from '../../../src/core/rental/rent.ts';
import { startTrial } from '../../../src/core/rental/trial.ts';
import { readContract } from '../../../src/core/rental/view.ts';
import {
  adjustWallet,
  auditOf,
  balancesOf,
  expectClean,
  newTopup,
  noticesOf,
  operator,
  record,
  walletOf,
} from '../../support/money.ts';
import {
  BASIC,
  contractOf,
  fund,
  happened,
  PREMIUM,
  rentedBy,
  requestKey,
  sweep,
  termsOf,
  told,
} from '../../support/rental.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});

const as = (userId: UserId) => world.ctx({ kind: 'user', userId });
const ops = () => world.ctx(operator);
const reason = 'an outage';
const tenant = async (planId = BASIC, autoRenew = false) => {
  const { userId } = await world.person();
  await rentedBy(world, userId, planId, { autoRenew });
  return contractOf(world, userId);
};
const renewNow = async (userId: UserId) => {
  const { contractId, term, totalSatang } = await quoteRenew(as(userId), { userId });
  return renewContract(as(userId), { userId, contractId: contractId ?? '', term, totalSatang });
};

describe('days that an operator gives', () => {
  test('lengthen the last paid term, once per request, and are told', async () => {
    const { userId, id, paidUntil } = await tenant();
    const give = () => extendContract(ops(), { contractId: id, days: 5, reason, requestKey: 'five' });
    await Promise.all([give(), give()]);
    await give();
    expect((await contractOf(world, userId)).paidUntil).toEqual(later(paidUntil, days(5)));
    expect((await termsOf(world, id))[0]?.endsAt).toEqual(later(paidUntil, days(5)));
    expect(await told(world, userId, 'contract.extended')).toMatchObject([{ days: '5' }]);
    expect(await auditOf(world, id)).toContain('contract.extended');
  });

  test('count from the old end in grace, and a reminder that was sent is not sent again', async () => {
    const { userId, id, paidUntil } = await tenant();
    for (const n of [7, 3, 1]) {
      world.clock.set(later(paidUntil, -days(n)));
      await sweep(world);
    }
    world.clock.set(later(paidUntil, days(1)));
    await sweep(world);
    await extendContract(ops(), { contractId: id, days: 1, reason, requestKey: 'one' });
    expect(await contractOf(world, userId)).toMatchObject({ status: 'grace', graceUntil: later(paidUntil, days(4)) });
    await extendContract(ops(), { contractId: id, days: 10, reason, requestKey: 'ten' });
    const end = later(paidUntil, days(11));
    expect(await contractOf(world, userId)).toMatchObject({ status: 'active', graceUntil: null, paidUntil: end });
    for (let at = world.clock.now(); at < later(end, days(4)); at = later(at, days(1))) {
      world.clock.set(at);
      await sweep(world);
    }
    const reminded = (await happened(world, id)).filter((kind) => kind === 'reminded');
    expect(reminded).toHaveLength(3);
    // Told once before it was given days, and on each of the three days of the second time.
    expect((await told(world, userId, 'contract.grace')).map((p) => p.daysLeft)).toEqual(['2', '3', '2', '1']);
    expect(await contractOf(world, userId)).toMatchObject({ status: 'expired', endedAt: later(end, days(3)) });
  });

  test('are worth what the other days are when a plan is changed', async () => {
    const { userId, id, paidUntil } = await tenant();
    await extendContract(ops(), { contractId: id, days: 30, reason, requestKey: 'thirty' });
    world.clock.set(later(paidUntil, -days(15)));
    expect((await quoteUpgrade(as(userId), { userId, planId: PREMIUM })).creditSatang).toBe((499_00n * 45n) / 60n);
  });

  test('are 1 to 366, for a contract that is alive: days.invalid, contract.ended, contract.missing', async () => {
    const { id, paidUntil } = await tenant();
    const give = (count: number, contractId = id) =>
      extendContract(ops(), { contractId, days: count, reason, requestKey: requestKey() });
    for (const count of [0, -1, 1.5, 367, Number.NaN])
      await expect(give(count)).rejects.toMatchObject({ code: 'days.invalid' });
    await expect(give(1, 'con_x')).rejects.toMatchObject({ code: 'contract.missing' });
    world.clock.set(later(paidUntil, days(3))); // ended by the clock, not yet by the sweep
    await expect(give(1)).rejects.toMatchObject({ code: 'contract.ended' });
    const empty = extendContract(ops(), { contractId: id, days: 1, reason: ' ', requestKey: 'x' });
    await expect(empty).rejects.toMatchObject({ code: 'reason.required' });
  });
});

describe('a pause', () => {
  test('stops the time of a contract; nobody loses or gains a second', async () => {
    const { userId, id, paidUntil } = await tenant(PREMIUM);
    await fund(world, userId, 1_499_00n);
    await renewNow(userId);
    world.clock.set(later(paidUntil, -days(2)));
    await sweep(world);
    await pauseContract(ops(), { contractId: id, reason });
    await pauseContract(ops(), { contractId: id, reason });
    expect((await contractOf(world, userId)).dueAt).toBeNull();
    world.clock.pass(days(50));
    await sweep(world);
    expect(await readContract(as(userId), { userId })).toMatchObject({ outlook: { kind: 'paused' }, daysLeft: 32 });
    expect((await requireFeature(as(userId), { userId, feature: 'live_notices' })).contractId).toBe(id);
    await resumeContract(ops(), { contractId: id, reason });
    await resumeContract(ops(), { contractId: id, reason });
    const row = await contractOf(world, userId);
    expect(row).toMatchObject({ status: 'active', term: 1, pausedAt: null, paidUntil: later(paidUntil, days(80)) });
    expect((await termsOf(world, id)).map((t) => [t.startsAt, t.endsAt])).toEqual([
      [later(paidUntil, days(20)), later(paidUntil, days(50))],
      [later(paidUntil, days(50)), later(paidUntil, days(80))],
    ]);
    expect((await noticesOf(world, userId)).slice(-2)).toEqual(['contract.paused', 'contract.resumed']);
    expect((await happened(world, id)).filter((kind) => kind === 'paused' || kind === 'resumed')).toHaveLength(2);
  });

  test('changes nothing in what unused time is worth', async () => {
    const { userId, id, paidUntil } = await tenant();
    world.clock.set(later(paidUntil, -days(15)));
    await pauseContract(ops(), { contractId: id, reason });
    world.clock.pass(days(10));
    await expect(quoteUpgrade(as(userId), { userId, planId: PREMIUM })).rejects.toMatchObject({
      code: 'contract.paused',
    });
    await resumeContract(ops(), { contractId: id, reason });
    expect((await quoteUpgrade(as(userId), { userId, planId: PREMIUM })).creditSatang).toBe(249_50n);
  });

  test('in grace leaves the rest of grace, and a term paid meanwhile whole', async () => {
    for (const pays of [false, true]) {
      const { userId, id, paidUntil } = await tenant();
      world.clock.set(later(paidUntil, days(1)));
      await sweep(world);
      await pauseContract(ops(), { contractId: id, reason });
      world.clock.pass(days(10));
      if (pays) {
        await fund(world, userId, 499_00n);
        await renewNow(userId);
      }
      world.clock.pass(days(10));
      await resumeContract(ops(), { contractId: id, reason });
      const row = await contractOf(world, userId);
      if (pays) expect(row).toMatchObject({ status: 'active', term: 2, paidUntil: later(paidUntil, days(50)) });
      else expect(row).toMatchObject({ status: 'grace', graceUntil: later(paidUntil, days(23)) });
    }
  });

  test('by a clock that jumped back takes nothing away', async () => {
    const { userId, id, paidUntil } = await tenant();
    await pauseContract(ops(), { contractId: id, reason });
    world.clock.pass(-minutes(10));
    await resumeContract(ops(), { contractId: id, reason });
    expect((await contractOf(world, userId)).paidUntil).toEqual(paidUntil);
  });
});

describe('an end that an operator decides', () => {
  test('at the end of what is paid comes without grace and without a renewal', async () => {
    const { userId, id, paidUntil } = await tenant(BASIC, true);
    await fund(world, userId, 499_00n);
    const set = (cancelAtEnd: boolean) => setCancelAtEnd(ops(), { contractId: id, cancelAtEnd, reason });
    await set(true);
    await set(true);
    await set(false);
    await set(true);
    world.clock.set(later(paidUntil, -days(7)));
    await sweep(world);
    world.clock.set(later(paidUntil, -1));
    expect((await requireFeature(as(userId), { userId, feature: 'basic_strategies' })).contractId).toBe(id);
    world.clock.set(paidUntil);
    const refused = requireFeature(as(userId), { userId, feature: 'basic_strategies' });
    await expect(refused).rejects.toMatchObject({ code: 'contract.expired' });
    await sweep(world);
    expect(await contractOf(world, userId)).toMatchObject({ status: 'cancelled', endedAt: paidUntil });
    expect(await walletOf(world, userId)).toBe(499_00n);
    expect(await noticesOf(world, userId)).toEqual([
      'contract.end_set',
      'contract.end_unset',
      'contract.end_set',
      'contract.reminder_end',
      'contract.cancelled',
    ]);
  });

  test('at once gives back what is unused, terms paid ahead whole, with credit notes', async () => {
    const { userId, id, paidUntil } = await tenant(PREMIUM);
    await fund(world, userId, 1_499_00n);
    await renewNow(userId);
    world.clock.set(later(paidUntil, -days(10)));
    const documents = world.documents.length;
    await refundContract(ops(), { contractId: id, reason });
    const back = (1_499_00n * 10n) / 30n;
    expect(await walletOf(world, userId)).toBe(back + 1_499_00n);
    expect(await contractOf(world, userId)).toMatchObject({
      status: 'cancelled',
      endedAt: world.clock.now(),
      dueAt: null,
    });
    expect(world.documents.slice(documents).map((d) => [d.kind, d.totalSatang, d.refersToTransferKey])).toEqual([
      ['credit_note', back, `renew:${id}:1`],
      ['credit_note', 1_499_00n, `renew:${id}:2`],
    ]);
    expect((await happened(world, id)).slice(-3)).toEqual(['cancelled', 'stop', 'refunded']);
    await expect(refundContract(ops(), { contractId: id, reason })).rejects.toMatchObject({ code: 'contract.ended' });
    // Whoever pays again begins anew, with the same press.
    await renewNow(userId);
    expect(await contractOf(world, userId)).toMatchObject({ status: 'active', term: 1, planId: PREMIUM });
  });

  test('pays with what comes back what the person owes', async () => {
    const { userId } = await world.person();
    const top = await newTopup(world, userId, 499_00n);
    const event = paid(top.reference, 499_00n);
    await record(world, event);
    await startContract(as(userId), { userId, planId: BASIC, totalSatang: 499_00n, requestKey: requestKey() });
    await record(world, { ...event, eventId: 'back', status: 'refunded' });
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 499_00n });
    const { id, paidUntil } = await contractOf(world, userId);
    world.clock.set(later(paidUntil, -days(15)));
    await refundContract(ops(), { contractId: id, reason });
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 249_50n });
  });
});

describe('what a person owes', () => {
  test('freezes rentals: none is begun, renewed, upgraded or tried, and none renews by itself: rental.frozen', async () => {
    const { userId } = await world.person();
    const top = await newTopup(world, userId, 499_00n);
    const event = paid(top.reference, 499_00n);
    await record(world, event);
    await startContract(as(userId), { userId, planId: BASIC, totalSatang: 499_00n, requestKey: requestKey() });
    await record(world, { ...event, eventId: 'back-2', status: 'refunded' });
    const { id, paidUntil } = await contractOf(world, userId);
    const quote = await quoteRenew(as(userId), { userId });
    expect(quote).toMatchObject({ owedSatang: 499_00n, missingSatang: 998_00n });
    const frozen = { code: 'rental.frozen', params: { owedSatang: 499_00n } };
    await expect(renewNow(userId)).rejects.toMatchObject(frozen);
    const upgrade = { userId, contractId: id, planId: PREMIUM, totalSatang: 1_499_00n, requestKey: requestKey() };
    await expect(upgradeContract(as(userId), upgrade)).rejects.toMatchObject(frozen);
    world.clock.set(paidUntil);
    await sweep(world);
    world.clock.set(later(paidUntil, days(3)));
    await sweep(world);
    const again = { userId, planId: BASIC, totalSatang: 499_00n, requestKey: requestKey() };
    await expect(startContract(as(userId), again)).rejects.toMatchObject(frozen);
    await expect(startTrial(as(userId), { ...again, requestKey: 'frozen' })).rejects.toMatchObject(frozen);
    await adjustWallet(ops(), { userId, amountSatang: 998_00n, reason, requestKey: 'thaw' });
    await startContract(as(userId), again);
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 0n });
  });
});

describe('what operators see', () => {
  test('is everybody, a page at a time, by status, plan and person, and one contract with its story', async () => {
    const people = await Promise.all(Array.from({ length: 55 }, () => tenant(PREMIUM)));
    const [first] = people;
    if (!first) throw new Error('nobody is there');
    const one = await listContracts(ops(), { status: 'active', planId: PREMIUM });
    expect([one.items.length, one.hasMore]).toEqual([50, true]);
    const two = await listContracts(ops(), {
      status: 'active',
      planId: PREMIUM,
      before: one.items.at(-1)?.contract.id,
    });
    const ids = [...one.items, ...two.items].map((row) => row.contract.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(people.map((p) => p.id)));
    expect((await listContracts(ops(), { userId: first.userId })).items).toHaveLength(1);
    const story = await readContractStory(ops(), { contractId: first.id, used: { tradingBots: 3 } });
    expect(story).toMatchObject({
      view: { plan: { id: PREMIUM }, quotas: [{ quota: 'tradingBots', used: 3, most: 10 }], standing: 'active' },
      terms: [{ number: 1 }],
      events: [{ kind: 'started' }],
    });
    await expect(readContractStory(ops(), { contractId: 'con_x' })).rejects.toMatchObject({ code: 'contract.missing' });
  });
});
