import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { days, later } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { identity } from '../../../src/core/people/tables.ts';
import { createCoupon } from '../../../src/core/rental/coupon.ts';
import { requireFeature } from '../../../src/core/rental/guard.ts';
import { pauseContract, refundContract, resumeContract, setCancelAtEnd } from '../../../src/core/rental/operate.ts';
import { allPlans } from '../../../src/core/rental/plan.ts';
import { repricePlan } from '../../../src/core/rental/reprice.ts';
import { sweepContracts } from '../../../src/core/rental/sweep.ts';
import { formatAt, translate } from '../../../src/core/text/text.ts';
import { type Chatter, chatter, type Shown } from '../../support/chat.ts';
import { job, record, walletOf } from '../../support/money.ts';
import { contractOf, PREMIUM, spend } from '../../support/rental.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
let me: Chatter;
let userId: UserId;
let people = 0;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  people += 1;
  me = chatter(world, { subject: `renter-${people}` });
  await me.types('/menu');
  const [row] = await world
    .ctx(job)
    .db.select()
    .from(identity)
    .where(eq(identity.subject, `renter-${people}`));
  if (!row) throw new Error('met a moment ago');
  userId = row.userId;
});

const owner = () => world.ctx({ kind: 'operator', operatorId: 'opr_1', role: 'owner' });
const en = (key: string, params = {}) => translate('en', key, params);
const labels = (shown: Shown) => shown.buttons?.flat().map((button) => button.label) ?? [];
function press(shown: Shown, start: string): Promise<Shown> {
  const button = shown.buttons?.flat().find(({ label }) => label.startsWith(start));
  if (!button) throw new Error(`no button "${start}" among ${labels(shown).join(' | ')}`);
  const [does = '', on] = button.data.split('|');
  return me.presses(does, on);
}
const fact = (shown: Shown, label: string) => shown.facts?.find((each) => each.label === label)?.value;
const payQr = (shown: Shown, amountSatang: bigint) => {
  const reference = shown.facts?.find((each) => each.code)?.value ?? '';
  return record(world, paid(reference, amountSatang, { paidAt: world.clock.now() }));
};
async function topUp(amountBaht: number): Promise<void> {
  await payQr(await me.types(`/topup ${amountBaht}`), BigInt(amountBaht) * 100n);
}
const choose = async (name: string) => press(await me.types('/plans'), name);
async function rentBasic(): Promise<void> {
  await topUp(499);
  await press(await press(await choose('Basic'), 'Rent now'), '✅ Pay');
}

describe('/plans', () => {
  test('shows every plan with its price, and each with what it opens', async () => {
    const shown = await me.types('/plans');
    expect(labels(shown).slice(0, 3)).toEqual(['Basic · ฿499.00', 'Premium · ฿1,499.00', 'Enterprise · ฿4,999.00']);
    const premium = await press(shown, 'Premium');
    expect(premium.text).toContain('✓ Up to 10 trading bots');
    expect(premium.text).toContain('✓ One portfolio over all accounts');
    expect((await choose('Enterprise')).text).toContain('✓ Any number of trading bots');
  });

  test('a plan that is not there any more is plan.missing, and a button that was made up is stale', async () => {
    expect((await me.presses('plans.show', 'pln_nothing')).text).toBe(en('error.plan.missing'));
    expect((await me.presses('rent', 'steal.pln_x')).text).toBe(en('error.button.stale'));
    expect((await me.presses('rent.pay', 'start.pln_x')).text).toBe(en('error.button.stale'));
    expect((await me.presses('contract.auto', 'maybe')).text).toBe(en('error.button.stale'));
  });
});

