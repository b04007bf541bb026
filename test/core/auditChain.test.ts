import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beginWalk, endWalk, walkOn } from '../../src/core/auditChain.ts';
import { type ChainLine, seal } from '../../src/core/auditSeal.ts';
import { createVault } from '../../src/core/vault.ts';

const vault = createVault([{ id: 'k1', key: Buffer.alloc(32, 7) }]);

/** A chain of `count` lines as the sealing job leaves it; line n has seq 100 + n. */
function chain(count: number): ChainLine[] {
  let mac = '';
  return Array.from({ length: count }, (_, i) => {
    const link = BigInt(i + 1);
    const line = {
      seq: 100n + link,
      at: new Date(Date.UTC(2026, 10, 21) + i * 1000),
      actor: 'job:test',
      action: 'test.done',
      subject: `subject-${link}`,
      detail: { i },
    };
    const sealed = seal(vault, line, link, mac);
    mac = sealed.mac;
    return { ...line, link, ...sealed };
  });
}

/** What the walk says of lines as they are stored, as text: the fault, the number, and the seq without the hundred. */
function verdict(lines: ChainLine[], head = chain(lines.length).at(-1)): string[] {
  const walk = beginWalk();
  const stored = [...lines].sort((a, b) => Number(a.link - b.link));
  for (const line of stored) walkOn(vault, walk, line);
  endWalk(walk, head && { link: head.link, mac: head.mac ?? '' });
  return walk.faults.map(({ fault, link, seq, gone }) => {
    const numbers = gone && gone.lastLink !== link ? `${link}-${gone.lastLink}` : String(link);
    return seq === null ? `${fault} ${numbers}` : `${fault} ${numbers} (${seq - 100n})`;
  });
}

const COUNT = 40;
const head = chain(COUNT).at(-1);
const place = fc.integer({ min: 2, max: COUNT - 1 });
const changed = (line: ChainLine): ChainLine => ({ ...line, detail: { i: 'something else' } });
const resealed = (line: ChainLine): ChainLine => ({ ...line, mac: 'ab'.repeat(32) });
const forged = (link: bigint): ChainLine => ({
  seq: 9n + 100n * link,
  at: new Date(0),
  actor: 'operator:nobody',
  action: 'topup.settled',
  subject: 'top_x',
  detail: {},
  link,
  keyId: 'k1',
  mac: 'cd'.repeat(32),
});
const at = (lines: ChainLine[], n: number): ChainLine => {
  const line = lines[n - 1];
  if (!line) throw new Error(`no line ${n}`);
  return line;
};
const every = (body: (n: number) => void) => fc.assert(fc.property(place, body), { numRuns: 60 });

test('a chain that nobody touched has no fault', () => {
  expect(verdict(chain(COUNT), head)).toEqual([]);
  expect(verdict([], undefined)).toEqual([]);
});

