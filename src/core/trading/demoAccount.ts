import { type DemoMarket, demoMarket, demoPrice, randomOf } from '../market/demo.ts';
import type { AssetBalance, Fill, MoneyMove, OpenOrder, OpenPosition, Side } from './exchange.ts';

/**
 * An account at the demo exchange: made up, but the same one each time it is asked for, and true to itself. It began
 * three months before its id was made, with a deposit; since then its owner has traded on some days, paid in or out once
 * a month, and held a futures position in one half of every thirty days. Every balance is the sum of these moves and
 * executions, to the last digit, and what is open is worth what the demo market says now.
 */
export interface DemoBook {
  readonly balances: readonly AssetBalance[];
  readonly positions: readonly OpenPosition[];
  readonly orders: readonly OpenOrder[];
  readonly fills: readonly Fill[];
  readonly moves: readonly MoneyMove[];
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const PAST_DAYS = 90;
const USDT = 'USDT';

/** Amounts are integers of 10⁻¹⁴: prices have up to 6 decimals, quantities 5 and fees three more, so nothing is rounded. */
const DECIMALS = 14;
const ONE = 10n ** BigInt(DECIMALS);
const SPOT_FEE = 1000n; // one part in so many
const FUTURES_FEE = 2000n;
const LEVERAGE = 3n;

const demoUnits = (text: string): bigint => {
  const [whole = '0', part = ''] = text.split('.');
  return BigInt(whole + part.padEnd(DECIMALS, '0').slice(0, DECIMALS));
};

const written = (amount: bigint): string => {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(DECIMALS + 1, '0');
  const part = digits.slice(-DECIMALS).replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}${part && `.${part}`}`;
};

const times = (a: bigint, b: bigint) => (a * b) / ONE;

interface Position {
  market: DemoMarket;
  isLong: boolean;
  qty: bigint;
  entry: bigint;
}

/** What is carried from day to day. */
interface Books {
  id: string;
  nowMs: number;
  favourites: readonly DemoMarket[];
  spot: Map<string, bigint>;
  wallet: bigint;
  position: Position | null;
  order: OpenOrder | null;
  locked: bigint;
  fills: Fill[];
  moves: MoneyMove[];
}

export function demoAccount(accountId: string, nowMs: number): DemoBook {
  const random = randomOf(accountId);
  const names = ['BTC', 'ETH', 'SOL', 'BNB', 'XRP', 'LINK', 'ADA', 'LTC'];
  const favourites = Array.from({ length: 4 }, () => names.splice(Math.floor(random() * names.length), 1)[0])
    .map((name) => demoMarket(`${name}/${USDT}`))
    .filter((market) => market !== undefined);
  const books: Books = {
    id: accountId,
    nowMs,
    favourites,
    spot: new Map(),
    wallet: 0n,
    position: null,
    order: null,
    locked: 0n,
    fills: [],
    moves: [],
  };
  const startMs = Math.floor(bornMs(accountId) / DAY_MS) * DAY_MS - PAST_DAYS * DAY_MS;
  for (let day = 0; startMs + day * DAY_MS <= nowMs; day++) liveDay(books, startMs + day * DAY_MS, day);
  return { ...held(books), fills: books.fills, moves: books.moves };
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An id begins with the milliseconds of its birth; one of another make gets a moment of its own. */
function bornMs(accountId: string): number {
  const stamp = /_([0-9A-HJKMNP-TV-Z]{10})[0-9A-Z]{16}$/.exec(accountId)?.[1];
  if (!stamp) return Date.UTC(2025, 6, 1) + Math.floor(randomOf(`${accountId}:born`)() * 180) * DAY_MS;
  return [...stamp].reduce((ms, letter) => ms * 32 + ALPHABET.indexOf(letter), 0);
}

/** One day in order: money in or out, futures, a trade, and once a week the resting order that is placed anew. */
function liveDay(books: Books, dayMs: number, day: number): void {
  const random = randomOf(`${books.id}:${day}`);
  if (day % 30 === 0) moveMoney(books, dayMs + 2 * HOUR_MS, day, random);
  if (day === 3) fundFutures(books, dayMs + 3 * HOUR_MS);
  if (day % 30 === 20) openPosition(books, dayMs + 4 * HOUR_MS, day, random);
  if (day % 30 === 5) closePosition(books, dayMs + 4 * HOUR_MS, day);
  if (day > 0 && random() < 0.4) tradeSpot(books, dayMs, day, random);
  if (day % 7 === 6) placeOrder(books, dayMs + 23 * HOUR_MS, day);
}

const balanceOf = (books: Books, asset: string) => books.spot.get(asset) ?? 0n;
const add = (books: Books, asset: string, amount: bigint) => books.spot.set(asset, balanceOf(books, asset) + amount);
const freeUsdt = (books: Books) => balanceOf(books, USDT) - books.locked;

function moveMoney(books: Books, atMs: number, day: number, random: () => number): void {
  if (atMs > books.nowMs) return;
  const isFirst = day === 0;
  const isOut = !isFirst && random() < 0.3;
  const whole = isFirst ? 20 + Math.floor(random() * 180) : 2 + Math.floor(random() * 15);
  const most = isOut ? (freeUsdt(books) / (3n * ONE)) * ONE : undefined;
  const wanted = BigInt(whole) * 100n * ONE;
  const qty = most !== undefined && most < wanted ? most : wanted;
  if (qty <= 0n) return;
  add(books, USDT, isOut ? -qty : qty);
  const kind = isOut ? 'withdrawal' : 'deposit';
  books.moves.push({ id: `${kind}-${day}`, kind, asset: USDT, qty: written(qty), at: new Date(atMs) });
}

/** From one's own wallet into the other: no move of money. */
function fundFutures(books: Books, atMs: number): void {
  if (atMs > books.nowMs) return;
  books.wallet = (freeUsdt(books) / (4n * ONE)) * ONE;
  add(books, USDT, -books.wallet);
}

function openPosition(books: Books, atMs: number, day: number, random: () => number): void {
  const market = demoMarket(random() < 0.6 ? `BTC/${USDT}` : `ETH/${USDT}`);
  const isLong = random() < 0.6;
  if (atMs > books.nowMs || !market || books.position || books.wallet <= 0n) return;
  const entry = priceAt(market, atMs);
  // Worth half the wallet, so that no move of a month can take all of it: nobody is liquidated here.
  const qty = inSteps((books.wallet * ONE) / (2n * entry), 4);
  if (qty === 0n) return;
  books.position = { market, isLong, qty, entry };
  futuresFill(books, { id: `${day}-open`, side: isLong ? 'buy' : 'sell', price: entry, atMs });
}

function closePosition(books: Books, atMs: number, day: number): void {
  if (atMs > books.nowMs || !books.position) return;
  const price = priceAt(books.position.market, atMs);
  books.wallet += profit(books.position, price);
  futuresFill(books, { id: `${day}-close`, side: books.position.isLong ? 'sell' : 'buy', price, atMs });
  books.position = null;
}

const profit = ({ isLong, qty, entry }: Position, price: bigint) => times(qty, isLong ? price - entry : entry - price);

function futuresFill(books: Books, { id, side, price, atMs }: { id: string; side: Side; price: bigint; atMs: number }) {
  if (!books.position) return;
  const { market, qty } = books.position;
  const fee = times(qty, price) / FUTURES_FEE;
  books.wallet -= fee;
  books.fills.push(fillOf(market, { id, wallet: 'futures', side, price, qty, fee, atMs }));
}

function fillOf(
  { base, quote, symbol }: DemoMarket,
  {
    id,
    wallet,
    side,
    price,
    qty,
    fee,
    atMs,
  }: { id: string; side: Side; price: bigint; qty: bigint; fee: bigint; atMs: number } & Pick<Fill, 'wallet'>,
): Fill {
  return {
    id,
    wallet,
    symbol: wallet === 'spot' ? symbol : `${symbol}:${quote}`,
    base,
    quote,
    side,
    price: written(price),
    qtyBase: written(qty),
    fee: { asset: quote, qty: written(fee) },
    at: new Date(atMs),
  };
}

function tradeSpot(books: Books, dayMs: number, day: number, random: () => number): void {
  const market = books.favourites[Math.floor(random() * books.favourites.length)];
  if (!market) return;
  // Everybody trades a market at the same minute of a day, so that its price is worked out once for all accounts.
  const atMs = dayMs + (6 * 60 + Math.floor(randomOf(`${market.symbol}:${dayMs}:minute`)() * 960)) * 60_000;
  if (atMs > books.nowMs) return;
  const price = priceAt(market, atMs);
  const holding = balanceOf(books, market.base);
  const share = BigInt(5 + Math.floor(random() * 11));
  const isSell = holding > 0n && random() < 0.4;
  const wanted = isSell ? (holding * share * 5n) / 100n : (freeUsdt(books) * share * ONE) / (100n * price);
  const qty = inSteps(wanted, price > 1000n * ONE ? 5 : 2);
  const cost = times(qty, price);
  if (cost < 5n * ONE) return;
  const fee = cost / SPOT_FEE;
  add(books, market.base, isSell ? -qty : qty);
  add(books, USDT, isSell ? cost - fee : -cost - fee);
  const side = isSell ? 'sell' : 'buy';
  books.fills.push(fillOf(market, { id: `${day}-spot`, wallet: 'spot', side, price, qty, fee, atMs }));
}

/** A bid so far below the price that no week reaches it: it rests, and locks what it would cost. */
function placeOrder(books: Books, atMs: number, day: number): void {
  const [market] = books.favourites;
  if (atMs > books.nowMs || !market) return;
  books.locked = 0n;
  books.order = null;
  const price = inSteps((priceAt(market, atMs) * 40n) / 100n, market.priceDecimals);
  const qty = inSteps((freeUsdt(books) * 5n * ONE) / (100n * price), price > 1000n * ONE ? 5 : 2);
  if (qty === 0n) return;
  books.locked = times(qty, price);
  books.order = {
    id: `${day}-order`,
    wallet: 'spot',
    symbol: market.symbol,
    side: 'buy',
    type: 'limit',
    price: written(price),
    qtyBase: written(qty),
    filledQtyBase: '0',
    placedAt: new Date(atMs).toISOString(),
  };
}

/** Down to so many decimals. */
const inSteps = (amount: bigint, decimals: number) => {
  const step = 10n ** BigInt(DECIMALS - decimals);
  return (amount / step) * step;
};

/** Prices of the past never change, and all accounts trade at few moments. */
const known = new Map<string, bigint>();
const MOST_KNOWN = 50_000;

function priceAt(market: DemoMarket, atMs: number): bigint {
  const name = `${market.symbol}:${atMs}`;
  const price = known.get(name) ?? demoUnits(demoPrice(market, atMs).toFixed(market.priceDecimals));
  if (known.size >= MOST_KNOWN) known.clear();
  return known.set(name, price) && price;
}

function held(books: Books): Pick<DemoBook, 'balances' | 'positions' | 'orders'> {
  const balances: AssetBalance[] = [...books.spot]
    .filter(([, total]) => total !== 0n)
    .map(([asset, total]) => {
      const used = asset === USDT ? books.locked : 0n;
      return { wallet: 'spot', asset, free: written(total - used), used: written(used), total: written(total) };
    });
  const positions = books.position ? [openOne(books, books.position)] : [];
  if (books.wallet !== 0n) {
    const margin = books.position ? marginOf(books.position) : 0n;
    const used = margin < books.wallet ? margin : books.wallet;
    const free = written(books.wallet - used);
    balances.push({ wallet: 'futures', asset: USDT, free, used: written(used), total: written(books.wallet) });
  }
  return { balances, positions, orders: books.order ? [books.order] : [] };
}

const marginOf = ({ qty, entry }: Position) => times(qty, entry) / LEVERAGE;

function openOne(books: Books, position: Position): OpenPosition {
  const { market, isLong, qty, entry } = position;
  const mark = demoUnits(demoPrice(market, books.nowMs).toFixed(market.priceDecimals));
  // Where the whole wallet would be lost.
  const distance = (books.wallet * ONE) / qty;
  const liquidation = isLong ? entry - distance : entry + distance;
  return {
    symbol: `${market.symbol}:${USDT}`,
    base: market.base,
    settle: USDT,
    side: isLong ? 'long' : 'short',
    qtyBase: written(qty),
    entryPrice: written(entry),
    markPrice: written(mark),
    unrealisedPnl: written(profit(position, mark)),
    leverage: String(LEVERAGE),
    liquidationPrice: liquidation > 0n ? written(inSteps(liquidation, market.priceDecimals)) : null,
    margin: written(marginOf(position)),
  };
}
