import { and, eq, like, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditEntry } from '../../../src/core/audit.ts';
import type { IdentityId } from '../../../src/core/id.ts';
import { agreeToJoin } from '../../../src/core/money/join.ts';
import { closeAccount, hindrancesOf } from '../../../src/core/ops/closing.ts';
import { claimLink, createLinkCode } from '../../../src/core/people/link.ts';
import { blockUser, unblockUser } from '../../../src/core/people/user.ts';
import { upgradeContract } from '../../../src/core/rental/change.ts';
import { findDue, lease, markAbsent, markGiven, openGrants, seenInGuild } from '../../../src/core/rental/guildGrant.ts';
import { clearGuildRole, dropGuildRole, setGuildRole } from '../../../src/core/rental/guildRole.ts';
import { refundContract } from '../../../src/core/rental/operate.ts';
import { quoteUpgrade } from '../../../src/core/rental/quote.ts';
import { previewRoles, syncRoles } from '../../../src/core/rental/syncRoles.ts';
import { guildGrant } from '../../../src/core/rental/tables.ts';
import { startTrial } from '../../../src/core/rental/trial.ts';
import { type MemoryGuilds, type MemoryServer, memoryGuilds } from '../../support/guilds.ts';
import { job, operator } from '../../support/money.ts';
import { BASIC, contractOf, DAY_MS, fund, PREMIUM, rentedBy, requestKey, spend, sweep } from '../../support/rental.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let guilds: MemoryGuilds;
let server: MemoryServer;
beforeEach(async () => {
  world = await createWorld();
  guilds = memoryGuilds();
  server = guilds.addServer('900');
  server.addRole('11');
  server.addRole('12');
});
afterEach(() => world.close());

const MINUTE_MS = 60_000;
const round = () => syncRoles({ ...world.ctx(job), guilds });
const grants = () => world.ctx(job).db.select().from(guildGrant);
const seen = (identityId: IdentityId, roles: string[]) =>
  seenInGuild(world.ctx({ kind: 'chat', provider: 'discord' }), { guildId: '900', identityId, roles });
const subjects = async (action: string) =>
  (await world.ctx(job).db.select().from(auditEntry).where(eq(auditEntry.action, action))).map(
    ({ subject }) => subject,
  );

/** Somebody of the server, known to us from there. */
async function member(name = 'Somsri') {
  const person = await world.person(name, 'discord');
  server.join(person.identity.subject);
  return { ...person, subject: person.identity.subject };
}

async function mapped(planId: string, roleId: string, guildId = '900') {
  const admin = await world.person('Admin', 'discord');
  const ctx = { ...world.ctx({ kind: 'user', userId: admin.userId }), guilds };
  return setGuildRole(ctx, { server: { id: guildId, manages: true, roles: [] }, planId, roleId });
}

async function cleared(planId: string) {
  const admin = await world.person('Admin', 'discord');
  const ctx = { ...world.ctx({ kind: 'user', userId: admin.userId }), guilds };
  return clearGuildRole(ctx, { server: { id: '900', manages: true, roles: [] }, planId });
}

