import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { days } from '../../../src/core/clock.ts';
import { Decimal } from '../../../src/core/decimal.ts';
import { partsOf, positionsOf } from '../../../src/core/portfolio/aggregate.ts';
import { performanceOf } from '../../../src/core/portfolio/performance.ts';
import { satangOf } from '../../../src/core/portfolio/portfolio.ts';
import { priceGraph } from '../../../src/core/portfolio/rates.ts';
import { dayReturns, type Point } from '../../../src/core/portfolio/returns.ts';
import { correlation, expectedShortfall, valueAtRisk } from '../../../src/core/portfolio/risk.ts';
import { sum, valueAccount } from '../../../src/core/portfolio/valuation.ts';
import { balance } from '../../support/exchangePort.ts';

/** Eleven at night in Bangkok. */
const NIGHT = Date.UTC(2026, 0, 1, 16);
const point = (day: number, value: number, flow = 0): Point => ({
  at: new Date(NIGHT + day * days(1)),
  valueUsdt: new Decimal(value),
  flowUsdt: new Decimal(flow),
  isPartial: false,
});
const value = (figure: object | undefined) => (figure && 'value' in figure ? (figure.value as number) : Number.NaN);

describe('time-weighted return', () => {
  test('is that of the money, whatever comes and goes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ rate: fc.integer({ min: -50, max: 100 }), flow: fc.integer({ min: -200, max: 500 }) }), {
          minLength: 1,
          maxLength: 40,
        }),
        (steps) => {
          let [worth, index] = [1000, 1];
          const points = [point(0, worth)];
          for (const [n, { rate, flow }] of steps.entries()) {
            worth *= 1 + rate / 1000;
            index *= 1 + rate / 1000;
            const came = worth + flow > 100 ? flow : 0;
            worth += came; // at the very end of the day
            points.push(point(n + 1, worth, came));
          }
          const found = performanceOf(points);
          expect(value(found?.returnRate)).toBeCloseTo(index - 1, 9);
          const profit = worth - 1000 - points.reduce((total, one) => total + one.flowUsdt.toNumber(), 0);
          expect(found?.profitUsdt.toNumber()).toBeCloseTo(profit, 6);
        },
      ),
    );
  });

  test('counts money by how long of the day it was there (modified Dietz)', () => {
    const noon: Point = {
      at: new Date(NIGHT + days(1) / 2),
      valueUsdt: new Decimal(200),
      flowUsdt: new Decimal(100),
      isPartial: false,
    };
    const [day] = dayReturns([point(0, 100), { ...noon, at: new Date(NIGHT + days(1) / 2) }, point(1, 230)]);
    expect(day?.rate).toBeCloseTo(30 / 150, 12);
  });

  test('says how much there is where that is too little, and nothing of less than two snapshots', () => {
    expect(performanceOf([point(0, 1)])).toBeNull();
    expect(performanceOf([point(0, 1), point(1, 2)])).toMatchObject({
      returnRate: { value: 1 },
      maxDrawdown: { have: 1, need: 2 },
      sharpe: { have: 1, need: 20 },
      var95: { have: 1, need: 40 },
      shortfall99: { have: 1, need: 200 },
    });
  });

  test('a fall is that of the index: money taken out is none', () => {
    const found = performanceOf([point(0, 100), point(1, 110), point(2, 55, -55), point(3, 44), point(4, 60)]);
    expect(value(found?.maxDrawdown)).toBeCloseTo(0.2, 12);
  });

  test('what follows a gap is linked but is no daily return', () => {
    const found = performanceOf([point(0, 100), point(1, 110), point(5, 121)]);
    expect([found?.days, value(found?.returnRate)]).toEqual([1, expect.closeTo(0.21, 12)]);
  });
});

