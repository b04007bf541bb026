import { Decimal } from '../decimal.ts';
import type { Fill } from '../trading/exchange.ts';
import { type Book, type BookState, type CostMethod, openBook } from './book.ts';
import { isCash } from './cash.ts';

/** What an account did, as the tables keep it. Oldest first. */
export interface History {
  readonly fills: readonly Fill[];
  readonly moves: readonly HistoryMove[];
}

export interface HistoryMove {
  readonly kind: 'deposit' | 'withdrawal';
  readonly asset: string;
  readonly qty: string;
  /** What it was worth then; null where no rate of that time is known. */
  readonly valueUsdt: string | null;
  readonly at: Date;
}

/** What one unit of an asset was worth in USDT at a moment. */
export interface WorthThen {
  readonly price: Decimal;
  /** Today's rate stands in for that of the day. */
  readonly isApproximate: boolean;
}
export type RateThen = (asset: string, at: Date, use: 'trade' | 'fee') => WorthThen | null;

/** Books of one account: spot by asset, futures by symbol. All values in USDT. */
export interface AccountBooks {
  readonly spot: ReadonlyMap<string, BookState>;
  readonly futures: ReadonlyMap<string, BookState>;
  readonly realised: Decimal;
  /** Some rate of the day was not known, and today's stood in. */
  readonly isApproximate: boolean;
  /** Something was sold that never came, or has no known cost or price: what that earned is in no figure. */
  readonly isIncomplete: boolean;
}

const ZERO = new Decimal(0);

interface Desk {
  books: Map<string, Book>;
  rateThen: RateThen;
  method: CostMethod;
  isApproximate: boolean;
  isIncomplete: boolean;
}

/**
 * Profit and cost of an account from all of its fills, deposits and withdrawals. Only coins have books: money (USDT, USD,
 * THB, …) is what they are bought with. A coin paid for with a coin is a sale of the one and a purchase of the other at
 * its value of that moment. A deposit costs what it was worth then; a withdrawal takes its cost along. A fee in the base
 * is so much less of it, one in the quote or in a third asset is its value, and a third asset is sold for it at that.
 * Funding of perpetual futures is in no fill, so it is in no figure here; it is in the balances and so in the total.
 */
export function accountBooks({ fills, moves }: History, method: CostMethod, rateThen: RateThen): AccountBooks {
  const desk: Desk = { books: new Map(), rateThen, method, isApproximate: false, isIncomplete: false };
  let nextMove = 0;
  for (const fill of fills) {
    while (moves[nextMove] && (moves[nextMove] as HistoryMove).at <= fill.at) takeMove(desk, moves[nextMove++]);
    if (fill.wallet === 'spot') takeSpot(desk, fill);
    else takeFutures(desk, fill);
  }
  while (nextMove < moves.length) takeMove(desk, moves[nextMove++]);
  return stateOf(desk);
}

function stateOf(desk: Desk): AccountBooks {
  const all = [...desk.books].map(([key, book]) => [key, book.state()] as const);
  const of = (wallet: string) =>
    new Map(all.filter(([key]) => key.startsWith(wallet)).map(([key, state]) => [key.slice(wallet.length), state]));
  const gaps = all.some(([, state]) => state.oversoldQty.gt(0) || state.unknownQty.gt(0));
  return {
    spot: of('spot '),
    futures: of('futures '),
    realised: all.reduce((sum, [, state]) => sum.plus(state.realised), ZERO),
    isApproximate: desk.isApproximate,
    isIncomplete: desk.isIncomplete || gaps,
  };
}

function bookOf(desk: Desk, key: string, mayBeShort: boolean): Book {
  const book = desk.books.get(key) ?? openBook(desk.method, { mayBeShort });
  desk.books.set(key, book);
  return book;
}

function worth(desk: Desk, asset: string, qty: Decimal, at: Date, use: 'trade' | 'fee'): Decimal | null {
  if (qty.isZero()) return ZERO;
  const then = desk.rateThen(asset, at, use);
  if (then?.isApproximate) desk.isApproximate = true;
  return then && qty.times(then.price);
}

