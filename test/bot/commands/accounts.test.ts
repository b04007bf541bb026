import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../../src/bot/commands/list.ts';
import type { UserId } from '../../../src/core/id.ts';
import { identity } from '../../../src/core/people/tables.ts';
import { translate } from '../../../src/core/text/text.ts';
import { accountLink, exchangeAccount } from '../../../src/core/trading/tables.ts';
import { accountRows, add, freshKey, rowOf, sealedOf } from '../../support/accounts.ts';
import { type Chatter, chatter } from '../../support/chat.ts';
import type { FakeExchanges } from '../../support/exchanges.ts';
import { job } from '../../support/money.ts';
import { ENTERPRISE, rentedBy } from '../../support/rental.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World<FakeExchanges>;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const en = (key: string, params = {}) => translate('en', key, params);
let born = 0;

/** Somebody in a chat, with a plan for any number of accounts unless said otherwise. */
async function somebody(planId: string | null = ENTERPRISE): Promise<{ me: Chatter; userId: UserId }> {
  const subject = `accounts-${++born}`;
  const me = chatter(world, { subject });
  await me.types('/start');
  const which = and(eq(identity.provider, 'local'), eq(identity.subject, subject));
  const [row] = await world.ctx(job).db.select().from(identity).where(which);
  if (!row) throw new Error('met a moment ago');
  if (planId) await rentedBy(world, row.userId, planId);
  return { me, userId: row.userId };
}

describe('/addaccount', () => {
  test('offers the one-time link first, and typing second', async () => {
    const { me, userId } = await somebody();
    const shown = await me.types('/addaccount');
    expect(shown.link?.url).toMatch(/^https:\/\/bot\.example\.com\/accounts\/new\/[\w-]{43}$/);
    expect(shown.reply.sensitive).toBe(true);
    expect(await world.ctx(job).db.$count(accountLink, eq(accountLink.userId, userId))).toBe(1);
    expect(shown.buttons?.flat().map(({ data }) => data)).toContain('account.here');
  });

  test('offers typing alone where our page cannot be reached safely', async () => {
    const { me } = await somebody();
    world.site.url = 'http://bot.example.com';
    const shown = await me.types('/addaccount binance');
    world.site.url = 'https://bot.example.com';
    expect(shown.link).toBeUndefined();
    expect(shown.text).toContain(en('addaccount.only_here'));
    expect(shown.buttons?.flat().map(({ data }) => data)).toContain('account.at|binance');
  });

  test('without a plan says what is missing, and still offers a demo account', async () => {
    const { me, userId } = await somebody(null);
    const shown = await me.types('/addaccount');
    expect(shown.text).toContain(en('addaccount.demo_open'));
    const made = await me.presses('account.demo');
    expect(made.text).toContain(en('addaccount.demo_done', { label: 'Demo' }));
    expect((await me.types('/addaccount demo')).text).toContain('Demo 2');
    expect(await accountRows(world, userId)).toHaveLength(2);
  });

  test('of an exchange that is misspelt names the one that was meant: account.exchange_unknown', async () => {
    const { me } = await somebody();
    const shown = await me.types('/addaccount bibit');
    expect(shown.text).toContain('Did you mean Bybit');
    expect(shown.text).not.toContain('bibit');
  });

  test('with a key behind it is not looked at and not repeated', async () => {
    const { me, userId } = await somebody();
    const { apiKey, secret } = freshKey();
    for (const words of [`binance ${apiKey} ${secret}`, `binance ${apiKey}`, apiKey]) {
      const shown = await me.types(`/addaccount ${words}`);
      expect(shown.text).toBe(en('secret.overheard'));
    }
    expect(await accountRows(world, userId)).toEqual([]);
  });

  test('tells what the exchange does not say, and what would be safer', async () => {
    const { me } = await somebody();
    const key = freshKey();
    world.exchanges.told.set(key.apiKey, { canWithdraw: null, ipRestricted: false, canTrade: false });
    const args = { on: 'binance.live', api_key: key.apiKey, secret: key.secret };
    const shown = await me.sends({ kind: 'form', command: 'account.type', args });
    for (const warning of ['withdraw_unknown', 'ip_open', 'cannot_trade'])
      expect(shown.text).toContain(en(`addaccount.warn_${warning}`, { exchange: 'Binance' }));
  });
});

