import type { Sizing } from '../strategy/desk.ts';

/** An order that was given and is not done. Made once and used again. NaN is a price or rate that was left out. */
export class Order {
  /** Opens or adds to a position; else it closes one. */
  opening = true;
  /** 1 buys, -1 sells. */
  side = 1;
  /** The first candle that it works in. */
  fromIndex = 0;
  /** The last one. */
  toIndex = 0;
  limitPrice = Number.NaN;
  /** NaN also once the price has been there and only the limit is left. */
  stopPrice = Number.NaN;
  /** Number of the bar inside of which the stop price was reached, so that only the limit is left. */
  reachedBar = 0;
  tag = 0;
  size: Sizing | undefined = undefined;
  fraction = 0.5;
  stopLossPrice = Number.NaN;
  stopLossRate = Number.NaN;
  takeProfitPrice = Number.NaN;
  takeProfitRate = Number.NaN;
  trailingStopRate = Number.NaN;
}

/** Orders in the sequence they were given; those that are done are used again. */
export class OrderQueue {
  readonly #orders: Order[] = [];
  count = 0;

  at(k: number): Order {
    return this.#orders[k] as Order; // asked for below the count
  }

  /** A place at the end, with what the last order left in it. */
  add(): Order {
    let order = this.#orders[this.count];
    if (!order) {
      order = new Order();
      this.#orders.push(order);
    }
    this.count += 1;
    return order;
  }

  remove(at: number): void {
    const order = this.at(at);
    this.count -= 1;
    for (let k = at; k < this.count; k++) this.#orders[k] = this.#orders[k + 1] as Order; // there were count + 1 of them
    this.#orders[this.count] = order;
  }

  clear(): void {
    this.count = 0;
  }
}
