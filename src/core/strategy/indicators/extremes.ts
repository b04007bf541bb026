import { checkPeriod } from './stream.ts';

/** The highest high and the lowest low of the last `period` candles, the current one among them. */
export interface Extremes {
  push(high: number, low: number): void;
  /** NaN until `period` candles were seen. */
  highest: number;
  lowest: number;
}

/** Looks through the window only when its extreme has just left it, which is seldom. */
export function extremesStream(period: number): Extremes {
  checkPeriod(period);
  const highs = new Float64Array(period);
  const lows = new Float64Array(period);
  let seen = 0;
  let at = 0;
  let high = Number.NEGATIVE_INFINITY;
  let low = Number.POSITIVE_INFINITY;
  return {
    highest: Number.NaN,
    lowest: Number.NaN,
    push(newHigh, newLow) {
      const goneHigh = seen >= period && highs[at] === high;
      const goneLow = seen >= period && lows[at] === low;
      highs[at] = newHigh;
      lows[at] = newLow;
      at = at + 1 === period ? 0 : at + 1;
      seen += 1;
      if (newHigh >= high) high = newHigh;
      else if (goneHigh) high = largest(highs);
      if (newLow <= low) low = newLow;
      else if (goneLow) low = smallest(lows);
      if (seen < period) return;
      this.highest = high;
      this.lowest = low;
    },
  };
}

function largest(values: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if ((values[i] as number) > most) most = values[i] as number; // i is inside
  return most;
}

function smallest(values: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if ((values[i] as number) < least) least = values[i] as number; // i is inside
  return least;
}
