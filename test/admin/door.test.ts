import { generateSync } from 'otplib/functional';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/admin/routes.ts';
import { may, type Permission, type Role, roles } from '../../src/core/access.ts';
import { inviteOperator, offerFirstInvite } from '../../src/core/ops/invite.ts';
import { disableOperator } from '../../src/core/ops/operator.ts';
import { signIn } from '../../src/core/ops/signIn.ts';
import { requestKey } from '../support/forms.ts';
import { accept, colleague, door, FROM, firstOwner, PASSWORD, seen, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';

let served: ServedPanel;
let owner: TestOperator;
beforeAll(async () => {
  served = await servePanel();
  owner = await firstOwner(served.world);
});
afterAll(() => served.close());

const come = (token = '') => visitor(served.origin, token);
const path = (route: (typeof routes)[number]) => route.path.replace(/:\w+/g, 'top_nothing');
const isPermission = (who: string): who is Permission => !['anyone', 'enrol', 'signed_in'].includes(who);
const kept = routes.filter((route) => route.who !== 'anyone');

/** An operator who has been signed in a moment ago, whatever the other tests did with the clock. */
async function fresh(role: Role) {
  const boss = await enter(owner);
  return colleague(served.world, { ...owner, token: boss }, role);
}

async function enter(operator: TestOperator): Promise<string> {
  const browser = come();
  await browser.post('/admin/sign-in', { email: operator.email, password: PASSWORD });
  const { status } = await browser.send('/admin/second-factor', '/admin/second-factor', { code: operator.code() });
  expect(status).toBe(303);
  return browser.token;
}

describe('every route', () => {
  test.each(roles)('refuses %s what the table of permissions does not allow', async (role) => {
    const { token } = await fresh(role);
    const browser = come(token);
    const keys = await browser.keys('/admin/account');
    for (const route of routes) {
      if (!isPermission(route.who)) continue;
      const form = { ...keys, request_key: requestKey(route, owner.ctx.newId) };
      const answer = route.method === 'get' ? await browser.get(path(route)) : await browser.post(path(route), form);
      const where = `${route.method} ${route.path}`;
      if (may(role, route.who)) expect(answer.status, where).not.toBe(403);
      else expect(answer.status, where).toBe(403);
    }
  });

  test('sends whoever is not signed in to the door', async () => {
    for (const token of ['', 'x'.repeat(43), `${owner.token}x`])
      for (const route of kept) {
        const browser = come(token);
        const { location, status } = await browser[route.method](path(route));
        expect([status, location], route.path).toEqual([303, '/admin/sign-in']);
      }
  });

  test('sends whoever has shown the password alone to the second factor', async () => {
    const browser = come();
    const { location } = await browser.post('/admin/sign-in', { email: owner.email, password: PASSWORD });
    expect(location).toBe('/admin/second-factor');
    const keys = await browser.keys('/admin/second-factor');
    for (const route of kept)
      expect((await browser[route.method](path(route), keys)).location, route.path).toBe('/admin/second-factor');
  });

  test('sends a manager without a second factor to set it up, and nowhere else', async () => {
    const email = 'plain@example.com';
    const { token: link } = await inviteOperator(owner.ctx, { email, role: 'manager' });
    const browser = come((await accept(served.world, link, email)).token);
    const keys = await browser.keys('/admin/enrol');
    for (const route of kept)
      if (route.who !== 'enrol')
        expect((await browser[route.method](path(route), keys)).location, route.path).toBe('/admin/enrol');
  });

  test('that changes something refuses another site and a form without the key of the session', async () => {
    const browser = come(await enter(owner));
    const { form_key = '' } = await browser.keys('/admin/account');
    for (const route of routes.filter(({ method }) => method === 'post')) {
      const strangers: Record<string, string>[] = [
        {},
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: served.origin, 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
      ];
      for (const headers of strangers)
        expect((await browser.post(path(route), { form_key }, headers)).status, route.path).toBe(403);
      for (const key of ['', 'x'.repeat(form_key.length)]) {
        const answer = await browser.post(path(route), { form_key: key });
        expect([answer.status, /too old/.test(answer.text)], route.path).toEqual([403, true]);
      }
    }
    expect((await browser.get('/admin')).status).toBe(200);
  });

  test('answers with headers that let nothing foreign in, and is kept nowhere', async () => {
    const browser = come(await enter(owner));
    const pages = routes
      .filter(({ method, path }) => method === 'get' && !path.includes(':'))
      .map((route) => route.path);
    for (const page of [...pages, '/admin/nothing', '/admin/payments/top_nothing']) {
      const { headers, text } = await browser.get(page);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy, page).toContain("default-src 'none'");
      expect(policy, page).not.toContain('unsafe');
      expect(headers.get('cache-control'), page).toBe('no-store');
      expect(text, page).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/);
    }
  });
});

