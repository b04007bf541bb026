import { describe, expect, test } from 'vitest';
import { metricsOf } from '../../../src/core/backtest/metrics.ts';
import { findStrategy } from '../../../src/core/strategy/strategies.ts';
import { candlesOf, flat, HOUR_MS, type Ohlc, play } from '../../support/backtest.ts';

describe('1. signal and fill', () => {
  test('a signal at the close of candle i fills at the open of candle i + 1', () => {
    const rows: Ohlc[] = [...flat(10), [20, 26, 19, 25], [30, 31, 29, 30], ...flat(40)];
    const { list } = play(rows, { 0: (desk) => desk.buy(), 2: (desk) => desk.sell() });
    expect(list).toMatchObject([{ entryIndex: 1, entryPrice: 20, exitIndex: 3, exitPrice: 40, reason: 'signal' }]);
  });

  test('a signal on the last candle is never filled, and is named as left over', () => {
    const run = play(flat(10, 10), { 1: (desk) => desk.buy() });
    expect(run).toMatchObject({ list: [], open: null, ordersLeft: 1, finalEquity: 1000 });
  });
});

describe('2. fee and slippage', () => {
  test('the fee is a share of the traded value on each side, in quote currency', () => {
    const run = play(
      flat(10, 10, 20),
      { 0: (desk) => desk.buy({ size: { kind: 'qty', qty: 5 } }), 1: (desk) => desk.sell() },
      { feeRate: 0.01 },
    );
    expect(run.list[0]).toMatchObject({ fees: 0.01 * 50 + 0.01 * 100, pnl: 50 - 1.5 });
    expect(run.feesPaid).toBe(1.5);
    expect(run.finalEquity).toBe(1000 + 50 - 1.5);
  });

  test('slippage worsens the price on each side', () => {
    const run = play(flat(10, 10, 20), { 0: (desk) => desk.buy(), 1: (desk) => desk.sell() }, { slippageRate: 0.1 });
    expect(run.list[0]).toMatchObject({ entryPrice: 11, exitPrice: 18 });
    const short = play(
      flat(10, 10, 20),
      { 0: (desk) => desk.short(), 1: (desk) => desk.cover() },
      { slippageRate: 0.1, shorting: true },
    );
    expect(short.list[0]).toMatchObject({ entryPrice: 9 });
  });

  test('stop and target are worsened as well; a limit order is not', () => {
    const dip: Ohlc[] = [...flat(100, 100), [100, 130, 60, 100]];
    const stopped = play(dip, { 0: (desk) => desk.buy({ stopLossPrice: 80 }) }, { slippageRate: 0.01 });
    expect(stopped.list[0]?.exitPrice).toBeCloseTo(80 * 0.99, 12);
    const sold = play(dip, { 0: (desk) => desk.buy({ takeProfitPrice: 120 }) }, { slippageRate: 0.01 });
    expect(sold.list[0]?.exitPrice).toBeCloseTo(120 * 0.99, 12);
    const limited = play(dip, { 0: (desk) => desk.buy({ limitPrice: 90 }) }, { slippageRate: 0.01 });
    expect(limited.open?.entryPrice).toBe(90);
  });
});

describe('3. size', () => {
  test('is all in, fractional and unrounded: qty = cash / (open × (1 + fee)), sale = qty × open × (1 - fee)', () => {
    const run = play(flat(7, 7, 9), { 0: (desk) => desk.buy(), 1: (desk) => desk.sell() }, { feeRate: 0.001 });
    const qty = 1000 / (7 * 1.001);
    expect(run.list[0]?.qty).toBeCloseTo(qty, 12);
    expect(run.finalEquity).toBeCloseTo(qty * 9 * 0.999, 9);
  });
});

test('4. equity is recorded at every close: cash + qty × close', () => {
  const run = play(flat(10, 10, 12, 9, 15), {
    0: (desk) => desk.buy({ size: { kind: 'quote', amount: 400 } }),
    3: (desk) => desk.sell(),
  });
  expect([...run.equity]).toEqual([1000, 1000, 600 + 40 * 12, 600 + 40 * 9, 600 + 40 * 15]);
});

