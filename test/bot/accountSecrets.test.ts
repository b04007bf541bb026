import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountForm } from '../../src/api/accountForm/form.ts';
import { createLocalChat } from '../../src/bot/local/localChat.ts';
import { createTelegram, type Telegram } from '../../src/bot/telegram/telegram.ts';
import { chatUpdate } from '../../src/core/chats/tables.ts';
import type { UserId } from '../../src/core/id.ts';
import { deliverNotices } from '../../src/core/notices/notice.ts';
import { meet } from '../../src/core/people/identity.ts';
import { identity, type Provider } from '../../src/core/people/tables.ts';
import { openAccountLink } from '../../src/core/trading/link.ts';
import { syncAccounts } from '../../src/core/trading/sync.ts';
import { accountRows, freshKey } from '../support/accounts.ts';
import { createDiscordWorld, type DiscordWorld } from '../support/discordBot.ts';
import { eventually } from '../support/eventually.ts';
import type { FakeExchanges } from '../support/exchanges.ts';
import { job } from '../support/money.ts';
import { ENTERPRISE, rentedBy } from '../support/rental.ts';
import { type FakeTelegram, startTelegram } from '../support/telegram.ts';
import { en } from '../support/telegramBot.ts';
import type { FakeMessage } from '../support/telegramChats.ts';
import { dumpOf, found } from '../support/traces.ts';
import type { World } from '../support/world.ts';

// One world with all three chats and the page. What is typed in any of them must be nowhere afterwards.

let at: DiscordWorld;
let world: World<FakeExchanges>;
let fake: FakeTelegram;
let telegram: Telegram;
const typed: string[] = [];
let told = '';

beforeAll(async () => {
  [at, fake] = await Promise.all([createDiscordWorld(), startTelegram()]);
  ({ world } = at);
  const ctx = world.ctx({ kind: 'chat', provider: 'telegram' });
  telegram = createTelegram(ctx, { token: fake.token, apiRoot: fake.apiRoot, webhookSecret: null });
  await Promise.all([telegram.start(), at.bot()]);
});
afterAll(async () => {
  await telegram.stop();
  await fake.close();
  await at.close();
});

/** A key whose parts must never be seen again. */
function secretKey() {
  const key = { ...freshKey(), passphrase: `PASSzq${typed.length}${'p'.repeat(20)}` };
  typed.push(...Object.values(key));
  return key;
}

async function customer(provider: Provider, subject: string): Promise<UserId> {
  const ctx = world.ctx({ kind: 'chat', provider });
  await meet(ctx, { provider, subject, displayName: 'Niran', languageHint: 'en' });
  const which = and(eq(identity.provider, provider), eq(identity.subject, subject));
  const [row] = await ctx.db.select().from(identity).where(which);
  if (!row) throw new Error('met a moment ago');
  await rentedBy(world, row.userId, ENTERPRISE);
  return row.userId;
}

async function expectNoTrace(): Promise<void> {
  expect(found(typed, await dumpOf(world))).toEqual([]);
  expect(found(typed, world.log.lines.join('\n'))).toEqual([]);
  expect(found(typed, told)).toEqual([]);
}

const says = (words: string) => (message: FakeMessage) => (message.text ?? '').includes(words);

