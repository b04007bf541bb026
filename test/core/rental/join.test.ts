import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { days, later, seconds } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { agreeToJoin, previewJoin } from '../../../src/core/money/join.ts';
import { claimLink, createLinkCode } from '../../../src/core/people/link.ts';
import { createCoupon, redeemCoupon } from '../../../src/core/rental/coupon.ts';
import { requireFeature } from '../../../src/core/rental/guard.ts';
import { quoteStart } from '../../../src/core/rental/quote.ts';
import { openRentTopup } from '../../../src/core/rental/rentTopup.ts';
import { startTrial } from '../../../src/core/rental/trial.ts';
import { readContract } from '../../../src/core/rental/view.ts';
import { expectClean, noticesOf, operator, record, walletOf } from '../../support/money.ts';
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
const person = async () => (await world.person()).userId;
const linked = async (issuer: UserId, claimant: UserId) => {
  const { code } = await createLinkCode(as(issuer), { userId: issuer });
  return (await claimLink(as(claimant), { userId: claimant, code })).id;
};
const join = async (issuer: UserId, claimant: UserId) => {
  const linkId = await linked(issuer, claimant);
  await agreeToJoin(as(claimant), { userId: claimant, linkId });
  await agreeToJoin(as(issuer), { userId: issuer, linkId });
};

