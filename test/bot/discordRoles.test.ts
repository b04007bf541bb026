import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PermissionFlagsBits } from 'discord.js';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createGuilds } from '../../src/bot/discord/guilds.ts';
import { MANAGES_SERVER } from '../../src/bot/discord/register.ts';
import { meet } from '../../src/core/people/identity.ts';
import { refundContract } from '../../src/core/rental/operate.ts';
import { syncRoles } from '../../src/core/rental/syncRoles.ts';
import { contract, guildGrant, guildRole } from '../../src/core/rental/tables.ts';
import { createDiscordWorld, type DiscordWorld, en } from '../support/discordBot.ts';
import { buttonsOf, snowflake, textOf } from '../support/discordChats.ts';
import type { Person } from '../support/discordPeople.ts';
import type { FakeRole, FakeServer } from '../support/discordServer.ts';
import { job, operator } from '../support/money.ts';
import { BASIC, PREMIUM, rentedBy } from '../support/rental.ts';

const run = promisify(execFile);

let at: DiscordWorld;
let role: FakeRole;
let admin: Person;
let guild: FakeServer;
beforeAll(async () => {
  at = await createDiscordWorld();
  await at.bot();
  ({ guild } = at.fake);
  role = guild.addRole({ name: 'Basic holders' });
  admin = at.somebody({ name: 'Admin', permissions: MANAGES_SERVER });
});
afterAll(() => at.close());

/** Every test begins with a server that has configured nothing and in which nobody holds a contract. */
afterEach(async () => {
  const { db } = at.world.ctx(job);
  await db.delete(guildRole);
  for (const { id } of await db.select().from(contract).where(eq(contract.status, 'active')))
    await refundContract(at.world.ctx(operator), { contractId: id, reason: 'over' });
  at.world.clock.pass(6 * 60_000);
  await round();
  await db.delete(guildGrant);
  guild.changes.length = 0;
});

const round = () => syncRoles({ ...at.world.ctx(job), guilds: at.guilds });

const said = async (options: Record<string, string>, who = admin) => {
  const { message } = await who.command('roles', options);
  expect(message?.only).toBe(who.id);
  return message ? textOf(message) : expect.fail('no answer');
};

/** Somebody who is in the server and rents a plan. */
async function holder(planId = BASIC, { joins = true } = {}) {
  const person = at.somebody();
  if (joins) guild.join(person.id);
  const login = { provider: 'discord', subject: person.id, displayName: 'Somsri' } as const;
  const { user } = await meet(at.world.ctx({ kind: 'chat', provider: 'discord' }), login);
  const { contractId } = await rentedBy(at.world, user.id, planId);
  return { person, contractId };
}

