import { type Account, ROUNDING } from './account.ts';
import type { Broker } from './broker.ts';
import { guardLot } from './guard.ts';
import { Lot, stopOf } from './lot.ts';
import type { Order } from './order.ts';
import { exitReasons } from './trades.ts';

const SIGNAL = exitReasons.indexOf('signal');

/**
 * Fills an entry at `price`, worsened by slippage unless a limit protects it. Answers undefined, and counts why, when no
 * lot is free, the other side is open, or the money does not suffice.
 */
export function fillEntry(broker: Broker, order: Order, price: number, slippageRate: number): Lot | undefined {
  const { account } = broker;
  const { side } = order;
  broker.changed = true;
  if (broker.taken >= broker.maxLots || broker.takenSide === -side) {
    broker.droppedNoLot += 1;
    return undefined;
  }
  const fill = price * (1 + side * slippageRate);
  const qty = quantityOf(account, order, fill);
  if (!(qty > 0)) {
    broker.droppedNoMoney += 1;
    return undefined;
  }
  const lot = account.open(side, qty, fill);
  lot.tag = order.tag;
  guardLot(lot, order, account.settings);
  account.refresh();
  broker.taken += 1;
  broker.takenSide = side;
  return lot;
}

/** Closes the share of the position that the order names: the oldest lots first, only those with its tag if it has one. */
export function fillExit(broker: Broker, order: Order, price: number, slippageRate: number): void {
  const { account } = broker;
  broker.changed = true;
  if (account.side !== -order.side) return;
  const named = (lot: Lot) => order.tag === 0 || lot.tag === order.tag;
  let left = 0;
  for (let k = 0; k < account.count; k++) {
    const lot = account.lots[k] as Lot; // k is below the count
    if (named(lot)) left += lot.qty * order.fraction;
  }
  const least = left * ROUNDING;
  let k = 0;
  while (k < account.count && left > least) {
    const lot = account.lots[k] as Lot; // k is below the count
    if (!named(lot)) {
      k += 1;
      continue;
    }
    const share = left >= lot.qty * (1 - ROUNDING) ? 1 : left / lot.qty;
    left -= lot.qty * share;
    account.close(k, share, price, slippageRate, SIGNAL); // a whole lot goes, and the next one comes to its place
  }
  account.refresh();
}

/** 0 when it cannot be paid. An amount that only rounding keeps from being paid is cut to what there is. */
function quantityOf(account: Account, order: Order, price: number): number {
  const { settings, free } = account;
  const size = order.size ?? settings.sizing;
  const unitCost = account.unitCost(price);
  const most = free > ROUNDING * settings.capital ? free / unitCost : 0;
  if (size.kind === 'all') return most;
  if (size.kind === 'fraction') return most * Math.min(1, size.fraction);
  if (size.kind === 'quote') return affordable(size.amount / unitCost, most);
  if (size.kind === 'qty') return affordable(size.qty, most);
  const distance = stopDistance(account, order, price);
  return distance > 0 ? Math.min(most, (account.equityAt(price) * size.rate) / distance) : 0;
}

const affordable = (qty: number, most: number) => (qty <= most * (1 + ROUNDING) ? Math.min(qty, most) : 0);

/** How far the stop of an entry at `price` would be; infinite without one. */
function stopDistance({ settings }: Account, order: Order, price: number): number {
  const lot = new Lot();
  lot.side = order.side;
  lot.entryPrice = price;
  lot.best = price;
  guardLot(lot, order, settings);
  return lot.side * (price - stopOf(lot));
}