describe('a role follows the contract', () => {
  test('is given when it begins and taken when it has ended, and a quiet round asks nobody', async () => {
    await mapped(BASIC, '11');
    const { userId, subject } = await member();
    const other = await member('Other');
    await rentedBy(world, userId, BASIC, { autoRenew: false });
    expect(await round()).toMatchObject({ opened: 1, given: 1, taken: 0 });
    expect(guilds.held()).toEqual([`900 ${subject} 11`]);
    expect(guilds.calls.join()).not.toContain(other.subject);
    guilds.calls.length = 0;
    expect(await round()).toMatchObject({ opened: 0, given: 0, taken: 0 });
    expect(guilds.calls).toEqual([]);

    world.clock.pass(31 * DAY_MS);
    await sweep(world); // grace
    await round();
    expect(guilds.held()).toEqual([`900 ${subject} 11`]);
    world.clock.pass(3 * DAY_MS);
    await sweep(world);
    expect(await round()).toMatchObject({ given: 0, taken: 1 });
    expect(guilds.held()).toEqual([]);
    expect(await grants()).toEqual([]);
  });

  test('a renewal that is due at this minute costs nobody the role', async () => {
    await mapped(BASIC, '11');
    const { userId, subject } = await member();
    await rentedBy(world, userId, BASIC, { autoRenew: true });
    await fund(world, userId, 499_00n);
    await round();
    world.clock.set((await contractOf(world, userId)).paidUntil);
    await round();
    await sweep(world);
    await round();
    expect(guilds.calls.filter((line) => line.startsWith('take'))).toEqual([]);
    expect(guilds.held()).toEqual([`900 ${subject} 11`]);
  });

  test('a trial has the role of its plan, and another plan swaps it', async () => {
    await mapped(BASIC, '11');
    await mapped(PREMIUM, '12');
    const { userId, subject } = await member();
    const ctx = world.ctx({ kind: 'user', userId });
    await world.ctx(job).db.execute(sql`update plan set trial_days = 7 where id = ${BASIC}`);
    await startTrial(ctx, { userId, planId: BASIC, requestKey: requestKey() });
    await round();
    expect(guilds.held()).toEqual([`900 ${subject} 11`]);
    await fund(world, userId, 5_000_00n);
    const { totalSatang } = await quoteUpgrade(ctx, { userId, planId: PREMIUM });
    const { id: contractId } = await contractOf(world, userId);
    await upgradeContract(ctx, { userId, contractId, planId: PREMIUM, totalSatang, requestKey: requestKey() });
    expect(await round()).toMatchObject({ given: 1, taken: 1 });
    expect(guilds.held()).toEqual([`900 ${subject} 12`]);
  });

  test('ends with a refund, with a block, and comes back when the block is lifted', async () => {
    await mapped(BASIC, '11');
    const { userId, subject } = await member();
    const { contractId } = await rentedBy(world, userId, BASIC);
    await round();
    await blockUser(world.ctx(operator), { userId, reason: 'why' });
    await round();
    expect(guilds.held()).toEqual([]);
    await unblockUser(world.ctx(operator), { userId, reason: 'why' });
    await round();
    expect(guilds.held()).toEqual([`900 ${subject} 11`]);
    await refundContract(world.ctx(operator), { contractId, reason: 'why' });
    await round();
    expect(guilds.held()).toEqual([]);
  });

  test('joined accounts share it: both logins have it, in every server', async () => {
    const second = guilds.addServer('901');
    second.addRole('21');
    await mapped(BASIC, '11');
    await mapped(BASIC, '21', '901');
    const [holder, other] = [await member('Holder'), await member('Other')];
    second.join(other.subject);
    await rentedBy(world, holder.userId, BASIC);
    await round();
    expect(guilds.held()).toEqual([`900 ${holder.subject} 11`]);
    const as = (userId: typeof holder.userId) => world.ctx({ kind: 'user', userId });
    const { code } = await createLinkCode(as(holder.userId), { userId: holder.userId });
    const link = await claimLink(as(other.userId), { userId: other.userId, code });
    await agreeToJoin(as(other.userId), { userId: other.userId, linkId: link.id });
    await agreeToJoin(as(holder.userId), { userId: holder.userId, linkId: link.id });
    await round();
    expect(guilds.held()).toEqual(
      [`900 ${holder.subject} 11`, `900 ${other.subject} 11`, `901 ${other.subject} 21`].sort(),
    );
  });

  test('a role that somebody else gave is never taken, and one that two plans share is kept', async () => {
    await mapped(BASIC, '11');
    await mapped(PREMIUM, '11');
    const { userId, subject } = await member();
    const guest = await member('Guest');
    server.members.get(guest.subject)?.add('11');
    await rentedBy(world, userId, BASIC);
    await round();
    await cleared(PREMIUM);
    await round();
    expect(guilds.held()).toEqual([`900 ${subject} 11`, `900 ${guest.subject} 11`].sort());
    await cleared(BASIC);
    expect(await round()).toMatchObject({ taken: 1 });
    expect(guilds.held()).toEqual([`900 ${guest.subject} 11`]);
  });

  test('another role for the plan is given in the place of the first', async () => {
    await mapped(BASIC, '11');
    const { userId, subject } = await member();
    await rentedBy(world, userId, BASIC);
    await round();
    await mapped(BASIC, '12');
    expect(await round()).toMatchObject({ given: 1, taken: 1 });
    expect(guilds.held()).toEqual([`900 ${subject} 12`]);
  });

  test('an account cannot be closed before its roles are back, and can be right after', async () => {
    await mapped(BASIC, '11');
    const { userId } = await member();
    const { contractId } = await rentedBy(world, userId, BASIC);
    await round();
    await refundContract(world.ctx(operator), { contractId, reason: 'why' });
    await spend(world, userId, 499_00n);
    expect((await hindrancesOf(world.ctx(operator), userId)).map(({ why }) => why)).toEqual(['roles']);
    await round();
    await closeAccount(world.ctx(operator), { userId, reason: 'why' });
    expect(await round()).toMatchObject({ opened: 0, given: 0, taken: 0 });
  });

  test('an operator clears a role of any server', async () => {
    await mapped(BASIC, '11');
    const { userId } = await member();
    await rentedBy(world, userId, BASIC);
    await round();
    const input = { guildId: '900', planId: BASIC, roleId: '11', reason: 'why' };
    await expect(dropGuildRole(world.ctx(operator), { ...input, roleId: '12' })).rejects.toMatchObject({
      code: 'guild.changed',
    });
    await dropGuildRole(world.ctx(operator), input);
    await dropGuildRole(world.ctx(operator), input);
    expect(await subjects('guild.role_cleared')).toEqual(['guild:900:11']);
    await round();
    expect(guilds.held()).toEqual([]);
  });
});

