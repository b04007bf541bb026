import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { days, later, minutes, seconds } from '../../../src/core/clock.ts';
import type { Context } from '../../../src/core/context.ts';
import type { UserId } from '../../../src/core/id.ts';
import { agreeToJoin } from '../../../src/core/money/join.ts';
import { cancelBroadcast } from '../../../src/core/notices/broadcast.ts';
import { deliverNotices } from '../../../src/core/notices/notice.ts';
import { muteNotices, setQuietHours } from '../../../src/core/notices/preference.ts';
import { notice } from '../../../src/core/notices/tables.ts';
import { sendBroadcasts } from '../../../src/core/ops/sendBroadcasts.ts';
import { claimLink, createLinkCode } from '../../../src/core/people/link.ts';
import { user } from '../../../src/core/people/tables.ts';
import { blockUser } from '../../../src/core/people/user.ts';
import { crowd, newsOf, reread, started, toldOf } from '../../support/broadcasts.ts';
import { alerts, auditOf, job, operator } from '../../support/money.ts';
import { createWorld, testCourier, type World } from '../../support/world.ts';

let world: World;
let local: ReturnType<typeof testCourier>;
beforeEach(async () => {
  world = await createWorld();
  local = testCourier();
  world.couriers.set('local', local);
});
afterEach(() => world.close());

const send = (ctx: Context = world.ctx(job)) => sendBroadcasts(ctx);
const deliver = (limit = 200) => deliverNotices(world.ctx(job), limit, 'broadcast');
const planned = async (id: string) => (await newsOf(world, id)).map((row) => Date.parse(row.params.plannedAt ?? ''));
const person = async (provider?: 'telegram') => (await world.person('Somsri', provider)).userId;

async function join(issuerId: UserId, claimantId: UserId): Promise<void> {
  const { code } = await createLinkCode(world.ctx({ kind: 'user', userId: issuerId }), { userId: issuerId });
  const ctx = world.ctx({ kind: 'user', userId: claimantId });
  const link = await claimLink(ctx, { userId: claimantId, code });
  await agreeToJoin(ctx, { userId: claimantId, linkId: link.id });
}

/** A context whose process dies at the nth id it makes, in the middle of a batch. */
function dying(after: number): Context {
  const ctx = world.another();
  let left = after;
  const newId = (prefix: string) => {
    left -= 1;
    if (left < 0) throw new Error('killed');
    return ctx.newId(prefix);
  };
  return { ...ctx, newId };
}

describe('the pace', () => {
  test('is kept from minute to minute, evenly, and a run that comes again adds nothing', async () => {
    await crowd(world, 50);
    const { id } = await started(world, 20);
    const begun = world.clock.now().getTime();
    expect((await send()).put).toBe(20);
    expect((await send()).put).toBe(0);
    world.clock.pass(seconds(30));
    expect((await send()).put).toBe(10); // the next half minute
    world.clock.pass(seconds(31)); // a second late
    await deliver();
    expect((await send()).put).toBe(11);
    world.clock.pass(seconds(60));
    await deliver();
    expect((await send()).put).toBe(9); // there are no more
    const gaps = (await planned(id)).map((at) => at - begun);
    expect(gaps.slice(0, 30)).toEqual(Array.from({ length: 30 }, (_, n) => n * 3000));
    for (const [n, at] of gaps.entries()) if (n > 0) expect(at - (gaps[n - 1] ?? 0)).toBeGreaterThanOrEqual(3000);
  });

  test('of one person a minute is one person a minute', async () => {
    await crowd(world, 5);
    const { id } = await started(world, 1);
    for (const passing of [0, 59, 62, 58, 61]) {
      world.clock.pass(seconds(passing));
      await deliver();
      await send();
    }
    const at = await planned(id);
    expect(at.slice(1).map((moment, n) => moment - (at[n] ?? 0))).toEqual([60_000, 61_000, 60_000, 60_000]);
  });

  test('of three thousand a minute takes several batches and is still even', async () => {
    await crowd(world, 1300);
    const { id } = await started(world, 3000);
    expect((await send()).put).toBe(1300);
    const at = await planned(id);
    expect(at.every((moment, n) => n === 0 || moment - (at[n - 1] ?? 0) === 20)).toBe(true);
    expect((await reread(world, id)).notices).toBe(1300);
  });

  test('waits for what is not delivered instead of piling it up', async () => {
    await crowd(world, 60);
    await started(world, 10);
    const puts: number[] = [];
    for (let minute = 0; minute < 5; minute++) {
      puts.push((await send()).put);
      world.clock.pass(minutes(1)); // nothing is delivered
    }
    expect(puts).toEqual([10, 10, 0, 0, 0]);
    await deliver();
    expect((await send()).put).toBe(10);
  });

  test('does not catch up in a rush after the jobs were away', async () => {
    await crowd(world, 100);
    await started(world, 10);
    await send();
    world.clock.pass(minutes(5));
    await deliver();
    expect((await send()).put).toBe(10);
  });
});