describe('5. one position at a time', () => {
  test('entries are ignored while one is open', () => {
    const again = { 0: 1, 1: 1, 2: 1 };
    const script = Object.fromEntries(Object.keys(again).map((i) => [i, (desk: { buy(): void }) => desk.buy()]));
    const run = play(flat(10, 10, 12, 14, 16), script);
    expect(run.open).toMatchObject({ lots: 1, entryIndex: 1, qty: 100 });
    expect(run.droppedNoLot).toBe(2);
  });

  test('on the candle of a fill the strategy may signal again at its close', () => {
    const run = play(flat(10, 11, 12), { 0: (desk) => desk.buy(), 1: (desk) => desk.sell() });
    expect(run.list).toMatchObject([{ entryIndex: 1, exitIndex: 2, entryPrice: 11, exitPrice: 12 }]);
  });

  test('what closes and what opens at the same open is a reversal', () => {
    const run = play(
      flat(10, 10, 20, 20),
      {
        0: (desk) => desk.buy(),
        1: (desk) => {
          desk.short();
          desk.sell();
        },
      },
      { shorting: true },
    );
    expect(run.list).toMatchObject([{ side: 'long', entryIndex: 1, exitIndex: 2 }]);
    expect(run.open).toMatchObject({ side: 'short', entryIndex: 2, entryPrice: 20 });
  });
});

test('6. at the end of data an open position is marked at the last close and is in no trade figure', () => {
  const rows = flat(10, 10, 20, 5);
  const run = play(rows, { 0: (desk) => desk.buy() });
  expect(run.finalEquity).toBe(500);
  expect(run.open).toMatchObject({
    side: 'long',
    entryIndex: 1,
    entryPrice: 10,
    markPrice: 5,
    qty: 100,
    unrealisedPnl: -500,
  });
  expect(metricsOf(run, candlesOf(rows))).toMatchObject({
    trades: 0,
    winRate: null,
    profitFactor: null,
    expectancy: null,
  });
});

describe('7. stop loss and take profit inside the candle', () => {
  const guarded = (candle: Ohlc, settings = { stopLossRate: 0.1, takeProfitRate: 0.1 }) =>
    play([...flat(100), [100, 100, 100, 100], candle, ...flat(100)], { 0: (desk) => desk.buy() }, settings).list[0];

  test('fill at the stop, and at the open beyond it', () => {
    expect(guarded([100, 105, 88, 95])).toMatchObject({ exitIndex: 2, exitPrice: 90, reason: 'stop_loss' });
    expect(guarded([85, 95, 80, 95])).toMatchObject({ exitPrice: 85, reason: 'stop_loss' });
  });

  test('fill at the target, and at the open beyond it', () => {
    expect(guarded([100, 120, 95, 100])).toMatchObject({ exitPrice: 100 * 1.1, reason: 'take_profit' });
    expect(guarded([115, 120, 95, 100])).toMatchObject({ exitPrice: 115, reason: 'take_profit' });
  });

  test('stop first when one candle touches both', () => {
    expect(guarded([100, 120, 80, 100])).toMatchObject({ exitPrice: 90, reason: 'stop_loss' });
  });

  test('work from the entry candle on, and touching is enough', () => {
    const run = play([...flat(100), [100, 101, 90, 100]], { 0: (desk) => desk.buy() }, { stopLossRate: 0.1 });
    expect(run.list).toMatchObject([{ entryIndex: 1, exitIndex: 1, exitPrice: 90 }]);
  });

  test('are fractions of the entry price, slippage included', () => {
    const run = play(
      [...flat(100, 100), [100, 101, 50, 100]],
      { 0: (desk) => desk.buy() },
      { stopLossRate: 0.1, slippageRate: 0.01 },
    );
    expect(run.list[0]?.exitPrice).toBeCloseTo(101 * 0.9 * 0.99, 12);
  });

  test('after an exit inside candle i the strategy may signal at its close', () => {
    const rows: Ohlc[] = [...flat(100), [100, 101, 80, 95], ...flat(97, 97)];
    const buys = { 0: (desk: { buy(): void }) => desk.buy(), 1: (desk: { buy(): void }) => desk.buy() };
    const run = play(rows, buys, { stopLossRate: 0.1 });
    expect(run.list).toMatchObject([{ exitIndex: 1, exitPrice: 90 }]);
    expect(run.open).toMatchObject({ entryIndex: 2, entryPrice: 97 });
  });

  test('a trailing stop keeps its distance to the best price and works from the next candle on', () => {
    const rows: Ohlc[] = [...flat(100), [100, 120, 96, 118], [118, 119, 113, 115], ...flat(100)];
    const run = play(rows, { 0: (desk) => desk.buy() }, { trailingStopRate: 0.05 });
    // 5 below 100 at first, then 5 below 120: the low of 96 in between comes before it is moved.
    expect(run.list).toMatchObject([{ exitIndex: 2, exitPrice: 115, reason: 'trailing_stop' }]);
    const best = play(rows, { 0: (desk) => desk.buy() }, { trailingStopRate: 0.05, trailingStopOf: 'best' });
    expect(best.list).toMatchObject([{ exitIndex: 2, exitPrice: 120 * 0.95, reason: 'trailing_stop' }]);
  });

  test('the nearer of stop loss and trailing stop counts', () => {
    const rows: Ohlc[] = [...flat(100, 100), [100, 100, 90, 95]];
    const run = play(rows, { 0: (desk) => desk.buy() }, { stopLossRate: 0.02, trailingStopRate: 0.05 });
    expect(run.list).toMatchObject([{ exitPrice: 98, reason: 'stop_loss' }]);
  });
});

