import { GrammyError, HttpError } from 'grammy';
import { describe, expect, test } from 'vitest';
import { faultOf } from '../../src/bot/telegram/fault.ts';
import { cut, keyboardOf, layOut } from '../../src/bot/telegram/layout.ts';
import { readUpdate } from '../../src/bot/telegram/read.ts';
import { type Desk, showReply, type Target } from '../../src/bot/telegram/show.ts';
import { telegramBotId, telegramUpdate } from '../../src/core/chats/telegramUpdate.ts';

const words = { title: undefined, lines: [], facts: [] };

describe('laying out', () => {
  test('a title is bold, a value to copy is code, and nothing else is marked', () => {
    const drawn = {
      title: 'Wallet 💰',
      lines: ['<b>not bold</b>', '*neither* [x](http://y)'],
      facts: [
        { label: 'Name', value: '`tick`', code: false },
        { label: 'Code', value: 'AB-12', code: true },
      ],
    };
    const { text, entities } = layOut(drawn, 4096);
    expect(text).toBe('Wallet 💰\n\n<b>not bold</b>\n*neither* [x](http://y)\n\nName: `tick`\nCode: AB-12');
    expect(entities.map((e) => [e.type, text.slice(e.offset, e.offset + e.length)])).toEqual([
      ['bold', 'Wallet 💰'],
      ['code', 'AB-12'],
    ]);
  });

  test('a text that is too long is cut with its entities, never through a letter', () => {
    const flag = '🇹🇭';
    const { text, entities } = layOut({ ...words, title: flag.repeat(20), lines: ['tail'] }, 30);
    expect(text).toBe(`${flag.repeat(7)}…`);
    expect(entities).toEqual([{ type: 'bold', offset: 0, length: 28 }]);
    expect(cut('กำกำกำ', 4)).toBe('กำ…');
    expect(cut('short', 5)).toBe('short');
  });

  test('a keyboard has only rows with buttons in them', () => {
    expect(keyboardOf([[]])).toBeUndefined();
    expect(keyboardOf([[], [{ label: 'Go', data: 'menu', style: 'danger' }]])).toEqual({
      inline_keyboard: [[{ text: 'Go', callback_data: 'menu', style: 'danger' }]],
    });
  });
});

describe('a picture', () => {
  /** What is sent, in order; the desk of a bot without anything else. */
  const sentFor = async (label: string) => {
    const sent: { method: string; text: string; hasKeyboard: boolean }[] = [];
    const note =
      (method: string) => async (_: number, what: unknown, more: { caption?: string; reply_markup?: object }) => {
        const text = typeof what === 'string' ? what : (more.caption ?? '');
        sent.push({ method, text, hasKeyboard: more.reply_markup !== undefined });
        return { message_id: sent.length };
      };
    const api = { sendPhoto: note('sendPhoto'), sendMessage: note('sendMessage') };
    const desk = { ctx: {}, api, self: { id: '7', username: 'OurBot' } } as unknown as Desk; // it needs no more for this
    const target = {
      kind: 'private',
      chatId: 1,
      language: 'en',
      identityId: undefined,
      what: undefined,
      silent: false,
    };
    await showReply(desk, target as unknown as Target, {
      title: ['value.label', { label: 'Title' }],
      say: ['value.label', { label }],
      facts: [{ label: ['value.label', { label: 'Last' }], value: { text: 'figure' } }],
      image: { qr: 'anything' },
      buttons: [[{ say: ['button.menu'], does: 'menu' }]],
    });
    return sent;
  };

  test('carries its words, and what is too long for a caption follows it whole, with the buttons', async () => {
    const [one, ...none] = await sentFor('short');
    expect([one?.method, one?.text, one?.hasKeyboard, none]).toEqual([
      'sendPhoto',
      'Title\n\nshort\n\nLast: figure',
      true,
      [],
    ]);
    const long = await sentFor('x'.repeat(1_100));
    expect(long.map(({ method, hasKeyboard }) => [method, hasKeyboard])).toEqual([
      ['sendPhoto', false],
      ['sendMessage', true],
    ]);
    expect(long[0]?.text).toBe('');
    expect(long[1]?.text.endsWith('Last: figure')).toBe(true);
  });
});

