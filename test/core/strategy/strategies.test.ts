import { describe, expect, test } from 'vitest';
import { exitReasons } from '../../../src/core/backtest/trades.ts';
import { type Columns, paramsOf } from '../../../src/core/strategy/definition.ts';
import { Indicators } from '../../../src/core/strategy/indicators.ts';
import { below, choice, integer, number, readParams } from '../../../src/core/strategy/params.ts';
import { Stepper } from '../../../src/core/strategy/stepper.ts';
import { findStrategy, nearestStrategy, strategies } from '../../../src/core/strategy/strategies.ts';
import { hasText, languages } from '../../../src/core/text/text.ts';
import { flat, play } from '../../support/backtest.ts';
import { randomCandles } from '../../support/candles.ts';

const both = (key: string) => languages.every((language) => hasText(language, key));

describe('the nine', () => {
  test('have the names and parameters of the contract', () => {
    expect(Object.fromEntries(strategies.map(({ name, params }) => [name, Object.keys(params)]))).toEqual({
      sma_cross: ['fast', 'slow'],
      ema_cross: ['fast', 'slow'],
      rsi_cross: ['rsi_period', 'rsi_oversold', 'rsi_overbought'],
      macd: ['fast', 'slow', 'signal'],
      rsi_macd: ['rsi_period', 'rsi_oversold', 'rsi_overbought', 'fast', 'slow', 'signal'],
      mean_reversion: ['period', 'std_dev'],
      breakout: ['period', 'exit_period'],
      grid: ['lower', 'upper', 'levels'],
      dca: ['interval_hours', 'amount'],
    });
  });

  test('take their own defaults', () => {
    for (const strategy of strategies)
      expect([strategy.name, paramsOf(strategy, {}).problems]).toEqual([strategy.name, []]);
  });

  test('have words in both languages, as have their kinds, parameters and exits', () => {
    for (const { name, kind, params } of strategies) {
      const keys = [
        `strategy.${name}`,
        `strategy.${name}-about`,
        `strategy.kind-${kind}`,
        ...Object.keys(params).map((p) => `strategy.param-${p}`),
      ];
      for (const key of keys) expect([key, both(key)]).toEqual([key, true]);
    }
    for (const reason of exitReasons) expect([reason, both(`strategy.exit-${reason}`)]).toEqual([reason, true]);
  });

  test('begin with the first candle at which all they read has a value', () => {
    const candles = randomCandles(4, 300);
    const steps: Record<string, number> = { sma_cross: 1, ema_cross: 1, macd: 1, rsi_macd: 1, breakout: 1 }; // these look one candle back
    for (const strategy of strategies) {
      const { params } = paramsOf(strategy, {});
      const warmup = strategy.warmup(params);
      const columns = Object.values(strategy.prepare(new Indicators(candles), params));
      const back = warmup - (steps[strategy.name] ?? 0);
      expect([strategy.name, columns.every((column) => Number.isFinite(column[back]))]).toEqual([strategy.name, true]);
      if (columns.length > 0)
        expect([strategy.name, columns.some((column) => Number.isNaN(column[back - 1]))]).toEqual([
          strategy.name,
          true,
        ]);
    }
  });

  test('compute the same columns whole and candle by candle, past the room they begin with', () => {
    const candles = randomCandles(6, 2500);
    for (const strategy of strategies) {
      const { params } = paramsOf(strategy, {});
      const whole: Columns = strategy.prepare(new Indicators(candles), params);
      const stepper = new Stepper(strategy, params);
      for (let i = 0; i < candles.length; i++) {
        const of = (column: Float64Array) => column[i] as number; // i is inside
        const { time, open, high, low, close, volume } = candles;
        stepper.push({
          time: of(time),
          open: of(open),
          high: of(high),
          low: of(low),
          close: of(close),
          volume: of(volume),
        });
      }
      expect(Object.keys(stepper.columns)).toEqual(Object.keys(whole));
      for (const [name, column] of Object.entries(whole))
        expect(stepper.columns[name]?.subarray(0, 2500)).toEqual(column);
      expect(stepper.candles.close.subarray(0, 2500)).toEqual(Float64Array.from(candles.close));
    }
  });

  test('are found by name, and a misspelt name finds the nearest', () => {
    expect(findStrategy('macd')?.name).toBe('macd');
    expect(findStrategy('mcad')).toBeUndefined();
    expect(nearestStrategy('mcad')).toBe('macd');
    expect(nearestStrategy('rsi-cross')).toBe('rsi_cross');
    expect(nearestStrategy('bollinger')).toBeUndefined();
  });
});

describe('grid', () => {
  const grid = findStrategy('grid');
  if (!grid) throw new Error('there is no grid');
  const params = { lower: 80, upper: 120, levels: 5 }; // lines at 80, 90, 100, 110, 120; 250 in each gap

  test('buys the lines above the price at once and the others on the way down, and sells each one line higher', () => {
    const rows = flat(105, 105, 95, 112, 112);
    const run = play(rows, grid, {}, { params });
    // At the open of candle 1: the line at 110 (sold at 120). On the way down: 100 (sold at 110). 80 and 90 wait.
    expect(run.list).toMatchObject([
      { entryIndex: 2, entryPrice: 95, exitIndex: 3, exitPrice: 112, reason: 'take_profit' },
    ]);
    expect(run.open?.lots).toBe(1);
    expect(run.open?.entryPrice).toBeCloseTo(105, 10);
    expect(run.ordersLeft).toBe(3);
  });

  test('has 10 % to both sides of the first close when no range is given', () => {
    const run = play(flat(100, 100, 91, 100), grid, {}, { params: { lower: 0, upper: 0, levels: 3 } }); // lines at 90, 100, 110
    expect(run.open).toMatchObject({ entryPrice: 100, lots: 1 });
  });

  test('does not buy back what was stopped until the price is above the line again', () => {
    const stopped = play(
      flat(105, 105, 89, 71.2, 69, 68, 100, 89),
      grid,
      { stopLossRate: 0.1 },
      { params: { lower: 90, upper: 110, levels: 2 } },
    );
    expect(stopped.list.map(({ entryIndex, reason }) => [entryIndex, reason])).toEqual([[2, 'stop_loss']]);
    expect(stopped.open).toMatchObject({ entryIndex: 7, entryPrice: 89, qty: 800 / 89 });
  });
});

