import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bangkokDay, days, later, minutes } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { findDifferences } from '../../../src/core/money/reconcile.ts';
import { noticeWords } from '../../../src/core/notices/words.ts';
import { blockUser } from '../../../src/core/people/user.ts';
import { setAutoRenew } from '../../../src/core/rental/change.ts';
import { requireFeature } from '../../../src/core/rental/guard.ts';
import { quoteRenew } from '../../../src/core/rental/quote.ts';
import { renewContract } from '../../../src/core/rental/rent.ts';
import { rentalReminders, rentalTerms } from '../../../src/core/rental/settings.ts';
import { previewSweep, sweepContracts } from '../../../src/core/rental/sweep.ts';
import { contract, term } from '../../../src/core/rental/tables.ts';
import { writeSetting } from '../../../src/core/setting.ts';
import { jobs } from '../../../src/jobs/list.ts';
import { alerts, expectClean, job, noticesOf, operator, walletOf } from '../../support/money.ts';
import {
  BASIC,
  contractOf,
  ENTERPRISE,
  fund,
  happened,
  moved,
  PREMIUM,
  rentedBy,
  spend,
  sweep,
  told,
} from '../../support/rental.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
// Nothing of one test is due in another.
beforeEach(() => world.ctx(job).db.update(contract).set({ dueAt: null }));
afterAll(async () => {
  await expectClean(world);
  await world.close();
});

const as = (userId: UserId) => world.ctx({ kind: 'user', userId });
const tenant = async (planId = BASIC, autoRenew = false) => {
  const { userId } = await world.person();
  await rentedBy(world, userId, planId, { autoRenew });
  return contractOf(world, userId);
};
const reminders = async (userId: UserId) =>
  (await noticesOf(world, userId)).filter((kind) => kind.startsWith('contract.reminder'));

describe('a reminder', () => {
  test('comes 7, 3 and 1 days before the end, once each, however often the sweep runs', async () => {
    const { userId, id, paidUntil } = await tenant();
    const seen: [string, number][] = [];
    for (let at = later(paidUntil, -days(9)); at < paidUntil; at = later(at, minutes(60) * 6)) {
      for (const ms of [-1, 0]) {
        world.clock.set(later(at, ms));
        const before = (await reminders(userId)).length;
        await sweep(world);
        await sweep(world);
        if ((await reminders(userId)).length > before) seen.push([at.toISOString(), ms]);
      }
    }
    expect(seen).toEqual([7, 3, 1].map((n) => [later(paidUntil, -days(n)).toISOString(), 0]));
    expect(await reminders(userId)).toEqual(Array(3).fill('contract.reminder'));
    expect(await happened(world, id)).toEqual(['started', 'reminded', 'reminded', 'reminded']);
  });

  test('that was missed does not come in a heap: only the nearest', async () => {
    const { userId, paidUntil } = await tenant();
    world.clock.set(later(paidUntil, -days(2)));
    await sweep(world);
    expect(await reminders(userId)).toHaveLength(1);
    world.clock.set(later(paidUntil, -minutes(1)));
    await sweep(world);
    expect(await reminders(userId)).toHaveLength(2);
  });

  test('is not sent while operators have turned reminders off, nor made up for later', async () => {
    const { userId, paidUntil } = await tenant();
    const turn = (sent: boolean, version: number) =>
      writeSetting(world.ctx(operator), rentalReminders, { value: { sent }, version });
    await turn(false, 0);
    world.clock.set(later(paidUntil, -days(7)));
    await sweep(world);
    await turn(true, 1);
    await sweep(world);
    expect(await reminders(userId)).toEqual([]);
    world.clock.set(later(paidUntil, -days(3)));
    await sweep(world);
    expect(await reminders(userId)).toEqual(['contract.reminder']);
  });

  test('says whether it renews by itself, and what is missing where it cannot', async () => {
    const { userId, paidUntil } = await tenant(BASIC, true);
    world.clock.set(later(paidUntil, -days(7)));
    await sweep(world);
    await fund(world, userId, 499_00n);
    world.clock.set(later(paidUntil, -days(3)));
    await sweep(world);
    expect(await reminders(userId)).toEqual(['contract.reminder_short', 'contract.reminder_auto']);
    expect(await told(world, userId, 'contract.reminder_short')).toMatchObject([{ missingSatang: '49900' }]);
    expect(await told(world, userId, 'contract.reminder_auto')).toMatchObject([
      { totalSatang: '49900', planEn: 'Basic', until: paidUntil.toISOString() },
    ]);
  });

  test('begins anew with each term', async () => {
    const { userId, paidUntil } = await tenant(BASIC, true);
    await fund(world, userId, 499_00n);
    for (const end of [paidUntil, later(paidUntil, days(30))])
      for (const n of [7, 3, 1, 0]) {
        world.clock.set(later(end, -days(n)));
        await sweep(world);
      }
    expect(await reminders(userId)).toHaveLength(6);
  });
});

