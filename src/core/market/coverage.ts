import { and, eq, gte, lte } from 'drizzle-orm';
import type { Context } from '../context.ts';
import { DEMO_OPENS_MS, demoMarket } from './demo.ts';
import { DEMO } from './demoSource.ts';
import type { Range, Series } from './store.ts';
import { candleAsked, candleBlock } from './tables.ts';
import { type Timeframe, timeframeMs } from './timeframe.ts';

export interface Month {
  /** `2024-03`. */
  name: string;
  startMs: number;
  endMs: number;
}

/** The calendar months, in UTC, that a range touches. */
export function monthsOf({ fromMs, toMs }: Range): Month[] {
  const months: Month[] = [];
  const first = new Date(fromMs);
  for (let n = 0; n < 1200; n++) {
    const startMs = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + n, 1);
    if (startMs >= toMs) break;
    const endMs = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + n + 1, 1);
    months.push({ name: new Date(startMs).toISOString().slice(0, 7), startMs, endMs });
  }
  return months;
}

type Ground = Pick<Context, 'db'>;

/**
 * The months of a range, whose end must not lie in the future, that still have to be asked for: neither was the source
 * asked for all of them, nor are they stored without a gap, as an import leaves them.
 */
export async function missingMonths(ctx: Ground, series: Series, range: Range): Promise<Month[]> {
  const months = monthsOf(range);
  const [first, last] = [months[0], months.at(-1)];
  if (!first || !last) return [];
  const { source, symbol, timeframe } = series;
  const asked = await ctx.db
    .select({ month: candleAsked.month, until: candleAsked.until })
    .from(candleAsked)
    .where(
      and(
        eq(candleAsked.source, source),
        eq(candleAsked.symbol, symbol),
        eq(candleAsked.timeframe, timeframe),
        gte(candleAsked.month, first.name),
        lte(candleAsked.month, last.name),
      ),
    );
  const stored = await ctx.db
    .select({
      month: candleBlock.month,
      firstAt: candleBlock.firstAt,
      lastAt: candleBlock.lastAt,
      count: candleBlock.count,
    })
    .from(candleBlock)
    .where(
      and(
        eq(candleBlock.source, source),
        eq(candleBlock.symbol, symbol),
        eq(candleBlock.timeframe, timeframe),
        gte(candleBlock.month, first.name),
        lte(candleBlock.month, last.name),
      ),
    );
  const askedUntil = new Map(asked.map((row) => [row.month, row.until.getTime()]));
  const blocks = new Map(stored.map((row) => [row.month, row]));
  const step = timeframeMs[timeframe];
  return months.filter(({ name, startMs, endMs }) => {
    const [fromMs, toMs] = [Math.max(startMs, range.fromMs), Math.min(endMs, range.toMs)];
    if ((askedUntil.get(name) ?? 0) >= toMs) return false;
    const block = blocks.get(name);
    if (!block) return true;
    const [firstMs, lastMs] = [block.firstAt.getTime(), block.lastAt.getTime()];
    const isWhole = block.count === Math.round((lastMs - firstMs) / step) + 1;
    return !(isWhole && firstMs <= fromMs && lastMs + step >= toMs);
  });
}

/**
 * From when to when there are candles without asking anybody: computed ones of the demo exchange until now, else what is
 * stored, minutes included, since longer candles are made of them. Null when there is nothing.
 */
export async function availableRange(ctx: Pick<Context, 'db' | 'clock'>, series: Series): Promise<Range | null> {
  const { source, symbol, timeframe } = series;
  const step = timeframeMs[timeframe];
  if (source === DEMO) {
    if (!demoMarket(symbol)) return null;
    return { fromMs: DEMO_OPENS_MS, toMs: Math.floor(ctx.clock.now().getTime() / step) * step };
  }
  const rows = [await storedRange(ctx, series), await storedRange(ctx, { ...series, timeframe: '1m' })];
  const ranges = rows
    .filter((range) => range !== null)
    .map(({ fromMs, toMs }) => ({ fromMs: Math.ceil(fromMs / step) * step, toMs: Math.floor(toMs / step) * step }));
  if (ranges.length === 0) return null;
  return {
    fromMs: Math.min(...ranges.map((range) => range.fromMs)),
    toMs: Math.max(...ranges.map((range) => range.toMs)),
  };
}

/** From the first stored candle of a series to the end of its last. */
export async function storedRange(ctx: Ground, { source, symbol, timeframe }: Series): Promise<Range | null> {
  const rows = await ctx.db
    .select({ firstAt: candleBlock.firstAt, lastAt: candleBlock.lastAt })
    .from(candleBlock)
    .where(and(eq(candleBlock.source, source), eq(candleBlock.symbol, symbol), eq(candleBlock.timeframe, timeframe)))
    .orderBy(candleBlock.month);
  const [first, last] = [rows[0], rows.at(-1)];
  if (!first || !last) return null;
  return { fromMs: first.firstAt.getTime(), toMs: last.lastAt.getTime() + timeframeMs[timeframe as Timeframe] };
}
