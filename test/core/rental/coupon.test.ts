import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { days, later } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { upgradeContract } from '../../../src/core/rental/change.ts';
import {
  createCoupon,
  listCoupons,
  type NewCoupon,
  redeemCoupon,
  redemptionsOf,
  retireCoupon,
} from '../../../src/core/rental/coupon.ts';
import type { HeldCoupon, Holder, Plan } from '../../../src/core/rental/held.ts';
import { offerOf } from '../../../src/core/rental/offer.ts';
import { quoteRenew, quoteStart, quoteUpgrade } from '../../../src/core/rental/quote.ts';
import { renewContract } from '../../../src/core/rental/rent.ts';
import { languages, translate } from '../../../src/core/text/text.ts';
import { expectClean, operator, walletOf } from '../../support/money.ts';
import { BASIC, contractOf, fund, moved, PREMIUM, rentedBy, requestKey, sweep, termsOf } from '../../support/rental.ts';
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
const ops = () => world.ctx(operator);
const person = async () => (await world.person()).userId;

let made = 0;
const coupon = (more: Partial<NewCoupon> = {}): NewCoupon => ({
  code: `CODE${++made}`,
  kind: 'percent',
  percent: 20,
  amountSatang: null,
  terms: 1,
  mostPerPerson: 1,
  mostInTotal: null,
  planIds: null,
  validFrom: later(world.clock.now(), -days(1)),
  validUntil: null,
  ...more,
});
const make = (more: Partial<NewCoupon> = {}) => createCoupon(ops(), coupon(more));
const redeem = (userId: UserId, code: string, key = requestKey()) =>
  redeemCoupon(as(userId), { userId, code, requestKey: key });
const renewNow = async (userId: UserId) => {
  const { contractId, term, totalSatang } = await quoteRenew(as(userId), { userId });
  return renewContract(as(userId), { userId, contractId: contractId ?? '', term, totalSatang });
};

