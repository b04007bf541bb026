import { defineStrategy } from '../definition.ts';
import type { EntryOrder } from '../desk.ts';
import { integer, number, type ParamRule } from '../params.ts';

type GapOrder = EntryOrder & { readonly tag: number; readonly limitPrice: number };

interface GridState {
  /** One for each gap, made at the first decision. */
  orders: GapOrder[];
  /** Whether a gap has neither order nor lot, because the price is below it. */
  waiting: boolean;
}

/** Where the range lies around the first close when it is left to us. */
const RANGE = 0.1;

/** Zero leaves a line to us, and then there is nothing to compare. */
const ordered: ParamRule = {
  param: 'lower',
  other: 'upper',
  holds: ({ lower, upper }) => lower === 0 || upper === 0 || Number(lower) < Number(upper),
};

/**
 * A long spot grid, as exchanges offer it (OKX, "What's the spot grid bot", arithmetic mode; 3Commas, "Grid bots: how it
 * works"). `levels` lines at equal distances from `lower` to `upper`; the money is split evenly between the gaps. Every gap
 * always has either an order that buys at its lower line, or what it bought, to be sold at its upper line. Lines that are
 * above the price when the grid starts are bought at once, as the sell orders above the price need something to sell;
 * later a line is bought from above only, so that a lot which was stopped out is not bought back on the way down.
 * `lower` and `upper` of 0 are set 10 % below and above the first close.
 */
export const grid = defineStrategy({
  name: 'grid',
  kind: 'grid',
  params: {
    lower: number({ min: 0, max: 1e9, step: 1, default: 0 }),
    upper: number({ min: 0, max: 1e9, step: 1, default: 0 }),
    levels: integer({ min: 2, max: 201, default: 11 }),
  },
  rules: [ordered],
  warmup: () => 0,
  lots: ({ levels }) => levels - 1,
  prepare: () => ({}),
  stream: () => () => ({}),
  state: (): GridState => ({ orders: [], waiting: false }),
  decide(desk, _, { lower, upper, levels }, state) {
    const { close } = desk.candle;
    const first = state.orders.length === 0;
    if (first) state.orders = ordersOf(close, desk.capital, { lower, upper, levels });
    else if (!desk.changed && !state.waiting) return;
    state.waiting = false;
    for (const order of state.orders) {
      if (desk.alive(order.tag)) continue;
      if (first || close > order.limitPrice) desk.buy(order);
      else state.waiting = true;
    }
  },
});

function ordersOf(close: number, capital: number, range: { lower: number; upper: number; levels: number }): GapOrder[] {
  const lower = range.lower || Math.min(close, range.upper || close) * (1 - RANGE);
  const upper = range.upper || Math.max(close, lower) * (1 + RANGE);
  const gaps = range.levels - 1;
  const line = (k: number) => lower + ((upper - lower) * k) / gaps;
  return Array.from({ length: gaps }, (_, k) => ({
    tag: k + 1,
    size: { kind: 'quote', amount: capital / gaps },
    limitPrice: line(k),
    takeProfitPrice: line(k + 1),
  }));
}
