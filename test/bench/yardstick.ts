import type { Candles } from '../../src/core/market/candles.ts';

export interface Yardstick {
  trades: number;
  finalEquity: number;
  maxDrawdown: number;
}

/**
 * RSI(14) at 30 and 70, all in and out, written as one loop for this one purpose: fees, equity at every close and drawdown.
 * There is little left to make faster, so it is what the engine is measured with.
 */
export function yardstick(candles: Candles, equity: Float64Array, capital = 10_000, feeRate = 0.001): Yardstick {
  const { open, close, length } = candles;
  const period = 14;
  let [gain, loss, cash, qty, want, trades, peak, maxDrawdown] = [0, 0, capital, 0, 0, 0, capital, 0];
  let before = close[0] as number; // all indices are inside the columns, here and below
  for (let i = 0; i < length; i++) {
    if (want > 0 && qty === 0) {
      qty = cash / ((open[i] as number) * (1 + feeRate));
      cash = 0;
    } else if (want < 0 && qty > 0) {
      cash = qty * (open[i] as number) * (1 - feeRate);
      qty = 0;
      trades += 1;
    }
    want = 0;
    const now = close[i] as number;
    const change = now - before;
    before = now;
    const up = change > 0 ? change : 0;
    const down = change < 0 ? -change : 0;
    if (i <= period) {
      gain += up / period;
      loss += down / period;
    } else {
      gain += (up - gain) / period;
      loss += (down - loss) / period;
    }
    const worth = cash + qty * now;
    equity[i] = worth;
    if (worth > peak) peak = worth;
    else if (1 - worth / peak > maxDrawdown) maxDrawdown = 1 - worth / peak;
    if (i < period) continue;
    const rsi = gain + loss === 0 ? 0 : (100 * gain) / (gain + loss);
    if (rsi < 30) want = 1;
    else if (rsi > 70) want = -1;
  }
  return { trades, finalEquity: equity[length - 1] as number, maxDrawdown };
}
