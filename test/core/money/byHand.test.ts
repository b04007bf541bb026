import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserId } from '../../../src/core/id.ts';
import { settleByHand } from '../../../src/core/money/byHand.ts';
import { refundTopup } from '../../../src/core/money/refund.ts';
import { chargesOf } from '../../../src/core/money/settle.ts';
import { refund } from '../../../src/core/money/tables.ts';
import {
  adjustWallet,
  alerts,
  auditOf,
  expectClean,
  gateway,
  job,
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

describe('settling by hand', () => {
  const byHand = (topupId: string, chargeId: string, amountSatang = 500_00n) =>
    settleByHand(ops(), { topupId, amountSatang, chargeId, reason });

  test('credits, flags, audits with the reason and tells the person', async () => {
    const { userId, top } = await waiting();
    expect((await byHand(top.id, 'bank-1')).status).toBe('settled');
    expect(await walletOf(world, userId)).toBe(500_00n);
    expect(await stateOf(world, top.id)).toBe('settled by_hand');
    expect(await noticesOf(world, userId)).toEqual(['topup.settled']);
    expect(await auditOf(world, top.id)).toEqual(['topup.opened', 'topup.settled_by_hand', 'topup.settled']);
  });

  test('pressed twice, or ten times at once, is one settling', async () => {
    const { userId, top } = await waiting();
    await Promise.all(Array.from({ length: 10 }, () => byHand(top.id, 'bank-2')));
    expect(await walletOf(world, userId)).toBe(500_00n);
    expect(await chargesOf(ops(), top.id)).toHaveLength(1);
  });

  test('and then the webhook under the same charge is a repeat', async () => {
    const { userId, top } = await waiting();
    await byHand(top.id, 'bank-3');
    expect(await record(world, paid(top.reference, 500_00n, { chargeId: 'bank-3' }))).toEqual({ outcome: 'repeat' });
    expect(await walletOf(world, userId)).toBe(500_00n);
  });

  test('and then the webhook under another charge waits in suspense: it may be the same money', async () => {
    const { userId, top } = await waiting();
    await byHand(top.id, 'bank-4');
    expect(await record(world, paid(top.reference, 500_00n))).toEqual({ outcome: 'suspense' });
    expect(await walletOf(world, userId)).toBe(500_00n);
    expect((await lastSuspense(world)).reason).toBe('settled_by_hand');
    expect((await alerts(world)).at(-1)).toBe('payment.settled_by_hand');
    expect(await noticesOf(world, userId)).toEqual(['topup.settled', 'payment.held']);
  });

  test('at the same moment as the webhook credits once', async () => {
    for (let round = 0; round < 10; round++) {
      const { userId, top } = await waiting();
      const chargeId = `same-${round}`;
      await Promise.allSettled([byHand(top.id, chargeId), record(world, paid(top.reference, 500_00n, { chargeId }))]);
      expect(await walletOf(world, userId)).toBe(500_00n);
    }
  });

  test('what is settled is refused: topup.already_settled', async () => {
    const { top } = await settled();
    await expect(byHand(top.id, 'bank-5')).rejects.toMatchObject({ code: 'topup.already_settled' });
  });

  test('with the charge of another top-up is refused: payment.charge_used', async () => {
    const { event } = await settled();
    const { userId, top } = await waiting();
    await expect(byHand(top.id, event.chargeId)).rejects.toMatchObject({
      code: 'payment.charge_used',
      params: { chargeId: event.chargeId },
    });
    expect(await walletOf(world, userId)).toBe(0n);
  });

  test('what does not exist, without a reason, without a charge or for nothing is refused', async () => {
    const { top } = await waiting();
    await expect(byHand('top_none', 'bank-6')).rejects.toMatchObject({ code: 'topup.missing' });
    await expect(byHand(top.id, '  ')).rejects.toMatchObject({ code: 'reason.required' });
    await expect(byHand(top.id, 'bank-7', 0n)).rejects.toMatchObject({ code: 'amount.invalid' });
    const without = settleByHand(ops(), { topupId: top.id, amountSatang: 1n, chargeId: 'bank-8', reason: ' ' });
    await expect(without).rejects.toMatchObject({ code: 'reason.required' });
    expect(await stateOf(world, top.id)).toBe('pending');
  });

  test('is for operators alone', async () => {
    const { userId, top } = await waiting();
    const input = { topupId: top.id, amountSatang: 1n, chargeId: 'x', reason };
    for (const actor of [{ kind: 'user', userId } as const, gateway, job])
      await expect(settleByHand(world.ctx(actor), input)).rejects.toMatchObject({ code: 'access.denied' });
  });
});

describe('an operator refund', () => {
  const give = (topupId: string, amountSatang: bigint, requestKey = key()) =>
    refundTopup(ops(), { topupId, amountSatang, reason, requestKey });

  test('charges the wallet now, in part and then in full', async () => {
    const { userId, top } = await settled();
    await give(top.id, 100_00n);
    expect(await walletOf(world, userId)).toBe(400_00n);
    await give(top.id, 400_00n);
    expect(await walletOf(world, userId)).toBe(0n);
    expect(await stateOf(world, top.id)).toBe('settled part_refunded refunded');
    expect(await noticesOf(world, userId)).toEqual(['topup.settled', 'topup.refunded', 'topup.refunded']);
  });

  test('asked for twice with one key, or five times at once, is given once', async () => {
    const { userId, top } = await settled();
    const once = key();
    await Promise.all(Array.from({ length: 5 }, () => give(top.id, 100_00n, once)));
    await give(top.id, 100_00n, once);
    expect(await walletOf(world, userId)).toBe(400_00n);
  });

  test('with a used key and another amount or top-up is refused: ledger.key_reused', async () => {
    const [one, other] = [await settled(), await settled()];
    const once = key();
    await give(one.top.id, 100_00n, once);
    await expect(give(one.top.id, 200_00n, once)).rejects.toMatchObject({ code: 'ledger.key_reused' });
    await expect(give(other.top.id, 100_00n, once)).rejects.toMatchObject({ code: 'ledger.key_reused' });
    expect(await walletOf(world, one.userId)).toBe(400_00n);
    expect(await walletOf(world, other.userId)).toBe(500_00n);
  });

  test("and the gateway's report of it are one refund", async () => {
    const { userId, top, event } = await settled();
    await give(top.id, 200_00n);
    const report = { ...event, eventId: 'evt_report', status: 'refunded', amountSatang: 200_00n } as const;
    expect(await record(world, report)).toEqual({ outcome: 'refund_confirmed' });
    expect(await walletOf(world, userId)).toBe(300_00n);
    expect(await record(world, { ...report, eventId: 'evt_report_2' })).toEqual({ outcome: 'refunded' });
    expect(await walletOf(world, userId)).toBe(100_00n);
    const rows = await ops().db.select().from(refund);
    expect(
      rows
        .filter((r) => r.chargeId === event.chargeId)
        .map((r) => r.status)
        .sort(),
    ).toEqual(['applied', 'confirmed']);
  });

  test('of more than was paid is refused: refund.exceeds_payment', async () => {
    const { userId, top } = await settled();
    await adjust(userId, 1000_00n);
    await expect(give(top.id, 500_01n)).rejects.toMatchObject({ code: 'refund.exceeds_payment' });
  });

  test('of a top-up paid twice needs the charge that is meant: refund.which_charge', async () => {
    const { userId, top, event } = await settled();
    const second = paid(top.reference, 300_00n);
    await record(world, second);
    await expect(give(top.id, 100_00n)).rejects.toMatchObject({ code: 'refund.which_charge', params: { count: 2 } });
    const one = (chargeId: string, amountSatang: bigint) =>
      refundTopup(ops(), { topupId: top.id, chargeId, amountSatang, reason, requestKey: key() });
    await expect(one(second.chargeId, 300_01n)).rejects.toMatchObject({ code: 'refund.exceeds_payment' });
    await one(second.chargeId, 300_00n);
    await one(event.chargeId, 100_00n);
    expect(await walletOf(world, userId)).toBe(400_00n);
    await give(top.id, 400_00n); // one of them is all gone, so there is no doubt
    expect(await walletOf(world, userId)).toBe(0n);
  });

  test('decided on an older sight of the payment is refused: refund.changed', async () => {
    const { userId, top, event } = await settled();
    await record(world, { ...event, eventId: 'evt_seen', status: 'refunded', amountSatang: 200_00n });
    const input = { topupId: top.id, amountSatang: 200_00n, seenRefundedSatang: 0n, reason, requestKey: key() };
    await expect(refundTopup(ops(), input)).rejects.toMatchObject({ code: 'refund.changed' });
    await refundTopup(ops(), { ...input, seenRefundedSatang: 200_00n });
    expect(await walletOf(world, userId)).toBe(100_00n);
  });

  test('of spent money is refused: refund.exceeds_wallet', async () => {
    const { userId, top } = await settled();
    await adjust(userId, -450_00n);
    await expect(give(top.id, 100_00n)).rejects.toMatchObject({
      code: 'refund.exceeds_wallet',
      params: { walletSatang: 50_00n },
    });
    expect(await walletOf(world, userId)).toBe(50_00n);
  });

  test('of what is not paid is refused: topup.not_settled', async () => {
    const { top } = await waiting();
    await expect(give(top.id, 1_00n)).rejects.toMatchObject({ code: 'topup.not_settled' });
    await expect(give('top_none', 1_00n)).rejects.toMatchObject({ code: 'topup.not_settled' });
    await expect(give(top.id, 0n)).rejects.toMatchObject({ code: 'amount.invalid' });
  });
});
