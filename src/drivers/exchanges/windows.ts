/** A question about a time, and what came back. */
export interface Window<T> {
  readonly fromMs: number;
  readonly toMs: number;
  /** How long a time the exchange answers at once. */
  readonly spanMs: number;
  /** How many rows an answer has at most; so many may mean that some are missing. */
  readonly rows: number;
  ask(fromMs: number, toMs: number): Promise<readonly T[]>;
}

/**
 * Everything in [fromMs, toMs], whichever end an exchange begins at and whether or not it pages: a time that fills an
 * answer is asked for again in halves, down to a millisecond. What comes twice is for the caller to tell.
 */
export async function throughWindows<T>({ fromMs, toMs, spanMs, rows, ask }: Window<T>): Promise<T[]> {
  const found: T[] = [];
  const waiting: [number, number][] = [];
  for (let from = fromMs; from <= toMs; from += spanMs + 1) waiting.push([from, Math.min(toMs, from + spanMs)]);
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [from, to] = next;
    const answer = await ask(from, to);
    if (answer.length < rows || from >= to) {
      found.push(...answer);
      continue;
    }
    const middle = Math.floor((from + to) / 2);
    waiting.unshift([from, middle], [middle + 1, to]);
  }
  return found;
}
