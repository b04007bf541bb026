import type { Candles } from '../market/candles.ts';
import { type Drawdown, maxDrawdown } from './equity.ts';

export interface BuyAndHold {
  /** At every close. */
  readonly equity: Float64Array;
  readonly returnRate: number | null;
  readonly drawdown: Drawdown;
}

/**
 * What the same money had become by buying at the first open, paying the fee once, and holding: `qty = capital / (open ×
 * (1 + fee))`, marked at every close. The measure that a strategy has to beat.
 */
export function buyAndHold(candles: Candles, capital: number, feeRate: number): BuyAndHold {
  const qty = capital / ((candles.open[0] ?? Number.NaN) * (1 + feeRate));
  const equity = candles.close.map((close) => qty * close);
  const last = equity.at(-1);
  return {
    equity,
    returnRate: last === undefined ? null : last / capital - 1,
    drawdown: maxDrawdown(equity, candles.time, capital),
  };
}
