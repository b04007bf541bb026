import { createCanvas, loadImage } from '@napi-rs/canvas';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { heatmapPicture } from '../../src/core/backtest/heatmap.ts';
import { backtestRun } from '../../src/core/backtest/tables.ts';
import { loadCandles } from '../../src/jobs/loadCandles.ts';
import { type Runner, startRunner } from '../../src/jobs/runner.ts';
import { type Chatter, chatter, type Shown } from '../support/chat.ts';
import { BASIC, PREMIUM, rentedBy } from '../support/rental.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let runner: Runner;
beforeAll(async () => {
  world = await createWorld();
  const ctx = world.ctx({ kind: 'job', name: 'runs' });
  runner = startRunner(ctx, { pool: world.pool, load: loadCandles(ctx) });
});
afterAll(async () => {
  await runner.stop();
  await world.close();
});

async function trader(planId: string | null = PREMIUM, language = 'en'): Promise<Chatter> {
  const person = chatter(world, { languageHint: language });
  const { answer } = await person.types('/menu');
  const userId = answer.identity?.userId;
  if (planId && userId) await rentedBy(world, userId, planId);
  return person;
}

/** Runs longer than a command waits for on a busy machine are looked up when they are done. */
async function result(person: Chatter, first: Shown): Promise<Shown> {
  let shown = first;
  for (let n = 0; n < 200 && shown.reply.screen; n++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    shown = await person.presses('run.show', shown.reply.screen.split(':')[1]);
  }
  return shown;
}
const asks = async (person: Chatter, text: string) => result(person, await person.types(text));
const follows = async (person: Chatter, does: string, id: string) => result(person, await person.presses(does, id));
const buttonsOf = (shown: Shown) => (shown.buttons ?? []).flat().map((button) => button.data);
const idOf = (shown: Shown) =>
  buttonsOf(shown)
    .find((data) => data.startsWith('run.trades|'))
    ?.split('|')[1] ?? '';
const year = '1h 2024-01-01 2024-12-31';

test('a backtest is answered with a picture, the figures and what to do next', async () => {
  const person = await trader();
  const shown = await asks(person, `/backtest sma_cross BTC/USDT ${year} fee=0.1%`);
  expect(shown.text).toContain('📊 SMA cross · BTC/USDT · 1h');
  expect(shown.text).toContain('1 Jan 2024 – 31 Dec 2024 · 8,784 candles');
  expect(shown.text).toMatch(/Total return: [+-][\d.,]+%/);
  const picture = await loadImage(shown.picture?.png ?? Buffer.alloc(0));
  expect([picture.width, picture.height]).toEqual([1600, 1280]);
  const canvas = createCanvas(picture.width, picture.height).getContext('2d');
  canvas.drawImage(picture, 0, 0);
  const pixels = canvas.getImageData(0, 0, picture.width, picture.height).data;
  expect(new Set(new Uint32Array(pixels.buffer)).size).toBeGreaterThan(200); // lines and letters, not an empty sheet
  const id = idOf(shown);
  expect(buttonsOf(shown)).toEqual([
    ...['run.trades', 'run.report', 'run.optimize', 'run.walk', 'run.compare', 'run.montecarlo'].map(
      (v) => `${v}|${id}`,
    ),
    'backtests',
    'menu',
  ]);
});

test('the same is said in Thai, with Thai dates', async () => {
  const shown = await asks(await trader(PREMIUM, 'th'), `/backtest rsi_cross eth ${year}`);
  expect(shown.text).toContain('📊 ระดับ RSI · ETH/USDT · 1h');
  expect(shown.text).toContain('1 ม.ค. 2567 – 31 ธ.ค. 2567');
  expect(shown.text).toContain('ผลตอบแทนรวม');
});

test('dates and options may be left out or come in any order', async () => {
  const person = await trader();
  const shown = await asks(person, '/backtest sma_cross btc fast=5 4h slow=20');
  expect(shown.text).toContain('fast 5 · slow 20');
  expect(shown.text).toContain('· BTC/USDT · 4h');
  expect(shown.text).toContain('2,190 candles'); // the last year
});

test('a result says what it was traded with, and praises no loss', async () => {
  const person = await trader();
  const lost = await asks(person, `/backtest sma_cross BTC/USDT ${year} fast = 5 fee=0.1 capital=20,000`);
  expect(lost.text).toContain('fast 5 · slow 50 · capital 20000 · fee 10%');
  expect(lost.text).toContain('It lost money');
  expect(lost.text).not.toContain('✅');
  const many = await asks(person, '/batch sma_cross 1d btc eth');
  expect(many.text).toContain('fast 10 · slow 50 · fee 0.1%');
});

