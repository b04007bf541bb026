import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isForEverybody } from '../../src/bot/command.ts';
import { commands } from '../../src/bot/commands/list.ts';
import { chatUpdate } from '../../src/core/chats/tables.ts';
import { topup } from '../../src/core/money/tables.ts';
import { identity } from '../../src/core/people/tables.ts';
import { eventually } from '../support/eventually.ts';
import { createTelegramWorld, en, type TelegramWorld } from '../support/telegramBot.ts';
import type { FakeMessage } from '../support/telegramChats.ts';

let at: TelegramWorld;
let nextPerson = 1000;

/** Somebody new, so that tests do not see each other's chats. */
const somebody = (about = {}) => {
  nextPerson += 1;
  return at.fake.person(nextPerson, about);
};

const says = (words: string) => (message: FakeMessage) => (message.text ?? message.caption ?? '').includes(words);
const isPhoto = (message: FakeMessage) => message.file?.as === 'photo';

beforeAll(async () => {
  at = await createTelegramWorld();
  await at.bot();
});
afterAll(() => at.close());

describe('talking in private', () => {
  test('the commands are in the menu, in Thai and in English, and a group is offered only what it may use', () => {
    const names = (key: string) => at.fake.menus.get(key)?.map((entry) => entry.command);
    const open = commands.filter((command) => !command.hidden && isForEverybody(command));
    expect(names('all_private_chats:')).toEqual(open.map((command) => command.name));
    expect(names('all_private_chats:th')).toEqual(names('all_private_chats:'));
    expect(names('all_group_chats:')).toEqual(open.filter((c) => c.audience === 'anyone').map((c) => c.name));
    const [thai] = at.fake.menus.get('all_private_chats:th') ?? [];
    expect(thai?.description).not.toBe(at.fake.menus.get('all_private_chats:')?.[0]?.description);
  });

  test('/topup 500 brings a picture with its facts, whose reference is copied by a tap', async () => {
    const person = somebody();
    person.says('/topup 500');
    const message = await person.waitsFor(isPhoto);
    expect(message.file?.bytes.subarray(1, 4).toString()).toBe('PNG');
    const caption = message.caption ?? '';
    const copied = message.entities
      .filter((e) => e.type === 'code')
      .map((e) => caption.slice(e.offset, e.offset + e.length));
    expect(copied).toHaveLength(1);
    expect(copied[0]).toMatch(/^TU[0-9A-HJKMNP-TV-Z]{10}$/);
    const labels = message.buttons.flat().map((b) => b.text);
    expect(labels).toEqual([en('button.check'), en('button.cancel')]);
  });

  test('a missing amount is asked for, and the answer is taken from the next message', async () => {
    const person = somebody();
    person.says('/topup');
    await person.waitsFor(says(en('field.amount')));
    person.says('๒๕๐ บาท');
    expect((await person.waitsFor(isPhoto)).caption).toContain('250');
  });

  test('cancelling under the picture takes the picture away', async () => {
    const person = somebody();
    person.says('/topup 100');
    await person.waitsFor(isPhoto);
    person.presses(en('button.cancel'));
    await eventually(() => person.sees().length === 1 && !person.sees().some(isPhoto));
    expect(person.popups).toHaveLength(1);
  });

  test('what only passes by is a popup, and the message stays as it is', async () => {
    const person = somebody();
    person.says('/topup 100');
    const before = await person.waitsFor(isPhoto);
    person.presses(en('button.check'));
    await eventually(() => person.popups.length === 1);
    expect(person.popups[0]?.text).toBeTruthy();
    expect(person.sees()).toEqual([before]);
  });

  test('the menu is one message: a press edits it, and asking again takes the older one away', async () => {
    const person = somebody();
    person.says('/menu');
    const first = await person.waitsFor(says(en('menu.title')));
    person.presses(en('button.wallet'));
    await eventually(() => first.edits === 1);
    person.presses(en('button.menu'));
    await eventually(() => first.edits === 2);
    expect(person.sees()).toHaveLength(1);
    person.says('/menu');
    await eventually(() => person.sees().length === 1 && person.sees()[0] !== first);
  });

  test('pressing twice what changes nothing is no fault', async () => {
    const person = somebody();
    person.says('/settings');
    const settings = await person.waitsFor(says(en('settings.title')));
    const off = en('settings.turn_off_payments');
    person.presses(off);
    person.presses(off);
    await eventually(() => person.popups.length === 2);
    expect(settings.edits).toBe(1);
    expect(at.world.log.lines.join('\n')).not.toContain('refused');
  });

  test('a name full of markup stays a name', async () => {
    const name = '<b>Bob</b> *x* [y](http://z) `q`';
    const person = somebody({ name });
    person.says('/menu');
    const message = await person.waitsFor(says(name));
    expect(message.entities.map((entity) => entity.type)).toEqual(['bold']);
  });

  test('a photo from a person is answered with what we do understand', async () => {
    const person = somebody();
    person.sendsPhoto();
    await person.waitsFor(says(en('unknown.kind')));
  });

  test('a file is a document of its own, and the message whose button was pressed stays', async () => {
    const person = somebody();
    person.says('/topup 60');
    await person.waitsFor(isPhoto);
    person.says('/transactions');
    const list = await person.waitsFor(says(en('tx.title')));
    person.presses(en('button.csv'));
    const { file } = await person.waitsFor((message) => message.file?.as === 'document');
    expect(file?.name).toMatch(/\.csv$/);
    expect(file?.bytes.toString()).toMatch(/,TU[0-9A-Z]{10}/);
    expect(person.sees()).toContain(list);
    expect(list.edits).toBe(0);
  });

  test('a link into the chat starts the command that it names', async () => {
    const person = somebody();
    person.says('/start wallet');
    await person.waitsFor(says(en('wallet.title')));
  });
});

