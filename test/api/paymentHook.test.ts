import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minutes } from '../../src/core/clock.ts';
import { sumAccount } from '../../src/core/money/ledger.ts';
import { cancelTopup, expireTopups } from '../../src/core/money/topup.ts';
import {
  alerts,
  auditOf,
  expectClean,
  footprint,
  job,
  lastSuspense,
  newTopup,
  noticesOf,
  stateOf,
  walletOf,
} from '../support/money.ts';
import { eventBody, type Hook, startHook } from '../support/webhook.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let hook: Hook;
const suspenseSatang = () => sumAccount(world.ctx(job), 'suspense' as Parameters<typeof sumAccount>[1]);

beforeAll(async () => {
  world = await createWorld();
  hook = await startHook(world);
});
afterAll(async () => {
  await expectClean(world);
  await hook.close();
  await world.close();
});

/** A person with a pending top-up over 500 baht. */
async function waiting() {
  const { userId } = await world.person();
  return { userId, top: await newTopup(world, userId) };
}

describe('a payment that fits', () => {
  test('is credited once, settles its top-up and owes the person a word', async () => {
    const { userId, top } = await waiting();
    const before = hook.woken();
    const answered = await hook.send(eventBody(top.reference, 500_00n));
    expect([answered.status, answered.body]).toEqual([200, '{"ok":true,"outcome":"credited"}']);
    expect(await walletOf(world, userId)).toBe(500_00n);
    expect(await stateOf(world, top.id)).toBe('settled');
    expect(await noticesOf(world, userId)).toEqual(['topup.settled']);
    expect(await auditOf(world, top.id)).toEqual(['topup.opened', 'topup.settled']);
    expect(hook.woken()).toBe(before + 1);
  });

  test('sent again as the same event, is taken and changes nothing', async () => {
    const { userId, top } = await waiting();
    const body = eventBody(top.reference, 500_00n);
    await hook.send(body);
    const before = await footprint(world);
    const again = await hook.send(body);
    expect([again.status, again.said]).toEqual([200, 'repeat']);
    expect(await footprint(world)).toEqual(before);
    expect(await walletOf(world, userId)).toBe(500_00n);
  });

  test('sent 50 times at once, is credited once and told once', async () => {
    const { userId, top } = await waiting();
    const body = eventBody(top.reference, 500_00n);
    const answered = await Promise.all(Array.from({ length: 50 }, () => hook.send(body)));
    expect(answered.map((a) => a.status)).toEqual(Array(50).fill(200));
    expect(answered.filter((a) => a.said === 'credited')).toHaveLength(1);
    expect(await walletOf(world, userId)).toBe(500_00n);
    expect(await noticesOf(world, userId)).toEqual(['topup.settled']);
    expect(await auditOf(world, top.id)).toEqual(['topup.opened', 'topup.settled']);
  });

  test('announced by 20 different events at once, is credited once', async () => {
    const { userId, top } = await waiting();
    const body = eventBody(top.reference, 500_00n);
    const answered = await Promise.all(
      Array.from({ length: 20 }, (_, n) => hook.send({ ...body, event_id: `other_${n}_${body.event_id}` })),
    );
    expect(answered.every((a) => a.status === 200)).toBe(true);
    expect(answered.filter((a) => a.said === 'credited')).toHaveLength(1);
    expect(await walletOf(world, userId)).toBe(500_00n);
    expect(await noticesOf(world, userId)).toEqual(['topup.settled']);
  });

  test('under another event id with another amount, is no money but a question to operators', async () => {
    const { userId, top } = await waiting();
    const body = eventBody(top.reference, 500_00n);
    await hook.send(body);
    const other = await hook.send({ ...body, event_id: 'evt_other_amount', amount: '700.00' });
    expect([other.status, other.said]).toEqual([200, 'conflict']);
    expect(await walletOf(world, userId)).toBe(500_00n);
    expect((await alerts(world)).at(-1)).toBe('payment.amount_conflict');
  });
});

describe('an amount that does not fit', () => {
  test('too little waits in suspense, and both the person and operators are told', async () => {
    const { userId, top } = await waiting();
    const before = await suspenseSatang();
    const answered = await hook.send(eventBody(top.reference, 499_99n));
    expect([answered.status, answered.said]).toEqual([200, 'suspense']);
    expect(await walletOf(world, userId)).toBe(0n);
    expect((await suspenseSatang()) - before).toBe(499_99n);
    expect(await stateOf(world, top.id)).toBe('review');
    expect(await noticesOf(world, userId)).toEqual(['topup.review']);
    expect((await alerts(world)).at(-1)).toBe('payment.underpaid');
    const item = await lastSuspense(world);
    expect(await auditOf(world, item.paymentId)).toEqual(['payment.suspended']);
  });

  test('too little and then enough settles; the first part stays in suspense', async () => {
    const { userId, top } = await waiting();
    await hook.send(eventBody(top.reference, 100_00n));
    const answered = await hook.send(eventBody(top.reference, 500_00n));
    expect(answered.said).toBe('credited');
    expect(await walletOf(world, userId)).toBe(500_00n);
    expect(await stateOf(world, top.id)).toBe('settled');
  });

  test('too much is credited in full and flagged', async () => {
    const { userId, top } = await waiting();
    const answered = await hook.send(eventBody(top.reference, 600_25n));
    expect([answered.status, answered.said]).toEqual([200, 'credited']);
    expect(await walletOf(world, userId)).toBe(600_25n);
    expect(await stateOf(world, top.id)).toBe('settled overpaid');
    expect(await noticesOf(world, userId)).toEqual(['topup.settled']);
    expect((await alerts(world)).at(-1)).toBe('payment.overpaid');
  });

  test('a second charge for a settled top-up is money too, credited and flagged', async () => {
    const { userId, top } = await waiting();
    await hook.send(eventBody(top.reference, 500_00n));
    const answered = await hook.send(eventBody(top.reference, 20_00n));
    expect([answered.status, answered.said]).toEqual([200, 'credited']);
    expect(await walletOf(world, userId)).toBe(520_00n);
    expect(await stateOf(world, top.id)).toBe('settled extra');
    expect(await noticesOf(world, userId)).toEqual(['topup.settled', 'topup.extra']);
    expect((await alerts(world)).at(-1)).toBe('payment.extra');
  });

  test('two charges at the same moment are both credited, one of them as extra', async () => {
    const { userId, top } = await waiting();
    const answered = await Promise.all([1, 2].map(() => hook.send(eventBody(top.reference, 500_00n))));
    expect(answered.map((a) => a.said)).toEqual(['credited', 'credited']);
    expect(await walletOf(world, userId)).toBe(1000_00n);
    expect(await stateOf(world, top.id)).toBe('settled extra');
  });
});