describe('the door', () => {
  test('leads the first operator from the link to the dashboard', async () => {
    const first = await servePanel();
    const browser = visitor(first.origin);
    expect((await browser.get('/admin/sign-in')).text).toContain('There is no operator yet');
    const link = `/admin/invite/${await offerFirstInvite(first.world.ctx({ kind: 'job', name: 'start' }))}`;
    const weak = await browser.post(link, { name: 'Malee', email: 'm@example.com', password: 'short' });
    expect(weak.status).toBe(422);
    expect(weak.text).toMatch(/id="password-problem">A password has 12 to 200 characters/);
    const made = await browser.post(link, { name: 'Malee', email: 'm@example.com', password: PASSWORD });
    expect([made.status, made.location]).toEqual([303, '/admin']);
    expect((await browser.get('/admin')).location).toBe('/admin/enrol');
    const before = browser.token;
    const page = (await browser.get('/admin/enrol')).text;
    const secret = /<code>([A-Z2-7 ]{32,})<\/code>/.exec(page)?.[1]?.replaceAll(' ', '') ?? '';
    const code = generateSync({ secret, epoch: Math.floor(first.world.clock.now().getTime() / 1000) });
    const codes = await browser.send('/admin/enrol', '/admin/enrol', { code });
    expect(codes.text.match(/<li>[0-9A-Z]{4}(-[0-9A-Z]{4}){3}<\/li>/g)).toHaveLength(10);
    expect(browser.token).not.toBe(before);
    expect((await browser.get('/admin')).status).toBe(200);
    expect((await browser.get(link)).status).toBe(404);
    await first.close();
  });

  test('lets somebody who is signed in open an invitation as somebody else', async () => {
    const browser = come(await enter(owner));
    const { token } = await inviteOperator(owner.ctx, { email: 'second@example.com', role: 'support' });
    const link = `/admin/invite/${token}`;
    const made = await browser.send(link, link, { name: 'Second', password: PASSWORD });
    expect([made.status, made.location]).toEqual([303, '/admin']);
    expect((await browser.get('/admin/account')).text).toContain('second@example.com');
  });

  test('gives a new token at every step: one that was planted before never rises', async () => {
    const planted = (await signIn(door(served.world), { email: owner.email, password: PASSWORD, from: FROM })).token;
    const victim = come(planted);
    const keys = await victim.keys('/admin/second-factor');
    await victim.post('/admin/second-factor', { ...keys, code: owner.code() });
    expect(victim.token).not.toBe(planted);
    expect((await victim.get('/admin')).status).toBe(200);
    expect((await come(planted).get('/admin')).location).toBe('/admin/sign-in');
  });

  test('sets a cookie that no script reads and no other site sends', async () => {
    const browser = come();
    const { headers } = await browser.post('/admin/sign-in', { email: owner.email, password: PASSWORD });
    expect(headers.get('set-cookie')).toMatch(/^panel=[\w-]{43}; .*Path=\/admin; HttpOnly; SameSite=Strict$/);
  });

  test('tells when to try again after too many tries, with status 429', async () => {
    const other = await fresh('auditor');
    const browser = come();
    const wrong = () => browser.post('/admin/sign-in', { email: other.email, password: 'wrong' });
    const first = await wrong();
    expect([first.status, first.text.includes('The e-mail address or the password is wrong')]).toEqual([401, true]);
    for (let n = 1; n < 10; n++) await wrong();
    const last = await browser.post('/admin/sign-in', { email: other.email, password: PASSWORD });
    expect(last.status).toBe(429);
    expect(last.text).toMatch(/Please try again at \d\d:\d\d/);
    served.world.clock.pass(16 * 60_000);
  });

  test('answers an unknown name with the very page of a wrong password', async () => {
    const page = async (email: string) =>
      (await come().post('/admin/sign-in', { email, password: 'wrong' })).text.replaceAll(email, '…');
    expect(await page('nobody@example.com')).toBe(await page(owner.email));
  });

  test('is closed for a session that has expired, was signed out, or belongs to somebody disabled', async () => {
    const boss = { ...owner, token: await enter(owner) };
    const one = await colleague(served.world, boss, 'support');
    const two = await colleague(served.world, boss, 'support');
    expect((await come(one.token).get('/admin')).status).toBe(200);
    await disableOperator(owner.ctx, await seen(served.world, one));
    expect((await come(one.token).get('/admin')).location).toBe('/admin/sign-in');
    const leaving = come(two.token);
    await leaving.send('/admin/account', '/admin/sign-out');
    expect((await come(two.token).get('/admin')).location).toBe('/admin/sign-in');
    served.world.clock.pass(31 * 60_000);
    expect((await come(boss.token).get('/admin')).location).toBe('/admin/sign-in');
    const answer = await come(boss.token).get('/admin/live', { 'hx-request': 'true' });
    expect([answer.status, answer.headers.get('hx-redirect')]).toEqual([401, '/admin/sign-in']);
  });

  test('serves its files for ever under their fingerprint, and no other file', async () => {
    const { text } = await come().get('/admin/sign-in');
    const files = [...text.matchAll(/(?:src|href)="(\/admin\/assets\/[^"]+)/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const { headers, status } = await come().get(file);
      expect([status, headers.get('cache-control')], file).toEqual([200, 'public, max-age=31536000, immutable']);
    }
    for (const name of ['..%2fpanel.ts', 'nothing.css', 'constructor'])
      expect((await come().get(`/admin/assets/${name}`)).status).toBe(404);
  });

  test('speaks Thai to whoever chooses it', async () => {
    const browser = come(await enter(owner));
    await browser.send('/admin/account', '/admin/language', { language: 'th', back: '//evil.example' });
    expect((await browser.get('/admin')).text).toContain('ภาพรวม');
    const { location } = await browser.send('/admin/account', '/admin/language', {
      language: 'en',
      back: '/admin/audit',
    });
    expect(location).toBe('/admin/audit');
  });

  test('keeps the filter of a list when the language changes, and follows no other address', async () => {
    const browser = come(await enter(owner));
    const switched = async (back: string) =>
      (await browser.send('/admin/account', '/admin/language', { language: 'en', back })).location;
    const path = '/admin/users?text=%E0%B8%97%E0%B8%AD%E0%B8%87+*&done=user_block';
    const [, offered] = /name="back" value="([^"]+)"/.exec((await browser.get(path)).text) ?? [];
    expect(offered).toBe('/admin/users?text=%E0%B8%97%E0%B8%AD%E0%B8%87+*');
    expect(await switched(offered ?? '')).toBe(offered);
    expect(await switched('/admin/settings/topup.limits')).toBe('/admin/settings/topup.limits');
    for (const evil of [
      '/admin/../evil',
      '/admin//evil.example',
      '/admin?x=\r\nset-cookie:y',
      '/administrator',
      '/admin@evil',
    ])
      expect(await switched(evil), evil).toBe('/admin');
  });
});
