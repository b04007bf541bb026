import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../../../src/core/decimal.ts';
import { type Change, type CostMethod, costMethods, openBook } from '../../../src/core/portfolio/book.ts';

const d = (value: string | number) => new Decimal(value);
const trade = (qty: number, value: number | null): Change => ({
  qty: d(qty),
  value: value === null ? null : d(value),
  kind: 'trade',
});
const run = (method: CostMethod, changes: readonly Change[], mayBeShort = false) => {
  const book = openBook(method, { mayBeShort });
  for (const change of changes) book.take(change);
  return book.state();
};
const figures = (state: ReturnType<typeof run>) =>
  Object.fromEntries(Object.entries(state).map(([name, value]) => [name, value.toDecimalPlaces(12).toFixed()]));

describe('cost and profit', () => {
  const changes = [trade(1, 100), trade(1, 200), trade(-1, 180)];

  test('first in, first out: what came first is sold', () => {
    expect(figures(run('fifo', changes))).toMatchObject({ qty: '1', cost: '200', realised: '80' });
  });

  test('average: what is sold costs the average of all', () => {
    expect(figures(run('average', changes))).toMatchObject({ qty: '1', cost: '150', realised: '30' });
  });

  test('a withdrawal takes its cost along and earns nothing', () => {
    const state = run('fifo', [trade(2, 100), { qty: d(-1), value: d(90), kind: 'move' }]);
    expect(figures(state)).toMatchObject({ qty: '1', cost: '50', realised: '0', oversoldQty: '0' });
  });

  test('what is sold but never came is said and earns nothing', () => {
    const state = run('fifo', [trade(1, 100), trade(-3, 600)]);
    expect(figures(state)).toMatchObject({ qty: '0', realised: '100', oversoldQty: '2' });
  });

  test('what has no known cost earns nothing when it is sold, and is said', () => {
    const state = run('fifo', [trade(1, null), trade(1, 50), trade(-2, 200)]);
    expect(figures(state)).toMatchObject({ qty: '0', realised: '50', unknownQty: '1' });
    expect(figures(run('average', [trade(1, null), trade(1, 50), trade(-1, 100)]))).toMatchObject({
      qty: '1',
      knownQty: '0.5',
      cost: '25',
      realised: '25',
      unknownQty: '0.5',
    });
  });

  test('a short position earns what it brought less what buying it back costs, and may turn into a long one', () => {
    expect(figures(run('fifo', [trade(-2, 200), trade(1, 70)], true))).toMatchObject({
      qty: '-1',
      cost: '100',
      realised: '30',
    });
    expect(figures(run('fifo', [trade(-2, 200), trade(3, 240)], true))).toMatchObject({
      qty: '1',
      cost: '80',
      realised: '40',
    });
  });
});

/** A number as two whole ones, so that the model below knows no rounding at all. */
type Fraction = readonly [above: bigint, below: bigint];
const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : divisor(b, a % b));
const short = ([above, below]: Fraction): Fraction => {
  const common = divisor(above, below) || 1n;
  return [above / common, below / common];
};
const plus = ([a, b]: Fraction, [c, e]: Fraction): Fraction => short([a * e + c * b, b * e]);
const minus = (a: Fraction, [c, e]: Fraction) => plus(a, [-c, e]);
const isNear = (value: Decimal, [above, below]: Fraction) => {
  const exact = new Decimal(String(above)).div(String(below));
  return value.minus(exact).abs().lte(Decimal.max(exact.abs(), 1).times('1e-60'));
};

interface Step {
  qty: number;
  value: number;
}

/** Every single unit on its own, with what it cost: those that came first are sold first, or each costs the average. */
function unitByUnit(method: CostMethod, steps: readonly Step[], mayBeShort: boolean) {
  let units: Fraction[] = [];
  let side = 1;
  let realised: Fraction = [0n, 1n];
  let oversold = 0;
  for (const { qty, value } of steps) {
    for (let n = 0; n < Math.abs(qty); n++) {
      const price: Fraction = [BigInt(value), BigInt(Math.abs(qty))];
      if (units.length === 0 && mayBeShort) side = Math.sign(qty);
      if (Math.sign(qty) === side) units.push(price);
      else if (units.length === 0) oversold += 1;
      else {
        if (method === 'average') {
          const [above, below] = units.reduce(plus);
          const average = short([above, below * BigInt(units.length)]);
          units = units.map(() => average);
        }
        const cost = units.shift() as Fraction;
        realised = side > 0 ? plus(realised, minus(price, cost)) : plus(realised, minus(cost, price));
      }
    }
  }
  return { qty: units.length * side, cost: units.reduce(plus, [0n, 1n] as Fraction), realised, oversold };
}

const someStep = fc.record({
  qty: fc.integer({ min: -6, max: 6 }).filter((qty) => qty !== 0),
  value: fc.integer({ min: 0, max: 1000 }),
});

test.each(costMethods.flatMap((method) => [false, true].map((mayBeShort) => ({ method, mayBeShort }))))(
  'a book says what a count unit by unit says: $method, short allowed: $mayBeShort',
  ({ method, mayBeShort }) => {
    fc.assert(
      fc.property(fc.array(someStep, { maxLength: 14 }), (steps) => {
        const state = run(
          method,
          steps.map(({ qty, value }) => trade(qty, value)),
          mayBeShort,
        );
        const plain = unitByUnit(method, steps, mayBeShort);
        expect(state.qty.toNumber()).toBe(plain.qty);
        expect(state.oversoldQty.toNumber()).toBe(plain.oversold);
        expect(isNear(state.realised, plain.realised)).toBe(true);
        expect(isNear(state.cost, plain.cost)).toBe(true);
      }),
      { numRuns: 150 },
    );
  },
);
