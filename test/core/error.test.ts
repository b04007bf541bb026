import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refusalCodes } from '../../src/core/error.ts';

test('every refusal is provoked by a test', () => {
  const here = new URL('../', import.meta.url).pathname;
  const tests = globSync('**/*.test.ts', { cwd: here })
    .filter((file) => file !== 'core/error.test.ts')
    .map((file) => readFileSync(here + file, 'utf8'))
    .join('\n');
  expect(refusalCodes.filter((code) => !tests.includes(code))).toEqual([]);
});

test('every refusal is thrown somewhere', () => {
  const src = new URL('../../src/', import.meta.url).pathname;
  const source = globSync('**/*.ts', { cwd: src })
    .filter((file) => file !== 'core/refusals.ts')
    .map((file) => readFileSync(src + file, 'utf8'))
    .join('\n');
  const used = (code: string) => new RegExp(`['"\`]${code.replace('.', '\\.')}['"\`]`).test(source);
  expect(refusalCodes.filter((code) => !used(code))).toEqual([]);
});
