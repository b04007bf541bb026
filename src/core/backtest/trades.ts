import type { Candles } from '../market/candles.ts';
import type { Lot } from './lot.ts';

/** Why a lot was closed, in the order of their numbers in the columns. */
export const exitReasons = ['signal', 'stop_loss', 'take_profit', 'trailing_stop', 'liquidation', 'end'] as const;
export type ExitReason = (typeof exitReasons)[number];

/** A closed lot, or the part of one that was closed. Money in the quote currency, quantity in the base coin. */
export interface Trade {
  readonly side: 'long' | 'short';
  readonly entryIndex: number;
  readonly exitIndex: number;
  /** When the candle of the fill opened, in milliseconds UTC. */
  readonly entryTime: number;
  readonly exitTime: number;
  /** With slippage. */
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly qty: number;
  /** Of both sides; at a liquidation also what was left of the margin, which the exchange keeps. */
  readonly fees: number;
  /** Paid less received. */
  readonly funding: number;
  /** After fees and funding. */
  readonly pnl: number;
  /** `pnl` by the money that was put in: margin and entry fee. */
  readonly returnRate: number;
  readonly reason: ExitReason;
  /** How far the price went against the trade and with it while it was open, as fractions of the entry price. */
  readonly maeRate: number;
  readonly mfeRate: number;
}

const FIRST_ROOM = 256;

/** Closed trades as columns, in the order in which they closed. Grows by doubling; set `length` to 0 to use it again. */
export class TradeLog {
  length = 0;
  entryIndex = new Int32Array(FIRST_ROOM);
  exitIndex = new Int32Array(FIRST_ROOM);
  /** 1 long, -1 short. */
  side = new Int8Array(FIRST_ROOM);
  /** An index into `exitReasons`. */
  reason = new Uint8Array(FIRST_ROOM);
  /** 1 where the entry filled inside its candle. */
  inside = new Uint8Array(FIRST_ROOM);
  entryTime = new Float64Array(FIRST_ROOM);
  exitTime = new Float64Array(FIRST_ROOM);
  entryPrice = new Float64Array(FIRST_ROOM);
  exitPrice = new Float64Array(FIRST_ROOM);
  qty = new Float64Array(FIRST_ROOM);
  fees = new Float64Array(FIRST_ROOM);
  funding = new Float64Array(FIRST_ROOM);
  pnl = new Float64Array(FIRST_ROOM);
  invested = new Float64Array(FIRST_ROOM);

  /** Writes down what closed; the lot holds what it was before. `share` is the part of the lot that closed. */
  add(
    lot: Lot,
    share: number,
    exit: { index: number; time: number; price: number; fee: number; reason: number },
  ): void {
    if (this.length === this.qty.length) this.#grow();
    const at = this.length++;
    const qty = lot.qty * share;
    const entryFee = lot.entryFee * share;
    const funding = lot.funding * share;
    this.entryIndex[at] = lot.entryIndex;
    this.exitIndex[at] = exit.index;
    this.side[at] = lot.side;
    this.reason[at] = exit.reason;
    this.inside[at] = lot.inside ? 1 : 0;
    this.entryTime[at] = lot.entryTime;
    this.exitTime[at] = exit.time;
    this.entryPrice[at] = lot.entryPrice;
    this.exitPrice[at] = exit.price;
    this.qty[at] = qty;
    this.fees[at] = entryFee + exit.fee;
    this.funding[at] = funding;
    this.pnl[at] = lot.side * qty * (exit.price - lot.entryPrice) - entryFee - exit.fee - funding;
    this.invested[at] = lot.marginAtEntry * share + entryFee;
  }

  #grow(): void {
    const room = this.qty.length * 2;
    const wider = <T extends { set(from: T): void }>(from: T, make: new (length: number) => T) => {
      const to = new make(room);
      to.set(from);
      return to;
    };
    this.entryIndex = wider(this.entryIndex, Int32Array);
    this.exitIndex = wider(this.exitIndex, Int32Array);
    this.side = wider(this.side, Int8Array);
    this.reason = wider(this.reason, Uint8Array);
    this.inside = wider(this.inside, Uint8Array);
    this.entryTime = wider(this.entryTime, Float64Array);
    this.exitTime = wider(this.exitTime, Float64Array);
    this.entryPrice = wider(this.entryPrice, Float64Array);
    this.exitPrice = wider(this.exitPrice, Float64Array);
    this.qty = wider(this.qty, Float64Array);
    this.fees = wider(this.fees, Float64Array);
    this.funding = wider(this.funding, Float64Array);
    this.pnl = wider(this.pnl, Float64Array);
    this.invested = wider(this.invested, Float64Array);
  }
}

/** Trades as objects, the first `most` of them, with how far the price went meanwhile. */
export function tradeList(log: TradeLog, candles: Candles, most = Number.POSITIVE_INFINITY): Trade[] {
  return Array.from({ length: Math.min(log.length, most) }, (_, k) => tradeAt(log, k, candles));
}

function tradeAt(log: TradeLog, k: number, candles: Candles): Trade {
  const of = (column: { readonly [i: number]: number }) => column[k] as number; // k is below the length
  const side = of(log.side);
  const entryPrice = of(log.entryPrice);
  const [adverse, favourable] = excursion(log, k, candles);
  return {
    side: side > 0 ? 'long' : 'short',
    entryIndex: of(log.entryIndex),
    exitIndex: of(log.exitIndex),
    entryTime: of(log.entryTime),
    exitTime: of(log.exitTime),
    entryPrice,
    exitPrice: of(log.exitPrice),
    qty: of(log.qty),
    fees: of(log.fees),
    funding: of(log.funding),
    pnl: of(log.pnl),
    returnRate: of(log.pnl) / of(log.invested),
    reason: exitReasons[of(log.reason)] ?? 'signal',
    maeRate: Math.max(0, (side * (entryPrice - adverse)) / entryPrice),
    mfeRate: Math.max(0, (side * (favourable - entryPrice)) / entryPrice),
  };
}

/**
 * Maximum adverse and favourable excursion (John Sweeney, Campaign Trading, 1996) as prices. Of the exit's candle only
 * its fill counts, as what came after it is no longer the trade's. Of a candle that an entry filled inside, the worst
 * price counts against it and only the close counts for it, as the rest may lie before the entry.
 */
function excursion(log: TradeLog, k: number, candles: Candles): [adverse: number, favourable: number] {
  const [entry, exit] = [log.entryIndex[k] as number, log.exitIndex[k] as number]; // k is below the length, here and below
  const long = (log.side[k] as number) > 0;
  let low = Math.min(log.entryPrice[k] as number, log.exitPrice[k] as number);
  let high = Math.max(log.entryPrice[k] as number, log.exitPrice[k] as number);
  for (let i = entry; i < exit; i++) {
    const uncertain = i === entry && log.inside[k] === 1;
    const close = candles.close[i] as number; // trades lie inside the candles
    low = Math.min(low, uncertain && !long ? close : (candles.low[i] as number));
    high = Math.max(high, uncertain && long ? close : (candles.high[i] as number));
  }
  return long ? [low, high] : [high, low];
}