describe('a coupon', () => {
  test('takes a percentage off the first so many terms, also of those that renew by themselves', async () => {
    const userId = await person();
    const { code } = await make({ terms: 2 });
    await redeem(userId, ` ${code.toLowerCase()} `);
    expect(await quoteStart(as(userId), { userId, planId: BASIC })).toMatchObject({
      priceSatang: 499_00n,
      discountSatang: 99_80n,
      totalSatang: 399_20n,
    });
    await rentedBy(world, userId);
    const { id, paidUntil } = await contractOf(world, userId);
    await fund(world, userId, 5_000_00n);
    for (const n of [0, 30]) {
      world.clock.set(later(paidUntil, days(n)));
      await sweep(world);
    }
    expect((await moved(world, id)).map(([, amount]) => amount)).toEqual([-399_20n, -399_20n, -499_00n]);
    expect(await redemptionsOf(as(userId), { userId })).toMatchObject([{ redemption: { termsLeft: 0 } }]);
    const receipt = world.documents.find((d) => d.transferKey === `renew:${id}:1`);
    expect(receipt).toMatchObject({
      totalSatang: 399_20n,
      lines: [{ amountSatang: 499_00n }, { amountSatang: -99_80n }],
    });
  });

  test('has a cap, or is a fixed amount, and never makes a term cost less than nothing', async () => {
    const capped = await person();
    await redeem(capped, (await make({ percent: 50, amountSatang: 100_00n })).code);
    expect(await quoteStart(as(capped), { userId: capped, planId: PREMIUM })).toMatchObject({
      discountSatang: 100_00n,
    });
    const free = await person();
    await redeem(free, (await make({ kind: 'fixed', percent: null, amountSatang: 9_999_00n })).code);
    expect(await quoteStart(as(free), { userId: free, planId: BASIC })).toMatchObject({
      totalSatang: 0n,
      missingSatang: 0n,
    });
    const before = world.documents.length;
    await rentedBy(world, free);
    const { id } = await contractOf(world, free);
    expect(await moved(world, id)).toEqual([]); // nothing was paid: no transfer and no receipt
    expect(world.documents).toHaveLength(before);
    // And nothing comes back of what was not paid.
    await fund(world, free, 1_499_00n);
    expect((await quoteUpgrade(as(free), { userId: free, planId: PREMIUM })).creditSatang).toBe(0n);
  });

  test('is for its plans alone, and of two the better one is used', async () => {
    const userId = await person();
    await redeem(userId, (await make({ percent: 10 })).code);
    await redeem(userId, (await make({ percent: 30, planIds: [PREMIUM] })).code);
    expect((await quoteStart(as(userId), { userId, planId: BASIC })).discountSatang).toBe(49_90n);
    expect((await quoteStart(as(userId), { userId, planId: PREMIUM })).discountSatang).toBe(449_70n);
    await rentedBy(world, userId, PREMIUM);
    expect((await redemptionsOf(as(userId), { userId })).map((r) => r.redemption.termsLeft)).toEqual([1, 0]);
  });

  test('of a term paid ahead that never began is there again; what was paid with it comes back less it', async () => {
    const userId = await person();
    await redeem(userId, (await make({ percent: 50, terms: 3 })).code);
    await rentedBy(world, userId);
    await fund(world, userId, 249_50n + 1_499_00n);
    await renewNow(userId);
    const { contractId, totalSatang, creditSatang } = await quoteUpgrade(as(userId), { userId, planId: PREMIUM });
    expect([totalSatang, creditSatang]).toEqual([749_50n, 499_00n]);
    const input = { userId, contractId: contractId ?? '', planId: PREMIUM, totalSatang, requestKey: requestKey() };
    await upgradeContract(as(userId), input);
    expect(await walletOf(world, userId)).toBe(1_499_00n + 499_00n - 749_50n);
    const terms = await termsOf(world, contractId ?? '');
    expect(terms.map((t) => t.discountSatang)).toEqual([249_50n, 249_50n, 749_50n]);
    // Three uses: the term that ran, the one that never began and was given back, and the new one.
    expect((await redemptionsOf(as(userId), { userId }))[0]?.redemption.termsLeft).toBe(1);
  });

  test('is taken up as often as it may be by one person: coupon.used; a repeated message is one', async () => {
    const userId = await person();
    const { code } = await make({ mostPerPerson: 2 });
    const first = await redeem(userId, code, 'again');
    expect((await redeem(userId, code, 'again')).redemption.id).toBe(first.redemption.id);
    await redeem(userId, code);
    await expect(redeem(userId, code)).rejects.toMatchObject({ code: 'coupon.used' });
  });

  test('is taken up by so many in all, also when all come at once: coupon.used_up', async () => {
    const { code } = await make({ mostInTotal: 3 });
    const people = await Promise.all(Array.from({ length: 12 }, person));
    const results = await Promise.allSettled(people.map((userId) => redeem(userId, code)));
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(3);
    for (const r of results) if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'coupon.used_up' });
    expect((await listCoupons(ops())).items.find((row) => row.code === code)?.redemptions).toBe(3);
  });

  test('is not there before or after its time, nor once retired: coupon.over; what was taken up stays', async () => {
    const [early, late, holder] = [await person(), await person(), await person()];
    const from = later(world.clock.now(), days(1));
    const row = await make({ validFrom: from, validUntil: later(from, days(2)) });
    await expect(redeem(early, row.code)).rejects.toMatchObject({ code: 'coupon.over' });
    world.clock.set(from);
    await redeem(holder, row.code);
    world.clock.set(later(from, days(2)));
    await expect(redeem(late, row.code)).rejects.toMatchObject({ code: 'coupon.over' });
    expect((await quoteStart(as(holder), { userId: holder, planId: BASIC })).discountSatang).toBe(99_80n);
    const other = await make();
    await redeem(late, other.code);
    await retireCoupon(ops(), { couponId: other.id, reason: 'enough' });
    await retireCoupon(ops(), { couponId: other.id, reason: 'enough' });
    await expect(redeem(early, other.code)).rejects.toMatchObject({ code: 'coupon.over' });
    expect((await quoteStart(as(late), { userId: late, planId: BASIC })).discountSatang).toBe(99_80n);
    expect((await listCoupons(ops(), { openOnly: true })).items.map((c) => c.code)).not.toContain(other.code);
  });

  test('that does not exist is refused: coupon.unknown, coupon.missing', async () => {
    await expect(redeem(await person(), 'NO-SUCH')).rejects.toMatchObject({ code: 'coupon.unknown' });
    const retire = retireCoupon(ops(), { couponId: 'cpn_x', reason: 'x' });
    await expect(retire).rejects.toMatchObject({ code: 'coupon.missing' });
    await expect(retireCoupon(ops(), { couponId: 'cpn_x', reason: ' ' })).rejects.toMatchObject({
      code: 'reason.required',
    });
  });

  test('has a code of its own and sound figures: coupon.exists, coupon.invalid', async () => {
    const { code } = await make();
    await expect(make({ code: code.toLowerCase() })).rejects.toMatchObject({ code: 'coupon.exists' });
    const unsound: [string, Partial<NewCoupon>][] = [
      ['code', { code: 'ก' }],
      ['percent', { percent: 0 }],
      ['percent', { percent: 101 }],
      ['percent', { kind: 'fixed', amountSatang: 1n }],
      ['amountSatang', { kind: 'fixed', percent: null }],
      ['amountSatang', { amountSatang: 0n }],
      ['terms', { terms: 0 }],
      ['mostPerPerson', { mostPerPerson: 0.5 }],
      ['mostInTotal', { mostInTotal: -1 }],
      ['planIds', { planIds: [] }],
      ['planIds', { planIds: ['pln_none'] }],
      ['validUntil', { validUntil: new Date(0) }],
    ];
    for (const [field, more] of unsound)
      await expect(make(more)).rejects.toMatchObject({ code: 'coupon.invalid', params: { field } });
    const fields = [...new Set(unsound.map(([field]) => field)), 'validFrom'];
    for (const language of languages) {
      const said = fields.map((field) => translate(language, 'error.coupon.invalid', { field }));
      expect(new Set(said).size).toBe(fields.length); // each field has words of its own
    }
  });
});

