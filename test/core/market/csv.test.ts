import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candleColumns } from '../../../src/core/market/candles.ts';
import { type CsvProblem, parseCandles } from '../../../src/core/market/csv.ts';
import { candleFaults, firstOutsideRange } from '../../../src/core/market/fault.ts';
import { hasText, languages } from '../../../src/core/text/text.ts';
import { candlesOf, flat, START_MS } from '../../support/backtest.ts';

const HEADER = 'timestamp,open,high,low,close,volume';
const row = (i: number, rest = '1,2,0.5,1.5,10') => `${START_MS + i * 60_000},${rest}`;
const parse = (...lines: string[]) => parseCandles(new TextEncoder().encode(lines.join('\n')));
const problems = (...lines: string[]) => parse(HEADER, ...lines).problems;

describe('a file of candles', () => {
  test('is read number by number', () => {
    const { candles, problems } = parse(HEADER, row(0, '42283.58,42554.57,42261.02,42475.23,1271.68108'), row(1), '');
    expect(problems).toEqual([]);
    expect(candles.length).toBe(2);
    expect(candleColumns.map((column) => candles[column][0])).toEqual([
      START_MS,
      42283.58,
      42554.57,
      42261.02,
      42475.23,
      1271.68108,
    ]);
  });

  test('gives every number the value that JavaScript gives its text, in whatever way it is written', () => {
    const price = fc.oneof(
      fc.double({ min: 1e-9, max: 1e12, noNaN: true }).map(String),
      fc.double({ min: 0.01, max: 1e6, noNaN: true }).map((value) => value.toFixed(5)),
      fc.double({ min: 0.01, max: 1e6, noNaN: true }).map((value) => value.toExponential()),
      fc.integer({ min: 1, max: 1e9 }).map((value) => ` +${value}. `),
      fc.bigInt({ min: 10n ** 15n, max: 10n ** 22n }).map(String),
    );
    fc.assert(
      fc.property(price, price, (open, volume) => {
        const { candles, problems } = parse(HEADER, row(0, `${open},1e30,1e-30,${open},${volume}`));
        expect(problems).toEqual([]);
        expect([candles.open[0], candles.close[0], candles.volume[0]]).toEqual([
          Number(open),
          Number(open),
          Number(volume),
        ]);
      }),
      { numRuns: 300 },
    );
  });

  test('may have its columns in any order, others beside them, Windows line ends, a mark at the start and none at the end', () => {
    const text = `\uFEFFclose,symbol,Open,high,low,volume,timestamp\r\n1.5,7,1,2,0.5,10,${START_MS}\r\n1.6,7,1.5,2,1,0,${START_MS + 60_000}`;
    const { candles, problems } = parseCandles(new TextEncoder().encode(text));
    expect(problems).toEqual([]);
    expect([...candles.close]).toEqual([1.5, 1.6]);
    expect([...candles.open]).toEqual([1, 1.5]);
  });

  test('may end in empty lines', () => {
    expect(parse(HEADER, row(0), '', ' ', '').candles.length).toBe(1);
  });

  test('that is longer than its first lines promise finds room', () => {
    const long = Array.from({ length: 300 }, (_, i) =>
      row(i, '1.00000000,2.00000000,0.50000000,1.50000000,10.00000000'),
    );
    const short = Array.from({ length: 5000 }, (_, i) => row(300 + i, '1,2,1,1,1'));
    const { candles, problems } = parse(HEADER, ...long, ...short);
    expect([candles.length, problems]).toEqual([5300, []]);
    expect([candles.close[0], candles.close[5299], candles.time[5299]]).toEqual([1.5, 1, START_MS + 5299 * 60_000]);
  });
});

