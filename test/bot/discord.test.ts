import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/bot/commands/list.ts';
import { createDiscordWorld, type DiscordWorld, embedOf, en, isPng, th } from '../support/discordBot.ts';
import { buttonsOf, textOf } from '../support/discordChats.ts';
import { eventually } from '../support/eventually.ts';

let at: DiscordWorld;

beforeAll(async () => {
  at = await createDiscordWorld();
  await at.bot();
});
afterAll(() => at.close());

describe('the commands', () => {
  test('are registered in English and Thai, with options that are never required', () => {
    const known = at.fake.registered('server');
    const open = commands.filter((command) => !command.hidden);
    expect(known.map((command) => command.name).toSorted()).toEqual(open.map((command) => command.name).toSorted());
    const topup = known.find((command) => command.name === 'topup');
    expect(topup).toMatchObject({
      description: en('command.topup'),
      description_localizations: { th: th('command.topup') },
      options: [{ type: 3, name: 'amount', description: en('field.amount'), autocomplete: true }],
      contexts: [0, 1],
    });
    for (const command of known) expect(JSON.stringify(command)).not.toContain('"required":true');
    expect(known.find((command) => command.name === 'language')?.options).toMatchObject([
      { name: 'language', choices: [{ value: 'th' }, { value: 'en' }] },
    ]);
  });

  test('are not sent again when Discord knows them, and are when something changed', async () => {
    const puts = () => at.fake.requests.filter((line) => line.startsWith('PUT ')).length;
    const before = puts();
    await (await at.bot()).stop();
    expect(puts()).toBe(before);
    const topup = at.fake.registered('server').find((command) => command.name === 'topup');
    if (topup) topup.description = 'something else';
    await (await at.bot()).stop();
    expect(puts()).toBe(before + 1);
  });

  test('amounts are suggested while typing, and any other may be sent', async () => {
    const person = at.somebody();
    const all = await person.types('topup', 'amount', '');
    expect(all.map((choice) => choice.value)).toContain('500');
    expect((await person.types('topup', 'amount', '๕๐')).map((choice) => choice.value)).toEqual(['500', '5000']);
    expect(await person.types('topup', 'amount', '777')).toEqual([]);
    const turn = await person.command('topup', { amount: '777.50' });
    expect(textOf(turn.message ?? never())).toContain('777.50');
  });
});

describe('topping up', () => {
  test('/topup 500 shows the QR with its facts, to this person alone', async () => {
    const person = at.somebody();
    const other = at.somebody();
    const turn = await person.command('topup', { amount: '500' });
    expect(turn).toMatchObject({ state: 'answered', thought: false });
    expect(isPng(turn.message)).toBe(true);
    expect(embedOf(turn.message)).toMatchObject({ image: { url: 'attachment://promptpay-qr.png' } });
    expect(textOf(turn.message ?? never())).toMatch(/`TU[0-9A-HJKMNP-TV-Z]{10}`/);
    expect(buttonsOf(turn.message ?? never()).map((button) => button.label)).toEqual([
      en('button.check'),
      en('button.cancel'),
    ]);
    expect(person.sees()).toContain(turn.message);
    expect(other.sees()).not.toContain(turn.message);
    expect(turn.message?.body.allowed_mentions).toEqual({ parse: [] });
  });

  test('without an amount a form opens first, and filling it in brings the QR', async () => {
    const person = at.somebody();
    const asked = await person.command('topup');
    expect(asked.state).toBe('form');
    expect(asked.modal).toMatchObject({ custom_id: '["topup",{}]', title: en('command.topup').slice(0, 45) });
    const turn = await person.submits({ amount: '๑,๕๐๐ บาท' });
    expect(turn.state).toBe('answered');
    expect(isPng(turn.message)).toBe(true);
    expect(textOf(turn.message ?? never())).toContain('1,500.00');
  });

  test('a wrong amount gets the reason and a button that opens the form again', async () => {
    const person = at.somebody();
    await person.command('topup');
    const refused = await person.submits({ amount: 'lots' });
    expect(textOf(refused.message ?? never())).toContain(en('error.amount.invalid', { text: 'lots' }));
    const again = await person.presses(en('button.fill_in'));
    expect(again.state).toBe('form');
    expect(isPng((await person.submits({ amount: '500' })).message)).toBe(true);
  });

  test('a wrong amount given with the command opens the form, which says what was wrong', async () => {
    const turn = await at.somebody().command('topup', { amount: '5 baht or so' });
    expect(turn.state).toBe('form');
    expect(JSON.stringify(turn.modal)).toContain('"type":10');
  });

  test('checking says a passing word and leaves the QR; cancelling puts words in its place', async () => {
    const person = at.somebody();
    const { message: qr } = await person.command('topup', { amount: '500' });
    const check = await person.presses(en('button.check'));
    expect(check.message).not.toBe(qr);
    expect(check.message?.only).toBe(person.id);
    const cancelled = await person.presses(en('button.cancel'));
    expect(cancelled.message).toBe(qr);
    expect(qr?.files).toEqual([]);
    expect(textOf(qr ?? never())).toMatch(/is cancelled/);
    expect(qr?.deleted).toBe(false);
  });

  test('a QR shown again takes the place of the one before', async () => {
    const person = at.somebody();
    const { message: first } = await person.command('topup', { amount: '500' });
    await person.command('wallet');
    await person.presses(en('button.pending_topups'));
    const { message: second } = await person.presses('500.00');
    expect(isPng(second)).toBe(true);
    expect(second).not.toBe(first);
    await eventually(() => first?.deleted);
    expect(second?.deleted).toBe(false);
  });
});

