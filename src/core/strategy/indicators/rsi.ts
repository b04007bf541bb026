import { wilderStream } from './ema.ts';
import { overColumn, type Stream } from './stream.ts';

/**
 * Relative strength index, 0 to 100: Wilder's averages of gains and losses (Wilder 1978). First value at index `period`;
 * 0 where nothing has moved at all (TA-Lib RSI).
 */
export const rsi = (source: Float64Array, period: number): Float64Array => overColumn(source, rsiStream(period));

export function rsiStream(period: number): Stream {
  const gains = wilderStream(period);
  const losses = wilderStream(period);
  let before = Number.NaN;
  return (value) => {
    if (Number.isNaN(value)) return Number.NaN;
    const change = value - before;
    before = value;
    const gain = gains(Math.max(change, 0));
    const loss = losses(Math.max(-change, 0));
    const all = gain + loss;
    return all === 0 ? 0 : (100 * gain) / all;
  };
}
