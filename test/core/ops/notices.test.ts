import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minutes } from '../../../src/core/clock.ts';
import { inTransaction } from '../../../src/core/context.ts';
import type { UserId } from '../../../src/core/id.ts';
import { deliverNotices, type Notice, putNotice, retryNotice } from '../../../src/core/notices/notice.ts';
import { notice } from '../../../src/core/notices/tables.ts';
import { readWhy, whys } from '../../../src/core/notices/why.ts';
import { listNotices, type NoticeFilter, readNotice } from '../../../src/core/ops/notices.ts';
import { identity, user } from '../../../src/core/people/tables.ts';
import { crowd, newsOf, started } from '../../support/broadcasts.ts';
import { alerts, auditOf, job, operator } from '../../support/money.ts';
import { createWorld, testCourier, type World } from '../../support/world.ts';

let world: World;
let courier: ReturnType<typeof testCourier>;
let keys = 0;
beforeAll(async () => {
  world = await createWorld();
  courier = testCourier();
  world.couriers.set('local', courier);
});
afterAll(() => world.close());

const ctx = () => world.ctx(operator);
const list = (filter: NoticeFilter) => listNotices(ctx(), filter);
const only = async (filter: NoticeFilter) => (await list(filter)).items.map((item) => item.notice.id);
const set = (id: string, values: Partial<Notice>) =>
  world.ctx(job).db.update(notice).set(values).where(eq(notice.id, id));

async function put(userId: UserId, kind: 'topup.settled' | 'topup.expired' = 'topup.settled'): Promise<string> {
  keys += 1;
  const params = { amountSatang: 1_234_56n, reference: 'TU0123456789', topupId: 'top_x' };
  await inTransaction(world.ctx(job), (ctx) => putNotice(ctx, { userId, kind, params, key: `key-${keys}` }));
  const rows = await world.ctx(job).db.select().from(notice).where(eq(notice.userId, userId)).orderBy(asc(notice.id));
  return rows.at(-1)?.id ?? '';
}

describe('the list', () => {
  test('shows the newest first and goes on where it ended, without a gap or a repeat', async () => {
    const { userId } = await world.person('Many');
    const put60 = [];
    for (let n = 0; n < 60; n++) put60.push(await put(userId));
    const seen: string[] = [];
    let before: string | undefined;
    for (let page = 0; page < 5; page++) {
      const { items, next } = await list({ person: userId, before });
      seen.push(...items.map((item) => item.notice.id));
      before = next;
      if (!next) break;
    }
    expect(seen).toEqual(put60.reverse());
  });

  test('is narrowed by state, kind, person and day', async () => {
    const { userId } = await world.person('Niran 100%');
    world.clock.set('2026-12-05T05:00:00Z');
    const states = ['waiting', 'sent', 'muted', 'failed', 'withdrawn'] as const;
    const ids: Record<string, string> = {};
    for (const status of states) {
      ids[status] = await put(userId, 'topup.expired');
      await set(ids[status], { status });
    }
    for (const status of states) expect(await only({ status, person: userId }), status).toEqual([ids[status]]);
    expect(await only({ status: 'failed' })).toEqual([ids.failed]);
    expect(await only({ kind: 'topup.expired' })).toHaveLength(5);
    expect(await only({ kind: 'topup.expired', status: 'muted' })).toEqual([ids.muted]);
    expect(await only({ person: 'niran 100%' })).toHaveLength(5);
    expect(await only({ person: 'Nobody' })).toEqual([]);
    expect(await only({ person: 'usr_x' })).toEqual([]);
    const [from, until] = [new Date('2026-12-05T00:00:00+07:00'), new Date('2026-12-06T00:00:00+07:00')];
    expect(await only({ person: userId, from, until })).toHaveLength(5);
    expect(await only({ person: userId, until: from })).toEqual([]);
    expect(await only({ person: userId, from: until })).toEqual([]);
    for (const status of states) await set(ids[status] ?? '', { status: 'sent' });
  });

  test('says when a name is too common to be looked for', async () => {
    for (let n = 0; n < 21; n++) await world.person(`Somchai ${n}`);
    expect((await list({ person: 'somchai' })).crowded).toBe(true);
    expect((await list({ person: 'somchai 2' })).crowded).toBe(false);
  });

  test('finds a rare state far back in stretches, each of them short', async () => {
    const [old] = await crowd(world, 1);
    if (!old) throw new Error('nobody');
    const rare = await put(old);
    await set(rare, { status: 'muted' });
    world.clock.pass(minutes(1));
    await world.ctx(job).db.execute(`
      insert into notice (id, user_id, kind, params, status, due_at, created_at)
      select 'ntc_8' || lpad(n::text, 25, '0'), '${old}', 'topup.settled', '{}', 'sent', now(), now()
      from generate_series(1, 25000) n`);
    const first = await list({ status: 'muted' });
    expect(first.items).toEqual([]);
    const { next = '' } = first;
    expect(next).toBe(`ntc_8${'5001'.padStart(25, '0')}`);
    expect(await only({ status: 'muted', before: next })).toContain(rare);
  });

  test('shows the notices of one broadcast', async () => {
    const { id } = await started(world, 3000);
    const { userId } = await world.person('Reader');
    await world.ctx(job).db.insert(notice).values({
      id: 'ntc_9', // after all the others
      userId,
      kind: 'broadcast.news',
      params: {},
      status: 'failed',
      dueAt: world.clock.now(),
      createdAt: world.clock.now(),
      broadcastId: id,
    });
    expect(await only({ broadcastId: id })).toEqual(['ntc_9']);
    expect(await only({ broadcastId: id, status: 'sent' })).toEqual([]);
    const { words } = await readNotice(ctx(), { noticeId: 'ntc_9' });
    expect(words).toBe('📣 Maintenance tonight\n\nTo stop getting news: /settings');
    expect(await newsOf(world, id)).toHaveLength(1);
    await set('ntc_9', { status: 'sent' });
  });
});

