import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEntry } from '../../src/core/audit.ts';
import type { UserId } from '../../src/core/id.ts';
import { type Server, setGuildRole } from '../../src/core/rental/guildRole.ts';
import { noteState } from '../../src/core/rental/guildState.ts';
import { guildRole } from '../../src/core/rental/tables.ts';
import { type MemoryGuilds, memoryGuilds } from '../support/guilds.ts';
import { job } from '../support/money.ts';
import { colleague, firstOwner, PASSWORD, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';
import { BASIC, ENTERPRISE, PREMIUM } from '../support/rental.ts';

const EVIL = `<img src=x onerror=alert(1)>"'><script>x</script>`;

let served: ServedPanel;
let owner: TestOperator;
let browser: ReturnType<typeof visitor>;
let guilds: MemoryGuilds;
let admin: UserId;
beforeAll(async () => {
  served = await servePanel();
  owner = await firstOwner(served.world);
  guilds = memoryGuilds();
  admin = (await served.world.person('Admin', 'discord')).userId;
});
afterAll(() => served.close());
beforeEach(async () => {
  browser = visitor(served.origin, owner.token);
  await served.world.ctx(job).db.delete(guildRole);
  guilds.servers.clear();
});

async function mapped(guildId: string, planId: string, roleId: string) {
  const server = guilds.servers.get(guildId) ?? guilds.addServer(guildId);
  server.name = `Traders ${guildId}`;
  if (!server.roles.some(({ id }) => id === roleId)) server.addRole(roleId, { name: `Holders ${roleId}` });
  const ctx = { ...served.world.ctx({ kind: 'user', userId: admin }), guilds };
  const of: Server = { id: guildId, manages: true, roles: [] };
  return setGuildRole(ctx, { server: of, planId, roleId });
}

const remaining = async () => (await served.world.ctx(job).db.select().from(guildRole)).length;

describe('the page of roles in Discord servers', () => {
  test('shows which server gives which role for which plan, who set it, and what stands against it', async () => {
    await mapped('900', BASIC, '11');
    await mapped('900', PREMIUM, '12');
    await noteState(served.world.ctx(job), { guildId: '900', roleId: '12' }, 'too_high');
    const { status, text } = await browser.get('/admin/guilds');
    expect(status).toBe(200);
    for (const words of ['Traders 900', '<code>900</code>', 'Holders 11', 'Holders 12', `/admin/users/${admin}`])
      expect(text).toContain(words);
    expect(text.match(/No trouble known/g)).toHaveLength(1);
    expect(text).toContain('The role stands above the bot’s');
    await noteState(served.world.ctx(job), { guildId: '900', roleId: '12' }, undefined);
    expect((await browser.get('/admin/guilds')).text.match(/No trouble known/g)).toHaveLength(2);
  });

  test('says so when there is none, and pages through many', async () => {
    expect((await browser.get('/admin/guilds')).text).toContain('No server has set up a role yet');
    for (let n = 0; n < 13; n++)
      for (const [i, planId] of [BASIC, PREMIUM].entries()) await mapped(String(1000 + n), planId ?? '', `${n}${i}`);
    const first = await browser.get('/admin/guilds');
    expect(first.text.match(/\/admin\/guilds\/\d+\//g)).toHaveLength(25);
    const [, next = ''] = /rel="next" href="([^"]+)"/.exec(first.text) ?? [];
    const second = await browser.get(`/admin/guilds${next.replaceAll('&amp;', '&')}`);
    expect(second.text.match(/\/admin\/guilds\/\d+\//g)).toHaveLength(1);
    expect(second.text).toContain('Traders 1012');
  });

  test('takes what a server or a role is called for text', async () => {
    const server = guilds.addServer('901');
    server.addRole('21', { name: EVIL });
    await mapped('901', ENTERPRISE, '21');
    for (const path of ['/admin/guilds', `/admin/guilds/901/${ENTERPRISE}`]) {
      const { status, text } = await browser.get(path);
      expect([status, /<img src=x|<script>x/.test(text)], path).toEqual([200, false]);
    }
  });

  test('lets an operator clear a role, with a reason and a fresh proof, once', async () => {
    await mapped('900', BASIC, '11');
    const page = `/admin/guilds/900/${BASIC}`;
    const send = (fields: Record<string, string>) => browser.send(page, `${page}/clear`, { role: '11', ...fields });
    const bare = await send({ reason: ' ' });
    expect([bare.status, bare.text.includes('id="reason-problem"')]).toEqual([422, true]);
    served.world.clock.pass(11 * 60_000);
    const old = await send({ reason: 'asked by phone' });
    expect([old.status, old.text.includes('id="proof-problem"'), await remaining()]).toEqual([403, true, 1]);
    const keys = await browser.keys(page);
    const again = () =>
      browser.post(`${page}/clear`, { ...keys, role: '11', reason: 'asked by phone', proof: PASSWORD });
    for (const answer of await Promise.all([again(), again()]))
      expect([answer.status, answer.location]).toEqual([303, '/admin/guilds?done=guild_cleared']);
    expect(await remaining()).toBe(0);
    const { db } = served.world.ctx(job);
    const lines = await db.select().from(auditEntry).where(eq(auditEntry.action, 'guild.role_cleared'));
    expect(lines.map(({ subject, actor, detail }) => [subject, actor, detail])).toEqual([
      ['guild:900:11', `operator:${owner.id}`, { planId: BASIC, reason: 'asked by phone' }],
    ]);
    expect((await browser.get('/admin/guilds?done=guild_cleared')).text).toContain('The role is cleared.');
    const gone = await browser.get(page); // guild.missing
    expect([gone.status, gone.text.includes('has no role in that server any more')]).toEqual([404, true]);
  });

  test('clears no role that was chosen after the operator had looked', async () => {
    await mapped('900', BASIC, '11');
    const page = `/admin/guilds/900/${BASIC}`;
    const keys = await browser.keys(page);
    await mapped('900', BASIC, '12');
    const late = await browser.post(`${page}/clear`, { ...keys, role: '11', reason: 'why' }); // guild.changed
    expect([late.status, late.text.includes('Another role was chosen')]).toEqual([409, true]);
    expect(await remaining()).toBe(1);
  });

  test('offers clearing to nobody who may not', async () => {
    await mapped('900', BASIC, '11');
    const support = visitor(served.origin, (await colleague(served.world, owner, 'support')).token);
    const page = `/admin/guilds/900/${BASIC}`;
    const { status, text } = await support.get(page);
    expect([status, text.includes('/clear')]).toEqual([200, false]);
    const answer = await support.send('/admin/account', `${page}/clear`, { role: '11', reason: 'why' });
    expect([answer.status, await remaining()]).toEqual([403, 1]);
  });
});