describe('8. figures', () => {
  const rows = flat(10, 10, 11, 11, 11, 9, 9);
  const twoTrades = {
    0: (desk: { buy(): void }) => desk.buy(),
    1: (desk: { sell(): void }) => desk.sell(),
    3: (desk: { buy(): void }) => desk.buy(),
    4: (desk: { sell(): void }) => desk.sell(),
  };

  test('a trade wins when there is a profit after both fees', () => {
    const settings = { feeRate: 0.06 }; // 10 to 11 is 10 % before fees, a loss after them
    const run = play(rows, twoTrades, settings);
    expect(metricsOf(run, candlesOf(rows)).winRate).toBe(0);
    expect(metricsOf(play(rows, twoTrades), candlesOf(rows)).winRate).toBe(0.5);
  });

  test('profit factor is in money after fees', () => {
    const metrics = metricsOf(play(rows, twoTrades), candlesOf(rows));
    expect(metrics.profitFactor).toBeCloseTo(100 / 200, 12); // 1000 → 1100 → 900
  });

  test('max drawdown is on close equity from the running maximum, the start included', () => {
    const falling = flat(10, 10, 8, 9, 12, 6);
    const metrics = metricsOf(play(falling, { 0: (desk) => desk.buy() }), candlesOf(falling));
    expect(metrics.drawdown).toMatchObject({ depth: 0.5, lowestIndex: 5 });
    const fromStart = flat(10, 10, 8, 9);
    expect(metricsOf(play(fromStart, { 0: (desk) => desk.buy() }), candlesOf(fromStart)).drawdown.depth).toBeCloseTo(
      0.2,
      12,
    );
  });

  test('Sharpe is that of the last equity of each UTC day, simple returns, sample deviation, √365', () => {
    // Eight-hour candles: days end at 110, 99 and 108.9, so the returns are -10 % and +10 %, and then +20 %.
    const prices = [100, 100, 110, 500, 1, 99, 50, 50, 108.9, 7, 7, 130.68];
    const candles = candlesOf(flat(...prices), 8 * HOUR_MS);
    const run = play(candles, { 0: (desk) => desk.buy() });
    const metrics = metricsOf(run, candles);
    const returns = [-0.1, 0.1, 0.2];
    const mean = 0.2 / 3;
    const deviation = Math.sqrt(returns.reduce((sum, r) => sum + (r - mean) ** 2, 0) / 2);
    expect(metrics.sharpe).toBeCloseTo((mean / deviation) * Math.sqrt(365), 10);
  });
});

test('the rules of the contract: strict on both sides of a crossing, levels for RSI, bands for reversion', () => {
  expect(findStrategy('sma_cross')?.warmup({ fast: 10, slow: 50 })).toBe(50);
  // SMA 1 and 2: candle by candle fast - slow is half the last change, so a candle of no change breaks the crossing.
  const crossing = findStrategy('sma_cross');
  if (!crossing) throw new Error('there is no sma_cross');
  const run = (prices: number[]) => play(flat(...prices), crossing, {}, { params: { fast: 1, slow: 2 } });
  expect(run([10, 9, 10, 10]).open).toMatchObject({ entryIndex: 3 });
  expect(run([10, 9, 9, 10, 10]).open).toBeNull(); // below, equal, above: no candle was below right before
});