test('on Telegram: asked one after the other, each answer deleted at once, in no row and in no message', async () => {
  const person = fake.person(4001);
  const userId = await customer('telegram', '4001');
  const chat = () => JSON.stringify(fake.calls) + JSON.stringify(fake.person(4001).sees());
  const waits = (key: string) => person.waitsFor(says(en(key)));
  const deleted = () => fake.calls.filter(({ method }) => method === 'deleteMessage').length;

  person.says('/addaccount');
  const offer = await waits('addaccount.how');
  expect(offer.buttons.flat()[0]).toMatchObject({ text: en('button.account_form') });
  person.presses(en('button.account_here'));
  await waits('addaccount.which');
  person.presses('OKX');
  await waits('field.api_key');

  const bad = secretKey();
  world.exchanges.told.set(bad.apiKey, { canWithdraw: true });
  person.says(bad.apiKey);
  await waits('field.secret');
  // In the middle of it, with one half of the key given: the other half may never come.
  await expectNoTrace();
  person.says('short'); // account.key_malformed
  await waits('field.secret_hint');
  person.says(bad.secret);
  await waits('field.passphrase');
  person.says(bad.passphrase);
  await person.waitsFor(says('This key can withdraw money'));
  expect(await accountRows(world, userId)).toEqual([]);

  const good = secretKey();
  for (const [text, next] of [
    [good.apiKey, en('field.secret')],
    [good.secret, en('field.passphrase')],
    [good.passphrase, en('addaccount.done', { label: 'OKX' })],
  ] as const) {
    person.says(text);
    await eventually(() => says(next)(person.sees().at(-1) as FakeMessage)); // there are some
  }
  expect(await accountRows(world, userId)).toMatchObject([{ exchange: 'okx', label: 'OKX' }]);
  expect(deleted()).toBeGreaterThanOrEqual(7);

  const behind = secretKey();
  person.says(`/addaccount binance ${behind.apiKey} ${behind.secret}`);
  await waits('secret.overheard');
  await eventually(async () => (await world.ctx(job).db.$count(chatUpdate, eq(chatUpdate.lane, '4001'))) > 0);
  told += chat();
  await expectNoTrace();
});

test('on Telegram: a message that cannot be deleted is said, and an answer that comes too late is deleted too', async () => {
  const person = fake.person(4002);
  await customer('telegram', '4002');
  const start = async () => {
    const seen = person.sees().length;
    person.says('/addaccount kraken');
    await eventually(() =>
      person
        .sees()
        .slice(seen)
        .some(says(en('addaccount.how'))),
    );
    person.presses(en('button.account_here'));
    await eventually(() => person.sees().some(says('Which of the two')));
    person.presses(en('addaccount.live'));
    await eventually(() => person.sees().some(says(en('field.api_key'))));
  };
  await start();
  const key = secretKey();
  fake.fails('deleteMessage', [{ code: 400, description: "Bad Request: message can't be deleted for everyone" }], 4002);
  fake.fails('deleteMessage', [{ code: 400, description: 'Bad Request: not enough rights' }], 4002);
  person.says(key.apiKey);
  expect((await person.waitsFor(says(en('field.secret')))).text).toContain(en('secret.delete_it'));
  world.clock.pass(11 * 60_000);
  const before = fake.calls.filter(({ method }) => method === 'deleteMessage').length;
  person.says(key.secret);
  const late = await person.waitsFor(says(en('error.question.expired')));
  expect(late.text).toContain(en('secret.delete_it'));
  person.says(key.secret);
  await eventually(() => person.sees().filter(says(en('error.question.expired'))).length === 2);
  expect(fake.calls.filter(({ method }) => method === 'deleteMessage').length).toBeGreaterThan(before);
  told += JSON.stringify(person.sees());
  await expectNoTrace();
});

test('on Discord: a modal, and after a refusal an empty one; nothing of it in a message or an id', async () => {
  const person = at.somebody({ locale: 'en-GB' });
  const userId = await customer('discord', person.id);
  await person.command('addaccount');
  await person.presses('Type it here');
  await person.presses('Binance');
  const opened = await person.presses(en('addaccount.live'));
  expect(JSON.stringify(opened.modal)).toContain('api_key');
  const bad = secretKey();
  world.exchanges.troubles.set(bad.apiKey, 'key_invalid');
  const refused = await person.submits({ api_key: bad.apiKey, secret: bad.secret });
  expect(JSON.stringify(refused.message?.body)).toContain('is wrong');
  const malformed = secretKey();
  await person.presses(en('button.fill_in'));
  await person.submits({ api_key: malformed.apiKey, secret: 'short' }); // account.key_malformed
  const again = await person.presses(en('button.fill_in'));
  expect(found(typed, JSON.stringify(again.modal))).toEqual([]);
  expect(JSON.stringify(again.modal)).toContain('api_key');
  const good = secretKey();
  await person.submits({ api_key: good.apiKey, secret: good.secret });
  expect(await accountRows(world, userId)).toMatchObject([{ exchange: 'binance', endpoint: 'live' }]);
  told +=
    JSON.stringify(person.sees().map(({ body }) => body)) + JSON.stringify(person.sees('dm').map(({ body }) => body));
  await expectNoTrace();
});

