import type { Candles } from '../market/candles.ts';
import type { Bracket, Candle, Desk, EntryOrder, ExitOrder, Sizing, Waiting } from '../strategy/desk.ts';
import type { Account } from './account.ts';
import { changeGuard } from './guard.ts';
import { type Order, OrderQueue } from './order.ts';
import type { RunSettings } from './settings.ts';

/** What a strategy did, for those who compare decisions: a verb of the desk and what it was given. */
export type Recorder = (index: number, verb: string, given: object | number | undefined) => void;

const FOREVER = 2 ** 30 - 1;

/** The desk of a backtest: takes orders at the close of a candle and keeps them until a fill. */
export class Broker implements Desk {
  readonly account: Account;
  readonly candle: CandleView;
  readonly maxLots: number;
  /** Fill at the next open. */
  readonly market = new OrderQueue();
  /** Wait for a price. While a bar stays strictly between the two alarms none of them is touched. */
  readonly waiting = new OrderQueue();
  alarmLow = Number.NEGATIVE_INFINITY;
  alarmHigh = Number.POSITIVE_INFINITY;
  /** The last candle of the order that is given up first, and whether any order waits to close something. */
  #nextAge = FOREVER;
  #closers = false;
  index = 0;
  changed = false;
  /** Counts the bars that were worked through, coarse or fine. */
  bar = 0;
  /** Lots that no longer may be opened in this bar: those open after its open, and those opened inside. */
  taken = 0;
  /** The side that was held after this bar's open. */
  takenSide = 0;
  /** Entries that came to nothing because no lot was free, and because there was not enough money. */
  droppedNoLot = 0;
  droppedNoMoney = 0;
  readonly #settings: RunSettings;
  readonly #record: Recorder | undefined;

  constructor(account: Account, candles: Candles, maxLots: number, record?: Recorder) {
    this.account = account;
    this.candle = new CandleView(candles);
    this.maxLots = maxLots;
    this.#settings = account.settings;
    this.#record = record;
  }

  get side(): number {
    return this.account.side;
  }
  get qty(): number {
    return this.account.qty;
  }
  get entryPrice(): number {
    return this.account.cost / this.account.qty;
  }
  get openLots(): number {
    return this.account.count;
  }
  get equity(): number {
    return this.account.equityAt(this.candle.close);
  }
  get freeMoney(): number {
    return this.account.free;
  }
  get capital(): number {
    return this.#settings.capital;
  }

  alive(tag: number): boolean {
    for (let k = 0; k < this.waiting.count; k++) if (this.waiting.at(k).tag === tag) return true;
    for (let k = 0; k < this.market.count; k++) if (this.market.at(k).tag === tag) return true;
    for (let k = 0; k < this.account.count; k++) if (this.account.lots[k]?.tag === tag) return true;
    return false;
  }

  buy(order?: EntryOrder): void {
    this.#record?.(this.index, 'buy', order);
    this.#enter(1, order);
  }

