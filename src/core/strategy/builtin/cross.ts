import type { Desk } from '../desk.ts';

/** 1 where `one` was below `other` a candle ago and is above it now, -1 on the mirror, else 0. Equal is neither. */
export function crossing(one: Float64Array, other: Float64Array, i: number): number {
  const before = (one[i - 1] as number) - (other[i - 1] as number); // strategies look from their second value on
  const now = (one[i] as number) - (other[i] as number);
  if (before < 0 && now > 0) return 1;
  return before > 0 && now < 0 ? -1 : 0;
}

/** Long from a crossing upwards to the next one downwards; short in between where the run allows it. */
export function decideCross(desk: Desk, one: Float64Array, other: Float64Array): void {
  const crossed = crossing(one, other, desk.index);
  if (crossed > 0) {
    desk.cover();
    desk.buy();
  } else if (crossed < 0) {
    desk.sell();
    desk.short();
  }
}