describe('grace', () => {
  test('is told of each day, ends exactly, and then the bots stop', async () => {
    const { userId, id, paidUntil } = await tenant(PREMIUM);
    const allowed = () => requireFeature(as(userId), { userId, feature: 'live_notices' }).then(() => true);
    for (const hour of [0, 1, 24, 25, 48, 71]) {
      world.clock.set(later(paidUntil, minutes(60) * hour));
      await sweep(world);
      await sweep(world);
      expect(await allowed()).toBe(true);
    }
    const words = (await told(world, userId, 'contract.grace')).map((params) =>
      noticeWords('en', { kind: 'contract.grace', params }),
    );
    expect(words.map((text) => /(\d days? \w+ left)\.$/.exec(text ?? '')?.[1])).toEqual([
      '3 days are left',
      '2 days are left',
      '1 day is left',
    ]);
    const end = later(paidUntil, days(3));
    expect((await contractOf(world, userId)).graceUntil).toEqual(end);
    world.clock.set(later(end, -1));
    expect(await allowed()).toBe(true);
    // The clock decides, not the sweep, which has not run.
    world.clock.set(end);
    await expect(allowed()).rejects.toMatchObject({ code: 'contract.expired', params: { planEn: 'Premium' } });
    await sweep(world);
    expect(await contractOf(world, userId)).toMatchObject({ status: 'expired', endedAt: end, dueAt: null });
    expect((await happened(world, id)).slice(-2)).toEqual(['expired', 'stop']);
    expect(await told(world, userId, 'contract.expired')).toHaveLength(1);
  });

  test('stays as long as it was when it began, and without days it is the end', async () => {
    const set = (graceDays: number, version: number) =>
      writeSetting(world.ctx(operator), rentalTerms, { value: { graceDays }, version });
    const [first, second] = [await tenant(), await tenant()];
    world.clock.set(later(first.paidUntil, minutes(1)));
    await sweep(world);
    await set(0, 0);
    world.clock.set(later(first.paidUntil, days(2)));
    await sweep(world);
    expect((await contractOf(world, first.userId)).status).toBe('grace');
    const third = await tenant();
    world.clock.set(third.paidUntil);
    await sweep(world);
    expect(await contractOf(world, third.userId)).toMatchObject({ status: 'expired', endedAt: third.paidUntil });
    expect(await told(world, third.userId, 'contract.grace')).toEqual([]);
    await set(3, 1);
    expect((await contractOf(world, second.userId)).status).toBe('expired');
  });

  test('is not left by a blocked person, nor by one who owes: nothing is charged by itself', async () => {
    const blocked = await tenant(BASIC, true);
    await fund(world, blocked.userId, 499_00n);
    await blockUser(world.ctx(operator), { userId: blocked.userId, reason: 'a test' });
    world.clock.set(blocked.paidUntil);
    await sweep(world);
    expect((await contractOf(world, blocked.userId)).status).toBe('grace');
    expect(await walletOf(world, blocked.userId)).toBe(499_00n);
  });
});

describe('after forty days without a sweep', () => {
  test('there is one expiry, one stop and one word of it', async () => {
    const { userId, id, paidUntil } = await tenant();
    const before = (await noticesOf(world, userId)).length;
    world.clock.set(later(paidUntil, days(40)));
    await sweep(world);
    await sweep(world);
    expect(await happened(world, id)).toEqual(['started', 'expired', 'stop']);
    expect((await noticesOf(world, userId)).slice(before)).toEqual(['contract.expired']);
    expect((await contractOf(world, userId)).endedAt).toEqual(later(paidUntil, days(3)));
  });

  test('nobody has paid for days in which nothing ran', async () => {
    const { userId, id, paidUntil } = await tenant(BASIC, true);
    await fund(world, userId, 5_000_00n);
    world.clock.set(later(paidUntil, days(40)));
    await sweep(world);
    expect(await walletOf(world, userId)).toBe(5_000_00n);
    expect(await happened(world, id)).toEqual(['started', 'expired', 'stop']);
  });

  test('a term paid ahead runs, and a renewal that is late by less than grace begins at the old end', async () => {
    const ahead = await tenant();
    await fund(world, ahead.userId, 499_00n);
    const { term, totalSatang } = await quoteRenew(as(ahead.userId), { userId: ahead.userId });
    await renewContract(as(ahead.userId), { userId: ahead.userId, contractId: ahead.id, term, totalSatang });
    const late = await tenant(BASIC, true);
    await fund(world, late.userId, 499_00n);
    world.clock.set(later(late.paidUntil, days(2)));
    await sweep(world);
    expect(await contractOf(world, ahead.userId)).toMatchObject({ status: 'active', term: 2 });
    expect(await contractOf(world, late.userId)).toMatchObject({
      status: 'active',
      term: 2,
      paidUntil: later(late.paidUntil, days(30)),
    });
  });
});