describe('one notice', () => {
  test('is shown as its person reads it, with the chat that took it', async () => {
    const { userId, identity: login } = await world.person('Somsri');
    const noticeId = await put(userId);
    await deliverNotices(world.ctx(job), 100);
    const story = await readNotice(ctx(), { noticeId });
    expect(story.words).toBe('✅ ฿1,234.56 has arrived in your wallet. Reference TU0123456789.');
    expect(story.sentTo).toMatchObject({ id: login.id, provider: 'local' });
    await world.ctx(job).db.update(user).set({ language: 'th' }).where(eq(user.id, userId));
    await world.ctx(job).db.delete(identity).where(eq(identity.id, login.id));
    const later = await readNotice(ctx(), { noticeId });
    expect(later.words).toContain('เข้ากระเป๋าของคุณแล้วค่ะ');
    expect(later.sentTo).toBeNull();
  });

  test('that this version has no words for is shown without', async () => {
    const { userId } = await world.person('Later');
    const noticeId = await put(userId);
    await set(noticeId, { kind: 'of.tomorrow' });
    expect((await readNotice(ctx(), { noticeId })).words).toBeUndefined();
    await set(noticeId, { kind: 'topup.settled', params: {} });
    expect((await readNotice(ctx(), { noticeId })).words).toBeUndefined();
    await expect(readNotice(ctx(), { noticeId: 'ntc_x' })).rejects.toMatchObject({ code: 'notice.missing' });
    await set(noticeId, { status: 'sent' });
  });

  test('that failed is tried again from the first attempt, once however often it is asked for, and audited', async () => {
    const { userId } = await world.person('Shut');
    const noticeId = await put(userId);
    courier.answer = () => Promise.reject(new Error('away'));
    for (let n = 0; n < 12; n++) {
      await deliverNotices(world.ctx(job), 100);
      const { notice: row } = await readNotice(ctx(), { noticeId });
      world.clock.set(row.dueAt);
    }
    expect((await readNotice(ctx(), { noticeId })).notice).toMatchObject({ status: 'failed', attempts: 12 });
    expect(await alerts(world)).toEqual(['notice.failed']);
    courier.answer = async () => 'sent';
    await Promise.all([1, 2, 3].map(() => retryNotice(ctx(), { noticeId })));
    expect((await readNotice(ctx(), { noticeId })).notice).toMatchObject({ status: 'waiting', attempts: 0 });
    await deliverNotices(world.ctx(job), 100);
    await retryNotice(ctx(), { noticeId }); // it is told by now
    expect((await readNotice(ctx(), { noticeId })).notice).toMatchObject({ status: 'sent', attempts: 1, error: null });
    expect(await auditOf(world, noticeId)).toEqual(['notice.retried']);
  });

  test.each(['muted', 'withdrawn'] as const)('that is %s is not tried again: notice.not_failed', async (status) => {
    const noticeId = await put((await world.person()).userId);
    await set(noticeId, { status });
    await expect(retryNotice(ctx(), { noticeId })).rejects.toMatchObject({ code: 'notice.not_failed' });
    await expect(retryNotice(ctx(), { noticeId: 'ntc_x' })).rejects.toMatchObject({ code: 'notice.missing' });
  });
});

test('why a notice was not told is read back from what its row keeps', () => {
  for (const [why, text] of Object.entries(whys)) {
    expect(readWhy(text)).toEqual({ provider: undefined, why, fault: text });
    expect(readWhy(`telegram: ${text}`)).toEqual({ provider: 'telegram', why, fault: text });
  }
  expect(readWhy('discord: DiscordAPIError')).toEqual({ provider: 'discord', why: 'fault', fault: 'DiscordAPIError' });
});
