import fc from 'fast-check';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/core/error.ts';
import { type Candles, candleColumns, candlesIn, joinCandles, sliceCandles } from '../../../src/core/market/candles.ts';
import { availableRange } from '../../../src/core/market/coverage.ts';
import { DEMO_OPENS_MS, demoCandles, demoMarket } from '../../../src/core/market/demo.ts';
import { ensureCandles, MOST_CANDLES } from '../../../src/core/market/ensure.ts';
import { resample } from '../../../src/core/market/resample.ts';
import { readCandles, writeCandles } from '../../../src/core/market/store.ts';
import { type Timeframe, timeframeMs, timeframes } from '../../../src/core/market/timeframe.ts';
import { translate } from '../../../src/core/text/text.ts';
import { randomCandles } from '../../support/candles.ts';
import { keyOf, type TestSource, testSource } from '../../support/source.ts';
import { createWorld, type World } from '../../support/world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2024, 0, 1);

let world: World;
let admin: postgres.Sql;
let source: TestSource;
const market = randomCandles(21, 24 * 100);
const quick = { backoffMs: 2 };
const hours = { source: 'binance', symbol: 'BTC/USDT', timeframe: '1h' } as const;
const range = (fromDay: number, toDay: number) => ({ fromMs: START + fromDay * DAY, toMs: START + toDay * DAY });
const ctx = () => world.ctx({ kind: 'job', name: 'backtest' });
const rows = (candles: Candles) =>
  Array.from({ length: candles.length }, (_, i) => candleColumns.map((name) => candles[name][i]));

