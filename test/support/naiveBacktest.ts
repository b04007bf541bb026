import type { Candles } from '../../src/core/market/candles.ts';
import { naive } from './naiveIndicators.ts';

/**
 * A second backtester that shares no line with the one it checks: candles as objects, every indicator taken anew from the
 * start at every candle, each lot with its own purse. Slow, and easy to read against the conventions.
 */

export interface Row {
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
}

export interface NaiveSettings {
  capital: number;
  feeRate: number;
  slippageRate: number;
  stopLossRate: number;
  takeProfitRate: number;
  trailingStopRate: number;
  shorting: boolean;
  leverage: number;
  maintenanceMarginRate: number;
}

interface Lot {
  long: boolean;
  qty: number;
  entry: number;
  entryIndex: number;
  /** Margin put in; what it is worth now is this and the profit. */
  purse: number;
  entryFee: number;
  stop: number | undefined;
  target: number | undefined;
  trailBy: number | undefined;
  best: number;
  gap: number;
}

export interface NaiveTrade {
  entryIndex: number;
  exitIndex: number;
  entryPrice: number;
  exitPrice: number;
  qty: number;
  pnl: number;
  reason: string;
}

type Wish = 'buy' | 'short' | 'sell' | 'cover';
type Values = Record<string, number>;
/** What a strategy wants at the close of the last of these candles, given the side it is on. */
type Rule = (rows: Row[], params: Values, side: number) => Wish[];

const last = (values: readonly number[], back = 0) => values[values.length - 1 - back] ?? Number.NaN;
const closes = (rows: Row[]) => rows.map((row) => row.close);
function crossed(one: number[], other: number[]): number {
  const [before, now] = [last(one, 1) - last(other, 1), last(one) - last(other)];
  return before < 0 && now > 0 ? 1 : before > 0 && now < 0 ? -1 : 0;
}

const onCross = (cross: number): Wish[] => (cross > 0 ? ['cover', 'buy'] : cross < 0 ? ['sell', 'short'] : []);
const value = (params: Values, name: string) => params[name] ?? Number.NaN;
const macdLines = (rows: Row[], p: Values) =>
  naive.macd(closes(rows), { fast: value(p, 'fast'), slow: value(p, 'slow'), signal: value(p, 'signal') });

/** The setup of RSI with MACD as of each candle in turn: walked from the start every time it is asked for. */
function setup(rows: Row[], p: Values): { setup: number; cross: number } {
  const rsi = naive.rsi(closes(rows), value(p, 'rsi_period'));
  const { macd, signal } = macdLines(rows, p);
  const start = Math.max(value(p, 'rsi_period'), value(p, 'slow') + value(p, 'signal') - 1);
  let [waiting, cross] = [0, 0];
  for (let i = start; i < rows.length; i++) {
    if (cross !== 0 && cross === waiting) waiting = 0;
    const level = rsi[i] ?? Number.NaN;
    if (level < value(p, 'rsi_oversold')) waiting = 1;
    if (level > value(p, 'rsi_overbought')) waiting = -1;
    cross = crossed(macd.slice(0, i + 1), signal.slice(0, i + 1));
  }
  return { setup: waiting, cross };
}

