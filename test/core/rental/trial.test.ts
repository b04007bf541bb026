import { afterAll, beforeAll, expect, test } from 'vitest';
import { days, later } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { agreeToJoin } from '../../../src/core/money/join.ts';
import { claimLink, createLinkCode } from '../../../src/core/people/link.ts';
import { upgradeContract } from '../../../src/core/rental/change.ts';
import { requireFeature } from '../../../src/core/rental/guard.ts';
import { quoteRenew, quoteUpgrade } from '../../../src/core/rental/quote.ts';
import { renewContract } from '../../../src/core/rental/rent.ts';
import { hasTried, startTrial } from '../../../src/core/rental/trial.ts';
import { readContract } from '../../../src/core/rental/view.ts';
import { expectClean, noticesOf, walletOf } from '../../support/money.ts';
import {
  BASIC,
  contractOf,
  ENTERPRISE,
  fund,
  happened,
  PREMIUM,
  rentedBy,
  requestKey,
  sweep,
  termsOf,
} from '../../support/rental.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});

const as = (userId: UserId) => world.ctx({ kind: 'user', userId });
const person = async () => (await world.person()).userId;
const tryOut = (userId: UserId, planId = PREMIUM, key = requestKey()) =>
  startTrial(as(userId), { userId, planId, requestKey: key });
const join = async (issuer: UserId, claimant: UserId) => {
  const { code } = await createLinkCode(as(issuer), { userId: issuer });
  const { id: linkId } = await claimLink(as(claimant), { userId: claimant, code });
  await agreeToJoin(as(claimant), { userId: claimant, linkId });
  await agreeToJoin(as(issuer), { userId: issuer, linkId });
};

test('a trial opens its plan for its days, costs nothing and ends exactly, without grace', async () => {
  const userId = await person();
  const { until } = await tryOut(userId);
  expect(until).toEqual(later(world.clock.now(), days(7)));
  const allowed = () => requireFeature(as(userId), { userId, feature: 'live_notices' });
  expect(await readContract(as(userId), { userId })).toMatchObject({
    standing: 'trial',
    daysLeft: 7,
    outlook: { kind: 'ends', at: until },
    next: { totalSatang: 1_499_00n },
  });
  for (let at = world.clock.now(); at < until; at = later(at, days(1))) {
    world.clock.set(at);
    await sweep(world);
  }
  expect(await noticesOf(world, userId)).toEqual(['contract.reminder_trial', 'contract.reminder_trial']); // 3 and 1
  world.clock.set(later(until, -1));
  await allowed();
  world.clock.set(until);
  await expect(allowed()).rejects.toMatchObject({ code: 'contract.expired' });
  await sweep(world);
  expect(await contractOf(world, userId)).toMatchObject({ status: 'expired', endedAt: until });
  expect(await noticesOf(world, userId)).toHaveLength(3);
});

test('fifty presses at once with one request are one trial; another request is refused: contract.exists', async () => {
  const userId = await person();
  const results = await Promise.all(Array.from({ length: 50 }, () => tryOut(userId, BASIC, 'fifty')));
  expect(results.filter((r) => !r.isRepeat)).toHaveLength(1);
  await expect(tryOut(userId)).rejects.toMatchObject({ code: 'contract.exists' });
});

test('there is one per person, whatever became of it: trial.used', async () => {
  const userId = await person();
  const { until } = await tryOut(userId);
  world.clock.set(later(until, days(40)));
  expect(await hasTried(as(userId), { userId })).toBe(true);
  await expect(tryOut(userId, BASIC)).rejects.toMatchObject({ code: 'trial.used' });
});

test('two accounts joined into one have had theirs if either had, with every login', async () => {
  for (const tries of ['issuer', 'claimant'] as const) {
    const [issuer, claimant] = [await person(), await person()];
    const { until } = await tryOut(tries === 'issuer' ? issuer : claimant);
    await join(issuer, claimant);
    expect((await contractOf(world, issuer)).userId).toBe(issuer);
    world.clock.set(until);
    await sweep(world);
    await expect(tryOut(issuer, BASIC)).rejects.toMatchObject({ code: 'trial.used' });
  }
});

test('joining with both on trial leaves one of them', async () => {
  const [issuer, claimant] = [await person(), await person()];
  await tryOut(issuer, BASIC);
  await tryOut(claimant, PREMIUM);
  await join(issuer, claimant);
  expect((await readContract(as(issuer), { userId: issuer }))?.plan.id).toBe(PREMIUM);
});

test('paying during a trial keeps its days: the paid term follows, and renews by itself from then on', async () => {
  const userId = await person();
  const { until, contractId } = await tryOut(userId, BASIC);
  await fund(world, userId, 499_00n);
  const { term, totalSatang, startsAt } = await quoteRenew(as(userId), { userId });
  expect(startsAt).toEqual(until);
  await renewContract(as(userId), { userId, contractId, term, totalSatang });
  expect(await contractOf(world, userId)).toMatchObject({
    status: 'active',
    term: 1,
    autoRenew: true,
    paidUntil: later(until, days(30)),
  });
  world.clock.set(until);
  await sweep(world);
  expect(await contractOf(world, userId)).toMatchObject({ status: 'active', term: 2 });
});

test('from a trial any other plan can be taken at once, also a cheaper one; nothing is credited for it', async () => {
  const userId = await person();
  const { contractId } = await tryOut(userId, PREMIUM);
  await fund(world, userId, 499_00n);
  world.clock.pass(days(2));
  const { totalSatang, creditSatang } = await quoteUpgrade(as(userId), { userId, planId: BASIC });
  expect(creditSatang).toBe(0n);
  await upgradeContract(as(userId), { userId, contractId, planId: BASIC, totalSatang, requestKey: requestKey() });
  expect(await contractOf(world, userId)).toMatchObject({
    status: 'active',
    planId: BASIC,
    paidUntil: later(world.clock.now(), days(30)),
  });
  expect((await termsOf(world, contractId))[0]?.cutAt).toEqual(world.clock.now());
  expect(await walletOf(world, userId)).toBe(0n);
});

test('a plan without a trial has none: trial.none; nor has one who holds a contract', async () => {
  const userId = await person();
  await expect(tryOut(userId, ENTERPRISE)).rejects.toMatchObject({
    code: 'trial.none',
    params: { planEn: 'Enterprise' },
  });
  await rentedBy(world, userId);
  await expect(tryOut(userId)).rejects.toMatchObject({ code: 'contract.exists' });
  const { id, paidUntil } = await contractOf(world, userId);
  // Ended by the clock: the trial begins, and what the sweep has not done yet is done with it.
  world.clock.set(later(paidUntil, days(3)));
  await tryOut(userId);
  expect(await happened(world, id)).toEqual(['started', 'expired', 'stop']);
});
