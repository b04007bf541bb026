import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minutes, seconds } from '../../src/core/clock.ts';
import { topup } from '../../src/core/money/tables.ts';
import { translate } from '../../src/core/text/text.ts';
import { chatter } from '../support/chat.ts';
import { expectClean, job, newTopup } from '../support/money.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});

const en = (key: string, params = {}) => translate('en', key, params);
const topups = () => world.ctx(job).db.$count(topup);

describe('an argument', () => {
  test('that is missing is asked for, with choices and a way out, and the answer runs the command', async () => {
    const me = chatter(world);
    const asked = await me.types('/topup');
    expect(asked.lines).toEqual([en('field.amount'), en('field.amount_hint')]);
    expect(asked.buttons?.flat().map((b) => b.label)).toEqual([
      '฿100.00',
      '฿300.00',
      '฿500.00',
      '฿1,000.00',
      '฿3,000.00',
      '฿5,000.00',
      'Never mind',
    ]);
    const done = await me.says('๑,๕๐๐.๕๐ บาท');
    expect(done.text).toContain('฿1,500.50');
    expect(done.picture?.png.length).toBeGreaterThan(1000);
    expect((await me.says('500')).text).toBe(en('unknown.text')); // answered is answered
  });

  test('that is wrong is asked again with the reason and an example, as often as it takes', async () => {
    const me = chatter(world);
    await me.types('/topup');
    const again = await me.says('a lot');
    expect(again.lines).toEqual([
      en('error.amount.invalid', { text: 'a lot' }),
      en('field.amount'),
      en('field.amount_hint'),
    ]);
    expect((await me.types('/topup -5')).text).toContain('“-5” is not an amount');
    expect((await me.says('')).text).toContain('“–” is not an amount');
    expect((await me.says('500')).text).toContain('฿500.00');
  });

  test('that core refuses is a refusal and not a question', async () => {
    const me = chatter(world);
    const refused = await me.types('/topup 5');
    expect(refused.text).toBe(en('error.topup.amount_too_small', { minSatang: 2000n, maxSatang: 5000000n }));
    expect((await me.says('500')).text).toBe(en('unknown.text'));
  });

  test('of a choice may be pressed', async () => {
    const me = chatter(world);
    const asked = await me.types('/topup');
    const [, on = ''] = asked.buttons?.[0]?.[1]?.data.split('|') ?? [];
    expect((await me.presses('answer', on)).text).toContain('฿300.00');
  });

  test('of a form is given all at once, and a wrong one brings back the form with the reason', async () => {
    const me = chatter(world, {}, { forms: true });
    const shown = await me.sends({ kind: 'options', name: 'topup', options: {} });
    expect(shown.form).toMatchObject({ command: 'topup', fields: [{ name: 'amount' }] });
    const wrong = await me.sends({ kind: 'form', command: 'topup', args: { amount: 'x' } });
    expect(wrong.form?.problem?.[0]).toBe('error.amount.invalid');
    const done = await me.sends({ kind: 'form', command: 'topup', args: { amount: '500' } });
    expect(done.text).toContain('฿500.00');
    expect((await me.says('500')).text).toBe(en('unknown.text')); // a form is no question
  });

  test('after another is asked one by one, and what was answered is kept', async () => {
    const me = chatter(world);
    expect((await me.presses('settings.quiet')).text).toContain(en('field.quiet_from'));
    expect((await me.says('22.00')).text).toContain(en('field.quiet_to'));
    expect((await me.says('25:00')).text).toContain(en('error.quiet_hours.invalid'));
    expect((await me.says('๐๗:๐๐')).text).toContain('22:00–07:00');
  });

  test('that makes no sense beside the other is a refusal', async () => {
    const me = chatter(world);
    await me.presses('settings.quiet');
    await me.says('22:00');
    expect((await me.says('22:00')).text).toBe(en('error.quiet_hours.invalid'));
  });
});