test('in the local chat: hidden fields of a form that lives on the page alone', async () => {
  const userId = await customer('local', 'niran');
  const chat = createLocalChat(world.ctx({ kind: 'chat', provider: 'local' }));
  const post = async (path: string, body: object) => {
    const who = { as: 'niran', name: 'Niran', language: 'en', id: randomUUID() };
    const response = await chat.app.request(
      path,
      {
        method: 'POST',
        headers: {
          host: '127.0.0.1:8000',
          origin: 'http://127.0.0.1:8000',
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/json',
        },
        body: JSON.stringify({ ...who, ...body }),
      },
      { incoming: { socket: { remoteAddress: '127.0.0.1' } } },
    );
    const text = await response.text();
    told += text;
    return JSON.parse(text);
  };
  const bad = secretKey();
  const command = 'account.type';
  const asked = await post('/chat/form', { command, args: { on: 'binance.live' } });
  expect(asked.form.fields).toMatchObject([
    { name: 'api_key', secret: true },
    { name: 'secret', secret: true },
  ]);
  world.exchanges.troubles.set(bad.apiKey, 'permission');
  const refused = await post('/chat/form', { command, args: { on: 'binance.live', ...fields(bad) } });
  expect(refused.form).toMatchObject({
    args: { on: 'binance.live' },
    problem: expect.stringContaining('may not read'),
  });
  await post('/chat/form', { command, args: { on: 'binance.live', ...fields(secretKey()) } });
  expect(await accountRows(world, userId)).toHaveLength(1);
  const behind = secretKey();
  await post('/chat/messages', { text: `/addaccount ${behind.apiKey}` });
  chat.stop();
  await expectNoTrace();
});

const fields = ({ apiKey, secret }: { apiKey: string; secret: string }) => ({ api_key: apiKey, secret });

test('on the page, in jobs and in notices, with failures on the way', async () => {
  const userId = await customer('local', 'arisa');
  const ctx = world.ctx({ kind: 'user', userId });
  const app = accountForm(world.ctx(job));
  const send = async (url: string, form: Record<string, string>) => {
    const response = await app.request(new URL(url).pathname, { method: 'POST', body: new URLSearchParams(form) });
    told += await response.text();
    return response.status;
  };
  const { url } = await openAccountLink(ctx, { userId });
  const bad = secretKey();
  world.exchanges.troubles.set(bad.apiKey, 'ip_not_allowed');
  expect(await send(url, { exchange: 'kraken.live', ...fields(bad) })).toBe(422);
  world.exchanges.troubles.set(bad.apiKey, new Error('a bug of ours'));
  expect(await send(url, { exchange: 'kraken.live', ...fields(bad) })).toBe(500);
  expect(await send(url, { exchange: 'kraken.live', ...fields(secretKey()) })).toBe(303);
  const [account] = await accountRows(world, userId);
  const next = await openAccountLink(ctx, { userId, accountId: account?.id ?? '' });
  expect(await send(next.url, fields(secretKey()))).toBe(303);
  world.exchanges.troubles.set(account?.id ?? '', 'key_invalid');
  for (let n = 0; n < 40; n++) {
    world.clock.pass(30_000);
    await syncAccounts(world.ctx(job));
  }
  await deliverNotices(world.ctx(job), 500);
  expect(world.exchanges.keysSeen.size).toBeGreaterThan(5); // the keys did reach the exchange
  expect(world.log.lines.join('\n')).not.toContain(url.split('/').at(-1));
  await expectNoTrace();
});
