import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const roots = [
  'engine',
  'honesty',
  'report',
  'optimise',
  'combinations',
  'walkForward',
  'monteCarlo',
  'batch',
  'settings',
];

/** Everything a file needs to be loaded, types aside. */
function needs(file: string, seen: Set<string>): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!file.endsWith('.ts')) return seen;
  const source = readFileSync(file, 'utf8');
  for (const [, target = ''] of source.matchAll(/(?:^import (?!type )|^\} from )[^'"\n]*['"]([^'"]+)['"]/gm))
    needs(target.startsWith('.') ? normalize(join(dirname(file), target)) : target, seen);
  return seen;
}

test('what runs a backtest needs no context, no database, no clock and no package: it runs in any thread', () => {
  const seen = new Set<string>();
  for (const root of roots) needs(`src/core/backtest/${root}.ts`, seen);
  needs('src/core/strategy/strategies.ts', seen);
  needs('src/core/market/csv.ts', seen);
  expect(seen.size).toBeGreaterThan(40);
  const home = /^src\/core\/(market\/(candles|csv|fault|step|timeframe)|strategy\/.*|backtest\/.*|spelling)\.ts$/;
  expect([...seen].filter((file) => !home.test(file))).toEqual([]);
  for (const file of seen)
    expect([
      file,
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\./.test(readFileSync(file, 'utf8')),
    ]).toEqual([file, false]);
});
