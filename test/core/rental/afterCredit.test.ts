import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { days, later, minutes, seconds } from '../../../src/core/clock.ts';
import { isDatabaseAway } from '../../../src/core/db.ts';
import type { UserId } from '../../../src/core/id.ts';
import { settleByHand } from '../../../src/core/money/byHand.ts';
import { agreeToJoin } from '../../../src/core/money/join.ts';
import { recordGatewayEvent } from '../../../src/core/money/settle.ts';
import { matchSuspense } from '../../../src/core/money/suspense.ts';
import { cancelTopup } from '../../../src/core/money/topup.ts';
import { claimLink, createLinkCode } from '../../../src/core/people/link.ts';
import { blockUser } from '../../../src/core/people/user.ts';
import { renewAfterCredit } from '../../../src/core/rental/afterCredit.ts';
import { changeNextPlan } from '../../../src/core/rental/change.ts';
import { refundContract } from '../../../src/core/rental/operate.ts';
import { quoteRenew } from '../../../src/core/rental/quote.ts';
import { renewContract } from '../../../src/core/rental/rent.ts';
import { openRentTopup, type Wanted } from '../../../src/core/rental/rentTopup.ts';
import { repricePlan } from '../../../src/core/rental/reprice.ts';
import { rentIntent } from '../../../src/core/rental/tables.ts';
import { listPlans } from '../../../src/core/rental/view.ts';
import {
  adjustWallet,
  alerts,
  balancesOf,
  expectClean,
  job,
  lastSuspense,
  newTopup,
  noticesOf,
  operator,
  record,
  stateOf,
  walletOf,
} from '../../support/money.ts';
import {
  BASIC,
  contractOf,
  ENTERPRISE,
  fund,
  moved,
  PREMIUM,
  rentedBy,
  requestKey,
  spend,
  sweep,
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
const person = async () => (await world.person()).userId;
const tenant = async (planId = BASIC, autoRenew = true) => {
  const userId = await person();
  await rentedBy(world, userId, planId, { autoRenew });
  return contractOf(world, userId);
};
const open = async (userId: UserId, wanted: Wanted, key = requestKey()) => {
  const opened = await openRentTopup(as(userId), { userId, requestKey: key, ...wanted });
  if (!opened) throw new Error('nothing was missing');
  return opened;
};
const pay = (reference: string, amountSatang: bigint) => record(world, paid(reference, amountSatang));
const intentOf = async (topupId: string) => {
  const { db } = world.ctx(job);
  const [row] = await db
    .select()
    .from(rentIntent)
    .where(eq(rentIntent.topupId, topupId as never));
  return row;
};

describe('a top-up of exactly the difference', () => {
  test('renews by its payment, in one transaction, and says so', async () => {
    const { userId, id, paidUntil } = await tenant();
    await fund(world, userId, 120_50n);
    const { topup, quote } = await open(userId, { does: 'renew' });
    expect([topup.amountSatang, quote.missingSatang]).toEqual([378_50n, 378_50n]);
    await pay(topup.reference, topup.amountSatang);
    expect(await walletOf(world, userId)).toBe(0n);
    expect((await contractOf(world, userId)).paidUntil).toEqual(later(paidUntil, days(30)));
    expect(await noticesOf(world, userId)).toEqual(['topup.settled', 'contract.renewed']);
    expect(await intentOf(topup.id)).toMatchObject({ doneAt: world.clock.now(), refusal: null });
    // The same payment announced again, and another one for the same top-up: money, and nothing else.
    await pay(topup.reference, 500_00n);
    expect(await moved(world, id)).toHaveLength(2);
    expect(await walletOf(world, userId)).toBe(500_00n);
  });

  test('begins and upgrades contracts as well', async () => {
    const userId = await person();
    const start = await open(userId, { does: 'start', planId: BASIC });
    expect(start.topup.amountSatang).toBe(499_00n);
    await pay(start.topup.reference, 499_00n);
    const { paidUntil } = await contractOf(world, userId);
    world.clock.set(later(paidUntil, -days(12) - 1));
    const upgrade = await open(userId, { does: 'upgrade', planId: PREMIUM });
    expect(upgrade.topup.amountSatang).toBe(1_499_00n - (499_00n * 12n) / 30n);
    // Paying takes a while: the seconds it takes are not missing.
    world.clock.pass(minutes(9));
    await pay(upgrade.topup.reference, upgrade.topup.amountSatang);
    expect(await contractOf(world, userId)).toMatchObject({
      planId: PREMIUM,
      paidUntil: later(world.clock.now(), days(30)),
    });
    expect(await walletOf(world, userId)).toBe(0n);
    expect((await noticesOf(world, userId)).filter((kind) => kind.startsWith('contract.'))).toEqual([
      'contract.started',
      'contract.upgraded',
    ]);
  });

  test('of an upgrade that is paid late, or in another term, credits what is left then, and no more', async () => {
    for (const waits of [[minutes(16)], [days(15), days(5)]]) {
      const { userId, id, paidUntil } = await tenant();
      await fund(world, userId, 2_000_00n);
      world.clock.set(later(paidUntil, -days(15)));
      await spend(world, userId, 2_000_00n - 499_00n);
      const { topup } = await open(userId, { does: 'upgrade', planId: PREMIUM });
      expect(topup.amountSatang).toBe(1_499_00n - 499_00n - 249_50n);
      for (const wait of waits) {
        world.clock.pass(wait);
        await sweep(world);
      }
      await pay(topup.reference, topup.amountSatang);
      expect(await told(world, userId, 'rental.not_done')).toMatchObject([{ why: 'rental-short' }]);
      expect((await moved(world, id)).filter(([key]) => key.startsWith('unused'))).toEqual([]);
    }
  });

  test('is at least what may be topped up; the rest stays in the wallet', async () => {
    const userId = await person();
    await fund(world, userId, 495_00n);
    const { topup, quote } = await open(userId, { does: 'start', planId: BASIC });
    expect([quote.missingSatang, topup.amountSatang]).toEqual([4_00n, 20_00n]);
    await pay(topup.reference, 20_00n);
    expect(await walletOf(world, userId)).toBe(16_00n);
    expect((await contractOf(world, userId)).status).toBe('active');
  });

  test('asked for again while it waits is the same one; when nothing is missing there is none', async () => {
    const { userId } = await tenant();
    const first = await open(userId, { does: 'renew' });
    const again = await Promise.all(Array.from({ length: 10 }, () => open(userId, { does: 'renew' })));
    expect(new Set(again.map(({ topup }) => topup.id))).toEqual(new Set([first.topup.id]));
    const upgrade = await open(userId, { does: 'upgrade', planId: PREMIUM });
    world.clock.pass(minutes(3));
    expect((await open(userId, { does: 'upgrade', planId: PREMIUM })).topup.id).toBe(upgrade.topup.id);
    await fund(world, userId, 499_00n);
    const none = await openRentTopup(as(userId), { userId, requestKey: requestKey(), does: 'renew' });
    expect(none).toBeNull();
    // With more in the wallet another amount is missing.
    expect((await open(userId, { does: 'upgrade', planId: PREMIUM })).topup.id).not.toBe(upgrade.topup.id);
  });

  test('that was paid after somebody else had renewed renews nothing twice', async () => {
    const { userId, id } = await tenant();
    const { topup } = await open(userId, { does: 'renew' });
    await fund(world, userId, 499_00n);
    const { term, totalSatang } = await quoteRenew(as(userId), { userId });
    await renewContract(as(userId), { userId, contractId: id, term, totalSatang });
    await pay(topup.reference, 499_00n);
    expect(await moved(world, id)).toHaveLength(2);
    expect(await walletOf(world, userId)).toBe(499_00n);
  });

  test('that its owner gave up is money alone, should it be paid all the same', async () => {
    const { userId, id } = await tenant();
    const { topup } = await open(userId, { does: 'renew' });
    await cancelTopup(as(userId), { userId, topupId: topup.id });
    await pay(topup.reference, 499_00n);
    expect(await moved(world, id)).toHaveLength(1);
    expect(await walletOf(world, userId)).toBe(499_00n);
  });

  test('that is paid late, by hand, or found in suspense renews too', async () => {
    const late = await tenant();
    const first = await open(late.userId, { does: 'renew' });
    world.clock.pass(days(1));
    await pay(first.topup.reference, 499_00n);
    expect(await moved(world, late.id)).toHaveLength(2);

    const byHand = await tenant();
    const { topup } = await open(byHand.userId, { does: 'renew' });
    await settleByHand(ops(), { topupId: topup.id, amountSatang: 499_00n, chargeId: 'slip-1', reason: 'seen' });
    expect(await moved(world, byHand.id)).toHaveLength(2);

    const short = await tenant();
    const { topup: asked } = await open(short.userId, { does: 'renew' });
    await pay(asked.reference, 400_00n); // too little: it waits in suspense
    await fund(world, short.userId, 99_00n);
    const { id: suspenseId } = await lastSuspense(world);
    await matchSuspense(ops(), { suspenseId, to: { topupId: asked.id }, reason: 'theirs' });
    expect(await moved(world, short.id)).toHaveLength(2);
    expect(await walletOf(world, short.userId)).toBe(0n);
  });

  test('of somebody who owes pays the debt first and is as much larger', async () => {
    const { userId, id } = await tenant();
    const top = await newTopup(world, userId, 100_00n);
    const event = paid(top.reference, 100_00n);
    await record(world, event);
    await spend(world, userId, 100_00n);
    await record(world, { ...event, eventId: 'owed', status: 'refunded' });
    const { topup } = await open(userId, { does: 'renew' });
    expect(topup.amountSatang).toBe(599_00n);
    await pay(topup.reference, 599_00n);
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 0n });
    expect(await moved(world, id)).toHaveLength(2);
  });
});

