import { createCanvas, loadImage } from '@napi-rs/canvas';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { thin } from '../../src/core/backtest/curve.ts';
import { resultPicture } from '../../src/core/backtest/picture.ts';
import { formatAt } from '../../src/core/text/text.ts';
import { startPool, TaskTimeout } from '../../src/jobs/pool.ts';
import { randomCandles } from '../support/candles.ts';

const pool = startPool();
afterAll(() => pool.stop());

const DAY_MS = 86_400_000;
const time = Float64Array.from({ length: 2000 }, (_, i) => Date.UTC(2024, 0, 1) + i * DAY_MS);

test('a thinned curve keeps its ends, its highest and its lowest, in order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 2000 }),
      (values) => {
        const curve = thin(time, Float64Array.from(values), 100);
        expect(curve.values.length).toBeLessThanOrEqual(104);
        expect([curve.values[0], curve.values.at(-1)]).toEqual([values[0], values.at(-1)]);
        expect(Math.max(...curve.values)).toBe(Math.max(...values));
        expect(Math.min(...curve.values)).toBe(Math.min(...values));
        expect(curve.time).toEqual([...new Set(curve.time)].sort((a, b) => a - b));
      },
    ),
  );
});

const curve = thin(
  time,
  Float64Array.from(time, (_, i) => 1000 + i + 200 * Math.sin(i / 40)),
);
const words = {
  title: 'ผลการทดสอบ · BTC/USDT · 1d',
  subtitle: 'ต้นทุน ฿1,234.50',
  figures: [{ label: 'ผลตอบแทน', value: '+46.35 %', tone: 'good' }],
  words: { equity: 'มูลค่าพอร์ต', hold: 'ซื้อแล้วถือ', drawdown: 'การลดลงจากจุดสูงสุด' },
  equity: curve,
  hold: curve,
  drawdown: { time: curve.time, values: curve.values.map(() => -5) },
  day: (ms: number) => formatAt('th', new Date(ms), 'date'),
} as const;
const chart = resultPicture(words);

/** How much of a part of the picture is not paper. */
async function inked(png: Uint8Array, [x, y, width, height]: [number, number, number, number]): Promise<number> {
  const image = await loadImage(Buffer.from(png));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(2 * x, 2 * y, 2 * width, 2 * height);
  let ink = 0;
  for (let i = 0; i < data.length; i += 4) if ((data[i] ?? 255) < 200) ink += 1;
  return ink / (data.length / 4);
}

test('a chart is drawn off the main thread, at twice its size, with words, lines and dates in their places', async () => {
  const png = await pool.png(chart);
  const { width, height } = await loadImage(Buffer.from(png));
  expect([width, height]).toEqual([1600, 1280]);
  for (const part of [
    [24, 18, 300, 30],
    [78, 168, 690, 268],
    [78, 595, 690, 30],
  ] as [number, number, number, number][])
    expect(await inked(png, part)).toBeGreaterThan(0.002);
  expect(await inked(png, [0, 625, 800, 14])).toBe(0);
}, 60_000);

test('a line under the title that is too long ends inside the picture', async () => {
  const png = await pool.png(resultPicture({ ...words, subtitle: 'rsi_period 14 · fee 0.1% '.repeat(8) }));
  expect(await inked(png, [700, 54, 60, 20])).toBeGreaterThan(0.002);
  expect(await inked(png, [777, 54, 23, 20])).toBe(0);
}, 60_000);

test('many charts at once are all drawn, and the same chart is the same picture', async () => {
  const [first, ...rest] = await Promise.all(Array.from({ length: 6 }, () => pool.png(chart)));
  for (const other of rest) expect(Buffer.compare(other, first as Uint8Array)).toBe(0);
}, 60_000);

const candles = randomCandles(3, 200_000);
const sma = { strategy: 'sma_cross', params: { fast: 10, slow: 50 }, settings: {}, candles };
/** Half a minute of work at least. */
const long = { ...sma, combinations: Array.from({ length: 5_000 }, (_, n) => ({ fast: 5, slow: 50 + n })) };

test('a task that takes too long, or is not wanted any more, ends with its thread, and others are not touched', async () => {
  const never = new AbortController();
  await expect(pool.run('trials', long, { signal: never.signal, limitMs: 1_500 })).rejects.toThrow(TaskTimeout);
  const unwanted = new AbortController();
  const cancelled = pool.run('trials', long, { signal: unwanted.signal, limitMs: 60_000 });
  const patient = Array.from({ length: pool.threads + 1 }, () =>
    pool.run('backtest', sma, { signal: never.signal, limitMs: 60_000 }),
  );
  unwanted.abort();
  await expect(cancelled).rejects.toThrow('abort');
  const results = await Promise.all(patient);
  expect(new Set(results.map(({ result }) => result.report.final_equity)).size).toBe(1);
}, 60_000);

test('a picture does not wait until the threads have computed what keeps them busy', async () => {
  const busy = new AbortController();
  const computing = Array.from({ length: pool.threads * 2 }, () =>
    pool.run('trials', long, { signal: busy.signal, limitMs: 60_000 }).catch((error: Error) => error.name),
  );
  const ended = Promise.race(computing);
  expect(await Promise.race([pool.png(chart).then(() => 'drawn'), ended])).toBe('drawn');
  busy.abort();
  expect(new Set(await Promise.all(computing))).toEqual(new Set(['AbortError']));
}, 60_000);
