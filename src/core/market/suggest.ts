import { and, eq, inArray, notInArray, type SQL, sql } from 'drizzle-orm';
import { demoMarkets } from './demo.ts';
import { DEMO } from './demoSource.ts';
import { type Market, marketOf, marketText } from './markets.ts';
import type { MarketContext } from './sources.ts';
import { spelledMarket, usualQuotes } from './symbol.ts';
import { candleBlock, marketSymbol } from './tables.ts';

const inOrder = (names: readonly string[]): SQL =>
  sql.raw(`array[${names.map((name) => `'${name}'`).join(', ')}]::text[]`); // our own names, letters only

const quoteOrder = inOrder(usualQuotes);
const place = new Map(demoMarkets.map(({ base }, n) => [base, n]));

/** What has been typed so far: letters of any symbol, or a coin, a slash and the letters of its quote. */
interface Beginning {
  source: string | undefined;
  bare: string;
  pair: { base: string; quote: string } | undefined;
}

/**
 * Markets whose writing begins like `prefix`, the likeliest first: for suggestions as one types. Asks the database alone.
 * An empty prefix answers the well-known ones. Those of `home` come before all others.
 */
export async function suggestSymbols(ctx: MarketContext, prefix: string, limit = 25, home = DEMO): Promise<Market[]> {
  const { source, bare, text } = spelledMarket(prefix);
  const [, base = '', quote = ''] = /^([^/_-]+)[/_-]([^/_-]*)$/u.exec(text.toUpperCase()) ?? [];
  const typed = { source, bare, pair: base ? { base, quote } : undefined };
  const demo = source === undefined || source === DEMO ? demoMarkets.filter((market) => begins(typed, market)) : [];
  const others = source === DEMO ? [] : [...(await imported(ctx, typed)), ...(await listed(ctx, typed, limit, home))];
  return [...demo.map(({ symbol }) => marketOf(DEMO, symbol)), ...others]
    .sort((a, b) => rank(a, home) - rank(b, home)) // stable: the order within stays
    .slice(0, limit);
}

/** Those of `home` first; among them and among the others the coins that everybody knows. */
const rank = ({ source, base }: Market, home: string) =>
  (source === home ? 0 : place.size + 1) + (place.get(base) ?? place.size);

const begins = ({ bare, pair }: Beginning, { base, quote }: Pick<Market, 'base' | 'quote'>) =>
  pair ? base === pair.base && quote.startsWith(pair.quote) : `${base}${quote}`.startsWith(bare);

/**
 * From what the exchanges said they trade: of this person's exchange, then the coins everybody knows, then the rest. Each
 * round walks along an index, so that no key pressed sorts tens of thousands of markets.
 */
async function listed(ctx: MarketContext, typed: Beginning, limit: number, home: string): Promise<Market[]> {
  const { source, base } = marketSymbol;
  const well = demoMarkets.map((market) => market.base);
  const rounds =
    typed.source === undefined
      ? [...(home === DEMO ? [] : [eq(source, home)]), inArray(base, well), notInArray(base, well)]
      : [and(eq(source, typed.source), inArray(base, well)), and(eq(source, typed.source), notInArray(base, well))];
  const found = new Map<string, Market>();
  for (const round of rounds) {
    if (found.size >= limit) break;
    for (const market of await beginning(ctx, typed, round, limit)) found.set(marketText(market), market);
  }
  return [...found.values()];
}

function beginning(ctx: MarketContext, { bare, pair }: Beginning, round: SQL | undefined, limit: number) {
  const { source, symbol, base, quote } = marketSymbol;
  const isMeant = pair
    ? sql`${base} = ${pair.base} and starts_with(${quote}, ${pair.quote})`
    : sql`starts_with(${base} || ${quote}, ${bare})`;
  return ctx.db
    .select({ source, symbol, base, quote })
    .from(marketSymbol)
    .where(and(isMeant, round))
    .orderBy(base, sql`array_position(${quoteOrder}, ${quote}) nulls last`, quote, source)
    .limit(limit);
}

/** From what was imported under names of its own, of which there is no list. */
async function imported(ctx: MarketContext, typed: Beginning): Promise<Market[]> {
  const { source, symbol } = candleBlock;
  const rows = await ctx.db
    .selectDistinct({ source, symbol })
    .from(candleBlock)
    .where(
      and(
        notInArray(source, [...ctx.candleSources.ids]),
        typed.source === undefined ? undefined : eq(source, typed.source),
      ),
    );
  return rows.map((row) => marketOf(row.source, row.symbol)).filter((market) => begins(typed, market));
}
