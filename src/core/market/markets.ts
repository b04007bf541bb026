import { and, eq, inArray } from 'drizzle-orm';
import { later, minutes } from '../clock.ts';
import { fail, Refusal } from '../error.ts';
import { editDistance } from '../spelling.ts';
import { demoMarkets } from './demo.ts';
import { DEMO } from './demoSource.ts';
import { type MarketContext, unknownSource } from './sources.ts';
import { coinsOf, type Spelled, spelledMarket, usualQuotes } from './symbol.ts';
import { refreshSymbols, storedSources, symbolsSeenAt } from './symbolList.ts';
import { candleBlock, marketSymbol } from './tables.ts';

/** One market of one source. */
export interface Market {
  source: string;
  /** `BTC/USDT`. */
  symbol: string;
  base: string;
  quote: string;
}

/** A list that old is asked for once more before a symbol is called unknown: it may have been listed since. */
const FRESH_MS = minutes(60);
const MOST_SUGGESTED = 3;

export const marketOf = (source: string, symbol: string): Market => ({ source, symbol, ...coinsOf(symbol) });

/** How a market is written so that `findMarket` finds it again: without its source where that goes without saying. */
export const marketText = ({ source, symbol }: Pick<Market, 'source' | 'symbol'>, home = DEMO) =>
  source === home ? symbol : `${source}:${symbol}`;

/**
 * The market that somebody means by `BTC/USDT`, `btcusdt`, `btc` or `binance:btc`. Without a source in front it is one of
 * `home`: the demo exchange, or the exchange that this person trades at. The first use of a source asks it what it trades.
 * Refuses `market.source_unknown`, `market.symbol_unknown` with the nearest, and the troubles of the exchange.
 */
export async function findMarket(ctx: MarketContext, text: string, home = DEMO): Promise<Market> {
  const spelled = spelledMarket(text);
  const source = spelled.source ?? home;
  if (!ctx.candleSources.byId(source)) await requireImported(ctx, source);
  const found = (await lookUp(ctx, source, spelled)) ?? (await lookAgain(ctx, source, spelled));
  if (found) return found;
  const nearest = await nearestMarkets(ctx, source, spelled);
  return fail('market.symbol_unknown', {
    symbol: spelled.text,
    source,
    count: nearest.length,
    nearest: nearest.map((market) => marketText(market, home)).join(', '),
  });
}

/** Refuses a source that is neither known nor the name of an import. */
async function requireImported(ctx: MarketContext, source: string): Promise<void> {
  const imported = await storedSources(ctx);
  if (!imported.includes(source)) unknownSource(ctx, source, imported);
}

async function lookUp(ctx: MarketContext, source: string, { candidates }: Spelled): Promise<Market | undefined> {
  const there = new Set(await symbolsAmong(ctx, source, candidates));
  const symbol = candidates.find((candidate) => there.has(candidate));
  return symbol === undefined ? undefined : marketOf(source, symbol);
}

/** Those of the candidates that a source trades, or of which candles are stored: what is no longer traded can still be studied. */
async function symbolsAmong(ctx: MarketContext, source: string, candidates: readonly string[]): Promise<string[]> {
  if (source === DEMO) return demoMarkets.map(({ symbol }) => symbol);
  if (candidates.length === 0) return [];
  const listed = ctx.db
    .select({ symbol: marketSymbol.symbol })
    .from(marketSymbol)
    .where(and(eq(marketSymbol.source, source), inArray(marketSymbol.symbol, [...candidates])));
  const stored = ctx.db
    .select({ symbol: candleBlock.symbol })
    .from(candleBlock)
    .where(and(eq(candleBlock.source, source), inArray(candleBlock.symbol, [...candidates])));
  return (await listed.union(stored)).map((row) => row.symbol);
}

async function lookAgain(ctx: MarketContext, source: string, spelled: Spelled): Promise<Market | undefined> {
  if (source === DEMO || !ctx.candleSources.byId(source)) return undefined;
  const seenAt = await symbolsSeenAt(ctx, source);
  if (seenAt && later(seenAt, FRESH_MS) > ctx.clock.now()) return undefined;
  await refreshSymbols(ctx, source).catch((error: unknown) => {
    // With an old list we know enough to suggest something; without any the trouble is all there is to say.
    if (!seenAt || !(error instanceof Refusal)) throw error;
  });
  return lookUp(ctx, source, spelled);
}

/** The same symbol at other sources, then those of this source that differ by a slip of the hand. */
async function nearestMarkets(ctx: MarketContext, source: string, spelled: Spelled): Promise<Market[]> {
  const { bare, candidates } = spelled;
  const elsewhere = spelled.source ? [] : await atOthers(ctx, source, candidates);
  const near = (await symbolsOf(ctx, source))
    .map((symbol) => ({ symbol, far: distance(bare, symbol), rank: rankOf(symbol) }))
    .filter(({ far }) => far <= (bare.length <= 4 ? 1 : 2))
    .sort((a, b) => a.far - b.far || a.rank - b.rank || (a.symbol < b.symbol ? -1 : 1));
  return [...elsewhere, ...near.map(({ symbol }) => marketOf(source, symbol))].slice(0, MOST_SUGGESTED);
}

async function atOthers(ctx: MarketContext, home: string, candidates: readonly string[]): Promise<Market[]> {
  if (candidates.length === 0) return [];
  const rows = await ctx.db
    .select({ source: marketSymbol.source, symbol: marketSymbol.symbol })
    .from(marketSymbol)
    .where(inArray(marketSymbol.symbol, [...candidates]));
  const place = (row: { source: string; symbol: string }) =>
    candidates.indexOf(row.symbol) * 100 + ctx.candleSources.ids.indexOf(row.source);
  return rows
    .filter((row) => row.source !== home)
    .sort((a, b) => place(a) - place(b))
    .map(({ source, symbol }) => marketOf(source, symbol));
}

async function symbolsOf(ctx: MarketContext, source: string): Promise<string[]> {
  if (source === DEMO) return demoMarkets.map(({ symbol }) => symbol);
  const listed = ctx.db
    .select({ symbol: marketSymbol.symbol })
    .from(marketSymbol)
    .where(eq(marketSymbol.source, source));
  const stored = ctx.db.select({ symbol: candleBlock.symbol }).from(candleBlock).where(eq(candleBlock.source, source));
  return (await listed.union(stored)).map((row) => row.symbol);
}

/** Slips between what was written and a symbol; a quote may be left out, a usual one only. */
function distance(bare: string, symbol: string): number {
  const { base, quote } = coinsOf(symbol);
  return Math.min(editDistance(bare, base + quote), quote === usualQuotes[0] ? editDistance(bare, base) : 9);
}

const places = new Map(demoMarkets.map(({ base }, place) => [base, place]));

/** The coins that everybody knows first, and those against dollars. */
function rankOf(symbol: string): number {
  const { base, quote } = coinsOf(symbol);
  const at = usualQuotes.indexOf(quote);
  return (places.get(base) ?? demoMarkets.length) * 10 + (at < 0 ? usualQuotes.length : at);
}
