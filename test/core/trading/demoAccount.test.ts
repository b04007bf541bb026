import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decimal } from '../../../src/core/decimal.ts';
import { idMaker } from '../../../src/core/id.ts';
import { demoMarket, demoMarkets, demoPrice } from '../../../src/core/market/demo.ts';
import { type DemoBook, demoAccount } from '../../../src/core/trading/demoAccount.ts';
import { demoExchange } from '../../../src/core/trading/demoExchange.ts';

const NOW = Date.UTC(2026, 5, 15, 9, 30);
const DAY = 86_400_000;
const newId = (bornMs: number) => idMaker(() => new Date(bornMs))('exa');
const accountId = fc.tuple(fc.integer({ min: 0, max: 150 }), fc.string()).map(([days, tail]) => {
  const id = newId(NOW - days * DAY);
  return days % 7 === 0 ? `of another make ${tail}` : id;
});
const ages = fc.integer({ min: 0, max: 120 });

/** What the moves and executions add up to. */
function summed({ moves, fills, positions }: DemoBook) {
  const sums = new Map<string, Decimal>();
  const add = (name: string, qty: Decimal) => sums.set(name, (sums.get(name) ?? new Decimal(0)).plus(qty));
  for (const { kind, qty } of moves) add('USDT', new Decimal(qty).times(kind === 'deposit' ? 1 : -1));
  for (const { wallet, side, base, price, qtyBase, fee } of fills) {
    const sign = side === 'buy' ? 1 : -1;
    // A futures position is worth what it has brought so far: bought and sold it leaves the difference.
    add(
      'USDT',
      new Decimal(price)
        .times(qtyBase)
        .times(-sign)
        .minus(fee?.qty ?? 0),
    );
    add(wallet === 'spot' ? base : `${base} futures`, new Decimal(qtyBase).times(sign));
  }
  for (const { base, side, qtyBase, entryPrice } of positions) {
    const sign = side === 'long' ? 1 : -1;
    add('USDT', new Decimal(entryPrice).times(qtyBase).times(sign));
    add(`${base} futures`, new Decimal(qtyBase).times(-sign));
  }
  return sums;
}

test('balances are the sum of all moves and executions, to the last digit, in whatever account and at whatever moment', () => {
  fc.assert(
    fc.property(accountId, ages, (id, days) => {
      const book = demoAccount(id, NOW + days * DAY);
      const held = new Map<string, Decimal>();
      for (const { asset, free, used, total } of book.balances) {
        held.set(asset, (held.get(asset) ?? new Decimal(0)).plus(total));
        expect(new Decimal(free).plus(used).toFixed()).toBe(total);
        expect(new Decimal(free).isNegative() || new Decimal(used).isNegative()).toBe(false);
      }
      for (const [name, sum] of summed(book))
        expect([name, sum.toFixed()]).toEqual([name, (held.get(name) ?? new Decimal(0)).toFixed()]);
    }),
    { numRuns: 40 },
  );
});

test('an account is the same one each time, and its past never changes', () => {
  fc.assert(
    fc.property(accountId, ages, ages, (id, first, more) => {
      const [earlier, later] = [demoAccount(id, NOW + first * DAY), demoAccount(id, NOW + (first + more) * DAY)];
      expect(later.fills.slice(0, earlier.fills.length)).toEqual(earlier.fills);
      expect(later.moves.slice(0, earlier.moves.length)).toEqual(earlier.moves);
      expect(demoAccount(id, NOW + first * DAY)).toEqual(earlier);
    }),
    { numRuns: 15 },
  );
});

test('a new account has three months behind it: deposits, executions, an open position and a resting order', () => {
  const now = NOW;
  const book = demoAccount(newId(now), now);
  expect(book.moves.length).toBeGreaterThanOrEqual(3);
  expect(book.moves[0]).toMatchObject({ kind: 'deposit', asset: 'USDT' });
  expect(book.fills.length).toBeGreaterThan(15);
  expect(book.fills.some(({ wallet }) => wallet === 'futures')).toBe(true);
  expect(book.positions).toHaveLength(1);
  expect(book.orders).toHaveLength(1);
  const times = book.fills.map(({ at }) => at.getTime());
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(new Set(book.fills.map(({ id }) => id)).size).toBe(book.fills.length);
  expect(now - (times[0] ?? 0)).toBeLessThan(92 * DAY);
});

test('executions are at the demo market’s price of their moment, and open profit follows it', () => {
  const id = newId(NOW);
  const [early, late] = [demoAccount(id, NOW), demoAccount(id, NOW + 3_600_000)];
  for (const { base, price, at } of early.fills) {
    const market = demoMarket(`${base}/USDT`);
    expect(market && demoPrice(market, at.getTime())).toBe(Number(price));
  }
  const [before, after] = [early.positions[0], late.positions[0]];
  const profitAt = (now: number) => {
    const market = demoMarket(`${before?.base}/USDT`);
    const mark = new Decimal((market && demoPrice(market, now)) ?? 0);
    const gain = mark.minus(before?.entryPrice ?? 0).times(before?.qtyBase ?? 0);
    return (before?.side === 'long' ? gain : gain.negated()).toFixed();
  };
  expect(before?.unrealisedPnl).toBe(profitAt(NOW));
  expect(after?.unrealisedPnl).toBe(profitAt(NOW + 3_600_000));
  expect(after?.unrealisedPnl).not.toBe(before?.unrealisedPnl);
});

test('two accounts differ, and there is no account before there is one', () => {
  expect(demoAccount(newId(NOW), NOW).fills).not.toEqual(demoAccount(newId(NOW), NOW).fills);
  expect(demoAccount(newId(NOW), NOW - 200 * DAY)).toEqual({
    balances: [],
    positions: [],
    orders: [],
    fills: [],
    moves: [],
  });
});

test('tickers have every demo market, and rates that lead to baht and dollars', () => {
  const tickers = demoExchange({ now: () => new Date(NOW) }).tickers();
  const priceOf = (base: string, quote: string) =>
    Number(tickers.find((ticker) => ticker.base === base && ticker.quote === quote)?.price);
  for (const market of demoMarkets) expect(priceOf(market.base, 'USDT')).toBe(demoPrice(market, NOW));
  for (let day = 0; day < 400; day += 7) {
    const [thb, usd] = demoExchange({ now: () => new Date(NOW + day * DAY) })
      .tickers()
      .slice(-2);
    expect([thb?.quote, usd?.quote]).toEqual(['THB', 'USD']);
    expect(Number(thb?.price)).toBeGreaterThan(32);
    expect(Number(thb?.price)).toBeLessThan(37);
    expect(Math.abs(Number(usd?.price) - 1)).toBeLessThan(0.002);
  }
});

test('what is asked of the demo exchange since a moment begins there', () => {
  const demo = demoExchange({ now: () => new Date(NOW) });
  const login = { accountId: newId(NOW), exchange: 'demo', endpoint: 'demo', key: null } as const;
  const all = demo.fills(login, { since: new Date(0) });
  const since = all[5]?.at ?? new Date(0);
  expect(demo.fills(login, { since })).toEqual(all.slice(5));
  expect(demo.moves(login, { since })).toEqual(
    demo.moves(login, { since: new Date(0) }).filter(({ at }) => at >= since),
  );
  expect(demo.read(login).balances.length).toBeGreaterThan(1);
});