describe('an account', () => {
  test('is renamed, grouped, turned off and on, given a new key and removed by its buttons', async () => {
    const { me, userId } = await somebody();
    const { account } = await add(world, userId, { label: 'Main' });
    const { id } = account;
    expect((await me.types('/accounts')).text).toContain('Main · Binance');
    expect((await me.presses('account.show', id)).text).toContain(en('accounts.yes'));
    await me.presses('account.rename', id);
    expect((await me.says('Savings')).text).toContain(en('accounts.renamed', { label: 'Savings' }));
    await me.presses('account.group', id);
    expect((await me.says('Long term')).text).toContain(en('accounts.grouped', { group: 'Long term' }));
    expect((await me.types('/accounts')).text).toContain('Long term › Savings · Binance');
    await me.presses('account.group', id);
    expect((await me.says('-')).text).toContain(en('accounts.ungrouped'));
    expect((await me.presses('account.turn', `${id}.off`)).text).toContain(en('accounts.state_off'));
    expect((await me.presses('account.turn', `${id}.on`)).text).toContain(en('accounts.turned_on'));
    const before = await sealedOf(world, id);
    expect((await me.presses('account.key', id)).link?.url).toContain('/accounts/new/');
    await me.presses('account.rotate', id);
    const key = freshKey();
    await me.says(key.apiKey);
    expect((await me.says(key.secret)).text).toContain(en('addaccount.rotated', { label: 'Savings' }));
    expect(await sealedOf(world, id)).not.toBe(before);
    const asked = await me.types('/removeaccount savings');
    expect(asked.text).toContain(en('accounts.remove_ask', { exchange: 'Binance' }));
    expect((await rowOf(world, id)).removedAt).toBeNull();
    expect((await me.presses('account.gone', id)).text).toBe(en('accounts.removed', { label: 'Savings' }));
    expect((await me.types('/accounts')).text).toContain(en('accounts.none'));
  });

  test('shows since when it cannot be read, and why, whatever the reason is called', async () => {
    const { me, userId } = await somebody();
    const { account } = await add(world, userId);
    const { db } = world.ctx(job);
    for (const [trouble, words] of [
      ['key_invalid', en('accounts.trouble_key_invalid')],
      ['of_a_newer_version', en('accounts.trouble_malformed')],
    ]) {
      const set = { trouble: trouble ?? '', troubleSince: world.clock.now() };
      await db.update(exchangeAccount).set(set).where(eq(exchangeAccount.id, account.id));
      expect((await me.presses('account.show', account.id)).text).toContain(words);
      expect((await me.types('/accounts')).text).toContain('cannot be read since');
    }
  });

  test('many of them are paged, and every one can be reached', async () => {
    const { me, userId } = await somebody();
    for (let n = 0; n < 10; n++) await add(world, userId, { label: `A${n}` });
    const first = await me.types('/accounts');
    const second = await me.presses('account.page', '1');
    const shown = [first, second].flatMap(({ buttons = [] }) => buttons.flat()).map(({ label }) => label);
    for (let n = 0; n < 10; n++) expect(shown).toContain(`A${n}`);
    expect((await me.presses('account.page', 'x')).text).toBe(en('error.button.stale'));
  });
});

describe('of two people neither sees or touches an account of the other', () => {
  const tail = ['', '.off', '.on', '.live'];
  test.each(commands.map(({ name }) => name))('by %s', async (name) => {
    const [owner, other] = [await somebody(), await somebody()];
    const { account } = await add(world, owner.userId, { label: 'HiddenLabel', group: 'HiddenGroup' });
    const before = [await rowOf(world, account.id), await sealedOf(world, account.id)];
    const { apiKey: api_key, secret } = freshKey();
    const values = { label: 'HiddenLabel', account: 'HiddenLabel', group: 'x', exchange: 'binance' };
    const [texts, ways]: [string[], string[]] = [[], []];
    for (const end of tail) {
      const on = `${account.id}${end}`;
      const args = { on, api_key, secret, passphrase: 'x', ...values };
      for (const shown of [
        await other.me.presses(name, on),
        await other.me.sends({ kind: 'form', command: name, args }),
        await other.me.types(`/${name} ${on}`),
        await other.me.types(`/${name} HiddenLabel`),
      ]) {
        texts.push(JSON.stringify([shown.text, shown.buttons, shown.facts]));
        ways.push(...(shown.buttons ?? []).flat().map(({ data }) => data));
      }
    }
    expect(texts.filter((text) => text.includes('HiddenGroup'))).toEqual([]);
    // What was typed may be repeated; nothing leads to the account.
    expect(ways.filter((data) => data.includes(account.id))).toEqual([]);
    expect([await rowOf(world, account.id), await sealedOf(world, account.id)]).toEqual(before);
  });
});