describe('renting', () => {
  test('too little money makes a QR of exactly the difference, whose payment rents by itself', async () => {
    await topUp(100);
    const offer = await press(await choose('Basic'), 'Rent now');
    expect(fact(offer, en('wallet.balance'))).toBe('฿100.00');
    const qr = await press(offer, '💳 Top up ฿399.00');
    expect(qr.picture).toBeDefined();
    expect(qr.text).toContain('begins by itself');
    await payQr(qr, 399_00n);
    const contract = await me.types('/contract');
    expect(fact(contract, 'State')).toBe('Running');
    expect(fact(contract, 'Days left')).toBe('30 days');
    expect(fact(contract, 'Trading bots')).toBe('0 of 2');
    expect(await walletOf(world, userId)).toBe(0n);
  });

  test('with enough money one press pays, and fifty presses at once pay once', async () => {
    await topUp(5000);
    await rentBasic();
    const offer = await me.types('/renew');
    const answers = await Promise.all(Array.from({ length: 50 }, () => press(offer, '✅ Pay ฿499.00')));
    expect(answers.filter((shown) => shown.text.startsWith('✅ Paid')).length).toBe(1);
    expect(answers.filter((shown) => shown.text.startsWith('This was paid already')).length).toBe(49);
    expect(await walletOf(world, userId)).toBe(5000_00n - 499_00n);
    expect(fact(await me.types('/contract'), 'Days left')).toBe('60 days');
  });

  test('/renew without ever having rented says what to do, and so do /upgrade and a change of plan', async () => {
    for (const command of ['/renew', '/upgrade', '/upgrade premium'])
      expect((await me.types(command)).text).toBe(en('error.contract.none'));
    expect((await me.types('/contract')).text).toContain('You have not rented a plan yet');
  });
});

describe('changing', () => {
  test('/upgrade credits what is left; the plan is changed at once', async () => {
    await rentBasic();
    await topUp(2000);
    world.clock.pass(days(15));
    const list = await me.types('/upgrade');
    expect(labels(list).slice(0, 2)).toEqual(['Premium · ฿1,499.00', 'Enterprise · ฿4,999.00']);
    const offer = await press(list, 'Premium');
    expect(fact(offer, 'Credit for unused time')).toBe('−฿249.50');
    expect(fact(offer, 'To pay')).toBe('฿1,249.50');
    expect((await press(offer, '✅ Pay ฿1,249.50')).text).toContain('✅ Your plan is changed: ฿1,499.00 paid');
    const contract = await me.types('/contract');
    expect(contract.text).toContain('Premium');
    expect(await walletOf(world, userId)).toBe(2000_00n + 249_50n - 1499_00n);
    expect((await me.types('/upgrade nothing')).text).toContain('basic, premium, enterprise');
  });

  test('a smaller plan comes with the next term, and one may change one’s mind', async () => {
    await topUp(1499);
    await press(await press(await choose('Premium'), 'Rent now'), '✅ Pay');
    const chosen = await press(await choose('Basic'), 'From the next term on');
    expect(chosen.text).toContain('you will be on Basic');
    expect(fact(await me.types('/contract'), 'Next plan')).toBe('Basic');
    expect((await press(await choose('Premium'), 'Stay with this plan')).text).toContain('You stay on Premium');
    expect(fact(await me.types('/contract'), 'Next plan')).toBeUndefined();
  });

  test('renewal by itself is turned off and on by buttons that say what it shall be', async () => {
    await rentBasic();
    const contract = await me.types('/contract');
    expect(fact(contract, 'Renews by itself')).toBe('Yes');
    await press(contract, '⏸ Turn renewal by itself off');
    await press(contract, '⏸ Turn renewal by itself off');
    const off = await me.types('/contract');
    expect(fact(off, 'Renews by itself')).toBe('No');
    expect(off.text).toContain('It does not renew by itself');
    await press(off, '🔁 Turn renewal by itself on');
    expect(fact(await me.types('/contract'), 'Renews by itself')).toBe('Yes');
  });

  test('a coupon is asked for, taken up, and shown where one pays', async () => {
    const code = `WELCOME${people}`;
    await createCoupon(owner(), {
      code,
      kind: 'percent',
      percent: 20,
      amountSatang: 50_00n,
      terms: 2,
      mostPerPerson: 1,
      mostInTotal: null,
      planIds: null,
      validFrom: world.clock.now(),
      validUntil: null,
    });
    await me.types('/coupon');
    expect((await me.says(code.toLowerCase())).text).toContain('20 % off your next 2 terms, at most ฿50.00 each');
    expect((await me.types(`/coupon ${code}`)).text).toBe(en('error.coupon.used'));
    expect((await me.types('/coupon NOPE')).text).toContain('no coupon NOPE');
    const offer = await press(await choose('Basic'), 'Rent now');
    expect(fact(offer, 'Coupon')).toBe('−฿50.00');
    expect(fact(offer, 'To pay')).toBe('฿449.00');
  });
});

