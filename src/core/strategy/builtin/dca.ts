import { defineStrategy } from '../definition.ts';
import { number } from '../params.ts';

const HOUR_MS = 3_600_000;
/** More purchases than any series has candles for in practice. */
const LOTS = 1_000_000;

/**
 * Dollar-cost averaging (Benjamin Graham, The Intelligent Investor, chapter 5): buys for `amount` in the quote currency
 * every `interval_hours`, counted from the first candle, whatever the price, for as long as there is money. It never sells
 * by itself; a stop loss or take profit of the run guards each purchase.
 */
export const dca = defineStrategy({
  name: 'dca',
  kind: 'accumulation',
  params: {
    interval_hours: number({ min: 1 / 60, max: 8760, step: 1, default: 24 }),
    amount: number({ min: 0.01, max: 1e9, step: 10, default: 100 }),
  },
  warmup: () => 0,
  lots: () => LOTS,
  prepare: () => ({}),
  stream: () => () => ({}),
  state: ({ amount }) => ({ nextMs: Number.NEGATIVE_INFINITY, order: { size: { kind: 'quote', amount } as const } }),
  decide(desk, _, { interval_hours }, state) {
    const { time } = desk.candle;
    if (time < state.nextMs) return;
    desk.buy(state.order);
    const everyMs = interval_hours * HOUR_MS;
    const due = state.nextMs === Number.NEGATIVE_INFINITY ? time : state.nextMs;
    state.nextMs = due + everyMs * (Math.floor((time - due) / everyMs) + 1); // after a gap in the candles once, not once each
  },
});