describe('people', () => {
  test('get one notice each, in the order of their ids, and then the broadcast is done', async () => {
    const people = await crowd(world, 30);
    world.clock.pass(1);
    const { id } = await started(world, 3000);
    expect(await send()).toEqual({ put: 30, done: 0 });
    expect(await toldOf(world, id)).toEqual(people);
    expect((await reread(world, id)).status).toBe('sending'); // they wait
    world.clock.pass(minutes(1));
    await deliver();
    expect(await send()).toEqual({ put: 0, done: 1 });
    expect(await reread(world, id)).toMatchObject({ status: 'done', endedAt: world.clock.now(), notices: 30 });
    expect(await auditOf(world, id)).toEqual(['broadcast.drafted', 'broadcast.started', 'broadcast.done']);
    expect(local.delivered.map((told) => told.notice.params.text)).toEqual(Array(30).fill('Maintenance tonight'));
    expect(await send()).toEqual({ put: 0, done: 0 });
  });

  test('who are blocked, have closed the account or were joined get none; nor does whoever came later', async () => {
    const [one, blocked, closed, from, into] = await Promise.all([1, 2, 3, 4, 5].map(() => person()));
    if (!one || !blocked || !closed || !from || !into) throw new Error('five people');
    await blockUser(world.ctx(operator), { userId: blocked, reason: 'why' });
    const { db } = world.ctx(job);
    await db.update(user).set({ closedAt: world.clock.now() }).where(eq(user.id, closed));
    await join(into, from);
    const { id } = await started(world);
    world.clock.pass(1);
    await person();
    await send();
    expect((await toldOf(world, id)).sort()).toEqual([one, into].sort());
  });

  test('who are blocked or close their account after it was put are not told', async () => {
    const [blocked, closed] = [await person(), await person()];
    const { id } = await started(world, 3000);
    await send();
    await blockUser(world.ctx(operator), { userId: blocked, reason: 'why' });
    const { db } = world.ctx(job);
    await db.update(user).set({ closedAt: world.clock.now() }).where(eq(user.id, closed));
    world.clock.pass(minutes(1));
    await deliver();
    expect(local.delivered).toEqual([]);
    expect((await newsOf(world, id)).map((row) => row.status)).toEqual(['withdrawn', 'withdrawn']);
  });

  test('read it in the language they have when it comes', async () => {
    const userId = await person();
    await started(world, 3000);
    await send();
    await world.ctx(job).db.update(user).set({ language: 'th' }).where(eq(user.id, userId));
    await deliver();
    expect(local.delivered[0]).toMatchObject({ to: { language: 'th' }, notice: { kind: 'broadcast.news' } });
    expect(local.delivered[0]?.notice.params.text).toBe('ปิดปรับปรุงระบบคืนนี้');
  });

  test('who have turned news off are not told, and quiet hours are kept', async () => {
    const [muting, sleeping] = [await person(), await person()];
    await muteNotices(world.ctx(job), { userId: muting, group: 'news', muted: true });
    const quiet = { fromMinute: 22 * 60, toMinute: 7 * 60 };
    await setQuietHours(world.ctx(job), { userId: sleeping, quiet });
    world.clock.set('2026-11-21T16:30:00Z'); // 23:30 in Bangkok
    const { id } = await started(world, 1);
    for (const passing of [0, 60]) {
      world.clock.pass(seconds(passing));
      await send();
      await deliver();
    }
    expect(local.delivered).toEqual([]);
    const [muted, waiting] = await newsOf(world, id);
    expect([muted?.status, waiting?.status, waiting?.attempts]).toEqual(['muted', 'waiting', 0]);
    expect(waiting?.dueAt.toISOString()).toBe('2026-11-22T00:01:00.000Z'); // 07:01: second in the line, a minute apart
    world.clock.set('2026-11-22T00:01:00Z');
    await deliver();
    expect(local.delivered).toHaveLength(1);
  });

  test('whose every chat is shut are given up at once, and no operator is called for each of them', async () => {
    await person();
    local.answer = async () => 'unreachable';
    const { id } = await started(world, 3000);
    await send();
    await deliver();
    const [row] = await newsOf(world, id);
    expect([row?.status, row?.attempts, row?.error]).toEqual(['failed', 1, 'local: takes no messages from us']);
    expect(await alerts(world)).toEqual([]);
    expect((await send()).done).toBe(1);
  });

  test('whose chat is not connected are waited for, but not for ever', async () => {
    await person('telegram');
    const { id } = await started(world, 3000);
    await send();
    await deliver();
    const [row] = await newsOf(world, id);
    expect(row).toMatchObject({ status: 'waiting', attempts: 0, dueAt: later(world.clock.now(), minutes(10)) });
    world.clock.pass(days(1) + 1);
    await deliver();
    expect((await newsOf(world, id))[0]?.status).toBe('failed');
  });
});

