import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../../../src/core/decimal.ts';
import { costMethods } from '../../../src/core/portfolio/book.ts';
import { accountBooks, type HistoryMove, type RateThen } from '../../../src/core/portfolio/profit.ts';
import type { Fill } from '../../../src/core/trading/exchange.ts';
import { fill } from '../../support/portfolio.ts';

const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n));
const prices: Record<string, string> = { USDT: '1', THB: '0.03', BNB: '600', BTC: '50000' };
const rates: RateThen = (asset) => (prices[asset] ? { price: new Decimal(prices[asset]), isApproximate: false } : null);
const books = (fills: Fill[], moves: HistoryMove[] = []) => accountBooks({ fills, moves }, 'fifo', rates);
const spot = (of: ReturnType<typeof books>, asset: string) => {
  const state = of.spot.get(asset);
  return state && [state.qty.toFixed(), state.cost.toFixed(), state.realised.toFixed()];
};

describe('fees', () => {
  test('in the quote are part of what was paid, and less of what was received', () => {
    const of = books([
      fill('ETH/USDT', 'buy', '2', at(1), { price: '100', fee: { asset: 'USDT', qty: '2' } }),
      fill('ETH/USDT', 'sell', '1', at(2), { price: '150', fee: { asset: 'USDT', qty: '1' } }),
    ]);
    expect(spot(of, 'ETH')).toEqual(['1', '101', '48']);
  });

  test('in the base are so much less of it', () => {
    const of = books([fill('ETH/USDT', 'buy', '2', at(1), { price: '100', fee: { asset: 'ETH', qty: '0.1' } })]);
    expect(spot(of, 'ETH')).toEqual(['1.9', '200', '0']);
  });

  test('in a third asset are its value, and that asset is sold for it', () => {
    const of = books([
      fill('BNB/USDT', 'buy', '1', at(0), { price: '500' }),
      fill('ETH/USDT', 'buy', '2', at(1), { price: '100', fee: { asset: 'BNB', qty: '0.01' } }),
    ]);
    expect(spot(of, 'ETH')).toEqual(['2', '206', '0']);
    expect(spot(of, 'BNB')).toEqual(['0.99', '495', '1']);
  });

  test('whose value nobody knows are said', () => {
    const fee = { asset: 'ODD', qty: '1' };
    expect(books([fill('ETH/USDT', 'buy', '2', at(1), { price: '100', fee })]).isIncomplete).toBe(true);
  });
});

describe('profit', () => {
  test('of a coin bought with baht is counted at the rate of the day', () => {
    expect(spot(books([fill('ETH/THB', 'buy', '1', at(1), { price: '10000' })]), 'ETH')).toEqual(['1', '300', '0']);
  });

  test('a coin paid for with a coin is a sale of the one and a purchase of the other', () => {
    const of = books([
      fill('BTC/USDT', 'buy', '1', at(0), { price: '40000' }),
      fill('ETH/BTC', 'buy', '10', at(1), { price: '0.05' }),
    ]);
    expect(spot(of, 'BTC')).toEqual(['0.5', '20000', '5000']);
    expect(spot(of, 'ETH')).toEqual(['10', '25000', '0']);
  });

  test('a deposit costs what it was worth then; a withdrawal takes its cost along', () => {
    const moves: HistoryMove[] = [
      { kind: 'deposit', asset: 'ETH', qty: '2', valueUsdt: '300', at: at(1) },
      { kind: 'withdrawal', asset: 'ETH', qty: '1', valueUsdt: '999', at: at(2) },
    ];
    const of = books([fill('ETH/USDT', 'sell', '1', at(3), { price: '200' })], moves);
    expect(spot(of, 'ETH')).toEqual(['0', '0', '50']);
    expect(of.isIncomplete).toBe(false);
  });

  test('what was sold but never came is said and earns nothing', () => {
    const of = books([fill('ETH/USDT', 'sell', '1', at(3), { price: '200' })]);
    expect([of.realised.toFixed(), of.isIncomplete]).toEqual(['0', true]);
  });

  test('of perpetual futures follows from their prices, long and short, fees taken off', () => {
    const of = books([
      fill('BTC/USDT:USDT', 'sell', '1', at(1), { price: '100', fee: { asset: 'USDT', qty: '1' } }),
      fill('BTC/USDT:USDT', 'buy', '2', at(2), { price: '90', fee: { asset: 'USDT', qty: '2' } }),
      fill('BTC/USDT:USDT', 'sell', '1', at(3), { price: '95', fee: { asset: 'USDT', qty: '1' } }),
    ]);
    // 99 - 91 for the short one, 94 - 91 for the long one
    expect([of.realised.toFixed(), of.futures.get('BTC/USDT:USDT')?.qty.toFixed()]).toEqual(['11', '0']);
  });

  test('of what is settled in its base is in no figure, and that is said', () => {
    expect(books([fill('BTC/USD:BTC', 'buy', '1', at(1), { price: '100' })]).isIncomplete).toBe(true);
  });
});

const someFill = fc.record({
  coin: fc.constantFrom('ETH', 'SOL'),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  qty: fc.integer({ min: 1, max: 1000 }),
  cents: fc.integer({ min: 1, max: 100_000 }),
  feeCents: fc.integer({ min: 0, max: 100 }),
});

/** Whatever is bought and sold: money that came out, less money that went in, is profit less what is held at cost. */
test.each(costMethods)('nothing is earned or lost between the lines, by %s', (method) => {
  fc.assert(
    fc.property(fc.array(someFill, { maxLength: 30 }), (steps) => {
      const held = new Map<string, number>();
      let cash = new Decimal(0);
      const fills = steps.flatMap(({ coin, side, qty, cents, feeCents }, n) => {
        const has = held.get(coin) ?? 0;
        if (side === 'sell' && has < qty) return [];
        held.set(coin, side === 'buy' ? has + qty : has - qty);
        const price = new Decimal(cents).div(100);
        const fee = new Decimal(feeCents).div(100);
        cash = (side === 'buy' ? cash.minus(price.times(qty)) : cash.plus(price.times(qty))).minus(fee);
        return [
          fill(`${coin}/USDT`, side, String(qty), at(n), {
            price: price.toFixed(),
            fee: { asset: 'USDT', qty: fee.toFixed() },
          }),
        ];
      });
      const of = accountBooks({ fills, moves: [] }, method, rates);
      const cost = [...of.spot.values()].reduce((sum, state) => sum.plus(state.cost), new Decimal(0));
      expect(of.realised.minus(cost).minus(cash).abs().lt('1e-50')).toBe(true);
      for (const [coin, qty] of held) expect(of.spot.get(coin)?.qty.toNumber()).toBe(qty);
      expect(of.isIncomplete).toBe(false);
    }),
    { numRuns: 200 },
  );
});