describe('who is not in the server', () => {
  test('is tried again after six hours', async () => {
    await mapped(BASIC, '11');
    const { userId, subject } = await member();
    server.leave(subject);
    await rentedBy(world, userId, BASIC);
    expect(await round()).toMatchObject({ absent: 1, given: 0 });
    server.join(subject);
    world.clock.pass(5 * 60 * MINUTE_MS);
    guilds.calls.length = 0;
    await round();
    expect(guilds.calls).toEqual([]);
    world.clock.pass(60 * MINUTE_MS);
    expect(await round()).toMatchObject({ given: 1 });
  });

  test('and joins after all has the role with the next round once they are seen there', async () => {
    await mapped(BASIC, '11');
    const late = await member('Late');
    server.leave(late.subject);
    await rentedBy(world, late.userId, BASIC);
    await round();
    server.join(late.subject);
    await seen(late.identity.id, []);
    expect(await round()).toMatchObject({ given: 1 });
    expect(guilds.held()).toEqual([`900 ${late.subject} 11`]);
  });

  test('and comes back has the role again: when they are seen without it, and after a day in any case', async () => {
    await mapped(BASIC, '11');
    const { userId, identity, subject } = await member();
    await rentedBy(world, userId, BASIC);
    await round();
    const comesBack = () => {
      server.leave(subject); // and every role of theirs with them
      server.join(subject);
    };
    await seen(identity.id, ['11', '99']);
    expect(await round()).toMatchObject({ given: 0, confirmed: 0 });
    comesBack();
    await seen(identity.id, ['99']);
    expect(await round()).toMatchObject({ given: 1 });
    comesBack();
    world.clock.pass(DAY_MS - 1);
    expect(await round()).toMatchObject({ given: 0, confirmed: 0 });
    world.clock.pass(1);
    expect(await round()).toMatchObject({ given: 0, confirmed: 1 });
    expect(guilds.held()).toEqual([`900 ${subject} 11`]);
    expect(await round()).toMatchObject({ confirmed: 0 });
  });

  test('stands in nobody’s way: no row is left when the contract has ended, and nobody is asked for that', async () => {
    await mapped(BASIC, '11');
    const { userId, subject } = await member();
    server.leave(subject);
    const { contractId } = await rentedBy(world, userId, BASIC);
    await round();
    await refundContract(world.ctx(operator), { contractId, reason: 'why' });
    guilds.calls.length = 0;
    await round();
    expect(await grants()).toEqual([]);
    expect(guilds.calls).toEqual([]);
  });

  test('who leaves with a role has nothing left to be taken', async () => {
    await mapped(BASIC, '11');
    const { userId, subject } = await member();
    const { contractId } = await rentedBy(world, userId, BASIC);
    await round();
    server.leave(subject);
    await refundContract(world.ctx(operator), { contractId, reason: 'why' });
    expect(await round()).toMatchObject({ taken: 1 });
    expect(await grants()).toEqual([]);
  });
});

