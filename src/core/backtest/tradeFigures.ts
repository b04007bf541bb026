import { mean } from './ratios.ts';
import { exitReasons, type TradeLog } from './trades.ts';

/** Figures of closed trades, each after the fees of both sides. Null says that there are too few trades to tell. */
export interface TradeFigures {
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  /** Share of closed trades with a profit (a trade that ends even is none). */
  readonly winRate: number | null;
  /** Money won by money lost. Null without a loss: it has no upper end. */
  readonly profitFactor: number | null;
  /** What a trade brings on average, in money (Van Tharp, Trade Your Way to Financial Freedom, chapter 6). */
  readonly expectancy: number | null;
  /** The same as a share of the money put in. */
  readonly averageReturnRate: number | null;
  /** Average win by average loss, in money. Null without a loss or a win. */
  readonly payoff: number | null;
  readonly bestReturnRate: number | null;
  readonly worstReturnRate: number | null;
  /** How long a trade lasts on average, from the candle of its entry to that of its exit. */
  readonly averageCandles: number | null;
  readonly liquidations: number;
}

const LIQUIDATION = exitReasons.indexOf('liquidation');

export function tradeFigures(log: TradeLog): TradeFigures {
  const { length } = log;
  const returns = returnRates(log);
  let [wins, losses, won, lost, candles, liquidations] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < length; k++) {
    const pnl = log.pnl[k] as number; // k is below the length, here and below
    if (pnl > 0) {
      wins += 1;
      won += pnl;
    } else if (pnl < 0) {
      losses += 1;
      lost -= pnl;
    }
    candles += (log.exitIndex[k] as number) - (log.entryIndex[k] as number);
    if (log.reason[k] === LIQUIDATION) liquidations += 1;
  }
  const some = length > 0;
  return {
    trades: length,
    wins,
    losses,
    winRate: some ? wins / length : null,
    profitFactor: lost > 0 ? won / lost : null,
    expectancy: some ? (won - lost) / length : null,
    averageReturnRate: mean(returns),
    payoff: wins > 0 && losses > 0 ? won / wins / (lost / losses) : null,
    bestReturnRate: some ? returns.reduce((a, b) => Math.max(a, b)) : null,
    worstReturnRate: some ? returns.reduce((a, b) => Math.min(a, b)) : null,
    averageCandles: some ? candles / length : null,
    liquidations,
  };
}

/** Of every closed trade: profit by the money that was put in. */
export const returnRates = (log: TradeLog): Float64Array =>
  log.pnl.slice(0, log.length).map((pnl, k) => pnl / (log.invested[k] as number)); // both columns are as long