describe('in a group', () => {
  const GROUP = -4000;

  test('what is personal is never shown there; a button leads to the private chat', async () => {
    const person = somebody();
    person.says('/wallet@abtpro_test_bot', GROUP);
    await eventually(() => at.fake.seesInGroup(GROUP).length === 1);
    const [message] = at.fake.seesInGroup(GROUP);
    expect(message?.text).toBe(en('error.command.private', { name: 'wallet' }));
    expect(message?.buttons).toEqual([
      [{ text: en('button.open_private'), url: 'https://t.me/abtpro_test_bot?start=wallet' }],
    ]);
    expect(message?.replyTo).toBeDefined();
    expect(person.sees()).toEqual([]);
  });

  test('help is shown, and a press on its private button opens the private chat for whoever pressed', async () => {
    const [asker, other] = [somebody(), somebody()];
    asker.says('/help', GROUP - 1);
    await eventually(() => at.fake.seesInGroup(GROUP - 1).length === 1);
    other.presses(en('button.menu'), GROUP - 1);
    await eventually(() => other.popups.length === 1);
    expect(other.popups).toEqual([{ text: undefined, url: 'https://t.me/abtpro_test_bot?start=menu' }]);
    expect(at.fake.seesInGroup(GROUP - 1)).toHaveLength(1);
  });

  test('talk among people is not heard', async () => {
    const person = somebody();
    person.says('500', GROUP - 2);
    person.says('/help@another_bot', GROUP - 2);
    person.says('/help');
    await person.waitsFor(says(en('help.title')));
    expect(at.fake.seesInGroup(GROUP - 2)).toEqual([]);
  });
});

describe('order', () => {
  test('one slow person holds up nobody else, and is answered in the order of asking', async () => {
    const [slow, quick] = [somebody(), somebody()];
    slow.says('/menu');
    await slow.waitsFor(says(en('menu.title')));
    at.fake.fails('sendMessage', [{ slowMs: 1000 }], slow.id);
    slow.says('/help');
    slow.says('/wallet');
    slow.says('/settings');
    await sleep(50);
    quick.says('/help');
    const began = performance.now();
    await quick.waitsFor(says(en('help.title')));
    expect(performance.now() - began).toBeLessThan(900);
    expect(slow.sees()).toHaveLength(1);
    await slow.waitsFor(says(en('settings.title')));
    const titles = slow.sees().map((message) => message.text?.split('\n')[0]);
    expect(titles.slice(1)).toEqual([en('help.title'), en('wallet.title'), en('settings.title')]);
  });

  test('what was said is wiped from the inbox when it is worked off', async () => {
    const person = somebody();
    const id = person.says('/topup 321');
    await person.waitsFor(isPhoto);
    const row = async () => (await at.ctx.db.select().from(chatUpdate).where(eq(chatUpdate.updateId, id)))[0];
    await eventually(async () => Boolean((await row())?.doneAt));
    expect(await row()).toMatchObject({ payload: null, lane: String(person.id), error: null });
  });
});

describe('presence', () => {
  const unreachableAt = async (subject: number) => {
    const [row] = await at.ctx.db
      .select()
      .from(identity)
      .where(eq(identity.subject, String(subject)));
    return row?.unreachableAt;
  };

  test('whoever blocks the bot cannot be reached until they write again', async () => {
    const person = somebody();
    person.says('/help');
    await person.waitsFor(says(en('help.title')));
    person.blocks();
    await eventually(async () => Boolean(await unreachableAt(person.id)));
    at.fake.unblocks(person.id);
    person.says('/wallet');
    await person.waitsFor(says(en('wallet.title')));
    expect(await unreachableAt(person.id)).toBeNull();
  });

  test('an answer that a person refuses to take marks them, and its effect stays', async () => {
    const person = somebody();
    person.says('/help');
    await person.waitsFor(says(en('help.title')));
    at.fake.fails('sendPhoto', [{ code: 403, description: 'Forbidden: user is deactivated' }], person.id);
    const before = await at.ctx.db.$count(topup);
    person.says('/topup 77');
    await eventually(async () => Boolean(await unreachableAt(person.id)));
    expect(await at.ctx.db.$count(topup)).toBe(before + 1);
  });
});
