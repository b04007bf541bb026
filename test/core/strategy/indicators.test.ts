import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Candles } from '../../../src/core/market/candles.ts';
import { adx, adxStream } from '../../../src/core/strategy/indicators/adx.ts';
import { atr, atrStream } from '../../../src/core/strategy/indicators/atr.ts';
import { bollinger, bollingerStream } from '../../../src/core/strategy/indicators/bollinger.ts';
import { cci, cciStream } from '../../../src/core/strategy/indicators/cci.ts';
import { donchian, donchianStream } from '../../../src/core/strategy/indicators/donchian.ts';
import { ema, emaStream } from '../../../src/core/strategy/indicators/ema.ts';
import { keltner, keltnerStream } from '../../../src/core/strategy/indicators/keltner.ts';
import { macd, macdStream } from '../../../src/core/strategy/indicators/macd.ts';
import { obv, obvStream } from '../../../src/core/strategy/indicators/obv.ts';
import { roc, rocStream } from '../../../src/core/strategy/indicators/roc.ts';
import { rsi, rsiStream } from '../../../src/core/strategy/indicators/rsi.ts';
import { sma, smaStream } from '../../../src/core/strategy/indicators/sma.ts';
import { stochastic, stochasticStream } from '../../../src/core/strategy/indicators/stochastic.ts';
import { supertrend, supertrendStream } from '../../../src/core/strategy/indicators/supertrend.ts';
import { vwap, vwapStream } from '../../../src/core/strategy/indicators/vwap.ts';
import { wma, wmaStream } from '../../../src/core/strategy/indicators/wma.ts';
import { randomCandles } from '../../support/candles.ts';
import { naive } from '../../support/naiveIndicators.ts';

/** Every line of every indicator: over columns, fed candle by candle, and as the naive formula says; and where it starts. */
interface Line {
  column(candles: Candles): Float64Array;
  fed(candles: Candles): number[];
  naive(candles: Candles): number[];
  startsAt: number;
}

const each = (candles: Candles, next: (i: number) => number) => Array.from(candles.time, (_, i) => next(i));
const num = (column: Float64Array, i: number) => column[i] as number;

function closeLine(
  whole: (source: Float64Array) => Float64Array,
  stream: () => (value: number) => number,
  plain: (source: number[]) => number[],
  startsAt: number,
): Line {
  return {
    column: ({ close }) => whole(close),
    fed: (candles) => {
      const next = stream();
      return each(candles, (i) => next(num(candles.close, i)));
    },
    naive: ({ close }) => plain([...close]),
    startsAt,
  };
}

type Pushed = { push(high: number, low: number, close: number): void };

function candleLine<S extends Pushed, K extends keyof S & string>(
  column: Line['column'],
  stream: () => S,
  field: K,
  plain: Line['naive'],
  startsAt: number,
): Line {
  const fed = (candles: Candles) => {
    const s = stream();
    return each(candles, (i) => {
      s.push(num(candles.high, i), num(candles.low, i), num(candles.close, i));
      return s[field] as number; // every field of these streams but push is a number
    });
  };
  return { column, fed, naive: plain, startsAt };
}

const periods = { fast: 12, slow: 26, signal: 9 };
const slow = { period: 14, slowK: 3, slowD: 3 };
const channel = { period: 20, atrPeriod: 10, width: 2 };
const trend = { period: 10, width: 3 };
const macdFed = (field: 'macd' | 'signal' | 'histogram') => () => {
  const s = macdStream(periods);
  return (value: number) => {
    s.push(value);
    return s[field];
  };
};
const bandFed = (field: 'upper' | 'middle' | 'lower') => () => {
  const s = bollingerStream(20, 2);
  return (value: number) => {
    s.push(value);
    return s[field];
  };
};
const pushing = (next: (high: number, low: number, close: number) => number) => {
  const s = {
    value: Number.NaN,
    push(high: number, low: number, close: number) {
      s.value = next(high, low, close);
    },
  };
  return s;
};

