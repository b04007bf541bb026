import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer } from '../../../src/bot/answer.ts';
import { commands } from '../../../src/bot/commands/list.ts';
import type { Db } from '../../../src/core/db.ts';
import { topup } from '../../../src/core/money/tables.ts';
import { identity } from '../../../src/core/people/tables.ts';
import { blockUser } from '../../../src/core/people/user.ts';
import { translate } from '../../../src/core/text/text.ts';
import { chatter } from '../../support/chat.ts';
import { expectClean, job, operator, record, walletOf } from '../../support/money.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

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

describe('in a group', () => {
  test.each(commands.filter((c) => c.audience === 'private').map((c) => c.name))(
    '%s is not answered where others read: command.private',
    async (name) => {
      const me = chatter(world, {}, { place: 'group' });
      const before = await topups();
      const args = { amount: '500', on: 'x', code: 'AAAAAAAA', language: 'th', from: '1', to: '2' };
      const shown = await me.sends({ kind: 'options', name, options: args });
      expect(shown.text).toBe(en('error.command.private', { name }));
      expect(await topups()).toBe(before);
    },
  );

  test('help is, and holds nothing personal', async () => {
    const shown = await chatter(world, { displayName: 'Wanchai' }, { place: 'group' }).types('/help');
    expect(shown.reply.sensitive).toBeUndefined();
    expect(shown.text).not.toContain('Wanchai');
  });

  test('an answer to an open question is refused too', async () => {
    const me = chatter(world);
    await me.types('/topup');
    const shown = await me.sends({ kind: 'text', text: '500' }, { place: 'group' });
    expect(shown.text).toBe(en('error.command.private', { name: 'topup' }));
  });

  test('every answer of a private command is marked as personal', async () => {
    const me = chatter(world);
    for (const command of [
      '/start',
      '/menu',
      '/wallet',
      '/transactions',
      '/settings',
      '/link',
      '/language',
      '/topup',
      '/topup 50',
    ])
      expect([command, (await me.types(command)).reply.sensitive]).toEqual([command, true]);
  });
});

describe('a blocked person', () => {
  test('is refused everywhere, politely, and their money still arrives', async () => {
    const me = chatter(world, { subject: 'blocked' });
    const shown = await me.types('/topup 500');
    const reference = shown.facts?.find((f) => f.code)?.value ?? '';
    const [row] = await world.ctx(job).db.select().from(identity).where(eq(identity.subject, 'blocked'));
    if (!row) throw new Error('met a moment ago');
    await blockUser(world.ctx(operator), { userId: row.userId, reason: 'a test' });
    const before = await topups();
    for (const command of commands) {
      const options = { amount: '500', on: 'x' };
      const tried = [
        await me.types(`/${command.name} 500`),
        await me.sends({ kind: 'options', name: command.name, options }),
        await me.presses(command.name, 'x'),
        await me.sends({ kind: 'form', command: command.name, args: options }),
      ];
      for (const answered of tried) expect(answered.text).toBe(en('error.user.blocked'));
    }
    expect((await me.says('500')).text).toBe(en('error.user.blocked'));
    expect((await me.sends({ kind: 'other' })).text).toBe(en('error.user.blocked'));
    expect(await topups()).toBe(before);
    await record(world, paid(reference, 500_00n));
    expect(await walletOf(world, row.userId)).toBe(500_00n);
  });
});

describe('a fault of ours', () => {
  const broken = (error: Error): Db =>
    new Proxy(world.ctx(job).db, {
      get() {
        throw error;
      },
    });
  const ask = (error: Error) =>
    answer(
      { ...world.ctx(job), db: broken(error) },
      {
        key: 'k',
        login: { provider: 'local', subject: 's', displayName: 'n' },
        place: 'private',
        forms: false,
        what: { kind: 'command', name: 'menu', text: '' },
      },
    );

  test('becomes a reference to quote, in the log too, and leaks nothing: unexpected', async () => {
    const said = await ask(new Error('password=hunter2 at /srv/app'));
    if (!('reply' in said)) throw new Error('a form?');
    const [key, params] = said.reply.say as unknown as [string, { reference: string }];
    expect([key, params.reference]).toEqual(['error.unexpected', expect.stringMatching(/^[0-9A-Z]{6}$/)]);
    expect(JSON.stringify(said)).not.toContain('hunter2');
    expect(world.log.lines.at(-1)).toContain(params.reference);
  });

  test('of a database that is away is said as such: service.unavailable', async () => {
    const said = await ask(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
    expect('reply' in said && said.reply.say).toEqual(['error.service.unavailable', {}]);
  });
});
