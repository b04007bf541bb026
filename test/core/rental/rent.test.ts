import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { days, later, seconds } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { setAutoRenew } from '../../../src/core/rental/change.ts';
import { contractMoves, move } from '../../../src/core/rental/life.ts';
import { quoteRenew, quoteStart } from '../../../src/core/rental/quote.ts';
import { renewContract, startContract } from '../../../src/core/rental/rent.ts';
import { listPlans, readContract } from '../../../src/core/rental/view.ts';
import { expectClean, walletOf } from '../../support/money.ts';
import {
  BASIC,
  contractOf,
  fund,
  happened,
  moved,
  PREMIUM,
  PRICE,
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
const renewNow = async (userId: UserId) => {
  const { contractId, term, totalSatang } = await quoteRenew(as(userId), { userId });
  return renewContract(as(userId), { userId, contractId: contractId ?? '', term, totalSatang });
};

test('three plans are there to begin with, the cheapest first', async () => {
  const plans = await listPlans(world.ctx({ kind: 'chat', provider: 'local' }));
  expect(plans.map(({ code, priceSatang, quotas }) => [code, priceSatang, quotas])).toEqual([
    ['basic', 499_00n, { tradingBots: 2 }],
    ['premium', 1_499_00n, { tradingBots: 10 }],
    ['enterprise', 4_999_00n, { tradingBots: null }],
  ]);
});

describe('a start', () => {
  test('pays one term of 30 times 24 hours out of the wallet, with one receipt', async () => {
    const userId = await person();
    await fund(world, userId, 600_00n);
    const before = world.documents.length;
    const rented = await startContract(as(userId), { userId, planId: BASIC, totalSatang: 499_00n, requestKey: 's1' });
    expect(await walletOf(world, userId)).toBe(101_00n);
    const row = await contractOf(world, userId);
    expect(row).toMatchObject({ status: 'active', term: 1, planId: BASIC, autoRenew: true, graceUntil: null });
    expect(row.paidUntil).toEqual(later(world.clock.now(), 30 * 86_400_000));
    expect(await moved(world, row.id)).toEqual([[`renew:${row.id}:1`, -499_00n]]);
    expect(world.documents.slice(before)).toMatchObject([
      { kind: 'receipt', transferKey: `renew:${row.id}:1`, totalSatang: 499_00n, term: 1 },
    ]);
    // The same request again is the same contract, and nothing is paid.
    expect(await startContract(as(userId), { userId, planId: BASIC, totalSatang: 499_00n, requestKey: 's1' })).toEqual({
      ...rented,
      isRepeat: true,
    });
    expect(await walletOf(world, userId)).toBe(101_00n);
  });

  test('fifty at once, each a message of its own, make one contract: contract.exists', async () => {
    const userId = await person();
    await fund(world, userId, 50_000_00n);
    const presses = Array.from({ length: 50 }, () =>
      startContract(as(userId), { userId, planId: BASIC, totalSatang: 499_00n, requestKey: requestKey() }),
    );
    const results = await Promise.allSettled(presses);
    expect(results.filter((r) => r.status === 'fulfilled').length).toBe(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'contract.exists' });
    expect(await walletOf(world, userId)).toBe(49_501_00n);
  });

  test('with too little money says how much is missing: rental.short', async () => {
    const userId = await person();
    await fund(world, userId, 498_99n);
    const quote = await quoteStart(as(userId), { userId, planId: BASIC });
    expect(quote).toMatchObject({ totalSatang: 499_00n, walletSatang: 498_99n, missingSatang: 1n });
    await expect(
      startContract(as(userId), { userId, planId: BASIC, totalSatang: 499_00n, requestKey: requestKey() }),
    ).rejects.toMatchObject({ code: 'rental.short', params: { missingSatang: 1n, totalSatang: 499_00n } });
  });

  test('is not made for more than was said: quote.changed', async () => {
    const userId = await person();
    await fund(world, userId, 5000_00n);
    await expect(
      startContract(as(userId), { userId, planId: PREMIUM, totalSatang: 1_498_99n, requestKey: requestKey() }),
    ).rejects.toMatchObject({ code: 'quote.changed', params: { totalSatang: PRICE[PREMIUM] } });
    expect(await walletOf(world, userId)).toBe(5000_00n);
  });

  test('of a plan that does not exist is refused: plan.missing', async () => {
    const userId = await person();
    await expect(quoteStart(as(userId), { userId, planId: 'pln_none' })).rejects.toMatchObject({
      code: 'plan.missing',
    });
  });

  test('is for oneself alone', async () => {
    const [userId, other] = [await person(), await person()];
    const input = { userId, planId: BASIC, totalSatang: 499_00n, requestKey: 'x' };
    await expect(startContract(as(other), input)).rejects.toMatchObject({ code: 'access.denied' });
    const support = world.ctx({ kind: 'operator', role: 'owner', operatorId: 'opr_1' });
    await expect(startContract(support, input)).rejects.toMatchObject({ code: 'access.denied' });
  });
});

