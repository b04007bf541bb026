import { describe, expect, test } from 'vitest';
import { candlesOf, flat, HOUR_MS, type Ohlc, play, START_MS } from '../../support/backtest.ts';

const still: Ohlc = [100, 100, 100, 100];

describe('limit orders', () => {
  test('fill at the limit, or at the open when it is better, and wait until then', () => {
    const rows: Ohlc[] = [still, [100, 105, 95, 100], [100, 101, 88, 92], still];
    expect(play(rows, { 0: (desk) => desk.buy({ limitPrice: 90 }) }).open).toMatchObject({
      entryIndex: 2,
      entryPrice: 90,
    });
    const gap: Ohlc[] = [still, [85, 99, 84, 98]];
    expect(play(gap, { 0: (desk) => desk.buy({ limitPrice: 90 }) }).open).toMatchObject({
      entryIndex: 1,
      entryPrice: 85,
    });
    const short = play(
      [still, [100, 115, 99, 100]],
      { 0: (desk) => desk.short({ limitPrice: 110 }) },
      { shorting: true },
    );
    expect(short.open).toMatchObject({ side: 'short', entryPrice: 110 });
  });

  test('are given up after their candles, and when cancelled', () => {
    const rows: Ohlc[] = [still, still, still, [100, 100, 80, 90], still];
    const order = { limitPrice: 90, tag: 3 };
    expect(play(rows, { 0: (desk) => desk.buy({ ...order, forCandles: 3 }) }).open).toMatchObject({ entryIndex: 3 });
    expect(play(rows, { 0: (desk) => desk.buy({ ...order, forCandles: 2 }) }).open).toBeNull();
    expect(play(rows, { 0: (desk) => desk.buy(order), 1: (desk) => desk.cancel(3) }).open).toBeNull();
    expect(play(rows, { 0: (desk) => desk.buy(order), 1: (desk) => desk.cancel(4) }).open).not.toBeNull();
    expect(play(rows, { 0: (desk) => desk.buy(order), 1: (desk) => desk.cancel() }).open).toBeNull();
  });

  test('close a position as well', () => {
    const run = play([still, still, [100, 112, 99, 100]], {
      0: (desk) => desk.buy(),
      1: (desk) => desk.sell({ limitPrice: 110 }),
    });
    expect(run.list).toMatchObject([{ exitIndex: 2, exitPrice: 110, reason: 'signal' }]);
  });

  test('that would close a position die with it', () => {
    const rows: Ohlc[] = [still, still, still, still, [100, 120, 100, 100]];
    const run = play(rows, {
      0: (desk) => desk.buy(),
      1: (desk) => {
        desk.sell({ limitPrice: 110 });
        desk.sell();
      },
      2: (desk) => desk.buy(),
    });
    expect(run.list).toHaveLength(1);
    expect(run.open).toMatchObject({ entryIndex: 3 });
  });

  test('that are touched while the one lot is taken come to nothing', () => {
    const rows: Ohlc[] = [still, still, [100, 100, 90, 95], [95, 95, 80, 85], still];
    const run = play(rows, {
      0: (desk) => desk.buy({ stopLossPrice: 91 }),
      1: (desk) => desk.buy({ limitPrice: 95 }), // reached on the way to the stop, while the lot is still open
    });
    expect(run.list).toMatchObject([{ exitIndex: 2, exitPrice: 91 }]);
    expect(run.open).toBeNull();
    expect(run.droppedNoLot).toBe(1);
  });
});

describe('stop orders', () => {
  test('buy when the price rises to them, at the stop or at the open beyond it', () => {
    const order = { stopPrice: 110 };
    expect(play([still, [100, 112, 99, 111]], { 0: (desk) => desk.buy(order) }).open).toMatchObject({
      entryPrice: 110,
    });
    expect(play([still, [115, 118, 99, 111]], { 0: (desk) => desk.buy(order) }).open).toMatchObject({
      entryPrice: 115,
    });
    expect(play([still, [100, 109, 99, 100]], { 0: (desk) => desk.buy(order) }).open).toBeNull();
  });

  test('sell short when it falls to them, and pay slippage', () => {
    const run = play(
      [still, [100, 101, 88, 95]],
      { 0: (desk) => desk.short({ stopPrice: 90 }) },
      { shorting: true, slippageRate: 0.01 },
    );
    expect(run.open).toMatchObject({ side: 'short', entryPrice: 90 * 0.99 });
  });

  test('close a position', () => {
    const run = play([still, still, [100, 101, 93, 100]], {
      0: (desk) => desk.buy(),
      1: (desk) => desk.sell({ stopPrice: 95 }),
    });
    expect(run.list).toMatchObject([{ exitPrice: 95, reason: 'signal' }]);
  });

  test('come before limits when a candle touches both that would close the same position', () => {
    const run = play([still, still, [100, 112, 93, 100]], {
      0: (desk) => desk.buy(),
      1: (desk) => {
        desk.sell({ limitPrice: 110 });
        desk.sell({ stopPrice: 95 });
      },
    });
    expect(run.list).toMatchObject([{ exitPrice: 95 }]);
  });
});