describe('one change is named, and nothing else', () => {
  test('words that were changed', () =>
    every((n) => {
      const lines = chain(COUNT).map((line) => (line.link === BigInt(n) ? changed(line) : line));
      expect(verdict(lines, head)).toEqual([`altered ${n} (${n})`]);
    }));

  test('a seal that was changed', () =>
    every((n) => {
      const lines = chain(COUNT).map((line) => (line.link === BigInt(n) ? resealed(line) : line));
      expect(verdict(lines, head)).toEqual([`altered ${n} (${n})`]);
    }));

  test('the first line and the last', () => {
    for (const n of [1, COUNT])
      for (const change of [changed, resealed]) {
        const lines = chain(COUNT).map((line) => (line.link === BigInt(n) ? change(line) : line));
        expect(verdict(lines, head)).toEqual([`altered ${n} (${n})`]);
      }
  });

  test('a line that was replaced whole: nothing can be said of the one that stands on it', () =>
    every((n) => {
      const lines = chain(COUNT).map((line) => (line.link === BigInt(n) ? resealed(changed(line)) : line));
      const behind = n === COUNT ? [] : [`unchecked ${n + 1} (${n + 1})`];
      expect(verdict(lines, head)).toEqual([`altered ${n} (${n})`, ...behind]);
    }));

  test('a line that was taken out', () =>
    every((n) => {
      const lines = chain(COUNT).filter((line) => line.link !== BigInt(n));
      expect(verdict(lines, head)).toEqual([`missing ${n}`, `unchecked ${n + 1} (${n + 1})`]);
    }));

  test('a line that was taken out, and the numbers behind it closed up', () =>
    every((n) => {
      const lines = chain(COUNT)
        .filter((line) => line.link !== BigInt(n))
        .map((line) => (line.link > BigInt(n) ? { ...line, link: line.link - 1n } : line));
      expect(verdict(lines, head)).toEqual([`missing ${n}`, `unchecked ${n} (${n + 1})`]);
    }));

  test('several that were taken out in a row, or from the end', () => {
    const without = (from: number, to: number) => chain(COUNT).filter(({ link }) => link < from || link > to);
    expect(verdict(without(5, 9), head)).toEqual(['missing 5-9', 'unchecked 10 (10)']);
    expect(verdict(without(1, 3), head)).toEqual(['missing 1-3', 'unchecked 4 (4)']);
    expect(verdict(without(38, 40), head)).toEqual(['cut_off 38-40']);
    expect(verdict(without(1, 40), head)).toEqual(['cut_off 1-40']);
  });

  test('a line that was put in, and the numbers behind it moved up', () =>
    every((n) => {
      const lines = chain(COUNT).map((line) => (line.link >= BigInt(n) ? { ...line, link: line.link + 1n } : line));
      const strange = forged(BigInt(n));
      expect(verdict([...lines, strange], head)).toEqual([`inserted ${n} (${strange.seq - 100n})`]);
    }));

  test('a line that was put on at the end', () => {
    const strange = forged(BigInt(COUNT + 1));
    expect(verdict([...chain(COUNT), strange], head)).toEqual([`inserted ${COUNT + 1} (${strange.seq - 100n})`]);
  });

  test('two lines that swapped places', () =>
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 20 }), (n, apart) => {
        const other = Math.min(n + apart, COUNT);
        fc.pre(other > n);
        const lines = chain(COUNT);
        const [one, two] = [at(lines, n), at(lines, other)];
        lines[n - 1] = { ...two, link: one.link };
        lines[other - 1] = { ...one, link: two.link };
        expect(verdict(lines, head).sort()).toEqual([`moved ${n} (${n})`, `moved ${other} (${other})`].sort());
      }),
    ));

  test('words that swapped places under their numbers and seals', () => {
    const lines = chain(COUNT);
    const [one, two] = [at(lines, 7), at(lines, 8)];
    lines[6] = { ...two, seq: one.seq, link: one.link, mac: one.mac };
    lines[7] = { ...one, seq: two.seq, link: two.link, mac: two.mac };
    expect(verdict(lines, head)).toEqual(['altered 7 (7)', 'unchecked 8 (8)']);
  });

  test('numbers that were moved up with nothing put in', () => {
    const lines = chain(COUNT).map((line) => (line.link >= 9n ? { ...line, link: line.link + 5n } : line));
    expect(verdict(lines, head)).toEqual(['moved 9 (9)']);
  });
});

test('changes in several places are told apart', () => {
  const strange = forged(12n);
  const lines = chain(COUNT)
    .filter((line) => line.link !== 30n)
    .map((line) => (line.link === 5n || line.link === 14n ? changed(line) : line))
    .map((line) => (line.link >= 12n ? { ...line, link: line.link + 1n } : line));
  expect(verdict([...lines, strange], head)).toEqual([
    'altered 5 (5)',
    `inserted 12 (${strange.seq - 100n})`,
    'altered 15 (14)',
    'missing 30',
    'unchecked 32 (31)',
  ]);
});

test('whatever is done to three lines, every line that is named was touched or stands behind one that was', () => {
  const change = fc.constantFrom('words', 'seal', 'gone');
  const changes = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: COUNT }), change), {
    selector: ([n]) => n,
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(changes, (done) => {
      const what = new Map(done.map(([n, change]) => [BigInt(n), change]));
      const lines = chain(COUNT)
        .filter(({ link }) => what.get(link) !== 'gone')
        .map((line) => {
          const how = what.get(line.link);
          return how === 'words' ? changed(line) : how === 'seal' ? resealed(line) : line;
        });
      const walk = beginWalk();
      for (const line of lines) walkOn(vault, walk, line);
      endWalk(walk, head && { link: head.link, mac: head.mac ?? '' });
      const named = new Set<bigint>();
      for (const { fault, link, gone } of walk.faults) {
        if (link === null) throw new Error('no number');
        const last = gone?.lastLink ?? link;
        for (let n = link; n <= last; n++) named.add(n);
        if (fault !== 'unchecked') for (let n = link; n <= last; n++) expect([n, what.has(n)]).toEqual([n, true]);
        else expect([link, what.has(link) || what.has(link - 1n)]).toEqual([link, true]);
      }
      for (const n of what.keys()) expect([n, named.has(n)]).toEqual([n, true]);
    }),
    { numRuns: 300 },
  );
});

test('a line with no moment, or with a detail that is no record, is named and stops nothing', () => {
  const lines = chain(5);
  lines[1] = { ...at(lines, 2), at: new Date(Number.NaN) };
  // As somebody with the database password may leave it.
  lines[3] = { ...at(lines, 4), detail: null as unknown as ChainLine['detail'] };
  expect(verdict(lines)).toEqual(['altered 2 (2)', 'altered 4 (4)']);
});

test('a walk ends after a thousand faults', () => {
  const walk = beginWalk();
  for (const line of chain(3000)) walkOn(vault, walk, changed(line));
  expect(walk.faults.length).toBeLessThan(3000);
  endWalk(walk, undefined);
  expect(new Set(walk.faults.map(({ fault }) => fault))).toEqual(new Set(['altered', 'unchecked']));
});