describe('a clock that jumps back', () => {
  test('makes nothing happen twice, and takes nothing away', async () => {
    const { userId, id, paidUntil } = await tenant(BASIC, true);
    await fund(world, userId, 499_00n);
    for (const at of [-days(7), -days(8), -days(3), -days(7), 0, -days(1), 0, days(1), -days(30), days(1)]) {
      world.clock.set(later(paidUntil, at));
      await sweep(world);
    }
    expect(await walletOf(world, userId)).toBe(0n);
    expect(await moved(world, id)).toHaveLength(2);
    expect(await happened(world, id)).toEqual(['started', 'reminded', 'reminded', 'renewed', 'term_began']);
    const end = later(paidUntil, days(30));
    for (const at of [days(1), -days(2), days(1), -days(20), days(2)]) {
      world.clock.set(later(end, at));
      await sweep(world);
      expect((await requireFeature(as(userId), { userId, feature: 'basic_strategies' })).contractId).toBe(id);
    }
    expect((await told(world, userId, 'contract.grace')).map((p) => p.daysLeft)).toEqual(['2', '1']);
  });
});

describe('two sweeps at once', () => {
  test('do everything once between them', async () => {
    const tenants = await Promise.all(Array.from({ length: 12 }, () => tenant(BASIC, true)));
    for (const [n, { userId }] of tenants.entries()) if (n % 2 === 0) await fund(world, userId, 499_00n);
    const last = tenants.reduce((max, { paidUntil }) => (paidUntil > max ? paidUntil : max), new Date(0));
    world.clock.set(last);
    await Promise.all([sweep(world), sweepContracts(world.another()), sweep(world), sweepContracts(world.another())]);
    await sweep(world);
    for (const [n, { userId, id }] of tenants.entries()) {
      expect((await contractOf(world, userId)).status).toBe(n % 2 === 0 ? 'active' : 'grace');
      expect(await moved(world, id)).toHaveLength(n % 2 === 0 ? 2 : 1);
      expect(await walletOf(world, userId)).toBe(0n);
    }
  });
});

