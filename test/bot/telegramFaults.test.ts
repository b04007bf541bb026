import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { telegramHook } from '../../src/api/telegramHook.ts';
import { claimUpdates, storeUpdates } from '../../src/core/chats/inbox.ts';
import { chatUpdate } from '../../src/core/chats/tables.ts';
import { telegramUpdate } from '../../src/core/chats/telegramUpdate.ts';
import { minutes, seconds } from '../../src/core/clock.ts';
import { topup } from '../../src/core/money/tables.ts';
import { eventually } from '../support/eventually.ts';
import { createTelegramWorld, en, type TelegramWorld } from '../support/telegramBot.ts';
import type { FakeMessage } from '../support/telegramChats.ts';

let at: TelegramWorld;

const says = (words: string) => (message: FakeMessage) => (message.text ?? message.caption ?? '').includes(words);
const isPhoto = (message: FakeMessage) => message.file?.as === 'photo';
const topups = () => at.ctx.db.$count(topup);
const undone = () => at.ctx.db.$count(chatUpdate, sql`done_at is null`);
const logged = () => at.world.log.lines.join('\n');

/** Lets time go by in steps, with a moment for work between them. */
async function passingUntil(stepMs: number, what: () => boolean): Promise<void> {
  for (let step = 0; step < 30 && !what(); step++) {
    await sleep(150);
    at.world.clock.pass(stepMs);
  }
  await eventually(what);
}

beforeEach(async () => {
  at = await createTelegramWorld();
});
afterEach(async () => {
  expect(logged()).not.toContain(at.fake.token);
  expect(logged()).not.toContain(at.fake.token.split(':')[1]);
  await at.close();
});