describe('a renewal', () => {
  test('before the end appends thirty days; fifty presses at once pay once', async () => {
    const userId = await person();
    await rentedBy(world, userId);
    await fund(world, userId, 10_000_00n);
    const { paidUntil, id } = await contractOf(world, userId);
    world.clock.pass(days(10));
    const quote = await quoteRenew(as(userId), { userId });
    expect(quote).toMatchObject({ contractId: id, term: 2, startsAt: paidUntil, endsAt: later(paidUntil, days(30)) });
    const input = { userId, contractId: id, term: quote.term, totalSatang: quote.totalSatang };
    const results = await Promise.all(Array.from({ length: 50 }, () => renewContract(as(userId), input)));
    expect(results.filter((r) => !r.isRepeat).length).toBe(1);
    expect(new Set(results.map((r) => r.until.getTime()))).toEqual(new Set([later(paidUntil, days(30)).getTime()]));
    expect(await walletOf(world, userId)).toBe(9_501_00n);
    expect(await contractOf(world, userId)).toMatchObject({ status: 'active', term: 1 });
    expect((await readContract(as(userId), { userId }))?.daysLeft).toBe(50);
  });

  test('in grace begins at the old end, without free days', async () => {
    const userId = await person();
    await rentedBy(world, userId);
    const { paidUntil, id } = await contractOf(world, userId);
    world.clock.set(later(paidUntil, days(2)));
    await sweep(world);
    expect((await contractOf(world, userId)).status).toBe('grace');
    await fund(world, userId, 499_00n);
    await renewNow(userId);
    const row = await contractOf(world, userId);
    expect(row).toMatchObject({
      id,
      status: 'active',
      term: 2,
      graceUntil: null,
      paidUntil: later(paidUntil, days(30)),
    });
    expect((await termsOf(world, id)).map((t) => t.startsAt)[1]).toEqual(paidUntil);
  });

  test('after the end begins a new contract at the payment, also before the sweep has noticed', async () => {
    for (const swept of [true, false]) {
      const userId = await person();
      await rentedBy(world, userId);
      const old = await contractOf(world, userId);
      world.clock.set(later(old.paidUntil, days(3)));
      if (swept) await sweep(world);
      await fund(world, userId, 999_00n);
      const { contractId, term, totalSatang } = await quoteRenew(as(userId), { userId });
      const press = () => renewContract(as(userId), { userId, contractId: contractId ?? '', term, totalSatang });
      const results = await Promise.all([press(), press(), press()]);
      expect(results.filter((r) => !r.isRepeat).length).toBe(1);
      const row = await contractOf(world, userId);
      expect(row.id).not.toBe(old.id);
      expect(row).toMatchObject({ status: 'active', term: 1, paidUntil: later(world.clock.now(), days(30)) });
      expect(await happened(world, old.id)).toEqual(
        swept ? ['started', 'expired', 'stop', 'restarted'] : ['started', 'expired', 'stop', 'restarted'],
      );
      expect(await walletOf(world, userId)).toBe(500_00n);
    }
  });

  test('of a term that is not the next one is refused: contract.changed', async () => {
    const userId = await person();
    await rentedBy(world, userId);
    const { id } = await contractOf(world, userId);
    const input = { userId, contractId: id, totalSatang: 499_00n };
    await expect(renewContract(as(userId), { ...input, term: 3 })).rejects.toMatchObject({ code: 'contract.changed' });
    await expect(renewContract(as(userId), { ...input, contractId: 'con_x', term: 2 })).rejects.toMatchObject({
      code: 'contract.missing',
    });
  });

  test('of nothing is refused: contract.none', async () => {
    const userId = await person();
    await expect(quoteRenew(as(userId), { userId })).rejects.toMatchObject({ code: 'contract.none' });
    await expect(setAutoRenew(as(userId), { userId, autoRenew: true })).rejects.toMatchObject({
      code: 'contract.none',
    });
    expect(await readContract(as(userId), { userId })).toBeNull();
  });

  test('reaches twelve terms ahead and no further: contract.too_far_ahead', async () => {
    const userId = await person();
    await rentedBy(world, userId);
    await fund(world, userId, 20_000_00n);
    for (let n = 0; n < 12; n++) await renewNow(userId);
    await expect(renewNow(userId)).rejects.toMatchObject({ code: 'contract.too_far_ahead' });
    expect(await walletOf(world, userId)).toBe(20_000_00n - 12n * 499_00n);
    world.clock.pass(seconds(1));
  });

  test('by itself takes place at the end and not a moment before, and is told', async () => {
    const userId = await person();
    await rentedBy(world, userId);
    await fund(world, userId, 499_00n);
    const { paidUntil, id } = await contractOf(world, userId);
    world.clock.set(later(paidUntil, -1));
    await sweep(world);
    expect(await walletOf(world, userId)).toBe(499_00n);
    world.clock.set(paidUntil);
    await sweep(world);
    expect(await walletOf(world, userId)).toBe(0n);
    expect(await contractOf(world, userId)).toMatchObject({ term: 2, paidUntil: later(paidUntil, days(30)) });
    expect(await happened(world, id)).toEqual(['started', 'reminded', 'renewed', 'term_began']);
    // Whoever presses for that very term afterwards is answered, and not charged.
    const press = await renewContract(as(userId), { userId, contractId: id, term: 2, totalSatang: 499_00n });
    expect(press).toMatchObject({ isRepeat: true, until: later(paidUntil, days(30)) });
  });
});

test('a status changes along the table of moves alone', async () => {
  const userId = await person();
  await rentedBy(world, userId);
  const row = await contractOf(world, userId);
  for (const [from, allowed] of Object.entries(contractMoves)) {
    for (const to of Object.keys(contractMoves)) {
      const contract = { ...row, status: from as typeof row.status };
      const go = () => move(contract, to as typeof row.status);
      if (allowed.includes(to as typeof row.status)) expect(go).not.toThrow();
      else expect(go).toThrow(`cannot become ${to}`);
    }
  }
});
