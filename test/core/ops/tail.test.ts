import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, beginTail, markOf, skipTo } from '../../../src/core/ops/tail.ts';

describe('a list that only grows', () => {
  test('has a mark below the lowest number that is still missing', () => {
    const one = advance({ last: 10n, holes: new Map() }, [11n, 14n], 0);
    expect([...one.holes.keys()].sort()).toEqual([12n, 13n]);
    expect(markOf(one)).toBe(11n);
    const two = advance(one, [12n, 15n], 1_000);
    expect([two.last, markOf(two)]).toEqual([15n, 12n]);
    expect(markOf(advance(two, [13n], 2_000))).toBe(15n);
  });

  test('is not waited for beyond the life of any transaction: what was rolled back never comes', () => {
    const tail = advance({ last: 0n, holes: new Map() }, [1n, 3n], 0);
    expect(markOf(advance(tail, [], 119_999))).toBe(1n);
    expect(markOf(advance(tail, [], 120_000))).toBe(3n);
  });

  test('begins at its end, and looks again for what is missing there', () => {
    expect(beginTail([], 0)).toEqual({ last: 0n, holes: new Map() });
    expect(markOf(beginTail([7n, 5n, 4n], 0))).toBe(5n);
  });

  test('leaves out what lies within a flood', () => {
    expect(skipTo([900n, 700n])).toEqual({ last: 900n, holes: new Map() });
  });

  test('gives every number to a reader, in whatever order the numbers appear', () => {
    const orders = fc.integer({ min: 1, max: 60 }).chain((n) =>
      fc.shuffledSubarray(
        Array.from({ length: n }, (_, i) => BigInt(i + 1)),
        { minLength: n },
      ),
    );
    fc.assert(
      fc.property(orders, fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 80 }), (order, steps) => {
        const there = new Set<bigint>();
        const seen = new Set<bigint>();
        let tail = beginTail([], 0);
        const look = () => {
          const read = [...there].filter((n) => n > tail.last || tail.holes.has(n));
          for (const n of read) expect(seen.has(n)).toBe(false);
          for (const n of read) seen.add(n);
          tail = advance(tail, read, 0);
          for (const n of there) expect(seen.has(n)).toBe(true);
          for (let n = 1n; n <= markOf(tail); n++) expect(there.has(n)).toBe(true);
        };
        const waiting = [...order];
        for (const step of steps) {
          for (const n of waiting.splice(0, step)) there.add(n);
          look();
        }
        for (const n of waiting) there.add(n);
        look();
        expect(seen.size).toBe(order.length);
      }),
    );
  });
});