const lines: Record<string, Line> = {
  'SMA 10': closeLine(
    (c) => sma(c, 10),
    () => smaStream(10),
    (c) => naive.sma(c, 10),
    9,
  ),
  'EMA 10': closeLine(
    (c) => ema(c, 10),
    () => emaStream(10),
    (c) => naive.ema(c, 10),
    9,
  ),
  'WMA 10': closeLine(
    (c) => wma(c, 10),
    () => wmaStream(10),
    (c) => naive.wma(c, 10),
    9,
  ),
  'RSI 14': closeLine(
    (c) => rsi(c, 14),
    () => rsiStream(14),
    (c) => naive.rsi(c, 14),
    14,
  ),
  'ROC 10': closeLine(
    (c) => roc(c, 10),
    () => rocStream(10),
    (c) => naive.roc(c, 10),
    10,
  ),
  'MACD 12/26/9': closeLine(
    (c) => macd(c, periods).macd,
    macdFed('macd'),
    (c) => naive.macd(c, periods).macd,
    33,
  ),
  'MACD signal': closeLine(
    (c) => macd(c, periods).signal,
    macdFed('signal'),
    (c) => naive.macd(c, periods).signal,
    33,
  ),
  'MACD histogram': closeLine(
    (c) => macd(c, periods).histogram,
    macdFed('histogram'),
    (c) => naive.macd(c, periods).histogram,
    33,
  ),
  'Bollinger upper': closeLine(
    (c) => bollinger(c, 20, 2).upper,
    bandFed('upper'),
    (c) => naive.bollinger(c, 20, 2),
    19,
  ),
  'Bollinger middle': closeLine(
    (c) => bollinger(c, 20, 2).middle,
    bandFed('middle'),
    (c) => naive.sma(c, 20),
    19,
  ),
  'Bollinger lower': closeLine(
    (c) => bollinger(c, 20, 2).lower,
    bandFed('lower'),
    (c) => naive.bollinger(c, 20, -2),
    19,
  ),
  'ATR 14': candleLine(
    (c) => atr(c, 14),
    () => pushing(atrStream(14)),
    'value',
    (c) => naive.atr(c, 14),
    14,
  ),
  'CCI 20': candleLine(
    (c) => cci(c, 20),
    () => pushing(cciStream(20)),
    'value',
    (c) => naive.cci(c, 20),
    19,
  ),
  'ADX 14': candleLine(
    (c) => adx(c, 14).adx,
    () => adxStream(14),
    'adx',
    (c) => naive.adx(c, 14).adx,
    27,
  ),
  '+DI 14': candleLine(
    (c) => adx(c, 14).plusDi,
    () => adxStream(14),
    'plusDi',
    (c) => naive.adx(c, 14).plusDi,
    14,
  ),
  '-DI 14': candleLine(
    (c) => adx(c, 14).minusDi,
    () => adxStream(14),
    'minusDi',
    (c) => naive.adx(c, 14).minusDi,
    14,
  ),
  'Stochastic %K': candleLine(
    (c) => stochastic(c, slow).k,
    () => stochasticStream(slow),
    'k',
    (c) => naive.stochastic(c, slow).k,
    17,
  ),
  'Stochastic %D': candleLine(
    (c) => stochastic(c, slow).d,
    () => stochasticStream(slow),
    'd',
    (c) => naive.stochastic(c, slow).d,
    17,
  ),
  'Donchian upper': candleLine(
    (c) => donchian(c, 20).upper,
    () => donchianStream(20),
    'upper',
    (c) => naive.windows([...c.high], 20, (w) => Math.max(...w)),
    19,
  ),
  'Donchian lower': candleLine(
    (c) => donchian(c, 20).lower,
    () => donchianStream(20),
    'lower',
    (c) => naive.windows([...c.low], 20, (w) => Math.min(...w)),
    19,
  ),
  'Keltner upper': candleLine(
    (c) => keltner(c, channel).upper,
    () => keltnerStream(channel),
    'upper',
    (c) => naive.keltner(c, channel),
    19,
  ),
  'Supertrend line': candleLine(
    (c) => supertrend(c, trend).line,
    () => supertrendStream(trend),
    'line',
    (c) => naive.supertrend(c, trend).line,
    10,
  ),
  'Supertrend direction': candleLine(
    (c) => supertrend(c, trend).direction,
    () => supertrendStream(trend),
    'direction',
    (c) => naive.supertrend(c, trend).direction,
    10,
  ),
  OBV: {
    column: obv,
    fed: (c) => {
      const next = obvStream();
      return each(c, (i) => next(num(c.close, i), num(c.volume, i)));
    },
    naive: (c) => naive.obv(c),
    startsAt: 0,
  },
  VWAP: {
    column: vwap,
    fed: (c) => {
      const next = vwapStream();
      return each(c, (i) => next(num(c.time, i), num(c.high, i), num(c.low, i), num(c.close, i), num(c.volume, i)));
    },
    naive: (c) => naive.vwap(c),
    startsAt: 0,
  },
};

