import { customType, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { moment } from '../columns.ts';
import type { Timeframe } from './timeframe.ts';

const bytes = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
});

/**
 * One month of candles of one market, packed (`market/pack.ts`). A row per candle would take ten times the room and
 * hundreds of times as long to read.
 */
export const candleBlock = pgTable(
  'candle_block',
  {
    /** Where they come from: an exchange's name, or what an import was called. */
    source: text().notNull(),
    symbol: text().notNull(),
    timeframe: text().$type<Timeframe>().notNull(),
    /** `2024-03`, in UTC: sorts by time. */
    month: text().notNull(),
    candles: bytes().notNull(),
    count: integer().notNull(),
    /** When the first and the last of them opened. */
    firstAt: moment().notNull(),
    lastAt: moment().notNull(),
    updatedAt: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.source, t.symbol, t.timeframe, t.month] })],
);

/** How far a source was asked for the candles of a month: what is missing before that, it does not have. */
export const candleAsked = pgTable(
  'candle_asked',
  {
    source: text().notNull(),
    symbol: text().notNull(),
    timeframe: text().$type<Timeframe>().notNull(),
    month: text().notNull(),
    until: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.source, t.symbol, t.timeframe, t.month] })],
);

/** What a source trades, as it last said: suggestions as one types, and the nearest to a misspelt one, need no network. */
export const marketSymbol = pgTable(
  'market_symbol',
  {
    source: text().notNull(),
    /** `BTC/USDT`. */
    symbol: text().notNull(),
    base: text().notNull(),
    quote: text().notNull(),
    seenAt: moment().notNull(),
  },
  (t) => [primaryKey({ columns: [t.source, t.symbol] }), index('market_symbol_base').on(t.base)],
);
