import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inTransaction } from '../../../src/core/context.ts';
import type { UserId } from '../../../src/core/id.ts';
import { deliverNotices, putNotice } from '../../../src/core/notices/notice.ts';
import { muteNotices, readPreference, setQuietHours } from '../../../src/core/notices/preference.ts';
import { defaultQuietHours } from '../../../src/core/notices/settings.ts';
import { notice } from '../../../src/core/notices/tables.ts';
import { writeSetting } from '../../../src/core/setting.ts';
import { job, operator } from '../../support/money.ts';
import { createWorld, testCourier, type World } from '../../support/world.ts';

let world: World;
let userId: UserId;
beforeEach(async () => {
  world = await createWorld();
  userId = (await world.person()).userId;
});
afterEach(() => world.close());

const me = () => world.ctx({ kind: 'user', userId });
const quiet = async () => (await readPreference(me(), userId)).quiet;
const setDefault = (fromMinute: number | null, toMinute: number | null, version: number) =>
  writeSetting(world.ctx(operator), defaultQuietHours, { value: { fromMinute, toMinute }, version });

test('whoever has not chosen follows the default, also after it has changed', async () => {
  expect(await quiet()).toBeNull();
  await setDefault(1320, 420, 0);
  expect(await quiet()).toEqual({ fromMinute: 1320, toMinute: 420 });
  await muteNotices(me(), { userId, group: 'reminders', muted: true }); // that chooses nothing about hours
  await setDefault(1380, 360, 1);
  expect(await readPreference(me(), userId)).toEqual({
    quiet: { fromMinute: 1380, toMinute: 360 },
    muted: ['reminders'],
  });
});

test('whoever has chosen keeps their choice, and to have no quiet hours is one', async () => {
  await setDefault(1320, 420, 0);
  expect((await setQuietHours(me(), { userId, quiet: null })).quiet).toBeNull();
  await muteNotices(me(), { userId, group: 'payments', muted: true });
  expect(await readPreference(me(), userId)).toEqual({ quiet: null, muted: ['payments'] });
  await setQuietHours(me(), { userId, quiet: { fromMinute: 60, toMinute: 120 } });
  await setDefault(null, null, 1);
  expect(await quiet()).toEqual({ fromMinute: 60, toMinute: 120 });
});

test('a notice waits for the end of the default quiet hours', async () => {
  const courier = testCourier();
  world.couriers.set('local', courier);
  await setDefault(1320, 420, 0);
  world.clock.set('2026-11-21T16:30:00Z'); // 23:30 in Bangkok
  await inTransaction(world.ctx(job), (ctx) =>
    putNotice(ctx, { userId, kind: 'suspense.returned', params: { amountSatang: 1n, reference: 'TUX' }, key: 'one' }),
  );
  await deliverNotices(world.ctx(job));
  const [row] = await world.ctx(job).db.select().from(notice).where(eq(notice.key, 'one'));
  expect([courier.delivered.length, row?.dueAt.toISOString()]).toEqual([0, '2026-11-22T00:00:00.000Z']); // 07:00
});