export const naiveRules: Record<string, { first: (p: Values) => number; rule: Rule }> = {
  sma_cross: {
    first: (p) => value(p, 'slow'),
    rule: (rows, p) =>
      onCross(crossed(naive.sma(closes(rows), value(p, 'fast')), naive.sma(closes(rows), value(p, 'slow')))),
  },
  ema_cross: {
    first: (p) => value(p, 'slow'),
    rule: (rows, p) =>
      onCross(crossed(naive.ema(closes(rows), value(p, 'fast')), naive.ema(closes(rows), value(p, 'slow')))),
  },
  macd: {
    first: (p) => value(p, 'slow') + value(p, 'signal') - 1,
    rule: (rows, p) => onCross(crossed(macdLines(rows, p).macd, macdLines(rows, p).signal)),
  },
  rsi_cross: {
    first: (p) => value(p, 'rsi_period'),
    rule: (rows, p, side) => {
      const rsi = last(naive.rsi(closes(rows), value(p, 'rsi_period')));
      if (rsi < value(p, 'rsi_oversold')) return side === 0 ? ['buy'] : ['cover'];
      if (rsi > value(p, 'rsi_overbought')) return side === 0 ? ['short'] : ['sell'];
      return [];
    },
  },
  rsi_macd: {
    first: (p) => Math.max(value(p, 'rsi_period'), value(p, 'slow') + value(p, 'signal') - 1),
    rule: (rows, p) => {
      const rsi = last(naive.rsi(closes(rows), value(p, 'rsi_period')));
      const { setup: waiting, cross } = setup(rows, p);
      const wishes: Wish[] = [];
      if (cross < 0 || rsi > value(p, 'rsi_overbought')) wishes.push('sell');
      if (cross > 0 || rsi < value(p, 'rsi_oversold')) wishes.push('cover');
      if (cross > 0 && waiting === 1) wishes.push('buy');
      if (cross < 0 && waiting === -1) wishes.push('short');
      return wishes;
    },
  },
  mean_reversion: {
    first: (p) => value(p, 'period') - 1,
    rule: (rows, p, side) => {
      const band = (deviations: number) =>
        last(naive.bollinger(closes(rows).slice(-value(p, 'period')), value(p, 'period'), deviations));
      const close = last(closes(rows));
      if (side > 0) return close > band(0) ? ['sell'] : [];
      if (side < 0) return close < band(0) ? ['cover'] : [];
      return close < band(-value(p, 'std_dev')) ? ['buy'] : close > band(value(p, 'std_dev')) ? ['short'] : [];
    },
  },
  breakout: {
    first: (p) => Math.max(value(p, 'period'), value(p, 'exit_period')),
    rule: (rows, p, side) => {
      const before = (n: number) => rows.slice(-n - 1, -1);
      const highest = (n: number) => Math.max(...before(n).map((row) => row.high));
      const lowest = (n: number) => Math.min(...before(n).map((row) => row.low));
      const close = last(closes(rows));
      if (side > 0) return close < lowest(value(p, 'exit_period')) ? ['sell'] : [];
      if (side < 0) return close > highest(value(p, 'exit_period')) ? ['cover'] : [];
      return close > highest(value(p, 'period')) ? ['buy'] : close < lowest(value(p, 'period')) ? ['short'] : [];
    },
  },
};

export const rowsOf = (candles: Candles): Row[] =>
  Array.from(candles.time, (time, i) => {
    const of = (column: Float64Array) => column[i] as number; // all columns are as long
    return { time, open: of(candles.open), high: of(candles.high), low: of(candles.low), close: of(candles.close) };
  });

/** Fills, lots and money; `decide` says at each close what is to happen at the next open. */
class NaiveBook {
  free: number;
  lots: Lot[] = [];
  readonly trades: NaiveTrade[] = [];
  readonly s: NaiveSettings;
  constructor(s: NaiveSettings) {
    this.s = s;
    this.free = s.capital;
  }
  side = () => (this.lots.length === 0 ? 0 : this.lots[0]?.long ? 1 : -1);
  profit = (lot: Lot, price: number) => (lot.long ? price - lot.entry : lot.entry - price) * lot.qty;
  ruin = (lot: Lot) => lot.entry * (lot.long ? 1 - 1 / this.s.leverage : 1 + 1 / this.s.leverage);
  worth = (price: number) => this.free + this.lots.reduce((sum, lot) => sum + lot.purse + this.profit(lot, price), 0);

