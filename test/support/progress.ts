import { expect } from 'vitest';
import { endRun, type Run, reportRun, takeRun } from '../../src/core/backtest/run.ts';
import { backtestWork } from '../../src/core/backtest/work.ts';
import { demoCandles, demoMarkets } from '../../src/core/market/demo.ts';
import { deliverNotices } from '../../src/core/notices/notice.ts';
import { user } from '../../src/core/people/tables.ts';
import { eventually } from './eventually.ts';
import { job } from './money.ts';
import { PREMIUM, rentedBy } from './rental.ts';
import type { World } from './world.ts';

export async function rentForAll(world: World): Promise<void> {
  for (const { id } of await world.ctx(job).db.select().from(user)) await rentedBy(world, id, PREMIUM);
}

export async function halfway(world: World): Promise<Run> {
  const run = await eventually(() => takeRun(world.ctx(job)));
  expect(await reportRun(world.ctx(job), run, 0.5)).toBe('go_on');
  return run;
}

export async function finish(world: World, run: Run): Promise<void> {
  const [market] = demoMarkets;
  if (!market) throw new Error('no demo market');
  const candles = demoCandles(market, '1h', Date.UTC(2024, 0, 1), Date.UTC(2024, 2, 1));
  const params = { fast: 10, slow: 50 };
  const { result, trades } = backtestWork({ strategy: 'sma_cross', params, settings: {}, candles });
  const used = { count: 1440, fromMs: candles.time[0] ?? 0, toMs: candles.time.at(-1) ?? 0, gaps: 0, missing: 0 };
  expect(await endRun(world.ctx(job), run, { status: 'done', result: { ...result, used }, trades })).toBe(true);
  await deliverNotices(world.ctx(job));
}

export const HALF = '▰▰▰▰▰▰▱▱▱▱▱▱ 50%';
