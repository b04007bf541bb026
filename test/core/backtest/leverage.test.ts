import { describe, expect, test } from 'vitest';
import type { FundingRates } from '../../../src/core/backtest/funding.ts';
import { flat, HOUR_MS, type Ohlc, play, START_MS } from '../../support/backtest.ts';

const buy = { 0: (desk: { buy(): void }) => desk.buy() };
const short = { 0: (desk: { short(): void }) => desk.short() };
const still: Ohlc = [100, 100, 100, 100];

describe('leverage', () => {
  test('multiplies what the money buys, and the fee is on all of it', () => {
    const run = play(flat(100, 100, 110), buy, { leverage: 10 });
    expect(run.open).toMatchObject({ qty: 100 });
    expect(run.finalEquity).toBeCloseTo(2000, 9);
    const costs = play(flat(100, 100, 110), buy, { leverage: 10, feeRate: 0.001 });
    expect(costs.open?.qty).toBeCloseTo(1000 / (100 * (0.1 + 0.001)), 9);
  });

  test('a return is by the money put in, not by the value that was moved', () => {
    const run = play(flat(100, 100, 110), { ...buy, 1: (desk) => desk.sell() }, { leverage: 5 });
    expect(run.list[0]?.returnRate).toBeCloseTo(0.5, 12);
  });
});

/**
 * Long 100 at 100 with leverage 10: margin 1,000. Taken over where 1,000 + 100 × (p - 100) = 0.005 × 100 × p, so at
 * p = 9,000 / 99.5 = 90.4522613…; all of the margin is used up at 90.
 */
describe('liquidation', () => {
  const LIQUIDATION = 9000 / 99.5;

  test('comes at the price where the margin that is left equals the maintenance margin, and takes the margin', () => {
    const above: Ohlc[] = [still, still, [100, 100, 90.46, 95]];
    expect(play(above, buy, { leverage: 10 }).list).toEqual([]);
    const run = play([still, still, [100, 100, 90.45, 95]], buy, { leverage: 10 });
    expect(run.list).toMatchObject([{ reason: 'liquidation', exitIndex: 2 }]);
    expect(run.list[0]?.exitPrice).toBeCloseTo(LIQUIDATION, 10);
    expect(run.list[0]?.pnl).toBeCloseTo(-1000, 9);
    expect(run.list[0]?.fees).toBeCloseTo(100 * (LIQUIDATION - 90), 9); // what was left is the exchange's
    expect(run.finalEquity).toBeCloseTo(0, 9);
  });

  test('of a short position is the mirror', () => {
    // 1,000 + 100 × (100 - p) = 0.005 × 100 × p, so p = 11,000 / 100.5
    const run = play([still, still, [100, 109.46, 100, 100]], short, { leverage: 10, shorting: true });
    expect(run.list[0]?.exitPrice).toBeCloseTo(11_000 / 100.5, 10);
    expect(run.finalEquity).toBeCloseTo(0, 9);
    expect(play([still, still, [100, 109.45, 100, 100]], short, { leverage: 10, shorting: true }).list).toEqual([]);
  });

  test('a short position without leverage is taken over near twice its price; a long one never', () => {
    const run = play([still, still, [100, 199.1, 100, 150]], short, { shorting: true });
    expect(run.list[0]).toMatchObject({ reason: 'liquidation' });
    expect(run.list[0]?.exitPrice).toBeCloseTo(20_000 / 100.5, 9); // margin 1,000 for 10 at 100
    expect(play([still, still, [100, 100, 0.0001, 0.0001]], buy).list).toEqual([]);
  });

  test('a gap beyond the price of bankruptcy costs no more than the margin', () => {
    const half = { 0: (desk: { buy(o: object): void }) => desk.buy({ size: { kind: 'fraction', fraction: 0.5 } }) };
    const run = play([still, still, [80, 80, 70, 75]], half, { leverage: 10 });
    expect(run.list).toMatchObject([{ reason: 'liquidation', exitPrice: 90 }]);
    expect(run.finalEquity).toBeCloseTo(500, 9);
  });

  test('a gap beyond it takes the position before an order at that open can close it', () => {
    const sells = { ...buy, 1: (desk: { sell(): void }) => desk.sell() };
    expect(play([still, still, [90.3, 91, 90.2, 91]], sells, { leverage: 10 }).list).toMatchObject([
      { reason: 'liquidation', exitPrice: 90.3 },
    ]);
    expect(play([still, still, [90.6, 91, 90.5, 91]], sells, { leverage: 10 }).list).toMatchObject([
      { reason: 'signal', exitPrice: 90.6 },
    ]);
  });

  test('a stop in front of it comes first, unless the open is beyond both', () => {
    const settings = { leverage: 10, stopLossRate: 0.05 };
    expect(play([still, still, [100, 100, 80, 85]], buy, settings).list).toMatchObject([
      { reason: 'stop_loss', exitPrice: 95 },
    ]);
    expect(play([still, still, [85, 85, 80, 85]], buy, settings).list).toMatchObject([{ reason: 'liquidation' }]);
  });

  test('is of the position as a whole: a second lot moves its price', () => {
    const lot = (desk: { buy(o: object): void }) => desk.buy({ size: { kind: 'qty', qty: 10 } });
    // 10 at 100 and 10 at 96 with leverage 10: margin 100 + 96, cost 1,960, so (1,960 - 196) / (20 × 0.995)
    const rows: Ohlc[] = [...flat(100, 100, 96), [96, 96, 88.7, 95], [95, 95, 88.6, 95]];
    const run = play(rows, { 0: lot, 1: lot }, { leverage: 10 }, { lots: 2 });
    expect(run.list).toMatchObject([
      { exitIndex: 4, reason: 'liquidation' },
      { exitIndex: 4, reason: 'liquidation' },
    ]);
    expect(run.list[0]?.exitPrice).toBeCloseTo(1764 / 19.9, 10);
    expect(run.finalEquity).toBeCloseTo(1000 - 196, 9);
  });

  test('a lot that loses more than its own margin is paid for by that of the others', () => {
    // 1 at 100 and 10 at 85 with leverage 5: margin 20 + 170, all the money. Closing the first at 72 loses 28, so 162 are
    // left, and the rest is taken over at (850 - 162) / (10 × 0.995) instead of (850 - 170) / (10 × 0.995).
    const script = {
      0: (desk: { buy(o: object): void }) => desk.buy({ size: { kind: 'qty', qty: 1 } }),
      1: (desk: { buy(o: object): void }) => desk.buy({ size: { kind: 'qty', qty: 10 } }),
      2: (desk: { sell(o: object): void }) => desk.sell({ fraction: 1 / 11 }),
    };
    const rows: Ohlc[] = [...flat(100, 100, 85, 72), [72, 72, 69.1, 72]];
    const run = play(rows, script, { leverage: 5, capital: 190 }, { lots: 2 });
    expect(run.list[0]).toMatchObject({ entryPrice: 100, exitPrice: 72, pnl: -28 });
    expect(run.equity[3]).toBeCloseTo(32, 9);
    expect(run.list[1]).toMatchObject({ reason: 'liquidation', exitIndex: 4 });
    expect(run.list[1]?.exitPrice).toBeCloseTo(688 / 9.95, 10);
    expect(run.finalEquity).toBeCloseTo(0, 9);
  });
});