  enter(i: number, open: number, money: number, more: { long: boolean; slip: number; target?: number; gap?: number }) {
    const { long, slip } = more;
    const entry = long ? open * (1 + slip) : open * (1 - slip);
    const qty = money / (entry * (1 / this.s.leverage + this.s.feeRate));
    const entryFee = qty * entry * this.s.feeRate;
    const purse = (qty * entry) / this.s.leverage;
    const sign = long ? 1 : -1;
    const { stopLossRate, takeProfitRate, trailingStopRate } = this.s;
    this.free -= purse + entryFee;
    const lot: Lot = {
      long,
      qty,
      entry,
      entryIndex: i,
      purse,
      entryFee,
      stop: stopLossRate ? entry * (1 - sign * stopLossRate) : undefined,
      target: more.target ?? (takeProfitRate ? entry * (1 + sign * takeProfitRate) : undefined),
      trailBy: trailingStopRate ? entry * trailingStopRate : undefined,
      best: entry,
      gap: more.gap ?? -1,
    };
    this.lots.push(lot);
    return lot;
  }

  leave(lot: Lot, i: number, price: number, reason: string) {
    const slipped = lot.long ? price * (1 - this.s.slippageRate) : price * (1 + this.s.slippageRate);
    // Isolated margin: never worse than the price that uses up the purse, never a fee that is not there to pay.
    const exit = this.profit(lot, slipped) < -lot.purse ? this.ruin(lot) : slipped;
    const there = Math.max(0, this.free + lot.purse + this.profit(lot, exit));
    this.settle(lot, i, exit, Math.min(there, lot.qty * exit * this.s.feeRate), reason);
  }

  settle(lot: Lot, i: number, exitPrice: number, fee: number, reason: string) {
    const pnl = this.profit(lot, exitPrice) - fee - lot.entryFee;
    this.free += lot.purse + this.profit(lot, exitPrice) - fee;
    this.lots = this.lots.filter((other) => other !== lot);
    const { entryIndex, entry: entryPrice, qty } = lot;
    this.trades.push({ entryIndex, exitIndex: i, entryPrice, exitPrice, qty, pnl, reason });
  }

  /** Where an exchange takes the lot over. */
  liquidation(lot: Lot) {
    const { leverage, maintenanceMarginRate: rate } = this.s;
    return lot.long ? (lot.entry * (1 - 1 / leverage)) / (1 - rate) : (lot.entry * (1 + 1 / leverage)) / (1 + rate);
  }

  takeOver(lot: Lot, i: number, open: number) {
    const at = this.liquidation(lot);
    const price = lot.long
      ? Math.max(Math.min(open, at), this.ruin(lot))
      : Math.min(Math.max(open, at), this.ruin(lot));
    this.settle(lot, i, price, Math.abs(price - this.ruin(lot)) * lot.qty, 'liquidation');
  }

  gone = (lot: Lot, open: number) => (lot.long ? open <= this.liquidation(lot) : open >= this.liquidation(lot));

  /** Liquidation, stop, trailing stop and target of one lot in one candle. */
  guard(lot: Lot, i: number, { open, high, low }: Row) {
    const trail = lot.trailBy === undefined ? undefined : lot.long ? lot.best - lot.trailBy : lot.best + lot.trailBy;
    const stops = [lot.stop, trail].filter((level) => level !== undefined);
    const stop = stops.length === 0 ? undefined : lot.long ? Math.max(...stops) : Math.min(...stops);
    const touched = (level: number) => (lot.long ? low <= level : high >= level);
    const worse = (level: number) => (lot.long ? Math.min(open, level) : Math.max(open, level));
    if (this.gone(lot, open)) return this.takeOver(lot, i, open);
    const at = this.liquidation(lot);
    if (stop !== undefined && (lot.long ? stop > at : stop < at) && touched(stop))
      return this.leave(lot, i, worse(stop), stop === lot.stop ? 'stop_loss' : 'trailing_stop');
    if (touched(at)) return this.takeOver(lot, i, open);
    if (lot.target !== undefined && (lot.long ? high >= lot.target : low <= lot.target))
      return this.leave(lot, i, lot.long ? Math.max(open, lot.target) : Math.min(open, lot.target), 'take_profit');
    lot.best = lot.long ? Math.max(lot.best, high) : Math.min(lot.best, low);
  }
}

