import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunRequest } from '../../src/core/backtest/request.ts';
import { cancelRun, endRun, queueRun, takeRun } from '../../src/core/backtest/run.ts';
import { readRun, stopWatching } from '../../src/core/backtest/runs.ts';
import { fail } from '../../src/core/error.ts';
import type { UserId } from '../../src/core/id.ts';
import { notice } from '../../src/core/notices/tables.ts';
import { columnCache, loadCandles } from '../../src/jobs/loadCandles.ts';
import { type Pool, TaskTimeout } from '../../src/jobs/pool.ts';
import { type LoadCandles, type Runner, startRunner } from '../../src/jobs/runner.ts';
import { randomCandles } from '../support/candles.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let userId: UserId;
const runners: Runner[] = [];
// One world for all: its threads are started once.
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  userId = (await world.person()).userId;
});
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop()));
});

const job = () => world.ctx({ kind: 'job', name: 'runs' });
const me = () => world.ctx({ kind: 'user', userId });
const start = (parts: Partial<Parameters<typeof startRunner>[1]> = {}, ctx = job()) => {
  const runner = startRunner(ctx, { pool: world.pool, load: loadCandles(ctx), ...parts });
  runners.push(runner);
  return runner;
};
const request: RunRequest = {
  strategy: 'sma_cross',
  params: { fast: 10, slow: 50 },
  source: 'demo',
  symbol: 'BTC/USDT',
  timeframe: '1h',
  fromMs: Date.UTC(2024, 0, 1),
  toMs: Date.UTC(2024, 3, 1),
  settings: {},
};
let asked = 0;
const ask = (more: Partial<RunRequest> = {}) =>
  queueRun(me(), {
    userId,
    identityId: null,
    requestKey: `ask-${asked++}`,
    kind: 'backtest',
    request: { ...request, ...more },
  });
const ended = async (runId: string) => {
  for (let n = 0; n < 1500; n++) {
    const run = await readRun(me(), { userId, runId });
    if (run.status !== 'queued' && run.status !== 'running') return run;
    await sleep(20);
  }
  throw new Error('it did not end');
};
const told = async () => (await job().db.select().from(notice).where(eq(notice.userId, userId))).map((row) => row.kind);

/** A pool whose tasks last until they are told to stop. */
const endless = (): Pool => ({
  ...world.pool,
  run: (_task, _work, { signal }) =>
    new Promise((_, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    }),
});

test('a run is worked off and the person is told', async () => {
  start();
  const { id } = await ask();
  const run = await ended(id);
  expect([run.status, run.attempts, run.progress]).toEqual(['done', 1, 1000]);
  expect(run.result).toMatchObject({ report: { candles: 2184 }, used: { gaps: 0 } });
  expect(await told()).toEqual(['run.done']);
});

test('nobody is told what they are still waiting to see, and whoever stops waiting is told', async () => {
  start();
  const asker = { userId, identityId: null, kind: 'backtest' as const, request };
  const watched = await queueRun(me(), { ...asker, requestKey: `${userId}-watched`, watchMs: 60_000 });
  expect((await ended(watched.id)).status).toBe('done');
  expect(await told()).toEqual([]);
  expect((await stopWatching(me(), { userId, runId: watched.id })).status).toBe('done');
});

test('a run that was stopped watching before its end is told', async () => {
  const asker = { userId, identityId: null, kind: 'backtest' as const, request };
  const { id } = await queueRun(me(), { ...asker, requestKey: `${userId}-left`, watchMs: 60_000 });
  expect((await stopWatching(me(), { userId, runId: id })).status).toBe('queued');
  start();
  await ended(id);
  expect(await told()).toEqual(['run.done']);
});

test('of a run that ends in the very moment its asker stops waiting, exactly one of the two tells', async () => {
  for (let n = 0; n < 20; n++) {
    const asker = { userId, identityId: null, kind: 'backtest' as const, request };
    const { id } = await queueRun(me(), { ...asker, requestKey: `${userId}-moment-${n}`, watchMs: 60_000 });
    const run = await takeRun(job());
    if (run?.id !== id) throw new Error('another run was taken');
    const before = (await told()).length;
    const [shown] = await Promise.all([
      stopWatching(me(), { userId, runId: id }),
      endRun(job(), run, { status: 'done', result: {}, trades: [] }),
    ]);
    const isTold = (await told()).length > before;
    expect([shown.status, isTold]).toEqual(shown.status === 'done' ? ['done', false] : ['running', true]);
  }
});

