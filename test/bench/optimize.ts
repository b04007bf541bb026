import { steps } from '../../src/core/backtest/combinations.ts';
import { backtestInWords } from '../../src/core/backtest/inWords.ts';
import type { Requests } from '../../src/core/backtest/request.ts';
import { queueRun } from '../../src/core/backtest/run.ts';
import { readRun } from '../../src/core/backtest/runs.ts';
import { systemClock } from '../../src/core/clock.ts';
import { as } from '../../src/core/context.ts';
import { connect } from '../../src/core/db.ts';
import { idMaker } from '../../src/core/id.ts';
import { demoSource } from '../../src/core/market/demoSource.ts';
import { candleSources } from '../../src/core/market/sources.ts';
import { meet } from '../../src/core/people/identity.ts';
import { loadCandles } from '../../src/jobs/loadCandles.ts';
import { startPool } from '../../src/jobs/pool.ts';
import { startRunner } from '../../src/jobs/runner.ts';
import { openDatabase } from './database.ts';
import { print, round } from './figures.ts';

const YEAR = { fromMs: Date.UTC(2024, 0, 1), toMs: Date.UTC(2024, 11, 31) };
const AIM_HOUR_MS = 1_000;
const AIM_MINUTE_MS = 2_000;
const AIM_SEARCH_MS = 500;

/**
 * From a row in the queue to the picture: what a person waits for, with the queue, the pool and the database between.
 * The first answer finds no thread running; the others find a warm one.
 */
export async function optimize({ quick }: { quick: boolean }): Promise<void> {
  const database = await openDatabase('optimize');
  const { db, close } = connect(database.url);
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: console.error };
  const newId = idMaker(() => systemClock.now());
  const sources = candleSources([demoSource(systemClock)]);
  const ctx = {
    db,
    clock: systemClock,
    newId,
    log,
    actor: { kind: 'job', name: 'bench' } as const,
    candleSources: sources,
  };
  const pool = startPool();
  const runner = startRunner(ctx, { pool, load: loadCandles(ctx) });
  try {
    const chat = as(ctx, { kind: 'chat', provider: 'local' });
    const { user } = await meet(chat, {
      provider: 'local',
      subject: 'bench',
      displayName: 'Bench',
      languageHint: 'th',
    });
    const me = as(ctx, { kind: 'user', userId: user.id });
    let asked = 0;
    const run = async <K extends keyof Requests>(kind: K, request: Requests[K]) => {
      const beganMs = performance.now();
      const asker = { userId: user.id, identityId: null, requestKey: `bench-${asked++}`, watchMs: 60_000 };
      const { id } = await queueRun(me, { ...asker, kind, request });
      runner.wake();
      let now = await readRun(me, { userId: user.id, runId: id });
      while (now.status === 'queued' || now.status === 'running') {
        await new Promise((resolve) => setTimeout(resolve, 5));
        now = await readRun(me, { userId: user.id, runId: id });
      }
      if (now.status !== 'done') throw new Error(`${kind}: ${now.failure}`);
      if (kind === 'backtest') await pool.png(backtestInWords('th', now).chart);
      return performance.now() - beganMs;
    };
    const base = {
      strategy: 'sma_cross',
      params: { fast: 10, slow: 50 },
      source: 'demo',
      symbol: 'BTC/USDT',
      settings: {},
      ...YEAR,
    } as const;
    const answer = async (what: string, timeframe: '1h' | '1m', aimMs: number) => {
      const firstMs = await run('backtest', { ...base, timeframe });
      const again: number[] = [];
      for (let n = 0; n < (quick ? 2 : 7); n++) again.push(await run('backtest', { ...base, timeframe }));
      const medianMs = again.sort((a, b) => a - b)[again.length >> 1] ?? Number.NaN;
      print({ what, firstMs: round(firstMs), medianMs: round(medianMs), aimMs });
    };
    await answer('1h year, from the request to the picture', '1h', AIM_HOUR_MS);
    await answer('1m year, from the request to the picture', '1m', AIM_MINUTE_MS);
    const grid = { fast: steps(2, 32, 1), slow: steps(40, 190, 5) }; // 31 × 31 = 961 combinations
    const search = { ...base, timeframe: '1h' as const, grid, by: 'sharpe' as const };
    const searches: number[] = [];
    for (let n = 0; n < (quick ? 1 : 5); n++) searches.push(await run('optimize', search));
    const medianMs = searches.sort((a, b) => a - b)[searches.length >> 1] ?? Number.NaN;
    print({
      what: '961 combinations of a 1h year, from the request to the result',
      medianMs: round(medianMs),
      aimMs: AIM_SEARCH_MS,
      threads: pool.threads,
    });
  } finally {
    await runner.stop();
    await pool.stop();
    await close();
    await database.close();
  }
}
