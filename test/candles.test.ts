import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Candles, candleColumns, joinCandles, sliceCandles } from '../src/core/market/candles.ts';
import { readCandles } from '../src/core/market/store.ts';
import { freePort, startService } from './kill/service.ts';
import { type FakeBinance, startBinance } from './support/binance.ts';
import { randomCandles } from './support/candles.ts';
import { createWorld, type World } from './support/world.ts';

/** `npm run candles`, as it is called. */

/** Several whole programs in a test, each of which loads everything anew: slow where the machine is busy. */
vi.setConfig({ testTimeout: 120_000 });

const PROGRAM = new URL('../src/candles.ts', import.meta.url).pathname;
const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);

let folder: string;
let world: World;
let binance: FakeBinance;
const market = randomCandles(41, 24 * 130);
const all = { fromMs: 0, toMs: Date.UTC(2030, 0, 1) };
const stored = (source: string, timeframe: '1h' | '1m' = '1h') =>
  readCandles(world.ctx({ kind: 'job', name: 'test' }), { source, symbol: 'BTC/USDT', timeframe }, all);
const rows = (candles: Candles) =>
  Array.from({ length: candles.length }, (_, i) => candleColumns.map((name) => candles[name][i]));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abtpro-candles-'));
  world = await createWorld();
  binance = await startBinance(market);
});
afterAll(async () => {
  await binance.close();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const csvOf = (candles: Candles) =>
  [
    'timestamp,open,high,low,close,volume',
    ...Array.from(candles.time, (_, i) => candleColumns.map((column) => candles[column][i]).join(',')),
  ].join('\n');

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function start(
  args: readonly string[],
  env: Record<string, string> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: world.url,
      DATA_DIR: join(folder, 'data'),
      EXCHANGE_BASE_URLS: JSON.stringify({ binance: binance.baseUrl }),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([once(child, 'exit'), textOf(child.stdout), textOf(child.stderr)]).then(
    ([[code], out, err]) => ({ code, out, err }),
  );
  return { child, ended };
}

const candles = (...args: string[]) => start(args).ended;

describe('import', () => {
  const take = (path: string, ...more: string[]) =>
    candles('import', path, '--symbol', 'btc-usdt', '--timeframe', '1h', ...more);

  test('stores a file once, however often it is given, and shows what is missing and what is strange in it', async () => {
    const strange = joinCandles([sliceCandles(market, 0, 100), sliceCandles(market, 130, 1000)]);
    strange.close[50] = (strange.close[49] as number) * 20;
    strange.high[50] = strange.close[50] as number;
    const path = await file('gappy.csv', csvOf(strange));
    const first = await take(path);
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out.split('\n')).toEqual([
      '970 candles read: 970 new, 0 changed, 0 as they were.',
      '30 candles are missing:',
      '  2024-01-05 04:00 to 2024-01-06 10:00 UTC: 30',
      '2024-01-03 02:00 UTC: the price jumped away and came back. It was kept as it came.',
      '',
    ]);
    expect(rows(await stored('import'))).toEqual(rows(strange));
    expect((await take(path)).out).toMatch(/^970 candles read: 0 new, 0 changed, 970 as they were\./);
    const whole = await take(await file('whole.csv', csvOf(sliceCandles(market, 0, 1000))));
    expect(whole.out).toBe('1,000 candles read: 30 new, 1 changed, 969 as they were.\nNo candle is missing.\n');
    expect(rows(await stored('import'))).toEqual(rows(sliceCandles(market, 0, 1000)));
  });

  const lines = csvOf(sliceCandles(market, 0, 50)).split('\n');
  const changed = (...changes: [line: number, column: number, value: string][]) =>
    changes
      .reduce(
        (rows, [line, k, value]) => rows.with(line - 1, rows[line - 1]?.split(',').with(k, value).join(',') ?? ''),
        lines,
      )
      .join('\n');
  test.each([
    [
      changed([7, 2, 'NaN'], [9, 4, 'much']),
      [/^Line 7: “NaN” in column high is not a number\.$/m, /^Line 9: “much” in column close is not a number\.$/m],
    ],
    [
      changed([9, 3, '-5'], [11, 5, '-1']),
      [/^Line 9: a price is zero or negative\.$/m, /^Line 11: the volume is negative\.$/m],
    ],
    [changed([12, 4, '9999999']), [/^Line 12: open or close lies outside the candle's own high and low\.$/m]],
    [
      changed([16, 0, String(START + 14 * HOUR - 1_800_000)], [51, 0, String(Date.UTC(2099, 0, 1))]),
      [
        /^Line 16: no candle of 1h opens at 2024-01-01 13:30 UTC\.$/m,
        /^Line 51: .+2099-01-01 00:00 UTC has not closed yet/m,
      ],
    ],
    [csvOf(randomCandles(1, 9, 24 * HOUR)), [/^Line 2: the candles are 1,440 minutes apart; those of 1h are not\.$/m]],
  ])('refuses a faulty file by its lines, with 65, and stores nothing of it (%#)', async (content, words) => {
    const { code, out, err } = await take(await file('faulty.csv', content), '--source', 'broken');
    expect([code, out]).toEqual([65, '']);
    for (const line of [...words, /^Nothing was stored\.$/m]) expect(err).toMatch(line);
    expect((await stored('broken')).length).toBe(0);
  });

  test.each([
    [64, ['import'], /npm run candles -- import FILE/],
    [64, ['import', 'x.csv', '--symbol', 'BTC/USDT', '--timeframe', '2h'], /2h: use one of 1m, 5m/],
    [64, ['import', 'x.csv', '--symbol', '/', '--timeframe', '1h'], /write it like BTC\/USDT/],
    [66, ['import', 'x.csv', '--symbol', 'BTC/USDT', '--timeframe', '1h'], /x\.csv cannot be read/],
    [64, ['toString'], /npm run candles -- import FILE/],
    [64, ['list', '--nonsense'], /nonsense/],
    [64, ['download', 'btc', '1h', '2024-01-01', '2023-01-01'], /first day is after the last/],
    [64, ['download', 'btc', '1h', 'yesterday', 'now'], /yesterday: write a day in UTC/],
    [64, ['download', 'BTX/USDT', '1h', '2024-01-01', 'now'], /Did you mean BTC\/USDT\?/],
    [64, ['download', 'btc', '1h', '2024-01-01', 'now', '--source', 'binanse'], /Choose from: demo, binance, bybit/],
    [64, ['download', 'btc', '1h', '2024-01-01', 'now', '--source', 'demo'], /computed/],
    [64, ['download', 'btc', '1m', '2015-01-01', 'now'], /at most 2,635,200/],
    [66, ['check', 'btc', '1d', '--source', 'import'], /No candles of BTC\/USDT 1d are stored under import/],
  ])('ends with %d for %j', async (code, args, words) => {
    const ended = await candles(...args);
    expect(ended).toEqual({ code, out: '', err: expect.stringMatching(words) });
  });

  test('names a wrong configuration and ends with 78', async () => {
    const { code, err } = await start(['list'], { EXCHANGE_BASE_URLS: '{"binance":"ftp://hidden"}' }).ended;
    expect([code, err]).toEqual([78, expect.stringMatching(/^EXCHANGE_BASE_URLS: the address of binance is not/)]);
  });
});

describe('download', () => {
  test('brings the candles of an exchange, tells how far it is, and asks for nothing twice', async () => {
    const args = ['download', 'btcusdt', '1h', '2024-01-02', '2024-02-20'];
    const first = await candles(...args);
    expect([first.code, first.out]).toEqual([
      0,
      'binance BTC/USDT 1h: 1,176 candles from 2024-01-02 00:00 to 2024-02-20 00:00 UTC\nNo candle is missing.\n',
    ]);
    expect(first.err).toMatch(/^50 %$/m);
    expect(first.err).toMatch(/100 %\n$/);
    binance.asked.length = 0;
    expect((await candles(...args)).out).toBe(first.out);
    expect(binance.asked.filter((url) => url.pathname.includes('klines'))).toEqual([]);
    expect((await candles('check', 'btc', '1h')).out).toBe(
      'binance BTC/USDT 1h: 1,440 candles from 2024-01-01 00:00 to 2024-03-01 00:00 UTC\nNo candle is missing.\n',
    );
    expect((await candles('list')).out).toMatch(/^binance BTC\/USDT 1h: 1,440 candles/m);
  });

  test('killed in the middle goes on where it was; ended by a signal it says so', async () => {
    const april = Date.UTC(2024, 3, 1);
    for (const [signal, code] of [
      ['SIGKILL', null],
      ['SIGTERM', 75],
    ] as const) {
      binance.fail(`startTime=${april}`, 'silent');
      const { child, ended } = start(['download', 'btc', '1h', '2024-03-01', '2024-05-01']);
      while (!binance.asked.some((url) => url.search.includes(`startTime=${april}`)))
        await new Promise((r) => setTimeout(r, 20));
      child.kill(signal);
      const end = await ended;
      expect(end.code).toBe(code);
      if (code) expect(end.err).toMatch(/cancelled/);
      expect((await stored('binance')).time.at(-1)).toBe(april - HOUR);
      binance.asked.length = 0;
    }
    const rest = await candles('download', 'btc', '1h', '2024-03-01', '2024-05-01');
    expect(rest.out).toMatch(/1,464 candles from 2024-03-01/);
    const asked = binance.asked.filter((url) => url.pathname.includes('klines'));
    expect(asked.map((url) => Number(url.searchParams.get('startTime')) >= april)).toEqual(asked.map(() => true));
    expect(rows(await stored('binance'))).toEqual(rows(sliceCandles(market, 0, 121 * 24)));
  });

  test('from an exchange that is away ends with 75', async () => {
    const { code, err } = await start(['download', 'eth', '1h', '2024-01-01', 'now', '--source', 'kraken'], {
      EXCHANGE_BASE_URLS: '{"kraken":"http://127.0.0.1:9"}',
    }).ended;
    expect([code, err]).toEqual([75, expect.stringMatching(/kraken cannot be reached/)]);
  });
});

test('beside a running service its embedded database is used; without one the program starts it', async () => {
  const dataDir = join(folder, 'own');
  const own = { DATABASE_URL: '', DATA_DIR: dataDir };
  const path = await file('own.csv', csvOf(sliceCandles(market, 0, 48)));
  const service = startService({ port: await freePort(), cwd: folder, env: { DATA_DIR: dataDir } });
  await service.ready();
  const args = ['import', path, '--symbol', 'mine:BTC/USDT', '--timeframe', '1h'];
  const beside = await start(args, own).ended;
  expect([beside.code, beside.out]).toEqual([0, expect.stringMatching(/^48 candles read: 48 new/)]);
  expect((await service.end('SIGTERM')).code).toBe(0);
  expect((await start(['list'], own).ended).out).toBe(
    'mine BTC/USDT 1h: 48 candles from 2024-01-01 00:00 to 2024-01-03 00:00 UTC\n',
  );
});