describe('a server that does not let us', () => {
  /** Rounds, a minute apart. */
  async function rounds(n: number) {
    for (let i = 0; i < n; i++) {
      world.clock.pass(MINUTE_MS);
      await round();
    }
  }

  const faults: [string, () => void][] = [
    ['no_permission', () => Object.assign(server, { mayManageRoles: false })],
    ['too_high', () => Object.assign(server, { topPosition: 1 })],
    ['powerful', () => Object.assign(server.roles[1] ?? {}, { hasPowers: true })],
    ['managed', () => Object.assign(server.roles[1] ?? {}, { managed: true })],
    ['missing', () => server.roles.splice(1, 1)],
    ['not_there', () => Object.assign(server, { isThere: false })],
    [
      'refused',
      () => {
        guilds.before = () => 'refused';
      },
    ],
  ];

  test.each(faults)('%s is written down once, and asked about four times an hour', async (fault, arrange) => {
    await mapped(BASIC, '11');
    const { userId, subject } = await member();
    await rentedBy(world, userId, BASIC);
    arrange();
    await rounds(30);
    const { db } = world.ctx(job);
    const lines = await db.select().from(auditEntry).where(eq(auditEntry.action, 'guild.role_refused'));
    expect(lines.map(({ subject, detail }) => [subject, detail])).toEqual([['guild:900:11', { why: fault }]]);
    const asked = guilds.calls.filter((line) => line === 'describe 900');
    expect(asked.length).toBeLessThanOrEqual(4); // the setting, the first round, and twice in half an hour
    expect(guilds.held()).toEqual([]);

    Object.assign(server, { mayManageRoles: true, topPosition: 50, isThere: true });
    if (!server.roles.some(({ id }) => id === '11')) server.addRole('11');
    Object.assign(server.roles.find(({ id }) => id === '11') ?? {}, { hasPowers: false, managed: false });
    guilds.before = () => undefined;
    await rounds(15);
    expect(guilds.held()).toEqual([`900 ${subject} 11`]);
    expect(await subjects('guild.role_works')).toEqual(['guild:900:11']);
  });

  test('is asked at once when its administrators set the role again', async () => {
    await mapped(BASIC, '11');
    const { userId, subject } = await member();
    await rentedBy(world, userId, BASIC);
    server.mayManageRoles = false;
    await round();
    server.mayManageRoles = true;
    await mapped(BASIC, '11');
    expect(await round()).toMatchObject({ given: 1 });
    expect(guilds.held()).toEqual([`900 ${subject} 11`]);
  });

  test('keeps no other server and no other role waiting', async () => {
    const second = guilds.addServer('901');
    second.addRole('21');
    await mapped(BASIC, '11');
    await mapped(PREMIUM, '12');
    await mapped(BASIC, '21', '901');
    const [one, two] = [await member('One'), await member('Two')];
    second.join(one.subject);
    await rentedBy(world, one.userId, BASIC);
    await rentedBy(world, two.userId, PREMIUM);
    Object.assign(server.roles.find(({ id }) => id === '11') ?? {}, { position: 60 });
    await round();
    expect(guilds.held()).toEqual([`900 ${two.subject} 12`, `901 ${one.subject} 21`].sort());
  });

  test('a role that was cleared and cannot be taken is left to the server, so that nothing waits for ever', async () => {
    await mapped(BASIC, '11');
    const { userId } = await member();
    const { contractId } = await rentedBy(world, userId, BASIC);
    await round();
    server.mayManageRoles = false;
    await refundContract(world.ctx(operator), { contractId, reason: 'why' });
    await rounds(20);
    expect(await grants()).toHaveLength(1); // as long as the plan has the role, we go on trying
    expect(await cleared(BASIC)).toMatchObject({ cleared: { roleId: '11' }, fault: 'no_permission' });
    await round();
    expect(await grants()).toEqual([]);
    expect(await subjects('guild.role_left')).toEqual(['guild:900:11']);
  });

  test('a role that got powers is still taken back', async () => {
    await mapped(BASIC, '11');
    const { userId } = await member();
    const { contractId } = await rentedBy(world, userId, BASIC);
    await round();
    Object.assign(server.roles.find(({ id }) => id === '11') ?? {}, { hasPowers: true });
    await refundContract(world.ctx(operator), { contractId, reason: 'why' });
    await round();
    expect(guilds.held()).toEqual([]);
  });

  test('one that is busy is left alone until it has said, and loses nothing', async () => {
    await mapped(BASIC, '11');
    const people = [await member('A'), await member('B'), await member('C')];
    for (const { userId } of people) await rentedBy(world, userId, BASIC);
    let left = 1;
    guilds.before = () => (left-- > 0 ? undefined : { retryAfterMs: 30_000 });
    expect(await round()).toMatchObject({ given: 1, away: 1 });
    guilds.before = () => undefined;
    guilds.calls.length = 0;
    await round();
    expect(guilds.held()).toHaveLength(2); // the one that was not asked for yet; the other waits as long as was said
    world.clock.pass(30_000);
    await round();
    expect(guilds.held()).toHaveLength(3);
  });
});

