import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditEntry } from '../../../src/core/audit.ts';
import { minutes } from '../../../src/core/clock.ts';
import {
  afterQuiet,
  type BroadcastDraft,
  broadcastLimits,
  broadcastMoves,
  cancelBroadcast,
  draftBroadcast,
  editBroadcast,
  startBroadcast,
} from '../../../src/core/notices/broadcast.ts';
import { broadcast } from '../../../src/core/notices/tables.ts';
import { draft, drafted, reread } from '../../support/broadcasts.ts';
import { auditOf, job, operator } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
const ctx = () => world.ctx(operator);
const set = (id: string, values: Partial<typeof broadcast.$inferInsert>) =>
  world.ctx(job).db.update(broadcast).set(values).where(eq(broadcast.id, id));

describe('a draft', () => {
  test('that is sent twice is one draft, audited once with the operator', async () => {
    const broadcastId = ctx().newId('brc');
    const [one, two] = await Promise.all([1, 2].map(() => draftBroadcast(ctx(), { broadcastId, draft: draft() })));
    expect(two).toEqual(one);
    expect(one).toMatchObject({ id: broadcastId, status: 'draft', version: 0, createdBy: 'operator:opr_test' });
    expect(await auditOf(world, broadcastId)).toEqual(['broadcast.drafted']);
  });

  test('that went back and came with other words is refused, not lost: broadcast.stale', async () => {
    const { id: broadcastId } = await drafted(world);
    const again = draftBroadcast(ctx(), { broadcastId, draft: draft({ textEn: 'Other words' }) });
    await expect(again).rejects.toMatchObject({ code: 'broadcast.stale' });
  });

  test('whose id was not born with a form of ours is refused: form.stale', async () => {
    for (const broadcastId of ['', 'brc_1', `brc_${'I'.repeat(26)}`, 'top_01JD0000000000000000000000'])
      await expect(draftBroadcast(ctx(), { broadcastId, draft: draft() })).rejects.toMatchObject({
        code: 'form.stale',
      });
  });

  const long = 'ก'.repeat(broadcastLimits.letters + 1);
  test.each<[string, Partial<BroadcastDraft>]>([
    ['broadcast.thai_invalid', { textTh: ' \n ' }],
    ['broadcast.thai_invalid', { textTh: long }],
    ['broadcast.english_invalid', { textEn: '' }],
    ['broadcast.english_invalid', { textEn: long }],
    ['broadcast.rate_invalid', { perMinute: 0 }],
    ['broadcast.rate_invalid', { perMinute: 3001 }],
    ['broadcast.rate_invalid', { perMinute: 1.5 }],
    ['broadcast.rate_invalid', { perMinute: Number.NaN }],
    ['broadcast.days_invalid', { segment: { seenWithinDays: 0 } }],
    ['broadcast.days_invalid', { segment: { seenWithinDays: Number.NaN } }],
    ['amount.invalid', { segment: { walletFromSatang: '-1' } }],
    ['amount.invalid', { segment: { walletFromSatang: '1 or true' } }],
  ])('is refused with %s: %j', async (code, more) => {
    const broadcastId = ctx().newId('brc');
    await expect(draftBroadcast(ctx(), { broadcastId, draft: draft(more) })).rejects.toMatchObject({ code });
    const { id } = await drafted(world);
    const edited = editBroadcast(ctx(), { broadcastId: id, version: 0, draft: draft(more) });
    await expect(edited).rejects.toMatchObject({ code });
  });

  test('keeps its lines and loses what cannot be seen', async () => {
    const textEn = '  One\r\ntwo\t\u202ethree\u0007\r\n\r\n\r\n\r\n<b>four</b> \ud800 ';
    expect((await drafted(world, { textEn })).textEn).toBe('One\ntwo three\n\n<b>four</b> \ufffd');
    const most = 'ก'.repeat(broadcastLimits.letters);
    expect((await drafted(world, { textTh: `\r\n${most}\r\n` })).textTh).toBe(most);
  });

  test('is changed by whoever saw the newest version; an older one is broadcast.stale', async () => {
    const { id: broadcastId } = await drafted(world);
    const edit = (version: number, textEn: string) =>
      editBroadcast(ctx(), { broadcastId, version, draft: draft({ textEn, segment: { paid: true, language: 'th' } }) });
    const [one, two] = await Promise.all([edit(0, 'Same'), edit(0, 'Same')]); // pressed twice
    expect([one.version, two.version]).toEqual([1, 1]);
    await expect(edit(0, 'Other')).rejects.toMatchObject({ code: 'broadcast.stale' });
    expect((await edit(1, 'Other')).version).toBe(2);
    expect(await auditOf(world, broadcastId)).toEqual(['broadcast.drafted', 'broadcast.edited', 'broadcast.edited']);
  });

  test('that is missing is broadcast.missing', async () => {
    const input = { broadcastId: 'brc_x', version: 0 };
    const calls = [
      () => editBroadcast(ctx(), { ...input, draft: draft() }),
      () => startBroadcast(ctx(), input),
      () => cancelBroadcast(ctx(), input),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'broadcast.missing' });
  });
});

