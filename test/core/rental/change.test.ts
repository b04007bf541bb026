import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { days, later, seconds } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { changeNextPlan, setAutoRenew, upgradeContract } from '../../../src/core/rental/change.ts';
import { unusedSatang } from '../../../src/core/rental/offer.ts';
import { setCancelAtEnd } from '../../../src/core/rental/operate.ts';
import { quoteRenew, quoteUpgrade } from '../../../src/core/rental/quote.ts';
import { renewContract } from '../../../src/core/rental/rent.ts';
import { startTrial } from '../../../src/core/rental/trial.ts';
import { readContract } from '../../../src/core/rental/view.ts';
import { expectClean, operator, walletOf } from '../../support/money.ts';
import {
  BASIC,
  contractOf,
  ENTERPRISE,
  fund,
  happened,
  moved,
  PREMIUM,
  rentedBy,
  requestKey,
  spend,
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
const tenant = async (planId = BASIC, autoRenew = true) => {
  const { userId } = await world.person();
  await rentedBy(world, userId, planId, { autoRenew });
  return contractOf(world, userId);
};
const upgradeTo = async (userId: UserId, planId: string, key = requestKey()) => {
  const { contractId, totalSatang } = await quoteUpgrade(as(userId), { userId, planId });
  return upgradeContract(as(userId), { userId, contractId: contractId ?? '', planId, totalSatang, requestKey: key });
};
const renewNow = async (userId: UserId) => {
  const { contractId, term, totalSatang } = await quoteRenew(as(userId), { userId });
  return renewContract(as(userId), { userId, contractId: contractId ?? '', term, totalSatang });
};

describe('an upgrade', () => {
  test('begins at once and credits unused seconds, floored to satang', async () => {
    const { userId, id, paidUntil } = await tenant();
    await fund(world, userId, 1_499_00n);
    world.clock.set(later(paidUntil, -days(20) + seconds(7)));
    const unused = (499_00n * (BigInt(20 * 86_400) - 7n)) / BigInt(30 * 86_400);
    const quote = await quoteUpgrade(as(userId), { userId, planId: PREMIUM });
    expect(quote).toMatchObject({ totalSatang: 1_499_00n, creditSatang: unused, missingSatang: 0n, term: 2 });
    const documents = world.documents.length;
    await upgradeTo(userId, PREMIUM);
    expect(await walletOf(world, userId)).toBe(unused);
    const now = world.clock.now();
    expect(await contractOf(world, userId)).toMatchObject({
      planId: PREMIUM,
      term: 2,
      paidUntil: later(now, days(30)),
    });
    expect((await termsOf(world, id))[0]).toMatchObject({ cutAt: now, creditedSatang: unused, endsAt: paidUntil });
    expect((await moved(world, id)).slice(1)).toEqual([
      [`unused:${id}:1`, unused],
      [`renew:${id}:2`, -1_499_00n],
    ]);
    expect(world.documents.slice(documents)).toMatchObject([
      { kind: 'credit_note', totalSatang: unused, refersToTransferKey: `renew:${id}:1`, transferKey: `unused:${id}:1` },
      { kind: 'receipt', totalSatang: 1_499_00n, transferKey: `renew:${id}:2` },
    ]);
  });

  test('pressed fifty times at once with one request is one; terms paid ahead come back whole', async () => {
    const { userId, id } = await tenant();
    await fund(world, userId, 3_000_00n);
    await renewNow(userId);
    await renewNow(userId);
    const quote = await quoteUpgrade(as(userId), { userId, planId: PREMIUM });
    expect(quote.creditSatang).toBe(3n * 499_00n);
    const input = { userId, contractId: id, planId: PREMIUM, totalSatang: quote.totalSatang, requestKey: requestKey() };
    const results = await Promise.all(Array.from({ length: 50 }, () => upgradeContract(as(userId), input)));
    expect(results.filter((r) => !r.isRepeat)).toHaveLength(1);
    expect(await walletOf(world, userId)).toBe(3_000_00n - 2n * 499_00n + 3n * 499_00n - 1_499_00n);
    expect((await termsOf(world, id)).map((t) => [t.planId, t.cutAt !== null])).toEqual([
      [BASIC, true],
      [BASIC, true],
      [BASIC, true],
      [PREMIUM, false],
    ]);
  });

  test('several times in one term credits each plan for its own time', async () => {
    const { userId, id, paidUntil } = await tenant();
    await fund(world, userId, 10_000_00n);
    const start = later(paidUntil, -days(30));
    world.clock.set(later(start, days(3)));
    await upgradeTo(userId, PREMIUM);
    world.clock.set(later(start, days(6)));
    await upgradeTo(userId, ENTERPRISE);
    const credits = [(499_00n * 27n) / 30n, (1_499_00n * 27n) / 30n];
    expect((await termsOf(world, id)).map((t) => t.creditedSatang)).toEqual([...credits, 0n]);
    const spent = 1_499_00n + 4_999_00n - (credits[0] ?? 0n) - (credits[1] ?? 0n);
    expect(await walletOf(world, userId)).toBe(10_000_00n - spent);
    expect(await contractOf(world, userId)).toMatchObject({ term: 3, paidUntil: later(start, days(36)) });
  });

  test('in grace begins at the old end, as a renewal does', async () => {
    const { userId, paidUntil } = await tenant();
    world.clock.set(later(paidUntil, days(1)));
    await sweep(world);
    await fund(world, userId, 1_499_00n);
    await upgradeTo(userId, PREMIUM);
    expect(await contractOf(world, userId)).toMatchObject({
      status: 'active',
      planId: PREMIUM,
      paidUntil: later(paidUntil, days(30)),
    });
    expect(await walletOf(world, userId)).toBe(0n);
  });

  test('takes back what was chosen for later', async () => {
    const { userId } = await tenant(PREMIUM);
    await fund(world, userId, 5_000_00n);
    await changeNextPlan(as(userId), { userId, planId: BASIC });
    await upgradeTo(userId, ENTERPRISE);
    expect((await contractOf(world, userId)).nextPlanId).toBeNull();
  });

  test('to what costs no more is refused: plan.not_higher; for more than was said: quote.changed', async () => {
    const { userId, id } = await tenant(PREMIUM);
    for (const planId of [BASIC, PREMIUM])
      await expect(quoteUpgrade(as(userId), { userId, planId })).rejects.toMatchObject({ code: 'plan.not_higher' });
    const input = { userId, contractId: id, planId: ENTERPRISE, totalSatang: 4_998_00n, requestKey: requestKey() };
    await expect(upgradeContract(as(userId), input)).rejects.toMatchObject({ code: 'quote.changed' });
    await expect(upgradeContract(as(userId), { ...input, totalSatang: 4_999_00n })).rejects.toMatchObject({
      code: 'rental.short',
      params: { missingSatang: 3_500_00n },
    });
    expect(await walletOf(world, userId)).toBe(0n);
    expect(await happened(world, id)).toEqual(['started']);
  });

  test('of a contract that has ended, or of none, is refused: contract.expired, contract.none', async () => {
    const { userId, paidUntil } = await tenant();
    world.clock.set(later(paidUntil, days(3)));
    await expect(quoteUpgrade(as(userId), { userId, planId: PREMIUM })).rejects.toMatchObject({
      code: 'contract.expired',
    });
    await sweep(world);
    await expect(quoteUpgrade(as(userId), { userId, planId: PREMIUM })).rejects.toMatchObject({
      code: 'contract.none',
    });
  });
});

describe('a change of plan at the end of a term', () => {
  test('leaves the running term as it is and applies with the next', async () => {
    const { userId, paidUntil } = await tenant(PREMIUM);
    await fund(world, userId, 499_00n);
    await changeNextPlan(as(userId), { userId, planId: BASIC });
    expect(await readContract(as(userId), { userId })).toMatchObject({
      plan: { id: PREMIUM },
      nextPlan: { id: BASIC },
      next: { totalSatang: 499_00n, missingSatang: 0n },
      outlook: { kind: 'renews', totalSatang: 499_00n },
    });
    world.clock.set(paidUntil);
    await sweep(world);
    expect(await contractOf(world, userId)).toMatchObject({ planId: BASIC, nextPlanId: null, term: 2 });
    expect(await walletOf(world, userId)).toBe(0n);
  });

  test('can be taken back until then', async () => {
    const { userId, paidUntil } = await tenant(PREMIUM);
    await changeNextPlan(as(userId), { userId, planId: BASIC });
    await changeNextPlan(as(userId), { userId, planId: ENTERPRISE });
    await changeNextPlan(as(userId), { userId, planId: PREMIUM });
    expect((await contractOf(world, userId)).nextPlanId).toBeNull();
    await fund(world, userId, 1_499_00n);
    world.clock.set(paidUntil);
    await sweep(world);
    expect(await contractOf(world, userId)).toMatchObject({ planId: PREMIUM, term: 2 });
  });

  test('waits for terms that are paid ahead', async () => {
    const { userId, paidUntil } = await tenant(PREMIUM);
    await fund(world, userId, 1_499_00n + 499_00n);
    await renewNow(userId);
    await changeNextPlan(as(userId), { userId, planId: BASIC });
    world.clock.set(paidUntil);
    await sweep(world);
    expect(await contractOf(world, userId)).toMatchObject({ planId: PREMIUM, nextPlanId: BASIC, term: 2 });
    world.clock.set(later(paidUntil, days(30)));
    await sweep(world);
    expect(await contractOf(world, userId)).toMatchObject({ planId: BASIC, nextPlanId: null, term: 3 });
  });

  test('paid early is shown as what follows until it runs', async () => {
    const { userId, paidUntil } = await tenant(PREMIUM);
    await fund(world, userId, 499_00n);
    await changeNextPlan(as(userId), { userId, planId: BASIC });
    await renewNow(userId);
    expect(await readContract(as(userId), { userId })).toMatchObject({
      plan: { id: PREMIUM },
      nextPlan: { id: BASIC },
    });
    // The sweep is late; whoever looks sees the plan of the term that runs.
    world.clock.set(later(paidUntil, seconds(1)));
    expect(await readContract(as(userId), { userId })).toMatchObject({ plan: { id: BASIC } });
    await sweep(world);
    expect(await contractOf(world, userId)).toMatchObject({ planId: BASIC, nextPlanId: null });
  });

  test('chosen in grace, when the cheaper plan can be paid, renews at once', async () => {
    const { userId, paidUntil } = await tenant(PREMIUM);
    await fund(world, userId, 499_00n);
    world.clock.set(later(paidUntil, days(2)));
    await sweep(world);
    await changeNextPlan(as(userId), { userId, planId: BASIC });
    expect(await contractOf(world, userId)).toMatchObject({
      status: 'active',
      planId: BASIC,
      paidUntil: later(paidUntil, days(30)),
    });
  });
});

describe('renewal by itself', () => {
  test('turned off in the minute before the sweep comes by charges nothing', async () => {
    const { userId, paidUntil } = await tenant();
    await fund(world, userId, 499_00n);
    world.clock.set(later(paidUntil, seconds(20)));
    await setAutoRenew(as(userId), { userId, autoRenew: false });
    await sweep(world);
    expect(await walletOf(world, userId)).toBe(499_00n);
    expect((await contractOf(world, userId)).status).toBe('grace');
    // Turned on in grace it pays at once.
    await setAutoRenew(as(userId), { userId, autoRenew: true });
    expect(await walletOf(world, userId)).toBe(0n);
    expect(await contractOf(world, userId)).toMatchObject({ status: 'active', paidUntil: later(paidUntil, days(30)) });
  });

  test('is not for a trial: contract.trial', async () => {
    const { userId } = await world.person();
    await startTrial(as(userId), { userId, planId: BASIC, requestKey: requestKey() });
    const on = setAutoRenew(as(userId), { userId, autoRenew: true });
    await expect(on).rejects.toMatchObject({ code: 'contract.trial' });
    await expect(changeNextPlan(as(userId), { userId, planId: PREMIUM })).rejects.toMatchObject({
      code: 'contract.trial',
    });
  });

  test('is not for a contract that operators end: contract.ending', async () => {
    const { userId, id } = await tenant();
    await fund(world, userId, 10_000_00n);
    await setCancelAtEnd(world.ctx(operator), { contractId: id, cancelAtEnd: true, reason: 'a test' });
    for (const refused of [
      () => quoteRenew(as(userId), { userId }),
      () => quoteUpgrade(as(userId), { userId, planId: PREMIUM }),
      () => changeNextPlan(as(userId), { userId, planId: PREMIUM }),
    ])
      await expect(refused()).rejects.toMatchObject({ code: 'contract.ending' });
    await spend(world, userId, 10_000_00n);
  });
});

test('what is given back is never more than was paid, falls with time, and is what the formula says', () => {
  const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(
      moment,
      fc.integer({ min: 1, max: 90 * 86_400 }),
      fc.bigInt(0n, 1_000_000_00n),
      fc.bigInt(0n, 1_000_000_00n),
      fc.integer({ min: -86_400_000, max: 91 * 86_400_000 }),
      (startsAt, lengthSeconds, a, b, afterMs) => {
        const [priceSatang, discountSatang] = a > b ? [a, b] : [b, a];
        const term = { startsAt, endsAt: later(startsAt, lengthSeconds * 1000), priceSatang, discountSatang };
        const at = later(startsAt, afterMs);
        const paid = priceSatang - discountSatang;
        const left = Math.min(lengthSeconds, Math.max(0, Math.floor(lengthSeconds - afterMs / 1000)));
        expect(unusedSatang(term, at)).toBe((paid * BigInt(left)) / BigInt(lengthSeconds));
        expect(unusedSatang(term, later(at, 1000))).toBeLessThanOrEqual(unusedSatang(term, at));
      },
    ),
  );
});
