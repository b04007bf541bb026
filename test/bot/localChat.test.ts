import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createLocalChat } from '../../src/bot/local/localChat.ts';
import { addLocalMessage } from '../../src/core/chats/localMessage.ts';
import {
  answers,
  become,
  chat,
  ctx,
  from,
  get,
  ground,
  lastAnswer,
  log,
  OURS,
  post,
  press,
  sent,
  who,
} from '../support/localChatHttp.ts';

describe('talking', () => {
  test('a command is answered, and both messages are kept', async () => {
    await sent('/chat/messages', { text: '/menu' });
    const [mine, answer, ...rest] = await log();
    expect([mine?.author, mine?.body.text, answer?.author, rest.length]).toEqual(['person', '/menu', 'bot', 0]);
    expect(answer?.body.buttons.length).toBeGreaterThan(0);
  });

  test('a new persona begins in the language of the page', async () => {
    await sent('/chat/messages', { text: '/help', language: 'th' });
    expect((await lastAnswer()).body.lines.join()).toMatch(/[ก-๙]/);
  });

  test('the same message sent twice at once, and once more later, is answered once', async () => {
    const again = { id: randomUUID(), text: '/topup 500' };
    await Promise.all([sent('/chat/messages', again), sent('/chat/messages', again)]);
    await sent('/chat/messages', again);
    expect((await log()).map((m) => m.author)).toEqual(['person', 'bot']);
  });

  test('a repeat gets the form that the first answer carried', async () => {
    const again = { id: randomUUID(), text: '/topup' };
    const first = await sent('/chat/messages', again);
    expect(first.form?.fields.map((f) => f.name)).toEqual(['amount']);
    expect((await sent('/chat/messages', again)).form).toEqual(first.form);
  });

  test('a message that a killed process stored but never answered is answered by the next, once', async () => {
    const id = randomUUID();
    await addLocalMessage(ctx(), { subject: who, author: 'person', key: id, waiting: true, body: { text: '/menu' } });
    for (let restarts = 0; restarts < 2; restarts++) {
      await sent('/chat/messages', { id, text: '/menu' }, createLocalChat(ground()).app);
    }
    expect((await log()).map((m) => m.author)).toEqual(['person', 'bot']);
  });

  test('messages sent at once are answered in order', async () => {
    await Promise.all(['/one', '/two', '/three'].map((text) => sent('/chat/messages', { text })));
    const order = (await log()).map((m) => m.body.text ?? /\/(one|two|three)/.exec(m.body.lines.join())?.[0]);
    expect(order).toEqual(['/one', '/one', '/two', '/two', '/three', '/three']);
  });

  test('a menu asked for again takes the place of the older one', async () => {
    await sent('/chat/messages', { text: '/menu' });
    const first = await lastAnswer();
    await sent('/chat/messages', { text: '/menu' });
    const now = await answers();
    expect(now).toHaveLength(1);
    expect(now[0]?.id).not.toBe(first.id);
  });

  test('what PostgreSQL cannot keep is left out', async () => {
    await sent('/chat/messages', { text: 'a\0b\ud800' });
    expect((await log())[0]?.body.text).toBe('ab\ufffd');
  });

  test.each([
    ['an empty text', { text: '  ' }, 422],
    ['a text that is too long', { text: 'x'.repeat(4097) }, 422],
    ['a body that is too large', { text: 'x'.repeat(70_000) }, 413],
    ['a persona with markup', { as: '<b>', text: 'x' }, 422],
    ['a persona that climbs', { as: '../x', text: 'x' }, 422],
    ['an id that is none', { id: '1', text: 'x' }, 422],
  ] as [string, object, number][])('refuses %s', async (_, body, status) => {
    expect((await post('/chat/messages', body)).status).toBe(status);
  });

  test('refuses a body that is not JSON, or does not say so', async () => {
    const headers = { ...OURS, 'content-type': 'application/json' };
    const broken = await chat.app.request('/chat/messages', { method: 'POST', headers, body: '{' }, from('127.0.0.1'));
    expect(broken.status).toBe(400);
    expect((await post('/chat/messages', { text: '/menu' }, { ...OURS, 'content-type': 'text/plain' })).status).toBe(
      400,
    );
  });
});

describe('buttons and forms', () => {
  test('words take the place of the message that was pressed', async () => {
    await sent('/chat/messages', { text: '/menu' });
    const menu = await lastAnswer();
    await press(menu, 'wallet');
    expect((await answers()).map((m) => [m.id, m.edited])).toEqual([[menu.id, true]]);
  });

  test('a press that came twice is answered once', async () => {
    await sent('/chat/messages', { text: '/nonsense' });
    const message = await lastAnswer();
    const again = { id: randomUUID(), message: message.id, data: 'topup.cancel|top_gone' };
    await sent('/chat/press', again);
    await sent('/chat/press', again);
    expect(await answers()).toHaveLength(2); // the first, and one refusal beside it
  });

  test('a passing word pops up and leaves the chat as it is', async () => {
    await sent('/chat/messages', { text: '/topup 500' });
    const before = await log();
    const { toast } = await press(await lastAnswer(), 'topup.check');
    expect(toast).toBeTruthy();
    expect(await log()).toEqual(before);
  });

  test('a cancelled QR is gone, picture and all', async () => {
    await sent('/chat/messages', { text: '/topup 500' });
    const qr = await lastAnswer();
    expect(qr.body.attachment?.kind).toBe('picture');
    await press(qr, 'topup.cancel');
    expect((await answers()).map((m) => m.body.attachment)).toEqual([undefined]);
    expect((await get(`/chat/attachments/${qr.id}?as=${who}`)).status).toBe(404);
  });

  test('a button of somebody else’s message changes nothing of theirs', async () => {
    await sent('/chat/messages', { text: '/menu' });
    const [owner, menu] = [who, await lastAnswer()];
    become(`${owner}-thief`);
    await sent('/chat/press', { message: menu.id, data: 'help' });
    expect(await log(owner)).toHaveLength(2);
    expect((await log(owner)).at(-1)?.edited).toBe(false);
    expect(await answers()).toHaveLength(1);
  });

  test('a form is shown with its problem until it is right, and is never stored', async () => {
    const { form } = await sent('/chat/messages', { text: '/topup' });
    expect(form?.command).toBe('topup');
    const wrong = await sent('/chat/form', { command: 'topup', args: { amount: 'many' } });
    expect(wrong.form?.problem).toContain('many');
    expect(await answers()).toEqual([]);
    await sent('/chat/form', { command: 'topup', args: { amount: '๕๐๐' } });
    expect((await lastAnswer()).body.attachment?.kind).toBe('picture');
    expect(JSON.stringify(await log())).not.toContain('many');
  });
});