describe('a broadcast', () => {
  test('is sent as it was looked at: another version is broadcast.stale', async () => {
    const { id: broadcastId } = await drafted(world);
    await editBroadcast(ctx(), { broadcastId, version: 0, draft: draft({ textEn: 'Changed' }) });
    await expect(startBroadcast(ctx(), { broadcastId, version: 0 })).rejects.toMatchObject({ code: 'broadcast.stale' });
    const sent = await startBroadcast(ctx(), { broadcastId, version: 1 });
    expect(sent).toMatchObject({ status: 'sending', textEn: 'Changed', startedAt: world.clock.now() });
  });

  test('that is sent twice, or by two operators at once, is sent once', async () => {
    const { id: broadcastId } = await drafted(world);
    const send = () => startBroadcast(ctx(), { broadcastId, version: 0 });
    const [first, ...others] = await Promise.all([send(), send(), send()]);
    world.clock.pass(minutes(1));
    for (const each of [...others, await send()]) expect(each.startedAt).toEqual(first.startedAt);
    expect(await auditOf(world, broadcastId)).toEqual(['broadcast.drafted', 'broadcast.started']);
    const { db } = world.ctx(job);
    const [, line] = await db
      .select()
      .from(auditEntry)
      .where(eq(auditEntry.subject, broadcastId))
      .orderBy(auditEntry.seq);
    expect(line).toMatchObject({ actor: 'operator:opr_test', detail: { version: 0, perMinute: 600, segment: '{}' } });
  });

  test('moves only along its table; anything else is broadcast.closed', async () => {
    const acts = {
      edit: (broadcastId: string) => editBroadcast(ctx(), { broadcastId, version: 0, draft: draft({ textEn: 'New' }) }),
      send: (broadcastId: string) => startBroadcast(ctx(), { broadcastId, version: 0 }),
      cancel: (broadcastId: string) => cancelBroadcast(ctx(), { broadcastId }),
    };
    const statuses = Object.keys(broadcastMoves) as (keyof typeof broadcastMoves)[];
    const ends: Record<string, string> = {};
    for (const from of statuses)
      for (const [name, act] of Object.entries(acts)) {
        const { id } = await drafted(world);
        await set(id, { status: from, ...(from === 'draft' ? {} : { startedAt: world.clock.now() }) });
        const code = await act(id).then(
          () => 'ok',
          (error: { code: string }) => error.code,
        );
        ends[`${from} ${name}`] = `${code} ${(await reread(world, id)).status}`;
      }
    expect(ends).toEqual({
      'draft edit': 'ok draft',
      'draft send': 'ok sending',
      'draft cancel': 'ok cancelled',
      'sending edit': 'broadcast.closed sending',
      'sending send': 'ok sending',
      'sending cancel': 'ok cancelled',
      'done edit': 'broadcast.closed done',
      'done send': 'ok done',
      'done cancel': 'broadcast.closed done',
      'cancelled edit': 'broadcast.closed cancelled',
      'cancelled send': 'broadcast.closed cancelled',
      'cancelled cancel': 'ok cancelled',
    });
  });

  test('that is cancelled twice is cancelled once', async () => {
    const { id: broadcastId } = await drafted(world);
    await startBroadcast(ctx(), { broadcastId, version: 0 });
    await Promise.all([1, 2, 3].map(() => cancelBroadcast(ctx(), { broadcastId })));
    const { status, endedAt } = await reread(world, broadcastId);
    expect([status, endedAt]).toEqual(['cancelled', world.clock.now()]);
    expect((await auditOf(world, broadcastId)).filter((action) => action === 'broadcast.cancelled')).toHaveLength(1);
  });
});

test.each([
  ['one who was first in line', 0, '2026-11-22T00:00:00.000Z'],
  ['one who was planned ten minutes later', 10, '2026-11-22T00:10:00.000Z'],
  ['one who was planned so late that it is evening again', 15 * 60 + 5, '2026-11-22T00:05:00.000Z'],
])('after quiet hours %s keeps the place in the line', (_, behind, told) => {
  const startedAt = new Date('2026-11-21T16:00:00Z');
  const plannedAt = new Date(startedAt.getTime() + minutes(behind)).toISOString();
  const quiet = { fromMinute: 22 * 60, toMinute: 7 * 60 };
  const until = new Date('2026-11-22T00:00:00Z');
  expect(afterQuiet({ startedAt }, { plannedAt }, quiet, until).toISOString()).toBe(told);
  expect(afterQuiet({ startedAt }, {}, quiet, until)).toEqual(until);
});
