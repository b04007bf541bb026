import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { type Candles, candleColumns, joinCandles, sliceCandles } from '../../src/core/market/candles.ts';
import { demoSource } from '../../src/core/market/demoSource.ts';
import { downloadCandles } from '../../src/core/market/download.ts';
import { ensureCandles } from '../../src/core/market/ensure.ts';
import { candleSources } from '../../src/core/market/sources.ts';
import { readCandles } from '../../src/core/market/store.ts';
import { exchangeSource } from '../../src/drivers/exchanges/candles.ts';
import { type FakeBinance, startBinance } from '../support/binance.ts';
import { randomCandles } from '../support/candles.ts';
import { createWorld, type World } from '../support/world.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const DAYS = 100;

let world: World;
let binance: FakeBinance;
const market = randomCandles(11, 24 * DAYS);
beforeAll(async () => {
  world = await createWorld();
  binance = await startBinance(market);
});
afterAll(async () => {
  await binance.close();
  await world.close();
});
afterEach(() => {
  binance.asked.length = 0;
});

const rows = (candles: Candles) =>
  Array.from({ length: candles.length }, (_, i) => candleColumns.map((name) => candles[name][i]));
const source = () => exchangeSource('binance', { baseUrls: { binance: binance.baseUrl }, clock: systemClock });
const signal = () => AbortSignal.timeout(10_000);
const hours = { symbol: 'BTC/USDT', timeframe: '1h' } as const;
const ctx = () => world.ctx({ kind: 'job', name: 'candles' });
const quick = { backoffMs: 5 };

test('symbols are those that are traded now, and every request goes to the address given for the exchange', async () => {
  expect(await source().symbols(signal())).toEqual(['BTC/USDT']);
  expect(binance.asked.map((url) => url.pathname)).toEqual(['/api/v3/exchangeInfo']);
});

test('candles come as the exchange wrote them, digit by digit', async () => {
  const candles = await source().candles({ ...hours, sinceMs: START + 5 * HOUR, limit: 20 }, signal());
  expect(rows(candles)).toEqual(rows(sliceCandles(market, 5, 25)));
});

test.each([
  ['limited', 'limited'],
  ['banned', 'banned'],
  ['error', 'unreachable'],
  ['cut', 'unreachable'],
  ['html', 'malformed'],
  ['half', 'malformed'],
] as const)('a %s answer is told apart, without an address in the words', async (fault, kind) => {
  const asked = source();
  await asked.symbols(signal());
  binance.fail('klines', fault);
  const trouble = await asked
    .candles({ ...hours, sinceMs: START, limit: 5 }, signal())
    .catch((error: unknown) => error);
  expect(trouble).toMatchObject({ name: 'ExchangeTrouble', exchange: 'binance', kind, message: `binance: ${kind}` });
  if (kind === 'limited' || kind === 'banned') expect(trouble).toMatchObject({ retryAfterMs: 1000 });
});

test('markets that could not be loaded at first are loaded at the next call', async () => {
  const asked = source();
  binance.fail('exchangeInfo', 'error');
  await expect(asked.symbols(signal())).rejects.toMatchObject({ kind: 'unreachable' });
  expect(await asked.symbols(signal())).toEqual(['BTC/USDT']);
});

test('what is listed later is known later: the list is asked for anew each time', async () => {
  const asked = source();
  expect(await asked.symbols(signal())).toEqual(['BTC/USDT']);
  binance.markets.set('NEW', 'TRADING');
  expect(await asked.symbols(signal())).toEqual(['BTC/USDT', 'NEW/USDT']);
  binance.markets.delete('NEW');
  expect(await asked.symbols(signal())).toEqual(['BTC/USDT']);
});

test('a symbol that is not traded is named as such, and a silent exchange is not waited for longer than asked', async () => {
  await expect(
    source().candles({ ...hours, symbol: 'NOPE/USDT', sinceMs: START, limit: 5 }, signal()),
  ).rejects.toMatchObject({ kind: 'symbol_unknown' });
  binance.fail('klines', 'silent');
  const asked = source().candles({ ...hours, sinceMs: START, limit: 5 }, AbortSignal.timeout(300));
  await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a download over troubles brings every candle once, and a second one asks for nothing', async () => {
  binance.fail('klines', 'error', 'half', 'cut');
  const range = { fromMs: START, toMs: START + DAYS * 24 * HOUR };
  const got = await downloadCandles(ctx(), source(), hours, range, quick);
  expect(got).toEqual({ added: 24 * DAYS, gaps: [], spikesAtMs: [] });
  expect(rows(await readCandles(ctx(), { source: 'binance', ...hours }, range))).toEqual(rows(market));
  binance.asked.length = 0;
  expect((await downloadCandles(ctx(), source(), hours, { ...range, toMs: START + 60 * 24 * HOUR }, quick)).added).toBe(
    0,
  );
  expect(binance.asked.filter((url) => url.pathname.includes('klines'))).toEqual([]);
});

