import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditEntry } from '../../../src/core/audit.ts';
import { storeUpdates } from '../../../src/core/chats/inbox.ts';
import { addLocalMessage } from '../../../src/core/chats/localMessage.ts';
import { openQuestion } from '../../../src/core/chats/question.ts';
import { showScreen } from '../../../src/core/chats/screen.ts';
import { minutes } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { askAdjustment, withdrawAdjustment } from '../../../src/core/money/adjustment.ts';
import { agreeToJoin } from '../../../src/core/money/join.ts';
import { refundTopup } from '../../../src/core/money/refund.ts';
import { returnSuspense } from '../../../src/core/money/suspense.ts';
import { payment, topup } from '../../../src/core/money/tables.ts';
import { cancelTopup, expireTopups, requestTopup } from '../../../src/core/money/topup.ts';
import { deliverNotices } from '../../../src/core/notices/notice.ts';
import { setQuietHours } from '../../../src/core/notices/preference.ts';
import { closeAccount, hindrancesOf } from '../../../src/core/ops/closing.ts';
import { meet } from '../../../src/core/people/identity.ts';
import { claimLink, createLinkCode, refuseLink } from '../../../src/core/people/link.ts';
import { blockUser, readUser, unblockUser } from '../../../src/core/people/user.ts';
import {
  buyer,
  chatQuestion,
  chatScreen,
  chatUpdate,
  contract,
  guildGrant,
  identity,
  link,
  localMessage,
  notice,
  noticePreference,
  plan,
  refund,
} from '../../../src/core/tables.ts';
import {
  adjustWallet,
  alerts,
  auditOf,
  balancesOf,
  expectClean,
  job,
  lastSuspense,
  newTopup,
  operator,
  record,
  stateOf,
  walletOf,
} from '../../support/money.ts';
import { createWorld, paid, testCourier, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});

const ops = () => world.ctx(operator);
const close = (userId: UserId, reason = 'asked for it') => closeAccount(ops(), { userId, reason });
const whys = async (userId: UserId) => (await hindrancesOf(ops(), userId)).map(({ why }) => why);
const as = (userId: UserId) => world.ctx({ kind: 'user', userId });
const closed = { code: 'user.closed' };

