import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minutes } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { agreeToJoin } from '../../../src/core/money/join.ts';
import { deliverNotices } from '../../../src/core/notices/notice.ts';
import { muteNotices, setQuietHours } from '../../../src/core/notices/preference.ts';
import { closeAccount } from '../../../src/core/ops/closing.ts';
import { listUsers, type UserFilter } from '../../../src/core/ops/people.ts';
import { type Person, readPerson } from '../../../src/core/ops/person.ts';
import { listEntries, listPersonAudit, listPersonNotices } from '../../../src/core/ops/personLists.ts';
import { meet } from '../../../src/core/people/identity.ts';
import { claimLink, createLinkCode } from '../../../src/core/people/link.ts';
import { blockUser } from '../../../src/core/people/user.ts';
import { contract, plan } from '../../../src/core/rental/tables.ts';
import { adjustWallet, auditOf, job, newTopup, operator, record } from '../../support/money.ts';
import { createWorld, paid, testCourier, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const ops = () => world.ctx(operator);
const find = async (filter: UserFilter) => (await listUsers(ops(), filter)).items.map((row) => row.user.id);
const as = (userId: UserId) => world.ctx({ kind: 'user', userId });

async function read(userId: string): Promise<Person> {
  const person = await readPerson(ops(), { userId });
  if ('mergedInto' in person) throw new Error('joined with somebody');
  return person;
}

async function join(issuer: UserId, claimant: UserId): Promise<void> {
  const { code } = await createLinkCode(as(issuer), { userId: issuer });
  const { id: linkId } = await claimLink(as(claimant), { userId: claimant, code });
  if ((await agreeToJoin(as(claimant), { userId: claimant, linkId })) === 'waiting_for_other')
    await agreeToJoin(as(issuer), { userId: issuer, linkId });
}

let bumps = 0;
const bump = (userId: UserId, amountSatang: bigint) => {
  bumps += 1;
  return adjustWallet(ops(), { userId, amountSatang, reason: `change ${bumps}`, requestKey: `bump-${bumps}` });
};

describe('a search for people', () => {
  test('finds a part of a name, in Thai and in any case of Latin letters', async () => {
    const { userId: thai } = await world.person('สมหญิง รักดี');
    const { userId: latin } = await world.person('Wichai SURIYA');
    expect(await find({ text: 'หญิง' })).toEqual([thai]);
    expect(await find({ text: ' suriya ' })).toEqual([latin]);
    expect(await find({ text: 'WICHAI sur' })).toEqual([latin]);
    expect(await find({ text: 'nobody is called so' })).toEqual([]);
  });

  test('finds by a beginning of one letter or two', async () => {
    const { userId: thai } = await world.person('ฎีกา ๑');
    const { userId: latin } = await world.person('Xylo');
    expect(await find({ text: 'ฎ' })).toEqual([thai]);
    expect(await find({ text: 'x' })).toEqual([latin]);
    expect(await find({ text: 'XY' })).toEqual([latin]);
    expect(await find({ text: 'yl' })).toEqual([]); // in the middle it takes three letters
  });

  test('takes percent signs, underscores, backslashes and quotes as letters like others', async () => {
    const { userId: odd } = await world.person(`100% _own_ \\ "'`);
    await world.person('100 own');
    for (const text of ['100%', '_own_', `\\ "'`, '% _o', 'n_ \\'])
      expect([text, await find({ text })]).toEqual([text, [odd]]);
    expect(await find({ text: '%' })).toEqual([]);
    expect(await find({ text: '___' })).toEqual([]);
  });

  test('finds by the name of one of their chats, and by its number whole', async () => {
    const { userId, identity } = await world.person('First Name', 'discord');
    const chat = world.ctx({ kind: 'chat', provider: 'discord' });
    await meet(chat, { provider: 'discord', subject: identity.subject, displayName: 'Renamed Later' });
    expect(await find({ text: 'renamed' })).toEqual([userId]);
    expect(await find({ text: 'first name' })).toEqual([userId]);
    expect(await find({ text: identity.subject })).toContain(userId);
    expect(await find({ text: identity.subject.slice(0, -2) })).not.toContain(userId);
  });

  test("finds by an id and by a top-up's reference, and the joined person by the old id", async () => {
    const [{ userId }, { userId: old }] = [await world.person(), await world.person('Old Self')];
    const top = await newTopup(world, userId);
    expect(await find({ text: userId })).toEqual([userId]);
    expect(await find({ text: ` ${top.reference.toLowerCase()} ` })).toEqual([userId]);
    await join(userId, old);
    expect(await find({ text: old })).toEqual([userId]);
    expect(await find({ text: 'old self' })).toEqual([userId]); // by the name of the chat that came along
    expect(await find({ text: 'usr_none' })).toEqual([]);
    expect(await find({ text: 'TU0000000000' })).toEqual([]);
  });

  test('is narrowed by state and chat', async () => {
    const name = 'Narrow';
    const [open, blocked, closed] = [
      await world.person(name, 'telegram'),
      await world.person(name, 'discord'),
      await world.person(name, 'telegram'),
    ].map((person) => person.userId) as [UserId, UserId, UserId]; // three were made
    await blockUser(ops(), { userId: blocked, reason: 'x' });
    await closeAccount(ops(), { userId: closed, reason: 'x' });
    expect(await find({ text: name })).toEqual([blocked, open]);
    expect(await find({ text: name, state: 'blocked' })).toEqual([blocked]);
    expect(await find({ text: name, state: 'open' })).toEqual([open]);
    expect(await find({ text: name, provider: 'telegram' })).toEqual([open]);
    expect(await find({ text: blocked, state: 'open' })).toEqual([]);
    expect(await find({ state: 'closed' })).toEqual([closed]);
    expect(await find({ state: 'blocked', provider: 'telegram' })).toEqual([]);
  });

  test('goes on page by page, newest first, without gaps or repeats, whoever joins meanwhile', async () => {
    const made: UserId[] = [];
    for (let n = 0; n < 60; n++) {
      world.clock.pass(1000);
      made.push((await world.person(`Pageable ${n}`)).userId);
    }
    for (const text of ['pageable', 'Pageable']) {
      const seen: UserId[] = [];
      let before: string | undefined;
      do {
        const { items, next } = await listUsers(ops(), { text, before });
        expect(items.length).toBeLessThanOrEqual(25);
        seen.push(...items.map((row) => row.user.id));
        before = next;
        await world.person('Somebody new');
      } while (before);
      expect(seen).toEqual(made.toReversed());
    }
  });

  test('says what is in the wallet and which chats people come from', async () => {
    const { userId } = await world.person('Walleted');
    await bump(userId, 12_34n);
    const { items } = await listUsers(ops(), { text: 'walleted' });
    expect(items[0]).toMatchObject({ walletSatang: 12_34n, identities: [{ provider: 'local', userId }] });
  });
});

describe("a person's whole picture", () => {
  test('shows chats, money, top-ups, movements, notices, preferences and audit', async () => {
    const { userId } = await world.person('Picture');
    const top = await newTopup(world, userId, 500_00n);
    await record(world, paid(top.reference, 500_00n));
    await bump(userId, -20_00n);
    await setQuietHours(as(userId), { userId, quiet: { fromMinute: 1320, toMinute: 420 } });
    await muteNotices(as(userId), { userId, group: 'reminders', muted: true });
    const courier = testCourier();
    world.couriers.set('local', courier);
    world.clock.set('2026-11-22T05:00:00.000Z'); // noon in Bangkok
    await deliverNotices(world.ctx(job), 500);
    const person = await read(userId);
    expect(person.balances).toEqual({ walletSatang: 480_00n, owedSatang: 0n });
    expect(person.identities).toHaveLength(1);
    expect(person.topups.map((row) => row.id)).toEqual([top.id]);
    expect(person.entries.map((row) => [row.kind, row.amountSatang, row.balanceAfterSatang])).toEqual([
      ['adjust', -20_00n, 480_00n],
      ['topup', 500_00n, 500_00n],
    ]);
    expect(person.notices.map((row) => [row.notice.kind, row.notice.status, row.toldIn])).toEqual([
      ['wallet.adjusted', 'sent', 'local'],
      ['topup.settled', 'sent', 'local'],
    ]);
    expect(person.preference).toEqual({ quiet: { fromMinute: 1320, toMinute: 420 }, muted: ['reminders'] });
    // What was done to them and what they did, their own top-ups included.
    expect(person.audit?.map((row) => row.line.action)).toEqual(['wallet.adjusted', 'topup.opened', 'user.joined']);
    expect(person.contract).toBeUndefined();
    expect(person.hindrances?.map(({ why }) => why)).toEqual(['wallet']);
  });

  test('shows the contract that runs with its plan, and none that has ended', async () => {
    const { userId } = await world.person();
    const { db } = ops();
    const at = world.clock.now();
    const words = { nameTh: 'พื้นฐาน', nameEn: 'Basic', aboutTh: '', aboutEn: '', features: [], quotas: {} };
    const dates = { createdAt: at, updatedAt: at };
    const made = { id: 'pln_1', code: 'first', priceSatang: 1n, trialDays: 0, status: 'offered' as const };
    await db.insert(plan).values({ ...made, ...words, ...dates });
    const row = { userId, planId: 'pln_1', term: 1, paidUntil: at, autoRenew: true, createdAt: at };
    await db.insert(contract).values({ ...row, id: 'con_0', status: 'expired' });
    expect((await read(userId)).contract).toBeUndefined();
    await db.insert(contract).values({ ...row, id: 'con_1', status: 'active' });
    expect((await read(userId)).contract).toMatchObject({ contract: { id: 'con_1' }, plan: { nameEn: 'Basic' } });
    await db.update(contract).set({ status: 'cancelled' }).where(eq(contract.id, 'con_1'));
    expect((await read(userId)).contract).toBeUndefined();
  });

  test('leaves the audit to those who may read it, and closing to those who may close', async () => {
    const { userId } = await world.person();
    const seen = async (role: 'support' | 'auditor') => {
      const person = await readPerson(world.ctx({ kind: 'operator', role, operatorId: 'opr_x' }), { userId });
      return 'mergedInto' in person ? [] : [person.audit !== undefined, person.hindrances !== undefined];
    };
    expect(await seen('support')).toEqual([false, false]);
    expect(await seen('auditor')).toEqual([true, false]);
  });

  test('of an old id is that of the joined person, with the history of both', async () => {
    const [{ userId: issuer }, { userId: old }] = [await world.person(), await world.person()];
    await bump(old, 30_00n);
    await bump(issuer, 5_00n);
    await join(issuer, old);
    expect(await readPerson(ops(), { userId: old })).toMatchObject({ mergedInto: issuer });
    const person = await read(issuer);
    expect(person.formerIds).toEqual([old]);
    expect(person.balances.walletSatang).toBe(35_00n);
    const actions = person.audit?.map((row) => row.line.action);
    expect(actions?.filter((action) => action === 'wallet.adjusted')).toHaveLength(2);
    expect((await listEntries(ops(), { userId: issuer, formerId: old })).items.map((row) => row.kind)).toEqual([
      'join',
      'adjust',
    ]);
    const { items } = await listEntries(ops(), { userId: issuer, formerId: 'usr_somebody' });
    expect(items.map((row) => row.kind)).toEqual(['join', 'adjust']);
    for (const list of [listEntries, listPersonNotices, listPersonAudit])
      await expect(list(ops(), { userId: old })).rejects.toMatchObject({ code: 'user.merged' });
  });

  test('of nobody is refused: user.missing', async () => {
    for (const list of [readPerson, listEntries, listPersonNotices, listPersonAudit])
      await expect(list(ops(), { userId: 'usr_none' })).rejects.toMatchObject({ code: 'user.missing' });
  });
});

describe('the full lists of a person', () => {
  test('go on page by page, newest first, without gaps or repeats', async () => {
    const { userId } = await world.person('Busy');
    for (let n = 0; n < 60; n++) {
      if (n % 3 === 0) world.clock.pass(minutes(1)); // several share a moment
      await bump(userId, 1n);
    }
    const numbers: bigint[] = [];
    const notices: string[] = [];
    const lines: bigint[] = [];
    let before: string | undefined;
    do {
      const page = await listEntries(ops(), { userId, before: before === undefined ? undefined : BigInt(before) });
      numbers.push(...page.items.map((row) => row.number));
      before = page.next;
    } while (before);
    do {
      const page = await listPersonNotices(ops(), { userId, before });
      notices.push(...page.items.map((row) => row.notice.id));
      before = page.next;
    } while (before);
    do {
      const page = await listPersonAudit(ops(), { userId, before: before === undefined ? undefined : BigInt(before) });
      lines.push(...page.items.map((row) => row.line.seq));
      before = page.next;
    } while (before);
    expect(numbers).toEqual(Array.from({ length: 60 }, (_, n) => BigInt(60 - n)));
    expect(notices).toHaveLength(60);
    expect(notices).toEqual([...new Set(notices)].sort().reverse());
    expect(lines).toHaveLength((await auditOf(world, userId)).length);
    expect(lines).toEqual([...lines].sort((a, b) => (a < b ? 1 : -1)));
  });
});