beforeAll(async () => {
  source = testSource('binance');
  world = await createWorld({ sources: [source] });
  admin = postgres(world.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await admin.end();
  await world.close();
});
beforeEach(async () => {
  await admin`truncate candle_block, candle_asked`;
  Object.assign(source, testSource('binance'));
  source.series.set(keyOf('BTC/USDT', '1h'), market);
  world.clock.set('2026-11-21T05:00:00.000Z');
});

describe('candles of an exchange', () => {
  test('are fetched when they are first asked for, and never again', async () => {
    const shares: number[] = [];
    const got = await ensureCandles(
      ctx(),
      { ...hours, ...range(5, 70) },
      { ...quick, onProgress: (s) => shares.push(s) },
    );
    expect(rows(got.candles)).toEqual(rows(sliceCandles(market, 120, 70 * 24)));
    expect(got).toMatchObject({ ...range(5, 70), gaps: [], missing: 0, madeOf: '1h' });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    const { length } = source.asked;
    expect(length).toBeGreaterThan(0);
    const again = await ensureCandles(ctx(), { ...hours, ...range(6, 69) }, quick);
    expect(rows(again.candles)).toEqual(rows(sliceCandles(market, 144, 69 * 24)));
    expect(source.asked).toHaveLength(length);
  });

  test('lie alone in shared memory, as a worker takes them', async () => {
    const { candles } = await ensureCandles(ctx(), { ...hours, ...range(10, 12) }, quick);
    expect(candles.time.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(rows(candlesIn(candles.time.buffer, candles.length))).toEqual(rows(sliceCandles(market, 240, 288)));
  });

  test('asked for by two instances at once are fetched once, and both have them', async () => {
    source.batch = 100; // many calls, so that both are under way at the same time
    source.pause = () => new Promise((resolve) => setTimeout(resolve, 5));
    const other = world.another();
    const wanted = { ...hours, ...range(0, 60) };
    const both = await Promise.all([
      ensureCandles(ctx(), wanted, quick),
      ensureCandles(other, wanted, quick),
      ensureCandles(ctx(), { ...wanted, ...range(20, 30) }, quick),
    ]);
    expect(both.map((got) => got.candles.length)).toEqual([1440, 1440, 240]);
    expect(new Set(source.asked).size).toBe(source.asked.length);
  });

  test('of more series than there are places come all, one after the other', async () => {
    const symbols = Array.from({ length: 9 }, (_, n) => `C${n}/USDT`);
    for (const symbol of symbols) source.series.set(keyOf(symbol, '1h'), sliceCandles(market, 0, 100));
    source.pause = () => new Promise((resolve) => setTimeout(resolve, 5));
    const all = await Promise.all(
      symbols.map((symbol) => ensureCandles(ctx(), { ...hours, symbol, ...range(0, 4) }, quick)),
    );
    expect(all.map((got) => got.candles.length)).toEqual(symbols.map(() => 96));
  });

  test('with a gap say where it is; a longer one than an answer reaches does not end the month', async () => {
    for (const windowed of [false, true]) {
      await admin`truncate candle_block, candle_asked`;
      const gappy = testSource('binance', { windowed, batch: 50 });
      Object.assign(source, gappy);
      source.series.set(
        keyOf('BTC/USDT', '1h'),
        joinCandles([sliceCandles(market, 300, 400), sliceCandles(market, 560, 700)]),
      );
      const got = await ensureCandles(ctx(), { ...hours, ...range(0, 29) }, quick);
      expect(got).toMatchObject({
        gaps: [{ fromMs: START + 400 * HOUR, toMs: START + 560 * HOUR, missing: 160 }],
        missing: 160,
        fromMs: START + 300 * HOUR,
        toMs: START + 29 * DAY,
      });
      expect(got.candles.length).toBe(236);
    }
  });

  test('with a price that jumped away and back come as they are, and the moment is named', async () => {
    const strange = joinCandles([market]);
    strange.close[50] = (strange.close[49] as number) * 20;
    strange.high[50] = Math.max(strange.high[50] as number, strange.close[50] as number);
    source.series.set(keyOf('BTC/USDT', '1h'), strange);
    const got = await ensureCandles(ctx(), { ...hours, ...range(0, 5) }, quick);
    expect(got.spikesAtMs).toEqual([START + 50 * HOUR]);
  });

  test('go on where the last attempt was killed', async () => {
    source.batch = 100;
    source.troubles = [];
    const stop = new AbortController();
    const stopped = ensureCandles(
      ctx(),
      { ...hours, ...range(0, 90) },
      {
        ...quick,
        signal: stop.signal,
        onProgress: (share) => share > 0.5 && stop.abort(),
      },
    );
    await expect(stopped).rejects.toMatchObject({ code: 'candles.cancelled' });
    const before = source.asked.length;
    expect((await readCandles(ctx(), hours, range(0, 100))).length).toBeGreaterThan(24 * 31);
    const got = await ensureCandles(ctx(), { ...hours, ...range(0, 90) }, quick);
    expect(got.candles.length).toBe(24 * 90);
    expect(source.asked.length - before).toBeLessThan(17);
  });

  test('that are younger than an hour may still come: they are asked for again', async () => {
    const now = START + 50 * DAY + 30 * 60_000;
    world.clock.set(new Date(now));
    source.series.set(keyOf('BTC/USDT', '1h'), sliceCandles(market, 0, 50 * 24 - 1)); // the last one is late
    const wanted = { ...hours, ...range(40, 60) };
    expect((await ensureCandles(ctx(), wanted, quick)).candles.length).toBe(239);
    source.series.set(keyOf('BTC/USDT', '1h'), market);
    expect((await ensureCandles(ctx(), wanted, quick)).candles.length).toBe(240);
    world.clock.set(new Date(now + DAY));
    expect((await ensureCandles(ctx(), wanted, quick)).candles.length).toBe(264);
  });

  test('over passing troubles come all the same', async () => {
    source.troubles = ['limited', 'slow', 'malformed', 'unreachable', 'maintenance'];
    expect((await ensureCandles(ctx(), { ...hours, ...range(0, 20) }, quick)).candles.length).toBe(480);
  });
});

describe('a longer timeframe', () => {
  const minutes = randomCandles(5, 1440 * 31, 60_000);
  test('is made of stored minutes where they cover the range, and fetched where they do not', async () => {
    await writeCandles(ctx(), { ...hours, timeframe: '1m' }, minutes);
    const inside = await ensureCandles(ctx(), { ...hours, ...range(2, 20) }, quick);
    expect(inside.madeOf).toBe('1m');
    expect(rows(inside.candles)).toEqual(rows(sliceCandles(resample(minutes, '1h'), 48, 480)));
    expect(rows(candlesIn(inside.candles.time.buffer, inside.candles.length))).toEqual(rows(inside.candles));
    expect(source.asked).toEqual([]);
    const beyond = await ensureCandles(ctx(), { ...hours, ...range(2, 40) }, quick);
    expect(beyond.madeOf).toBe('1h');
    expect(rows(beyond.candles)).toEqual(rows(sliceCandles(market, 48, 960)));
  });

  test('of an import is made of whichever reaches further', async () => {
    const mine = { ...hours, source: 'mine' };
    await writeCandles(ctx(), { ...mine, timeframe: '1m' }, sliceCandles(minutes, 0, 1440 * 10));
    expect((await ensureCandles(ctx(), { ...mine, ...range(2, 40) }, quick)).madeOf).toBe('1m');
    await writeCandles(ctx(), mine, sliceCandles(market, 0, 24 * 15));
    const got = await ensureCandles(ctx(), { ...mine, ...range(2, 40) }, quick);
    expect([got.madeOf, got.candles.length, got.toMs]).toEqual(['1h', 13 * 24, START + 15 * DAY]);
    expect((await ensureCandles(ctx(), { ...mine, ...range(2, 9) }, quick)).madeOf).toBe('1m');
  });
});

describe('the demo exchange', () => {
  const btc = demoMarket('BTC/USDT') ?? expect.fail('no demo market');
  const demo = (timeframe: Timeframe) => ({ source: 'demo', symbol: 'BTC/USDT', timeframe });

  test('computes what is asked for: any range of any timeframe, with nothing stored', async () => {
    const lastDay = Math.floor((world.clock.now().getTime() - DEMO_OPENS_MS) / DAY) - 2;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...timeframes),
        fc.integer({ min: 0, max: lastDay }),
        fc.integer({ min: 2 * DAY, max: 40 * DAY }),
        fc.integer({ min: 0, max: DAY }),
        async (timeframe, day, lengthMs, offsetMs) => {
          const fromMs = DEMO_OPENS_MS + day * DAY + offsetMs;
          const toMs = fromMs + lengthMs;
          const step = timeframeMs[timeframe];
          const nowMs = world.clock.now().getTime();
          const { candles, ...about } = await ensureCandles(ctx(), { ...demo(timeframe), fromMs, toMs }, { least: 1 });
          expect(rows(candles)).toEqual(
            rows(demoCandles(btc, timeframe, fromMs, Math.min(toMs, Math.floor(nowMs / step) * step))),
          );
          expect(about).toMatchObject({ gaps: [], missing: 0 });
          expect(about.fromMs).toBeGreaterThanOrEqual(fromMs);
          expect(about.fromMs - fromMs).toBeLessThan(step);
          expect(about.toMs).toBeLessThanOrEqual(nowMs);
          expect(rows(candlesIn(candles.time.buffer, candles.length))).toEqual(rows(candles));
        },
      ),
      { numRuns: 25 },
    );
    expect((await admin`select count(*)::int n from candle_block`)[0]?.n).toBe(0);
  });

  test('begins in 2020 and ends now', async () => {
    const now = Date.UTC(2026, 10, 21, 5);
    expect(await availableRange(ctx(), demo('4h'))).toEqual({ fromMs: DEMO_OPENS_MS, toMs: Date.UTC(2026, 10, 21, 4) });
    const got = await ensureCandles(ctx(), {
      ...demo('1h'),
      fromMs: DEMO_OPENS_MS - 9 * DAY,
      toMs: DEMO_OPENS_MS + DAY,
    });
    expect([got.fromMs, got.toMs]).toEqual([DEMO_OPENS_MS, DEMO_OPENS_MS + DAY]);
    const late = await ensureCandles(ctx(), { ...demo('1h'), fromMs: now - DAY, toMs: now + DAY });
    expect(late.toMs).toBe(now);
  });
});

