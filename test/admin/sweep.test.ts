import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/admin/routes.ts';
import type { Route } from '../../src/admin/visit.ts';
import { openInvites } from '../../src/core/ops/invite.ts';
import { disableOperator } from '../../src/core/ops/operator.ts';
import { openSession } from '../../src/core/ops/session.ts';
import {
  auditEntry,
  broadcast,
  ledgerAccount,
  operator,
  refund,
  settingTable,
  walletAdjustment,
} from '../../src/core/tables.ts';
import type { TestQueue } from '../support/desk.ts';
import { fillIn, formOf } from '../support/forms.ts';
import { type HostileWorld, samplePath, seedHostile } from '../support/hostile.ts';
import { footprint } from '../support/money.ts';
import { colleague, door, firstOwner, PASSWORD, seen, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanelWithQueue, visitor } from '../support/panel.ts';

let served: ServedPanel;
let owner: TestOperator;
let hostile: HostileWorld;
let queue: TestQueue;
beforeAll(async () => {
  const panel = await servePanelWithQueue();
  ({ queue } = panel);
  served = panel;
  owner = await firstOwner(served.world);
  hostile = await seedHostile(served.world, owner, queue);
});
afterAll(() => served.close());

const come = (token = '') => visitor(served.origin, token);
const path = (route: Route) => samplePath(route, hostile.ids);
const kept = routes.filter(({ who }) => who !== 'anyone');
const posts = routes.filter(({ method }) => method === 'post');
const named = (list: readonly Route[]) =>
  list.map((route): [string, Route] => [`${route.method} ${route.path}`, route]);
const codes = () => served.world.log.lines.filter((line) => line.startsWith('a page of the panel failed'));