describe('a reference', () => {
  test('nobody knows is taken into suspense and shown to operators', async () => {
    const before = await suspenseSatang();
    const answered = await hook.send(eventBody('TUNOBODYKNOWS', 42_00n));
    expect([answered.status, answered.said]).toEqual([200, 'suspense']);
    expect((await suspenseSatang()) - before).toBe(42_00n);
    expect((await alerts(world)).at(-1)).toBe('payment.unknown_reference');
    expect((await lastSuspense(world)).reason).toBe('unknown_reference');
  });

  test.each([
    ['nothing at all', ''],
    ['a NUL, which no database text may hold', 'a\u0000b'],
    ['half of a surrogate pair', 'x\ud800'],
    ['markup and a formula', '=1+1<script>'],
  ])('of %s is money all the same', async (_, reference) => {
    const answered = await hook.send(eventBody(reference, 1_00n));
    expect([answered.status, answered.said]).toEqual([200, 'suspense']);
  });
});

describe('money that comes when nobody waits for it', () => {
  test('is credited and marked late after the top-up expired', async () => {
    const { userId, top } = await waiting();
    world.clock.pass(minutes(16));
    await expireTopups(world.ctx(job));
    expect(await stateOf(world, top.id)).toBe('expired');
    const answered = await hook.send(eventBody(top.reference, 500_00n));
    expect([answered.status, answered.said]).toEqual([200, 'credited']);
    expect(await walletOf(world, userId)).toBe(500_00n);
    expect(await stateOf(world, top.id)).toBe('settled late');
    expect(await noticesOf(world, userId)).toEqual(['topup.expired', 'topup.late']);
  });

  test('is credited and marked late after the person cancelled', async () => {
    const { userId, top } = await waiting();
    await cancelTopup(world.ctx({ kind: 'user', userId }), { userId, topupId: top.id });
    const answered = await hook.send(eventBody(top.reference, 500_00n));
    expect(answered.said).toBe('credited');
    expect(await stateOf(world, top.id)).toBe('settled late');
    expect(await walletOf(world, userId)).toBe(500_00n);
  });

  test('is late when the bank says so, even before our clock has noticed', async () => {
    const { top } = await waiting();
    const paid_at = new Date(top.expiresAt.getTime() + 1000).toISOString();
    await hook.send(eventBody(top.reference, 500_00n, { paid_at }));
    expect(await stateOf(world, top.id)).toBe('settled late');
  });

  test('too little and too late is for operators to look at', async () => {
    const { userId, top } = await waiting();
    world.clock.pass(minutes(16));
    await expireTopups(world.ctx(job));
    expect((await hook.send(eventBody(top.reference, 5_00n))).said).toBe('suspense');
    expect(await stateOf(world, top.id)).toBe('review');
    expect(await walletOf(world, userId)).toBe(0n);
  });
});

describe('states only move forward', () => {
  test.each(['FAILED', 'EXPIRED'])('%s after paid changes nothing', async (status) => {
    const { userId, top } = await waiting();
    const body = eventBody(top.reference, 500_00n);
    await hook.send(body);
    const answered = await hook.send({ ...body, status });
    expect([answered.status, answered.said]).toEqual([200, 'nothing']);
    expect(await stateOf(world, top.id)).toBe('settled');
    expect(await walletOf(world, userId)).toBe(500_00n);
    expect(await noticesOf(world, userId)).toEqual(['topup.settled']);
  });

  test.each([
    ['FAILED', 'failed'],
    ['EXPIRED', 'expired'],
  ])('%s ends a pending top-up, and money after it is credited', async (status, state) => {
    const { userId, top } = await waiting();
    const body = eventBody(top.reference, 500_00n);
    expect((await hook.send({ ...body, status })).said).toBe(state);
    expect(await stateOf(world, top.id)).toBe(state);
    expect(await noticesOf(world, userId)).toEqual([`topup.${state}`]);
    expect((await hook.send(body)).said).toBe('credited');
    expect(await stateOf(world, top.id)).toMatch(/^settled/);
    expect(await walletOf(world, userId)).toBe(500_00n);
  });

  test('failed and paid at once end as paid', async () => {
    const { userId, top } = await waiting();
    const body = eventBody(top.reference, 500_00n);
    await Promise.all([hook.send({ ...body, status: 'FAILED' }), hook.send(body)]);
    expect(await stateOf(world, top.id)).toMatch(/^settled/);
    expect(await walletOf(world, userId)).toBe(500_00n);
  });
});
