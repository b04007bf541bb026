import { BANGKOK_OFFSET_MS, days } from '../clock.ts';
import type { Decimal } from '../decimal.ts';

/** What something was worth at a moment, and what came from outside since the moment before. */
export interface Point {
  readonly at: Date;
  readonly valueUsdt: Decimal;
  readonly flowUsdt: Decimal;
  readonly isPartial: boolean;
}

/** A Bangkok day and what was earned in it, as a fraction. */
export interface DayReturn {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** How many days it spans: more than one after a gap, none for the rest of the day that it begins in. */
  readonly spans: number;
  readonly rate: number;
  readonly endAt: Date;
}

const dayOf = (at: Date) => Math.floor((at.getTime() + BANGKOK_OFFSET_MS) / days(1));

/**
 * Returns from the end of one Bangkok day to the end of the next that has a snapshot, by the modified Dietz method (Peter
 * Dietz, "Pension funds: measuring investment performance", 1966): (V1 - V0 - F) / (V0 + Σ w·F), where w is the share of
 * the time that a flow was there. A day without capital has none. `points` are in order of time.
 */
export function dayReturns(points: readonly Point[]): DayReturn[] {
  const returns: DayReturn[] = [];
  let [begin, i] = [points[0], 1];
  while (begin && i < points.length) {
    const day = dayOf((points[i] as Point).at); // i is inside
    const within: Point[] = [];
    while (i < points.length && dayOf((points[i] as Point).at) === day) within.push(points[i++] as Point);
    const end = within.at(-1) as Point; // there is at least one
    const rate = modifiedDietz(begin, within, end);
    if (rate !== null) returns.push({ day, spans: day - dayOf(begin.at), rate, endAt: end.at });
    begin = end;
  }
  return returns;
}

function modifiedDietz(begin: Point, within: readonly Point[], end: Point): number | null {
  const [from, to] = [begin.at.getTime(), end.at.getTime()];
  const start = begin.valueUsdt.toNumber();
  let [flow, weighted] = [0, 0];
  for (const { at, flowUsdt } of within) {
    const amount = flowUsdt.toNumber();
    flow += amount;
    weighted += to > from ? (amount * (to - at.getTime())) / (to - from) : 0;
  }
  // What came at the very end has earned nothing, and what was earned on it is nothing either.
  const capital = start + weighted;
  return capital > 0 ? (end.valueUsdt.toNumber() - start - flow) / capital : null;
}
