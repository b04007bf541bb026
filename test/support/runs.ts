import type { Requests, RunRequest } from '../../src/core/backtest/request.ts';
import { endRun, queueRun, type Run, takeRun } from '../../src/core/backtest/run.ts';
import type { RunKind } from '../../src/core/backtest/tables.ts';
import type { Params } from '../../src/core/error.ts';
import type { UserId } from '../../src/core/id.ts';
import { type Bench, kinds } from '../../src/jobs/runKinds.ts';
import { randomCandles } from './candles.ts';
import type { World } from './world.ts';

const base: RunRequest = {
  strategy: 'sma_cross',
  params: { fast: 10, slow: 50 },
  source: 'demo',
  symbol: 'BTC/USDT',
  timeframe: '1h',
  fromMs: Date.UTC(2024, 0, 1),
  toMs: Date.UTC(2025, 0, 1),
  settings: {},
};
const grid = { fast: [5, 10, 15, 20], slow: [40, 50, 60] };

/** A request of each kind that there is. */
export const requests: Requests = {
  backtest: base,
  optimize: { ...base, grid, by: 'sharpe' },
  walk_forward: { ...base, grid, by: 'sharpe', mode: 'rolling', windows: 4 },
  batch: { ...base, symbols: ['BTC/USDT', 'ETH/USDT'] },
  compare: { ...base, strategies: ['sma_cross', 'ema_cross'] },
  monte_carlo: { ...base, deals: 200, seed: 1 },
};

const runner = (world: World) => world.ctx({ kind: 'job', name: 'runs' });

let asked = 0;

export async function askRun<K extends RunKind>(
  world: World,
  userId: UserId,
  kind: K,
  request: Partial<Requests[K]> = {},
): Promise<Run> {
  world.clock.pass(1);
  const ctx = world.ctx({ kind: 'user', userId });
  const whole = { ...requests[kind], ...request };
  return queueRun(ctx, { userId, identityId: null, requestKey: `ask-${asked++}`, kind, request: whole });
}

/** Takes the next run that waits, as an instance does. */
export async function takeNext(world: World): Promise<Run> {
  const run = await takeRun(runner(world));
  if (!run) throw new Error('nothing waits');
  return run;
}

/** Works off the next run that waits, over the same 8,760 candles each time, in the threads of the world. */
export async function workNext(world: World): Promise<Run> {
  const run = await takeNext(world);
  const bench: Bench = {
    run: (task, work) => world.pool.run(task, work, { signal: new AbortController().signal, limitMs: 60_000 }),
    threads: world.pool.threads,
    load: async () => randomCandles(7, 8_760),
    report() {},
  };
  const work = kinds[run.kind] as (bench: Bench, request: unknown) => ReturnType<(typeof kinds)['backtest']>; // of its kind
  const { result, trades } = await work(bench, run.request);
  world.clock.pass(1_500);
  await endRun(runner(world), run, { status: 'done', result, trades });
  return { ...run, status: 'done', result, trades };
}

const tooFew: Params = { candles: 12, needed: 50 };

export async function failNext(world: World, code = 'run.too_few_candles', params = tooFew): Promise<Run> {
  const run = await takeNext(world);
  await endRun(runner(world), run, { status: 'failed', code, params });
  return run;
}
