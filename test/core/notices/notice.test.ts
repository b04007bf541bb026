import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { days, later, minutes, seconds } from '../../../src/core/clock.ts';
import { inTransaction } from '../../../src/core/context.ts';
import type { UserId } from '../../../src/core/id.ts';
import { agreeToJoin } from '../../../src/core/money/join.ts';
import type { NoticeKind } from '../../../src/core/notices/kinds.ts';
import { deliverNotices, forgetNotices, putNotice } from '../../../src/core/notices/notice.ts';
import { muteNotices, quietUntil, readPreference, setQuietHours } from '../../../src/core/notices/preference.ts';
import { notice } from '../../../src/core/notices/tables.ts';
import { identitiesOf } from '../../../src/core/people/identity.ts';
import { claimLink, createLinkCode } from '../../../src/core/people/link.ts';
import { job } from '../../support/money.ts';
import { createWorld, testCourier, type World } from '../../support/world.ts';

let world: World;
let local: ReturnType<typeof testCourier>;
let telegram: ReturnType<typeof testCourier>;
let userId: UserId;

beforeEach(async () => {
  world = await createWorld();
  local = testCourier();
  telegram = testCourier();
  world.couriers.set('local', local);
  world.couriers.set('telegram', telegram);
  userId = (await world.person()).userId;
});
afterEach(() => world.close());

const put = (key: string, kind: NoticeKind = 'topup.settled', to = userId) =>
  inTransaction(world.ctx(job), (ctx) =>
    putNotice(ctx, { userId: to, kind, params: { amountSatang: 9_007_199_254_740_993n, reference: 'TUX' }, key }),
  );
const deliver = () => deliverNotices(world.ctx(job));
const row = async (key: string) => {
  const [found] = await world.ctx(job).db.select().from(notice).where(eq(notice.key, key));
  if (!found) throw new Error('no such notice');
  return found;
};
const me = () => world.ctx({ kind: 'user', userId });

/** A second login of the person, on Telegram, used later than the first. */
async function withTelegram() {
  const other = await world.person('Somsri', 'telegram');
  const { code } = await createLinkCode(me(), { userId });
  const ctx = world.ctx({ kind: 'user', userId: other.userId });
  const link = await claimLink(ctx, { userId: other.userId, code });
  await agreeToJoin(ctx, { userId: other.userId, linkId: link.id });
  await deliver(); // that the two were joined
  local.delivered.length = 0;
  telegram.delivered.length = 0;
}