describe('whatever happens in between', () => {
  test('two rounds at once ask for each role once', async () => {
    await mapped(BASIC, '11');
    for (let i = 0; i < 8; i++) await rentedBy(world, (await member(`P${i}`)).userId, BASIC);
    const rounds = [round(), syncRoles({ ...world.another(), guilds }), round()];
    const given = (await Promise.all(rounds)).reduce((sum, out) => sum + out.given, 0);
    expect(given).toBe(8);
    expect(guilds.calls.filter((line) => line.startsWith('give'))).toHaveLength(8);
    expect(guilds.held()).toHaveLength(8);
  });

  test('a kill before the call or after it loses nothing: the lease brings it back', async () => {
    await mapped(BASIC, '11');
    const { userId, subject } = await member();
    const { contractId } = await rentedBy(world, userId, BASIC);
    const killed = () => {
      throw new Error('killed');
    };
    for (const moment of ['before', 'after'] as const) {
      guilds[moment] = killed;
      await round();
      Object.assign(guilds, { before: () => undefined, after: () => {} });
      expect(await round()).toMatchObject({ given: 0 }); // still leased
      world.clock.pass(5 * MINUTE_MS);
      if (moment === 'before') continue;
      expect(guilds.held()).toEqual([`900 ${subject} 11`]);
    }
    expect(await round()).toMatchObject({ given: 1 });

    await refundContract(world.ctx(operator), { contractId, reason: 'why' });
    guilds.after = killed;
    await round();
    guilds.after = () => {};
    expect(await grants()).toHaveLength(1);
    world.clock.pass(5 * MINUTE_MS);
    expect(await round()).toMatchObject({ taken: 1 });
    expect(await grants()).toEqual([]);
    expect(guilds.held()).toEqual([]);
  });

  test('a role given to somebody whose process was killed is taken when the contract ended meanwhile', async () => {
    await mapped(BASIC, '11');
    const { userId } = await member();
    const { contractId } = await rentedBy(world, userId, BASIC);
    guilds.after = () => {
      throw new Error('killed');
    };
    await round();
    guilds.after = () => {};
    expect(guilds.held()).toHaveLength(1);
    await refundContract(world.ctx(operator), { contractId, reason: 'why' });
    world.clock.pass(5 * MINUTE_MS);
    expect(await round()).toMatchObject({ taken: 1 });
    expect(guilds.held()).toEqual([]);
  });

  test('a contract that ends while its role is on the way loses it with the next round', async () => {
    await mapped(BASIC, '11');
    const { userId } = await member();
    const { contractId } = await rentedBy(world, userId, BASIC);
    guilds.after = async () => {
      guilds.after = () => {};
      await refundContract(world.ctx(operator), { contractId, reason: 'why' });
      await round();
    };
    expect(await round()).toMatchObject({ given: 1 });
    expect(guilds.held()).toHaveLength(1);
    expect(await round()).toMatchObject({ taken: 1 });
    expect(guilds.held()).toEqual([]);
  });

  test('a call that outlives its lease is looked at again by whoever comes later', async () => {
    await mapped(BASIC, '11');
    const { userId, subject } = await member();
    const { contractId } = await rentedBy(world, userId, BASIC);
    guilds.before = async () => {
      guilds.before = () => undefined;
      world.clock.pass(6 * MINUTE_MS); // hangs, while the contract ends and another round takes what may be there
      await refundContract(world.ctx(operator), { contractId, reason: 'why' });
      expect(await round()).toMatchObject({ taken: 1 });
      return undefined;
    };
    await round();
    expect(guilds.held()).toEqual([`900 ${subject} 11`]);
    expect(await round()).toMatchObject({ taken: 1 });
    expect(guilds.held()).toEqual([]);
  });

  test('a lease that ran out touches nothing of the one that came after it, were it in the same millisecond', async () => {
    await mapped(BASIC, '11');
    const { userId } = await member();
    await rentedBy(world, userId, BASIC, { autoRenew: false });
    const ctx = world.ctx(job);
    const taken = async () => {
      const [due = expect.fail('nothing is due')] = await findDue(ctx, 10);
      return (await lease(ctx, due)) ?? expect.fail('somebody was faster');
    };
    await openGrants(ctx);
    const late = await taken();
    world.clock.pass(5 * MINUTE_MS); // to the end of the lease
    await markGiven(ctx, await taken());
    expect(await grants()).toMatchObject([{ status: 'given', dueAt: late.dueAt }]);
    await markAbsent(ctx, late);
    expect(await grants()).toMatchObject([{ status: 'given' }]);
  });

  test('a role that was given by an instance with a clock ahead of ours is taken at once all the same', async () => {
    await mapped(BASIC, '11');
    const { userId } = await member();
    await rentedBy(world, userId, BASIC, { autoRenew: false });
    world.clock.pass(60 * MINUTE_MS);
    await round();
    world.clock.pass(-50 * MINUTE_MS);
    const { id } = await contractOf(world, userId);
    await refundContract(world.ctx(operator), { contractId: id, reason: 'a test' });
    expect(await round()).toMatchObject({ taken: 1 });
    expect(guilds.held()).toEqual([]);
  });

  test('a round without a chat that has servers does nothing, and a preview asks nobody', async () => {
    await mapped(BASIC, '11');
    const { userId } = await member();
    await rentedBy(world, userId, BASIC);
    expect(await syncRoles(world.ctx(job))).toMatchObject({ opened: 0 });
    expect(await grants()).toEqual([]);
    guilds.calls.length = 0;
    expect(await previewRoles(world.ctx(job))).toEqual({ opens: 1, due: 0 });
    expect(guilds.calls).toEqual([]);
    await expect(syncRoles({ ...world.ctx(operator), guilds })).rejects.toMatchObject({ code: 'access.denied' });
    expect(await world.ctx(job).db.$count(auditEntry, and(like(auditEntry.action, 'guild.role_r%')))).toBe(0);
  });
});