describe('a job', () => {
  test('that runs several times at once, on several instances, puts everybody once', async () => {
    const people = await crowd(world, 900);
    const { id } = await started(world, 3000);
    const runs = await Promise.all([send(), send(world.another()), send(world.another()), send()]);
    expect(runs.reduce((sum, run) => sum + run.put, 0)).toBe(900);
    expect((await toldOf(world, id)).sort()).toEqual([...people].sort());
    expect((await reread(world, id)).notices).toBe(900);
  });

  test('that is killed in the middle of a batch leaves cursor and notices as they were', async () => {
    const people = await crowd(world, 1200);
    const { id } = await started(world, 3000);
    await expect(send(dying(700))).rejects.toThrow('killed'); // in the second batch of 500
    expect((await reread(world, id)).notices).toBe(500);
    expect(await newsOf(world, id)).toHaveLength(500);
    await expect(send(dying(3))).rejects.toThrow('killed');
    await send();
    expect((await toldOf(world, id)).sort()).toEqual([...people].sort());
  });

  test('finds the few of a narrow segment among many', async () => {
    const people = await crowd(world, 4500);
    const chosen = [people[7], people[2500], people.at(-1)].filter((id) => id !== undefined);
    const { db } = world.ctx(job);
    for (const id of chosen) await db.update(user).set({ language: 'th' }).where(eq(user.id, id));
    const { id } = await started(world, 600, { language: 'th' });
    expect((await send()).put).toBe(3);
    expect(await toldOf(world, id)).toEqual(chosen);
    expect((await reread(world, id)).reached).toBe(people.at(-1));
  });
});

describe('cancelling', () => {
  test('takes back what was put and not told; what was told stays told', async () => {
    await crowd(world, 90);
    const { id } = await started(world, 60);
    await send();
    world.clock.pass(seconds(19));
    await deliver(); // twenty are due
    expect(await cancelBroadcast(world.ctx(operator), { broadcastId: id })).toEqual({ withdrawn: 40 });
    world.clock.pass(minutes(1));
    expect(await send()).toEqual({ put: 0, done: 0 });
    await deliver();
    const states = (await newsOf(world, id)).map((row) => row.status);
    expect(states).toEqual([...Array(20).fill('sent'), ...Array(40).fill('withdrawn')]);
    expect(local.delivered).toHaveLength(20);
  });

  test('while jobs put and couriers deliver leaves nothing waiting, and nobody is told afterwards', async () => {
    await crowd(world, 4000);
    const { id } = await started(world, 3000);
    await send();
    world.clock.pass(minutes(1));
    const sending = Promise.all([send(), send(world.another())]);
    const delivering = Promise.all([deliver(50), deliver(50), deliver(50)]);
    const cancelled = cancelBroadcast(world.ctx(operator), { broadcastId: id });
    await Promise.all([sending, delivering, cancelled]);
    world.clock.pass(minutes(3));
    const told = local.delivered.length;
    while ((await deliver()).taken > 0);
    expect(local.delivered).toHaveLength(told);
    expect(await newsOf(world, id, 'waiting')).toEqual([]);
    expect(await newsOf(world, id, 'sent')).toHaveLength(told);
    expect((await reread(world, id)).status).toBe('cancelled');
  });

  test('withdraws even what a batch has left behind, before it is told', async () => {
    await crowd(world, 3);
    const { id } = await started(world, 3000);
    await send();
    await cancelBroadcast(world.ctx(operator), { broadcastId: id });
    await world.ctx(job).db.update(notice).set({ status: 'waiting' }).where(eq(notice.broadcastId, id));
    world.clock.pass(minutes(1));
    expect((await deliver()).taken).toBe(3);
    expect(local.delivered).toEqual([]);
    expect(await newsOf(world, id, 'withdrawn')).toHaveLength(3);
  });

  test('while a courier is speaking notes that this one was told', async () => {
    await crowd(world, 1);
    const { id } = await started(world, 3000);
    await send();
    let go = () => {};
    const speaking = new Promise<void>((resolve) => {
      local.answer = () => {
        resolve();
        return new Promise((answer) => {
          go = () => answer('sent');
        });
      };
    });
    const delivering = deliver();
    await speaking;
    await cancelBroadcast(world.ctx(operator), { broadcastId: id });
    expect(await newsOf(world, id, 'withdrawn')).toHaveLength(1);
    go();
    await delivering;
    expect(await newsOf(world, id, 'sent')).toHaveLength(1);
  });
});

