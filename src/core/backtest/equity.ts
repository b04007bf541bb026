const DAY_MS = 86_400_000;

/** Index of the last candle of every UTC day that has candles. Runs over the same candles share it. */
export function dayEnds(time: Float64Array): Int32Array {
  const ends: number[] = [];
  let day = Number.NaN;
  for (let i = 0; i < time.length; i++) {
    const now = Math.floor((time[i] as number) / DAY_MS); // i is inside
    if (now === day) ends[ends.length - 1] = i;
    else ends.push(i);
    day = now;
  }
  return Int32Array.from(ends);
}

/** Simple returns from the end of one UTC day to the end of the next; one fewer than there are days. */
export function dailyReturns(equity: Float64Array, ends: Int32Array): Float64Array {
  const returns = new Float64Array(Math.max(0, ends.length - 1));
  for (let d = 1; d < ends.length; d++) {
    const before = equity[ends[d - 1] as number] as number; // day ends lie inside the candles, here and below
    returns[d - 1] = before > 0 ? (equity[ends[d] as number] as number) / before - 1 : 0; // nothing left: nothing moves
  }
  return returns;
}

/** How far below its highest value so far equity stands at every close, as a fraction; the capital counts as the first value. */
export function drawdowns(equity: Float64Array, capital: number): Float64Array {
  const out = new Float64Array(equity.length);
  let peak = capital;
  for (let i = 0; i < equity.length; i++) {
    const now = equity[i] as number; // i is inside
    if (now > peak) peak = now;
    out[i] = 1 - now / peak;
  }
  return out;
}

export interface Drawdown {
  /** The deepest fall from a running maximum, as a fraction of it; 0 when there was none. */
  readonly depth: number;
  /** Where the deepest point was; -1 when there was no fall. */
  readonly lowestIndex: number;
  /** The longest time from a maximum until it was reached again, or until the last candle. */
  readonly longestMs: number;
  readonly longestCandles: number;
}

/**
 * Maximum drawdown of equity at closes, depth and length (Magdon-Ismail and Atiya, "Maximum drawdown", Risk, October
 * 2004). The running maximum begins with the capital, at the first candle.
 */
export function maxDrawdown(equity: Float64Array, time: Float64Array, capital: number): Drawdown {
  let peak = capital;
  let peakIndex = 0;
  let depth = 0;
  let lowestIndex = -1;
  let longestMs = 0;
  let longestCandles = 0;
  let under = false;
  for (let i = 0; i < equity.length; i++) {
    const now = equity[i] as number; // i is inside, here and below
    if (now < peak) {
      under = true;
      const fall = 1 - now / peak;
      if (fall > depth) {
        depth = fall;
        lowestIndex = i;
      }
      if (i < equity.length - 1) continue; // a fall ends with the candles at the latest
    }
    const lasted = (time[i] as number) - (time[peakIndex] as number);
    if (under && lasted > longestMs) {
      longestMs = lasted;
      longestCandles = i - peakIndex;
    }
    under = false;
    peak = Math.max(peak, now);
    peakIndex = i;
  }
  return { depth, lowestIndex, longestMs, longestCandles };
}