describe('is refused with its line', () => {
  test.each<[what: string, lines: string[], problem: CsvProblem]>([
    ['NaN', [row(0), row(1, '1,2,NaN,1,1')], { line: 3, code: 'not_a_number', column: 'low', text: 'NaN' }],
    ['an empty field', [row(0, '1,2,0.5,,1')], { line: 2, code: 'not_a_number', column: 'close', text: '' }],
    ['infinity', [row(0, '1,1e999,0.5,1,1')], { line: 2, code: 'not_a_number', column: 'high', text: '1e999' }],
    ['words', [row(0, '"1",2,0.5,1,1')], { line: 2, code: 'not_a_number', column: 'open', text: '"1"' }],
    ['two dots', [row(0, '1.2.3,2,0.5,1,1')], { line: 2, code: 'not_a_number', column: 'open', text: '1.2.3' }],
    ['a negative price', [row(0), row(1, '1,2,-0.5,1,1')], { line: 3, code: 'not_positive' }],
    ['a price of zero', [row(0, '0,2,0.5,1,1')], { line: 2, code: 'not_positive' }],
    ['a negative volume', [row(0, '1,2,0.5,1,-1')], { line: 2, code: 'negative_volume' }],
    ['a high below the low', [row(0), row(1), row(2, '1,1,2,1,1')], { line: 4, code: 'high_below_low' }],
    ['time that goes back', [row(0), row(2), row(1)], { line: 4, code: 'time_back' }],
    ['a time twice', [row(0), row(1), row(1)], { line: 4, code: 'duplicate' }],
    ['seconds', ['1704067200,1,2,0.5,1,1'], { line: 2, code: 'not_milliseconds', text: '1704067200' }],
    [
      'a fraction of a millisecond',
      ['1704067200000.5,1,2,0.5,1,1'],
      { line: 2, code: 'not_milliseconds', text: '1704067200000.5' },
    ],
    ['too few fields', [row(0, '1,2,0.5,1')], { line: 2, code: 'fields', found: 5, wanted: 6 }],
    ['too many fields', [row(0), row(1, '1,2,0.5,1,1,1')], { line: 3, code: 'fields', found: 7, wanted: 6 }],
    ['an empty line in between', [row(0), '', row(1)], { line: 3, code: 'fields', found: 1, wanted: 6 }],
  ])('%s', (_, lines, problem) => {
    expect(problems(...lines)).toEqual([problem]);
    expect(parse(HEADER, ...lines).candles.length).toBe(0);
    for (const language of languages)
      expect([problem.code, hasText(language, `strategy.csv-${problem.code}`)]).toEqual([problem.code, true]);
  });

  test('no header, or one that lacks a column', () => {
    expect(parse(row(0), row(1)).problems).toHaveLength(6);
    expect(parse('timestamp,open,high,low,close', row(0)).problems).toEqual([
      { line: 1, code: 'header_missing', column: 'volume' },
    ]);
    expect(parse('').problems[0]).toMatchObject({ code: 'header_missing' });
  });

  test('no candles', () => {
    expect(parse(HEADER).problems).toEqual([{ line: 1, code: 'no_candles' }]);
    expect(parse(HEADER, '', '').problems).toEqual([{ line: 1, code: 'no_candles' }]);
  });

  test('every wrong line is named, up to twenty', () => {
    const lines = Array.from({ length: 50 }, (_, i) => row(i, i % 2 === 0 ? '1,2,0.5,x,1' : undefined));
    expect(problems(...lines).map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, k) => 2 + 2 * k));
    const backwards = Array.from({ length: 50 }, (_, i) => row(50 - i));
    expect(problems(...backwards)).toHaveLength(20);
  });
});

test('candles from elsewhere are judged by the same rules', () => {
  const candles = candlesOf(flat(1, 2, 3));
  expect(candleFaults(candles)).toEqual([]);
  candles.close[1] = Number.NaN;
  candles.low[2] = 5;
  expect(candleFaults(candles, 5)).toEqual([
    { index: 1, code: 'not_a_number' },
    { index: 2, code: 'high_below_low' },
  ]);
});

test('an open or close outside its own candle is found', () => {
  expect(
    firstOutsideRange(
      candlesOf([
        [1, 2, 0.5, 1.5],
        [1, 2, 0.5, 2],
      ]),
    ),
  ).toBe(-1);
  expect(
    firstOutsideRange(
      candlesOf([
        [1, 2, 0.5, 1.5],
        [1, 2, 0.5, 2.5],
      ]),
    ),
  ).toBe(1);
  expect(firstOutsideRange(candlesOf([[0.4, 2, 0.5, 1.5]]))).toBe(0);
});
