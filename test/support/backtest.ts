import { type RunInput, type RunResult, runBacktest } from '../../src/core/backtest/engine.ts';
import type { RunSettings } from '../../src/core/backtest/settings.ts';
import { type Trade, tradeList } from '../../src/core/backtest/trades.ts';
import { allocateCandles, type Candles } from '../../src/core/market/candles.ts';
import { defineStrategy, type StrategyDefinition } from '../../src/core/strategy/definition.ts';
import type { Desk } from '../../src/core/strategy/desk.ts';

export const HOUR_MS = 3_600_000;
export const START_MS = Date.UTC(2024, 0, 1);

export type Ohlc = readonly [open: number, high: number, low: number, close: number];

/** Candles written out by hand, one an hour from the first of January 2024. */
export function candlesOf(rows: readonly Ohlc[], stepMs = HOUR_MS, startMs = START_MS): Candles {
  const candles = allocateCandles(rows.length);
  for (const [i, [open, high, low, close]] of rows.entries()) {
    candles.time[i] = startMs + i * stepMs;
    candles.open[i] = open;
    candles.high[i] = high;
    candles.low[i] = low;
    candles.close[i] = close;
    candles.volume[i] = 1;
  }
  return candles;
}

/** Candles that stand still at each price in turn. */
export const flat = (...prices: number[]): Ohlc[] => prices.map((p) => [p, p, p, p]);

export type Script = Readonly<Record<number, (desk: Desk) => void>>;

/** A strategy that does what is written for a candle, and nothing at the others. */
export const scripted = (script: Script, lots = 1): StrategyDefinition =>
  defineStrategy({
    name: 'scripted',
    kind: 'trend',
    params: {},
    warmup: () => 0,
    lots: () => lots,
    prepare: () => ({}),
    stream: () => () => ({}),
    decide: (desk) => script[desk.index]?.(desk),
  });

/** Without costs unless a test asks for them, so that results can be worked out by heart. */
export const free: Partial<RunSettings> = { capital: 1000, feeRate: 0 };

export type Played = RunResult & { readonly list: Trade[] };

/** Runs a script over candles written by hand. */
export function play(
  rows: readonly Ohlc[] | Candles,
  script: Script | StrategyDefinition,
  settings: Partial<RunSettings> = {},
  more: Partial<RunInput> & { lots?: number } = {},
): Played {
  const candles = 'close' in rows ? rows : candlesOf(rows);
  const { lots, ...input } = more;
  const strategy = 'decide' in script ? script : scripted(script, lots);
  const result = runBacktest({ candles, strategy, params: {}, settings: { ...free, ...settings }, ...input });
  return { ...result, list: tradeList(result.trades, candles) };
}
