import type { Candles } from './candles.ts';

const LOOKED_AT = 1000;

/** How long one candle lasts: the commonest step between candles, in milliseconds. 0 when there are fewer than two. */
export function stepMs({ time, length }: Candles): number {
  const counts = new Map<number, number>();
  for (let i = 1; i < Math.min(length, LOOKED_AT); i++) {
    const step = (time[i] as number) - (time[i - 1] as number); // i is inside
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  let most = 0;
  for (const [step, count] of counts) if (count > (counts.get(most) ?? 0)) most = step;
  return most;
}
