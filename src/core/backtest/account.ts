import { Lot, stopOf } from './lot.ts';
import type { RunSettings } from './settings.ts';
import { exitReasons, type TradeLog } from './trades.ts';

/** Where and when something fills. One object for a run, written before each fill. */
export class Moment {
  index = 0;
  time = 0.5;
}

/** Of the capital: less than this is no money. */
export const ROUNDING = 1e-9;
const LIQUIDATION = exitReasons.indexOf('liquidation');

/**
 * The money of a run and what it holds: `cash` as on a spot account (it falls by what is bought and rises by what is sold
 * short), so that equity is always `cash + qty × price`. Margin, leverage and liquidation are kept beside it. Positions
 * are one-way: lots are all long or all short.
 *
 * Liquidation is that of isolated margin, for the position as a whole. It is taken over where what is left of its margin
 * falls to the maintenance margin: `margin + qty × (price - entry) = rate × |qty| × price`, so at
 * `(entry × |qty| - margin) / (|qty| × (1 - rate))` when long and `(entry × |qty| + margin) / (|qty| × (1 + rate))` when short
 * (Binance, "How to calculate liquidation price of USDⓈ-M futures contracts", isolated mode, one bracket, no maintenance
 * amount). The candle's own prices stand in for the mark price. What is left of the margin then is the exchange's.
 */
export class Account {
  readonly settings: RunSettings;
  readonly trades: TradeLog;
  readonly moment = new Moment();
  readonly lots: Lot[] = [];
  count = 0;
  cash: number;
  /** Base coin held, negative when short. */
  qty = 0.5;
  /** What the open lots cost at their entries, signed as `qty`. */
  cost = 0.5;
  margin = 0.5;
  feesPaid = 0.5;
  fundingPaid = 0.5;
  /** Beyond every price when nothing can be liquidated. */
  liquidationPrice = 0.5;
  /** While a candle stays strictly between these two, nothing that guards a lot is touched. */
  alarmLow = 0.5;
  alarmHigh = 0.5;
  /** Whether any lot has a trailing stop. */
  trailing = false;
  /** Counts every fill, so that who looks now and then sees that something happened. */
  fills = 0;

  constructor(settings: RunSettings, trades: TradeLog) {
    this.settings = settings;
    this.trades = trades;
    trades.length = 0;
    this.cash = 0.5;
    this.cash = settings.capital;
    this.feesPaid = 0;
    this.fundingPaid = 0;
    this.#flat();
  }

  get side(): number {
    return this.count === 0 ? 0 : this.qty > 0 ? 1 : -1;
  }

  equityAt(price: number): number {
    return this.cash + this.qty * price;
  }

  /** Money that no lot stands on. */
  get free(): number {
    return this.cash + this.cost - this.margin;
  }

  /** Money that one unit of base coin takes at this price: its margin and the entry fee. */
  unitCost(price: number): number {
    return price * (1 / this.settings.leverage + this.settings.feeRate);
  }

  /** Opens a lot without a bracket; `price` is with slippage. The caller guards it and then calls `refresh`. */
  open(side: number, qty: number, price: number): Lot {
    const { feeRate, leverage } = this.settings;
    const { index, time } = this.moment;
    const value = qty * price;
    const fee = value * feeRate;
    const lot = this.lots[this.count] ?? this.#newLot();
    this.count += 1;
    this.cash -= side * value + fee;
    this.qty += side * qty;
    this.cost += side * value;
    this.margin += value / leverage;
    this.feesPaid += fee;
    this.fills += 1;
    lot.tag = 0;
    lot.side = side;
    lot.qty = qty;
    lot.entryIndex = index;
    lot.entryTime = time;
    lot.entryPrice = price;
    lot.entryFee = fee;
    lot.margin = value / leverage;
    lot.marginAtEntry = lot.margin;
    lot.funding = 0;
    lot.inside = false;
    lot.bar = 0;
    lot.stopPrice = -side * Number.POSITIVE_INFINITY;
    lot.targetPrice = side * Number.POSITIVE_INFINITY;
    lot.trailDistance = Number.POSITIVE_INFINITY;
    lot.trailRate = 0;
    lot.best = price;
    return lot;
  }