function take(desk: Desk, asset: string, qty: Decimal, value: Decimal | null): void {
  if (!isCash(asset)) bookOf(desk, `spot ${asset}`, false).take({ qty, value, kind: 'trade' });
}

function takeMove(desk: Desk, move: HistoryMove | undefined): void {
  if (!move || isCash(move.asset)) return;
  const qty = new Decimal(move.qty);
  const value = move.valueUsdt === null ? null : new Decimal(move.valueUsdt);
  const signed = move.kind === 'deposit' ? qty : qty.neg();
  bookOf(desk, `spot ${move.asset}`, false).take({ qty: signed, value, kind: 'move' });
}

interface Paid {
  qty: Decimal;
  amount: Decimal;
  value: Decimal | null;
  feeQty: Decimal;
  /** What the fee takes from the other side; nothing where it is taken from the base itself. */
  feeValue: Decimal | null;
}

function paidOf(desk: Desk, fill: Fill): Paid {
  const { base, quote, at, fee } = fill;
  const [qty, price] = [new Decimal(fill.qtyBase), new Decimal(fill.price)];
  const amount = qty.times(price);
  const byBase = isCash(base) && !isCash(quote);
  const value = byBase ? worth(desk, base, qty, at, 'trade') : worth(desk, quote, amount, at, 'trade');
  const feeQty = new Decimal(fee?.qty ?? 0);
  if (!fee || fee.asset === base) return { qty, amount, value, feeQty, feeValue: ZERO };
  if (fee.asset === quote) {
    // At the price of this very trade, so that what goes out in the quote and what comes in agree.
    const feeValue = value && (amount.isZero() ? ZERO : value.times(feeQty).div(amount));
    return { qty, amount, value, feeQty, feeValue };
  }
  return { qty, amount, value, feeQty, feeValue: worth(desk, fee.asset, feeQty, at, 'fee') };
}

function takeSpot(desk: Desk, fill: Fill): void {
  const { base, quote, fee } = fill;
  const { qty, amount, value, feeQty, feeValue } = paidOf(desk, fill);
  if (feeValue === null) desk.isIncomplete = true;
  const [ofBase, ofQuote] = [fee?.asset === base ? feeQty : ZERO, fee?.asset === quote ? feeQty : ZERO];
  const isBuy = fill.side === 'buy';
  const total = value && (isBuy ? value.plus(feeValue ?? ZERO) : value.minus(feeValue ?? ZERO));
  take(desk, base, isBuy ? qty.minus(ofBase) : qty.plus(ofBase).neg(), total);
  // The other side carries a fee of its own only: a third asset's is paid with that asset.
  const across = value && fee?.asset === quote ? total : value;
  take(desk, quote, isBuy ? amount.plus(ofQuote).neg() : amount.minus(ofQuote), across);
  if (fee && fee.asset !== base && fee.asset !== quote) take(desk, fee.asset, feeQty.neg(), feeValue);
}

/** What a contract is settled in stands behind the colon: `BTC/USDT:USDT`. */
const settleOf = ({ symbol, quote }: Fill) => /:([^-]+)/.exec(symbol)?.[1] ?? quote;

function takeFutures(desk: Desk, fill: Fill): void {
  const { symbol, side, quote, fee, at } = fill;
  if (settleOf(fill) !== quote) {
    desk.isIncomplete = true; // settled in its base: profit is no difference of prices there
    return;
  }
  const [qty, price] = [new Decimal(fill.qtyBase), new Decimal(fill.price)];
  const value = worth(desk, quote, qty.times(price), at, 'trade');
  const feeValue = fee ? worth(desk, fee.asset, new Decimal(fee.qty), at, 'fee') : ZERO;
  if (feeValue === null) desk.isIncomplete = true;
  const isBuy = side === 'buy';
  const total = value && (isBuy ? value.plus(feeValue ?? ZERO) : value.minus(feeValue ?? ZERO));
  bookOf(desk, `futures ${symbol}`, true).take({ qty: isBuy ? qty : qty.neg(), value: total, kind: 'trade' });
  if (fee && fee.asset !== quote) take(desk, fee.asset, new Decimal(fee.qty).neg(), feeValue);
}