describe('stop-limit orders', () => {
  const order = { stopPrice: 110, limitPrice: 112 };

  test('fill at the stop when the price comes through it', () => {
    expect(play([still, [100, 115, 99, 114]], { 0: (desk) => desk.buy(order) }).open).toMatchObject({
      entryPrice: 110,
    });
  });

  test('wait for the limit when the price jumps over it', () => {
    const jump: Ohlc[] = [still, [120, 125, 118, 121]];
    expect(play(jump, { 0: (desk) => desk.buy(order) }).open).toBeNull();
    expect(play([...jump, [121, 122, 110, 115]], { 0: (desk) => desk.buy(order) }).open).toMatchObject({
      entryIndex: 2,
      entryPrice: 112,
    });
    expect(play([still, [120, 125, 111, 121]], { 0: (desk) => desk.buy(order) }).open).toMatchObject({
      entryIndex: 1,
      entryPrice: 112,
    });
  });

  test('with a limit on this side of the stop fill in the same candle only if it closes there', () => {
    const back = { stopPrice: 110, limitPrice: 105 };
    expect(play([still, [100, 111, 99, 104]], { 0: (desk) => desk.buy(back) }).open).toMatchObject({
      entryIndex: 1,
      entryPrice: 105,
    });
    const run = play([still, [100, 111, 99, 108], [108, 109, 104, 106]], { 0: (desk) => desk.buy(back) });
    expect(run.open).toMatchObject({ entryIndex: 2, entryPrice: 105 });
  });
});

describe('the candle that an order fills inside of', () => {
  test('can stop the lot, but reaches its target after a limit entry only if it closes there', () => {
    const order = { limitPrice: 90, stopLossPrice: 85, takeProfitPrice: 105 };
    const buy = { 0: (desk: { buy(o: object): void }) => desk.buy(order) };
    expect(play([still, [100, 100, 84, 95]], buy).list).toMatchObject([{ entryIndex: 1, exitIndex: 1, exitPrice: 85 }]);
    expect(play([still, [100, 110, 88, 95]], buy).open).toMatchObject({ entryPrice: 90 });
    expect(play([still, [100, 110, 88, 106]], buy).list).toMatchObject([{ exitIndex: 1, exitPrice: 105 }]);
  });

  test('reaches the target after a stop entry, as the high was still to come, and is stopped when the low is at the stop', () => {
    const order = { stopPrice: 110, stopLossPrice: 100, takeProfitPrice: 115 };
    const buy = { 0: (desk: { buy(o: object): void }) => desk.buy(order) };
    expect(play([still, [105, 116, 104, 111]], buy).list).toMatchObject([
      { entryPrice: 110, exitPrice: 115, exitIndex: 1 },
    ]);
    expect(play([still, [105, 116, 99, 111]], buy).list).toMatchObject([
      { entryPrice: 110, exitPrice: 100, exitIndex: 1 },
    ]);
  });
});

