import { checkPeriod, overColumn, type Stream } from './stream.ts';

/** Rate of change against `period` values ago, in percent. First value at index `period` (TA-Lib ROC: 0 against 0). */
export const roc = (source: Float64Array, period: number): Float64Array => overColumn(source, rocStream(period));

export function rocStream(period: number): Stream {
  checkPeriod(period);
  const window = new Float64Array(period);
  let seen = 0;
  let at = 0;
  return (value) => {
    if (Number.isNaN(value)) return Number.NaN;
    const before = window[at] as number;
    window[at] = value;
    at = at + 1 === period ? 0 : at + 1;
    if (++seen <= period) return Number.NaN;
    return before === 0 ? 0 : (value / before - 1) * 100;
  };
}