/** All that a form may not do twice: money, messages, people with rights, settings, work for the queue. */
async function traces() {
  const { db } = owner.ctx;
  const balances = await db.select({ id: ledgerAccount.id, satang: ledgerAccount.balanceSatang }).from(ledgerAccount);
  const operators = await db.select({ id: operator.id, role: operator.role, version: operator.version }).from(operator);
  return {
    ...(await footprint(served.world)),
    refunds: await db.$count(refund),
    adjustments: await db.$count(walletAdjustment),
    broadcasts: await db
      .select({ id: broadcast.id, version: broadcast.version, status: broadcast.status })
      .from(broadcast)
      .orderBy(broadcast.id),
    settings: await db
      .select({ key: settingTable.key, version: settingTable.version })
      .from(settingTable)
      .orderBy(settingTable.key),
    runs: await queue.sql`select name, state, count(*)::int from queue.job group by name, state order by name, state`,
    audit: await db.$count(auditEntry),
    invites: (await openInvites(owner.ctx)).length,
    balances: balances.sort((a, b) => (a.id < b.id ? -1 : 1)),
    operators: operators.sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

describe('every form', () => {
  test.each(named(posts))('%s does once what is sent twice', async (_, route) => {
    const { token } = await colleague(served.world, owner, 'owner');
    const browser = come(token);
    const { form_key = '' } = await browser.keys('/admin/account');
    const { path, fields } = await fillIn(route, { world: served.world, owner, hostile });
    const send = () => browser.post(path, { ...fields, form_key });
    const first = await send();
    const { refusal, repeats } = formOf(route);
    if (refusal) expect(first.status).toBe(refusal);
    else expect(first.status).toBeLessThan(400); // else it would have been twice nothing
    const after = await traces();
    const second = await send();
    expect(
      [first.status, second.status].every((status) => status < 500),
      `${first.status} ${second.status}`,
    ).toBe(true);
    expect(await traces()).toEqual(repeats ? { ...after, audit: after.audit + 1 } : after);
    expect(codes()).toEqual([]);
  });

  test('that nobody has filled in fails loudly', () => {
    expect(() => formOf({ path: '/admin/dragons' })).toThrow(/\/admin\/dragons has no sample/);
  });

  test('says no in words of its own to whatever it is sent', async () => {
    const { token } = await colleague(served.world, owner, 'owner');
    const given = { world: served.world, owner, hostile };
    const filled = await Promise.all(posts.map((route) => fillIn(route, given)));
    const names = new Set(filled.flatMap(({ fields }) => [...Object.keys(fields), 'proof']));
    const odd = [
      '\0',
      '\u202e',
      '9'.repeat(900),
      '-1',
      '[object Object]',
      '%00',
      '{"a":1}',
      "'; drop table operator; --",
    ];
    for (const route of posts.filter(({ path }) => !/sign-out|sessions|password/.test(path)))
      for (const value of odd) {
        const browser = come(token);
        const { form_key = '' } = await browser.keys('/admin/account');
        const form = { ...Object.fromEntries([...names].map((name) => [name, value])), form_key };
        const { status } = await browser.post(path(route), form);
        expect(status, `${route.path} ${value.slice(0, 20)}`).toBeLessThan(500);
      }
    expect(codes()).toEqual([]);
  }, 60_000);
});

describe('every page and every form behind the door', () => {
  const shut: [string, () => Promise<string>][] = [
    ['nobody', async () => ''],
    ['a token somebody made up', async () => 'x'.repeat(43)],
    [
      'a session that was stolen, once its owner has signed out everywhere else',
      async () => {
        const one = await colleague(served.world, owner, 'owner');
        const stolen = (await enter(one)).token;
        const browser = await enter(one);
        await browser.send('/admin/account', '/admin/account/sessions/end-others');
        return stolen;
      },
    ],
    [
      'a session that was copied, once the password has been changed in it',
      async () => {
        const { token } = await colleague(served.world, owner, 'owner');
        const browser = come(token);
        const form = { old: PASSWORD, password: 'another horse entirely' };
        const answer = await browser.send('/admin/account', '/admin/account/password', form);
        expect(answer.location).toBe('/admin/account?done=password');
        expect((await browser.get('/admin')).status).toBe(200);
        return token;
      },
    ],
    [
      'somebody who was disabled',
      async () => {
        const one = await colleague(served.world, owner, 'owner');
        await disableOperator(owner.ctx, await seen(served.world, one));
        return one.token;
      },
    ],
    [
      'a session that has been idle for half an hour',
      async () => {
        const { token } = await colleague(served.world, owner, 'owner');
        served.world.clock.pass(30 * 60_000);
        return token;
      },
    ],
    [
      'a session of twelve hours ago, however busy it was',
      async () => {
        const { token } = await colleague(served.world, owner, 'owner');
        for (let n = 0; n < 36; n++) {
          served.world.clock.pass(20 * 60_000);
          await openSession(door(served.world), { token, isVisit: true });
        }
        return token;
      },
    ],
  ];
  test.each(shut)('is shut for %s', async (_, tokenOf) => {
    const token = await tokenOf();
    for (const [name, route] of named(kept)) {
      const { status, location } = await come(token)[route.method](path(route));
      expect([status, location], name).toEqual([303, '/admin/sign-in']);
    }
  });
});

async function enter(one: TestOperator) {
  const browser = come();
  await browser.post('/admin/sign-in', { email: one.email, password: PASSWORD });
  const answer = await browser.send('/admin/second-factor', '/admin/second-factor', { code: one.code() });
  expect(answer.location).toBe('/admin');
  return browser;
}

describe('the door', () => {
  test('never makes a session of a token that was there before', async () => {
    const one = await colleague(served.world, owner, 'support');
    const planted = 'p'.repeat(43);
    const victim = come(planted);
    await victim.post('/admin/sign-in', { email: one.email, password: PASSWORD });
    const half = victim.token;
    await victim.send('/admin/second-factor', '/admin/second-factor', { code: one.code() });
    expect(new Set([planted, half, victim.token]).size).toBe(3);
    for (const token of [planted, half]) expect((await come(token).get('/admin')).location).toBe('/admin/sign-in');
    expect((await victim.get('/admin')).status).toBe(200);
  });

  test('counts tries by the address that the proxy on this machine has seen, not by what a stranger wrote before it', async () => {
    const from = (address: string, n: number) =>
      come().post(
        '/admin/sign-in',
        { email: `nobody-${n}@example.com`, password: 'wrong' },
        { origin: served.origin, 'x-forwarded-for': address },
      );
    for (let n = 0; n < 30; n++) expect((await from(`198.51.100.${n}, 203.0.113.7`, n)).status).toBe(401);
    expect((await from('198.51.100.99, 203.0.113.7', 31)).status).toBe(429);
    expect((await from('203.0.113.8', 32)).status).toBe(401);
    served.world.clock.pass(16 * 60_000);
  });

  test('counts guesses of a proof and of the old password like those at the door', async () => {
    const { token } = await colleague(served.world, owner, 'owner');
    const browser = come(token);
    served.world.clock.pass(11 * 60_000);
    const guess = (n: number) =>
      n % 2 === 0
        ? browser.send('/admin/account', '/admin/account/recovery', { proof: `guess ${n}` })
        : browser.send('/admin/account', '/admin/account/password', { old: `guess ${n}`, password: 'x'.repeat(20) });
    for (let n = 0; n < 10; n++) expect((await guess(n)).status).toBe(401);
    for (const n of [10, 11]) expect((await guess(n)).status).toBe(429);
    const right = await browser.send('/admin/account', '/admin/account/recovery', { proof: PASSWORD });
    expect(right.status).toBe(429);
    served.world.clock.pass(16 * 60_000);
  });
});

describe('an operator on their own account', () => {
  test('gets new recovery codes only with a fresh proof, and sees them once', async () => {
    const one = await colleague(served.world, owner, 'support');
    const browser = come(one.token);
    served.world.clock.pass(11 * 60_000);
    const bare = await browser.send('/admin/account', '/admin/account/recovery');
    expect([bare.status, /id="proof-problem"/.test(bare.text)]).toEqual([403, true]);
    const made = await browser.send('/admin/account', '/admin/account/recovery', { proof: PASSWORD });
    const codes = made.text.match(/(?<=<li>)[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/g) ?? [];
    expect(codes).toHaveLength(10);
    expect(made.headers.get('cache-control')).toBe('no-store');
    for (const page of ['/admin/account', '/admin/audit', '/admin'])
      expect((await browser.get(page)).text).not.toContain(codes[0]);
    const old = come();
    await old.post('/admin/sign-in', { email: one.email, password: PASSWORD });
    const answer = await old.send('/admin/second-factor', '/admin/second-factor', { code: one.recoveryCodes[0] ?? '' });
    expect(answer.status).toBe(401);
  });

  test('changes name, language and password, with what is wrong beside its field', async () => {
    const one = await colleague(served.world, owner, 'support');
    const browser = come(one.token);
    const { text } = await browser.get('/admin/account');
    const [, version = ''] = /name="version" value="(\d+)"/.exec(text) ?? [];
    const saved = await browser.send('/admin/account', '/admin/account/profile', {
      name: 'Kanya',
      language: 'th',
      version,
    });
    expect(saved.location).toBe('/admin/account?done=profile');
    expect((await browser.get('/admin/account')).text).toContain('บัญชีของคุณ');
    const stale = await browser.send('/admin/account', '/admin/account/profile', {
      name: 'Other',
      language: 'en',
      version,
    });
    expect([stale.status, stale.text.includes('Kanya')]).toEqual([409, true]); // operator.stale
    const wrong = await browser.send('/admin/account', '/admin/account/password', {
      old: 'nonsense',
      password: 'x'.repeat(20),
    });
    expect([wrong.status, /id="old-problem"/.test(wrong.text)]).toEqual([401, true]); // operator.password_wrong
    const weak = await browser.send('/admin/account', '/admin/account/password', { old: PASSWORD, password: 'short' });
    expect([weak.status, /id="password-problem"/.test(weak.text)]).toEqual([422, true]);
    expect(weak.text).not.toContain(PASSWORD);
  });
});

test('an owner resets a colleague’s second factor, and both are told by their pages', async () => {
  const boss = come((await colleague(served.world, owner, 'owner')).token);
  const one = await colleague(served.world, owner, 'support', 'Niran');
  const { version } = await seen(served.world, one);
  const to = `/admin/operators/${one.id}/reset-second-factor`;
  const done = await boss.send('/admin/operators', to, { version: String(version) });
  expect(done.location).toBe('/admin/operators?done=second_factor_reset');
  expect((await boss.get('/admin/operators')).text).toMatch(new RegExp(`${one.email}[\\s\\S]{0,300}must be set up`));
  const back = come();
  const answer = await back.post('/admin/sign-in', { email: one.email, password: PASSWORD });
  expect(answer.location).toBe('/admin/enrol');
  expect((await back.get('/admin/enrol')).text).toContain('Your second factor was reset');
  expect((await back.get('/admin')).location).toBe('/admin/enrol');
});

test('of two forms drawn from one version the second is told that it is old', async () => {
  const boss = come((await colleague(served.world, owner, 'owner')).token);
  const one = await colleague(served.world, owner, 'support', 'Niran');
  const version = String((await seen(served.world, one)).version);
  const role = (to: string) => boss.send('/admin/operators', `/admin/operators/${one.id}/role`, { role: to, version });
  expect((await role('auditor')).status).toBe(303);
  expect((await role('auditor')).status).toBe(303);
  const late = await role('manager');
  expect([late.status, late.text.includes('has changed Niran since you looked')]).toEqual([409, true]);
  const own = await boss.send('/admin/operators', `/admin/operators/${owner.id}/role`, { role: 'support' }); // no version
  expect(own.status).toBe(409);
});
