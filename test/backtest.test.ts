import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBacktest } from '../src/core/backtest/engine.ts';
import { type Candles, candleColumns } from '../src/core/market/candles.ts';
import { paramsOf } from '../src/core/strategy/definition.ts';
import { findStrategy, strategies } from '../src/core/strategy/strategies.ts';
import { randomCandles } from './support/candles.ts';

/** `npm run backtest`, as it is called. */

let folder: string;
let csv: string;
const candles = randomCandles(31, 1000);

const csvOf = (candles: Candles) =>
  [
    'timestamp,open,high,low,close,volume',
    ...Array.from(candles.time, (_, i) => candleColumns.map((column) => candles[column][i]).join(',')),
  ].join('\n');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abtpro-backtest-'));
  csv = join(folder, 'candles.csv');
  await writeFile(csv, csvOf(candles));
});
afterAll(() => rm(folder, { recursive: true }));

const backtest = (...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, ['src/backtest.ts', ...args], (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

describe('npm run backtest', () => {
  test('prints what the engine comes to, as JSON with the names of the contract', async () => {
    const args = [
      '--strategy',
      'sma_cross',
      '--param',
      'fast=3',
      '--param',
      'slow=9',
      '--fee',
      '0.002',
      '--slippage',
      '0.001',
      '--capital',
      '5000',
    ];
    const { code, out, err } = await backtest(
      '--csv',
      csv,
      ...args,
      '--stop-loss',
      '0.02',
      '--take-profit',
      '0.04',
      '--trailing-stop',
      '0.03',
      '--json',
    );
    expect([code, err]).toEqual([0, '']);
    const report = JSON.parse(out);
    const strategy = findStrategy('sma_cross');
    if (!strategy) throw new Error('there is no sma_cross');
    const rates = {
      feeRate: 0.002,
      slippageRate: 0.001,
      stopLossRate: 0.02,
      takeProfitRate: 0.04,
      trailingStopRate: 0.03,
    };
    const result = runBacktest({
      candles,
      strategy,
      params: { fast: 3, slow: 9 },
      settings: { capital: 5000, ...rates },
    });
    expect(report).toMatchObject({
      trades: result.trades.length,
      final_equity: result.finalEquity,
      open_position: null,
    });
    for (const name of [
      'total_return_pct',
      'max_drawdown_pct',
      'win_rate_pct',
      'profit_factor',
      'sharpe',
      'sortino',
      'exposure_pct',
    ])
      expect([name, typeof report[name]]).toEqual([name, 'number']);
    expect(report.trade_list).toHaveLength(result.trades.length);
    expect(report.trade_list[0]).toMatchObject({
      entry_index: result.trades.entryIndex[0],
      exit_index: result.trades.exitIndex[0],
      entry_price: result.trades.entryPrice[0],
      exit_price: result.trades.exitPrice[0],
      qty: result.trades.qty[0],
      pnl: result.trades.pnl[0],
    });
  });

  test.each(strategies.map(({ name }) => name))('runs %s on its defaults', async (name) => {
    const { code, out } = await backtest('--csv', csv, '--strategy', name, '--json');
    const strategy = findStrategy(name);
    if (!strategy) throw new Error(`there is no ${name}`);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      strategy: name,
      params: paramsOf(strategy, {}).params,
      fee: 0.001,
      slippage: 0,
      capital: 10_000,
    });
  });

  test('says it in words, and on request whether it can be believed', async () => {
    const { code, out } = await backtest('--csv', csv, '--strategy', 'dca', '--check');
    expect(code).toBe(0);
    expect(out).toMatch(/DCA · 1000 candles from 2024-01-01 00:00 to 2024-02-11 16:00 UTC/);
    for (const words of [
      'Final equity',
      'Profit factor',
      'not enough data',
      'Still open at the end',
      'No look-ahead',
      'Only 0 closed trades',
      'Only 41 days',
    ])
      expect(out).toContain(words);
  });

  test.each([
    [64, [], /npm run backtest -- --csv FILE/],
    [64, ['--strategy', 'smacross'], /Did you mean sma_cross\?/],
    [64, ['--strategy', 'sma_cross', '--param', 'fats=3'], /Did you mean fast\?/],
    [64, ['--strategy', 'sma_cross', '--param', 'fast'], /name=value/],
    [64, ['--strategy', 'sma_cross', '--param', 'fast=60'], /fast is 60; it has to be smaller than slow/],
    [64, ['--strategy', 'dca', '--fee', '2'], /--fee has to be from 0 to 0.1/],
    [64, ['--strategy', 'dca', '--fee', 'much'], /--fee has to be a number/],
    [64, ['--strategy', 'dca', '--capital', '0'], /--capital/],
    [64, ['--strategy', 'dca', '--bogus'], /--bogus/],
  ])('ends with %d and a reason: %j', async (expected, args, words) => {
    const { code, out, err } = await backtest('--csv', csv, ...args);
    expect([code, out]).toEqual([expected, '']);
    expect(err).toMatch(words);
  });

  test('names the line of what is wrong in the file, and a file that is not there', async () => {
    const broken = join(folder, 'broken.csv');
    await writeFile(
      broken,
      csvOf(candles).replace(/^(\d+),[^,]+/gm, (text, time) =>
        Number(time) === candles.time[1499 - 500] ? `${time},NaN` : text,
      ),
    );
    const data = await backtest('--csv', broken, '--strategy', 'dca');
    expect([data.code, data.out]).toEqual([65, '']);
    expect(data.err).toContain('Line 1001: “NaN” in column open is not a number.');
    const gone = await backtest('--csv', join(folder, 'gone.csv'), '--strategy', 'dca');
    expect(gone.code).toBe(66);
    expect(gone.err).toMatch(/gone.csv cannot be read/);
  });

  test('notes a close outside of its candle, and goes on', async () => {
    const odd = join(folder, 'odd.csv');
    await writeFile(
      odd,
      'timestamp,open,high,low,close,volume\n1704067200000,1,2,0.5,2.5,1\n1704070800000,1,2,0.5,1,1\n',
    );
    const { code, err } = await backtest('--csv', odd, '--strategy', 'dca', '--json');
    expect(code).toBe(0);
    expect(err).toContain('in line 2 open or close lies outside');
  });
});