describe('refused in words', () => {
  const demo = { source: 'demo', symbol: 'BTC/USDT', timeframe: '1h' } as const;
  const refusal = (wanted: Parameters<typeof ensureCandles>[1], options = {}) =>
    ensureCandles(ctx(), wanted, { ...quick, ...options }).then(
      () => expect.fail('was not refused'),
      (error: unknown) => (error instanceof Refusal ? error : expect.fail(String(error))),
    );

  test('dates that are reversed, the same, or none: date.reversed', async () => {
    for (const [fromMs, toMs] of [
      [START + 1, START],
      [START, START],
      [Number.NaN, START],
      [START, Number.NaN],
    ] as const)
      expect((await refusal({ ...demo, fromMs, toMs })).code).toBe('date.reversed');
  });

  test('a range outside the data, with what there is: candles.outside', async () => {
    const before = await refusal({ ...demo, fromMs: DEMO_OPENS_MS - 9 * DAY, toMs: DEMO_OPENS_MS - DAY });
    expect([before.code, before.params]).toEqual([
      'candles.outside',
      { symbol: 'BTC/USDT', from: new Date(DEMO_OPENS_MS), to: new Date('2026-11-21T05:00:00.000Z') },
    ]);
    expect(translate('en', `error.${before.code}`, before.params)).toContain('1 Jan 2020 to 21 Nov 2026');
    expect((await refusal({ ...demo, fromMs: Date.UTC(2027, 0, 1), toMs: Date.UTC(2028, 0, 1) })).code).toBe(
      'candles.outside',
    );
    await ensureCandles(ctx(), { ...hours, ...range(0, 20) }, quick);
    const stored = await refusal({ ...hours, ...range(200, 210) });
    expect([stored.code, stored.params]).toEqual([
      'candles.outside',
      { symbol: 'BTC/USDT', from: new Date(START), to: new Date(START + 31 * DAY) },
    ]);
  });

  test('an exchange that has nothing at all in it: candles.none', async () => {
    expect((await refusal({ ...hours, ...range(-90, -80) })).code).toBe('candles.none');
  });

  test('too few candles, too many candles', async () => {
    expect((await refusal({ ...demo, ...range(0, 1) }, { least: 25 })).params).toEqual({
      count: 24,
      least: 25,
      timeframe: '1h',
    });
    expect((await refusal({ ...demo, fromMs: START, toMs: START + HOUR })).code).toBe('candles.too_few');
    const most = {
      ...demo,
      timeframe: '1m',
      fromMs: Date.UTC(2020, 0, 1),
      toMs: Date.UTC(2020, 0, 1) + (MOST_CANDLES + 1) * 60_000,
    } as const;
    expect((await refusal(most)).params).toEqual({ count: MOST_CANDLES + 1, most: MOST_CANDLES });
    expect((await refusal(most)).code).toBe('candles.too_many');
  });

  test('a source or a market that is not there', async () => {
    expect((await refusal({ ...hours, source: 'nowhere', ...range(0, 9) })).code).toBe('market.source_unknown');
    expect((await refusal({ ...demo, symbol: 'X/Y', ...range(0, 9) })).code).toBe('market.not_traded');
    expect((await refusal({ ...hours, symbol: 'X/Y', ...range(0, 9) })).params).toMatchObject({
      symbol: 'X/Y',
      exchange: 'binance',
    });
    await writeCandles(ctx(), { ...hours, source: 'mine' }, randomCandles(1, 10));
    expect((await refusal({ ...hours, source: 'mine', symbol: 'X/Y', ...range(0, 9) })).code).toBe('candles.none');
  });

  test.each([
    ['unreachable', 'market.unreachable', 6],
    ['slow', 'market.slow', 6],
    ['limited', 'market.limited', 6],
    ['maintenance', 'market.maintenance', 6],
    ['malformed', 'market.malformed', 6],
    ['region', 'market.region', 1],
    ['unsupported', 'market.unsupported', 1],
    ['symbol_unknown', 'market.not_traded', 1],
  ] as const)('an exchange that stays %s: %s, and what came is kept', async (kind, code, attempts) => {
    await ensureCandles(ctx(), { ...hours, ...range(0, 3) }, quick);
    source.asked = [];
    source.troubles = Array.from({ length: attempts }, () => kind);
    const error = await refusal({ ...hours, ...range(0, 60) });
    expect([error.code, error.params.exchange]).toEqual([code, 'binance']);
    for (const language of ['th', 'en'] as const)
      expect(translate(language, `error.${code}`, error.params)).toContain('binance');
    expect(source.asked).toHaveLength(attempts);
    expect((await ensureCandles(ctx(), { ...hours, ...range(0, 60) }, quick)).candles.length).toBe(1440);
  });

  test('broken candles, of which none is stored: candles.broken', async () => {
    const broken = joinCandles([market]);
    broken.low[30] = -1;
    source.series.set(keyOf('BTC/USDT', '1h'), broken);
    expect((await refusal({ ...hours, ...range(0, 9) })).code).toBe('candles.broken');
    expect((await readCandles(ctx(), hours, range(0, 99))).length).toBe(0);
  });

  test('whoever cancelled: candles.cancelled before anything is done, while waiting, and in the refusal they chose', async () => {
    const over = AbortSignal.abort();
    for (const wanted of [demo, hours])
      expect((await refusal({ ...wanted, ...range(0, 9) }, { signal: over })).code).toBe('candles.cancelled');
    expect(source.asked).toEqual([]);
    const own = AbortSignal.abort(new Refusal('run.ended'));
    expect((await refusal({ ...demo, ...range(0, 9) }, { signal: own })).code).toBe('run.ended');
    let release = () => {};
    source.pause = () => new Promise((resolve) => (release = resolve));
    const first = ensureCandles(ctx(), { ...hours, ...range(0, 9) }, quick);
    while (source.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const stop = new AbortController();
    const second = refusal({ ...hours, ...range(0, 9) }, { signal: stop.signal });
    stop.abort();
    expect((await second).code).toBe('candles.cancelled');
    source.pause = undefined;
    release();
    expect((await first).candles.length).toBe(216);
  });

  test('whoever may not ask', async () => {
    await expect(
      ensureCandles(world.ctx({ kind: 'gateway', provider: 'hook' }), { ...demo, ...range(0, 9) }),
    ).rejects.toMatchObject({ code: 'access.denied' });
  });
});