  short(order?: EntryOrder): void {
    this.#record?.(this.index, 'short', order);
    if (this.#settings.shorting) this.#enter(-1, order);
  }

  sell(order?: ExitOrder): void {
    this.#record?.(this.index, 'sell', order);
    if (this.account.side > 0) this.#leave(-1, order);
  }

  cover(order?: ExitOrder): void {
    this.#record?.(this.index, 'cover', order);
    if (this.account.side < 0) this.#leave(1, order);
  }

  close(): void {
    this.#record?.(this.index, 'close', undefined);
    if (this.account.side !== 0) this.#leave(-this.account.side, undefined);
  }

  protect(bracket: Bracket, tag?: number): void {
    this.#record?.(this.index, 'protect', { ...bracket, lots: tag });
    for (let k = 0; k < this.account.count; k++) {
      const lot = this.account.lots[k];
      if (lot && (tag === undefined || lot.tag === tag)) changeGuard(lot, bracket, this.#settings);
    }
    this.account.refresh();
  }

  cancel(tag?: number): void {
    this.#record?.(this.index, 'cancel', tag);
    for (let k = this.waiting.count - 1; k >= 0; k--)
      if (tag === undefined || this.waiting.at(k).tag === tag) this.waiting.remove(k);
    this.setAlarms();
  }

  /** After candle `index`: gives up orders that are too old, and those that have nothing left to close. */
  sweep(index: number): void {
    const flat = this.account.count === 0;
    if (index < this.#nextAge && !(flat && this.#closers)) return;
    for (let k = this.waiting.count - 1; k >= 0; k--) {
      const order = this.waiting.at(k);
      if (order.toIndex > index && (order.opening || !flat)) continue;
      this.waiting.remove(k);
      this.changed = true;
    }
    this.setAlarms();
  }

  /** After anything that changed what waits. */
  setAlarms(): void {
    let low = Number.NEGATIVE_INFINITY;
    let high = Number.POSITIVE_INFINITY;
    this.#nextAge = FOREVER;
    this.#closers = false;
    for (let k = 0; k < this.waiting.count; k++) {
      const { side, limitPrice, stopPrice, toIndex, opening } = this.waiting.at(k);
      const atStop = !Number.isNaN(stopPrice);
      if (atStop === side > 0) high = Math.min(high, atStop ? stopPrice : limitPrice);
      else low = Math.max(low, atStop ? stopPrice : limitPrice);
      this.#nextAge = Math.min(this.#nextAge, toIndex);
      this.#closers ||= !opening;
    }
    this.alarmLow = low;
    this.alarmHigh = high;
  }

  #enter(side: number, given: EntryOrder | undefined): void {
    const order = this.#add(side, given);
    order.opening = true;
    order.size = given?.size && checkedSize(given.size);
    order.fraction = 1;
    order.stopLossPrice = numberOf('stopLossPrice', given?.stopLossPrice);
    order.stopLossRate = numberOf('stopLossRate', given?.stopLossRate, 0);
    order.takeProfitPrice = numberOf('takeProfitPrice', given?.takeProfitPrice);
    order.takeProfitRate = numberOf('takeProfitRate', given?.takeProfitRate, 0);
    order.trailingStopRate = numberOf('trailingStopRate', given?.trailingStopRate, 0);
    if (order.stopPrice > 0 || order.limitPrice > 0) this.setAlarms();
  }

  #leave(side: number, given: ExitOrder | undefined): void {
    const order = this.#add(side, given);
    order.opening = false;
    order.fraction = Math.min(1, numberOf('fraction', given?.fraction ?? 1, Number.MIN_VALUE));
    if (order.stopPrice > 0 || order.limitPrice > 0) this.setAlarms();
  }

  #add(side: number, given: Waiting | undefined): Order {
    const limitPrice = numberOf('limitPrice', given?.limitPrice, Number.MIN_VALUE);
    const stopPrice = numberOf('stopPrice', given?.stopPrice, Number.MIN_VALUE);
    const waits = limitPrice > 0 || stopPrice > 0;
    const order = (waits ? this.waiting : this.market).add();
    order.side = side;
    order.fromIndex = this.index + 1 + this.#settings.delayCandles;
    order.toIndex =
      given?.forCandles === undefined ? FOREVER : this.index + this.#settings.delayCandles + given.forCandles;
    order.limitPrice = limitPrice;
    order.stopPrice = stopPrice;
    order.reachedBar = 0;
    order.tag = given?.tag ?? 0;
    return order;
  }
}

/** The newest candle, read from the columns when asked. */
class CandleView implements Candle {
  readonly #candles: Candles;
  index = 0;

  constructor(candles: Candles) {
    this.#candles = candles;
  }

  get time(): number {
    return this.#candles.time[this.index] as number; // the run moves the index inside the columns, here and below
  }
  get open(): number {
    return this.#candles.open[this.index] as number;
  }
  get high(): number {
    return this.#candles.high[this.index] as number;
  }
  get low(): number {
    return this.#candles.low[this.index] as number;
  }
  get close(): number {
    return this.#candles.close[this.index] as number;
  }
  get volume(): number {
    return this.#candles.volume[this.index] as number;
  }
}

/** A mistake in a strategy, such as a level made from an indicator that has no value yet, ends the run. */
function numberOf(name: string, value: number | undefined, least = Number.NEGATIVE_INFINITY): number {
  if (value === undefined) return Number.NaN;
  if (Number.isFinite(value) && value >= least) return value;
  throw new RangeError(`an order with ${name} ${value}`);
}

function checkedSize(size: Sizing): Sizing {
  for (const [name, value] of Object.entries(size))
    if (typeof value === 'number') numberOf(name, value, Number.MIN_VALUE);
  return size;
}