describe('positions of several lots', () => {
  const buy = (tag: number) => (desk: { buy(o: object): void }) => desk.buy({ size: { kind: 'qty', qty: 2 }, tag });

  test('are closed in part, the oldest lots first, with the fees in proportion', () => {
    const run = play(
      flat(10, 10, 20, 30, 40),
      { 0: buy(1), 1: buy(2), 2: (desk) => desk.sell({ fraction: 0.75 }) },
      { feeRate: 0.01 },
      { lots: 5 },
    );
    expect(run.list).toMatchObject([
      { entryIndex: 1, exitIndex: 3, qty: 2, entryPrice: 10, fees: 0.2 + 0.6 },
      { entryIndex: 2, exitIndex: 3, qty: 1, entryPrice: 20, fees: 0.2 + 0.3 },
    ]);
    expect(run.open).toMatchObject({ qty: 1, entryPrice: 20, lots: 1 });
    expect(run.finalEquity).toBeCloseTo(1000 + 40 - 0.8 + 10 - 0.5 + 20 - 0.2, 10);
  });

  test('are closed by tag', () => {
    const run = play(
      flat(10, 10, 20, 30),
      { 0: buy(1), 1: buy(2), 2: (desk) => desk.sell({ tag: 2 }) },
      {},
      { lots: 5 },
    );
    expect(run.list).toMatchObject([{ entryIndex: 2, qty: 2 }]);
    expect(run.open).toMatchObject({ entryPrice: 10, lots: 1 });
  });

  test('have a bracket each, which can be changed', () => {
    const rows: Ohlc[] = [...flat(10, 10, 20), [20, 20, 14, 20], ...flat(20)];
    const run = play(
      rows,
      { 0: buy(1), 1: buy(2), 2: (desk) => desk.protect({ stopLossPrice: 15 }, 2) },
      {},
      { lots: 5 },
    );
    expect(run.list).toMatchObject([{ entryPrice: 20, exitPrice: 15, reason: 'stop_loss' }]);
    expect(run.open).toMatchObject({ lots: 1, entryPrice: 10 });
  });

  test('are found by tag as order and as lot, and the desk tells when something happened', () => {
    const seen: unknown[] = [];
    const look = (desk: { alive(tag: number): boolean; changed: boolean; openLots: number }) =>
      seen.push([desk.alive(7), desk.changed, desk.openLots]);
    play([still, still, [100, 100, 89, 95], [95, 130, 95, 95]], {
      0: (desk) => {
        look(desk);
        desk.buy({ limitPrice: 90, takeProfitPrice: 120, tag: 7 });
      },
      1: look,
      2: look,
      3: look,
    });
    expect(seen).toEqual([
      [false, false, 0],
      [true, false, 0],
      [true, true, 1],
      [false, true, 0],
    ]);
  });
});

describe('sizes', () => {
  const openQty = (size: object, settings = {}) =>
    play(flat(10, 10, 10), { 0: (desk) => desk.buy({ size: size as never }) }, settings).open?.qty; // every kind is tried

  test('a fraction of the free money, an amount with its fee, a quantity', () => {
    expect(openQty({ kind: 'fraction', fraction: 0.5 })).toBe(50);
    expect(openQty({ kind: 'quote', amount: 110 }, { feeRate: 0.1 })).toBeCloseTo(10, 12);
    expect(openQty({ kind: 'qty', qty: 3 })).toBe(3);
  });

  test('a risk: what the way to the stop costs is that share of the equity, and never more than all is bought', () => {
    expect(openQty({ kind: 'risk', rate: 0.02 }, { stopLossRate: 0.1 })).toBeCloseTo(20, 12);
    expect(openQty({ kind: 'risk', rate: 0.5 }, { stopLossRate: 0.1 })).toBeCloseTo(100, 12);
    expect(openQty({ kind: 'risk', rate: 0.02 })).toBeUndefined(); // no stop, no size
  });

  test('what cannot be paid is not bought, and counted', () => {
    const run = play(flat(10, 10, 10), { 0: (desk) => desk.buy({ size: { kind: 'quote', amount: 1001 } }) });
    expect(run).toMatchObject({ open: null, droppedNoMoney: 1 });
    const twice = play(
      flat(10, 10, 10, 10),
      { 0: (desk) => desk.buy(), 1: (desk) => desk.buy() },
      { feeRate: 0.001 },
      { lots: 3 },
    );
    expect(twice.open).toMatchObject({ lots: 1 });
    expect(twice.droppedNoMoney).toBe(1);
  });

  test('what is not a number ends the run, before it can reach a result', () => {
    const orders = [
      { limitPrice: Number.NaN },
      { stopLossPrice: Number.NaN },
      { stopPrice: -1 },
      { takeProfitRate: Number.POSITIVE_INFINITY },
      { size: { kind: 'quote', amount: Number.NaN } },
    ];
    for (const order of orders)
      expect(() => play(flat(10, 10), { 0: (desk) => desk.buy(order as never) })).toThrow(/an order with/); // wrong on purpose
    expect(() =>
      play(flat(10, 10, 10), { 0: (desk) => desk.buy(), 1: (desk) => desk.protect({ stopLossPrice: Number.NaN }) }),
    ).toThrow(/a bracket with/);
    expect(() => play(flat(10, 10, 10), { 0: (desk) => desk.buy(), 1: (desk) => desk.sell({ fraction: 0 }) })).toThrow(
      /fraction/,
    );
  });
});

