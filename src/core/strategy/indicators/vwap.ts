import type { Candles } from '../../market/candles.ts';

const DAY_MS = 86_400_000;

/**
 * Volume-weighted average price since the beginning of the UTC day: the sum of typical price × volume through the sum of
 * volume (Berkowitz, Logue and Noser 1988). From index 0; the typical price where nothing was traded yet.
 */
export function vwap({ time, high, low, close, volume, length }: Candles): Float64Array {
  const out = new Float64Array(length);
  const next = vwapStream();
  for (let i = 0; i < length; i++)
    out[i] = next(time[i] as number, high[i] as number, low[i] as number, close[i] as number, volume[i] as number); // i is inside
  return out;
}

export function vwapStream(): (time: number, high: number, low: number, close: number, volume: number) => number {
  let day = Number.NaN;
  let traded = 0;
  let paid = 0;
  return (time, high, low, close, volume) => {
    const today = Math.floor(time / DAY_MS);
    if (today !== day) [day, traded, paid] = [today, 0, 0];
    const typical = (high + low + close) / 3;
    traded += volume;
    paid += typical * volume;
    return traded === 0 ? typical : paid / traded;
  };
}
