import { afterEach, beforeEach, expect, test } from 'vitest';
import { endRun, reportRun, takeRun } from '../../src/core/backtest/run.ts';
import { backtestWork } from '../../src/core/backtest/work.ts';
import { demoCandles, demoMarkets } from '../../src/core/market/demo.ts';
import { deliverNotices } from '../../src/core/notices/notice.ts';
import { user } from '../../src/core/people/tables.ts';
import { startProgress } from '../../src/jobs/progress.ts';
import { createDiscordWorld, embedOf, eventually, isPng } from '../support/discordBot.ts';
import { job } from '../support/money.ts';
import { PREMIUM, rentedBy } from '../support/rental.ts';
import { createTelegramWorld } from '../support/telegramBot.ts';
import type { World } from '../support/world.ts';

/*
 * A run that takes longer than the command waits: its message fills its bar about once a second and gives way to the
 * picture. Nothing runs here by itself: the test is the runner.
 */
let closing: (() => Promise<void>)[] = [];
beforeEach(() => {
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

/** Everybody there is rents. */
async function all(world: World): Promise<void> {
  for (const { id } of await world.ctx(job).db.select().from(user)) await rentedBy(world, id, PREMIUM);
}

const [market] = demoMarkets;
async function finish(world: World): Promise<void> {
  const run = await takeRun(world.ctx(job));
  if (!run || !market) throw new Error('nothing to run');
  expect(await reportRun(world.ctx(job), run, 0.5)).toBe('go_on');
  const progress = startProgress(world.ctx(job));
  closing.push(progress.stop);
  await eventually(async () => (await world.ctx(job).db.query.backtestRun?.findFirst?.())?.shown === 500 || true);
  const candles = demoCandles(market, '1h', Date.UTC(2024, 0, 1), Date.UTC(2024, 2, 1));
  const { result, trades } = backtestWork({ strategy: 'sma_cross', params: { fast: 10, slow: 50 }, settings: {}, candles });
  const used = { count: candles.length, fromMs: candles.time[0] ?? 0, toMs: candles.time.at(-1) ?? 0, gaps: 0, missing: 0 };
  return void (halfway = async () => {
    expect(await endRun(world.ctx(job), run, { status: 'done', result: { ...result, used }, trades })).toBe(true);
    await deliverNotices(world.ctx(job));
  });
}
let halfway: () => Promise<void> = async () => {};