  /**
   * Closes a lot, or a share of it; `slippageRate` worsens the price. Isolated margin can be lost but no more: no fill lies
   * beyond the price at which it is used up, and no fee takes more than there is.
   */
  close(at: number, share: number, price: number, slippageRate: number, reason: number): void {
    const lot = this.lots[at] as Lot; // the caller walks the open lots
    const slipped = price * (1 - lot.side * slippageRate);
    const fill = lot.side > 0 ? Math.max(slipped, this.#usedUpAt()) : Math.min(slipped, this.#usedUpAt());
    const fee = Math.min(lot.qty * share * fill * this.settings.feeRate, Math.max(0, this.equityAt(fill)));
    this.#settle(at, share, fill, fee, reason);
  }

  /** The exchange takes the whole position over at its liquidation price, or at the open beyond it. */
  liquidate(openPrice: number): void {
    const long = this.qty > 0;
    const reached = long ? Math.min(openPrice, this.liquidationPrice) : Math.max(openPrice, this.liquidationPrice);
    const usedUp = this.#usedUpAt();
    const price = long ? Math.max(reached, usedUp) : Math.min(reached, usedUp);
    const leftPerUnit = Math.abs(price - usedUp);
    while (this.count > 0) this.#settle(0, 1, price, leftPerUnit * (this.lots[0] as Lot).qty, LIQUIDATION); // there is one
  }

  #settle(at: number, share: number, price: number, fee: number, reason: number): void {
    const lot = this.lots[at] as Lot; // the caller walks the open lots
    const { index, time } = this.moment;
    const qty = lot.qty * share;
    this.trades.add(lot, share, { index, time, price, fee, reason });
    this.cash += lot.side * qty * price - fee;
    this.feesPaid += fee;
    this.fills += 1;
    if (share === 1) this.#remove(at);
    this.qty -= lot.side * qty;
    this.cost -= lot.side * qty * lot.entryPrice;
    this.margin -= lot.margin * share;
    if (share < 1) {
      lot.qty -= qty;
      lot.margin -= lot.margin * share;
      lot.marginAtEntry -= lot.marginAtEntry * share;
      lot.entryFee -= lot.entryFee * share;
      lot.funding -= lot.funding * share;
    }
    if (this.count === 0) this.#flat();
    else if (this.free < -ROUNDING * this.settings.capital) this.#takeFromMargin(-this.free); // one lot lost more than its own
  }

  /** Funding at this moment: a positive rate is paid by who is long. From the free money first, then from the margin. */
  payFunding(rate: number, price: number): void {
    const payment = rate * this.qty * price;
    const fromMargin = Math.min(this.margin, Math.max(0, payment - Math.max(0, this.free)));
    const paid = payment > 0 ? Math.min(payment, this.margin + Math.max(0, this.free)) : payment;
    const qty = Math.abs(this.qty);
    for (let k = 0; k < this.count; k++) {
      const lot = this.lots[k] as Lot; // k is below the count
      lot.funding += paid * (lot.qty / qty);
    }
    this.cash -= paid;
    this.fundingPaid += paid;
    if (fromMargin > 0) this.#takeFromMargin(fromMargin);
    this.refresh();
  }

  /** From every lot its share, which brings the liquidation price nearer. */
  #takeFromMargin(amount: number): void {
    const kept = Math.max(0, 1 - amount / this.margin);
    for (let k = 0; k < this.count; k++) (this.lots[k] as Lot).margin *= kept; // k is below the count
    this.margin *= kept;
  }

  /** The price at which the margin of the position is used up: that of its bankruptcy. */
  #usedUpAt(): number {
    return (this.cost - this.margin) / this.qty;
  }

  /** After anything that changed lots or their levels: where the next candle would touch one of them. */
  refresh(): void {
    const { maintenanceMarginRate } = this.settings;
    const long = this.qty > 0;
    this.trailing = false;
    let below = Number.NEGATIVE_INFINITY;
    let above = Number.POSITIVE_INFINITY;
    if (this.count > 0) {
      this.liquidationPrice = (this.cost - this.margin) / (this.qty * (1 - (long ? 1 : -1) * maintenanceMarginRate));
      if (long) below = this.liquidationPrice;
      else above = this.liquidationPrice;
    }
    for (let k = 0; k < this.count; k++) {
      const lot = this.lots[k] as Lot; // k is below the count
      const stop = stopOf(lot);
      if (lot.trailDistance < Number.POSITIVE_INFINITY) this.trailing = true;
      below = Math.max(below, long ? stop : lot.targetPrice);
      above = Math.min(above, long ? lot.targetPrice : stop);
    }
    this.alarmLow = below;
    this.alarmHigh = above;
  }

  #remove(at: number): void {
    const lot = this.lots[at] as Lot; // it was just closed
    this.count -= 1;
    for (let k = at; k < this.count; k++) this.lots[k] = this.lots[k + 1] as Lot; // the oldest stay first
    this.lots[this.count] = lot;
  }

  /** Nothing is held: what rounding has left in the sums goes. */
  #flat(): void {
    this.qty = 0;
    this.cost = 0;
    this.margin = 0;
    this.liquidationPrice = 0;
    this.alarmLow = Number.NEGATIVE_INFINITY;
    this.alarmHigh = Number.POSITIVE_INFINITY;
    this.trailing = false;
  }

  #newLot(): Lot {
    const lot = new Lot();
    this.lots.push(lot);
    return lot;
  }
}
