import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Candles, candleColumns, sliceCandles } from '../../../src/core/market/candles.ts';
import { resample } from '../../../src/core/market/resample.ts';
import { listStored, readCandles, readSeries, type Series, writeCandles } from '../../../src/core/market/store.ts';
import { randomCandles } from '../../support/candles.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const rows = (candles: Candles) =>
  Array.from({ length: candles.length }, (_, i) => candleColumns.map((name) => candles[name][i]));
const ctx = () => world.ctx({ kind: 'job', name: 'candles' });
let named = 0;
const series = (timeframe: Series['timeframe'] = '1h'): Series => {
  named += 1;
  return { source: 'test', symbol: `C${named}/USDT`, timeframe };
};
const all = { fromMs: 0, toMs: Date.UTC(2030, 0, 1) };

test('candles over several months come back as they were, whole or in part', async () => {
  const [mine, candles] = [series(), randomCandles(1, 24 * 100)];
  expect(await writeCandles(ctx(), mine, candles)).toEqual({ added: 2400, changed: 0 });
  expect(rows(await readCandles(ctx(), mine, all))).toEqual(rows(candles));
  const part = { fromMs: START + 30 * 24 * HOUR, toMs: START + 40 * 24 * HOUR };
  expect(rows(await readCandles(ctx(), mine, part))).toEqual(rows(sliceCandles(candles, 720, 960)));
  expect((await readCandles(ctx(), mine, { fromMs: 5, toMs: 5 })).length).toBe(0);
  expect((await readCandles(ctx(), { ...mine, source: 'other' }, all)).length).toBe(0);
});

test('what is given again changes nothing, what is given otherwise replaces, and a gap is filled in its place', async () => {
  const [mine, candles] = [series(), randomCandles(2, 200)];
  await writeCandles(ctx(), mine, sliceCandles(candles, 0, 50));
  await writeCandles(ctx(), mine, sliceCandles(candles, 120));
  expect(await writeCandles(ctx(), mine, sliceCandles(candles, 40, 130))).toEqual({ added: 70, changed: 0 });
  expect(rows(await readCandles(ctx(), mine, all))).toEqual(rows(candles));
  candles.volume[60] = 12_345;
  expect(await writeCandles(ctx(), mine, candles)).toEqual({ added: 0, changed: 1 });
  expect(rows(await readCandles(ctx(), mine, all))).toEqual(rows(candles));
});

test('two that write one month at once lose nothing of each other', async () => {
  const [mine, candles] = [series(), randomCandles(3, 600)];
  const other = world.another();
  const parts = Array.from({ length: 20 }, (_, n) => sliceCandles(candles, n * 30, n * 30 + 30));
  await Promise.all(parts.map((part, n) => writeCandles(n % 2 ? ctx() : other, mine, part)));
  expect(rows(await readCandles(ctx(), mine, all))).toEqual(rows(candles));
});

test('one broken candle refuses them all with candles.broken', async () => {
  const [mine, candles] = [series(), randomCandles(4, 1500)];
  candles.low[1400] = Number.NaN;
  await expect(writeCandles(ctx(), mine, candles)).rejects.toMatchObject({
    code: 'candles.broken',
    params: { at: '2024-02-28T08:00:00.000Z', why: 'not_a_number' },
  });
  expect((await readCandles(ctx(), mine, all)).length).toBe(0);
});

test('a longer timeframe is made of stored minutes where there are any, and read as stored where not', async () => {
  const [mine, minutes] = [series('1m'), randomCandles(5, 3000, 60_000)];
  await writeCandles(ctx(), mine, minutes);
  const range = { fromMs: START + 90 * 60_000, toMs: START + 30 * HOUR };
  const hours = await readSeries(ctx(), { ...mine, timeframe: '1h' }, range);
  expect(rows(hours)).toEqual(rows(sliceCandles(resample(minutes, '1h'), 2, 30)));
  const [stored, only] = [series(), randomCandles(6, 48)];
  await writeCandles(ctx(), stored, only);
  expect(rows(await readSeries(ctx(), stored, all))).toEqual(rows(only));
});

test('the list says what there is, from when to when', async () => {
  const [mine, candles] = [{ ...series(), source: 'listed' }, randomCandles(7, 24 * 40)];
  await writeCandles(ctx(), mine, candles);
  expect(await listStored(ctx(), 'listed')).toEqual([
    { ...mine, firstAt: new Date(START), lastAt: new Date(START + 959 * HOUR), count: 960 },
  ]);
});