describe('the inbox', () => {
  test('an update is confirmed only after it is stored', async () => {
    const { db } = at.ctx;
    let broken = true;
    const hurt = new Proxy(db, {
      get(target, name) {
        if (name === 'insert' && broken)
          throw Object.assign(new Error('the database is away'), { code: 'ECONNREFUSED' });
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await at.bot({}, { ...at.ctx, db: hurt });
    const person = at.fake.person(1);
    const id = person.says('/help');
    await sleep(700);
    expect(at.fake.confirmedBelow()).toBeLessThanOrEqual(id);
    expect(await at.ctx.db.$count(chatUpdate)).toBe(0);
    broken = false;
    await person.waitsFor(says(en('help.title')));
    await eventually(() => at.fake.confirmedBelow() === id + 1);
  });

  test('an update that Telegram sends again is worked off once', async () => {
    const person = at.fake.person(1);
    const first = await at.bot();
    person.says('/topup 500');
    await person.waitsFor(isPhoto);
    await first.stop();
    const [update] = at.fake.sent;
    if (update) at.fake.deliver(update); // as after a crash between storing and confirming
    await at.bot();
    person.says('/help');
    await person.waitsFor(says(en('help.title')));
    expect(person.sees().filter(isPhoto)).toHaveLength(1);
    expect(await topups()).toBe(1);
  });

  test('what a killed instance had stored but not worked off is worked off by the next', async () => {
    const person = at.fake.person(1);
    person.says('/topup 500');
    person.says('/help');
    const stored = at.fake.sent.map(telegramUpdate).filter((update) => update !== undefined);
    await storeUpdates(at.ctx, at.fake.botId, stored);
    expect(await claimUpdates(at.ctx, at.fake.botId, 8)).toHaveLength(1); // killed while at it
    await at.bot();
    await sleep(400);
    expect(person.sees()).toEqual([]); // the claim may still be alive
    at.world.clock.pass(seconds(61));
    await person.waitsFor(says(en('help.title')));
    expect(person.sees().map((message) => message.file?.as)).toEqual(['photo', undefined]);
    expect(await topups()).toBe(1);
  });

  test('killed after the effect and before the mark, the same top-up is shown again', async () => {
    const person = at.fake.person(1);
    const first = await at.bot();
    const id = person.says('/topup 500');
    await person.waitsFor(isPhoto);
    await first.stop();
    const [update] = at.fake.sent;
    const again = { doneAt: null, claimedUntil: null, payload: update };
    await at.ctx.db.update(chatUpdate).set(again).where(eq(chatUpdate.updateId, id));
    await at.bot();
    await eventually(async () => (await undone()) === 0);
    expect(await topups()).toBe(1);
    await eventually(() => person.sees().filter(isPhoto).length === 1); // the older picture was taken away
  });

  test('two instances share the work and nobody is answered twice', async () => {
    const other = { ...at.ctx, db: at.world.another().db };
    await Promise.all([at.bot(), at.bot({}, other)]);
    const people = Array.from({ length: 12 }, (_, i) => at.fake.person(100 + i));
    for (const person of people) for (const text of ['/help', '/wallet', '/topup 50']) person.says(text);
    for (const person of people) await person.waitsFor(isPhoto);
    await eventually(async () => (await undone()) === 0);
    for (const person of people) expect(person.sees()).toHaveLength(3);
    expect(await topups()).toBe(12);
  });

  test('stopping waits for the answer that is being given', async () => {
    const bot = await at.bot();
    const person = at.fake.person(1);
    at.fake.fails('sendMessage', [{ slowMs: 500 }]);
    person.says('/help');
    await sleep(200);
    await bot.stop();
    expect(person.sees()).toHaveLength(1);
    expect(await undone()).toBe(0);
  });
});

describe('when Telegram says no', () => {
  test('"too many requests" is obeyed, and other chats go on meanwhile', async () => {
    await at.bot();
    const [hasty, calm] = [at.fake.person(1), at.fake.person(2)];
    at.fake.fails('sendMessage', [{ code: 429, description: 'Too Many Requests: retry after 1', retryAfter: 1 }], 1);
    hasty.says('/help');
    await sleep(100);
    calm.says('/help');
    await calm.waitsFor(says(en('help.title')));
    expect(hasty.sees()).toEqual([]);
    await hasty.waitsFor(says(en('help.title')));
    const [refused, allowed] = at.fake.calls.filter(
      (call) => call.method === 'sendMessage' && call.payload.chat_id === 1,
    );
    expect((allowed?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThan(990);
  });

  test('a long wait hands the update back, and the command does not run a second time', async () => {
    await at.bot();
    const person = at.fake.person(1);
    person.says('/topup');
    await person.waitsFor(says(en('field.amount')));
    at.fake.fails('sendPhoto', [{ code: 429, description: 'Too Many Requests: retry after 4', retryAfter: 4 }]);
    person.says('500');
    await sleep(4200);
    expect(person.sees().filter(isPhoto)).toEqual([]);
    at.world.clock.pass(seconds(5));
    await person.waitsFor(isPhoto); // not "I do not understand 500": the question was answered the first time
    expect(await topups()).toBe(1);
  });

  test('a fault of Telegram is tried again later; in the end it is given up and the lane goes on', async () => {
    await at.bot();
    const person = at.fake.person(1);
    const broken = Array.from({ length: 6 }, () => ({ code: 502, description: 'Bad Gateway' }));
    at.fake.fails('sendMessage', broken);
    person.says('/help');
    person.says('/wallet');
    await passingUntil(minutes(4), () => person.sees().some(says(en('wallet.title'))));
    const [given] = await at.ctx.db.select().from(chatUpdate).orderBy(chatUpdate.updateId);
    expect(given?.error).toContain('gave up');
  });

  test('an answer whose receipt was lost is sent again, its effect is not', async () => {
    await at.bot();
    const person = at.fake.person(1);
    at.fake.fails('sendPhoto', [{ lost: true }]);
    person.says('/topup 500');
    await person.waitsFor(isPhoto);
    await passingUntil(seconds(2), () => person.sees().filter(isPhoto).length === 2);
    expect(await topups()).toBe(1);
  });

  test('while nothing can be reached the bot says so, and connects by itself later', async () => {
    at.fake.fails('getMe', [{ cut: true }]);
    const bot = await at.bot();
    expect(bot.status()).toBe('failing');
    await eventually(() => bot.status() === 'connected');
  });

  test('a wrong token is said clearly and not tried again at once', async () => {
    const token = `${at.fake.botId}:wrong-token`;
    const bot = await at.bot({ token });
    await sleep(1200);
    expect(bot.status()).toBe('failing');
    expect(at.fake.calls).toEqual([]);
    expect(logged().match(/token is wrong/g)).toHaveLength(1);
    expect(logged()).not.toContain('wrong-token');
  });
});

describe('notices', () => {
  const notice = {
    id: 'n1',
    kind: 'topup.settled',
    params: { amountSatang: '50000', reference: 'TU0000000000', topupId: 'top_1' },
  };

  test('a notice is brought, silently when it is quiet time', async () => {
    const bot = await at.bot();
    const person = at.fake.person(1);
    person.says('/help');
    await person.waitsFor(says(en('help.title')));
    const [login] = await at.ctx.db.execute<{ id: string }>(sql`select id from identity`);
    const to = { identityId: String(login?.id) as never, subject: '1', language: 'en' as const };
    expect(await bot.courier.deliver(to, { ...notice, silent: true })).toBe('sent');
    expect(person.sees()).toHaveLength(2);
    expect(person.sees()[1]).toMatchObject({ silent: true, text: en('notice.topup.settled', notice.params) });
    at.fake.fails('sendMessage', [
      { code: 429, retryAfter: 30 },
      { code: 403, description: 'Forbidden: bot was blocked by the user' },
    ]);
    expect(await bot.courier.deliver(to, { ...notice, silent: false })).toEqual({ retryAfterMs: 30_000 });
    const stranger = { ...to, subject: '999' };
    expect(await bot.courier.deliver(stranger, { ...notice, silent: false })).toBe('unreachable');
  });
});

describe('the webhook', () => {
  const SECRET = 'hook-secret_1';

  const post = (app: ReturnType<typeof telegramHook>, body: unknown, secret = SECRET, bot = at.fake.botId) =>
    app.request(`/telegram/${bot}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'X-Telegram-Bot-Api-Secret-Token': secret },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  test('it takes an update once, and nothing from who does not know the secret', async () => {
    let rang = 0;
    const app = telegramHook(at.ctx, { botId: at.fake.botId, secret: SECRET, onStored: () => (rang += 1) });
    const update = { update_id: 5, message: { from: { id: 1 } } };
    expect((await post(app, update, 'wrong')).status).toBe(401);
    expect((await post(app, update, '')).status).toBe(401);
    expect((await post(app, update, SECRET, '8')).status).toBe(404);
    expect((await post(app, '{"nothing":')).status).toBe(400);
    expect((await post(app, { update_id: 'x' })).status).toBe(400);
    expect((await post(app, { ...update, more: 'x'.repeat(1024 * 1024) })).status).toBe(413);
    expect(await at.ctx.db.$count(chatUpdate)).toBe(0);
    expect((await post(app, update)).status).toBe(200);
    expect((await post(app, update)).status).toBe(200);
    expect(await at.ctx.db.$count(chatUpdate)).toBe(1);
    expect(rang).toBe(1);
  });

  test('without the database it asks Telegram to come again', async () => {
    const away = { code: 'ECONNREFUSED' };
    const db = new Proxy(at.ctx.db, {
      get: () => () => {
        throw Object.assign(new Error('away'), away);
      },
    });
    const app = telegramHook({ ...at.ctx, db }, { botId: at.fake.botId, secret: SECRET });
    expect((await post(app, { update_id: 5 })).status).toBe(503);
  });

  test('updates that come by webhook are answered at once', async () => {
    let wake = () => {};
    const app = telegramHook(at.ctx, { botId: at.fake.botId, secret: SECRET, onStored: () => wake() });
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const webhookUrl = `http://127.0.0.1:${port}/telegram/${at.fake.botId}`;
    const bot = await at.bot({ webhookUrl, webhookSecret: SECRET });
    wake = bot.wake;
    expect(at.fake.webhook()).toEqual({ url: webhookUrl, secret: SECRET });
    const person = at.fake.person(1);
    person.says('/help');
    await person.waitsFor(says(en('help.title')));
    expect(at.fake.calls.map((call) => call.method)).not.toContain('getUpdates');
    await bot.stop();
    await new Promise((resolve) => server.close(resolve));
  });
});