describe('what has changed between an offer and the press', () => {
  test('shows the new price with its own button, and nothing is paid: quote.changed', async () => {
    await topUp(3000);
    const offer = await press(await choose('Premium'), 'Rent now');
    const price = async (priceSatang: bigint) => {
      const { version } = (await allPlans(owner())).find(({ id }) => id === PREMIUM) ?? { version: -1 };
      await repricePlan(owner(), { planId: PREMIUM, version, priceSatang, reason: 'a test' });
    };
    await price(1_599_00n);
    const anew = await press(offer, '✅ Pay ฿1,499.00');
    expect(anew.text).toContain(en('error.quote.changed', { totalSatang: 1_599_00n }));
    expect(await walletOf(world, userId)).toBe(3_000_00n);
    expect((await press(anew, '✅ Pay ฿1,599.00')).text).toContain('✅ Paid ฿1,599.00');
    await price(1_499_00n);
  });

  test('shows what is missing by now, with a top-up of exactly that: rental.short', async () => {
    await topUp(499);
    const offer = await press(await choose('Basic'), 'Rent now');
    await spend(world, userId, 200_00n);
    const anew = await press(offer, '✅ Pay ฿499.00');
    expect(anew.text).toContain(en('error.rental.short', { missingSatang: 200_00n, totalSatang: 499_00n }));
    await payQr(await press(anew, '💳 Top up ฿200.00'), 200_00n);
    expect(fact(await me.types('/contract'), 'State')).toBe('Running');
  });

  test('shows the term that is next by now where the one that was offered is paid: contract.changed', async () => {
    await topUp(2000);
    await rentBasic();
    const offer = await me.types('/renew');
    const forged = (offer.buttons?.flat()[0]?.data ?? '').split('|')[1]?.replace('.2.', '.1.');
    const anew = await me.presses('rent.pay', forged);
    expect(anew.text).toContain(en('error.contract.changed'));
    expect(labels(anew)[0]).toBe('✅ Pay ฿499.00 from the wallet');
    expect(await walletOf(world, userId)).toBe(2_000_00n);
  });
});

describe('an offer', () => {
  test('for which more is credited than it costs says what comes back', async () => {
    await topUp(6000);
    await press(await press(await choose('Premium'), 'Rent now'), '✅ Pay');
    for (let n = 0; n < 3; n++) await press(await me.types('/renew'), '✅ Pay');
    const offer = await press(await choose('Enterprise'), 'Change now');
    expect(fact(offer, 'Back into your wallet')).toBe('฿997.00');
    expect((await press(offer, '✅ Change now')).text).toContain('✅ Your plan is changed');
    expect(await walletOf(world, userId)).toBe(6_000_00n - 4_999_00n);
  });

  test('for which less is missing than may be topped up says so', async () => {
    await topUp(490);
    const qr = await press(await press(await choose('Basic'), 'Rent now'), '💳 Top up ฿9.00');
    expect(qr.text).toContain('The smallest top-up is ฿20.00');
    await payQr(qr, 20_00n);
    expect(await walletOf(world, userId)).toBe(11_00n);
  });

  test('is not made by buttons that would be refused', async () => {
    await topUp(2000);
    await rentBasic();
    const contractId = (await contractOf(world, userId)).id;
    await pauseContract(owner(), { contractId, reason: 'a test' });
    expect(labels(await choose('Premium'))).not.toContain('Change now');
    await resumeContract(owner(), { contractId, reason: 'a test' });
    expect(labels(await choose('Premium'))).toContain('Change now');
    await setCancelAtEnd(owner(), { contractId, cancelAtEnd: true, reason: 'a test' });
    for (const plan of ['Basic', 'Premium'])
      expect(labels(await choose(plan))).toEqual(['📦 Plans', '📄 My contract', '🏠 Menu']);
  });
});

