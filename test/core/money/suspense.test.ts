import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserId } from '../../../src/core/id.ts';
import { matchSuspense, openSuspenseItems, returnSuspense } from '../../../src/core/money/suspense.ts';
import { payment } from '../../../src/core/money/tables.ts';
import { openAlerts, seeAlert } from '../../../src/core/notices/alert.ts';
import {
  adjustWallet,
  auditOf,
  balancesOf,
  expectClean,
  footprint,
  lastSuspense,
  newTopup,
  noticesOf,
  operator,
  record,
  stateOf,
  walletOf,
} from '../../support/money.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});

const ops = () => world.ctx(operator);
const reason = 'seen on the statement';

async function waiting(amountSatang = 500_00n) {
  const { userId } = await world.person();
  return { userId, top: await newTopup(world, userId, amountSatang) };
}

async function settled() {
  const made = await waiting();
  const event = paid(made.top.reference, 500_00n);
  await record(world, event);
  return { ...made, event };
}

let keys = 0;
const key = () => {
  keys += 1;
  return `hand-${keys}`;
};
const adjust = (userId: UserId, amountSatang: bigint, requestKey = key()) =>
  adjustWallet(ops(), { userId, amountSatang, reason: 'a correction', requestKey });

describe('money in suspense', () => {
  async function stray(amountSatang = 77_00n) {
    await record(world, paid('TUNOBODY', amountSatang));
    return lastSuspense(world);
  }
  async function underpaid() {
    const made = await waiting();
    await record(world, paid(made.top.reference, 100_00n));
    return { ...made, item: await lastSuspense(world) };
  }
  const match = (suspenseId: string, to: Parameters<typeof matchSuspense>[1]['to']) =>
    matchSuspense(ops(), { suspenseId, to, reason });

  test('is matched to a person, who is told', async () => {
    const { userId } = await world.person();
    const item = await stray();
    await match(item.id, { userId });
    expect(await walletOf(world, userId)).toBe(77_00n);
    expect(await noticesOf(world, userId)).toEqual(['suspense.matched']);
    expect(await auditOf(world, item.id)).toEqual(['suspense.matched']);
  });

  test('is matched to a top-up, which it settles', async () => {
    const { userId, top } = await waiting();
    await match((await stray()).id, { topupId: top.id });
    expect(await walletOf(world, userId)).toBe(77_00n);
    expect(await stateOf(world, top.id)).toBe('settled matched');
  });

  test('matched by two at once, or matched and returned, goes one way only', async () => {
    const [a, b] = [(await world.person()).userId, (await world.person()).userId];
    for (let round = 0; round < 8; round++) {
      const before = (await walletOf(world, a)) + (await walletOf(world, b));
      const item = await stray(10_00n);
      const results = await Promise.allSettled([
        match(item.id, { userId: a }),
        match(item.id, { userId: b }),
        returnSuspense(ops(), { suspenseId: item.id, reason }),
      ]);
      expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
      for (const r of results) if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'suspense.closed' });
      const after = (await walletOf(world, a)) + (await walletOf(world, b));
      expect([0n, 10_00n]).toContain(after - before);
    }
  });

  test('that was too little for a top-up settles it when it is matched to its owner', async () => {
    const { userId, top, item } = await underpaid();
    await match(item.id, { userId });
    expect(await walletOf(world, userId)).toBe(100_00n);
    expect(await stateOf(world, top.id)).toBe('settled matched');
    await expectClean(world);
  });

  test('that was too little for a top-up and belongs to somebody else leaves that top-up cancelled', async () => {
    const { userId, top, item } = await underpaid();
    const { userId: other } = await world.person();
    await match(item.id, { userId: other });
    expect([await walletOf(world, userId), await walletOf(world, other)]).toEqual([0n, 100_00n]);
    expect(await stateOf(world, top.id)).toBe('cancelled');
    await expectClean(world);
  });

  test('that was too little for a top-up and is sent back ends it, and its owner is told', async () => {
    const { userId, top, item } = await underpaid();
    await returnSuspense(ops(), { suspenseId: item.id, reason });
    expect(await walletOf(world, userId)).toBe(0n);
    expect(await stateOf(world, top.id)).toBe('cancelled');
    expect(await noticesOf(world, userId)).toEqual(['topup.review', 'suspense.returned']);
    await record(world, paid(top.reference, 500_00n));
    expect(await stateOf(world, top.id)).toBe('settled late');
  });

  test('that was sent back by us and is then reported by the gateway is one sending back, and no alarm', async () => {
    const { item } = await underpaid();
    await returnSuspense(ops(), { suspenseId: item.id, reason });
    const [sent] = await ops().db.select().from(payment).where(eq(payment.id, item.paymentId));
    const before = (await openAlerts(ops())).length;
    const event = paid(sent?.reference ?? '', 100_00n, { chargeId: sent?.chargeId ?? '', status: 'refunded' });
    expect(await record(world, event)).toEqual({ outcome: 'refund_confirmed' });
    expect((await openAlerts(ops())).length).toBe(before);
    await expectClean(world);
  });

  test('of a top-up with two parts leaves it in review until both are gone', async () => {
    const { userId, top, item } = await underpaid();
    await record(world, paid(top.reference, 200_00n));
    await returnSuspense(ops(), { suspenseId: item.id, reason });
    expect(await stateOf(world, top.id)).toBe('review');
    await match((await lastSuspense(world)).id, { topupId: top.id });
    expect(await stateOf(world, top.id)).toBe('settled matched');
    expect(await walletOf(world, userId)).toBe(200_00n);
  });

  test('refunded by the gateway is gone, and its owner is told', async () => {
    const { userId, top } = await waiting();
    const event = paid(top.reference, 100_00n);
    await record(world, event);
    await record(world, { ...event, eventId: 'evt_gone', status: 'refunded' });
    expect(await stateOf(world, top.id)).toBe('cancelled');
    expect(await noticesOf(world, userId)).toEqual(['topup.review', 'suspense.returned']);
    expect((await openSuspenseItems(ops())).some((o) => o.payment.chargeId === event.chargeId)).toBe(false);
  });

  test('partly refunded is matched for the rest', async () => {
    const { userId } = await world.person();
    const event = paid('TUPARTLY', 50_00n);
    await record(world, event);
    await record(world, { ...event, eventId: 'evt_part', status: 'refunded', amountSatang: 20_00n });
    await match((await lastSuspense(world)).id, { userId });
    expect(await walletOf(world, userId)).toBe(30_00n);
  });

  test('pays a debt first', async () => {
    const { userId, event } = await settled();
    await adjust(userId, -500_00n);
    await record(world, { ...event, eventId: 'evt_debt', status: 'refunded' });
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 500_00n });
    await match((await stray(600_00n)).id, { userId });
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 100_00n, owedSatang: 0n });
  });

  test('that does not exist, for nobody, or without a reason is refused and nothing moves', async () => {
    const item = await stray();
    const before = await footprint(world);
    const { userId } = await world.person();
    await expect(match('sus_none', { userId })).rejects.toMatchObject({ code: 'suspense.missing' });
    await expect(match(item.id, { userId: 'usr_none' as UserId })).rejects.toMatchObject({ code: 'user.missing' });
    await expect(match(item.id, { topupId: 'top_none' })).rejects.toMatchObject({ code: 'topup.missing' });
    await expect(matchSuspense(ops(), { suspenseId: item.id, to: { userId }, reason: '' })).rejects.toMatchObject({
      code: 'reason.required',
    });
    await expect(returnSuspense(ops(), { suspenseId: item.id, reason: ' ' })).rejects.toMatchObject({
      code: 'reason.required',
    });
    expect(await footprint(world)).toEqual(before);
  });
});

test('an alert is open until an operator has seen it', async () => {
  await record(world, paid('TUALERT', 1_00n));
  const open = await openAlerts(ops());
  const last = open.at(-1);
  await seeAlert(ops(), last?.id ?? 0);
  expect((await openAlerts(ops())).map((a) => a.id)).not.toContain(last?.id);
  const { userId } = await world.person();
  await expect(openAlerts(world.ctx({ kind: 'user', userId }))).rejects.toMatchObject({ code: 'access.denied' });
});
