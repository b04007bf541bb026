import type { Candles } from './candles.ts';

/** A stretch without candles between two that are there: [fromMs, toMs). */
export interface Gap {
  fromMs: number;
  toMs: number;
  missing: number;
}

/** Where candles are missing, oldest first, at most `most` of them. */
export function gapsIn({ time, length }: Candles, stepMs: number, most = 100): Gap[] {
  const gaps: Gap[] = [];
  for (let i = 1; i < length && gaps.length < most; i++) {
    const fromMs = (time[i - 1] as number) + stepMs; // both are inside
    const toMs = time[i] as number;
    if (toMs > fromMs) gaps.push({ fromMs, toMs, missing: Math.round((toMs - fromMs) / stepMs) });
  }
  return gaps;
}

/** How many candles are missing between the first and the last. */
export function missingIn({ time, length }: Candles, stepMs: number): number {
  const [first = 0, last = 0] = [time[0], time[length - 1]];
  return length === 0 ? 0 : Math.round((last - first) / stepMs) + 1 - length;
}

export type Fault =
  | 'not_a_number'
  | 'not_positive'
  | 'high_below_low'
  | 'outside_range'
  | 'volume_negative'
  | 'not_in_order';

/** The first thing that is wrong with each broken candle, by index, at most `most` of them. Such candles are refused, not mended. */
export function faultsIn(candles: Candles, most = 100): { index: number; fault: Fault }[] {
  const faults: { index: number; fault: Fault }[] = [];
  for (let i = 0; i < candles.length && faults.length < most; i++) {
    const fault = faultOf(candles, i);
    if (fault) faults.push({ index: i, fault });
  }
  return faults;
}

function faultOf({ time, open, high, low, close, volume }: Candles, i: number): Fault | null {
  const [t, o, h, l, c, v] = [time[i], open[i], high[i], low[i], close[i], volume[i]] as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]; // i is inside
  if (![t, o, h, l, c, v].every(Number.isFinite)) return 'not_a_number';
  if (o <= 0 || h <= 0 || l <= 0 || c <= 0) return 'not_positive';
  if (h < l) return 'high_below_low';
  if (o > h || o < l || c > h || c < l) return 'outside_range';
  if (v < 0) return 'volume_negative';
  return i > 0 && t <= (time[i - 1] as number) ? 'not_in_order' : null;
}

/** Closes that moved by more than `factor` against the one before and came back: more likely a fault of the exchange than a trade. */
export function spikesIn({ close, length }: Candles, factor = 3, most = 100): number[] {
  const spikes: number[] = [];
  for (let i = 1; i < length - 1 && spikes.length < most; i++) {
    const [before, here, after] = [close[i - 1], close[i], close[i + 1]] as [number, number, number]; // all are inside
    const isAway = here > before * factor || here < before / factor;
    const isBack = after < before * factor && after > before / factor;
    if (isAway && isBack) spikes.push(i);
  }
  return spikes;
}