/** Somebody with a better contract takes this person in. */
async function joinDearer(userId: UserId): Promise<void> {
  const issuer = await person();
  await rentedBy(world, issuer, ENTERPRISE);
  const { code } = await createLinkCode(as(issuer), { userId: issuer });
  const { id: linkId } = await claimLink(as(userId), { userId, code });
  await agreeToJoin(as(userId), { userId, linkId });
  await agreeToJoin(as(issuer), { userId: issuer, linkId });
}

describe('a renewal that is refused', () => {
  test('leaves the credit, and says why', async () => {
    const { userId, id } = await tenant(PREMIUM);
    const { topup } = await open(userId, { does: 'renew' });
    const plan = (await listPlans(ops())).find((row) => row.id === PREMIUM);
    const dearer = { planId: PREMIUM, version: plan?.version ?? 0, priceSatang: 1_600_00n, reason: 'costs' };
    const { version } = await repricePlan(ops(), dearer);
    await pay(topup.reference, 1_499_00n);
    await repricePlan(ops(), { ...dearer, version, priceSatang: 1_499_00n });
    expect(await stateOf(world, topup.id)).toBe('settled');
    expect(await walletOf(world, userId)).toBe(1_499_00n);
    expect(await moved(world, id)).toHaveLength(1);
    expect(await told(world, userId, 'rental.not_done')).toMatchObject([{ why: 'quote-changed', planEn: 'Premium' }]);
    expect(await intentOf(topup.id)).toMatchObject({ refusal: 'quote.changed' });
  });

  test.each([
    ['was refunded', (_: UserId, contractId: string) => refundContract(ops(), { contractId, reason: 'a test' })],
    ['ended as two accounts were joined', joinDearer],
  ])('because the contract it was to upgrade %s meanwhile, too', async (_, end) => {
    const { userId, id } = await tenant();
    const { topup } = await open(userId, { does: 'upgrade', planId: PREMIUM });
    await end(userId, id);
    world.clock.pass(minutes(1));
    const before = await alerts(world);
    await pay(topup.reference, topup.amountSatang);
    expect(await intentOf(topup.id)).toMatchObject({ refusal: 'contract.expired' });
    expect(await stateOf(world, topup.id)).toBe('settled');
    expect(await alerts(world)).toEqual(before);
  });

  test('because the person is blocked, or spent the rest meanwhile, too', async () => {
    const blocked = await tenant();
    const first = await open(blocked.userId, { does: 'renew' });
    await blockUser(ops(), { userId: blocked.userId, reason: 'a test' });
    await pay(first.topup.reference, 499_00n);
    expect(await walletOf(world, blocked.userId)).toBe(499_00n);
    expect(await intentOf(first.topup.id)).toMatchObject({ refusal: 'user.blocked' });
    const spent = await tenant();
    await fund(world, spent.userId, 100_00n);
    const second = await open(spent.userId, { does: 'renew' });
    await spend(world, spent.userId, 100_00n);
    await pay(second.topup.reference, 399_00n);
    expect(await walletOf(world, spent.userId)).toBe(399_00n);
    expect(await told(world, spent.userId, 'rental.not_done')).toMatchObject([{ why: 'rental-short' }]);
  });

  test('because of a fault of ours leaves the credit as well, and operators hear of it', async () => {
    const { userId } = await tenant();
    const { topup } = await open(userId, { does: 'renew' });
    const { db } = world.ctx(job);
    await db.update(rentIntent).set({ contractId: null }).where(eq(rentIntent.topupId, topup.id));
    await pay(topup.reference, 499_00n);
    expect(await walletOf(world, userId)).toBe(499_00n);
    expect(await alerts(world)).toContain('rental.failed');
    expect(world.log.lines.join('\n')).toContain('what a credit was to set off failed');
  });

  test('because the database would not have it half done is taken back whole, and the credit stays', async () => {
    const { userId, id, paidUntil } = await tenant();
    const { topup } = await open(userId, { does: 'renew' });
    const failing = renewAfterCredit((tx) => tx.db.execute(sql`select 1 / 0`));
    const ctx = { ...world.ctx({ kind: 'gateway', provider: 'hook' }), onCredit: failing };
    await recordGatewayEvent(ctx, 'hook', paid(topup.reference, 499_00n));
    expect(await walletOf(world, userId)).toBe(499_00n);
    expect(await moved(world, id)).toHaveLength(1);
    expect(await contractOf(world, userId)).toMatchObject({ paidUntil, term: 1 });
    expect(await stateOf(world, topup.id)).toBe('settled');
    expect(await intentOf(topup.id)).toMatchObject({ refusal: 'unexpected' });
  });
});