describe('in a server', () => {
  test('personal answers are for one pair of eyes; help is for all', async () => {
    const person = at.somebody();
    const other = at.somebody();
    const menu = await person.command('menu');
    expect(menu.message?.only).toBe(person.id);
    const help = await person.command('help');
    expect(help.message?.only).toBeUndefined();
    expect(other.sees()).toContain(help.message);
  });

  test('a button under a public message answers the one who pressed, and leaves the message', async () => {
    const person = at.somebody();
    const other = at.somebody({ name: 'Other' });
    const { message: help } = await person.command('help');
    const turn = await other.pressesOn(help ?? never(), en('button.menu'));
    expect(turn.message).not.toBe(help);
    expect(turn.message?.only).toBe(other.id);
    expect(help?.edits).toBe(0);
    expect(person.sees()).not.toContain(turn.message);
  });

  test('the menu is changed by its buttons rather than repeated', async () => {
    const person = at.somebody();
    const { message: menu } = await person.command('menu');
    expect((await person.presses(en('button.wallet'))).message).toBe(menu);
    expect((await person.presses(en('button.menu'))).message).toBe(menu);
    expect(menu?.deleted).toBe(false);
    const { message: newer } = await person.command('menu');
    await eventually(() => menu?.deleted);
    expect(newer?.deleted).toBe(false);
  });

  test('a button of older days says that it is stale and leaves its message alone', async () => {
    const person = at.somebody();
    const { message: menu } = await person.command('menu');
    const rows = menu?.body.components as { components: { custom_id: string }[] }[];
    for (const row of rows) for (const button of row.components) button.custom_id = 'abolished|something';
    const turn = await person.presses(en('button.wallet'));
    expect(textOf(turn.message ?? never())).toContain(en('error.button.stale'));
    expect(turn.message).not.toBe(menu);
    expect(turn.message?.only).toBe(person.id);
  });

  test('the language is chosen from the two there are, and answers follow it', async () => {
    const person = at.somebody();
    const asked = await person.command('language');
    expect(JSON.stringify(asked.modal)).toContain('"type":3');
    const set = await person.submits({ language: 'th' });
    expect(textOf(set.message ?? never())).toContain(th('language.set'));
    expect(textOf((await person.command('wallet')).message ?? never())).toContain(th('wallet.title'));
  });
});

describe('alone with the bot', () => {
  test('a command is answered by an ordinary message, which stays', async () => {
    const person = at.somebody();
    const { message } = await person.command('wallet', {}, 'dm');
    expect(message?.only).toBeUndefined();
    expect(message?.channel.dmOf).toBe(person.id);
  });

  test('text commands work, a missing amount is asked for in words, and the next text answers it', async () => {
    const person = at.somebody();
    await person.command('language', { language: 'en' }, 'dm');
    expect(textOf(await person.writesDm('/topup'))).toContain(en('field.amount'));
    const qr = await person.writesDm('250 baht');
    expect(isPng(qr)).toBe(true);
    expect(textOf(qr)).toContain('250.00');
    expect(isPng(await person.writesDm('/topup 100.25'))).toBe(true);
  });

  test('a suggestion under a question is an answer', async () => {
    const person = at.somebody();
    await person.command('language', { language: 'en' }, 'dm');
    await person.writesDm('/topup');
    const turn = await person.presses('300.00', 'dm');
    expect(textOf(turn.message ?? never())).toContain(en('topup.title'));
    expect(isPng(turn.message)).toBe(true);
  });

  test('unknown text gets help, in Thai for somebody we know nothing of', async () => {
    const person = at.somebody();
    expect(textOf(await person.writesDm('ขอสอบถามหน่อย'))).toContain(th('unknown.text').slice(0, 20));
    expect(textOf(await person.writesDm('/nonsense'))).toContain(
      th('error.command.unknown', { name: 'nonsense' }).slice(0, 10),
    );
  });

  test('texts written quickly are answered in their order', async () => {
    const person = at.somebody();
    const wanted = ['/topup 101', '/topup 102', '/topup 103'];
    await Promise.all(wanted.map((text) => person.writesDm(text)));
    const answers = await eventually(() => {
      const all = at.fake.dm(person.id).filter((message) => message.author === 'bot');
      return all.length === 3 && all;
    });
    expect(answers.map((answer) => /10\d\.00/.exec(textOf(answer))?.[0])).toEqual(['101.00', '102.00', '103.00']);
  });
});

test('a name cannot mention anybody or smuggle in Markdown', async () => {
  const person = at.somebody({ name: '**@everyone** <@123> [x](https://evil.example) `a`' });
  const { message } = await person.command('menu');
  const text = textOf(message ?? never());
  expect(text).toContain('\\*\\*@\u200beveryone\\*\\*');
  expect(text).toContain('\\<@123> \\[x\\]');
  expect(text).not.toMatch(/(?<!\\)[*`[]/);
  expect(message?.body.allowed_mentions).toEqual({ parse: [] });
});

test('two people at once each get their own', async () => {
  const people = Array.from({ length: 8 }, (_, i) => ({ person: at.somebody(), amount: 100 + i }));
  const turns = await Promise.all(
    people.map(({ person, amount }) => person.command('topup', { amount: String(amount) })),
  );
  for (const [i, { person, amount }] of people.entries()) {
    expect(textOf(turns[i]?.message ?? never())).toContain(`${amount}.00`);
    const read = person.sees().map(textOf).join('\n');
    for (const other of people) expect(read.includes(`฿${other.amount}.00`)).toBe(other === people[i]);
  }
});

function never(): never {
  throw new Error('no message came');
}
