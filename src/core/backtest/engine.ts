import type { Candles } from '../market/candles.ts';
import { candleFaults } from '../market/fault.ts';
import type { StrategyDefinition } from '../strategy/definition.ts';
import { Indicators } from '../strategy/indicators.ts';
import type { Params } from '../strategy/params.ts';
import type { Recorder } from './broker.ts';
import type { FundingRates } from './funding.ts';
import { defaultSettings, type RunSettings, settingProblems } from './settings.ts';
import { Simulation } from './simulation.ts';
import type { TradeLog } from './trades.ts';

export interface RunInput {
  readonly candles: Candles;
  readonly strategy: StrategyDefinition;
  /** As `paramsOf` gave them. */
  readonly params: Params;
  readonly settings?: Partial<RunSettings>;
  readonly funding?: FundingRates;
  /** Finer candles of the same market, which decide what happened first inside a candle. */
  readonly detail?: Candles;
  /** Made once over the same candles and shared by many runs. */
  readonly indicators?: Indicators;
  /** Where equity and closed trades are written, to be used again by the next run; made when left out. */
  readonly equity?: Float64Array;
  readonly trades?: TradeLog;
  readonly record?: Recorder;
  /** Trades only these candles, `from` up to but not with `to`; indicators see those before as well. All, when left out. */
  readonly range?: Range;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is still held at the end, marked at the last close. It is in no figure about trades. */
export interface OpenPosition {
  readonly side: 'long' | 'short';
  readonly qty: number;
  /** The average of its lots. */
  readonly entryPrice: number;
  /** Of the oldest lot. */
  readonly entryIndex: number;
  readonly entryTime: number;
  readonly lots: number;
  readonly markPrice: number;
  /** After the fees and funding paid so far, before the fee of an exit. */
  readonly unrealisedPnl: number;
}

/** What a run came to. Columns and plain numbers, so that it goes from thread to thread as it is. */
export interface RunResult {
  readonly settings: RunSettings;
  readonly params: Params;
  /** How long a candle lasts. */
  readonly stepMs: number;
  readonly range: Range;
  /** At every close of the range: money and what is held at the close's price. */
  readonly equity: Float64Array;
  readonly finalEquity: number;
  readonly trades: TradeLog;
  readonly open: OpenPosition | null;
  /** Orders that were given and never filled, as those of the last candle. */
  readonly ordersLeft: number;
  readonly feesPaid: number;
  /** Paid less received. */
  readonly fundingPaid: number;
  readonly candlesHeld: number;
  /** Index of the first candle at which the strategy decided. */
  readonly firstIndex: number;
  /** Entries that came to nothing: no lot was free, or not enough money. */
  readonly droppedNoLot: number;
  readonly droppedNoMoney: number;
}

/**
 * Runs a strategy over candles. Signals are made at the close of a candle from it and the ones before, and fill at the
 * next open; the conventions stand in `bar.ts`, `account.ts` and `metrics.ts`. Settings, parameters and candles are
 * checked by who takes them from a person; here a wrong one is a bug and throws.
 */
export function runBacktest(input: RunInput): RunResult {
  const { candles, strategy, params } = input;
  const settings: RunSettings = { ...defaultSettings, ...input.settings };
  refuseNonsense(input, settings);
  const indicators = input.indicators ?? new Indicators(candles);
  const { stepMs } = indicators;
  const range = input.range ?? { from: 0, to: candles.length };
  const simulation = new Simulation({
    strategy,
    params,
    settings,
    candles,
    columns: strategy.prepare(indicators, params),
    stepMs,
    equity: input.equity ?? new Float64Array(candles.length),
    trades: input.trades,
    funding: input.funding,
    detail: input.detail,
    record: input.record,
  });
  for (let i = range.from; i < range.to; i++) simulation.step(i);
  if (settings.closeAtEnd && range.to > range.from) simulation.closeAtEnd(range.to - 1);
  return resultOf(simulation, { settings, params, candles, stepMs, range });
}

/** What a simulation has come to by now. */
export function resultOf(
  simulation: Simulation,
  run: Pick<RunResult, 'settings' | 'params' | 'stepMs' | 'range'> & { candles: Candles },
): RunResult {
  const { account, broker, candlesHeld, firstIndex } = simulation;
  const { candles, ...about } = run;
  const { settings, range } = about;
  const equity = simulation.equity.subarray(range.from, range.to);
  return {
    ...about,
    equity,
    finalEquity: equity.at(-1) ?? settings.capital,
    trades: account.trades,
    open: openPosition(simulation, candles.close[range.to - 1] as number), // unread when the range is empty
    ordersLeft: broker.market.count + broker.waiting.count,
    feesPaid: account.feesPaid,
    fundingPaid: account.fundingPaid,
    candlesHeld,
    firstIndex,
    droppedNoLot: broker.droppedNoLot,
    droppedNoMoney: broker.droppedNoMoney,
  };
}

function openPosition({ account }: Simulation, markPrice: number): OpenPosition | null {
  const [oldest] = account.lots;
  if (!oldest || account.count === 0) return null;
  const lots = account.lots.slice(0, account.count);
  return {
    side: account.side > 0 ? 'long' : 'short',
    qty: Math.abs(account.qty),
    entryPrice: account.cost / account.qty,
    entryIndex: oldest.entryIndex,
    entryTime: oldest.entryTime,
    lots: account.count,
    markPrice,
    unrealisedPnl: lots.reduce(
      (sum, lot) => sum + lot.side * lot.qty * (markPrice - lot.entryPrice) - lot.entryFee - lot.funding,
      0,
    ),
  };
}

function refuseNonsense(input: RunInput, settings: RunSettings): void {
  const [problem] = settingProblems(settings);
  if (problem) throw new RangeError(`the setting ${problem.setting}: ${problem.code}`);
  // Candles that many runs share were looked at by the first of them.
  const [fault] = input.indicators ? [] : candleFaults(input.candles);
  if (fault) throw new RangeError(`candle ${fault.index}: ${fault.code}`);
  const [fine] = input.detail && !input.indicators ? candleFaults(input.detail) : [];
  if (fine) throw new RangeError(`finer candle ${fine.index}: ${fine.code}`);
}
