import { setTimeout as sleep } from 'node:timers/promises';
import { Cron } from 'croner';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { days, minutes } from '../../src/core/clock.ts';
import { inTransaction } from '../../src/core/context.ts';
import { putNotice } from '../../src/core/notices/notice.ts';
import { startDelivery } from '../../src/jobs/delivery.ts';
import { occurrenceId } from '../../src/jobs/desk.ts';
import { job as declare } from '../../src/jobs/job.ts';
import { jobs } from '../../src/jobs/list.ts';
import { runJob, startQueue } from '../../src/jobs/queue.ts';
import { chatter } from '../support/chat.ts';
import { expectClean, job, newTopup, record, stateOf } from '../support/money.ts';
import { createWorld, paid, testCourier, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});
const named = (name: string) => jobs.find((j) => j.name === name) ?? expect.fail(`no job ${name}`);

describe('the list', () => {
  test('has jobs with names, times and limits of their own', () => {
    expect(jobs.map((j) => j.name)).toEqual([
      'topups.expire',
      'broadcasts.send',
      'contracts.sweep',
      'roles.sync',
      'accounts.sync',
      'accounts.keys',
      'accounts.seal',
      'rates.refresh',
      'portfolio.history',
      'portfolio.snapshot',
      'portfolio.alerts',
      'portfolio.thin',
      'audit.seal',
      'audit.verify',
      'ledger.reconcile',
      'market.symbols',
      'chats.forget',
      'backtests.forget',
      'notices.forget',
      'reconciliations.forget',
    ]);
    for (const { cron, timeoutMs } of jobs) {
      expect(new Cron(cron, { paused: true }).nextRun()).toBeInstanceOf(Date);
      // Five fields, or six with the seconds first for what runs more often than every minute.
      expect(cron).toMatch(/^(\*\/\d+ \* )?\S+ \S+ \S+ \S+( \S+)?$/);
      expect(timeoutMs).toBeGreaterThan(0);
    }
  });

  test('of which each may run twice at once, on several instances, and minds nothing', async () => {
    const { userId } = await world.person();
    const top = await newTopup(world, userId);
    await record(world, paid((await newTopup(world, userId)).reference, 500_00n));
    await chatter(world).types('/topup');
    world.clock.pass(minutes(30));
    const other = { ...world.another(), vault: world.vault };
    for (const each of jobs) {
      const results = await Promise.all([runJob(world.ctx(job), each), runJob(other, each), runJob(other, each)]);
      for (const result of results) expect(each.failed?.(result) ?? false).toBe(false);
    }
    expect(await stateOf(world, top.id)).toBe('expired');
  });

  test('says bad news as an error in the log, and good news quietly', async () => {
    const lines = world.log.lines.length;
    await runJob(world.ctx(job), named('ledger.reconcile'));
    const bad = declare({ ...named('ledger.reconcile'), run: async () => ({ differences: [{ link: 1n }] }) });
    expect(bad.failed?.(await runJob(world.ctx(job), bad))).toBe(true);
    expect(world.log.lines.slice(lines)).toHaveLength(2);
  });

  test('forgets old questions and nothing young', async () => {
    await chatter(world).types('/topup');
    const { questions } = await runJob(world.ctx(job), named('chats.forget'));
    expect(questions).toBe(0);
    world.clock.pass(minutes(10));
    expect((await runJob(world.ctx(job), named('chats.forget'))).questions).toBe(1);
    world.clock.pass(-days(0));
  });
});

describe('the queue', () => {
  test('runs an occurrence once, whichever of three instances names it, and stops', async () => {
    let ran = 0;
    const seen: string[] = [];
    const every = declare({
      name: 'test.every_second',
      cron: '* * * * * *',
      timeoutMs: 5000,
      run: async (ctx) => {
        seen.push(ctx.actor.kind === 'job' ? ctx.actor.name : ctx.actor.kind);
        ran += 1;
        return {};
      },
    });
    const contexts = [
      world.ctx(job),
      { ...world.another(), vault: world.vault },
      { ...world.another(), vault: world.vault },
    ];
    const [queues, begunMs] = [[] as Awaited<ReturnType<typeof startQueue>>[], Date.now()];
    for (const ctx of contexts) queues.push(await startQueue(ctx, world.url, [every]));
    expect(queues.map((q) => q.status())).toEqual(['connected', 'connected', 'connected']);
    await expect.poll(() => ran).toBeGreaterThan(0);
    await sleep(2500); // each of the three names one every second; those of ten seconds are the same
    expect(new Set(seen)).toEqual(new Set(['test.every_second']));
    await Promise.all(queues.map((q) => q.stop(3000)));
    const after = ran;
    await sleep(1500);
    expect(ran).toBe(after);
    const named: string[] = [];
    for (let ms = begunMs - (begunMs % 10_000); ms <= Date.now(); ms += 10_000)
      named.push(occurrenceId('test.every_second', new Date(ms).toISOString()));
    const sent = await world
      .ctx(job)
      .db.execute<{ id: string; state: string }>(sql`select id, state from queue.job where name = 'test.every_second'`);
    expect(named).toEqual(expect.arrayContaining(sent.map(({ id }) => id)));
    expect(ran).toBe(sent.filter(({ state }) => state === 'completed').length);
  }, 40_000);
});

describe('delivery', () => {
  test('brings a notice within a quarter of a second when woken, and within half without', async () => {
    const courier = testCourier();
    world.couriers.set('local', courier);
    const { userId } = await world.person();
    const delivery = startDelivery(world.ctx(job));
    for (const wake of [true, false, true]) {
      const { length } = courier.delivered;
      await inTransaction(world.ctx(job), (ctx) =>
        putNotice(ctx, { userId, kind: 'topup.settled', params: {}, key: `delivery-${length}-${wake}` }),
      );
      const started = performance.now();
      if (wake) delivery.wake();
      while (courier.delivered.length === length && performance.now() - started < 3000) await sleep(5);
      expect(courier.delivered.length).toBeGreaterThan(length);
      expect(performance.now() - started).toBeLessThan(1000);
    }
    await delivery.stop();
  });

  test('goes on after the database was away, and stops at once', async () => {
    const courier = testCourier();
    let broken = true;
    const given = world.ctx(job);
    const db = new Proxy(given.db, {
      get(target, name) {
        if (broken) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const couriers = new Map([['local', courier] as const]);
    const { userId } = await world.person();
    const delivery = startDelivery({ ...given, db, couriers });
    await inTransaction(given, (ctx) => putNotice(ctx, { userId, kind: 'topup.settled', key: 'after-away' }));
    await sleep(400);
    expect(courier.delivered).toHaveLength(0);
    broken = false;
    for (let n = 0; n < 60 && courier.delivered.length === 0; n++) await sleep(50);
    expect(courier.delivered.length).toBeGreaterThan(0);
    const started = performance.now();
    await delivery.stop();
    expect(performance.now() - started).toBeLessThan(500);
  });
});
