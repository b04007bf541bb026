import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSettings, type RunSettings } from '../../../src/core/backtest/settings.ts';
import { Simulation } from '../../../src/core/backtest/simulation.ts';
import { tradeList } from '../../../src/core/backtest/trades.ts';
import { type Candles, sliceCandles } from '../../../src/core/market/candles.ts';
import type { Desk, EntryOrder } from '../../../src/core/strategy/desk.ts';
import { HOUR_MS, scripted } from '../../support/backtest.ts';
import { randomCandles } from '../../support/candles.ts';

/** Orders of every kind in any sequence, as no strategy of ours would give them: what has to hold all the same. */

const LENGTH = 120;

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const near = fc.double({ min: 0.93, max: 1.07, noNaN: true });

/** Prices are given as multiples of the close at which the order is placed. */
const act = fc.record({
  at: fc.integer({ min: 0, max: LENGTH - 1 }),
  verb: fc.constantFrom('buy', 'buy', 'buy', 'short', 'short', 'sell', 'sell', 'cover', 'close', 'cancel', 'protect'),
  limit: maybe(near),
  stop: maybe(near),
  forCandles: maybe(fc.integer({ min: 1, max: 20 })),
  tag: fc.integer({ min: 0, max: 3 }),
  size: maybe(fc.double({ min: 0.05, max: 1, noNaN: true })),
  fraction: maybe(fc.double({ min: 0.05, max: 1, noNaN: true })),
  loss: maybe(near),
  gain: maybe(near),
  trail: maybe(fc.double({ min: 0.005, max: 0.1, noNaN: true })),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

const settings = fc.record({
  feeRate: fc.constantFrom(0, 0.001, 0.01),
  shorting: fc.boolean(),
  leverage: fc.constantFrom(1, 3, 20),
  stopLossRate: fc.constantFrom(0, 0.04),
  trailingStopOf: fc.constantFrom('entry' as const, 'best' as const),
});

function entryOf(a: Act, close: number): EntryOrder {
  const price = (name: string, times: number | undefined) => (times === undefined ? {} : { [name]: close * times });
  return {
    tag: a.tag,
    ...price('limitPrice', a.limit),
    ...price('stopPrice', a.stop),
    ...price('stopLossPrice', a.loss),
    ...price('takeProfitPrice', a.gain),
    ...(a.forCandles === undefined ? {} : { forCandles: a.forCandles }),
    ...(a.trail === undefined ? {} : { trailingStopRate: a.trail }),
    ...(a.size === undefined ? {} : { size: { kind: 'fraction', fraction: a.size } as const }),
  };
}

function perform(desk: Desk, a: Act): void {
  const { stopLossPrice, takeProfitPrice, trailingStopRate, size, ...waiting } = entryOf(a, desk.candle.close);
  const exit = { ...waiting, ...(a.fraction === undefined ? {} : { fraction: a.fraction }) };
  if (a.verb === 'buy' || a.verb === 'short') desk[a.verb](entryOf(a, desk.candle.close));
  else if (a.verb === 'sell' || a.verb === 'cover') desk[a.verb](exit);
  else if (a.verb === 'close') desk.close();
  else if (a.verb === 'cancel') desk.cancel(a.tag === 0 ? undefined : a.tag);
  else
    desk.protect(
      {
        ...(stopLossPrice ? { stopLossPrice } : {}),
        ...(takeProfitPrice ? { takeProfitPrice } : {}),
        ...(trailingStopRate ? { trailingStopRate } : {}),
      },
      a.tag === 0 ? undefined : a.tag,
    );
}

function simulate(acts: readonly Act[], candles: Candles, given: Partial<RunSettings>, lots: number, detail?: Candles) {
  const script: Record<number, (desk: Desk) => void> = {};
  for (const a of acts) {
    const before = script[a.at];
    script[a.at] = (desk) => {
      before?.(desk);
      perform(desk, a);
    };
  }
  const all = { ...defaultSettings, ...given };
  const parts = { strategy: scripted(script, lots), params: {}, settings: all, columns: {}, stepMs: HOUR_MS, detail };
  return new Simulation({ ...parts, candles, equity: new Float64Array(candles.length) });
}

const scene = [
  fc.array(act, { minLength: 20, maxLength: 80, size: 'max' }),
  fc.integer({ min: 1, max: 1e6 }),
  settings,
  fc.integer({ min: 1, max: 4 }),
] as const;

test('money neither appears nor goes missing, and no fill lies outside of its candle', () => {
  let trades = 0;
  fc.assert(
    fc.property(...scene, (acts, seed, given, lots) => {
      const candles = randomCandles(seed, LENGTH);
      const simulation = simulate(acts, candles, given, lots);
      const { account } = simulation;
      for (let i = 0; i < LENGTH; i++) {
        simulation.step(i);
        const held = account.lots.slice(0, account.count);
        const close = candles.close[i] as number; // i is inside, here and below
        const scale = 1e-9 * Math.max(1e4, Math.abs(account.cash));
        const purses = held.reduce(
          (sum, lot) => sum + lot.margin + lot.side * lot.qty * (close - lot.entryPrice),
          account.free,
        );
        expect(Math.abs(purses - (simulation.equity[i] as number))).toBeLessThan(scale);
        expect(simulation.equity[i]).toBeGreaterThan(-scale);
        expect(account.free).toBeGreaterThan(-2 * scale);
        expect(held.length).toBeLessThanOrEqual(lots);
        expect(new Set(held.map((lot) => lot.side)).size).toBeLessThanOrEqual(1);
        expect(Math.abs(held.reduce((sum, lot) => sum + lot.side * lot.qty, 0) - account.qty)).toBeLessThan(scale);
        if (!given.shorting) expect(held.every((lot) => lot.side > 0)).toBe(true);
      }
      const list = tradeList(account.trades, candles);
      const fees = account.lots.slice(0, account.count).reduce((sum, lot) => sum + lot.entryFee, 0);
      const open = account.count > 0 ? account.qty * (candles.close[LENGTH - 1] as number) - account.cost : 0;
      const pnl = list.reduce((sum, trade) => sum + trade.pnl, 0);
      expect(Math.abs(10_000 + pnl - fees + open - (simulation.equity[LENGTH - 1] as number))).toBeLessThan(1e-5);
      for (const { entryIndex, exitIndex, entryPrice, exitPrice, reason } of list) {
        expect(entryIndex).toBeLessThanOrEqual(exitIndex);
        for (const [i, price] of [
          [entryIndex, entryPrice],
          [exitIndex, exitPrice],
        ] as const) {
          if (reason === 'liquidation' && i === exitIndex) continue; // beyond bankruptcy the candle may have jumped over it
          expect(price).toBeGreaterThanOrEqual((candles.low[i] as number) * (1 - 1e-9));
          expect(price).toBeLessThanOrEqual((candles.high[i] as number) * (1 + 1e-9));
        }
      }
      trades += list.length;
    }),
    { numRuns: 300 },
  );
  expect(trades).toBeGreaterThan(300);
});

test('nothing that comes later changes what was: a run over fewer candles is the beginning of one over more', () => {
  fc.assert(
    fc.property(...scene, fc.integer({ min: 1, max: LENGTH }), (acts, seed, given, lots, length) => {
      const candles = randomCandles(seed, LENGTH);
      const [whole, part] = [
        simulate(acts, candles, given, lots),
        simulate(acts, sliceCandles(candles, 0, length), given, lots),
      ];
      for (let i = 0; i < LENGTH; i++) whole.step(i);
      for (let i = 0; i < length; i++) part.step(i);
      expect([...part.equity]).toEqual([...whole.equity.subarray(0, length)]);
      const before = tradeList(whole.account.trades, candles).filter((trade) => trade.exitIndex < length);
      expect(tradeList(part.account.trades, candles)).toEqual(before);
    }),
    { numRuns: 150 },
  );
});

test('finer candles that are the candles themselves change nothing', () => {
  fc.assert(
    fc.property(...scene, (acts, seed, given, lots) => {
      const candles = randomCandles(seed, LENGTH);
      const [plain, fine] = [simulate(acts, candles, given, lots), simulate(acts, candles, given, lots, candles)];
      for (let i = 0; i < LENGTH; i++) {
        plain.step(i);
        fine.step(i);
      }
      expect([...fine.equity]).toEqual([...plain.equity]);
      expect(tradeList(fine.account.trades, candles)).toEqual(tradeList(plain.account.trades, candles));
    }),
    { numRuns: 150 },
  );
});