test('a cancelled run stops at once, its thread with it, and nobody is told', async () => {
  start({ pool: endless() });
  const { id } = await ask();
  await expect.poll(async () => (await readRun(me(), { userId, runId: id })).status).toBe('running');
  await cancelRun(me(), { userId, runId: id });
  expect((await ended(id)).status).toBe('cancelled');
  expect(await told()).toEqual([]);
});

test('a strategy that never ends is stopped and named, and the next run is not affected', async () => {
  const real = world.pool;
  const endlessParams = { fast: 11, slow: 50 };
  const pool: Pool = {
    ...real,
    run: (task, work, how) =>
      'params' in work && work.params.fast === endlessParams.fast
        ? Promise.reject(new TaskTimeout())
        : real.run(task, work, how),
  };
  start({ pool, taskLimitMs: 30_000 });
  const [stuck, fine] = [await ask({ params: endlessParams }), await ask()];
  expect(await ended(stuck.id)).toMatchObject({
    status: 'failed',
    failure: 'run.strategy_endless',
    failureParams: { strategy: 'sma_cross', seconds: '30' },
  });
  expect((await ended(fine.id)).status).toBe('done');
});

test('a strategy that throws, a thread out of memory and too few candles are told apart', async () => {
  const failing = (error: Error): Pool => ({ ...world.pool, run: () => Promise.reject(error) });
  const threw = start({ pool: failing(new Error('of its own')) });
  expect(await ended((await ask()).id)).toMatchObject({ failure: 'run.strategy_threw' });
  await threw.stop();
  const large = start({ pool: failing(Object.assign(new Error('heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' })) });
  expect(await ended((await ask()).id)).toMatchObject({ failure: 'run.too_large' });
  await large.stop();
  start();
  const short = await ask({ toMs: request.fromMs + 40 * 3_600_000 });
  expect(await ended(short.id)).toMatchObject({ failure: 'run.too_few_candles', failureParams: { candles: '40' } });
  expect(await told()).toEqual(['run.failed', 'run.failed', 'run.failed']);
});

test('an orderly stop hands its run back, and the next start works it off once', async () => {
  const stopping = start({ pool: endless() });
  const { id } = await ask();
  await expect.poll(async () => (await readRun(me(), { userId, runId: id })).status).toBe('running');
  await stopping.stop();
  expect(await readRun(me(), { userId, runId: id })).toMatchObject({ status: 'queued', attempts: 0 });
  start();
  expect(await ended(id)).toMatchObject({ status: 'done', attempts: 1 });
  expect(await told()).toEqual(['run.done']);
});

test('a run whose instance was killed begins again by itself when its lease is over', async () => {
  const { id } = await ask();
  await takeRun(job()); // and never heard of again
  world.clock.pass(31_000);
  start();
  expect(await ended(id)).toMatchObject({ status: 'done', attempts: 2 });
});

test('two instances share the queue and nothing is run twice', async () => {
  start();
  start({}, world.another());
  const runs = await Promise.all(Array.from({ length: 12 }, () => ask()));
  const results = await Promise.all(runs.map((run) => ended(run.id)));
  expect(results.map((run) => [run.status, run.attempts])).toEqual(results.map(() => ['done', 1]));
  expect(await told()).toHaveLength(12);
});