describe('shorting', () => {
  test('is off unless the run allows it', () => {
    expect(play(flat(10, 10, 5), { 0: (desk) => desk.short() })).toMatchObject({ open: null, finalEquity: 1000 });
  });

  test('wins when the price falls, and close ends either side', () => {
    const run = play(flat(10, 10, 5), { 0: (desk) => desk.short(), 1: (desk) => desk.close() }, { shorting: true });
    expect(run.list).toMatchObject([
      { side: 'short', qty: 100, entryPrice: 10, exitPrice: 5, pnl: 500, returnRate: 0.5 },
    ]);
    expect(run.finalEquity).toBe(1500);
  });

  test('has its stop above and its target below', () => {
    const short = (candle: Ohlc) =>
      play(
        [...flat(100, 100), candle],
        { 0: (desk) => desk.short() },
        { shorting: true, stopLossRate: 0.1, takeProfitRate: 0.1 },
      ).list[0];
    expect(short([100, 111, 99, 100])).toMatchObject({ exitPrice: 100 * 1.1, reason: 'stop_loss' });
    expect(short([120, 121, 99, 100])).toMatchObject({ exitPrice: 120, reason: 'stop_loss' });
    expect(short([100, 101, 89, 100])).toMatchObject({ exitPrice: 90, reason: 'take_profit' });
    expect(short([80, 101, 79, 100])).toMatchObject({ exitPrice: 80, reason: 'take_profit' });
    expect(short([100, 111, 89, 100])).toMatchObject({ reason: 'stop_loss' });
  });
});

describe('finer candles', () => {
  const rows: Ohlc[] = [still, [100, 112, 88, 100], still];
  const fine = (parts: Ohlc[]) => candlesOf([...flat(100, 100), ...parts, ...flat(100, 100)], HOUR_MS / 2, START_MS);
  const settings = { stopLossRate: 0.1, takeProfitRate: 0.1 };
  const buy = { 0: (desk: { buy(): void }) => desk.buy() };

  test('decide which of stop and target came first', () => {
    const up = play(rows, buy, settings, {
      detail: fine([
        [100, 112, 99, 105],
        [105, 105, 88, 100],
      ]),
    });
    expect(up.list).toMatchObject([{ reason: 'take_profit', exitIndex: 1, exitTime: START_MS + HOUR_MS }]);
    const down = play(rows, buy, settings, {
      detail: fine([
        [100, 101, 88, 105],
        [105, 112, 99, 100],
      ]),
    });
    expect(down.list).toMatchObject([{ reason: 'stop_loss', exitIndex: 1 }]);
    const late = play(rows, buy, settings, {
      detail: fine([
        [100, 101, 95, 100],
        [100, 112, 99, 100],
      ]),
    });
    expect(late.list).toMatchObject([{ reason: 'take_profit', exitIndex: 1, exitTime: START_MS + 1.5 * HOUR_MS }]);
  });

  test('let a trailing stop follow inside the candle', () => {
    const parts: Ohlc[] = [
      [100, 120, 100, 119],
      [119, 119, 113, 116],
    ];
    const wide: Ohlc[] = [still, [100, 120, 100, 116], still];
    expect(play(wide, buy, { trailingStopRate: 0.05 }).list).toMatchObject([{ exitIndex: 2, exitPrice: 100 }]);
    const run = play(wide, buy, { trailingStopRate: 0.05 }, { detail: fine(parts) });
    expect(run.list).toMatchObject([{ exitIndex: 1, exitPrice: 115 }]);
  });

  test('that are missing leave the candle to itself', () => {
    const run = play(rows, buy, settings, { detail: candlesOf(flat(100), HOUR_MS / 2, START_MS + 10 * HOUR_MS) });
    expect(run.list).toMatchObject([{ reason: 'stop_loss', exitIndex: 1 }]);
  });
});

test('excursions are how far the price went against a trade and with it', () => {
  const rows: Ohlc[] = [still, [100, 105, 90, 101], [101, 130, 99, 120], [115, 200, 1, 100]];
  const run = play(rows, { 0: (desk) => desk.buy(), 2: (desk) => desk.sell() });
  expect(run.list[0]?.maeRate).toBeCloseTo(0.1, 12);
  expect(run.list[0]?.mfeRate).toBeCloseTo(0.3, 12);
});

test('a delay makes every order that many candles late', () => {
  const run = play(
    flat(10, 11, 12, 13, 14),
    { 0: (desk) => desk.buy(), 2: (desk) => desk.sell() },
    { delayCandles: 1 },
  );
  expect(run.list).toMatchObject([{ entryIndex: 2, exitIndex: 4 }]);
});

test('closing at the end is a trade with costs', () => {
  const run = play(
    flat(10, 10, 20),
    { 0: (desk) => desk.buy() },
    { closeAtEnd: true, feeRate: 0.001, slippageRate: 0.1 },
  );
  expect(run.open).toBeNull();
  expect(run.list).toMatchObject([{ exitIndex: 2, exitPrice: 18, reason: 'end' }]);
  expect(run.finalEquity).toBeCloseTo((1000 / 11 / 1.001) * 18 * 0.999, 9);
});