describe('dca', () => {
  const dca = findStrategy('dca');
  if (!dca) throw new Error('there is no dca');

  test('buys for the same amount each time the interval has passed, until the money is used up', () => {
    const run = play(
      flat(...Array.from({ length: 12 }, () => 10)),
      dca,
      { capital: 350 },
      { params: { interval_hours: 3, amount: 100 } },
    );
    expect(run.open).toMatchObject({ lots: 3, qty: 30 });
    expect(run.equity.at(-1)).toBe(350);
    expect(run.droppedNoMoney).toBe(1); // at candle 10; those of 1, 4 and 7 were paid
  });
});

describe('rsi_macd', () => {
  test('waits with its setup for the crossing, and the crossing uses it up', () => {
    const strategy = findStrategy('rsi_macd');
    const candles = randomCandles(12, 500);
    if (!strategy) throw new Error('there is no rsi_macd');
    const params = { rsi_period: 5, rsi_oversold: 30, rsi_overbought: 70, fast: 3, slow: 7, signal: 4 };
    const { rsi, macd, signal } = strategy.prepare(new Indicators(candles), params);
    const run = play(candles, strategy, {}, { params });
    const at = (column: Float64Array | undefined, i: number) => column?.[i] ?? Number.NaN;
    expect(run.list.length).toBeGreaterThan(3);
    for (const { entryIndex } of run.list) {
      const i = entryIndex - 1;
      expect(at(macd, i - 1)).toBeLessThan(at(signal, i - 1));
      expect(at(macd, i)).toBeGreaterThan(at(signal, i));
      let back = i;
      while (back > 0 && at(rsi, back) >= 30) back -= 1;
      expect(Math.max(...Array.from({ length: i - back }, (_, k) => at(rsi, back + 1 + k)))).toBeLessThanOrEqual(70);
    }
  });
});

describe('parameters', () => {
  const schema = {
    fast: integer({ min: 1, max: 50, default: 10 }),
    slow: integer({ min: 2, max: 100, default: 20 }),
    width: number({ min: 0.5, max: 4, step: 0.5, default: 2 }),
    price: choice(['close', 'open']),
  };
  const read = (given: Record<string, number | string>) => readParams(schema, [below('fast', 'slow')], given);

  test('that are left out take their defaults; text is read as numbers', () => {
    expect(read({ fast: ' 12 ', width: '1.5e0', price: 'open' })).toEqual({
      params: { fast: 12, slow: 20, width: 1.5, price: 'open' },
      problems: [],
    });
  });

  test('are all judged at once, each with what is wrong and the numbers for its sentence', () => {
    expect(read({ fats: 3, fast: '1e', slow: 500, width: 0.1, price: 'high' }).problems).toEqual([
      { param: 'fats', code: 'unknown' },
      { param: 'fast', code: 'not_a_number', given: '1e' },
      { param: 'slow', code: 'too_large', given: 500, max: 100 },
      { param: 'width', code: 'too_small', given: 0.1, min: 0.5 },
      { param: 'price', code: 'not_a_choice', given: 'high', choices: 'close, open' },
    ]);
  });

  test('that do not exist find the nearest one that was not given', () => {
    expect(read({ fats: 3 }).problems).toEqual([{ param: 'fats', code: 'unknown', nearest: 'fast' }]);
    expect(read({ constructor: 3 }).problems).toEqual([{ param: 'constructor', code: 'unknown' }]);
  });

  test('have to be what their rules say to each other', () => {
    expect(read({ fast: 20, slow: 20 }).problems).toEqual([
      { param: 'fast', code: 'not_below', given: 20, other: 'slow' },
    ]);
    const grid = findStrategy('grid');
    if (!grid) throw new Error('there is no grid');
    expect(paramsOf(grid, { lower: 10, upper: 5 }).problems).toMatchObject([{ code: 'not_below' }]);
    expect(paramsOf(grid, { lower: 10 }).problems).toEqual([]);
  });

  test.each(['', '0x10', 'NaN', 'Infinity', '1,5', '1 2', '--1'])('"%s" is no number', (text) => {
    expect(read({ width: text }).problems).toMatchObject([{ code: 'not_a_number' }]);
  });

  test('that are whole numbers take no others, and have words for everything that can be wrong', () => {
    expect(read({ fast: 1.5 }).problems).toEqual([{ param: 'fast', code: 'not_whole', given: '1.5' }]);
    for (const code of [
      'unknown',
      'unknown-nearest',
      'not_a_number',
      'not_whole',
      'too_small',
      'too_large',
      'not_a_choice',
      'not_below',
    ])
      expect([code, both(`strategy.problem-${code}`)]).toEqual([code, true]);
  });
});

test('indicators are computed once for all that ask, and the one not asked for longest goes first', () => {
  const candles = randomCandles(1, 100);
  const kept = new Indicators(candles, { keptBytes: 2 * 100 * 8 });
  const [five, six] = [kept.sma(5), kept.sma(6)];
  expect(kept.sma(5)).toBe(five);
  kept.sma(7);
  expect(kept.sma(5)).toBe(five);
  expect(kept.sma(6)).not.toBe(six);
});
