import { eq } from 'drizzle-orm';
import type { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { accountForm } from '../../src/api/accountForm/form.ts';
import type { UserId } from '../../src/core/id.ts';
import { user } from '../../src/core/people/tables.ts';
import { blockUser } from '../../src/core/people/user.ts';
import { translate } from '../../src/core/text/text.ts';
import { openAccountLink } from '../../src/core/trading/link.ts';
import { accountRows, add, asUser, freshKey, sealedOf, trader } from '../support/accounts.ts';
import type { FakeExchanges } from '../support/exchanges.ts';
import { job, operator } from '../support/money.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World<FakeExchanges>;
let app: Hono;
let userId: UserId;
beforeAll(async () => {
  world = await createWorld();
  app = accountForm(world.ctx(job));
});
afterAll(() => world.close());
beforeEach(async () => {
  userId = await trader(world);
});

const en = (key: string, params = {}) => translate('en', key, params).replaceAll("'", '&#39;');
async function link(accountId?: string): Promise<string> {
  const { url } = await openAccountLink(asUser(world, userId), { userId, ...(accountId ? { accountId } : {}) });
  return new URL(url).pathname;
}
const get = async (path: string, headers = {}) => {
  const response = await app.request(path, { headers: { 'accept-language': 'en', ...headers } });
  return { status: response.status, text: await response.text(), headers: response.headers };
};
const fields = (key = freshKey()) => ({ exchange: 'binance.live', api_key: key.apiKey, secret: key.secret });
const send = async (path: string, form: Record<string, string>) => {
  const headers = { 'accept-language': 'en' };
  const response = await app.request(path, { method: 'POST', headers, body: new URLSearchParams(form) });
  return { status: response.status, text: await response.text(), location: response.headers.get('location') };
};

test('the form is there for an open link alone, told to nobody and kept nowhere', async () => {
  const shown = await get(await link());
  expect(shown.status).toBe(200);
  expect(shown.text).toContain('<option value="binance.testnet"');
  expect(shown.text).not.toContain('demo.demo');
  expect(Object.fromEntries(shown.headers)).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
  });
  const policy = shown.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  expect(shown.text).not.toMatch(/<style|style=|onclick|<script>/);
  const strange = await get(`/accounts/new/${'x'.repeat(43)}`);
  expect([strange.status, strange.text.includes(en('error.account_link.invalid'))]).toEqual([404, true]);
});

test('a good key is stored and the link is over: the page says so, and so does the link', async () => {
  const path = await link();
  const done = await send(path, { ...fields(), label: 'Main', group: 'Long' });
  expect([done.status, done.location]).toEqual([303, '/accounts/done?lang=en']);
  expect((await get(done.location ?? '')).text).toContain(en('accountform.done'));
  expect(await accountRows(world, userId)).toMatchObject([{ label: 'Main', groupName: 'Long' }]);
  for (const again of [await get(path), await send(path, fields())])
    expect([again.status, again.text.includes(en('error.account_link.used'))]).toEqual([409, true]);
  expect(await accountRows(world, userId)).toHaveLength(1);
});

test('pressed twice at once it is done once', async () => {
  const path = await link();
  const form = fields();
  const both = await Promise.all([send(path, form), send(path, form)]);
  expect(both.map(({ status }) => status).sort()).toEqual([303, 409]);
  expect(await accountRows(world, userId)).toHaveLength(1);
});

test.each([
  ['account.withdrawal', 422, 'form'],
  ['account.key_malformed', 422, 'secret-problem'],
  ['account.label_taken', 409, 'label-problem'],
  ['account.passphrase_missing', 422, 'passphrase-problem'],
  ['account.endpoint_unknown', 422, 'exchange-problem'],
])(
  '%s brings the form back with the words in their place, the label kept and nothing of the key',
  async (code, status, place) => {
    await add(world, userId, { label: 'Taken' });
    const key = freshKey();
    if (code === 'account.withdrawal') world.exchanges.told.set(key.apiKey, { canWithdraw: true });
    const form = {
      ...fields(key),
      label: 'Taken',
      ...(code === 'account.label_taken' ? {} : { label: 'Kept <b>' }),
      ...(code === 'account.key_malformed' ? { secret: 'short' } : {}),
      ...(code === 'account.passphrase_missing' ? { exchange: 'okx.live' } : {}),
      ...(code === 'account.endpoint_unknown' ? { exchange: 'kraken.testnet' } : {}),
    };
    const path = await link();
    const back = await send(path, form);
    expect(back.status).toBe(status);
    expect(back.text).toContain(place === 'form' ? 'role="alert"' : `id="${place}"`);
    expect(back.text).toContain(en('accountform.not_kept'));
    expect(back.text).toContain(code === 'account.label_taken' ? 'value="Taken"' : 'value="Kept &lt;b&gt;"');
    for (const part of [key.apiKey, key.secret]) expect(back.text).not.toContain(part);
    expect((await send(path, { ...fields(), label: 'Fine' })).status).toBe(303); // the link is still open
  },
);

test('an exchange that is away says so, and nothing is stored', async () => {
  const key = freshKey();
  world.exchanges.troubles.set(key.apiKey, 'unreachable');
  const back = await send(await link(), fields(key));
  expect([back.status, back.text.includes('does not answer as it should')]).toEqual([503, true]);
  expect(await accountRows(world, userId)).toEqual([]);
});

test('a link for a new key asks for the key alone, and replaces it', async () => {
  const { account } = await add(world, userId, { label: 'Main' });
  const path = await link(account.id);
  const shown = await get(path);
  expect(shown.text).toContain(en('accountform.title_key', { label: 'Main' }));
  expect(shown.text).not.toMatch(/name="(exchange|label|group|passphrase)"/);
  const before = await sealedOf(world, account.id);
  expect((await send(path, fields())).status).toBe(303);
  expect(await sealedOf(world, account.id)).not.toBe(before);
  expect(await accountRows(world, userId)).toHaveLength(1);
});

test('an old link, a blocked person and a body that is too large are turned away in words', async () => {
  const old = await link();
  world.clock.pass(11 * 60_000);
  expect((await get(old)).status).toBe(404);
  const path = await link();
  expect((await send(path, { ...fields(), secret: 'x'.repeat(40_000) })).status).toBe(413);
  await blockUser(world.ctx(operator), { userId, reason: 'a test' });
  const shut = await get(path);
  expect([shut.status, shut.text.includes(en('error.user.blocked'))]).toEqual([403, true]);
});

test('it speaks the language of its person, and no log has learned an address', async () => {
  await world.ctx(job).db.update(user).set({ language: 'th' }).where(eq(user.id, userId));
  const path = await link();
  expect((await get(path)).text).toContain(translate('th', 'accountform.intro'));
  world.exchanges.meanwhile = async () => {
    throw new Error('a bug of ours');
  };
  expect((await send(path, fields())).status).toBe(500);
  world.exchanges.meanwhile = async () => {};
  const logged = world.log.lines.join('\n');
  expect(logged).toContain('a key could not be taken');
  expect(logged).not.toContain(path);
  expect((await get('/accounts/assets/nothing.js')).status).toBe(404);
});
