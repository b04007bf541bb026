import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLocalChat } from '../../src/bot/local/localChat.ts';
import { TEXT_MOST } from '../../src/bot/telegram/layout.ts';
import { createTelegram } from '../../src/bot/telegram/telegram.ts';
import { localMessagesSince } from '../../src/core/chats/localMessage.ts';
import type { UserId } from '../../src/core/id.ts';
import { broadcastLimits, draftBroadcast, startBroadcast } from '../../src/core/notices/broadcast.ts';
import { deliverNotices } from '../../src/core/notices/notice.ts';
import { readPreference } from '../../src/core/notices/preference.ts';
import { sendBroadcasts } from '../../src/core/ops/sendBroadcasts.ts';
import { meet } from '../../src/core/people/identity.ts';
import type { Provider } from '../../src/core/people/tables.ts';
import { draft } from '../support/broadcasts.ts';
import { chatter } from '../support/chat.ts';
import { createDiscordWorld, type DiscordWorld } from '../support/discordBot.ts';
import { messageMistakes } from '../support/discordRules.ts';
import { job, operator } from '../support/money.ts';
import { startTelegram } from '../support/telegram.ts';

/** What somebody would write who wants to break out: markup of every chat, mentions, commands of Fluent, odd letters. */
const HOSTILE = `<b>bold</b> <script>alert(1)</script> &amp; <a href="https://evil.example">x</a>
*bold* _under_ ~~gone~~ \`code\` ||hidden|| [text](https://evil.example) <@1> <#2> <t:1:R> @everyone @here
# heading
- item
> quote
{ MONEY($amountSatang) } { $reference } {"}"} \${x} %s \\n
ประกาศ 🇹🇭 👩‍👩‍👧 e\u0301 \u0000 \u202eevil`;
/** As it is kept: without what cannot be seen. */
const KEPT = HOSTILE.replaceAll('\0', '').replaceAll('\u202e', '').normalize('NFC');

const framed = (text: string) => `📣 ${text}\n\nTo stop getting news: /settings`;

let at: DiscordWorld;
let telegram: Awaited<ReturnType<typeof startTelegram>>;
let bot: ReturnType<typeof createTelegram>;
beforeAll(async () => {
  [at, telegram] = await Promise.all([createDiscordWorld(), startTelegram()]);
  const { world } = at;
  const ctx = world.ctx({ kind: 'chat', provider: 'telegram' });
  bot = createTelegram(ctx, { token: telegram.token, apiRoot: telegram.apiRoot, webhookSecret: null });
  await bot.start();
  world.couriers.set('telegram', bot.courier);
  world.couriers.set('discord', (await at.bot()).courier);
  world.couriers.set('local', createLocalChat(world.ctx({ kind: 'chat', provider: 'local' })).courier);
});
afterAll(async () => {
  await bot.stop();
  await telegram.close();
  await at.close();
});

async function join(provider: Provider, subject: string): Promise<UserId> {
  const login = { provider, subject, displayName: subject, languageHint: 'en' };
  return (await meet(at.world.ctx({ kind: 'chat', provider }), login)).user.id;
}

async function broadcast(textEn: string): Promise<void> {
  const ctx = at.world.ctx(operator);
  const input = { broadcastId: ctx.newId('brc'), draft: draft({ textEn, perMinute: 3000 }) };
  const { id, version } = await draftBroadcast(ctx, input);
  await startBroadcast(ctx, { broadcastId: id, version });
  await sendBroadcasts(at.world.ctx(job));
  at.world.clock.pass(60_000);
  await deliverNotices(at.world.ctx(job), 50, 'broadcast');
}

describe('what an operator writes is shown as it was written', () => {
  test('on Telegram, where nothing of it becomes an entity', async () => {
    const person = telegram.person(77);
    person.says('/help');
    await person.waitsFor(({ author }) => author === undefined);
    await broadcast(HOSTILE);
    const message = person.sees().at(-1);
    expect(message).toMatchObject({ text: framed(KEPT), entities: [] });
  });

  test('on Discord, where every mark is escaped and nobody is mentioned', async () => {
    const person = at.somebody();
    await join('discord', person.id);
    await broadcast(HOSTILE);
    const { content, allowed_mentions } = at.fake.dm(person.id).at(-1)?.body ?? {};
    expect(allowed_mentions).toEqual({ parse: [] });
    expect(content).toContain('\\*bold\\* \\_under\\_ \\~\\~gone\\~\\~ \\`code\\` \\|\\|hidden\\|\\|');
    expect(content).toContain('\\[text\\](https://evil.example) \\<@1> \\<#2> \\<t:1:R> @\u200beveryone @\u200bhere');
    expect(content).toContain('\n\\# heading\n\\- item\n\\> quote\n');
    expect(content).toContain('{ MONEY($amountSatang) } { $reference }');
  });

  test('in the local chat, which gets it as a line of text', async () => {
    await join('local', 'reader');
    await broadcast(HOSTILE);
    const ctx = at.world.ctx({ kind: 'chat', provider: 'local' });
    const messages = await localMessagesSince(ctx, { subject: 'reader', change: 0, limit: 10 });
    expect(messages.at(-1)?.body).toMatchObject({ lines: [framed(KEPT)], facts: [] });
  });
});

test.each([
  ['the longest text there may be', 'ก'],
  ['the longest text of letters that have to be escaped', '*'],
])('%s arrives whole in every chat', async (_, letter) => {
  const text = letter.repeat(broadcastLimits.letters);
  const [person, reader] = [at.somebody(), `long-${letter.codePointAt(0)}`];
  await join('discord', person.id);
  await join('local', reader);
  const friend = telegram.person(letter.codePointAt(0) ?? 0);
  friend.says('/help');
  await friend.waitsFor(({ author }) => author === undefined);
  await broadcast(text);
  expect(friend.sees().at(-1)?.text).toBe(framed(text));
  expect(broadcastLimits.letters).toBeLessThan(TEXT_MOST);
  const message = at.fake.dm(person.id).at(-1);
  expect(messageMistakes({ ...message?.body }, [])).toEqual([]);
  const shown = JSON.stringify(message?.body).split(letter).length - 1;
  expect(shown).toBe(broadcastLimits.letters);
  expect(JSON.stringify(message?.body)).not.toContain('…');
});

test('news can be turned off and on in the settings of every chat', async () => {
  const me = chatter(at.world);
  const shown = await me.types('/settings');
  expect(shown.text).toContain('News: On');
  const off = await me.presses('settings.mute', 'news.off');
  expect(off.text).toContain('News: Off');
  const [login] = await at.world
    .ctx(job)
    .db.execute<{ user_id: UserId }>(
      `select user_id from identity where subject like 'chatter-%' order by created_at desc limit 1`,
    );
  const userId = login?.user_id ?? expect.fail('nobody');
  expect((await readPreference(at.world.ctx(job), userId)).muted).toEqual(['news']);
  await me.presses('settings.mute', 'news.on');
  expect((await readPreference(at.world.ctx(job), userId)).muted).toEqual([]);
});