describe('a notice', () => {
  test('is delivered once, in the language of the person, with every digit of its money', async () => {
    await put('a');
    expect(await deliver()).toEqual({ taken: 1 });
    expect(await deliver()).toEqual({ taken: 0 });
    expect(local.delivered).toHaveLength(1);
    expect(local.delivered[0]).toMatchObject({
      to: { language: 'en' },
      notice: { kind: 'topup.settled', params: { amountSatang: '9007199254740993', reference: 'TUX' }, silent: false },
    });
    expect((await row('a')).status).toBe('sent');
  });

  test('with the same key is the same notice', async () => {
    await Promise.all([put('same'), put('same'), put('same')]);
    await put('same', 'topup.late');
    await deliver();
    expect(local.delivered.map((d) => d.notice.kind)).toEqual(['topup.settled']);
  });

  test('of a transaction that failed is never told', async () => {
    const failing = inTransaction(world.ctx(job), async (ctx) => {
      await putNotice(ctx, { userId, kind: 'topup.settled', key: 'lost' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await deliver()).toEqual({ taken: 0 });
  });

  test('is delivered once by several instances at once', async () => {
    for (let n = 0; n < 40; n++) await put(`many-${n}`);
    const others = [world.another(), world.another()].map((ctx) => ({ ...ctx, couriers: world.couriers }));
    await Promise.all([deliver(), ...others.flatMap((ctx) => [deliverNotices(ctx, 10), deliverNotices(ctx, 30)])]);
    await deliver();
    expect(local.delivered).toHaveLength(40);
    expect(new Set(local.delivered.map((d) => d.notice.id)).size).toBe(40);
  });

  test('is for one chat of a person with two: the one used last', async () => {
    await withTelegram();
    await put('one');
    await deliver();
    expect([local.delivered.length + telegram.delivered.length]).toEqual([1]);
  });
});

describe('a chat that does not take it', () => {
  test('because it is blocked is passed over for the other one, and remembered', async () => {
    await withTelegram();
    const [first] = await identitiesOf(me(), userId);
    const [here, there] = first?.provider === 'telegram' ? [telegram, local] : [local, telegram];
    here.answer = async () => 'unreachable';
    await put('fallback');
    await deliver();
    expect([here.delivered.length, there.delivered.length]).toEqual([0, 1]);
    here.answer = async () => 'sent';
    await put('next');
    await deliver();
    expect([here.delivered.length, there.delivered.length]).toEqual([0, 2]); // until the person writes there again
  });

  test('because all of them are shut is tried again later', async () => {
    local.answer = async () => 'unreachable';
    await put('shut');
    await deliver();
    const shut = await row('shut');
    expect([shut.status, shut.error]).toEqual(['waiting', 'local: takes no messages from us']);
    local.answer = async () => 'sent';
    world.clock.set(shut.dueAt);
    await deliver();
    expect((await row('shut')).status).toBe('sent');
  });

  test('because it asks us to wait is left alone for as long, and nobody else is told meanwhile', async () => {
    await withTelegram();
    for (const courier of [local, telegram]) courier.answer = async () => ({ retryAfterMs: minutes(3) });
    await put('wait');
    await deliver();
    for (const courier of [local, telegram]) courier.answer = async () => 'sent';
    world.clock.pass(minutes(3) - 1);
    expect(await deliver()).toEqual({ taken: 0 });
    world.clock.pass(1);
    await deliver();
    expect(local.delivered.length + telegram.delivered.length).toBe(1);
  });

  test('because it breaks is tried less and less often, and given up after twelve times', async () => {
    local.answer = () => Promise.reject(new Error('secret inner words'));
    await put('broken');
    const waits: number[] = [];
    for (let n = 0; n < 12; n++) {
      const now = world.clock.now();
      await deliver();
      const { dueAt, status } = await row('broken');
      if (status === 'waiting') waits.push(dueAt.getTime() - now.getTime());
      world.clock.set(dueAt);
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect([waits.length, waits[0], Math.max(...waits)]).toEqual([11, seconds(4), minutes(60)]);
    const end = await row('broken');
    expect([end.status, end.error, end.attempts]).toEqual(['failed', 'local: Error', 12]);
    expect(await deliver()).toEqual({ taken: 0 });
  });

  test('because this instance does not speak it is left to another one', async () => {
    world.couriers.delete('local');
    await put('elsewhere');
    await deliver();
    expect((await row('elsewhere')).error).toBe('no chat of this person is connected');
    world.couriers.set('local', local);
    world.clock.set((await row('elsewhere')).dueAt);
    await deliver();
    expect(local.delivered).toHaveLength(1);
  });
});

test('an instance that dies while delivering loses nothing: the lease runs out after a minute', async () => {
  await put('lease');
  let stuck = () => {};
  local.answer = () =>
    new Promise((resolve) => {
      stuck = () => resolve('unreachable');
    });
  const dying = deliver();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const courier = testCourier();
  const other = { ...world.another(), couriers: new Map([['local', courier] as const]) };
  expect(await deliverNotices(other)).toEqual({ taken: 0 });
  world.clock.pass(seconds(61));
  expect(await deliverNotices(other)).toEqual({ taken: 1 });
  expect(courier.delivered).toHaveLength(1);
  stuck();
  await dying;
});

describe('what a person wants', () => {
  test('a muted group is not told, what is about safety is', async () => {
    await muteNotices(me(), { userId, group: 'payments', muted: true });
    await put('muted', 'topup.settled');
    await put('told', 'topup.review');
    await put('reminder', 'topup.expired');
    await deliver();
    expect(local.delivered.map((d) => d.notice.kind).sort()).toEqual(['topup.expired', 'topup.review']);
    expect((await row('muted')).status).toBe('muted');
    await muteNotices(me(), { userId, group: 'payments', muted: false });
    expect((await readPreference(me(), userId)).muted).toEqual([]);
  });

  test('in quiet hours answers come without sound and the rest waits for the morning', async () => {
    await setQuietHours(me(), { userId, quiet: { fromMinute: 22 * 60, toMinute: 7 * 60 } });
    world.clock.set('2026-11-21T16:30:00Z'); // 23:30 in Bangkok
    await put('urgent', 'topup.settled');
    await put('later', 'topup.refunded');
    await deliver();
    expect(local.delivered.map((d) => [d.notice.kind, d.notice.silent])).toEqual([['topup.settled', true]]);
    expect((await row('later')).dueAt.toISOString()).toBe('2026-11-22T00:00:00.000Z'); // 07:00
    expect((await row('later')).attempts).toBe(0);
    world.clock.set('2026-11-22T00:00:00Z');
    await deliver();
    expect(local.delivered.at(-1)?.notice).toMatchObject({ kind: 'topup.refunded', silent: false });
  });

  test.each([
    ['22:00 to 07:00', 1320, 420, '21:59', null],
    ['22:00 to 07:00', 1320, 420, '22:00', '07:00'],
    ['22:00 to 07:00', 1320, 420, '00:00', '07:00'],
    ['22:00 to 07:00', 1320, 420, '06:59', '07:00'],
    ['22:00 to 07:00', 1320, 420, '07:00', null],
    ['09:00 to 17:00', 540, 1020, '12:00', '17:00'],
    ['09:00 to 17:00', 540, 1020, '17:00', null],
    ['00:00 to 00:01', 0, 1, '00:00', '00:01'],
  ])('quiet from %s, at %5$s', (_, fromMinute, toMinute, at, until) => {
    const end = quietUntil({ fromMinute, toMinute }, new Date(`2026-11-21T${at}:30+07:00`));
    expect(end === null ? null : new Date(end.getTime() + 7 * 3_600_000).toISOString().slice(11, 16)).toBe(until);
    if (end) expect(end.getTime()).toBeGreaterThan(new Date(`2026-11-21T${at}:30+07:00`).getTime());
  });

  test.each([
    [420, 420],
    [-1, 60],
    [60, 1440],
    [Number.NaN, 60],
  ])('quiet hours from minute %d to %d are refused: quiet_hours.invalid', async (fromMinute, toMinute) => {
    await expect(setQuietHours(me(), { userId, quiet: { fromMinute, toMinute } })).rejects.toMatchObject({
      code: 'quiet_hours.invalid',
    });
  });

  test('lifting quiet hours keeps what is muted', async () => {
    await muteNotices(me(), { userId, group: 'reminders', muted: true });
    await setQuietHours(me(), { userId, quiet: { fromMinute: 1, toMinute: 2 } });
    await setQuietHours(me(), { userId, quiet: null });
    expect(await readPreference(me(), userId)).toEqual({ quiet: null, muted: ['reminders'] });
  });
});

test('old notices are forgotten, waiting ones never', async () => {
  await put('old');
  await deliver();
  local.answer = async () => ({ retryAfterMs: days(500) });
  await put('waiting');
  await deliver();
  expect(await forgetNotices(world.ctx(job), later(world.clock.now(), days(1)))).toBe(1);
  expect((await row('waiting')).status).toBe('waiting');
});