describe('/roles', () => {
  test('is offered in servers alone, to those who may manage the server and its roles, with a role to pick', () => {
    const known = at.fake.registered('server').find(({ name }) => name === 'roles');
    expect(known).toMatchObject({
      default_member_permissions: String(PermissionFlagsBits.ManageGuild | PermissionFlagsBits.ManageRoles),
      contexts: [0],
      options: [
        { name: 'plan', type: 3 },
        { name: 'role', type: 8 },
      ],
    });
  });

  test('sets, shows and clears the role of a plan', async () => {
    expect(await said({})).toContain(en('roles.none'));
    expect(await said({ plan: 'BASIC', role: role.id })).toContain('@Basic holders');
    const shown = await said({});
    expect(shown).toContain('Basic holders');
    expect(shown).not.toContain('⚠️');
    const { message } = await admin.presses('Stop giving a role');
    expect(message && textOf(message)).toContain(en('roles.cleared'));
    expect(await said({})).toContain(en('roles.none'));
    const again = await admin.command('roles', {});
    expect(again.message && buttonsOf(again.message)).toEqual([]);
  });

  test('asks for the plan with a press when only a role was picked, and knows no plan that does not exist', async () => {
    expect(await said({ role: role.id })).toContain('@Basic holders');
    const { message } = await admin.presses('Premium');
    expect(message && textOf(message)).toContain('Premium');
    const [row] = await at.world.ctx(job).db.select().from(guildRole);
    expect(row).toMatchObject({ guildId: guild.id, planId: PREMIUM, roleId: role.id });
    expect(await said({ plan: 'platinum', role: role.id })).toContain('platinum'); // argument.unknown
  });

  test('refuses whoever does not manage the server, also where the server shows them the command or a button', async () => {
    const refused = en('error.guild.not_admin');
    for (const permissions of [0n, PermissionFlagsBits.ManageGuild, PermissionFlagsBits.ManageRoles]) {
      const other = at.somebody({ permissions });
      expect(await said({ plan: 'basic', role: role.id }, other)).toContain(refused);
      expect(await said({}, other)).toContain(refused);
    }
    await said({ plan: 'basic', role: role.id });
    const { message: shown } = await admin.command('roles');
    const { message } = await at.somebody().pressesOn(shown ?? expect.fail(), 'Stop giving a role');
    expect(message && textOf(message)).toContain(refused);
    expect(await at.world.ctx(job).db.select().from(guildRole)).toHaveLength(1);
    const boss = at.somebody({ permissions: PermissionFlagsBits.Administrator });
    expect(await said({}, boss)).toContain('Basic holders');
  });

  test('is refused alone with the bot: there is no server', async () => {
    const answer = await admin.writesDm('/roles');
    expect(textOf(answer)).toContain(en('error.command.servers_only', { name: 'roles' }));
  });

  test('is in the help of those who manage the server, and of nobody else', async () => {
    const help = async (who: Person) => {
      const { message } = await who.command('help');
      return message ? textOf(message) : '';
    };
    expect(await help(admin)).toContain('/roles');
    expect(await help(at.somebody())).not.toContain('/roles');
  });

  const refusals: [code: string, about: Partial<FakeRole>][] = [
    ['guild.role_managed', { managed: true }],
    ['guild.role_too_high', { position: 50 }],
    ...(['Administrator', 'ManageGuild', 'ManageRoles', 'BanMembers', 'KickMembers', 'ManageChannels'] as const).map(
      (name): [string, Partial<FakeRole>] => ['guild.role_powerful', { permissions: PermissionFlagsBits[name] }],
    ),
  ];
  test.each(refusals)('refuses with %s a role that has %o', async (code, about) => {
    const bad = guild.addRole({ name: 'Bad', ...about });
    expect(await said({ plan: 'basic', role: bad.id })).toContain(en(`error.${code}`, { role: 'Bad' }));
    expect(await at.world.ctx(job).db.select().from(guildRole)).toEqual([]);
  });

  test('refuses @everyone and a role that is not there', async () => {
    expect(await said({ plan: 'basic', role: guild.id })).toContain(en('error.guild.role_everyone'));
    const gone = en('error.guild.role_missing');
    expect(await said({ plan: 'basic', role: snowflake() })).toContain(gone);
  });

  test('says what the bot lacks: the permission, the membership, or Discord’s answer', async () => {
    const set = () => said({ plan: 'basic', role: role.id });
    guild.botRole.permissions = 0n;
    expect(await set()).toContain(en('error.guild.no_permission'));
    guild.botRole.permissions = PermissionFlagsBits.Administrator;
    expect(await set()).toContain('Basic');
    guild.botRole.permissions = PermissionFlagsBits.ManageRoles;
    guild.kick();
    expect(await set()).toContain(en('error.guild.not_there'));
    guild.invite();
    at.fake.trouble(/^GET \/guilds\/\d+$/, { status: 500 }, 2);
    expect(await set()).toContain(en('error.guild.away'));
  });

  test('shows its administrators why a role is not given, also where Discord alone knows why', async () => {
    await said({ plan: 'basic', role: role.id });
    guild.botRole.position = 0;
    expect(await said({})).toContain(en('roles.fault', { role: 'Basic holders', fault: 'too_high' }));
    guild.botRole.position = 50;
    const { person } = await holder();
    at.fake.trouble(/^PUT \/guilds/, { status: 403, code: 60_003 });
    expect(await round()).toMatchObject({ refused: 1 });
    expect(await said({})).toContain(en('roles.fault', { role: 'Basic holders', fault: 'refused' }));
    expect(guild.rolesOf(person.id)).toEqual([]);
    await said({ plan: 'basic', role: role.id }); // they have mended it
    expect(await round()).toMatchObject({ given: 1 });
    expect(await said({})).not.toContain('⚠️');
  });

  test('warns when a role that is cleared cannot be taken back', async () => {
    await said({ plan: 'basic', role: role.id });
    const { person } = await holder();
    await round();
    guild.botRole.permissions = 0n;
    await admin.command('roles');
    const { message } = await admin.presses('Stop giving a role');
    expect(message && textOf(message)).toContain(en('roles.stays', { fault: 'no_permission' }));
    await round();
    expect(guild.rolesOf(person.id)).toEqual(['Basic holders']);
    expect(await at.world.ctx(job).db.select().from(guildGrant)).toEqual([]);
    guild.botRole.permissions = PermissionFlagsBits.ManageRoles;
  });
});

