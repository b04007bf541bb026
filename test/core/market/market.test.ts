import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocateCandles, type Candles, candleColumns, sliceCandles } from '../../../src/core/market/candles.ts';
import { faultsIn, gapsIn, spikesIn } from '../../../src/core/market/check.ts';
import { DEMO_OPENS_MS, demoCandles, demoMarket, demoMarkets, demoPrice } from '../../../src/core/market/demo.ts';
import { packCandles, packedCount, unpackCandles } from '../../../src/core/market/pack.ts';
import { resample } from '../../../src/core/market/resample.ts';
import { timeframeMs, timeframes } from '../../../src/core/market/timeframe.ts';
import { randomCandles } from '../../support/candles.ts';

const HOUR = timeframeMs['1h'];
const rows = (candles: Candles) =>
  Array.from({ length: candles.length }, (_, i) => candleColumns.map((name) => candles[name][i] as number)); // i is inside

function fromRows(list: readonly (readonly number[])[]): Candles {
  const candles = allocateCandles(list.length);
  for (const [i, row] of list.entries())
    for (const [n, name] of candleColumns.entries()) candles[name][i] = row[n] ?? 0;
  return candles;
}

const [bitcoin] = demoMarkets as [(typeof demoMarkets)[number]];
const at = (text: string) => Date.parse(`${text}Z`);

test('what was packed is unpacked to the last bit, whatever the numbers', () => {
  const price = fc.oneof(
    fc.integer({ min: 1, max: 9_999_999 }).map((whole) => whole / 100),
    fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
  );
  const row = fc.tuple(price, price, price, price, fc.double({ min: 0, max: 1e15, noNaN: true }));
  fc.assert(
    fc.property(fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 4 }), (blocks) => {
      const startMs = at('2024-01-01T00:00');
      const given = blocks.map((block, n) =>
        fromRows(block.map((values, i) => [startMs + HOUR * (100 * n + i + (i > 5 ? 7 : 0)), ...values])),
      );
      const packed = given.map((candles) => packCandles(candles, HOUR));
      expect(packed.map(packedCount)).toEqual(given.map((candles) => candles.length));
      expect(rows(unpackCandles(packed))).toEqual(given.flatMap(rows));
    }),
  );
});

test('ticks take half the room of floats, and a block that begins anywhere in memory is read', () => {
  const ticks = fromRows(Array.from({ length: 1000 }, (_, i) => [i * HOUR, 1.25, 2.5, 0.75, 1.5, i / 4]));
  const floats = fromRows(Array.from({ length: 1000 }, (_, i) => [i * HOUR, Math.PI, 4, 3, Math.E, i / 7]));
  const [small, large] = [packCandles(ticks, HOUR), packCandles(floats, HOUR)];
  expect(small.length).toBeLessThan(large.length * 0.8);
  const moved = new Uint8Array(large.length + 3);
  moved.set(large, 3);
  expect(rows(unpackCandles([moved.subarray(3)]))).toEqual(rows(floats));
});

test('bytes that are no block, and times between the steps, are refused', () => {
  expect(() => unpackCandles([new Uint8Array([9, 9, 9])])).toThrow('no block');
  expect(() =>
    packCandles(
      fromRows([
        [0, 1, 1, 1, 1, 1],
        [HOUR + 1, 1, 1, 1, 1, 1],
      ]),
      HOUR,
    ),
  ).toThrow('does not fit');
});

test('the demo exchange has the same candles at every asking, however they are asked for', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...demoMarkets),
      fc.constantFrom(...timeframes.filter((name) => name !== '1d')),
      fc.integer({ min: 0, max: 2400 }),
      fc.integer({ min: 0, max: 2880 }),
      (known, timeframe, day, minutes) => {
        const fromMs = DEMO_OPENS_MS + day * 86_400_000 + minutes * 60_000;
        const toMs = fromMs + 86_400_000;
        const step = timeframeMs[timeframe];
        const asked = demoCandles(known, timeframe, fromMs, toMs);
        const wide = demoCandles(known, timeframe, fromMs - 3 * 86_400_000, toMs + 86_400_000);
        const same = wide.time.indexOf(asked.time[0] ?? Number.NaN);
        expect(rows(asked)).toEqual(rows(sliceCandles(wide, same, same + asked.length)));
        expect(asked.length).toBe(86_400_000 / step);
        expect(asked.time[0]).toBe(Math.ceil(fromMs / step) * step);
        expect([faultsIn(asked), gapsIn(asked, step)]).toEqual([[], []]);
      },
    ),
    { numRuns: 40 },
  );
});

