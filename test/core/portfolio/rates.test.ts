import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../../../src/core/decimal.ts';
import { bridges, HOUSE, priceGraph, type Rate } from '../../../src/core/portfolio/rates.ts';

const NOW = new Date('2026-11-21T05:00:00.000Z');
const ages = { now: NOW, staleMs: 900_000, houseStaleMs: 7 * 86_400_000 };
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const rate = (base: string, quote: string, price: string, seconds = 10, source = 'one'): Rate => ({
  source,
  base,
  quote,
  price,
  at: ago(seconds),
});
const graph = (...rates: Rate[]) => priceGraph(rates, ages);
const way = (prices: ReturnType<typeof graph>, from: string, to: string) =>
  prices.quote(from, to)?.steps.map((step) => `${step.isInverse ? '1/' : ''}${step.rate.source}:${step.to}`);

describe('a price', () => {
  test('comes straight from a pair, turned over, or over a bridge', () => {
    const prices = graph(rate('BTC', 'USDT', '50000'), rate('USDT', 'THB', '32'), rate('ABC', 'BTC', '0.5'));
    expect(prices.quote('BTC', 'USDT')?.price.toFixed()).toBe('50000');
    expect(prices.quote('THB', 'USDT')?.price.toFixed()).toBe('0.03125');
    expect(prices.quote('ABC', 'THB')?.price.toFixed()).toBe('800000');
    expect(way(prices, 'ABC', 'THB')).toEqual(['one:BTC', 'one:USDT', 'one:THB']);
  });

  test('is one in itself, and none where no way leads', () => {
    const prices = graph(rate('BTC', 'USDT', '50000'));
    expect(prices.quote('XYZ', 'XYZ')).toMatchObject({ steps: [], at: null, isStale: false });
    expect(prices.quote('XYZ', 'USDT')).toBeNull();
  });

  test('does not go through what is no bridge', () => {
    expect(graph(rate('ABC', 'DOGE', '2'), rate('DOGE', 'USDT', '3')).quote('ABC', 'USDT')).toBeNull();
  });

  test('ignores a rate of nothing', () => {
    expect(graph(rate('ABC', 'USDT', '0')).quote('ABC', 'USDT')).toBeNull();
  });
});

describe('of several ways', () => {
  test('a fresh one goes before a shorter stale one, which is said to be stale when it is all there is', () => {
    const stale = rate('ABC', 'USDT', '2', 5000);
    expect(graph(stale).quote('ABC', 'USDT')).toMatchObject({ isStale: true, at: ago(5000) });
    const prices = graph(stale, rate('ABC', 'BTC', '1'), rate('BTC', 'USDT', '3'));
    expect(way(prices, 'ABC', 'USDT')).toEqual(['one:BTC', 'one:USDT']);
  });

  test('a market goes before the house, even over a bridge, and the house before a stale market', () => {
    const house = rate('USDT', 'THB', '35', 86_400, HOUSE);
    expect(way(graph(house, rate('USDT', 'THB', '32')), 'USDT', 'THB')).toEqual(['one:THB']);
    expect(way(graph(house, rate('BTC', 'THB', '32'), rate('BTC', 'USDT', '1')), 'USDT', 'THB')).toEqual([
      '1/one:BTC',
      'one:THB',
    ]);
    expect(way(graph(house, rate('USDT', 'THB', '32', 5000)), 'USDT', 'THB')).toEqual(['house:THB']);
  });

  test('the house is stale after its own, longer time', () => {
    const day = 86_400;
    expect(graph(rate('USDT', 'THB', '35', 6 * day, HOUSE)).quote('USDT', 'THB')?.isStale).toBe(false);
    expect(graph(rate('USDT', 'THB', '35', 8 * day, HOUSE)).quote('USDT', 'THB')?.isStale).toBe(true);
  });

  test('the shortest, then the youngest, then the first by name', () => {
    const over = [rate('ABC', 'BTC', '1', 1), rate('BTC', 'USDT', '3', 1)];
    expect(way(graph(...over, rate('ABC', 'USDT', '2', 100)), 'ABC', 'USDT')).toEqual(['one:USDT']);
    expect(way(graph(rate('A', 'USDT', '2', 9, 'x'), rate('A', 'USDT', '3', 8, 'y')), 'A', 'USDT')).toEqual(['y:USDT']);
    expect(way(graph(rate('A', 'USDT', '2', 9, 'y'), rate('A', 'USDT', '3', 9, 'x')), 'A', 'USDT')).toEqual(['x:USDT']);
  });
});