/** Equal to `digits` relative to the size of the numbers, and not a number in the same places. */
function expectSame(one: ArrayLike<number>, other: ArrayLike<number>, tolerance: number): void {
  expect(one.length).toBe(other.length);
  for (let i = 0; i < one.length; i++) {
    const [a, b] = [one[i] as number, other[i] as number];
    const same = Number.isNaN(a)
      ? Number.isNaN(b)
      : Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));
    if (!same) expect([i, a]).toEqual([i, b]);
  }
}

const named = Object.entries(lines);

test.each(named)('%s fed candle by candle agrees with the column to 1e-12', (_, line) => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 200 }), (seed, length) => {
      const candles = randomCandles(seed, length);
      expectSame(line.column(candles), line.fed(candles), 1e-12);
    }),
    { numRuns: 30 },
  );
});

test.each(named)('%s is what its formula says, written out naively', (_, line) => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 200 }), (seed, length) => {
      const candles = randomCandles(seed, length);
      expectSame(line.column(candles), line.naive(candles), 1e-9);
    }),
    { numRuns: 30 },
  );
});

test.each(named)('%s starts where TA-Lib starts it and has a value ever after', (_, line) => {
  const column = line.column(randomCandles(1, 120));
  expect(column.findIndex((value) => !Number.isNaN(value))).toBe(line.startsAt);
  expect(column.subarray(line.startsAt).every((value) => Number.isFinite(value))).toBe(true);
});

test.each(named)('%s over a prefix is the prefix of the whole: nothing looks ahead', (_, line) => {
  const whole = randomCandles(3, 150);
  for (const length of [0, 1, 20, 33, 80]) {
    const prefix = randomCandles(3, length);
    expectSame(line.column(prefix), line.column(whole).subarray(0, length), 0);
  }
});

// The worked example that charting schools print for the RSI over 14 days; prices there are rounded to cents.
const SCHOOL = [
  44.34, 44.09, 44.15, 43.61, 44.33, 44.83, 45.1, 45.42, 45.84, 46.08, 45.89, 46.03, 45.61, 46.28, 46.28, 46.0, 46.03,
  46.41, 46.22, 45.64, 46.21, 46.25, 45.71, 46.45, 45.78, 45.35, 44.03, 44.18, 44.22, 44.57, 43.42, 42.66, 43.13,
];

test('the RSI of the textbook example', () => {
  const [first, second, third] = rsi(Float64Array.from(SCHOOL), 14).subarray(14);
  expect([first, second, third].map((value) => value?.toFixed(2))).toEqual(['70.46', '66.25', '66.48']);
});

test('values that can be checked by hand', () => {
  const column = Float64Array.from([1, 2, 3, 4, 5]);
  expect([...sma(column, 2)].slice(1)).toEqual([1.5, 2.5, 3.5, 4.5]);
  expect([...wma(column, 3)].slice(2)).toEqual([14 / 6, 20 / 6, 26 / 6]);
  expect([...ema(column, 3)].slice(2)).toEqual([2, 3, 4]);
  expect([...roc(column, 1)].slice(1)).toEqual([100, 50, (4 / 3 - 1) * 100, 25]);
  expect([...rsi(column, 2)].slice(2)).toEqual([100, 100, 100]);
  const bands = bollinger(Float64Array.from([2, 4]), 2, 2);
  expect([bands.lower[1], bands.middle[1], bands.upper[1]]).toEqual([1, 3, 5]);
});

test('a price that never moves makes no division by zero', () => {
  const flat = Float64Array.from({ length: 60 }, () => 100);
  const candles: Candles = {
    length: 60,
    time: flat.map((_, i) => i),
    open: flat,
    high: flat,
    low: flat,
    close: flat,
    volume: flat,
  };
  for (const [name, line] of named) {
    const values = line.column(candles).subarray(line.startsAt);
    // Without any direction there is no directional movement to average.
    expect([name, values.every((value) => Number.isFinite(value))]).toEqual([name, true]);
  }
});

test('a sum that moves along keeps its digits over half a million values', () => {
  const column = Float64Array.from({ length: 500_000 }, (_, i) => (i % 2 ? 1e9 : 1e-3));
  const last = sma(column, 10).at(-1) ?? Number.NaN;
  expect(Math.abs(last - (5e9 + 5e-3) / 10)).toBeLessThan(1e-4);
});

test('periods that mean nothing are refused', () => {
  for (const period of [0, -1, 1.5, Number.NaN]) expect(() => smaStream(period)).toThrow(RangeError);
  expect(() => macdStream({ fast: 26, slow: 12, signal: 9 })).toThrow(RangeError);
  expect(() => adxStream(1)).toThrow(RangeError);
});
