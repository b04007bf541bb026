import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { strategyNamed } from '../../../src/core/backtest/ask.ts';
import { optionWords, readOptions } from '../../../src/core/backtest/options.ts';
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
