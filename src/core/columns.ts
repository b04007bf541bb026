import { bigint, timestamp } from 'drizzle-orm/pg-core';

/** A moment, stored in UTC to the millisecond that JavaScript knows. */
export const moment = () => timestamp({ withTimezone: true, mode: 'date', precision: 3 });

/** Thai money in whole satang. */
export const satang = () => bigint({ mode: 'bigint' });

/** Rows that change in place carry a version, so that a stale edit is noticed. */
export const version = () => bigint({ mode: 'number' }).notNull().default(0);