describe('funding', () => {
  const rates = (...events: [afterMs: number, rate: number][]): FundingRates => ({
    length: events.length,
    time: Float64Array.from(events, ([afterMs]) => START_MS + afterMs),
    rate: Float64Array.from(events, ([, rate]) => rate),
  });
  const rows = flat(100, 100, 100, 200, 200);
  const half = { 0: (desk: { buy(o: object): void }) => desk.buy({ size: { kind: 'qty', qty: 5 } }) };

  test('at an open is paid by who is long, on the value then, and received by who is short', () => {
    const funding = rates([3 * HOUR_MS, 0.01]);
    expect(play(rows, half, {}, { funding })).toMatchObject({ fundingPaid: 10, finalEquity: 1500 - 10 });
    const shorts = { 0: (desk: { short(o: object): void }) => desk.short({ size: { kind: 'qty', qty: 2 } }) };
    const run = play(flat(100, 100, 100, 100, 100), shorts, { shorting: true }, { funding });
    expect(run).toMatchObject({ fundingPaid: -2, finalEquity: 1002 });
  });

  test('a few milliseconds late belongs to the open all the same', () => {
    const funding = rates([3 * HOUR_MS + 1, 0.01]);
    expect(play(rows, half, {}, { funding }).fundingPaid).toBe(10);
  });

  test('is paid by what was held before the open: who enters there does not, who leaves there does', () => {
    const one = rates([HOUR_MS, 0.01]);
    expect(play(rows, half, {}, { funding: one }).fundingPaid).toBe(0);
    const leaves = { ...half, 1: (desk: { sell(): void }) => desk.sell() };
    expect(play(rows, leaves, {}, { funding: rates([2 * HOUR_MS, 0.01]) }).fundingPaid).toBe(5);
  });

  test('inside a candle is paid by what is still held, at the close', () => {
    const inside = rates([3.5 * HOUR_MS, 0.01]);
    const candle: Ohlc = [100, 100, 100, 150];
    expect(play([...flat(100, 100, 100), candle], half, {}, { funding: inside }).fundingPaid).toBe(7.5);
    const stopped = {
      0: (desk: { buy(o: object): void }) => desk.buy({ size: { kind: 'qty', qty: 5 }, stopLossPrice: 90 }),
    };
    expect(play([...flat(100, 100, 100), [100, 100, 80, 100]], stopped, {}, { funding: inside }).fundingPaid).toBe(0);
  });

  test('is in the profit of the trade that paid it', () => {
    const leaves = { ...half, 3: (desk: { sell(): void }) => desk.sell() };
    const run = play(rows, leaves, {}, { funding: rates([2 * HOUR_MS, 0.01], [3 * HOUR_MS, -0.02]) });
    expect(run.list[0]).toMatchObject({ funding: 5 - 20, pnl: 500 + 15 });
    expect(run.finalEquity).toBe(1515);
  });

  test('that the free money cannot pay comes from the margin and brings the liquidation nearer', () => {
    // All in with leverage 10: 100 at 100, margin 1,000. Funding of 1 % takes 100 of it: (10,000 - 900) / 99.5
    const dip: Ohlc[] = [still, still, still, [100, 100, 91.5, 95], [95, 95, 91.4, 95]];
    const run = play(dip, buy, { leverage: 10 }, { funding: rates([2 * HOUR_MS, 0.01]) });
    expect(run.list).toMatchObject([{ exitIndex: 4, reason: 'liquidation' }]);
    expect(run.list[0]?.exitPrice).toBeCloseTo(9100 / 99.5, 10);
    expect(run.list[0]?.pnl).toBeCloseTo(-1000, 9);
    expect(play(dip, buy, { leverage: 10 }).list).toEqual([]);
  });
});
