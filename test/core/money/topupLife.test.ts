import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { minutes, seconds } from '../../../src/core/clock.ts';
import { inTransaction } from '../../../src/core/context.ts';
import { Refusal } from '../../../src/core/error.ts';
import type { UserId } from '../../../src/core/id.ts';
import type { PaymentGateway } from '../../../src/core/money/gateway.ts';
import { topup } from '../../../src/core/money/tables.ts';
import {
  cancelTopup,
  expireTopups,
  lockTopup,
  type MoneyContext,
  moveTopup,
  pendingTopups,
  readTopup,
  recentTopups,
  requestTopup,
  topupMoves,
} from '../../../src/core/money/topup.ts';
import {
  auditOf,
  expectClean,
  job,
  newTopup,
  noticesOf,
  operator,
  record,
  stateOf,
  walletOf,
} from '../../support/money.ts';
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

describe('a gateway that fails', () => {
  function failing(how: () => Promise<never>) {
    let asked = 0;
    const gateway: PaymentGateway = {
      ...world.gateway,
      createCharge: () => {
        asked += 1;
        return how();
      },
    };
    const ctx: MoneyContext = { ...me(), gateways: { current: gateway, byProvider: () => gateway } };
    return { ctx, asked: () => asked };
  }

  test('ends the top-up as failed and is refused: gateway.unavailable', async () => {
    const { ctx } = failing(() => Promise.reject(new Error('secret inner words')));
    const key = nextKey();
    await expect(request(100_00n, key, ctx)).rejects.toMatchObject({ code: 'gateway.unavailable' });
    const [row] = await me().db.select().from(topup).where(eq(topup.requestKey, key));
    expect([row?.status, row?.qrPayload]).toEqual(['failed', null]);
    expect(await pendingTopups(me(), userId)).toEqual([]);
  });

  test("passes a refusal of the gateway's own on", async () => {
    const { ctx } = failing(() => Promise.reject(new Refusal('promptpay.id_invalid')));
    await expect(request(100_00n, nextKey(), ctx)).rejects.toMatchObject({ code: 'promptpay.id_invalid' });
  });

  test('is not asked again for a top-up that has ended', async () => {
    const key = nextKey();
    const { ctx, asked } = failing(() => Promise.reject(new Error('away')));
    await expect(request(100_00n, key, ctx)).rejects.toMatchObject({ code: 'gateway.unavailable' });
    const again = await request(100_00n, key, ctx);
    expect(again.topup.status).toBe('failed');
    expect(again.qr).toBeNull();
    expect(asked()).toBe(1);
  });

  test('may draw a picture of its own and say when its charge ends', async () => {
    const expiresAt = new Date(world.clock.now().getTime() + minutes(5));
    const qr = { pictureUrl: 'https://gateway.example/qr.png' };
    const gateway: PaymentGateway = {
      ...world.gateway,
      createCharge: async () => ({ chargeId: 'chg_own', qr, expiresAt }),
    };
    const ctx = { ...me(), gateways: { current: gateway, byProvider: () => gateway } };
    const made = await request(100_00n, nextKey(), ctx);
    expect([made.topup.chargeId, made.topup.expiresAt, made.qr]).toEqual(['chg_own', expiresAt, qr]);
  });

  test('money for a top-up whose QR never came is credited all the same', async () => {
    const { ctx } = failing(() => Promise.reject(new Error('away')));
    const key = nextKey();
    await expect(request(100_00n, key, ctx)).rejects.toThrow();
    const [row] = await me().db.select().from(topup).where(eq(topup.requestKey, key));
    await record(world, paid(row?.reference ?? '', 100_00n));
    expect(await walletOf(world, userId)).toBe(100_00n);
  });
});

