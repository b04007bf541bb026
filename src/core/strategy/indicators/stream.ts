/** An indicator fed value by value: answers NaN until it has seen enough. What is not a number is passed over. */
export type Stream = (value: number) => number;

/** The same indicator over a whole column. One formula serves both, so that they cannot disagree. */
export function overColumn(source: Float64Array, next: Stream): Float64Array {
  const out = new Float64Array(source.length);
  for (let i = 0; i < source.length; i++) out[i] = next(source[i] as number); // i is inside
  return out;
}

/** Refuses periods that mean nothing; what a person types is checked long before. */
export function checkPeriod(period: number, least = 1): void {
  if (!Number.isInteger(period) || period < least)
    throw new RangeError(`a period of ${period}: it is a whole number from ${least}`);
}