test('of any coupons the one that takes most off is used, and never more than the price', () => {
  const held = fc.record({
    redemptionId: fc.string(),
    termsLeft: fc.nat(2),
    kind: fc.constantFrom('percent' as const, 'fixed' as const),
    percent: fc.integer({ min: 1, max: 100 }),
    amountSatang: fc.option(fc.bigInt(1n, 2_000_00n), { nil: null }),
    planIds: fc.option(fc.constantFrom(['a'], ['b'], ['a', 'b']), { nil: null }),
  }) as fc.Arbitrary<HeldCoupon>;
  fc.assert(
    fc.property(fc.array(held, { maxLength: 5 }), fc.bigInt(1n, 1_000_00n), (coupons, priceSatang) => {
      const holder = { coupons } as Holder;
      const offer = offerOf({ id: 'a', priceSatang } as Plan, holder);
      const worth = coupons.map((c) => {
        if (c.termsLeft === 0 || (c.planIds && !c.planIds.includes('a'))) return 0;
        const off =
          c.kind === 'fixed'
            ? Number(c.amountSatang ?? 0n)
            : Math.floor((Number(priceSatang) * (c.percent ?? 0)) / 100);
        return Math.min(off, Number(c.amountSatang ?? priceSatang), Number(priceSatang));
      });
      const best = Math.max(0, ...worth);
      expect(Number(offer.discountSatang)).toBe(best);
      expect(offer.coupon).toBe(best === 0 ? null : coupons[worth.indexOf(best)]);
      expect(offer.totalSatang + offer.discountSatang).toBe(priceSatang);
    }),
  );
});
