import type { Candles } from '../../market/candles.ts';

/** On-balance volume (Joseph Granville): the volume so far, up with a higher close, down with a lower one. From index 0 (TA-Lib OBV). */
export function obv({ close, volume, length }: Candles): Float64Array {
  const out = new Float64Array(length);
  const next = obvStream();
  for (let i = 0; i < length; i++) out[i] = next(close[i] as number, volume[i] as number); // i is inside
  return out;
}

export function obvStream(): (close: number, volume: number) => number {
  let sum = 0;
  let before = Number.NaN;
  return (close, volume) => {
    if (close < before) sum -= volume;
    else if (close > before || Number.isNaN(before)) sum += volume;
    before = close;
    return sum;
  };
}
