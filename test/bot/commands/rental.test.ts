import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { days } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { identity } from '../../../src/core/people/tables.ts';
import { createCoupon } from '../../../src/core/rental/coupon.ts';
import { sweepContracts } from '../../../src/core/rental/sweep.ts';
import { translate } from '../../../src/core/text/text.ts';
import { type Chatter, chatter, type Shown } from '../../support/chat.ts';
import { job, record, walletOf } from '../../support/money.ts';
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
    expect((await press(offer, '✅ Pay')).text).toContain('✅ Paid ฿1,499.00');
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
    const owner = world.ctx({ kind: 'operator', operatorId: 'opr_1', role: 'owner' });
    const code = `WELCOME${people}`;
    await createCoupon(owner, {
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

describe('/contract', () => {
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