describe('the round, over HTTP', () => {
  test('gives and takes, each once, and asks Discord nothing when nothing has changed', async () => {
    await said({ plan: 'basic', role: role.id });
    const { person, contractId } = await holder();
    expect(await round()).toMatchObject({ given: 1 });
    expect(guild.rolesOf(person.id)).toEqual(['Basic holders']);
    const asked = at.fake.requests.length;
    await round();
    expect(at.fake.requests.length).toBe(asked);
    await refundContract(at.world.ctx(operator), { contractId, reason: 'why' });
    expect(await round()).toMatchObject({ taken: 1 });
    expect(guild.changes).toEqual([`put ${person.id} ${role.id}`, `delete ${person.id} ${role.id}`]);
  });

  test('gives it to somebody who joins the server later, as soon as they write there', async () => {
    await said({ plan: 'basic', role: role.id });
    const { person } = await holder(BASIC, { joins: false });
    expect(await round()).toMatchObject({ absent: 1 });
    guild.join(person.id);
    expect(await round()).toMatchObject({ given: 0, absent: 0 });
    await person.command('menu');
    expect(await round()).toMatchObject({ given: 1 });
    expect(guild.rolesOf(person.id)).toEqual(['Basic holders']);
  });

  test('gives it again to somebody who left, came back and writes, and leaves alone whoever has it', async () => {
    await said({ plan: 'basic', role: role.id });
    const { person } = await holder();
    await round();
    await person.command('menu');
    expect(await round()).toMatchObject({ given: 0, confirmed: 0 });
    guild.members.delete(person.id);
    guild.join(person.id);
    await person.command('menu');
    expect(await round()).toMatchObject({ given: 1 });
    expect(guild.rolesOf(person.id)).toEqual(['Basic holders']);
  });

  test('waits as long as Discord says', async () => {
    const guilds = createGuilds({ token: at.fake.token, apiRoot: at.fake.apiRoot }); // what it learns stays with it
    const busyRound = () => syncRoles({ ...at.world.ctx(job), guilds });
    const gifts = () => at.fake.requests.filter((line) => line.startsWith('PUT /guilds')).length;
    await said({ plan: 'basic', role: role.id });
    const people = [await holder(), await holder()];
    const limit = { limit: '1', remaining: '0', 'reset-after': '60', scope: 'user' };
    const named = Object.entries(limit).map(([name, value]) => [`x-ratelimit-${name}`, value]);
    const headers: Record<string, string> = { 'retry-after': '60', ...Object.fromEntries(named) };
    at.fake.trouble(/^PUT \/guilds/, { status: 429, headers });
    const before = gifts();
    expect(await busyRound()).toMatchObject({ given: 0, away: 1 });
    expect(await busyRound()).toMatchObject({ given: 0, away: 1 }); // discord.js itself does not ask before the time
    expect(gifts()).toBe(before + 1);
    at.world.clock.pass(61_000);
    expect(await round()).toMatchObject({ given: 2 });
    for (const { person } of people) expect(guild.rolesOf(person.id)).toEqual(['Basic holders']);
    guilds.close();
  });

  test('is done by any process that has the token, without a connection to the gateway', async () => {
    await said({ plan: 'basic', role: role.id });
    const { person } = await holder();
    const { identified } = at.fake.gateway.counts;
    const folder = await mkdtemp(join(tmpdir(), 'abtpro-roles-'));
    const env = {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: at.world.url,
      DATA_DIR: folder,
      DISCORD_BOT_TOKEN: at.fake.token,
      DISCORD_API_ROOT: at.fake.apiRoot,
    };
    const sync = async (...more: string[]) => {
      const { stdout } = await run(process.execPath, ['src/job.ts', 'roles.sync', ...more], { env, timeout: 60_000 });
      return JSON.parse(stdout) as object;
    };
    expect(await sync('--dry-run')).toMatchObject({ dryRun: true, opens: 1, due: 0 });
    expect(guild.rolesOf(person.id)).toEqual([]);
    expect(await sync()).toMatchObject({ job: 'roles.sync', opened: 1, given: 1 });
    expect(guild.rolesOf(person.id)).toEqual(['Basic holders']);
    expect(at.fake.gateway.counts.identified).toBe(identified);
    await rm(folder, { recursive: true });
  }, 120_000);

  test('a role that was deleted is noted, and what we gave of it is forgotten with the contract', async () => {
    const doomed = guild.addRole({ name: 'Doomed' });
    await said({ plan: 'premium', role: doomed.id });
    const { contractId } = await holder(PREMIUM);
    await round();
    guild.roles.splice(guild.roles.indexOf(doomed), 1);
    expect(await said({})).toContain(en('roles.gone'));
    await refundContract(at.world.ctx(operator), { contractId, reason: 'why' });
    expect(await round()).toMatchObject({ taken: 1 });
    expect(await at.world.ctx(job).db.select().from(guildGrant)).toEqual([]);
  });
});
