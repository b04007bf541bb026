import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { payment, refund } from '../../src/core/money/tables.ts';
import {
  adjustWallet,
  alerts,
  auditOf,
  balancesOf,
  expectClean,
  footprint,
  job,
  newTopup,
  noticesOf,
  operator,
  stateOf,
  walletOf,
} from '../support/money.ts';
import { eventBody, type Hook, startHook } from '../support/webhook.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let hook: Hook;
beforeAll(async () => {
  world = await createWorld();
  hook = await startHook(world);
});
afterAll(async () => {
  await expectClean(world);
  await hook.close();
  await world.close();
});

type Body = ReturnType<typeof eventBody>;

/** A person whose top-up over 500 baht is paid. */
async function paidTopup() {
  const { userId } = await world.person();
  const top = await newTopup(world, userId);
  const body = eventBody(top.reference, 500_00n);
  await hook.send(body);
  return { userId, top, body };
}

const refunded = (of: Body, amount: string, event_id = `${of.event_id}_refund`) =>
  hook.send({ ...of, event_id, status: 'REFUNDED', amount });

let spendings = 0;
async function spend(userId: Awaited<ReturnType<typeof paidTopup>>['userId'], amountSatang: bigint) {
  spendings += 1;
  const requestKey = `spend-${spendings}`;
  await adjustWallet(world.ctx(operator), { userId, amountSatang: -amountSatang, reason: 'rented', requestKey });
}

describe('a refund', () => {
  test('in full takes the money back and marks the top-up', async () => {
    const { userId, top, body } = await paidTopup();
    const answered = await refunded(body, '500.00');
    expect([answered.status, answered.said]).toEqual([200, 'refunded']);
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 0n });
    expect(await stateOf(world, top.id)).toBe('settled refunded');
    expect(await noticesOf(world, userId)).toEqual(['topup.settled', 'topup.refunded']);
  });

  test('in parts takes part by part, and the last part makes it whole', async () => {
    const { userId, top, body } = await paidTopup();
    await refunded(body, '100.25', 'part_1');
    expect(await walletOf(world, userId)).toBe(399_75n);
    expect(await stateOf(world, top.id)).toBe('settled part_refunded');
    await refunded(body, '399.75', 'part_2');
    expect(await walletOf(world, userId)).toBe(0n);
    expect(await stateOf(world, top.id)).toBe('settled part_refunded refunded');
  });

  test('told twice, or 30 times at once, is taken once', async () => {
    const { userId, body } = await paidTopup();
    const answered = await Promise.all(Array.from({ length: 30 }, () => refunded(body, '200.00')));
    expect(answered.filter((a) => a.said === 'refunded')).toHaveLength(1);
    expect(answered.every((a) => a.status === 200)).toBe(true);
    expect(await walletOf(world, userId)).toBe(300_00n);
    const before = await footprint(world);
    expect((await refunded(body, '200.00')).said).toBe('repeat');
    expect(await footprint(world)).toEqual(before);
  });

  test('of more than was paid takes what was paid and asks operators', async () => {
    const { userId, body } = await paidTopup();
    await refunded(body, '800.00');
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 0n });
    expect((await alerts(world)).at(-1)).toBe('refund.exceeds_payment');
    const before = await balancesOf(world, userId);
    await refunded(body, '1.00', 'one_more');
    expect(await balancesOf(world, userId)).toEqual(before);
  });

  test('of spent money never takes the wallet below zero: the rest is owed, and operators hear of it', async () => {
    const { userId, top, body } = await paidTopup();
    await spend(userId, 380_00n);
    const answered = await refunded(body, '500.00');
    expect(answered.status).toBe(200);
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 380_00n });
    expect(await stateOf(world, top.id)).toBe('settled refunded');
    expect((await noticesOf(world, userId)).at(-1)).toBe('topup.refund_owed');
    expect((await alerts(world)).at(-1)).toBe('refund.owed');
    const [row] = await world.ctx(job).db.select().from(refund).orderBy(refund.createdAt, refund.id);
    expect(row).toBeDefined();
  });

  test('that is owed is repaid from the next top-ups, as far as each goes', async () => {
    const { userId, body } = await paidTopup();
    await spend(userId, 500_00n);
    await refunded(body, '500.00');
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 500_00n });
    const small = await newTopup(world, userId, 300_00n);
    await hook.send(eventBody(small.reference, 300_00n));
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 200_00n });
    const large = await newTopup(world, userId, 1000_00n);
    await hook.send(eventBody(large.reference, 1000_00n));
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 800_00n, owedSatang: 0n });
  });

  test('before its payment is kept, and applied with it', async () => {
    const { userId } = await world.person();
    const top = await newTopup(world, userId);
    const body = eventBody(top.reference, 500_00n);
    const before = await footprint(world);
    const early = await refunded(body, '120.00');
    expect([early.status, early.said]).toEqual([200, 'refund_kept']);
    expect((await footprint(world)).transfers).toBe(before.transfers);
    expect(await stateOf(world, top.id)).toBe('pending');
    expect((await hook.send(body)).said).toBe('credited');
    expect(await walletOf(world, userId)).toBe(380_00n);
    expect(await stateOf(world, top.id)).toBe('settled part_refunded');
    expect(await noticesOf(world, userId)).toEqual(['topup.settled', 'topup.refunded']);
  });

  test('and its payment at the same moment, in whichever order, leave the same', async () => {
    for (let round = 0; round < 10; round++) {
      const { userId } = await world.person();
      const top = await newTopup(world, userId);
      const body = eventBody(top.reference, 500_00n);
      await Promise.all([refunded(body, '500.00'), hook.send(body)]);
      expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 0n });
      expect(await stateOf(world, top.id)).toBe('settled refunded');
    }
  });

  test('of money in suspense takes it from there and touches no wallet', async () => {
    const body = eventBody('TUNOSUCHREF00', 70_00n);
    await hook.send(body);
    await refunded(body, '30.00', 'half');
    await refunded(body, '40.00', 'rest');
    const rows = await world.ctx(job).db.select().from(payment);
    const row = rows.find((p) => p.chargeId === body.charge_id);
    expect([row?.status, row?.refundedSatang]).toEqual(['returned', 70_00n]);
    expect(await auditOf(world, row?.id ?? '')).toEqual(['payment.suspended', 'payment.refunded', 'payment.refunded']);
  });

  test('and a second charge for the same top-up at once end with both worked off', async () => {
    for (let round = 0; round < 10; round++) {
      const { userId, top, body } = await paidTopup();
      const started = performance.now();
      const answered = await Promise.all([
        refunded(body, '500.00', `cross_${round}`),
        hook.send(eventBody(top.reference, 500_00n)),
      ]);
      expect(answered.map((a) => a.status)).toEqual([200, 200]);
      expect(await walletOf(world, userId)).toBe(500_00n);
      // Waiting for each other would cost the second after which PostgreSQL breaks a deadlock.
      expect(performance.now() - started).toBeLessThan(900);
    }
  });
});