test('a payment for which the database has no memory left is taken as a whole when it comes again', async () => {
  const { userId, id } = await tenant();
  const { topup } = await open(userId, { does: 'renew' });
  const outOfMemory = sql`do $$ begin raise exception 'out of memory' using errcode = '53200'; end $$`;
  const failing = renewAfterCredit((tx) => tx.db.execute(outOfMemory));
  const ctx = { ...world.ctx({ kind: 'gateway', provider: 'hook' }), onCredit: failing };
  const event = paid(topup.reference, 499_00n);
  await expect(recordGatewayEvent(ctx, 'hook', event)).rejects.toSatisfy(isDatabaseAway);
  expect(await stateOf(world, topup.id)).toBe('pending');
  expect(await walletOf(world, userId)).toBe(0n);
  await recordGatewayEvent(world.ctx(ctx.actor), 'hook', event);
  expect(await walletOf(world, userId)).toBe(0n);
  expect(await moved(world, id)).toHaveLength(2);
  expect(await intentOf(topup.id)).toMatchObject({ refusal: null });
});

describe('any credit in grace', () => {
  test.each(['swept', 'not swept yet'])(
    'renews by itself when it suffices, in the same transaction (%s)',
    async (how) => {
      const { userId, id, paidUntil } = await tenant();
      world.clock.set(later(paidUntil, how === 'swept' ? days(2) : seconds(1)));
      if (how === 'swept') await sweep(world);
      const small = await newTopup(world, userId, 100_00n);
      await pay(small.reference, 100_00n);
      expect(await moved(world, id)).toHaveLength(1);
      const top = await newTopup(world, userId, 399_00n);
      await pay(top.reference, 399_00n);
      expect(await contractOf(world, userId)).toMatchObject({
        status: 'active',
        paidUntil: later(paidUntil, days(30)),
      });
      expect(await walletOf(world, userId)).toBe(0n);
      expect((await noticesOf(world, userId)).at(-1)).toBe('contract.renewed');
    },
  );

  test('by an operator does so too; without a wish to renew nothing is paid', async () => {
    const give = (userId: UserId, key: string) =>
      adjustWallet(ops(), { userId, amountSatang: 499_00n, reason: 'sorry', requestKey: key });
    const [willing, unwilling] = [await tenant(), await tenant(BASIC, false)];
    world.clock.set(later(unwilling.paidUntil, days(1)));
    await give(willing.userId, 'willing');
    await give(unwilling.userId, 'unwilling');
    expect(await walletOf(world, willing.userId)).toBe(0n);
    expect(await walletOf(world, unwilling.userId)).toBe(499_00n);
  });

  test('after the end of grace renews nothing', async () => {
    const { userId, id, paidUntil } = await tenant();
    world.clock.set(later(paidUntil, days(3)));
    const top = await newTopup(world, userId, 499_00n);
    await pay(top.reference, 499_00n);
    expect(await walletOf(world, userId)).toBe(499_00n);
    expect(await contractOf(world, userId)).toMatchObject({ id, status: 'expired' });
  });
});

