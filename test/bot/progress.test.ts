import { afterEach, expect, test } from 'vitest';
import { startProgress } from '../../src/jobs/progress.ts';
import { createDiscordWorld, embedOf, isPng } from '../support/discordBot.ts';
import { eventually } from '../support/eventually.ts';
import { job } from '../support/money.ts';
import { finish, HALF, halfway, rentForAll } from '../support/progress.ts';
import { createTelegramWorld } from '../support/telegramBot.ts';

/*
 * A run that takes longer than its command waits: the message fills its bar about once a second and gives way to the
 * picture. Nothing is worked off here by itself: the test is the runner.
 */
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test('on Telegram the message fills its bar and gives way to the picture', async () => {
  const at = await createTelegramWorld();
  closing.push(() => at.close());
  at.world.couriers.set('telegram', (await at.bot()).courier);
  const person = at.fake.person(4001);
  person.says('/menu');
  await person.waitsFor(() => true);
  await rentForAll(at.world);
  person.says('/backtest sma_cross btc');
  const empty = await person.waitsFor((message) => (message.text ?? '').includes('▱▱▱▱▱▱▱▱▱▱▱▱ 0%'));
  const run = await halfway(at.world);
  closing.push(startProgress(at.world.ctx(job)).stop);
  const half = await person.waitsFor((message) => (message.text ?? '').includes(HALF));
  expect([half.message_id, half.edits]).toEqual([empty.message_id, 1]);
  await finish(at.world, run);
  await person.waitsFor((message) => message.file?.as === 'photo' && (message.caption ?? '').includes('SMA'));
  expect(person.sees().some((message) => message.message_id === empty.message_id)).toBe(false);
});

test('on Discord as well, in the private answer', async () => {
  const at = await createDiscordWorld();
  closing.push(() => at.close());
  at.world.couriers.set('discord', (await at.bot()).courier);
  const person = at.somebody();
  await person.command('menu');
  await rentForAll(at.world);
  const turn = await person.command('backtest', { strategy: 'sma_cross', market: 'btc' });
  const words = () => person.sees('server').map((message) => String(embedOf(message).description ?? ''));
  await eventually(() => words().some((text) => text.includes('▱▱▱▱▱▱▱▱▱▱▱▱ 0%')));
  expect(turn.thought).toBe(true);
  const run = await halfway(at.world);
  closing.push(startProgress(at.world.ctx(job)).stop);
  await eventually(() => words().some((text) => text.includes(HALF)));
  await finish(at.world, run);
  await eventually(() => person.sees('dm').some((message) => isPng(message)));
  await eventually(() => !words().some((text) => text.includes('▰')));
});