describe('two people who become one are told once', () => {
  const both = async () => [await person(), await person()] as const;
  const tellAll = async () => {
    for (let n = 0; n < 4; n++) {
      await send();
      world.clock.pass(minutes(1));
      while ((await deliver()).taken > 0);
    }
    return local.delivered.filter((told) => told.notice.kind === 'broadcast.news').length;
  };

  test('when both were put and neither told', async () => {
    const [issuer, claimant] = await both();
    await started(world, 1);
    await send();
    world.clock.pass(minutes(1));
    await send();
    await join(issuer, claimant);
    expect(await tellAll()).toBe(1);
  });

  test.each([
    ['issuer', true],
    ['claimant', false],
  ])('when one was told and the other not yet put, the first being the %s', async (_, isIssuer) => {
    const [first, second] = await both();
    await started(world, 1);
    await send();
    await deliver();
    await (isIssuer ? join(first, second) : join(second, first));
    expect(await tellAll()).toBe(1);
  });

  test.each([
    ['issuer', true],
    ['claimant', false],
  ])('when one was told and the other waits, the first being the %s', async (_, isIssuer) => {
    const [first, second] = await both();
    const { id } = await started(world, 1);
    await send();
    await deliver();
    world.clock.pass(minutes(1));
    await send();
    await (isIssuer ? join(first, second) : join(second, first));
    expect((await newsOf(world, id)).map((row) => row.status)).toEqual(['sent', 'withdrawn']);
    expect(await tellAll()).toBe(1);
  });

  test('when one waits and the other was not put', async () => {
    const [first, second] = await both();
    const { id } = await started(world, 1);
    await send();
    await join(second, first); // the first becomes part of the second
    expect(await tellAll()).toBe(1);
    expect(await toldOf(world, id)).toEqual([second]);
  });

  test('because whoever puts them waits for a join under way', async () => {
    const [into, from] = await both();
    const { id } = await started(world, 3000);
    const other = world.another();
    let sending = Promise.resolve({ put: 0, done: 0 });
    await other.db.transaction(async (db) => {
      await db.update(user).set({ mergedInto: into }).where(eq(user.id, from));
      sending = send();
      const isWaiting = async () =>
        (
          await db.execute(
            `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
          )
        ).length > 0;
      for (let n = 0; n < 100 && !(await isWaiting()); n++) await new Promise((resolve) => setTimeout(resolve, 20));
    });
    expect((await sending).put).toBe(1);
    expect(await toldOf(world, id)).toEqual([into]);
  });

  test('when it happens while they are put', async () => {
    await crowd(world, 400);
    const pairs = [];
    for (let n = 0; n < 6; n++) pairs.push(await both());
    await crowd(world, 400);
    const { id } = await started(world, 3000);
    await Promise.all([send(), send(world.another()), ...pairs.map(([one, other]) => join(one, other))]);
    await tellAll();
    const told = await newsOf(world, id, 'sent');
    expect(told).toHaveLength(806);
    expect(new Set(told.map((row) => row.userId)).size).toBe(806);
  }, 60_000);
});
