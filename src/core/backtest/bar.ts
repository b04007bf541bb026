import type { Candles } from '../market/candles.ts';
import type { Account } from './account.ts';
import type { Broker } from './broker.ts';
import { fillEntry, fillExit } from './fill.ts';
import { type Lot, stopOf } from './lot.ts';
import type { Order } from './order.ts';
import { exitReasons } from './trades.ts';

/**
 * What happens inside one candle. Of its path only four prices are known, so wherever two things may have happened in
 * either order, the worse one for the run is taken to have been first:
 *
 * 1. Orders that wait and are reached by the open fill there.
 * 2. Open lots: liquidation if the open is beyond it; then stops (at the stop, or at the open beyond it); then
 *    liquidation; then targets. A lot whose stop and target are both touched is stopped.
 * 3. Orders that wait and are reached inside: those with a stop price first. A lot opened there can be stopped in the
 *    same candle. Its target counts only where the way there leads past the entry: after a stop entry the high was still
 *    to come, after a limit entry only the close is known to be later. What was closed in 2 frees no lot before the next bar.
 * 4. Trailing stops follow the candle's best price, and so work from the next bar on.
 */

const STOP_LOSS = exitReasons.indexOf('stop_loss');
const TRAILING_STOP = exitReasons.indexOf('trailing_stop');
const TAKE_PROFIT = exitReasons.indexOf('take_profit');

/**
 * Orders without a price, at the open of a candle: exits first, so that a reversal finds its lot free. A gap beyond the
 * liquidation price has taken the position before any of them.
 */
export function fillAtOpen(broker: Broker, candles: Candles, i: number): void {
  const { account, market } = broker;
  const price = candles.open[i] as number; // i is inside
  const { slippageRate } = account.settings;
  if (account.count > 0) liquidateBeyond(broker, price);
  for (const opening of [false, true]) {
    broker.taken = account.count;
    broker.takenSide = account.side;
    for (let k = 0; k < market.count; k++) {
      const order = market.at(k);
      if (order.opening !== opening || order.fromIndex > i) continue;
      if (opening) fillEntry(broker, order, price, slippageRate);
      else fillExit(broker, order, price, slippageRate);
      market.remove(k--);
    }
  }
}

/** Whether this bar touches anything at all: most do not. */
export function touches(broker: Broker, bars: Candles, j: number): boolean {
  const low = bars.low[j] as number; // j is inside
  const high = bars.high[j] as number;
  const { account } = broker;
  return (
    (account.count > 0 && (low <= account.alarmLow || high >= account.alarmHigh)) ||
    (broker.waiting.count > 0 && (low <= broker.alarmLow || high >= broker.alarmHigh))
  );
}

/** Works through bar `j` of `bars`, which is candle `i` or a finer part of it. */
export function workBar(broker: Broker, bars: Candles, j: number, i: number): void {
  broker.bar += 1;
  if (touches(broker, bars, j)) {
    const { account } = broker;
    broker.taken = account.count;
    broker.takenSide = account.side;
    if (broker.waiting.count > 0) fillWaiting(broker, bars, j, i, 'open');
    if (account.count > 0) closeGuarded(broker, bars, j);
    if (broker.waiting.count > 0) fillWaiting(broker, bars, j, i, 'inside');
  }
  if (broker.account.trailing) trail(broker, bars, j);
}

function closeGuarded(broker: Broker, bars: Candles, j: number): void {
  const { account } = broker;
  const long = account.side > 0;
  const open = bars.open[j] as number; // j is inside, here and below
  const low = bars.low[j] as number;
  const high = bars.high[j] as number;
  const fills = account.fills;
  liquidateBeyond(broker, open);
  for (let k = 0; k < account.count; k++) {
    const lot = account.lots[k] as Lot; // k is below the count
    const stop = stopOf(lot);
    const first = long ? stop > account.liquidationPrice : stop < account.liquidationPrice;
    if (first && (long ? low <= stop : high >= stop))
      closeAtLevel(account, k--, long ? Math.min(open, stop) : Math.max(open, stop), stopReason(lot));
  }
  if (account.fills !== fills) account.refresh();
  if (account.count > 0 && (long ? low <= account.liquidationPrice : high >= account.liquidationPrice))
    account.liquidate(open);
  for (let k = 0; k < account.count; k++) {
    const { targetPrice } = account.lots[k] as Lot; // k is below the count
    if (long ? high >= targetPrice : low <= targetPrice)
      closeAtLevel(account, k--, long ? Math.max(open, targetPrice) : Math.min(open, targetPrice), TAKE_PROFIT);
  }
  if (account.fills === fills) return;
  account.refresh();
  broker.changed = true;
}

function liquidateBeyond({ account }: Broker, open: number): void {
  const { side, liquidationPrice } = account;
  if (side > 0 ? open <= liquidationPrice : open >= liquidationPrice) account.liquidate(open);
}

