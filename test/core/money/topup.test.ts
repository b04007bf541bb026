import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { minutes, seconds } from '../../../src/core/clock.ts';
import type { Refusal } from '../../../src/core/error.ts';
import type { UserId } from '../../../src/core/id.ts';
import { topupLimits } from '../../../src/core/money/settings.ts';
import { cancelTopup, type MoneyContext, pendingTopups, requestTopup } from '../../../src/core/money/topup.ts';
import { blockUser } from '../../../src/core/people/user.ts';
import { readSetting, writeSetting } from '../../../src/core/setting.ts';
import { auditOf, expectClean, operator, record } from '../../support/money.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
let userId: UserId;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  userId = (await world.person()).userId;
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});

let keys = 0;
const nextKey = () => {
  keys += 1;
  return `key-${keys}`;
};
const me = () => world.ctx({ kind: 'user', userId });
const request = (amountSatang: bigint, requestKey = nextKey(), ctx: MoneyContext = me()) =>
  requestTopup(ctx, { userId, amountSatang, requestKey });
const cancel = (topupId: string) => cancelTopup(me(), { userId, topupId });

describe('a request', () => {
  test('makes a pending top-up with a reference a person can read and a QR that asks for it', async () => {
    const { topup, qr } = await request(500_00n);
    expect(topup.reference).toMatch(/^TU[0-9A-HJKMNP-TV-Z]{10}$/);
    expect(topup.expiresAt.getTime() - topup.createdAt.getTime()).toBe(minutes(15));
    expect(qr).toEqual({ payload: topup.qrPayload });
    expect(await auditOf(world, topup.id)).toEqual(['topup.opened']);
  });

  test.each([20_00n, 50_000_00n])('over %i satang, just within the limits, is taken', async (amountSatang) => {
    expect((await request(amountSatang)).topup.amountSatang).toBe(amountSatang);
  });

  test('below the smallest amount is refused: topup.amount_too_small', async () => {
    await expect(request(19_99n)).rejects.toMatchObject({
      code: 'topup.amount_too_small',
      params: { minSatang: 20_00n, maxSatang: 50_000_00n },
    });
    await expect(request(0n)).rejects.toMatchObject({ code: 'topup.amount_too_small' });
    await expect(request(-500_00n)).rejects.toMatchObject({ code: 'topup.amount_too_small' });
  });

  test('above the largest amount is refused: topup.amount_too_large', async () => {
    await expect(request(50_000_01n)).rejects.toMatchObject({ code: 'topup.amount_too_large' });
  });

  test('with the same key is the same top-up, also 20 times at once', async () => {
    const key = nextKey();
    const made = await Promise.all(Array.from({ length: 20 }, () => request(100_00n, key)));
    expect(new Set(made.map((m) => m.topup.id)).size).toBe(1);
    expect(new Set(made.map((m) => m.topup.qrPayload)).size).toBe(1);
    expect(await pendingTopups(me(), userId)).toHaveLength(1);
  });

  test("with somebody else's key is refused: access.denied", async () => {
    const { userId: other } = await world.person();
    const key = nextKey();
    await requestTopup(world.ctx({ kind: 'user', userId: other }), {
      userId: other,
      amountSatang: 50_00n,
      requestKey: key,
    });
    await expect(request(50_00n, key)).rejects.toMatchObject({ code: 'access.denied' });
  });

  test('for somebody else is refused: access.denied', async () => {
    const { userId: other } = await world.person();
    await expect(
      requestTopup(me(), { userId: other, amountSatang: 50_00n, requestKey: nextKey() }),
    ).rejects.toMatchObject({ code: 'access.denied' });
  });

  test('of a blocked person is refused: user.blocked', async () => {
    await blockUser(world.ctx(operator), { userId, reason: 'a test' });
    await expect(request(50_00n)).rejects.toMatchObject({ code: 'user.blocked' });
  });

  test('of a person who does not exist is refused: user.missing', async () => {
    const nobody = 'usr_nobody' as UserId;
    const asNobody = requestTopup(world.ctx({ kind: 'user', userId: nobody }), {
      userId: nobody,
      amountSatang: 50_00n,
      requestKey: nextKey(),
    });
    await expect(asNobody).rejects.toMatchObject({ code: 'user.missing' });
  });
});

describe('limits', () => {
  test('three may wait at once, and of ten simultaneous requests three do', async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => request(100_00n)));
    const refused = results.flatMap((r) => (r.status === 'rejected' ? [(r.reason as Refusal).code] : []));
    expect(refused).toEqual(Array(7).fill('topup.too_many_pending'));
    expect(await pendingTopups(me(), userId)).toHaveLength(3);
  });

  test('one that was paid, cancelled or has run out of time makes room', async () => {
    const tops = [];
    for (let n = 0; n < 3; n++) tops.push((await request(100_00n)).topup);
    await expect(request(100_00n)).rejects.toMatchObject({ code: 'topup.too_many_pending', params: { most: 3 } });
    await record(world, paid(tops[0]?.reference ?? '', 100_00n));
    await request(100_00n);
    await cancel(tops[1]?.id ?? '');
    await request(100_00n);
    world.clock.pass(minutes(15)); // the job has not come round yet
    await request(100_00n);
  });

  test('ten requests a minute, and the eleventh after it', async () => {
    for (let n = 0; n < 10; n++) await cancel((await request(100_00n)).topup.id);
    await expect(request(100_00n)).rejects.toMatchObject({ code: 'topup.too_many_requests', params: { most: 10 } });
    world.clock.pass(seconds(59));
    await expect(request(100_00n)).rejects.toMatchObject({ code: 'topup.too_many_requests' });
    world.clock.pass(seconds(1));
    await request(100_00n);
  });

  test('are a setting that holds from the next request on', async () => {
    const ops = world.ctx(operator);
    const value = { ...topupLimits.fallback, minSatang: '1', maxSatang: '200', expiryMinutes: 1, mostPending: 1 };
    await writeSetting(ops, topupLimits, { value, version: 0 });
    expect((await readSetting(ops, topupLimits)).maxSatang).toBe(200n);
    const { topup } = await request(1n);
    expect(topup.expiresAt.getTime() - topup.createdAt.getTime()).toBe(minutes(1));
    await expect(request(2n)).rejects.toMatchObject({ code: 'topup.too_many_pending' });
    await expect(request(201n)).rejects.toMatchObject({ code: 'topup.amount_too_large' });
    await writeSetting(ops, topupLimits, {
      value: { ...topupLimits.fallback, minSatang: '2000', maxSatang: '5000000' },
      version: 1,
    });
  });
});
