import { Decimal } from '../decimal.ts';
import type { AssetBalance, Endpoint, OpenPosition } from '../trading/exchange.ts';
import type { BookState } from './book.ts';
import { isCash } from './cash.ts';
import type { AccountBooks } from './profit.ts';
import type { Prices } from './rates.ts';

/** In what everything is added up. */
export const UNIT = 'USDT';

/** An account and what it held when it was last read. */
export interface HeldAccount {
  readonly id: string;
  readonly exchange: string;
  readonly endpoint: Endpoint;
  readonly label: string;
  readonly groupName: string | null;
  readonly balances: readonly AssetBalance[];
  readonly positions: readonly OpenPosition[];
}

/** An asset that an account holds, in all its wallets together, or a position that it has open. */
export interface Row {
  readonly account: HeldAccount;
  readonly kind: 'spot' | 'futures';
  readonly asset: string;
  /** Of a futures position; for what is held, its asset. */
  readonly symbol: string;
  readonly side: 'long' | 'short';
  /** Above zero; `side` says which way. */
  readonly qty: Decimal;
  /** Of what is held, or what the position moves with the price; null without a rate. Above zero. */
  readonly valueUsdt: Decimal | null;
  /** What is bound: in orders, or as margin. */
  readonly usedUsdt: Decimal;
  /** What the part of known cost has cost; null where no cost is known. */
  readonly costUsdt: Decimal | null;
  readonly unrealisedUsdt: Decimal | null;
  readonly realisedUsdt: Decimal;
  /** Its history does not add up to what is held: profit covers the part that is known. */
  readonly isIncomplete: boolean;
}

export interface Valuation {
  readonly account: HeldAccount;
  readonly rows: readonly Row[];
  /** Balances and unrealised profit of open positions. */
  readonly equityUsdt: Decimal;
  readonly usedUsdt: Decimal;
  readonly unrealisedUsdt: Decimal;
  readonly realisedUsdt: Decimal;
  /** What has no rate, and is in no sum. */
  readonly unpriced: readonly string[];
  readonly isIncomplete: boolean;
  readonly isApproximate: boolean;
}

const ZERO = new Decimal(0);
export const sum = (values: Iterable<Decimal | null>): Decimal => {
  let total = ZERO;
  for (const value of values) if (value) total = total.plus(value);
  return total;
};

/** Fees that are charged in the coin itself leave such gaps between what was bought and what is there. */
const GAP = new Decimal('0.001');

/**
 * What an account is worth. Sums are sums of exact values: nothing is rounded before it is shown. Equity is what all
 * wallets hold, borrowed quantities taken off, and the unrealised profit of open positions, which no balance contains.
 */
export function valueAccount(account: HeldAccount, prices: Prices, books: AccountBooks | null): Valuation {
  const held = heldRows(account, prices, books);
  const open = account.positions.map((position) => positionRow(account, position, prices, books));
  const rows = [...held, ...open.map(({ row }) => row)];
  const equity = held.map(({ valueUsdt, side }) => (side === 'short' ? (valueUsdt?.neg() ?? null) : valueUsdt));
  const unpriced = [
    ...rows.filter((row) => row.valueUsdt === null).map((row) => row.symbol),
    ...open.filter(({ lacksProfit }) => lacksProfit).map(({ row }) => row.symbol),
  ];
  return {
    account,
    rows,
    equityUsdt: sum([...equity, ...open.map(({ row }) => row.unrealisedUsdt)]),
    usedUsdt: sum(held.map((row) => row.usedUsdt)),
    unrealisedUsdt: sum(rows.map((row) => row.unrealisedUsdt)),
    realisedUsdt: books?.realised ?? ZERO,
    unpriced: [...new Set(unpriced)],
    isIncomplete: (books?.isIncomplete ?? true) || rows.some((row) => row.isIncomplete),
    isApproximate: books?.isApproximate ?? false,
  };
}

