import { defineStrategy } from '../definition.ts';
import type { EntryOrder } from '../desk.ts';
import { integer, number, type ParamRule } from '../params.ts';

/** What buys in one gap, apart from how much. */
type GapOrder = EntryOrder & { readonly tag: number; readonly limitPrice: number };

interface GridState {
  /** One for each gap, made at the first decision. */
  orders: GapOrder[];
  /** The lowest line whose gap has neither order nor lot, because the price was below it; ∞ when there is none. */
  waitsAbove: number;
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
 * works"). `levels` lines at equal distances from `lower` to `upper`; the capital is split evenly between the gaps, and
 * after losses what is free between those without a lot. Every gap always has either an order that buys at its lower line, or what it bought, to be sold at its upper line. Lines that are
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
  state: (): GridState => ({ orders: [], waitsAbove: Number.POSITIVE_INFINITY }),
  decide(desk, _, { lower, upper, levels }, state) {
    const { close } = desk.candle;
    const first = state.orders.length === 0;
    if (first) state.orders = ordersOf(close, { lower, upper, levels });
    else if (!desk.changed && close <= state.waitsAbove) return;
    const gaps = state.orders.length;
    const amount = Math.min(desk.capital / gaps, desk.freeMoney / (gaps - desk.openLots));
    state.waitsAbove = Number.POSITIVE_INFINITY;
    if (!(amount > 0)) return; // every gap has its lot, or everything is lost
    for (const order of state.orders) {
      if (desk.alive(order.tag)) continue;
      if (first || close > order.limitPrice) desk.buy({ ...order, size: { kind: 'quote', amount } });
      else state.waitsAbove = Math.min(state.waitsAbove, order.limitPrice);
    }
  },
});

function ordersOf(close: number, range: { lower: number; upper: number; levels: number }): GapOrder[] {
  const lower = range.lower || Math.min(close, range.upper || close) * (1 - RANGE);
  const upper = range.upper || Math.max(close, lower) * (1 + RANGE);
  const gaps = range.levels - 1;
  const line = (k: number) => lower + ((upper - lower) * k) / gaps;
  return Array.from({ length: gaps }, (_, k) => ({ tag: k + 1, limitPrice: line(k), takeProfitPrice: line(k + 1) }));
}
