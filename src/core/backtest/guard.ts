import type { Bracket } from '../strategy/desk.ts';
import type { Lot } from './lot.ts';
import type { Order } from './order.ts';
import type { RunSettings } from './settings.ts';

/** Guards a new lot as its order says; what the order leaves out follows the settings. A rate of 0 is no level. */
export function guardLot(lot: Lot, order: Order, settings: RunSettings): void {
  setStop(lot, order.stopLossPrice, or(order.stopLossRate, settings.stopLossRate));
  setTarget(lot, order.takeProfitPrice, or(order.takeProfitRate, settings.takeProfitRate));
  setTrail(lot, or(order.trailingStopRate, settings.trailingStopRate), settings);
}

/** Changes what an open lot is guarded by; what is left out stays. */
export function changeGuard(lot: Lot, bracket: Bracket, settings: RunSettings): void {
  const { stopLossPrice, stopLossRate, takeProfitPrice, takeProfitRate, trailingStopRate } = bracket;
  const given = [stopLossPrice, stopLossRate, takeProfitPrice, takeProfitRate, trailingStopRate];
  if (given.some((value) => value !== undefined && !Number.isFinite(value)))
    throw new RangeError(`a bracket with a level that is not a number: ${given.join(', ')}`);
  if (stopLossPrice !== undefined || stopLossRate !== undefined)
    setStop(lot, stopLossPrice ?? Number.NaN, stopLossRate ?? 0);
  if (takeProfitPrice !== undefined || takeProfitRate !== undefined)
    setTarget(lot, takeProfitPrice ?? Number.NaN, takeProfitRate ?? 0);
  if (trailingStopRate !== undefined) setTrail(lot, trailingStopRate, settings);
}

const or = (value: number, otherwise: number) => (Number.isNaN(value) ? otherwise : value);

function setStop(lot: Lot, price: number, rate: number): void {
  const { side, entryPrice } = lot;
  if (!Number.isNaN(price)) lot.stopPrice = price;
  else lot.stopPrice = rate > 0 ? entryPrice * (1 - side * rate) : -side * Number.POSITIVE_INFINITY;
}

function setTarget(lot: Lot, price: number, rate: number): void {
  const { side, entryPrice } = lot;
  if (!Number.isNaN(price)) lot.targetPrice = price;
  else lot.targetPrice = rate > 0 ? entryPrice * (1 + side * rate) : side * Number.POSITIVE_INFINITY;
}

function setTrail(lot: Lot, rate: number, { trailingStopOf }: RunSettings): void {
  lot.trailRate = trailingStopOf === 'best' ? rate : 0;
  lot.trailDistance = rate > 0 ? (trailingStopOf === 'entry' ? rate * lot.entryPrice : 0) : Number.POSITIVE_INFINITY;
}