function heldRows(account: HeldAccount, prices: Prices, books: AccountBooks | null): Row[] {
  const byAsset = new Map<string, { total: Decimal; used: Decimal }>();
  for (const { asset, total, used } of account.balances) {
    const before = byAsset.get(asset) ?? { total: ZERO, used: ZERO };
    byAsset.set(asset, { total: before.total.plus(total), used: before.used.plus(used) });
  }
  return [...byAsset]
    .filter(([, { total }]) => !total.isZero())
    .map(([asset, { total, used }]) => {
      const price = prices.quote(asset, UNIT)?.price ?? null;
      const qty = total.abs();
      const isShort = total.isNegative();
      return {
        account,
        kind: 'spot',
        asset,
        symbol: asset,
        side: isShort ? 'short' : 'long',
        qty,
        valueUsdt: price && qty.times(price),
        usedUsdt: price ? used.times(price) : ZERO,
        ...profitOf(asset, isShort ? ZERO : qty, price, books?.spot.get(asset)),
      } as const;
    });
}

type Profit = Pick<Row, 'costUsdt' | 'unrealisedUsdt' | 'realisedUsdt' | 'isIncomplete'>;

/** Unrealised profit of the part whose cost is known: its value less its cost. */
function profitOf(asset: string, qty: Decimal, price: Decimal | null, book: BookState | undefined): Profit {
  const realisedUsdt = book?.realised ?? ZERO;
  if (isCash(asset)) return { costUsdt: null, unrealisedUsdt: null, realisedUsdt, isIncomplete: false };
  if (!book || book.knownQty.isZero())
    return { costUsdt: null, unrealisedUsdt: null, realisedUsdt, isIncomplete: true };
  const known = Decimal.min(qty, book.knownQty);
  const costUsdt = known.eq(book.knownQty) ? book.cost : book.cost.times(known).div(book.knownQty);
  const gap = qty.minus(book.knownQty).abs();
  const isIncomplete = gap.gt(qty.times(GAP)) || book.oversoldQty.gt(0) || book.unknownQty.gt(0);
  return { costUsdt, unrealisedUsdt: price && known.times(price).minus(costUsdt), realisedUsdt, isIncomplete };
}

/** In what a symbol's prices are: `BTC/USDT:USDT` in USDT. */
const quoteOf = ({ symbol, settle }: OpenPosition) => /\/([^:]+)/.exec(symbol)?.[1] ?? settle;

function positionRow(
  account: HeldAccount,
  position: OpenPosition,
  prices: Prices,
  books: AccountBooks | null,
): { row: Row; lacksProfit: boolean } {
  const { symbol, base, settle, side, markPrice } = position;
  const quote = quoteOf(position);
  const qty = new Decimal(position.qtyBase);
  const [inQuote, inSettle] = [prices.quote(quote, UNIT)?.price, prices.quote(settle, UNIT)?.price];
  const price = (markPrice !== null && inQuote?.times(markPrice)) || (prices.quote(base, UNIT)?.price ?? null);
  const profit = profitInSettle(position, quote === settle);
  const unrealisedUsdt = (profit && inSettle?.times(profit)) ?? null;
  const row: Row = {
    account,
    kind: 'futures',
    asset: base,
    symbol,
    side,
    qty,
    valueUsdt: price && qty.times(price),
    usedUsdt: position.margin !== null && inSettle ? inSettle.times(position.margin) : ZERO,
    costUsdt: quote === settle && inQuote ? qty.times(position.entryPrice).times(inQuote) : null,
    unrealisedUsdt,
    realisedUsdt: books?.futures.get(symbol)?.realised ?? ZERO,
    isIncomplete: false,
  };
  return { row, lacksProfit: unrealisedUsdt === null };
}

/** As the exchange says; otherwise from entry and mark, where both are in what the position is settled in. */
function profitInSettle(position: OpenPosition, isLinear: boolean): Decimal | null {
  if (position.unrealisedPnl !== null) return new Decimal(position.unrealisedPnl);
  if (position.markPrice === null || !isLinear) return null;
  const move = new Decimal(position.markPrice).minus(position.entryPrice);
  return (position.side === 'long' ? move : move.neg()).times(position.qtyBase);
}