describe('a sweep that is killed', () => {
  test('between batches has done some whole, the others not at all, and the next one does those', async () => {
    const tenants = await Promise.all(Array.from({ length: 300 }, () => tenant(BASIC, false)));
    world.clock.set(later(tenants[0]?.paidUntil ?? new Date(0), days(1)));
    let batches = 0;
    const ctx = world.ctx(job);
    const db = new Proxy(ctx.db, {
      get(target, name) {
        if (name !== 'transaction') return Reflect.get(target, name) as unknown;
        return (...args: Parameters<typeof target.transaction>) => {
          batches += 1;
          if (batches === 1) return target.transaction(...args);
          // The connection goes away in the middle: what the batch has written so far is taken back.
          return target.transaction(async (tx) => {
            await args[0](tx);
            throw new Error('killed');
          });
        };
      },
    });
    const killed = await sweepContracts({ ...ctx, db }).catch((error: Error) => error.message);
    expect(killed).toBe('killed');
    const inGrace = async () => (await ctx.db.select().from(contract).where(eq(contract.status, 'grace'))).length;
    const before = await inGrace();
    expect(await sweep(world)).toMatchObject({ contracts: 50, happened: { grace: 50 } });
    expect((await inGrace()) - before).toBe(50);
  }, 60_000);

  test('by the database going away accuses no contract: the next one does them all', async () => {
    const { userId, id, paidUntil } = await tenant();
    world.clock.set(paidUntil);
    const ctx = world.ctx(job);
    // Its own session is ended while it writes, as by a restart of PostgreSQL.
    let times = 0;
    const db = new Proxy(ctx.db, {
      get(target, name) {
        if (name !== 'transaction') return Reflect.get(target, name) as unknown;
        return (...[body]: Parameters<typeof target.transaction>) =>
          target.transaction(async (tx) => {
            await body(tx);
            if (++times <= 2) await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`);
          });
      },
    });
    const before = (await alerts(world)).length;
    await expect(sweepContracts({ ...ctx, db })).rejects.toThrow();
    expect((await alerts(world)).length).toBe(before);
    expect((await contractOf(world, userId)).status).toBe('active');
    expect(await sweep(world)).toMatchObject({ contracts: 1, broken: 0 });
    expect(await happened(world, id)).toEqual(['started', 'grace']);
  });

  test('by one contract that cannot be does all the others, and operators hear of it once', async () => {
    const [broken, sound] = [await tenant(), await tenant()];
    const { db } = world.ctx(job);
    const lost = await db.delete(term).where(eq(term.contractId, broken.id)).returning();
    world.clock.set(sound.paidUntil);
    expect(await sweep(world)).toMatchObject({ contracts: 1, broken: 1 });
    expect(await sweep(world)).toMatchObject({ contracts: 0, broken: 1 });
    expect((await contractOf(world, sound.userId)).status).toBe('grace');
    expect((await alerts(world)).filter((kind) => kind === 'contract.broken')).toHaveLength(1);
    const { differences } = await findDifferences(world.ctx(job));
    expect(differences).toContainEqual({
      check: 'term and its payment do not agree',
      subject: `renew:${broken.id}:1`,
      detail: 'term none, transfer 49900',
    });
    await db.insert(term).values(lost);
    expect(await sweep(world)).toMatchObject({ contracts: 1, broken: 0 });
  });
});

describe('a dry run', () => {
  test('lists every contract and step of a moment far ahead, and changes nothing', async () => {
    const [lapsing, renewing] = [await tenant(), await tenant(ENTERPRISE, true)];
    await fund(world, renewing.userId, 4_999_00n);
    const ctx = world.ctx(job);
    const state = async () => (await ctx.db.execute(sql`select * from contract order by id`)) as unknown[];
    const before = await state();
    const at = (moment: Date) => previewSweep({ ...ctx, clock: { now: () => moment } });
    const soon = await at(renewing.paidUntil);
    expect(soon.steps.filter((s) => s.contract === lapsing.id).map((s) => s.step)).toEqual(['grace']);
    expect(soon.steps.filter((s) => s.contract === renewing.id)).toMatchObject([
      { step: 'renewed', amountSatang: '499900', user: renewing.userId },
      { step: 'term_began' },
    ]);
    const far = await at(later(renewing.paidUntil, days(400)));
    expect(far.contracts).toBe(2);
    for (const { id } of [lapsing, renewing])
      expect(far.steps.filter((s) => s.contract === id).map((s) => s.step)).toEqual(['expired', 'stop']);
    expect(await state()).toEqual(before);
  });

  test('is the preview of the job, and the job also tells holders of new prices', async () => {
    const sweeping = jobs.find(({ name }) => name === 'contracts.sweep');
    expect(await sweeping?.preview?.(world.ctx(job))).toEqual({ contracts: 0, steps: [] });
    expect(await sweeping?.run(world.ctx(job))).toEqual({ contracts: 0, broken: 0, happened: {}, told: 0 });
  });
});

describe('a term', () => {
  test.each([
    ['over midnight in Bangkok', '2026-11-21T16:59:59.999Z'],
    ['over the end of a year', '2026-12-15T17:00:00.000Z'],
    ['over a leap day', '2028-02-10T03:04:05.006Z'],
    ['over a February without one', '2027-02-10T03:04:05.006Z'],
  ])('%s is 30 times 24 hours long', async (_, start) => {
    world.clock.set(start);
    const { userId, paidUntil } = await tenant(BASIC, true);
    await fund(world, userId, 499_00n);
    const first = new Date(start).getTime();
    expect(paidUntil.getTime() - first).toBe(2_592_000_000);
    world.clock.set(paidUntil);
    await sweep(world);
    const row = await contractOf(world, userId);
    expect(row.paidUntil.getTime() - first).toBe(2 * 2_592_000_000);
    expect(bangkokDay(row.paidUntil) > bangkokDay(paidUntil)).toBe(true);
    await setAutoRenew(as(userId), { userId, autoRenew: false });
    await spend(world, userId, await walletOf(world, userId)).catch(() => {});
  });
});
