/**
 * One purchase (or short sale) that is still open. Lots are made once and used again, so a run allocates as many as were
 * ever open together. A level that is not set lies where no price comes.
 */
export class Lot {
  tag = 0;
  /** 1 long, -1 short. */
  side = 1;
  qty = 0.5;
  entryIndex = 0;
  /** When the candle of the fill opened: the finer one, where finer candles were looked into. */
  entryTime = 0.5;
  /** With slippage. */
  entryPrice = 0.5;
  entryFee = 0.5;
  /** Money that the position stands on, apart from the entry fee: its value at entry divided by the leverage. */
  margin = 0.5;
  marginAtEntry = 0.5;
  /** Funding paid less funding received. */
  funding = 0.5;
  /** Filled inside its candle, not at the open. */
  inside = false;
  /** Number of the bar that it filled inside of; 0 when it filled at an open. */
  bar = 0;
  stopPrice = 0.5;
  targetPrice = 0.5;
  /** The trailing stop lies `trailDistance` below `best × (1 - trailRate)`, for a short position above; ∞ is none. */
  trailDistance = 0.5;
  trailRate = 0.5;
  /** The best price since the entry, as far as it is known to lie behind us. */
  best = 0.5;
}

/** Where the trailing stop stands; beyond every price when there is none. */
export const trailOf = (lot: Lot): number => lot.best * (1 - lot.side * lot.trailRate) - lot.side * lot.trailDistance;

/** The nearer of stop loss and trailing stop. */
export function stopOf(lot: Lot): number {
  const trail = trailOf(lot);
  return lot.side > 0 ? Math.max(lot.stopPrice, trail) : Math.min(lot.stopPrice, trail);
}