test('a month is not taken for a minute, and a search without a single figure has no picture', async () => {
  const person = await trader();
  expect((await person.types('/backtest sma_cross btc 1M')).reply.say?.[0]?.[0]).toBe('error.argument.unknown');
  const found = await asks(person, '/optimize sma_cross btc 1d 2024-01-01 2024-06-30 fast=90..95 slow=150');
  expect(found.text).toContain('Tried 7 combinations');
  expect(found.picture).toBeUndefined();
  const axis = { name: 'fast', values: [1, 2] };
  const empty = heatmapPicture({ title: '', subtitle: '', x: axis, y: axis, cells: [[null, null]] });
  expect(JSON.stringify(empty.option)).not.toContain('Infinity');
});

test('what was not given is asked for, and the answers make the run', async () => {
  const person = await trader();
  const asked = await person.types('/backtest');
  expect(buttonsOf(asked).filter((data) => data.includes('sma_cross'))).toHaveLength(1);
  expect((await person.says('sma_cross')).text).toContain('Which market?');
  expect((await result(person, await person.says('sol'))).text).toContain('SMA cross · SOL/USDT · 1h');
});

test('trades come as CSV and the whole as a page that stands alone', async () => {
  const person = await trader();
  const id = idOf(await asks(person, `/backtest sma_cross btc ${year}`));
  const sent = await person.presses('run.trades', id);
  expect(sent.text).toMatch(/^📄 (\d+) trades of \1\. Times are in UTC/);
  const { file } = sent;
  expect(file?.name).toBe('sma-cross_BTC-USDT_1h.csv');
  const [head, first, ...rest] = Buffer.from(file?.content ?? [])
    .toString('utf8')
    .trim()
    .split('\r\n');
  expect(head).toContain('trade,side,entry_time,entry_price,exit_time');
  expect(first).toMatch(/^1,long,2024-01-\d\dT\d\d:00:00\.000Z,\d+/);
  expect(rest.length).toBeGreaterThan(50);
  const { file: page } = await person.presses('run.report', id);
  const html = Buffer.from(page?.content ?? []).toString('utf8');
  expect(html.includes('<svg')).toBe(true);
  expect(/<script|src=|href=|url\((?!#)/.test(html)).toBe(false); // nothing from anywhere else
  expect(html.match(/<tr>/g)?.length).toBeGreaterThan(50);
});

test('searching, walking forward, comparing and dealing anew go on from a result', async () => {
  const person = await trader();
  const id = idOf(await asks(person, `/backtest sma_cross btc ${year}`));
  const found = await follows(person, 'run.optimize', id);
  expect(found.text).toMatch(/Tried \d+ combinations/);
  expect(found.text).toContain('Yours now: ');
  expect(found.picture?.png.length).toBeGreaterThan(10_000);
  const best = buttonsOf(found).find((data) => data.startsWith('run.best|')) ?? '';
  expect((await follows(person, 'run.best', best.split('|')[1] ?? '')).text).toContain('📊 SMA cross');
  expect((await follows(person, 'run.walk', id)).text).toContain('6 windows');
  expect((await follows(person, 'run.compare', id)).text).toContain('All strategies');
  expect((await follows(person, 'run.montecarlo', id)).text).toContain('dealt anew 2,000 times');
  const listed = await person.types('/backtests');
  expect(buttonsOf(listed).filter((data) => data.startsWith('run.show|'))).toHaveLength(6);
});

test('a walk-forward over very many candles tries as many combinations as it has time for, and says so', async () => {
  const person = await trader();
  const id = idOf(await asks(person, '/backtest rsi_cross btc 1m 2021-01-01 2024-12-31'));
  await runner.stop(); // it is about what is asked for
  const shown = await person.presses('run.walk', id);
  const runId = shown.reply.screen?.split(':')[1] ?? '';
  const ctx = world.ctx({ kind: 'job', name: 'runs' });
  const [row] = await ctx.db.select().from(backtestRun).where(eq(backtestRun.id, runId));
  expect(row?.request).toMatchObject({ sample: 47 });
  await person.presses('run.cancel', runId);
  runner = startRunner(ctx, { pool: world.pool, load: loadCandles(ctx) });
}, 60_000);

test('ranges are searched and several markets are run together', async () => {
  const person = await trader();
  const found = await asks(person, `/optimize sma_cross btc ${year} totalReturnRate fast=5..15/5 slow=30..50/10`);
  expect(found.text).toContain('Tried 9 combinations');
  expect(found.text).toContain('Best by total return');
  const many = await asks(person, '/batch sma_cross 4h btc eth sol');
  expect(many.text).toMatch(/of 3 markets made a profit/);
});

test('what cannot be run is refused in words with what would be right', async () => {
  const person = await trader();
  const refused = async (text: string) => (await person.types(text)).reply.say?.[0];
  expect(await refused('/backtest sma_crss btc')).toBe('error.strategy.unknown');
  expect(await refused('/backtest sma_cross btx')).toBe('error.market.symbol_unknown');
  expect(await refused(`/backtest sma_cross btc 1h 2024-12-31 2024-01-01`)).toBe('error.backtest.dates_reversed');
  expect(await refused('/backtest sma_cross btc 1h 2031-01-01')).toBe('error.backtest.from_in_future');
  expect(await refused('/backtest sma_cross btc fast=60')).toBe('error.strategy.param_wrong');
  expect(await refused('/backtest sma_cross btc fast=5..10')).toBe('error.option.range_here');
  expect(await refused('/backtest sma_cross btc fats=1')).toBe('error.option.unknown');
  expect(await refused(`/batch sma_cross 1h ${'btc '.repeat(13)}`)).toBe('error.batch.markets_wrong');
  expect((await asks(person, '/backtest sma_cross btc 1d 2024-01-01 2024-02-10')).reply.say?.[0]).toEqual([
    'error.run.too_few_candles',
    { candles: 41, needed: 50 },
  ]);
  expect((await asks(person, '/backtest sma_cross btc 1h 2015-01-01 2015-02-01')).text).toMatch(/2020/);
});

test('markets of two exchanges are not mixed', async () => {
  const person = await trader();
  await world.ctx({ kind: 'job', name: 'seed' }).db.execute(
    `insert into candle_block (source, symbol, timeframe, month, candles, count, first_at, last_at, updated_at)
       values ('mine', 'BTC/USDT', '1h', '2024-01', '', 0, now(), now(), now())`,
  );
  const shown = await person.types('/batch sma_cross 1h btc mine:BTC/USDT');
  expect(shown.reply.say?.[0]).toBe('error.batch.sources_differ');
});

test('the plan decides which strategies and which searches may be run', async () => {
  const nobody = await trader(null);
  expect((await nobody.types('/backtest sma_cross btc')).reply.say?.[0]).toBe('error.contract.none');
  const basic = await trader(BASIC);
  expect((await asks(basic, `/backtest sma_cross btc ${year}`)).text).toContain('📊 SMA cross');
  expect((await basic.types(`/backtest macd btc ${year}`)).reply.say?.[0]).toBe('error.feature.not_in_plan');
  expect((await basic.types(`/optimize sma_cross btc ${year}`)).reply.say?.[0]).toBe('error.feature.not_in_plan');
});

test('nobody sees, cancels or goes on from the run of somebody else', async () => {
  const [owner, stranger] = [await trader(), await trader()];
  const id = idOf(await asks(owner, `/backtest sma_cross btc ${year}`));
  for (const does of [
    'run.show',
    'run.cancel',
    'run.trades',
    'run.report',
    'run.optimize',
    'run.walk',
    'run.compare',
    'run.montecarlo',
    'run.best',
  ])
    expect([does, (await stranger.presses(does, id)).reply.say?.[0]]).toEqual([does, 'error.run.missing']);
});

test('a waiting run is shown with its place, can be cancelled, and has no files yet', async () => {
  await runner.stop();
  const person = await trader();
  const shown = await person.types('/backtest sma_cross btc');
  expect(shown.text).toContain('▱▱▱');
  const id = shown.reply.screen?.split(':')[1] ?? '';
  expect((await person.types('/backtest sma_cross eth')).text).toContain('Before it: 1');
  expect((await person.presses('run.trades', id)).reply.say?.[0]).toBe('error.run.not_done');
  expect((await person.presses('run.best', id)).reply.say?.[0]).toBe('error.run.not_done');
  expect((await person.presses('run.cancel', id)).text).toContain('Cancelled');
  const rows = await world.ctx({ kind: 'job', name: 'look' }).db.select().from(backtestRun);
  expect(rows.find((row) => row.id === id)?.status).toBe('cancelled');
  const ctx = world.ctx({ kind: 'job', name: 'runs' });
  runner = startRunner(ctx, { pool: world.pool, load: loadCandles(ctx) });
}, 30_000);