describe('value at risk', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, n) => (n - 50) / 1000);

  test('is the loss that no more than so many days reached, and the shortfall their mean', () => {
    expect(valueAtRisk(hundred, 95)).toBeCloseTo(0.046, 12); // the fifth worst of a hundred
    expect(expectedShortfall(hundred, 95)).toBeCloseTo(0.048, 12);
    expect(valueAtRisk(hundred, 99)).toBeCloseTo(0.05, 12);
  });

  test('is a count of the worst days, and no day of the tail is better than it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 40, maxLength: 300 }),
        fc.constantFrom(95 as const, 99 as const),
        (values, level) => {
          const returns = Float64Array.from(values, (v) => v / 1000);
          const [at, beyond] = [valueAtRisk(returns, level) ?? 0, expectedShortfall(returns, level) ?? 0];
          const worse = values.filter((v) => -v / 1000 > at).length;
          expect(worse * 100).toBeLessThan(values.length * (100 - level) + 100);
          expect(beyond).toBeGreaterThanOrEqual(at - 1e-12);
        },
      ),
    );
  });
});

test('correlation is one of what moves alike, minus one of what moves apart, and says when there are too few days', () => {
  const series = (of: (n: number) => number, from = 0, count = 25) =>
    Array.from({ length: count }, (_, n) => ({ day: from + n, spans: 1, rate: of(from + n), endAt: new Date(0) }));
  const wave = series((n) => Math.sin(n));
  expect(
    correlation(
      wave,
      series((n) => 3 * Math.sin(n) + 1),
    ),
  ).toBeCloseTo(1, 9);
  expect(
    correlation(
      wave,
      series((n) => -Math.sin(n)),
    ),
  ).toBeCloseTo(-1, 9);
  expect(
    correlation(
      wave,
      series((n) => Math.sin(n), 10),
    ),
  ).toEqual({ have: 15 });
  expect(
    correlation(
      wave,
      series(() => 0.1),
    ),
  ).toBeNull();
});

/** Digits and where their point is, so that the sum below is one of whole numbers. */
const some = fc.record({ digits: fc.bigInt({ min: 1n, max: 10n ** 18n }), places: fc.integer({ min: 0, max: 18 }) });
const text = ({ digits, places }: { digits: bigint; places: number }) => {
  const padded = String(digits).padStart(places + 1, '0');
  return places === 0 ? padded : `${padded.slice(0, -places)}.${padded.slice(-places)}`;
};

test('the total in satang is what whole numbers say, in whatever order and by whatever parts', () => {
  const one = fc.record({ account: fc.integer({ min: 0, max: 3 }), asset: fc.integer({ min: 0, max: 5 }), qty: some });
  fc.assert(
    fc.property(
      fc.array(one, { maxLength: 30 }),
      fc.array(some, { minLength: 6, maxLength: 6 }),
      some,
      (held, priced, baht) => {
        const now = new Date(0);
        const rate = (base: string, quote: string, price: string) => ({ source: 'one', base, quote, price, at: now });
        const prices = priceGraph(
          [...priced.map((price, n) => rate(`A${n}`, 'USDT', text(price))), rate('USDT', 'THB', text(baht))],
          { now, staleMs: 1, houseStaleMs: 1 },
        );
        const valuations = [0, 1, 2, 3].map((n) =>
          valueAccount(
            {
              id: `exa_${n}`,
              exchange: `x${n % 2}`,
              endpoint: 'live',
              label: `${n}`,
              groupName: null,
              balances: held
                .filter(({ account }) => account === n)
                .map(({ asset, qty }) => balance(`A${asset}`, text(qty))),
              positions: [],
            },
            prices,
            null,
          ),
        );
        const total = sum(valuations.map((each) => each.equityUsdt));
        const thb = prices.quote('USDT', 'THB')?.price ?? new Decimal(0);
        // 18 places of each of three factors, then two of satang: everything is a whole number of 10^-54 baht
        const whole = ({ digits, places }: { digits: bigint; places: number }) => digits * 10n ** BigInt(18 - places);
        const exact =
          held.reduce((all, { asset, qty }) => all + whole(qty) * whole(priced[asset] as (typeof priced)[number]), 0n) *
          whole(baht);
        expect(satangOf(total.times(thb))).toBe((exact * 100n * 2n + 10n ** 54n) / (2n * 10n ** 54n));
        for (const by of ['account', 'exchange', 'group'] as const)
          expect(sum(partsOf(valuations, by).map((part) => part.equityUsdt)).eq(total)).toBe(true);
        expect(sum(positionsOf(valuations.flatMap((each) => each.rows)).map((each) => each.valueUsdt)).eq(total)).toBe(
          true,
        );
      },
    ),
    { numRuns: 150 },
  );
});