const closeAtLevel = (account: Account, k: number, price: number, reason: number) =>
  account.close(k, 1, price, account.settings.slippageRate, reason);

const stopReason = (lot: Lot) => (stopOf(lot) === lot.stopPrice ? STOP_LOSS : TRAILING_STOP);

/** Those with a stop price first: of two orders that close the same lot the worse one is first. */
function fillWaiting(broker: Broker, bars: Candles, j: number, i: number, when: 'open' | 'inside'): void {
  for (const withStop of [true, false]) {
    for (let k = 0; k < broker.waiting.count; k++) {
      const order = broker.waiting.at(k);
      if (order.fromIndex > i || order.toIndex < i || Number.isNaN(order.stopPrice) === withStop) continue;
      if (fillOne(broker, order, bars, j, when)) broker.waiting.remove(k--);
    }
  }
  broker.setAlarms();
}

/** Whether the order is done with. */
function fillOne(broker: Broker, order: Order, bars: Candles, j: number, when: 'open' | 'inside'): boolean {
  const { side, limitPrice, stopPrice } = order;
  const buys = side > 0;
  const open = bars.open[j] as number; // j is inside, here and below
  const close = bars.close[j] as number;
  const reach = (when === 'open' ? open : buys ? bars.high[j] : bars.low[j]) as number; // the farthest in the order's direction
  const back = (when === 'open' ? open : buys ? bars.low[j] : bars.high[j]) as number; // and against it
  const atOrBeyond = (price: number, level: number) => (buys ? price >= level : price <= level);
  const withinLimit = (price: number) => Number.isNaN(limitPrice) || atOrBeyond(limitPrice, price);
  if (Number.isNaN(stopPrice)) {
    const free = order.reachedBar !== broker.bar || atOrBeyond(limitPrice, close);
    if (!free || !atOrBeyond(limitPrice, back)) return false;
    return fill(broker, order, when === 'open' ? open : limitPrice, bars, j, when === 'open' ? 'open' : 'limit');
  }
  if (!atOrBeyond(reach, stopPrice)) return false;
  const price = when === 'open' ? open : stopPrice;
  if (withinLimit(price)) return fill(broker, order, price, bars, j, when === 'open' ? 'open' : 'stop');
  order.stopPrice = Number.NaN; // reached: from here on it is a limit order, which the price has to come back to
  order.reachedBar = when === 'open' ? 0 : broker.bar;
  return false;
}

function fill(
  broker: Broker,
  order: Order,
  price: number,
  bars: Candles,
  j: number,
  how: 'open' | 'limit' | 'stop',
): true {
  const limited = !Number.isNaN(order.limitPrice);
  const slippageRate = limited ? 0 : broker.account.settings.slippageRate;
  if (!order.opening) {
    fillExit(broker, order, price, slippageRate);
    return true;
  }
  const lot = fillEntry(broker, order, price, slippageRate);
  if (lot && how !== 'open') workEntryBar(broker, lot, price, bars, j, how);
  return true;
}

/** The rest of the bar for a lot that was opened inside it, at `price`. */
function workEntryBar(broker: Broker, lot: Lot, price: number, bars: Candles, j: number, how: 'limit' | 'stop'): void {
  const { account } = broker;
  const long = lot.side > 0;
  const close = bars.close[j] as number; // j is inside, here and below
  const worst = (long ? bars.low[j] : bars.high[j]) as number;
  const best = how === 'limit' ? close : ((long ? bars.high[j] : bars.low[j]) as number);
  const reaches = (extreme: number, level: number) => (long ? extreme <= level : extreme >= level);
  const at = account.lots.indexOf(lot);
  const stop = stopOf(lot);
  lot.inside = true;
  lot.bar = broker.bar;
  if (reaches(worst, stop) && !reaches(stop, account.liquidationPrice))
    closeAtLevel(account, at, long ? Math.min(price, stop) : Math.max(price, stop), stopReason(lot));
  else if (reaches(worst, account.liquidationPrice)) account.liquidate(price);
  else if (reaches(lot.targetPrice, best))
    closeAtLevel(account, at, long ? Math.max(price, lot.targetPrice) : Math.min(price, lot.targetPrice), TAKE_PROFIT);
  else lot.best = long ? Math.max(lot.best, best) : Math.min(lot.best, best);
  account.refresh();
}

function trail(broker: Broker, bars: Candles, j: number): void {
  const { account } = broker;
  const long = account.side > 0;
  const best = (long ? bars.high[j] : bars.low[j]) as number; // j is inside
  let moved = false;
  for (let k = 0; k < account.count; k++) {
    const lot = account.lots[k] as Lot; // k is below the count
    if (long ? best <= lot.best : best >= lot.best) continue;
    if (lot.bar === broker.bar && lot.bar > 0) continue; // opened inside this bar: it has followed already
    lot.best = best;
    moved = true;
  }
  if (moved) account.refresh();
}
