import { describe, expect, test } from 'vitest';
import { type RunInput, runBacktest } from '../../../src/core/backtest/engine.ts';
import { honesty, honestyCodes, lookAhead } from '../../../src/core/backtest/honesty.ts';
import { defineStrategy, paramsOf, type StrategyDefinition } from '../../../src/core/strategy/definition.ts';
import { findStrategy, strategies } from '../../../src/core/strategy/strategies.ts';
import { hasText, languages, translate } from '../../../src/core/text/text.ts';
import { candlesOf, flat } from '../../support/backtest.ts';
import { randomCandles } from '../../support/candles.ts';

const check = (input: RunInput) => honesty(input, runBacktest(input));
const codes = (input: RunInput) => check(input).map(({ code }) => code);

/** Buys where the next candle closes higher: a fortune, and not one that can be had. */
const prophet = defineStrategy({
  name: 'prophet',
  kind: 'trend',
  params: {},
  warmup: () => 0,
  prepare: ({ candles }) => ({ next: Float64Array.from(candles.close, (_, i) => candles.close[i + 1] ?? 0) }),
  stream: () => () => ({ next: 0 }),
  decide(desk, { next }) {
    if ((next[desk.index] as number) > desk.candle.close) desk.buy();
    else desk.sell();
  },
});

describe('look-ahead', () => {
  test('is found in a strategy that reads the next candle, with the candle it shows at', () => {
    const finding = lookAhead({ candles: randomCandles(1, 500), strategy: prophet, params: {} }, 40);
    expect(finding).toMatchObject({ code: 'look_ahead', level: 'fault' });
    expect(finding.numbers.index).toBe((finding.numbers.candles ?? 0) - 1);
  });

  test('is found in one that looks at the whole series, such as its highest close', () => {
    const peak = defineStrategy({
      ...prophet,
      prepare: ({ candles }) => ({
        next: candles.close.map((_, i) => (i === candles.close.indexOf(Math.max(...candles.close)) ? 0 : 1e9)),
      }),
    });
    expect(lookAhead({ candles: randomCandles(1, 500), strategy: peak, params: {} }).code).toBe('look_ahead');
  });

  test('is found in none of ours', () => {
    for (const strategy of strategies) {
      const { params } = paramsOf(strategy, {});
      expect([
        strategy.name,
        lookAhead({ candles: randomCandles(2, 600), strategy, params, settings: { shorting: true } }, 50).code,
      ]).toEqual([strategy.name, 'no_look_ahead']);
    }
  });
});

const everyOther: StrategyDefinition = defineStrategy({
  name: 'every_other',
  kind: 'trend',
  params: {},
  warmup: () => 0,
  prepare: () => ({}),
  stream: () => () => ({}),
  decide: (desk) => (desk.index % 2 === 0 ? desk.buy() : desk.sell()),
});

describe('costs and delay', () => {
  test('decide where a result lives on small moves and on the very next price', () => {
    // Bought at 100, sold at 101, again and again: 1 % less fees of 0.4 %, and a loss one candle later.
    const saw = candlesOf(flat(...Array.from({ length: 200 }, (_, i) => (i % 2 === 1 ? 100 : 101))));
    const found = check({ candles: saw, strategy: everyOther, params: {}, settings: { feeRate: 0.004 } });
    expect(found.map(({ code, level }) => [code, level])).toEqual(
      expect.arrayContaining([
        ['fees_decide', 'warning'],
        ['delay_decides', 'warning'],
      ]),
    );
  });

  test('do not where it does not', () => {
    const rising = candlesOf(flat(...Array.from({ length: 200 }, (_, i) => 100 * 1.05 ** i)));
    const found = check({ candles: rising, strategy: everyOther, params: {}, settings: { feeRate: 0.001 } });
    expect(found.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['fees_bearable', 'delay_bearable', 'enough_trades']),
    );
  });
});

describe('amount', () => {
  const sma = findStrategy('sma_cross');
  if (!sma) throw new Error('there is no sma_cross');

  test('few trades and few days are said', () => {
    expect(codes({ candles: randomCandles(3, 300), strategy: sma, params: { fast: 10, slow: 20 } })).toEqual(
      expect.arrayContaining(['few_trades', 'short_history', 'warmup_ready']),
    );
    expect(codes({ candles: randomCandles(3, 3000), strategy: sma, params: { fast: 2, slow: 4 } })).not.toContain(
      'few_trades',
    );
    expect(codes({ candles: randomCandles(3, 3000), strategy: sma, params: { fast: 2, slow: 4 } })).not.toContain(
      'short_history',
    );
  });

  test('a warm-up that takes too much of the candles, or begins before its columns do, is said', () => {
    expect(codes({ candles: randomCandles(3, 300), strategy: sma, params: { fast: 10, slow: 100 } })).toContain(
      'warmup_long',
    );
    const hasty = { ...sma, warmup: () => 5 };
    expect(codes({ candles: randomCandles(3, 300), strategy: hasty, params: { fast: 10, slow: 20 } })).toContain(
      'warmup_unready',
    );
  });
});

test('everything that can be found has a sentence in both languages with its numbers', () => {
  const found = [
    ...check({ candles: randomCandles(3, 300), strategy: prophet, params: {} }),
    ...check({ candles: randomCandles(3, 3000), strategy: everyOther, params: {} }),
  ];
  expect(found.length).toBeGreaterThan(8);
  for (const language of languages) {
    for (const { code, numbers } of found)
      expect(translate(language, `strategy.honesty-${code}`, { ...numbers })).not.toBe('');
    for (const code of honestyCodes)
      expect([code, hasText(language, `strategy.honesty-${code}`)]).toEqual([code, true]);
  }
});
