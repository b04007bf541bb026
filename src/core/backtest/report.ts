import type { Candles } from '../market/candles.ts';
import type { StrategyDefinition } from '../strategy/definition.ts';
import { buyAndHold } from './buyAndHold.ts';
import type { RunResult } from './engine.ts';
import { metricsOf } from './metrics.ts';
import { monthlyReturns } from './monthly.ts';
import { type Trade, tradeList } from './trades.ts';

const DAY_MS = 86_400_000;

const percent = (rate: number | null) => (rate === null ? null : rate * 100);
const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());

/**
 * A run as programs read it: snake_case, percentages end in `_pct`, null where there is too little to tell; of
 * trades the list has the first `mostTrades`, while every figure counts all of them.
 */
export function runReport(
  strategy: StrategyDefinition,
  result: RunResult,
  candles: Candles,
  mostTrades = Number.POSITIVE_INFINITY,
) {
  const { settings, open } = result;
  const metrics = metricsOf(result, candles);
  const holding = buyAndHold(candles, settings.capital, settings.feeRate);
  const { months, years } = monthlyReturns(result.equity, candles.time, settings.capital);
  const lastOpen = candles.time[candles.length - 1];
  return {
    strategy: strategy.name,
    params: result.params,
    candles: candles.length,
    from: iso(candles.time[0]),
    to: iso(lastOpen === undefined ? undefined : lastOpen + result.stepMs),
    first_index: result.firstIndex,
    capital: settings.capital,
    fee: settings.feeRate,
    slippage: settings.slippageRate,
    trades: metrics.trades,
    final_equity: metrics.finalEquity,
    total_return_pct: metrics.totalReturnRate * 100,
    buy_and_hold_pct: percent(holding.returnRate),
    buy_and_hold_max_drawdown_pct: holding.drawdown.depth * 100,
    cagr_pct: percent(metrics.cagr),
    max_drawdown_pct: metrics.drawdown.depth * 100,
    max_drawdown_days: metrics.drawdown.longestMs / DAY_MS,
    win_rate_pct: percent(metrics.winRate),
    profit_factor: metrics.profitFactor,
    expectancy: metrics.expectancy,
    payoff: metrics.payoff,
    average_trade_pct: percent(metrics.averageReturnRate),
    best_trade_pct: percent(metrics.bestReturnRate),
    worst_trade_pct: percent(metrics.worstReturnRate),
    average_trade_candles: metrics.averageCandles,
    sharpe: metrics.sharpe,
    sortino: metrics.sortino,
    calmar: metrics.calmar,
    exposure_pct: percent(metrics.exposureRate),
    fees_paid: metrics.feesPaid,
    liquidations: metrics.liquidations,
    entries_without_money: result.droppedNoMoney,
    monthly: months.map(({ year, month, returnRate }) => ({
      month: `${year}-${String(month).padStart(2, '0')}`,
      return_pct: returnRate * 100,
    })),
    yearly: years.map(({ year, returnRate }) => ({ year, return_pct: returnRate * 100 })),
    trade_list: tradeList(result.trades, candles, mostTrades).map(tradeReport),
    open_position: open && {
      side: open.side,
      qty: open.qty,
      entry_price: open.entryPrice,
      entry_index: open.entryIndex,
      entry_time: iso(open.entryTime),
      lots: open.lots,
      mark_price: open.markPrice,
      unrealised_pnl: open.unrealisedPnl,
    },
  };
}

function tradeReport(trade: Trade) {
  return {
    side: trade.side,
    entry_index: trade.entryIndex,
    exit_index: trade.exitIndex,
    entry_time: iso(trade.entryTime),
    exit_time: iso(trade.exitTime),
    entry_price: trade.entryPrice,
    exit_price: trade.exitPrice,
    qty: trade.qty,
    fees: trade.fees,
    pnl: trade.pnl,
    return_pct: trade.returnRate * 100,
    reason: trade.reason,
    mae_pct: trade.maeRate * 100,
    mfe_pct: trade.mfeRate * 100,
  };
}

export type RunReport = ReturnType<typeof runReport>;