test('payments, sweeps, presses and wishes about one contract at once leave it paid once and sound', async () => {
  for (let round = 0; round < 6; round++) {
    const { userId, id, paidUntil } = await tenant();
    world.clock.set(later(paidUntil, minutes(1)));
    const { topup } = await open(userId, { does: 'renew' });
    const { term, totalSatang } = await quoteRenew(as(userId), { userId });
    const event = paid(topup.reference, topup.amountSatang);
    const press = () => renewContract(as(userId), { userId, contractId: id, term, totalSatang });
    await Promise.allSettled([
      ...Array.from({ length: 5 }, () => record(world, event)),
      ...Array.from({ length: 5 }, press),
      ...Array.from({ length: 3 }, () => sweep(world)),
      changeNextPlan(as(userId), { userId, planId: BASIC }),
      adjustWallet(ops(), { userId, amountSatang: 1_00n, reason: 'x', requestKey: `race-${round}` }),
    ]);
    expect((await moved(world, id)).map(([key]) => key)).toEqual([`renew:${id}:1`, `renew:${id}:2`]);
    expect(await walletOf(world, userId)).toBe(1_00n);
    expect(await contractOf(world, userId)).toMatchObject({ status: 'active', paidUntil: later(paidUntil, days(30)) });
  }
}, 60_000);

test('a credit that sets nothing off costs one statement more, whoever it is for', async () => {
  const userId = await person();
  const top = await newTopup(world, userId, 100_00n);
  const ctx = world.ctx({ kind: 'gateway', provider: 'hook' });
  const asked = vi.fn(ctx.onCredit);
  await recordGatewayEvent({ ...ctx, onCredit: asked }, 'hook', paid(top.reference, 100_00n));
  expect(asked).toHaveBeenCalledTimes(1);
  expect(await asked.mock.results[0]?.value).toBeUndefined();
});
