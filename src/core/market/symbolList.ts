import { and, eq, lt, sql } from 'drizzle-orm';
import { requireActor } from '../access.ts';
import { seconds } from '../clock.ts';
import { inTransaction } from '../context.ts';
import { Refusal } from '../error.ts';
import { DEMO } from './demoSource.ts';
import { troubleRefusal } from './refusal.ts';
import { type MarketContext, unknownSource } from './sources.ts';
import { coinsOf } from './symbol.ts';
import { candleBlock, marketSymbol } from './tables.ts';
import { ExchangeTrouble } from './trouble.ts';

const PATIENCE_MS = seconds(20);
const ROWS_AT_ONCE = 1000;

export interface Refreshed {
  symbols: number;
  /** Those that were traded when it was asked before and are no longer. */
  gone: number;
}

/**
 * Asks a source what it trades and keeps the answer in place of the last one. The demo exchange needs no list. Refuses
 * `market.source_unknown`, and what the exchange's trouble is.
 */
export async function refreshSymbols(
  ctx: MarketContext,
  source: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Refreshed> {
  requireActor(ctx, 'user', 'chat', 'job');
  const known = ctx.candleSources.byId(source) ?? unknownSource(ctx, source);
  const patience = AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), ...(signal ? [signal] : [])]);
  const answer = await known.symbols(patience).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw troubleRefusal(patience.aborted ? new ExchangeTrouble(source, 'slow') : error, {});
  });
  // Every writer goes through the rows in one order, so that two at once wait rather than lock each other out.
  const symbols = [...new Set(answer)].filter((symbol) => symbol.includes('/')).sort();
  if (source === DEMO) return { symbols: symbols.length, gone: 0 };
  // An exchange that trades nothing has rather answered wrongly: the old list is better.
  if (symbols.length === 0) throw troubleRefusal(new ExchangeTrouble(source, 'malformed'), {});
  return inTransaction(ctx, async (ctx) => {
    const seenAt = ctx.clock.now();
    for (let from = 0; from < symbols.length; from += ROWS_AT_ONCE) {
      const rows = symbols.slice(from, from + ROWS_AT_ONCE);
      await ctx.db
        .insert(marketSymbol)
        .values(rows.map((symbol) => ({ source, symbol, ...coinsOf(symbol), seenAt })))
        .onConflictDoUpdate({
          target: [marketSymbol.source, marketSymbol.symbol],
          set: { seenAt: sql`excluded.seen_at` },
        });
    }
    const gone = await ctx.db
      .delete(marketSymbol)
      .where(and(eq(marketSymbol.source, source), lt(marketSymbol.seenAt, seenAt)))
      .returning({ symbol: marketSymbol.symbol });
    return { symbols: symbols.length, gone: gone.length };
  });
}

/** When a source last said what it trades; undefined when it never did. */
export async function symbolsSeenAt(ctx: Pick<MarketContext, 'db'>, source: string): Promise<Date | undefined> {
  const [row] = await ctx.db
    .select({ at: sql<string | null>`max(${marketSymbol.seenAt})` })
    .from(marketSymbol)
    .where(eq(marketSymbol.source, source));
  return row?.at ? new Date(row.at) : undefined;
}

/** The sources of which candles are stored, names of imports among them. */
export async function storedSources(ctx: Pick<MarketContext, 'db'>): Promise<string[]> {
  const rows = await ctx.db.selectDistinct({ source: candleBlock.source }).from(candleBlock);
  return rows.map((row) => row.source).sort();
}

/** Real sources that somebody has used: they have a list of symbols, or candles. */
export async function sourcesInUse(ctx: MarketContext): Promise<string[]> {
  const listed = ctx.db.selectDistinct({ source: marketSymbol.source }).from(marketSymbol);
  const used = new Set([...(await listed).map((row) => row.source), ...(await storedSources(ctx))]);
  return ctx.candleSources.ids.filter((id) => id !== DEMO && used.has(id));
}

/** The daily job: the lists of all sources in use, one after the other. One in trouble keeps none of the others from theirs. */
export async function refreshUsedSymbols(ctx: MarketContext) {
  requireActor(ctx, 'job');
  const refreshed: Record<string, Refreshed> = {};
  const troubles: Record<string, string> = {};
  for (const source of await sourcesInUse(ctx)) {
    try {
      refreshed[source] = await refreshSymbols(ctx, source);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      troubles[source] = error.code;
    }
  }
  return { refreshed, troubles };
}