/** Every row of every table, as text: what is not in here is nowhere. */
async function everything(): Promise<string> {
  const { db } = ops();
  const tables = await db.execute<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const texts = [];
  for (const { name } of tables) {
    const rows = await db.execute<{ row: string }>(sql`select t::text as row from ${sql.identifier(name)} t`);
    texts.push(...rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

async function joined(issuer: UserId, claimant: UserId): Promise<void> {
  const { code } = await createLinkCode(as(issuer), { userId: issuer });
  const { id: linkId } = await claimLink(as(claimant), { userId: claimant, code });
  await agreeToJoin(as(claimant), { userId: claimant, linkId });
  if ((await readUser(ops(), claimant)).mergedInto === null) await agreeToJoin(as(issuer), { userId: issuer, linkId });
}

/** Somebody with a history that is settled, and traces of their name wherever there can be any. */
async function withTraces(name: string, subject: string) {
  const chat = world.ctx({ kind: 'chat', provider: 'local' });
  const { user, identity: local } = await meet(chat, { provider: 'local', subject, displayName: name });
  const telegram = world.ctx({ kind: 'chat', provider: 'telegram' });
  const number = `77${world.clock.now().getTime()}`;
  const other = await meet(telegram, { provider: 'telegram', subject: number, displayName: name });
  await joined(user.id, other.user.id);
  const requestKey = `local:${subject}:1`;
  const { topup: top } = await requestTopup(as(user.id), { userId: user.id, amountSatang: 100_00n, requestKey });
  await record(world, paid(top.reference, 100_00n));
  await adjustWallet(ops(), {
    userId: user.id,
    amountSatang: -100_00n,
    reason: 'spent',
    requestKey: `spent-${user.id}`,
  });
  await openQuestion(ops(), local.id, { command: 'topup', args: { name }, field: 'amount' });
  await showScreen(ops(), { identityId: local.id, name: 'menu', ref: name });
  await addLocalMessage(chat, { subject, author: 'person', body: { text: name } });
  await storeUpdates(ops(), '42', [{ updateId: 7, lane: number, payload: { name } }]);
  await setQuietHours(as(user.id), { userId: user.id, quiet: { fromMinute: 60, toMinute: 120 } });
  const party = { name, address: name, taxId: '', branch: '' };
  await ops()
    .db.insert(buyer)
    .values({ userId: user.id, ...party, updatedAt: world.clock.now() });
  await blockUser(ops(), { userId: user.id, reason: 'a look' });
  await unblockUser(ops(), { userId: user.id, reason: 'all is well' });
  return { userId: user.id, formerId: other.user.id, top, number };
}

describe('closing an account', () => {
  test('erases the name, the logins and all that chats and notices keep, and keeps the money records', async () => {
    const [name, subject] = ['Narin Unmistakable', 'narin-unmistakable'];
    const { userId, formerId, top, number } = await withTraces(name, subject);
    // Somebody else was asked by this person to join, and said no: their notice names the one who asked.
    const somebody = await world.person('Somebody');
    await newTopup(world, somebody.userId);
    const { code } = await createLinkCode(as(somebody.userId), { userId: somebody.userId });
    const { id: linkId } = await claimLink(as(userId), { userId, code });
    await agreeToJoin(as(userId), { userId, linkId });
    await refuseLink(as(somebody.userId), { userId: somebody.userId, linkId });
    const before = await everything();
    for (const trace of [name, subject, number, linkId]) expect([trace, before.includes(trace)]).toEqual([trace, true]);

    expect(await whys(userId)).toEqual([]);
    await close(userId);

    const after = await everything();
    for (const trace of [name, 'Narin', subject, number])
      expect([trace, after.includes(trace)]).toEqual([trace, false]);
    const { db } = ops();
    for (const [table, column] of [
      [identity, identity.userId],
      [link, link.issuerId],
      [link, link.claimantId],
      [noticePreference, noticePreference.userId],
      [buyer, buyer.userId],
    ] as const)
      expect(await db.$count(table, eq(column, userId))).toBe(0);
    const [asked] = await db
      .select()
      .from(notice)
      .where(eq(notice.key, `${linkId}:asked`));
    expect(asked?.params).toEqual({ linkId, name: '–' }); // it can still be told
    expect(await readUser(ops(), userId)).toMatchObject({ displayName: '–', closedAt: world.clock.now() });
    expect(await readUser(ops(), formerId)).toMatchObject({ displayName: '–', mergedInto: userId });
    expect(await stateOf(world, top.id)).toBe('settled');
    expect(await db.$count(payment, eq(payment.userId, userId))).toBe(1);
    const [line] = await db.select().from(auditEntry).where(eq(auditEntry.action, 'user.closed'));
    expect(line).toMatchObject({ subject: userId, actor: 'operator:opr_test', detail: { reason: 'asked for it' } });
    expect(await auditOf(world, userId)).toContain('user.blocked');
  });

  test('leaves the words of nobody else alone', async () => {
    const [{ userId, identity: login }, { userId: other }] = [await world.person('Stays'), await world.person('Goes')];
    await openQuestion(ops(), login.id, { command: 'topup', args: {}, field: 'amount' });
    await showScreen(ops(), { identityId: login.id, name: 'menu', ref: 'kept' });
    const chat = world.ctx({ kind: 'chat', provider: 'local' });
    await addLocalMessage(chat, { subject: login.subject, author: 'person', body: { text: 'kept' } });
    await storeUpdates(ops(), '42', [{ updateId: 1, lane: '1', payload: { text: 'kept' } }]);
    await adjustWallet(ops(), { userId, amountSatang: 5_00n, reason: 'kept', requestKey: 'stays' });
    await close(other);
    const { db } = ops();
    expect(await db.$count(chatQuestion, eq(chatQuestion.identityId, login.id))).toBe(1);
    expect(await db.$count(chatScreen, eq(chatScreen.identityId, login.id))).toBe(1);
    expect(await db.$count(localMessage, eq(localMessage.subject, login.subject))).toBe(1);
    expect(await db.$count(chatUpdate, eq(chatUpdate.lane, '1'))).toBe(1);
    const [told] = await db.select().from(notice).where(eq(notice.userId, userId));
    expect(told).toMatchObject({ status: 'waiting', params: { reason: 'kept' } });
    expect((await readUser(ops(), userId)).displayName).toBe('Stays');
  });

  test('twice, or five times at once, is closing once', async () => {
    const { userId } = await world.person();
    await Promise.all(Array.from({ length: 5 }, () => close(userId)));
    const { closedAt } = await readUser(ops(), userId);
    world.clock.pass(minutes(1));
    await close(userId, 'again');
    expect((await readUser(ops(), userId)).closedAt).toEqual(closedAt);
    expect(await auditOf(world, userId)).toEqual(['user.joined', 'user.closed']);
  });

  test('makes whoever writes from the same chat somebody new', async () => {
    const { userId, identity: login } = await world.person('Before');
    await close(userId);
    const chat = world.ctx({ kind: 'chat', provider: login.provider });
    const again = await meet(chat, { provider: login.provider, subject: login.subject, displayName: 'After' });
    expect([again.isNew, again.user.id === userId, again.user.displayName]).toEqual([true, false, 'After']);
  });

  test('lets nothing more be done with it: user.closed', async () => {
    const { userId } = await world.person();
    await close(userId);
    const request = requestTopup(as(userId), { userId, amountSatang: 50_00n, requestKey: 'closed' });
    await expect(request).rejects.toMatchObject(closed);
    await expect(createLinkCode(as(userId), { userId })).rejects.toMatchObject(closed);
    await expect(blockUser(ops(), { userId, reason: 'x' })).rejects.toMatchObject(closed);
    await expect(unblockUser(ops(), { userId, reason: 'x' })).rejects.toMatchObject(closed);
    const gift = askAdjustment(ops(), { userId, amountSatang: 1n, reason: 'x', requestKey: 'gift' });
    await expect(gift).rejects.toMatchObject(closed);
  });

  test('needs a reason, somebody, and the id they have now: user.merged', async () => {
    const [issuer, claimant] = [(await world.person()).userId, (await world.person()).userId];
    await expect(close(issuer, ' ')).rejects.toMatchObject({ code: 'reason.required' });
    await expect(close('usr_none' as UserId)).rejects.toMatchObject({ code: 'user.missing' });
    await joined(issuer, claimant);
    await expect(close(claimant)).rejects.toMatchObject({ code: 'user.merged' });
    expect((await readUser(ops(), issuer)).closedAt).toBeNull();
  });
});

describe('an account cannot be closed (user.not_closable)', () => {
  const refuses = async (userId: UserId, why: string, amountSatang = 0n) => {
    expect(await whys(userId)).toContain(why);
    const refusal = { code: 'user.not_closable', params: { why, amountSatang } };
    await expect(close(userId)).rejects.toMatchObject(refusal);
    expect((await readUser(ops(), userId)).closedAt).toBeNull();
  };

  async function spent() {
    const { userId } = await world.person();
    const top = await newTopup(world, userId, 500_00n);
    const event = paid(top.reference, 500_00n);
    await record(world, event);
    await adjustWallet(ops(), { userId, amountSatang: -500_00n, reason: 'spent', requestKey: event.eventId });
    return { userId, top, event };
  }

  test('with money in the wallet, and can without', async () => {
    const { userId } = await world.person();
    await adjustWallet(ops(), { userId, amountSatang: 1n, reason: 'x', requestKey: `in-${userId}` });
    await refuses(userId, 'wallet', 1n);
    await adjustWallet(ops(), { userId, amountSatang: -1n, reason: 'x', requestKey: `out-${userId}` });
    await close(userId);
  });

  test('with a debt', async () => {
    const { userId, event } = await spent();
    await record(world, { ...event, eventId: `${event.eventId}-back`, status: 'refunded', amountSatang: 20_00n });
    await refuses(userId, 'debt', 20_00n);
  });

  test('with a top-up that can still be paid, or is being checked', async () => {
    const { userId } = await world.person();
    const top = await newTopup(world, userId);
    await refuses(userId, 'topup');
    await record(world, paid(top.reference, 20_00n));
    expect(await whys(userId)).toEqual(['topup', 'suspense']);
    await refuses(userId, 'topup');
    await returnSuspense(ops(), { suspenseId: (await lastSuspense(world)).id, reason: 'sent back' });
    await close(userId);
  });

  test('with money of theirs in suspense', async () => {
    const { userId, top } = await spent();
    await ops().db.update(topup).set({ provider: 'elsewhere' }).where(eq(topup.id, top.id));
    await record(world, paid(top.reference, 30_00n)); // it came through another gateway than its top-up
    await ops().db.update(topup).set({ provider: 'hook' }).where(eq(topup.id, top.id));
    await refuses(userId, 'suspense');
    await returnSuspense(ops(), { suspenseId: (await lastSuspense(world)).id, reason: 'sent back' });
    await close(userId);
  });

  test('with a refund that came before its payment', async () => {
    const { userId } = await world.person();
    const top = await newTopup(world, userId);
    await ops().db.update(topup).set({ chargeId: 'chg_early' }).where(eq(topup.id, top.id));
    await cancelTopup(as(userId), { userId, topupId: top.id });
    await record(world, paid(top.reference, 10_00n, { chargeId: 'chg_early', status: 'refunded' }));
    await refuses(userId, 'refund');
    await ops().db.update(refund).set({ status: 'refused' }).where(eq(refund.chargeId, 'chg_early'));
    await close(userId);
  });

  test('with an adjustment that waits for a second operator', async () => {
    const { userId } = await world.person();
    const input = { userId, amountSatang: 5_000_00n, reason: 'x', requestKey: `wait-${userId}` };
    const { id: adjustmentId } = await askAdjustment(ops(), input);
    await refuses(userId, 'adjustment');
    await withdrawAdjustment(ops(), { adjustmentId });
    await close(userId);
  });

  test('with a contract that still runs, or while roles in a Discord server are still theirs', async () => {
    const { userId, identity: login } = await world.person('Renter', 'discord');
    const { db } = ops();
    const now = world.clock.now();
    const words = { nameTh: 'พื้นฐาน', nameEn: 'Basic', aboutTh: '', aboutEn: '', features: [], quotas: {} };
    await db.insert(plan).values({
      ...words,
      id: 'pln_test',
      code: `basic-${userId}`,
      priceSatang: 499_00n,
      trialDays: 0,
      status: 'offered',
      createdAt: now,
      updatedAt: now,
    });
    const dates = { paidUntil: now, createdAt: now };
    const row = { id: 'con_test', userId, planId: 'pln_test', status: 'grace', term: 1, autoRenew: false } as const;
    await db.insert(contract).values({ ...row, ...dates });
    await refuses(userId, 'contract');
    await db.update(contract).set({ status: 'expired' }).where(eq(contract.id, 'con_test'));
    await db
      .insert(guildGrant)
      .values({ guildId: '1', identityId: login.id, roleId: '2', status: 'given', dueAt: now });
    await refuses(userId, 'roles');
    await db.delete(guildGrant);
    await close(userId);
  });
});

describe('a payment for a closed account', () => {
  async function lateTopup() {
    const { userId } = await world.person();
    const top = await newTopup(world, userId, 500_00n);
    world.clock.pass(minutes(20));
    await expireTopups(world.ctx(job));
    return { userId, top, event: paid(top.reference, 500_00n) };
  }

  test('is credited as before, operators are asked to look, and nobody is told', async () => {
    const { userId, top, event } = await lateTopup();
    await close(userId);
    expect(await record(world, event)).toEqual({ outcome: 'credited' });
    expect(await walletOf(world, userId)).toBe(500_00n);
    expect((await alerts(world)).at(-1)).toBe('payment.closed_account');
    const courier = testCourier();
    world.couriers.set('local', courier);
    await deliverNotices(world.ctx(job));
    const { db } = ops();
    const rows = await db.select().from(notice).where(eq(notice.userId, userId)).orderBy(notice.id);
    expect(rows.map((row) => [row.kind, row.status, row.params])).toEqual([
      ['topup.expired', 'withdrawn', {}],
      ['topup.late', 'withdrawn', {}],
    ]);
    expect(courier.delivered.filter(({ notice: told }) => rows.some(({ id }) => id === told.id))).toEqual([]);
    // And it can be given back.
    await refundTopup(ops(), { topupId: top.id, amountSatang: 500_00n, reason: 'closed', requestKey: event.eventId });
    expect(await balancesOf(world, userId)).toEqual({ walletSatang: 0n, owedSatang: 0n });
  });

  test('at the same moment as the closing is never lost: either it comes first, or operators hear of it', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 16; round++) {
      const { userId, event } = await lateTopup();
      const before = (await alerts(world)).filter((kind) => kind === 'payment.closed_account').length;
      const steps = [() => close(userId), () => record(world, event)];
      const order = round % 2 ? steps : steps.reverse();
      const results = await Promise.allSettled(order.map((step) => step()));
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'user.not_closable' });
      expect(await walletOf(world, userId)).toBe(500_00n);
      const isClosed = (await readUser(ops(), userId)).closedAt !== null;
      const heard = (await alerts(world)).filter((kind) => kind === 'payment.closed_account').length - before;
      expect(heard).toBe(isClosed ? 1 : 0);
      seen.add(isClosed ? 'closed first' : 'paid first');
    }
    expect(seen.size).toBeGreaterThan(0);
  });

  test('whose top-up somebody asks for at that very moment leaves none behind', async () => {
    for (let round = 0; round < 8; round++) {
      const { userId } = await world.person();
      const ask = () => newTopup(world, userId);
      const [asked, shut] = await Promise.allSettled(
        round % 2 ? [ask(), close(userId)] : [close(userId), ask()].reverse(),
      );
      expect([asked?.status, shut?.status].sort()).toEqual(['fulfilled', 'rejected']);
    }
  });
});