/** Any strategy that is all in or all out. */
export function naiveRun(rows: Row[], name: string, params: Values, s: NaiveSettings) {
  const found = naiveRules[name];
  if (!found) throw new Error(`no naive ${name}`);
  const book = new NaiveBook(s);
  const equity: number[] = [];
  let wishes: Wish[] = [];
  for (const [i, row] of rows.entries()) {
    for (const lot of book.lots) {
      if (book.gone(lot, row.open)) book.takeOver(lot, i, row.open);
      else if (wishes.includes(lot.long ? 'sell' : 'cover')) book.leave(lot, i, row.open, 'signal');
    }
    const wanted = wishes.find((wish) => wish === 'buy' || (wish === 'short' && s.shorting));
    if (wanted && book.lots.length === 0 && book.free > 1e-9 * s.capital)
      book.enter(i, row.open, book.free, { long: wanted === 'buy', slip: s.slippageRate });
    for (const lot of book.lots) book.guard(lot, i, row);
    equity.push(book.worth(row.close));
    wishes = i >= found.first(params) ? found.rule(rows.slice(0, i + 1), params, book.side()) : [];
  }
  return { trades: book.trades, equity };
}

/** Buys for an amount each time an interval has passed since the first candle. */
export function naiveDca(
  rows: Row[],
  { interval_hours, amount }: { interval_hours: number; amount: number },
  s: NaiveSettings,
) {
  const book = new NaiveBook(s);
  const equity: number[] = [];
  const slot = (i: number) => Math.floor(((rows[i]?.time ?? 0) - (rows[0]?.time ?? 0)) / (interval_hours * 3_600_000));
  for (const [i, row] of rows.entries()) {
    const due = i >= 1 && (i === 1 || slot(i - 1) > slot(i - 2));
    if (due && book.free >= amount * (1 - 1e-9))
      book.enter(i, row.open, Math.min(amount, book.free), { long: true, slip: s.slippageRate });
    for (const lot of [...book.lots]) book.guard(lot, i, row);
    equity.push(book.worth(row.close));
  }
  return { trades: book.trades, equity };
}

/** A grid: every gap has an order at its lower line or a lot to sell at its upper one. */
export function naiveGrid(
  rows: Row[],
  { lower, upper, levels }: { lower: number; upper: number; levels: number },
  s: NaiveSettings,
) {
  const book = new NaiveBook(s);
  const equity: number[] = [];
  const gaps = Array.from({ length: levels - 1 }, (_, k) => k);
  const line = (k: number) => lower + ((upper - lower) * k) / (levels - 1);
  let working: { k: number; money: number }[] = [];
  for (const [i, row] of rows.entries()) {
    const buy = (order: { k: number; money: number }, price: number) => {
      working = working.filter((other) => other !== order);
      if (book.free < order.money * (1 - 1e-9)) return undefined;
      const money = Math.min(order.money, book.free);
      return book.enter(i, price, money, { long: true, slip: 0, target: line(order.k + 1), gap: order.k });
    };
    for (const order of [...working]) if (row.open <= line(order.k)) buy(order, row.open);
    for (const lot of [...book.lots]) book.guard(lot, i, row);
    for (const order of [...working]) {
      const at = line(order.k);
      const lot = row.low <= at && row.open > at ? buy(order, at) : undefined;
      if (lot?.stop !== undefined && row.low <= lot.stop) book.leave(lot, i, lot.stop, 'stop_loss');
      else if (lot && row.close >= line(order.k + 1)) book.leave(lot, i, line(order.k + 1), 'take_profit');
    }
    equity.push(book.worth(row.close));
    const taken = new Set([...working.map(({ k }) => k), ...book.lots.map((lot) => lot.gap)]);
    const money = Math.min(s.capital / gaps.length, book.free / (gaps.length - book.lots.length));
    for (const k of gaps) if (!taken.has(k) && (i === 0 || row.close > line(k))) working.push({ k, money });
  }
  return { trades: book.trades, equity };
}
