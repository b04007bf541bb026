import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minutes } from '../../../src/core/clock.ts';
import { identitiesOf, markUnreachable, meet } from '../../../src/core/people/identity.ts';
import { identity, user } from '../../../src/core/people/tables.ts';
import { blockUser, readUser, setLanguage, unblockUser } from '../../../src/core/people/user.ts';
import { auditOf, job, operator } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const chat = () => world.ctx({ kind: 'chat', provider: 'telegram' });
const login = (subject: string, displayName = 'สมศรี', languageHint?: string) => ({
  provider: 'telegram' as const,
  subject,
  displayName,
  languageHint,
});

describe('meeting', () => {
  test('the first message makes a person, the second finds them', async () => {
    const first = await meet(chat(), login('1'));
    const second = await meet(chat(), login('1'));
    expect([first.isNew, second.isNew, second.user.id]).toEqual([true, false, first.user.id]);
    expect(await auditOf(world, first.user.id)).toEqual(['user.joined']);
  });

  test('forty first messages at once make one person', async () => {
    const { db } = chat();
    const [people, logins] = [await db.$count(user), await db.$count(identity)];
    const met = await Promise.all(Array.from({ length: 40 }, () => meet(chat(), login('race'))));
    expect(new Set(met.map((m) => m.user.id)).size).toBe(1);
    expect(met.filter((m) => m.isNew)).toHaveLength(1);
    expect([await db.$count(user), await db.$count(identity)]).toEqual([people + 1, logins + 1]);
  });

  test('the same number on another chat is another person', async () => {
    const here = await meet(chat(), login('77'));
    const there = await meet(chat(), { ...login('77'), provider: 'discord' });
    expect(there.user.id).not.toBe(here.user.id);
  });

  test.each([
    ['th-TH', 'th'],
    ['TH', 'th'],
    ['en-US', 'en'],
    ['de', 'en'],
    [undefined, 'th'],
  ])('a hint of %s is answered in %s', async (hint, language) => {
    expect((await meet(chat(), login(`hint-${hint}`, 'x', hint))).user.language).toBe(language);
  });

  test.each([
    ['a\u202Eb\u0000c\nd\u{1F468}\u200D\u{1F33E}', 'abcd\u{1F468}\u{1F33E}'],
    ['  สมชาย  ', 'สมชาย'],
    ['\u200b\u2066', '?'],
    ['', '?'],
    ['x'.repeat(500), 'x'.repeat(64)],
    ['<b>&"', '<b>&"'],
  ])('the name %j is kept as %j', async (name, kept) => {
    expect((await meet(chat(), login(`name-${JSON.stringify(name)}`, name))).user.displayName).toBe(kept);
  });

  test('a new name is noticed at once, being seen once a minute', async () => {
    const before = await meet(chat(), login('seen'));
    world.clock.pass(minutes(0.5));
    expect((await meet(chat(), login('seen'))).identity.lastSeenAt).toEqual(before.identity.lastSeenAt);
    expect((await meet(chat(), login('seen', 'New'))).identity.displayName).toBe('New');
    world.clock.pass(minutes(2));
    expect((await meet(chat(), login('seen', 'New'))).identity.lastSeenAt).toEqual(world.clock.now());
  });

  test('is for chats alone', async () => {
    await expect(meet(world.ctx(job), login('x'))).rejects.toMatchObject({ code: 'access.denied' });
  });
});

test('who writes again is reachable again, and the reachable login comes first', async () => {
  const { user, identity } = await meet(chat(), login('far'));
  const me = world.ctx({ kind: 'user', userId: user.id });
  await markUnreachable(chat(), identity.id);
  expect((await identitiesOf(me, user.id))[0]?.unreachableAt).toEqual(world.clock.now());
  await meet(chat(), login('far'));
  expect((await identitiesOf(me, user.id))[0]?.unreachableAt).toBeNull();
  await expect(identitiesOf(chat(), user.id)).rejects.toMatchObject({ code: 'access.denied' });
});

describe('blocking', () => {
  test('twice for one reason is blocking once, and unblocking lifts it, once', async () => {
    const { userId } = await world.person();
    const ops = world.ctx(operator);
    await blockUser(ops, { userId, reason: 'first' });
    const { blockedAt } = await readUser(ops, userId);
    world.clock.pass(minutes(1));
    await Promise.all([1, 2, 3].map(() => blockUser(ops, { userId, reason: ' first ' })));
    expect((await readUser(ops, userId)).blockedAt).toEqual(blockedAt);
    await Promise.all([1, 2, 3].map(() => unblockUser(ops, { userId, reason: 'sorry' })));
    expect(await readUser(ops, userId)).toMatchObject({ blockedAt: null, blockedReason: null });
    expect(await auditOf(world, userId)).toEqual(['user.joined', 'user.blocked', 'user.unblocked']);
  });

  test('notices what somebody else has done meanwhile: user.changed', async () => {
    const { userId } = await world.person();
    const ops = world.ctx(operator);
    await blockUser(ops, { userId, reason: 'first' });
    const { blockedAt: seenBlockedAt } = await readUser(ops, userId);
    await expect(blockUser(ops, { userId, reason: 'second' })).rejects.toMatchObject({ code: 'user.changed' });
    await unblockUser(ops, { userId, reason: 'sorry' });
    world.clock.pass(minutes(1));
    await blockUser(ops, { userId, reason: 'again' });
    const stale = unblockUser(ops, { userId, reason: 'old', seenBlockedAt: seenBlockedAt ?? undefined });
    await expect(stale).rejects.toMatchObject({ code: 'user.changed' });
    expect((await readUser(ops, userId)).blockedReason).toBe('again');
  });

  test('of two operators at once is the reason of one of them', async () => {
    const { userId } = await world.person();
    const ops = world.ctx(operator);
    const results = await Promise.allSettled(['one', 'two'].map((reason) => blockUser(ops, { userId, reason })));
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await auditOf(world, userId)).toEqual(['user.joined', 'user.blocked']);
  });

  test('needs an operator, a reason and somebody', async () => {
    const { userId } = await world.person();
    const ops = world.ctx(operator);
    for (const act of [blockUser, unblockUser]) {
      await expect(act(world.ctx({ kind: 'user', userId }), { userId, reason: 'x' })).rejects.toMatchObject({
        code: 'access.denied',
      });
      await expect(act(ops, { userId, reason: ' ' })).rejects.toMatchObject({ code: 'reason.required' });
      const nobody = 'usr_none' as typeof userId;
      await expect(act(ops, { userId: nobody, reason: 'x' })).rejects.toMatchObject({ code: 'user.missing' });
    }
  });
});

test("nobody sets somebody else's language", async () => {
  const [a, b] = [(await world.person()).userId, (await world.person()).userId];
  await expect(
    setLanguage(world.ctx({ kind: 'user', userId: a }), { userId: b, language: 'th' }),
  ).rejects.toMatchObject({
    code: 'access.denied',
  });
});
