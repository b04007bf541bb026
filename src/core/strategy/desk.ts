/** How much an entry takes. Money means the margin put in and the entry fee together, in the quote currency. */
export type Sizing =
  /** All free money: the default. */
  | { readonly kind: 'all' }
  /** A share of the free money, above 0 and at most 1. */
  | { readonly kind: 'fraction'; readonly fraction: number }
  /** The same amount every time. */
  | { readonly kind: 'quote'; readonly amount: number }
  /** So much that the way to the stop loss costs this share of the equity before fees; never more than all. */
  | { readonly kind: 'risk'; readonly rate: number }
  /** A quantity of the base coin. */
  | { readonly kind: 'qty'; readonly qty: number };

/** What guards an open lot. A price wins over a rate; what is left out follows the run's settings. */
export interface Bracket {
  readonly stopLossPrice?: number;
  /** Fraction of the entry price. */
  readonly stopLossRate?: number;
  readonly takeProfitPrice?: number;
  readonly takeProfitRate?: number;
  readonly trailingStopRate?: number;
}

/** When an order fills: at the next open, unless a price makes it wait. */
export interface Waiting {
  /** Fills at this price or better. */
  readonly limitPrice?: number;
  /** Starts to work when the price comes here: as a market order, with `limitPrice` as a limit order. */
  readonly stopPrice?: number;
  /** An order that waits is given up after so many candles; never, when left out. */
  readonly forCandles?: number;
  /** Names the order and the lot it makes, so that a strategy finds them again. A whole number; 0 when left out. */
  readonly tag?: number;
}

export interface EntryOrder extends Waiting, Bracket {
  readonly size?: Sizing;
}

export interface ExitOrder extends Waiting {
  /** Share of the position to close, above 0 and at most 1; the oldest lots first. With a tag, of the lots that carry it. */
  readonly fraction?: number;
}

/** One candle. On the desk it is the same object every time, with the newest candle in it: copy what is to be kept. */
export interface Candle {
  /** When it opened, in milliseconds UTC. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * What a strategy sees and may do at the close of a candle. Nothing here is made anew from candle to candle, and nothing
 * of a later candle can be reached. Orders given now are worked from the next candle's open on.
 */
export interface Desk {
  /** Of the candle that has just closed: the place to read columns at. */
  readonly index: number;
  readonly candle: Candle;

  /** 1 long, -1 short, 0 flat. */
  readonly side: number;
  /** Base coin held, negative when short. */
  readonly qty: number;
  /** Average price of what is held; NaN when flat. */
  readonly entryPrice: number;
  readonly openLots: number;
  readonly equity: number;
  /** Money that an entry may take. */
  readonly freeMoney: number;
  /** What the run began with. */
  readonly capital: number;
  /** Whether any order filled, was dropped or ran out since the last decision. */
  readonly changed: boolean;
  /** Whether an order that waits or an open lot carries this tag. */
  alive(tag: number): boolean;

  /** Opens or adds to a long position. Ignored while no lot is free or a short position is open when it fills. */
  buy(order?: EntryOrder): void;
  /** Closes a long position, or a part of it. Nothing without one. */
  sell(order?: ExitOrder): void;
  /** Opens or adds to a short position. Ignored unless the run allows shorting. */
  short(order?: EntryOrder): void;
  /** Closes a short position, or a part of it. Nothing without one. */
  cover(order?: ExitOrder): void;
  /** Closes whatever is open. */
  close(): void;
  /** Changes what guards the open lots (those with this tag, when one is given); what is left out stays. */
  protect(bracket: Bracket, tag?: number): void;
  /** Gives up orders that wait: those with this tag, or all. */
  cancel(tag?: number): void;
}
