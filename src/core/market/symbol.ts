/** The quotes a coin is looked for in when somebody names only the coin, the likeliest first. */
export const usualQuotes: readonly string[] = ['USDT', 'USDC', 'USD', 'THB', 'EUR', 'BTC', 'ETH'];

const MOST_LETTERS = 40;

/** What somebody wrote for a market, as far as it can be understood without knowing which markets there are. */
export interface Spelled {
  /** Written before a colon: `binance:BTC/USDT`. */
  source: string | undefined;
  /** What may be meant, as `BTC/USDT`, the likeliest first. */
  candidates: readonly string[];
  /** The letters alone, `BTCUSDT`: for looking for similar ones. */
  bare: string;
  /** As it was written, without the source. */
  text: string;
}

/**
 * Understands `BTC/USDT`, `btc-usdt`, `BTC_USDT`, `btc usdt`, `btcusdt` and `btc`, with a source in front or without. A
 * colon behind a slash belongs to the symbol of a future and is no source.
 */
export function spelledMarket(given: string): Spelled {
  const whole = given.trim().slice(0, MOST_LETTERS);
  const [, source, rest] = /^([^/:]+):(.*)$/su.exec(whole) ?? [undefined, undefined, whole];
  const text = (rest ?? '').trim();
  const [spot = '', settle] = text.toUpperCase().split(':');
  const parts = spot.split(/[\s/_-]+/u).filter(Boolean);
  const bare = parts.join('');
  const pair = parts.length === 2 ? [parts.join('/')] : [];
  const candidates = settle !== undefined ? [] : parts.length === 1 ? splits(bare) : pair;
  return { source: source?.trim().toLowerCase(), candidates, bare, text };
}

/** Every way to read letters as base and quote: a usual quote at the end, any other one, or no quote at all. */
function splits(bare: string): string[] {
  const letters = [...bare];
  const usual = usualQuotes.filter((quote) => bare.endsWith(quote) && bare !== quote);
  const ends = usual.map((quote) => `${bare.slice(0, -quote.length)}/${quote}`);
  const any = letters.slice(1).map((_, n) => `${letters.slice(0, n + 1).join('')}/${letters.slice(n + 1).join('')}`);
  return [...new Set([...ends, ...any, ...usualQuotes.filter((quote) => quote !== bare).map((q) => `${bare}/${q}`)])];
}

/** `BTC/USDT` → its two coins. */
export function coinsOf(symbol: string): { base: string; quote: string } {
  const at = symbol.lastIndexOf('/');
  return { base: symbol.slice(0, at), quote: symbol.slice(at + 1) };
}
