import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { strategyNamed } from '../../../src/core/backtest/ask.ts';
import { optionWords, readOptions, settingsText } from '../../../src/core/backtest/options.ts';
import { Refusal } from '../../../src/core/error.ts';
import { strategies } from '../../../src/core/strategy/strategies.ts';

const sma = strategyNamed('sma_cross');
const refused = (text: string, strategy = sma) => {
  try {
    readOptions(strategy, text);
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, ...error.params };
    throw error;
  }
  throw new Error(`"${text}" was taken`);
};

describe('options', () => {
  test('set parameters and settings in any order, in percent or as a fraction, in Thai digits too', () => {
    expect(readOptions(sma, 'fee=0.1% fast=๑๒, stop:2%; short size=0.5 leverage=3')).toEqual({
      params: { fast: 12, slow: 50 },
      settings: {
        feeRate: 0.001,
        stopLossRate: 0.02,
        shorting: true,
        sizing: { kind: 'fraction', fraction: 0.5 },
        leverage: 3,
      },
      grid: {},
    });
    expect(readOptions(sma, 'risk=1% trail=0.03').settings).toEqual({
      sizing: { kind: 'risk', rate: 0.01 },
      trailingStopRate: 0.03,
    });
    expect(readOptions(sma, '')).toEqual({ params: { fast: 10, slow: 50 }, settings: {}, grid: {} });
  });

  test('give ranges in the steps of the parameter or in their own', () => {
    expect(readOptions(sma, 'fast=5..8').grid).toEqual({ fast: [5, 6, 7, 8] });
    expect(readOptions(sma, 'slow=20..60/20').grid).toEqual({ slow: [20, 40, 60] });
    expect(readOptions(strategyNamed('mean_reversion'), 'std_dev=1.5..2.5/0.5').grid).toEqual({
      std_dev: [1.5, 2, 2.5],
    });
  });

  test('take thousands with a comma and blanks around the sign', () => {
    expect(readOptions(sma, 'capital=10,000,fast = 5').settings).toEqual({ capital: 10_000 });
    expect(readOptions(sma, 'capital=1,250,000 fast =5, slow= 20')).toMatchObject({
      params: { fast: 5, slow: 20 },
      settings: { capital: 1_250_000 },
    });
  });

  test('hold the bounds and rules of parameters against ranges as well', () => {
    expect(refused('fast=-5..5')).toMatchObject({ code: 'strategy.param_wrong', problem: 'too_small', param: 'fast' });
    expect(refused('fast=5.5..9.5/0.5')).toMatchObject({ code: 'strategy.param_wrong', problem: 'not_whole' });
    expect(refused('fast=60..80')).toMatchObject({ code: 'strategy.param_wrong', problem: 'not_below', other: 'slow' });
    // The usual value of what has a range stands in nobody's way.
    expect(readOptions(sma, 'slow=5 fast=2..4')).toMatchObject({
      params: { fast: 2, slow: 5 },
      grid: { fast: [2, 3, 4] },
    });
    expect(readOptions(sma, 'fast=40..60/10 slow=55').params).toEqual({ fast: 10, slow: 55 });
  });

  test('are told as they would be written, the fee always', () => {
    expect(settingsText({})).toBe('fee 0.1%');
    const { settings } = readOptions(sma, 'fee=0.1 stop=2% leverage=3 short capital=500 risk=1%');
    expect(settingsText(settings)).toBe('capital 500 · fee 10% · leverage 3 · stop 2% · risk 1% · short');
    expect(settingsText(readOptions(sma, 'size=50%').settings)).toBe('fee 0.1% · size 50%');
  });

  test('that cannot be are refused with what would be right', () => {
    expect(refused('fast')).toMatchObject({ code: 'option.malformed', text: 'fast' });
    expect(refused('fast=')).toMatchObject({ code: 'option.malformed' });
    expect(refused('fats=3')).toMatchObject({ code: 'option.unknown', suggests: 'yes', nearest: 'fast' });
    expect(refused('zebra=3')).toMatchObject({ code: 'option.unknown', suggests: 'no' });
    expect(refused('fee=cheap')).toMatchObject({ code: 'option.not_a_number', name: 'fee', given: 'cheap' });
    expect(refused('fee=-1%')).toMatchObject({ code: 'option.not_a_number' });
    expect(refused('fast=9..5')).toMatchObject({ code: 'option.range_wrong' });
    expect(refused('fast=1..999999')).toMatchObject({ code: 'option.range_wrong' });
    expect(refused('fast=1..50 slow=60..400')).toMatchObject({ code: 'optimize.too_many' });
    expect(refused('fast=60')).toMatchObject({ code: 'strategy.param_wrong', problem: 'not_below', other: 'slow' });
    expect(refused('fast=1.5')).toMatchObject({ code: 'strategy.param_wrong', problem: 'not_whole' });
    expect(refused('fee=20%')).toMatchObject({ code: 'strategy.setting_wrong', name: 'fee', max: '10%' });
    expect(refused('risk=1%')).toMatchObject({ code: 'strategy.setting_wrong', problem: 'needs_stop' });
    expect(() => strategyNamed('sma-crss')).toThrow('strategy.unknown');
  });

  test('of any text are taken or refused, and never break', () => {
    const word = fc.oneof(
      fc.constantFrom(...optionWords, 'fast', 'slow', '=', '..', '/', '%', '1', '0.5', ' '),
      fc.string({ maxLength: 4 }),
    );
    const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(''));
    fc.assert(
      fc.property(fc.constantFrom(...strategies), text, (strategy, text) => {
        try {
          const { params, settings } = readOptions(strategy, text);
          expect(Object.keys(params)).toEqual(Object.keys(strategy.params));
          for (const value of Object.values(settings)) expect(value).not.toBeNaN();
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 500 },
    );
  });
});