describe('cancelling', () => {
  test('twice is one cancelling', async () => {
    const { topup } = await request(100_00n);
    expect((await cancel(topup.id)).status).toBe('cancelled');
    expect((await cancel(topup.id)).status).toBe('cancelled');
    expect(await auditOf(world, topup.id)).toEqual(['topup.opened', 'topup.cancelled']);
  });

  test('what is paid is refused: topup.not_cancellable', async () => {
    const { topup } = await request(100_00n);
    await record(world, paid(topup.reference, 100_00n));
    await expect(cancel(topup.id)).rejects.toMatchObject({
      code: 'topup.not_cancellable',
      params: { status: 'settled' },
    });
  });

  test("somebody else's, or one that does not exist, is refused: topup.missing", async () => {
    const { userId: other } = await world.person();
    const theirs = await newTopup(world, other);
    for (const id of [theirs.id, 'top_nothing']) {
      await expect(cancel(id)).rejects.toMatchObject({ code: 'topup.missing' });
      await expect(readTopup(me(), { userId, topupId: id })).rejects.toMatchObject({ code: 'topup.missing' });
    }
    expect(await stateOf(world, theirs.id)).toBe('pending');
  });

  test('while the payment arrives ends as settled, and the money is there, whoever was first', async () => {
    for (let round = 0; round < 10; round++) {
      const { topup } = await request(100_00n);
      const before = await walletOf(world, userId);
      await Promise.allSettled([cancel(topup.id), record(world, paid(topup.reference, 100_00n))]);
      expect(await stateOf(world, topup.id)).toMatch(/^settled( late)?$/);
      expect((await walletOf(world, userId)) - before).toBe(100_00n);
      world.clock.pass(minutes(1));
    }
  });
});

describe('the expiry job', () => {
  test('ends what is due, once, and tells its owner; what is not due stays', async () => {
    const { topup: old } = await request(100_00n);
    world.clock.pass(minutes(14));
    const { topup: young } = await request(100_00n);
    await expireTopups(world.ctx(job));
    expect(await stateOf(world, old.id)).toBe('pending');
    world.clock.pass(minutes(1));
    await Promise.all([expireTopups(world.ctx(job)), expireTopups(world.ctx(job)), expireTopups(world.ctx(job))]);
    expect([await stateOf(world, old.id), await stateOf(world, young.id)]).toEqual(['expired', 'pending']);
    expect(await noticesOf(world, userId)).toEqual(['topup.expired']);
    expect(await auditOf(world, old.id)).toEqual(['topup.opened', 'topup.expired']);
  });

  test('while the payment arrives leaves the money credited and the top-up settled', async () => {
    for (let round = 0; round < 5; round++) {
      const { topup } = await request(100_00n);
      world.clock.pass(minutes(15));
      await Promise.all([expireTopups(world.ctx(job)), record(world, paid(topup.reference, 100_00n))]);
      expect(await stateOf(world, topup.id)).toMatch(/^settled( late)?$/); // the very last moment is either
    }
    expect(await walletOf(world, userId)).toBe(500_00n);
  });

  test('works through more than one batch', async () => {
    const now = world.clock.now();
    const rows = Array.from({ length: 450 }, (_, n) => ({
      id: world.ctx(job).newId('top') as typeof topup.$inferInsert.id,
      userId,
      reference: `BATCH${n}`,
      requestKey: `batch-${n}`,
      amountSatang: 1_00n,
      mode: 'hook' as const,
      provider: 'hook',
      status: 'pending' as const,
      createdAt: now,
      expiresAt: now,
    }));
    await me().db.insert(topup).values(rows);
    expect(await expireTopups(world.ctx(job))).toEqual({ expired: 450 });
    expect(await expireTopups(world.ctx(job))).toEqual({ expired: 0 });
  });
});

test('a top-up moves along its table and nowhere else', async () => {
  const all = Object.keys(topupMoves) as (keyof typeof topupMoves)[];
  for (const from of all) {
    for (const to of all) {
      const { topup: row } = await request(100_00n);
      const ctx = world.ctx(job);
      await ctx.db.update(topup).set({ status: from }).where(eq(topup.id, row.id));
      const moved = inTransaction(ctx, async (ctx) => {
        await moveTopup(ctx, await lockTopup(ctx, row.id), to);
        throw new Refusal('reason.required'); // it was only to see; nothing is kept
      });
      const allowed = from === to || topupMoves[from].includes(to);
      await expect(moved).rejects.toThrow(allowed ? 'reason.required' : `a ${from} top-up cannot become ${to}`);
      await ctx.db.update(topup).set({ status: 'cancelled' }).where(eq(topup.id, row.id));
      world.clock.pass(seconds(10));
    }
  }
  expect(topupMoves.settled).toEqual([]);
  for (const from of all) if (from !== 'settled') expect(topupMoves[from]).toContain('settled');
});

test('the list of everybody is for operators and jobs', async () => {
  expect((await recentTopups(world.ctx(operator))).length).toBeGreaterThan(0);
  await expect(recentTopups(me())).rejects.toMatchObject({ code: 'access.denied' });
});
