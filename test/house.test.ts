import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const wings = [
  'people',
  'chats',
  'notices',
  'money',
  'rental',
  'market',
  'plugins',
  'strategy',
  'trading',
  'backtest',
  'portfolio',
  'signals',
  'ops',
];
const rooms = ['bot', 'admin', 'api', 'jobs', 'drivers'];
const homes: Record<string, RegExp> = {
  grammy: /^src\/bot\//,
  'discord.js': /^src\/bot\//,
  hono: /^src\/(admin|api|bot\/local)\//,
  '@hono/node-server': /^src\/(admin|api|bot\/local)\//,
  croner: /^src\/jobs\//,
  'pg-boss': /^src\/jobs\//,
  piscina: /^src\/jobs\//,
  pdfkit: /^src\/drivers\//,
  ccxt: /^src\/drivers\//,
  'drizzle-orm': /^src\/core\//,
  qrcode: /^src\/(admin|bot)\//,
};

const files = globSync('src/**/*.ts').sort();
const imports = (file: string) =>
  [
    ...readFileSync(file, 'utf8').matchAll(
      /(?:^import |^export .* from |^\} from |import\()[^'"\n]*['"]([^'"]+)['"]/gm,
    ),
  ].map((match) => {
    const target = match[1] ?? '';
    return target.startsWith('.') ? normalize(join(dirname(file), target)) : target;
  });
const graph = new Map(files.map((file) => [file, imports(file)]));
const edges = [...graph].flatMap(([from, targets]) => targets.map((to) => ({ from, to })));
const room = (path: string) => /^src\/([^/]+)\//.exec(path)?.[1];
const wing = (path: string) => /^src\/core\/([^/]+)\//.exec(path)?.[1];
const named = (bad: { from: string; to: string }[]) => bad.map(({ from, to }) => `${from} → ${to}`);

test('the walk sees the imports', () => {
  expect(edges).toContainEqual({ from: 'src/core/money/settle.ts', to: 'src/core/money/refund.ts' });
});

test('core imports only core', () => {
  expect(
    named(edges.filter(({ from, to }) => room(from) === 'core' && to.startsWith('src/') && room(to) !== 'core')),
  ).toEqual([]);
});

test('a wing imports only the ground and the wings before it; the ground imports no wing', () => {
  const order = (path: string) =>
    wing(path) === undefined || wing(path) === 'text' ? -1 : wings.indexOf(wing(path) ?? '');
  const gathered = 'src/core/tables.ts'; // for drizzle-kit: its whole work is to gather
  expect([...new Set(files.map(wing).filter((name) => name && name !== 'text' && !wings.includes(name)))]).toEqual([]);
  expect(
    named(edges.filter(({ from, to }) => room(from) === 'core' && from !== gathered && order(to) > order(from))),
  ).toEqual([]);
});

test('rooms import core and never each other; nobody imports an entry, and only entries import the configuration', () => {
  const strangers = edges.filter(
    ({ from, to }) =>
      rooms.includes(room(from) ?? '') && to.startsWith('src/') && room(to) !== 'core' && room(to) !== room(from),
  );
  expect(named(strangers)).toEqual([]);
  expect(
    named(edges.filter(({ to }) => ['src/main.ts', 'src/job.ts', 'src/backtest.ts', 'src/candles.ts'].includes(to))),
  ).toEqual([]);
  expect(named(edges.filter(({ from, to }) => to === 'src/config.ts' && room(from) !== undefined))).toEqual([]);
});

test('each heavy library lives in its room', () => {
  const library = (to: string) => Object.keys(homes).find((name) => to === name || to.startsWith(`${name}/`));
  expect(named(edges.filter(({ from, to }) => library(to) && !homes[library(to) ?? '']?.test(from)))).toEqual([]);
});

test('there are no circles', () => {
  const done = new Set<string>();
  const walk = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const to of graph.get(file) ?? []) {
      const circle = graph.has(to) ? walk(to, [...path, file]) : undefined;
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  };
  expect(files.map((file) => walk(file, [])).find(Boolean)).toBeUndefined();
});

test('a file holds one noun: at most 300 lines', () => {
  expect(files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 301)).toEqual([]);
});