describe('joining two accounts', () => {
  test('takes contract, coupons and what top-ups are for along', async () => {
    const [issuer, claimant] = [await person(), await person()];
    await createCoupon(world.ctx(operator), {
      code: 'JOIN',
      kind: 'fixed',
      percent: null,
      amountSatang: 99_00n,
      terms: 3,
      mostPerPerson: 1,
      mostInTotal: null,
      planIds: null,
      validFrom: world.clock.now(),
      validUntil: null,
    });
    await redeemCoupon(as(claimant), { userId: claimant, code: 'JOIN', requestKey: requestKey() });
    await rentedBy(world, claimant, BASIC);
    const { id, paidUntil } = await contractOf(world, claimant);
    const opened = await openRentTopup(as(claimant), { userId: claimant, requestKey: requestKey(), does: 'renew' });
    await join(issuer, claimant);
    expect(await contractOf(world, issuer)).toMatchObject({ id, userId: issuer, status: 'active' });
    expect((await requireFeature(as(issuer), { userId: issuer, feature: 'basic_strategies' })).contractId).toBe(id);
    await record(world, paid(opened?.topup.reference ?? '', 400_00n));
    expect((await contractOf(world, issuer)).paidUntil).toEqual(later(paidUntil, days(30)));
    expect((await termsOf(world, id)).map((t) => t.discountSatang)).toEqual([99_00n, 99_00n]);
    // Once per person counts for both now.
    const again = redeemCoupon(as(issuer), { userId: issuer, code: 'JOIN', requestKey: requestKey() });
    await expect(again).rejects.toMatchObject({ code: 'coupon.used' });
  });

  test('with a contract on both sides keeps the better one and credits the other’s unused time', async () => {
    for (const better of ['issuer', 'claimant'] as const) {
      const [issuer, claimant] = [await person(), await person()];
      const [rich, poor] = better === 'issuer' ? [issuer, claimant] : [claimant, issuer];
      await rentedBy(world, rich, ENTERPRISE);
      await rentedBy(world, poor, PREMIUM);
      const [kept, ended] = [await contractOf(world, rich), await contractOf(world, poor)];
      world.clock.pass(days(12));
      const documents = world.documents.length;
      await join(issuer, claimant);
      const unused = (1_499_00n * 18n) / 30n;
      expect(await walletOf(world, issuer)).toBe(unused);
      expect(await readContract(as(issuer), { userId: issuer })).toMatchObject({
        contract: { id: kept.id, status: 'active', paidUntil: kept.paidUntil },
        plan: { id: ENTERPRISE },
      });
      // Nothing is stopped: the person goes on with the contract that is kept.
      expect((await happened(world, ended.id)).slice(-2)).toEqual(['cancelled', 'joined']);
      expect(world.documents.slice(documents)).toMatchObject([
        { kind: 'credit_note', userId: poor, totalSatang: unused, refersToTransferKey: `renew:${ended.id}:1` },
      ]);
      expect(await told(world, issuer, 'contract.joined')).toMatchObject([{ amountSatang: String(unused) }]);
      expect(await noticesOf(world, issuer)).toContain('link.joined');
    }
  });

  test('prefers what is paid to what is in grace or on trial, however dear', async () => {
    const [issuer, claimant] = [await person(), await person()];
    await rentedBy(world, issuer, ENTERPRISE, { autoRenew: false });
    const { paidUntil } = await contractOf(world, issuer);
    world.clock.set(later(paidUntil, -days(1)));
    await rentedBy(world, claimant, BASIC);
    const paidFor = await contractOf(world, claimant);
    world.clock.set(later(paidUntil, days(1)));
    await join(issuer, claimant);
    expect((await readContract(as(issuer), { userId: issuer }))?.contract.id).toBe(paidFor.id);
    const third = await person();
    await startTrial(as(third), { userId: third, planId: PREMIUM, requestKey: requestKey() });
    await join(issuer, third);
    expect((await readContract(as(issuer), { userId: issuer }))?.contract.id).toBe(paidFor.id);
    expect(await walletOf(world, issuer)).toBe(0n);
  });

  test.each(['swept', 'not swept yet'])(
    'a renewal that has fallen due is paid first and given back (%s)',
    async (how) => {
      const [issuer, claimant] = [await person(), await person()];
      await rentedBy(world, claimant, BASIC);
      const { id, paidUntil } = await contractOf(world, claimant);
      world.clock.set(later(paidUntil, -days(1)));
      await rentedBy(world, issuer, ENTERPRISE);
      await fund(world, claimant, 1_000_00n);
      await sweep(world);
      world.clock.set(later(paidUntil, seconds(1)));
      if (how === 'swept') await sweep(world);
      const documents = world.documents.length;
      await join(issuer, claimant);
      const unused = 498_99n; // 499.00 × 2,591,999 of 2,592,000 seconds, rounded down
      expect(await walletOf(world, issuer)).toBe(501_00n + unused);
      expect(world.documents.slice(documents)).toMatchObject([
        ...(how === 'swept' ? [] : [{ kind: 'receipt', transferKey: `renew:${id}:2` }]),
        { kind: 'credit_note', refersToTransferKey: `renew:${id}:2`, totalSatang: unused },
      ]);
    },
  );

  test('one that has ended by the clock stands in nobody’s way', async () => {
    const [issuer, claimant] = [await person(), await person()];
    await rentedBy(world, issuer, ENTERPRISE, { autoRenew: false });
    const { paidUntil, id } = await contractOf(world, issuer);
    world.clock.set(later(paidUntil, days(4)));
    await rentedBy(world, claimant, BASIC);
    const kept = await contractOf(world, claimant);
    await join(issuer, claimant);
    expect((await readContract(as(issuer), { userId: issuer }))?.contract.id).toBe(kept.id);
    expect((await happened(world, id)).slice(-2)).toEqual(['expired', 'stop']);
  });

  test('brings money to a contract in grace, which renews the next minute', async () => {
    const [issuer, claimant] = [await person(), await person()];
    await rentedBy(world, issuer, BASIC);
    await fund(world, claimant, 499_00n);
    const { paidUntil } = await contractOf(world, issuer);
    world.clock.set(later(paidUntil, days(1)));
    await sweep(world);
    await join(issuer, claimant);
    await sweep(world);
    expect(await contractOf(world, issuer)).toMatchObject({ status: 'active', paidUntil: later(paidUntil, days(30)) });
  });

  test('asks the issuer too when there is a contract behind the code, even one that was never paid', async () => {
    const [issuer, claimant] = [await person(), await person()];
    await startTrial(as(issuer), { userId: issuer, planId: BASIC, requestKey: requestKey() });
    const linkId = await linked(issuer, claimant);
    expect((await previewJoin(as(claimant), { userId: claimant, linkId })).needsIssuer).toBe(true);
    expect(await agreeToJoin(as(claimant), { userId: claimant, linkId })).toBe('waiting_for_other');
    await expect(quoteStart(as(issuer), { userId: issuer, planId: BASIC })).rejects.toMatchObject({
      code: 'contract.exists',
    });
  });
});