describe('/contract', () => {
  test('that was ended before its time says when that was, and not until when it was paid', async () => {
    await rentBasic();
    world.clock.pass(days(10));
    const { id: contractId, paidUntil } = await contractOf(world, userId);
    await refundContract(owner(), { contractId, reason: 'a test' });
    const shown = await me.types('/contract');
    const [ended, paid] = [world.clock.now(), paidUntil].map((at) => formatAt('en', at));
    expect(shown.text).toContain(`This contract ended on ${ended}`);
    expect(fact(shown, 'Ended on')).toBe(ended);
    expect(shown.text).not.toContain(paid);
    expect((await me.types('/upgrade')).text).toContain(`ended on ${ended}`);
  });

  test('names the end of grace as the end, before the sweep has come by as after it', async () => {
    await rentBasic();
    const { paidUntil } = await contractOf(world, userId);
    await spend(world, userId, await walletOf(world, userId)).catch(() => {});
    world.clock.set(later(paidUntil, days(5)));
    const end = `ended on ${formatAt('en', later(paidUntil, days(3)))}`;
    for (const sweeps of [false, true]) {
      if (sweeps) await sweepContracts(world.ctx({ kind: 'job', name: 'contracts.sweep' }));
      expect((await me.types('/contract')).text).toContain(end);
      const refused = requireFeature(world.ctx({ kind: 'user', userId }), { userId, feature: 'basic_strategies' });
      await expect(refused).rejects.toMatchObject({
        code: 'contract.expired',
        params: { endedAt: later(paidUntil, days(3)) },
      });
    }
  });

  test('says what happens next, before and after the end', async () => {
    await rentBasic();
    expect((await me.types('/contract')).text).toContain('฿499.00 is missing in your wallet');
    world.clock.pass(days(31));
    const grace = await me.types('/contract');
    expect(fact(grace, 'State')).toBe('Run out, still open');
    expect(fact(grace, 'Days left')).toBe('2 days');
    world.clock.pass(days(3));
    await sweepContracts(world.ctx({ kind: 'job', name: 'contracts.sweep' }));
    const over = await me.types('/contract');
    expect(fact(over, 'State')).toBe('Ended');
    await topUp(499);
    await press(await press(over, '🔁 Begin again'), '✅ Pay');
    expect(fact(await me.types('/contract'), 'Days left')).toBe('30 days');
  });

  test('reads in Thai with the years of the Buddhist era', async () => {
    const thai = chatter(world, { subject: `thai-${people}`, languageHint: 'th' });
    await payQr(await thai.types('/topup 499'), 499_00n);
    const offer = await thai.types('/plans').then((shown) => {
      const [plan] = shown.buttons?.flat().filter(({ data }) => data.startsWith('plans.show')) ?? [];
      return thai.presses('rent', `start.${plan?.data.split('|')[1] ?? ''}`);
    });
    const [pay] = offer.buttons?.flat().filter(({ data }) => data.startsWith('rent.pay')) ?? [];
    await thai.presses('rent.pay', pay?.data.split('|')[1] ?? '');
    const shown = await thai.types('/contract');
    expect(shown.text).toContain('เหลืออีก: 30 วัน');
    expect(shown.text).toMatch(/25(69|70)/);
  });
});