test('searches, walk-forward, comparison, several markets and Monte Carlo are worked off by the threads', async () => {
  start();
  const asker = { userId, identityId: null };
  const search = { ...request, grid: { fast: [5, 10], slow: [30, 50] }, by: 'sharpe' as const };
  const optimize = await queueRun(me(), { ...asker, requestKey: `${userId}-o`, kind: 'optimize', request: search });
  expect((await ended(optimize.id)).result).toMatchObject({
    tried: 4,
    asked: { params: { fast: 10, slow: 50 } },
    map: { axes: { x: 'fast', y: 'slow' }, x: [5, 10], y: [30, 50] },
  });
  const walk = { ...search, mode: 'rolling' as const, windows: 3 };
  const walked = await queueRun(me(), { ...asker, requestKey: `${userId}-w`, kind: 'walk_forward', request: walk });
  expect((await ended(walked.id)).result).toMatchObject({ combinations: 4, steps: [{}, {}, {}] });
  const short = { ...walk, toMs: request.fromMs + 60 * 3_600_000, windows: 70 };
  const tooShort = await queueRun(me(), { ...asker, requestKey: `${userId}-s`, kind: 'walk_forward', request: short });
  expect(await ended(tooShort.id)).toMatchObject({ failure: 'run.walk_too_short' });
  const symbols = ['BTC/USDT', 'ETH/USDT'];
  const batch = await queueRun(me(), {
    ...asker,
    requestKey: `${userId}-b`,
    kind: 'batch',
    request: { ...request, symbols },
  });
  expect((await ended(batch.id)).result).toMatchObject({ rows: symbols.map((market) => ({ market })) });
  const strategies = ['sma_cross', 'dca'];
  const compare = await queueRun(me(), {
    ...asker,
    requestKey: `${userId}-c`,
    kind: 'compare',
    request: { ...request, strategies },
  });
  expect((await ended(compare.id)).result).toMatchObject({ rows: [{}, {}] });
  const deals = { ...request, deals: 100, seed: 1 };
  const dealt = await queueRun(me(), { ...asker, requestKey: `${userId}-m`, kind: 'monte_carlo', request: deals });
  expect((await ended(dealt.id)).result).toMatchObject({
    deals: 100,
    shuffle: { runs: 100 },
    bootstrap: { runs: 100 },
  });
});

test('candles are read once for all who use them, and the ones used longest ago go first', async () => {
  const cache = columnCache(48 * 250);
  const candles = randomCandles(1, 100);
  let reads = 0;
  const read = async () => {
    reads += 1;
    await sleep(1);
    return candles;
  };
  await Promise.all([cache.take('a', read), cache.take('a', read), cache.take('b', read)]);
  expect([reads, cache.size()]).toEqual([2, 2]);
  await cache.take('a', read);
  await cache.take('c', read);
  expect([reads, cache.size()]).toEqual([3, 2]);
  await cache.take('a', read);
  expect(reads).toBe(3);
  await cache.take('b', read);
  expect(reads).toBe(4);
});

test('who waits for a reader that gave up reads for itself', async () => {
  const cache = columnCache();
  const candles = randomCandles(1, 10);
  const gaveUp = cache.take('a', () => sleep(5).then(() => Promise.reject(new Error('cancelled'))));
  const other = cache.take('a', async () => candles);
  await expect(gaveUp).rejects.toThrow('cancelled');
  expect(await other).toBe(candles);
});

test('a run that is called off does not wait for candles that somebody else reads', async () => {
  const unwanted = new AbortController();
  const forever = { size: () => 1, take: () => new Promise<never>(() => {}) };
  const loading = loadCandles(job(), forever)(request, { signal: unwanted.signal, onProgress: () => {} });
  unwanted.abort(new Error('called off'));
  await expect(loading).rejects.toThrow('called off');
});

test('a market without candles for the period is named and takes nothing from the others of a batch', async () => {
  const candles = randomCandles(1, 500);
  const load: LoadCandles = async ({ symbol }) => {
    if (symbol !== 'BTC/USDT') fail('candles.none', { source: 'demo', symbol });
    return candles;
  };
  start({ load });
  const queue = (name: string, symbols: string[]) =>
    queueRun(me(), {
      userId,
      identityId: null,
      requestKey: `${userId}-${name}`,
      kind: 'batch',
      request: { ...request, symbols },
    });
  const some = await queue('some', ['NEW/USDT', 'BTC/USDT', 'YOUNG/USDT']);
  expect((await ended(some.id)).result).toMatchObject({
    rows: [{ market: 'BTC/USDT' }],
    summary: { markets: 1 },
    missed: [{ market: 'NEW/USDT', failure: 'candles.none' }, { market: 'YOUNG/USDT' }],
  });
  const none = await queue('none', ['NEW/USDT', 'YOUNG/USDT']);
  expect(await ended(none.id)).toMatchObject({ status: 'failed', failure: 'candles.none' });
});
