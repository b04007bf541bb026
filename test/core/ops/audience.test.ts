import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { days, minutes } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { adjustWallet } from '../../../src/core/money/byHand.ts';
import type { Segment } from '../../../src/core/notices/tables.ts';
import { countAudience, MOST_COUNTED } from '../../../src/core/ops/audience.ts';
import { readBroadcast, testBroadcast } from '../../../src/core/ops/broadcasts.ts';
import { findRecipient } from '../../../src/core/ops/recipient.ts';
import { sendBroadcasts } from '../../../src/core/ops/sendBroadcasts.ts';
import { identity, user } from '../../../src/core/people/tables.ts';
import { blockUser } from '../../../src/core/people/user.ts';
import { crowd, drafted, started, toldOf } from '../../support/broadcasts.ts';
import { auditOf, job, newTopup, noticesOf, operator, record } from '../../support/money.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
const people: Record<string, UserId> = {};
const nameOf = (id: UserId) => Object.keys(people).find((name) => people[name] === id) ?? id;
const db = () => world.ctx(job).db;

beforeAll(async () => {
  world = await createWorld();
  const add = async (name: string, provider?: 'telegram' | 'discord') => {
    const { userId } = await world.person(name, provider);
    people[name] = userId;
    return userId;
  };
  await add('Old');
  world.clock.pass(days(40));
  await db()
    .update(user)
    .set({ language: 'th' })
    .where(eq(user.id, await add('Thai', 'telegram')));
  await record(world, paid((await newTopup(world, await add('Payer', 'discord'))).reference, 500_00n));
  const rich = await add('Rich');
  const adjustment = { userId: rich, amountSatang: 100_000_00n, reason: 'gift', requestKey: 'rich' };
  await adjustWallet(world.ctx(operator), adjustment);
  const underpaid = await newTopup(world, await add('Underpaid'));
  await record(world, paid(underpaid.reference, 1_00n)); // waits in suspense: not theirs yet
  await blockUser(world.ctx(operator), { userId: await add('Blocked'), reason: 'why' });
  await db()
    .delete(identity)
    .where(eq(identity.userId, await add('Chatless')));
  world.clock.pass(minutes(1));
});
afterAll(() => world.close());

const everybody = ['Old', 'Payer', 'Rich', 'Thai', 'Underpaid'];

describe('a segment', () => {
  test.each<[Segment, string[]]>([
    [{}, everybody],
    [{ language: 'th' }, ['Thai']],
    [{ language: 'en' }, ['Old', 'Payer', 'Rich', 'Underpaid']],
    [{ provider: 'telegram' }, ['Thai']],
    [{ provider: 'discord' }, ['Payer']],
    [{ paid: true }, ['Payer']],
    [{ paid: false }, ['Old', 'Rich', 'Thai', 'Underpaid']],
    [{ seenWithinDays: 40 }, ['Payer', 'Rich', 'Thai', 'Underpaid']],
    [{ seenWithinDays: 41 }, everybody],
    [{ walletFromSatang: '50000' }, ['Payer', 'Rich']],
    [{ walletFromSatang: '50001' }, ['Rich']],
    [{ walletFromSatang: '10000001' }, []],
    [{ provider: 'local', seenWithinDays: 1, paid: false, language: 'en', walletFromSatang: '1' }, ['Rich']],
  ])('of %j reaches whom its preview counted', async (segment, expected) => {
    const counted = await countAudience(world.ctx(operator), { segment });
    const { id } = await started(world, 3000, segment);
    await sendBroadcasts(world.ctx(job));
    expect((await toldOf(world, id)).map(nameOf).sort()).toEqual(expected);
    expect(counted).toEqual({ people: expected.length, more: false });
    const { progress } = await readBroadcast(world.ctx(operator), { broadcastId: id });
    expect(progress).toEqual({ waiting: expected.length, sent: 0, muted: 0, failed: 0, withdrawn: 0 });
  });
});

describe('one person', () => {
  const find = (text: string) => findRecipient(world.ctx(operator), { text });

  test('is found by id, by the reference of a top-up, by a whole name before a part of one', async () => {
    const { userId } = await world.person('Niran');
    await world.person('Niran Suk');
    const topup = await newTopup(world, userId);
    for (const text of [userId, ` ${topup.reference.toLowerCase()} `, 'niran', 'NIRAN '])
      expect((await find(text)).id, text).toBe(userId);
  });

  test('is found under the account that theirs was joined into', async () => {
    const [from, into] = [await world.person('Gone'), await world.person('Stays')];
    await db().update(user).set({ mergedInto: into.userId }).where(eq(user.id, from.userId));
    expect((await find(from.userId)).id).toBe(into.userId);
    await expect(find('Gone')).rejects.toMatchObject({ code: 'broadcast.nobody_found' });
  });

  test('who is not one, or nobody we may write to, is refused', async () => {
    await world.person('Twin');
    await world.person('Twin');
    const wrong = {
      Twin: 'broadcast.many_found',
      a: 'broadcast.many_found',
      Nobody: 'broadcast.nobody_found',
      '%': 'broadcast.nobody_found',
      usr_x: 'broadcast.nobody_found',
      TU0000000000: 'broadcast.nobody_found',
      Blocked: 'broadcast.nobody_found',
      [String(people.Blocked)]: 'broadcast.nobody_found',
      '  ': 'argument.required',
    };
    for (const [text, code] of Object.entries(wrong)) await expect(find(text), text).rejects.toMatchObject({ code });
  });

  test('gets a test of a draft as it was looked at, once a form, and it is audited', async () => {
    const { id: broadcastId, version } = await drafted(world);
    const { userId } = await world.person('Tester');
    const send = (requestKey: string, seen = version) =>
      testBroadcast(world.ctx(operator), { broadcastId, version: seen, to: userId, requestKey });
    await Promise.all([send('one'), send('one'), send('one')]);
    await expect(send('two', version + 1)).rejects.toMatchObject({ code: 'broadcast.stale' });
    expect(await noticesOf(world, userId)).toEqual(['broadcast.test']);
    expect(await auditOf(world, broadcastId)).toEqual(['broadcast.drafted', 'broadcast.tested']);
  });
});

test('a preview counts no further than is worth knowing', async () => {
  await crowd(world, MOST_COUNTED + 1);
  expect(await countAudience(world.ctx(operator), { segment: {} })).toEqual({ people: MOST_COUNTED, more: true });
});