describe('reading updates', () => {
  const self = { id: '7', username: 'OurBot' };
  const from = { id: 42, is_bot: false, first_name: 'Som', last_name: 'Sri', language_code: 'th' };
  const message = (more: object, type = 'private') =>
    readUpdate(self, {
      update_id: 9,
      message: { message_id: 1, chat: { id: type === 'private' ? 42 : -5, type }, from, ...more },
    });
  const whatOf = (meaning: ReturnType<typeof readUpdate>) =>
    meaning.kind === 'ask' ? meaning.incoming.what : meaning.kind;

  test('what a person writes in private becomes a command, a text or something unknown', () => {
    expect(whatOf(message({ text: '/topup@ourbot  1,500 บาท' }))).toMatchObject({
      kind: 'command',
      name: 'topup',
      text: '1,500 บาท',
    });
    expect(whatOf(message({ text: '/start topup' }))).toMatchObject({ name: 'start', text: 'topup' });
    expect(whatOf(message({ text: '/เติม 5' }))).toMatchObject({ kind: 'command', name: 'เติม' });
    expect(whatOf(message({ text: '500' }))).toEqual({ kind: 'text', text: '500' });
    expect(whatOf(message({ photo: [] }))).toEqual({ kind: 'other' });
  });

  test('a service message, a bot, a channel and an unknown kind of update mean nothing', () => {
    expect(message({ pinned_message: {} }).kind).toBe('nothing');
    expect(message({ text: '/help', from: { ...from, is_bot: true } }).kind).toBe('nothing');
    expect(message({ text: '/help' }, 'channel').kind).toBe('nothing');
    expect(readUpdate(self, { update_id: 1, poll: {} }).kind).toBe('nothing');
    expect(readUpdate(self, null).kind).toBe('nothing');
  });

  test('in a group only a command of ours is heard', () => {
    expect(whatOf(message({ text: '/help@OURBOT' }, 'supergroup'))).toMatchObject({ name: 'help' });
    expect(whatOf(message({ text: '/help' }, 'group'))).toMatchObject({ name: 'help' });
    expect(message({ text: '/help@otherbot' }, 'group').kind).toBe('nothing');
    expect(message({ text: '/ban everybody' }, 'group').kind).toBe('nothing');
    expect(message({ text: 'hello' }, 'group').kind).toBe('nothing');
  });

  test('who writes, and the key that makes a repeat harmless', () => {
    expect(message({ text: 'x' })).toMatchObject({
      incoming: {
        key: 'telegram:7:9',
        place: 'private',
        login: { provider: 'telegram', subject: '42', displayName: 'Som Sri', languageHint: 'th' },
      },
    });
  });

  test('a press on a message that Telegram no longer shows replaces nothing', () => {
    const press = (message: object, data?: string) =>
      readUpdate(self, { update_id: 9, callback_query: { id: 'q', from, message, data } });
    const chat = { id: 42, type: 'private' };
    expect(press({ message_id: 3, date: 5, chat, text: 'hi' }, 'tx|n=2')).toMatchObject({
      incoming: { what: { kind: 'button', does: 'tx', on: 'n=2' } },
      place: { press: { queryId: 'q', messageId: 3, words: true } },
    });
    expect(press({ message_id: 3, date: 0, chat }, 'menu')).toMatchObject({
      place: { press: { messageId: undefined, words: false } },
    });
    expect(press({ message_id: 3, date: 5, chat })).toEqual({ kind: 'acknowledge', queryId: 'q' });
  });

  test('the lane of an update is the person behind it', () => {
    expect(telegramBotId('123:abc')).toBe('123');
    expect(telegramUpdate({ update_id: 1, message: { from: { id: 5 }, chat: { id: -9 } } })?.lane).toBe('5');
    expect(telegramUpdate({ update_id: 1, callback_query: { from: { id: 6 } } })?.lane).toBe('6');
    expect(telegramUpdate({ update_id: 1, poll: {} })?.lane).toBe('nobody');
    expect(telegramUpdate({ message: {} })).toBeUndefined();
    const hurt = telegramUpdate({ update_id: 1, message: { from: { id: 5 }, text: 'a\0b\ud800c' } });
    expect(hurt?.payload).toMatchObject({ message: { text: 'ab\ufffdc' } });
  });
});

describe('faults', () => {
  const said = (error_code: number, description: string, parameters = {}) =>
    faultOf(
      new GrammyError('x', { ok: false, error_code, description, parameters }, 'sendMessage', { text: 'private' }),
    );

  test.each([
    [429, 'Too Many Requests: retry after 7', 'limited'],
    [403, 'Forbidden: bot was blocked by the user', 'blocked'],
    [400, 'Bad Request: chat not found', 'blocked'],
    [400, 'Bad Request: message is not modified: same', 'pointless'],
    [400, 'Bad Request: query is too old and response timeout expired or query ID is invalid', 'pointless'],
    [400, 'Bad Request: message to edit not found', 'gone'],
    [400, "Bad Request: message can't be deleted for everyone", 'gone'],
    [400, 'Bad Request: message is too long', 'refused'],
    [401, 'Unauthorized', 'stranger'],
    [409, 'Conflict: terminated by other getUpdates request', 'conflict'],
    [502, 'Bad Gateway', 'away'],
  ])('%i %s is "%s"', (code, description, kind) => {
    expect(said(code, description, { retry_after: 7 })?.kind).toBe(kind);
  });

  test('what a fault says about itself holds neither the token nor what was said', () => {
    const cause = Object.assign(new Error('request to http://x/bot7:SECRET/getMe failed'), { code: 'ECONNRESET' });
    const network = faultOf(new HttpError("Network request for 'getMe' failed!", cause));
    expect(network).toEqual({ kind: 'away', about: "Network request for 'getMe' failed! ECONNRESET" });
    expect(said(400, 'Bad Request: x')?.about).toBe('sendMessage: 400 Bad Request: x');
    expect(faultOf(new Error('ours'))).toBeUndefined();
  });
});