test('a backtest gets its candles through every kind of bad answer, and the words of one that stays', async () => {
  const ensured = { ...source(), id: 'ensured' };
  const ctx = { ...world.ctx({ kind: 'job', name: 'candles' }), candleSources: candleSources([ensured]) };
  const wanted = { source: 'ensured', ...hours, fromMs: START, toMs: START + 900 * HOUR };
  const patient = { ...quick, callTimeoutMs: 1500 };
  binance.fail('exchangeInfo', 'half');
  binance.fail('klines', 'limited', 'banned', 'error', 'half');
  const got = await ensureCandles(ctx, wanted, patient);
  expect(rows(got.candles)).toEqual(rows(sliceCandles(market, 0, 900)));
  binance.fail('klines', 'silent', 'cut');
  const later = { ...wanted, fromMs: START + 1000 * HOUR, toMs: START + 1500 * HOUR };
  expect((await ensureCandles(ctx, later, patient)).candles.length).toBe(500);
  for (const [fault, code] of [
    ['error', 'market.unreachable'],
    ['html', 'market.malformed'],
  ] as const) {
    binance.fail('klines', ...Array.from({ length: 6 }, () => fault));
    const refused = ensureCandles(ctx, { ...wanted, toMs: START + 2300 * HOUR }, patient);
    await expect(refused).rejects.toMatchObject({ code, params: { exchange: 'binance' } });
  }
  const none = ensureCandles(ctx, { ...wanted, fromMs: START - 900 * HOUR, toMs: START - 800 * HOUR }, patient);
  await expect(none).rejects.toMatchObject({ code: 'candles.outside' });
});

test('what an exchange lacks is named as a gap and not asked for again', async () => {
  const gappy = await startBinance(joinCandles([sliceCandles(market, 0, 100), sliceCandles(market, 130, 700)]));
  const real = exchangeSource('binance', { baseUrls: { binance: gappy.baseUrl }, clock: systemClock });
  const range = { fromMs: START, toMs: START + 700 * HOUR };
  const other = { ...real, id: 'gappy' };
  const first = await downloadCandles(ctx(), other, hours, range, quick);
  expect(first.gaps).toEqual([{ fromMs: START + 100 * HOUR, toMs: START + 130 * HOUR, missing: 30 }]);
  gappy.asked.length = 0;
  expect((await downloadCandles(ctx(), other, hours, range, quick)).gaps).toEqual(first.gaps);
  expect(gappy.asked.filter((url) => url.pathname.includes('klines'))).toEqual([]);
  await gappy.close();
});

test('a download that was stopped goes on where it was', async () => {
  const stop = new AbortController();
  const slow = { ...source(), id: 'stopped', batch: 100 };
  const range = { fromMs: START, toMs: START + DAYS * 24 * HOUR };
  const stopped = downloadCandles(ctx(), slow, hours, range, {
    ...quick,
    signal: stop.signal,
    onProgress: (share) => share > 0.3 && stop.abort(new Error('cancelled')),
  });
  await expect(stopped).rejects.toThrow('cancelled');
  const before = await readCandles(ctx(), { source: 'stopped', ...hours }, range);
  expect(before.length).toBeGreaterThan(24 * 30);
  expect(before.length).toBeLessThan(24 * DAYS);
  const rest = await downloadCandles(ctx(), slow, hours, range, quick);
  expect(rest.added).toBe(24 * DAYS - before.length);
});

test('an exchange that stays away fails the download after six attempts, and nothing half is kept', async () => {
  binance.fail('klines', ...Array.from({ length: 6 }, () => 'error' as const));
  const away = { ...source(), id: 'away' };
  const range = { fromMs: START, toMs: START + HOUR * 100 };
  await expect(downloadCandles(ctx(), away, hours, range, quick)).rejects.toMatchObject({ kind: 'unreachable' });
  expect(binance.asked.filter((url) => url.pathname.includes('klines')).length).toBe(6);
});

test('the demo exchange is a source like any other, with closed candles only', async () => {
  const demo = demoSource(world.clock);
  const now = world.clock.now().getTime();
  const candles = await demo.candles({ ...hours, sinceMs: now - 10 * HOUR, limit: 100 }, signal());
  expect(candles.time.at(-1)).toBe(Math.floor(now / HOUR) * HOUR - HOUR);
  expect(await demo.symbols(signal())).toContain('BTC/USDT');
  await expect(demo.candles({ ...hours, symbol: 'X/Y', sinceMs: 0, limit: 1 }, signal())).rejects.toMatchObject({
    kind: 'symbol_unknown',
  });
  const got = await downloadCandles(ctx(), demo, hours, { fromMs: START, toMs: START + 50 * HOUR }, quick);
  expect(got).toEqual({ added: expect.any(Number), gaps: [], spikesAtMs: [] });
});
