import { and, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { later, minutes } from '../clock.ts';
import { firstIdAt } from '../id.ts';

/** From a moment on, before another one. */
export interface Span {
  from?: Date | undefined;
  until?: Date | undefined;
}

/** More than a clock that was set back, or two instances that disagree, put between a row's id and its moment. */
const SLACK_MS = minutes(60);

/**
 * Rows whose moment lies in the span, found through their ids, which sort by birth: the primary key serves where the
 * moment has no index of its own.
 */
export function bornWithin({ from, until }: Span, prefix: string, id: PgColumn, at: PgColumn): SQL | undefined {
  const born = (moment: Date, offMs: number) => sql`${firstIdAt(prefix, later(moment, offMs))}`;
  return and(
    from && gte(id, born(from, -SLACK_MS)),
    from && gte(at, from),
    until && lt(id, born(until, SLACK_MS)),
    until && lt(at, until),
  );
}