test('a longer demo candle is made of the minutes that lie in it', () => {
  const fromMs = at('2024-02-29T00:00');
  const hours = demoCandles(bitcoin, '1h', fromMs, fromMs + 24 * HOUR);
  const minutes = demoCandles(bitcoin, '1m', fromMs + HOUR, fromMs + 2 * HOUR);
  expect(hours.open[1]).toBe(minutes.open[0]);
  expect(hours.close[1]).toBe(minutes.close[59]);
  expect(hours.high[1]).toBe(Math.max(...minutes.high));
  expect(hours.low[1]).toBe(Math.min(...minutes.low));
  expect(hours.volume[1]).toBeCloseTo(
    minutes.volume.reduce((sum, volume) => sum + volume, 0),
    6,
  );
  expect(demoPrice(bitcoin, fromMs + HOUR)).toBe(minutes.open[0]);
  expect(demoPrice(bitcoin, fromMs + HOUR + 30_000)).toBeCloseTo(
    ((minutes.open[0] ?? 0) + (minutes.close[0] ?? 0)) / 2,
    1,
  );
});

test('demo markets look like markets: they cluster, have fat tails, and move together', () => {
  const returns = (symbol: string) => {
    const known = demoMarket(symbol) ?? bitcoin;
    const { close } = demoCandles(known, '1d', at('2020-01-01T00:00'), at('2026-01-01T00:00'));
    return [...close].slice(1).map((price, i) => Math.log(price / (close[i] ?? Number.NaN)));
  };
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const correlation = (a: number[], b: number[]) => {
    const [ma, mb] = [mean(a), mean(b)];
    const moment = (x: number[], mx: number, y: number[], my: number) =>
      mean(x.map((v, i) => (v - mx) * ((y[i] ?? 0) - my)));
    return moment(a, ma, b, mb) / Math.sqrt(moment(a, ma, a, ma) * moment(b, mb, b, mb));
  };
  const [one, other] = [returns('BTC/USDT'), returns('ETH/USDT')];
  const daily = Math.sqrt(mean(one.map((r) => r * r)));
  expect(daily).toBeGreaterThan(0.02);
  expect(daily).toBeLessThan(0.045);
  expect(mean(one.map((r) => r ** 4)) / daily ** 4).toBeGreaterThan(3.5);
  expect(correlation(one, other)).toBeGreaterThan(0.6);
  const sizes = one.map(Math.abs);
  expect(correlation(sizes.slice(1), sizes.slice(0, -1))).toBeGreaterThan(0.05);
});

test('resampling keeps whole candles only, and lets a gap be a gap', () => {
  const hours = randomCandles(5, 50);
  const gappy = fromRows(rows(hours).filter((_, i) => i < 8 || i >= 14));
  const long = resample(gappy, '4h');
  expect([...long.time].map((time) => (time - (hours.time[0] ?? 0)) / HOUR)).toEqual([
    0, 4, 12, 16, 20, 24, 28, 32, 36, 40, 44,
  ]);
  expect(long.open[2]).toBe(hours.open[14]);
  expect(rows(resample(hours, '1h'))).toEqual(rows(hours));
  expect(resample(allocateCandles(0), '1d').length).toBe(0);
});

test('gaps, faults and spikes are found where they are', () => {
  const good = rows(randomCandles(7, 30));
  const bad = good.map((row) => [...row]);
  const set = (i: number, column: number, value: number) => {
    const row = bad[i];
    if (row) row[column] = value;
  };
  set(3, 4, Number.NaN);
  set(5, 1, -1);
  set(7, 2, 0.01);
  set(9, 5, -4);
  set(11, 0, 0);
  expect(faultsIn(fromRows(good))).toEqual([]);
  expect(faultsIn(fromRows(bad)).map(({ index, fault }) => `${index} ${fault}`)).toEqual([
    '3 not_a_number',
    '5 not_positive',
    '7 high_below_low',
    '9 volume_negative',
    '11 not_in_order',
  ]);
  const gaps = gapsIn(fromRows(good.filter((_, i) => i !== 4 && i !== 5 && i !== 20)), HOUR);
  expect(gaps.map(({ missing }) => missing)).toEqual([2, 1]);
  const spiky = fromRows(good.map((row, i) => (i === 15 ? [row[0] ?? 0, 1, 1e6, 1, 5e5, 0] : row)));
  expect(spikesIn(spiky)).toEqual([15]);
  expect(spikesIn(fromRows(good))).toEqual([]);
});