describe('an open question', () => {
  test.each(['/menu', '/wallet', '/help', '/nonsense'])('ends with %s', async (command) => {
    const me = chatter(world);
    await me.types('/topup');
    await me.types(command);
    const before = await topups();
    expect((await me.says('500')).text).toBe(en('unknown.text'));
    expect(await topups()).toBe(before);
  });

  test('ends with an option command, and with a button that runs another command', async () => {
    const me = chatter(world);
    const before = await topups();
    await me.types('/topup');
    await me.sends({ kind: 'options', name: 'wallet', options: {} });
    expect((await me.says('500')).text).toBe(en('unknown.text'));
    await me.types('/topup');
    await me.presses('wallet');
    expect((await me.says('500')).text).toBe(en('unknown.text'));
    expect(await topups()).toBe(before);
  });

  test('ends with "never mind", once', async () => {
    const me = chatter(world);
    await me.types('/topup');
    expect((await me.presses('nevermind')).text).toBe(en('question.dropped'));
    expect((await me.presses('nevermind')).text).toBe(en('question.none'));
    expect((await me.says('500')).text).toBe(en('unknown.text'));
  });

  test('ends after ten minutes', async () => {
    const me = chatter(world);
    await me.types('/topup');
    world.clock.pass(minutes(10));
    expect((await me.says('500')).text).toBe(en('unknown.text'));
  });

  test('is one per login: a newer one takes its place, and old choices answer neither: question.expired', async () => {
    const me = chatter(world);
    const old = await me.types('/topup');
    const [, on = ''] = old.buttons?.[0]?.[0]?.data.split('|') ?? [];
    const before = await topups();
    world.clock.pass(seconds(1));
    await me.types('/language');
    expect((await me.presses('answer', on)).text).toBe(en('error.question.expired'));
    world.clock.pass(seconds(1));
    await me.types('/topup');
    expect((await me.presses('answer', on)).text).toBe(en('error.question.expired'));
    for (const junk of ['', '.', 'x', `${on}.1`, '500'])
      expect((await me.presses('answer', junk)).text).toMatch(/This question is over|is not an amount/);
    expect(await topups()).toBe(before);
  });

  test("of one person is not answered by another's choice", async () => {
    const [me, you] = [chatter(world), chatter(world)];
    const mine = await me.types('/topup');
    const [, on = ''] = mine.buttons?.[0]?.[0]?.data.split('|') ?? [];
    expect((await you.presses('answer', on)).text).toBe(en('error.question.expired'));
  });
});

describe('a button', () => {
  test.each([
    ['nothing_we_know', undefined],
    ['topup.cancel', undefined],
    ['topup.cancel', ''],
    ['tx', undefined],
    ['__proto__', 'x'],
    ['constructor', 'x'],
  ])('%s %s is stale and says so: button.stale', async (does, on) => {
    const shown = await chatter(world).presses(does, on);
    expect(shown.text).toBe(en('error.button.stale'));
    expect(shown.buttons?.flat().map((b) => b.data)).toEqual(['menu']);
  });

  test.each(['top_none', "'; drop table topup --", 'ก'.repeat(30), '\u0000', 'x\ud800'])(
    'that carries %j acts on nothing',
    async (on) => {
      const shown = await chatter(world).presses('topup.cancel', on);
      expect([en('error.topup.missing'), en('error.button.stale')]).toContain(shown.text);
    },
  );

  test("for somebody else's top-up finds nothing: topup.missing", async () => {
    const { userId } = await world.person();
    const theirs = await newTopup(world, userId);
    const me = chatter(world);
    for (const does of ['topup.show', 'topup.check', 'topup.cancel', 'receipt'])
      expect((await me.presses(does, theirs.id)).text).toBe(en('error.topup.missing'));
  });
});

describe('what nobody understands', () => {
  test('is answered with help', async () => {
    const me = chatter(world);
    const shown = await me.says('hello there');
    expect(shown.text).toBe(en('unknown.text'));
    expect(shown.buttons?.flat().map((b) => b.data)).toEqual(['menu', 'help']);
    expect((await me.sends({ kind: 'other' })).text).toBe(en('unknown.kind'));
  });

  test('an unknown command is named and cut short: command.unknown', async () => {
    expect((await chatter(world).types('/fly')).text).toBe(en('error.command.unknown', { name: 'fly' }));
    const long = await chatter(world).types(`/${'x'.repeat(500)}`);
    expect(long.text.length).toBeLessThan(150);
  });

  test('capital letters do not matter', async () => {
    expect((await chatter(world).types('/HELP')).title).toBe(en('help.title'));
  });

  test.each(['argument.unknown', 'date.invalid', 'date.reversed', 'language.unknown', 'text.too_long'])(
    '%s has a reason and a way on',
    async (code) => {
      const say: Record<string, string> = {
        'argument.unknown': '/transactions nonsense',
        'date.invalid': '/transactions topup done 31/02/2569',
        'date.reversed': '/transactions topup done 2026-02-01 2026-01-01',
        'language.unknown': '/language klingon',
        'text.too_long': `/link ${'x'.repeat(101)}`,
      };
      const shown = await chatter(world).types(say[code] ?? '');
      expect(JSON.stringify(shown.reply.say)).toContain(`error.${code}`);
    },
  );
});

describe('a link into the chat', () => {
  test('runs the command it names, and the plain start otherwise', async () => {
    expect((await chatter(world).types('/start topup_500')).text).toContain('฿500.00');
    expect((await chatter(world).types('/start topup')).text).toContain(en('field.amount'));
    for (const text of ['', 'nonsense', 'tx.csv_all', 'topup.cancel_top_1', '__proto__'])
      expect((await chatter(world).types(`/start ${text}`.trim())).title).toBe(en('menu.title'));
  });
});

test('the same message twice opens one top-up', async () => {
  const me = chatter(world);
  const first = await me.sends({ kind: 'command', name: 'topup', text: '500' }, { key: 'same-message' });
  const second = await me.sends({ kind: 'command', name: 'topup', text: '500' }, { key: 'same-message' });
  expect(second.facts).toEqual(first.facts);
});
