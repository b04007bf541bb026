import { setTimeout as sleep } from 'node:timers/promises';
import type { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createLocalChat } from '../../src/bot/local/localChat.ts';
import { addLocalMessage, lastLocalMessages, localMessagesSince } from '../../src/core/chats/localMessage.ts';
import type { Context } from '../../src/core/context.ts';
import {
  answers,
  chat,
  ctx,
  dataOf,
  from,
  get,
  ground,
  HOST,
  lastAnswer,
  persona,
  press,
  sent,
  who,
  world,
} from '../support/localChatHttp.ts';

describe('attachments', () => {
  test('a picture is given to its owner alone, and nobody sniffs at it', async () => {
    await sent('/chat/messages', { text: '/topup 500' });
    const { id } = await lastAnswer();
    const response = await get(`/chat/attachments/${id}?as=${who}`);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('content-disposition')).toMatch(/^inline; filename="/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(
      Buffer.from(await response.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect((await get(`/chat/attachments/${id}?as=${who}-thief`)).status).toBe(404);
    expect((await get(`/chat/attachments/none?as=${who}`)).status).toBe(422);
  });

  test('a file is downloaded under its own name, never opened', async () => {
    const body = { lines: [], buttons: [], attachment: { kind: 'file', name: 'รายการ "1"\r\n.html', size: 3 } };
    const attachment = { content: Buffer.from('<b>'), type: 'text/html' };
    const { id } = await addLocalMessage(ctx(), { subject: who, author: 'bot', body, attachment });
    const response = await get(`/chat/attachments/${id}?as=${who}`);
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="________1___.html"; filename*=UTF-8''${encodeURIComponent(body.attachment.name)}`,
    );
    expect(await response.text()).toBe('<b>');
  });
});

describe('notices', () => {
  test('a notice appears in the chat, and is shown once when it is delivered twice', async () => {
    const to = await persona(who);
    const notice = {
      id: `ntc-${who}`,
      kind: 'wallet.adjusted',
      params: { amountSatang: '500', reason: 'a test' },
      silent: false,
    };
    expect(await chat.courier.deliver(to, notice)).toBe('sent');
    expect(await chat.courier.deliver(to, notice)).toBe('sent');
    expect(await answers()).toHaveLength(1);
    await press(await lastAnswer(), 'wallet');
    expect(await chat.courier.deliver(to, notice)).toBe('sent'); // also when it has been written over meanwhile
    expect(await answers()).toHaveLength(1);
  });

  test('the QR of a top-up that has ended is taken away', async () => {
    await sent('/chat/messages', { text: '/topup 500' });
    const qr = await lastAnswer();
    const topupId = dataOf(qr, 'topup.cancel').split('|')[1] ?? '';
    expect(await answers()).toHaveLength(1);
    await chat.courier.retire(await persona(who), `topup:${topupId}`);
    expect(await answers()).toEqual([]);
  });
});

describe('the feed', () => {
  const eventSchema = z.object({
    event: z.string(),
    id: z.coerce.number(),
    messages: z.array(z.object({ id: z.number(), deleted: z.boolean(), body: z.unknown() })),
  });
  type Event = z.infer<typeof eventSchema>;

  /** Reads events until `enough`, then leaves. */
  async function listen(path: string, enough: (events: Event[]) => boolean, app: Hono = chat.app): Promise<Event[]> {
    const response = await app.request(path, { headers: { host: HOST } }, from('127.0.0.1'));
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events: Event[] = [];
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (reader && !enough(events)) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const part = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text.slice(0, end))?.[1];
        const data = part('data');
        if (data) events.push(eventSchema.parse({ event: part('event'), id: part('id'), messages: JSON.parse(data) }));
        text = text.slice(end + 2);
      }
    }
    await reader?.cancel();
    return events;
  }

  test('begins with the whole chat, goes on with what is new, and tells of what vanished', async () => {
    await sent('/chat/messages', { text: '/menu' });
    const menu = await lastAnswer();
    const hearing = listen(`/chat/events?as=${who}`, (events) => events.some((e) => e.messages.some((m) => m.deleted)));
    await sleep(100);
    await sent('/chat/messages', { text: '/menu' });
    const [first, ...later] = await hearing;
    expect([first?.event, first?.messages.length]).toEqual(['fresh', 2]);
    expect(later.every((e) => e.event === 'news')).toBe(true);
    const gone = later.flatMap((e) => e.messages).find((m) => m.deleted);
    expect([gone?.id, Object.keys(z.object({}).loose().parse(gone?.body))]).toEqual([menu.id, ['key']]);
  });

  test('goes on where a page left off, by the query or by the header', async () => {
    await sent('/chat/messages', { text: '/menu' });
    const [{ id } = { id: 0 }] = await listen(`/chat/events?as=${who}`, (events) => events.length > 0);
    await sent('/chat/messages', { text: 'hello' });
    const events = await listen(`/chat/events?as=${who}&since=${id}`, (all) => all.length > 1);
    expect(events.map((e) => [e.event, e.messages.length])).toEqual([
      ['news', 0],
      ['news', 2],
    ]);
  });

  test('starts over for a page that remembers another database', async () => {
    await sent('/chat/messages', { text: '/menu' });
    const [first] = await listen(`/chat/events?as=${who}&since=999999999`, (events) => events.length > 0);
    expect([first?.event, first?.messages.length]).toEqual(['fresh', 2]);
  });

  test('stops asking the database when the page goes away, and when the service stops', async () => {
    let asked = 0;
    const given = ground();
    const counted = new Proxy(given.db, {
      get(db, name) {
        if (name === 'select') asked += 1;
        const value: unknown = Reflect.get(db, name, db);
        return typeof value === 'function' ? value.bind(db) : value;
      },
    });
    const other = createLocalChat({ ...given, db: counted });
    await listen(`/chat/events?as=${who}`, (events) => events.length > 0, other.app);
    await sleep(50);
    const before = asked;
    await sleep(700);
    expect(asked).toBe(before);

    const hearing = listen(`/chat/events?as=${who}`, () => false, other.app);
    await sleep(50);
    other.stop();
    expect(await hearing).toHaveLength(1);
  });

  test('sees every change, whoever commits first', async () => {
    const second = { ...world.another(), actor: { kind: 'chat', provider: 'local' } as const };
    const writers: Context[] = [ctx(), second];
    const seen = new Set<number>();
    let change = 0;
    let writing = true;
    const reading = (async () => {
      for (let quiet = 0; quiet < 2; ) {
        const news = await localMessagesSince(ctx(), { subject: who, change, limit: 50 });
        for (const message of news) seen.add(message.id);
        change = news.at(-1)?.change ?? change;
        quiet = news.length === 0 && !writing ? quiet + 1 : 0;
      }
    })();
    const write = (n: number) =>
      addLocalMessage(writers[n % 2] ?? ctx(), { subject: who, author: 'bot', body: { lines: [], n } });
    const ids = (await Promise.all(Array.from({ length: 120 }, (_, n) => write(n)))).map((added) => added.id);
    writing = false;
    await reading;
    expect([...seen].sort((a, b) => a - b)).toEqual(ids.sort((a, b) => a - b));
  });
});

test('the personas of the table are told, the last one first', async () => {
  await sent('/chat/messages', { text: '/menu', name: 'สมหญิง' });
  world.clock.pass(120_000);
  await sent('/chat/messages', { as: `${who}-later`, text: '/menu', name: 'Later' });
  const list = z
    .array(z.object({ subject: z.string(), name: z.string() }))
    .parse(await (await get('/chat/personas')).json());
  expect(list[0]).toEqual({ subject: `${who}-later`, name: 'Later' });
  expect(list).toContainEqual({ subject: who, name: 'สมหญิง' });
});

test('only a chat may touch the messages', async () => {
  const user = world.ctx({ kind: 'gateway', provider: 'hook' });
  await expect(lastLocalMessages(user, { subject: who, limit: 1 })).rejects.toMatchObject({ code: 'access.denied' });
  await expect(addLocalMessage(user, { subject: who, author: 'bot', body: {} })).rejects.toMatchObject({
    code: 'access.denied',
  });
});