/** Every chain of rates that there is, one by one, judged by the two rules as they are written. */
function plainly(rates: readonly Rate[], from: string, to: string): Decimal | null {
  const stale = (r: Rate) => NOW.getTime() - r.at.getTime() > (r.source === HOUSE ? ages.houseStaleMs : ages.staleMs);
  const between = (a: string, b: string): Rate | undefined =>
    rates
      .filter((r) => (r.base === a && r.quote === b) || (r.base === b && r.quote === a))
      .sort(
        (x, y) =>
          Number(stale(x)) - Number(stale(y)) ||
          Number(x.source === HOUSE) - Number(y.source === HOUSE) ||
          y.at.getTime() - x.at.getTime() ||
          Number(x.base !== a) - Number(y.base !== a) ||
          (x.source < y.source ? -1 : 1),
      )[0];
  const middles: string[][] = [[], ...bridges.map((b) => [b]), ...bridges.flatMap((a) => bridges.map((b) => [a, b]))];
  const ways = middles
    .map((middle) => [from, ...middle, to])
    .filter((names) => new Set(names).size === names.length)
    .map((names) => ({ names, chain: names.slice(1).map((name, i) => between(names[i] as string, name)) }))
    .filter((one): one is { names: string[]; chain: Rate[] } => one.chain.every((r) => r !== undefined))
    .sort(
      (x, y) =>
        Number(x.chain.some(stale)) - Number(y.chain.some(stale)) ||
        Number(x.chain.some((r) => r.source === HOUSE)) - Number(y.chain.some((r) => r.source === HOUSE)) ||
        x.chain.length - y.chain.length ||
        Math.min(...y.chain.map((r) => r.at.getTime())) - Math.min(...x.chain.map((r) => r.at.getTime())) ||
        (x.names.slice(1).join('>') < y.names.slice(1).join('>') ? -1 : 1),
    );
  const best = ways[0];
  if (!best) return null;
  return best.chain.reduce(
    (price, r, i) => (r.base === best.names[i] ? price.times(r.price) : price.div(r.price)),
    new Decimal(1),
  );
}

const assets = ['USDT', 'USD', 'BTC', 'ETH', 'THB', 'ABC', 'XYZ'];
const someRate = fc
  .record({
    source: fc.constantFrom('one', 'two', 'three', HOUSE),
    base: fc.constantFrom(...assets),
    quote: fc.constantFrom(...assets),
    cents: fc.integer({ min: 1, max: 1_000_000 }),
    seconds: fc.constantFrom(1, 2, 3, 1000, 700_000),
  })
  .map(({ source, base, quote, cents, seconds }) =>
    rate(base, quote, new Decimal(cents).div(100).toFixed(), seconds, source),
  );
/** A source has one rate of a pair. */
const someRates = fc.uniqueArray(someRate, {
  maxLength: 25,
  selector: (r) => `${r.source} ${[r.base, r.quote].sort().join(' ')}`,
});
const isNear = (a: Decimal, b: Decimal) => a.minus(b).abs().lte(b.abs().times('1e-60'));

test('the graph gives the price that a look at every way gives', () => {
  fc.assert(
    fc.property(someRates, fc.constantFrom(...assets), fc.constantFrom(...assets), (rates, from, to) => {
      fc.pre(from !== to);
      const [quoted, expected] = [priceGraph(rates, ages).quote(from, to), plainly(rates, from, to)];
      expect(quoted === null).toBe(expected === null);
      if (quoted && expected) expect(isNear(quoted.price, expected)).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test('the order in which rates come changes nothing, and the way back is the way there turned over', () => {
  fc.assert(
    fc.property(someRates, fc.constantFrom(...assets), fc.constantFrom(...assets), (rates, from, to) => {
      const [a, b] = [priceGraph(rates, ages), priceGraph(rates.toReversed(), ages)];
      expect(a.quote(from, to)?.price.toFixed()).toBe(b.quote(from, to)?.price.toFixed());
      const [there, back] = [a.quote(from, to), a.quote(to, from)];
      expect(there === null).toBe(back === null);
      if (there && back && there.steps.length === 1 && there.steps[0]?.rate === back.steps[0]?.rate)
        expect(isNear(there.price.times(back.price), new Decimal(1))).toBe(true);
    }),
    { numRuns: 200 },
  );
});
