import { afterAll, beforeAll, expect, test } from 'vitest';
import { candleColumns, sliceCandles } from '../../../src/core/market/candles.ts';
import { importCandles } from '../../../src/core/market/importing.ts';
import { readCandles } from '../../../src/core/market/store.ts';
import { randomCandles } from '../../support/candles.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const ctx = () => world.ctx({ kind: 'job', name: 'import' });
const candles = randomCandles(51, 24 * 70);
const csv = (rows = candles) =>
  new TextEncoder().encode(
    [
      'timestamp,open,high,low,close,volume',
      ...Array.from(rows.time, (_, i) => candleColumns.map((column) => rows[column][i]).join(',')),
    ].join('\n'),
  );
const mine = { source: 'mine', symbol: 'BTC/USDT', timeframe: '1h' } as const;

test('two that import overlapping files at once lose nothing, and a third time changes nothing', async () => {
  const other = world.another();
  const parts = [sliceCandles(candles, 0, 1000), sliceCandles(candles, 600), sliceCandles(candles, 300, 1300)];
  await Promise.all(parts.map((part, n) => importCandles(n % 2 ? other : ctx(), { ...mine, bytes: csv(part) })));
  const got = await readCandles(ctx(), mine, { fromMs: 0, toMs: Date.UTC(2030, 0, 1) });
  for (const column of candleColumns) expect([...got[column]]).toEqual([...candles[column]]);
  expect(await importCandles(ctx(), { ...mine, bytes: csv() })).toEqual({
    candles: candles.length,
    added: 0,
    changed: 0,
    gaps: [],
    missing: 0,
    spikesAtMs: [],
  });
});

test('at most twenty lines are named, and a candle of a shorter timeframe is off the grid', async () => {
  const result = await importCandles(ctx(), { ...mine, timeframe: '1d', bytes: csv() });
  if (!('problems' in result)) throw new Error('it was taken');
  expect(result.problems).toHaveLength(20);
  expect(result.problems[0]).toEqual({ line: 3, code: 'off_grid', atMs: Date.UTC(2024, 0, 1, 1) });
});

test('a candle that is still being traded is refused, and taken when it has closed', async () => {
  const last = candles.time.at(-1) ?? 0;
  world.clock.set(new Date(last + 1_800_000));
  const late = { ...mine, source: 'late', bytes: csv() };
  expect(await importCandles(ctx(), late)).toEqual({
    problems: [{ line: candles.length + 1, code: 'not_closed', atMs: last }],
  });
  world.clock.set(new Date(last + 3_600_000));
  expect(await importCandles(ctx(), late)).toMatchObject({ added: candles.length });
});

test.each(['demo', 'Mine', 'my source', 'a:b', '', 'x'.repeat(33)])(
  '“%s” is no name for what is imported',
  async (source) => {
    await expect(importCandles(ctx(), { ...mine, source, bytes: csv() })).rejects.toMatchObject({
      code: 'market.source_unknown',
    });
  },
);

test('people at a chat import nothing', async () => {
  const { userId } = await world.person();
  await expect(importCandles(world.ctx({ kind: 'user', userId }), { ...mine, bytes: csv() })).rejects.toMatchObject({
    code: 'access.denied',
  });
});
