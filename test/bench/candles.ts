import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../src/core/clock.ts';
import type { Log } from '../../src/core/context.ts';
import { connect } from '../../src/core/db.ts';
import { idMaker } from '../../src/core/id.ts';
import { type Candles, candleColumns } from '../../src/core/market/candles.ts';
import { DEMO, demoSource } from '../../src/core/market/demoSource.ts';
import { type EnsureOptions, ensureCandles } from '../../src/core/market/ensure.ts';
import { importCandles } from '../../src/core/market/importing.ts';
import { candleSources, type MarketContext } from '../../src/core/market/sources.ts';
import { type Series, writeCandles } from '../../src/core/market/store.ts';
import type { Timeframe } from '../../src/core/market/timeframe.ts';
import { type BenchDatabase, openDatabase } from './database.ts';
import { median, print, round } from './figures.ts';
import { MINUTE_MS, MINUTES, walk } from './walk.ts';

const minutes: Series = { source: 'bench', symbol: 'BTC/USDT', timeframe: '1m' };
const year = { fromMs: Date.UTC(2024, 0, 1), toMs: Date.UTC(2024, 0, 1) + MINUTES * MINUTE_MS };
const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A year of minutes: into the database, how much room it takes there, and from there into a worker thread. */
export async function candles({ quick }: { quick: boolean }): Promise<void> {
  const database = await openDatabase('candles');
  const pool = connect(database.url);
  const ctx: MarketContext = {
    db: pool.db,
    clock: systemClock,
    newId: idMaker(() => systemClock.now()),
    log: silent,
    actor: { kind: 'job', name: 'bench' },
    candleSources: candleSources([demoSource(systemClock)]),
  };
  try {
    const given = walk(MINUTES, MINUTE_MS);
    await taking(ctx, given, quick ? 1 : 5);
    await room(database);
    await handing(ctx, given, quick ? 3 : 15);
  } finally {
    await pool.close();
    await database.close();
  }
}

async function timed<T>(deed: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const beganMs = performance.now();
  const value = await deed();
  return { ms: performance.now() - beganMs, value };
}

/** From the bytes of a file: read, checked, packed and stored; and once more, when all is there already. */
async function taking(ctx: MarketContext, given: Candles, rounds: number): Promise<void> {
  const rows = Array.from(given.time, (_, i) => candleColumns.map((column) => given[column][i]).join(','));
  const bytes = new TextEncoder().encode(['timestamp,open,high,low,close,volume', ...rows].join('\n'));
  const first: number[] = [];
  const again: number[] = [];
  const store: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const series = n === rounds - 1 ? minutes : { ...minutes, source: `round${n}` };
    const { ms, value } = await timed(() => importCandles(ctx, { ...series, bytes }));
    if (!('added' in value) || value.added !== MINUTES) throw new Error('not all candles were taken');
    first.push(ms);
    again.push((await timed(() => importCandles(ctx, { ...series, bytes }))).ms);
    store.push((await timed(() => writeCandles(ctx, { ...series, source: `stored${n}` }, given))).ms);
  }
  print({
    what: 'import of a year of minutes from CSV',
    candles: MINUTES,
    fileMiB: round(bytes.length / 2 ** 20, 1),
    ms: round(median(first)),
    candlesPerSecond: round((1000 * MINUTES) / median(first)),
    againMs: round(median(again)),
    storeAloneMs: round(median(store)),
  });
}

async function room({ admin }: BenchDatabase): Promise<void> {
  const [size] = await admin<{ packed: string; rows: number; stored: string }[]>`
    select sum(octet_length(candles)) packed, count(*)::int as rows, sum(pg_column_size(candles)) stored
    from candle_block where source = ${minutes.source}`;
  const [all] = await admin<{ table: string; series: number }[]>`
    select pg_total_relation_size('candle_block') as table, count(distinct source)::int as series from candle_block`;
  print({
    what: 'a year of minutes in the database',
    rows: size?.rows,
    packedMiB: round(Number(size?.packed) / 2 ** 20, 1),
    storedMiB: round(Number(size?.stored) / 2 ** 20, 1),
    tableMiBPerYear: round(Number(all?.table) / 2 ** 20 / (all?.series ?? 1), 1),
    bytesPerCandle: round(Number(size?.stored) / MINUTES, 1),
  });
}

/** All of what a backtest waits for before it begins, and a thread that has read every close. */
async function handing(ctx: MarketContext, given: Candles, rounds: number): Promise<void> {
  const worker = new Worker(new URL('./childCandles.ts', import.meta.url));
  await once(worker, 'message');
  const sum = given.close.reduce((total, close) => total + close, 0);
  const hand = async (series: Series, options: EnsureOptions = {}) => {
    const { candles: got } = await ensureCandles(ctx, { ...series, ...year }, options);
    const answered = once(worker, 'message');
    worker.postMessage({ memory: got.time.buffer, length: got.length });
    const [answer] = await answered;
    return { answer: Number(answer), length: got.length };
  };
  const measured = async (what: string, series: Series, length: number, aim?: number) => {
    const took: number[] = [];
    const first = await timed(() => hand(series));
    if (first.value.length !== length) throw new Error(`${what}: ${first.value.length} candles`);
    for (let n = 0; n < rounds; n++) took.push((await timed(() => hand(series))).ms);
    print({ what, candles: length, ms: round(median(took)), firstMs: round(first.ms), ...(aim && { aim }) });
    return first.value.answer;
  };
  const length = { '1m': MINUTES, '1h': MINUTES / 60 } as const satisfies Partial<Record<Timeframe, number>>;
  const answer = await measured('PostgreSQL to a worker thread, 1m', minutes, length['1m'], 150);
  if (Math.abs(answer / sum - 1) > 1e-12) throw new Error('the worker read something else');
  await measured('the same made into 1h', { ...minutes, timeframe: '1h' }, length['1h']);
  await measured('demo exchange to a worker thread, 1m', { ...minutes, source: DEMO }, length['1m']);
  await worker.terminate();
}
