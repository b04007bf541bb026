import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureDataDir, readOrCreateSecret } from '../../src/drivers/secrets.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'abtpro-secrets-'));
});
afterEach(() => rm(base, { recursive: true }));

test('a secret is made once and stays', async () => {
  const secret = await readOrCreateSecret(base, 'secret-key', 32);
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(await readOrCreateSecret(base, 'secret-key', 32)).toBe(secret);
  expect(await readOrCreateSecret(base, 'other', 32)).not.toBe(secret);
});

test('it is readable by us alone, in a data directory for us alone', async () => {
  const dataDir = join(base, 'new', 'data');
  await readOrCreateSecret(dataDir, 'secret-key', 16);
  expect((await stat(join(dataDir, 'secret-key'))).mode & 0o777).toBe(0o600);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  expect((await stat(join(base, 'new'))).mode & 0o077).not.toBe(0);
});

test('many starts at once agree on one and leave no drafts', async () => {
  const secrets = await Promise.all(Array.from({ length: 20 }, () => readOrCreateSecret(base, 'secret-key', 32)));
  expect(new Set(secrets).size).toBe(1);
  expect(await readdir(base)).toEqual(['secret-key']);
});

test('a damaged secret is not silently replaced', async () => {
  await writeFile(join(base, 'secret-key'), 'abc');
  await expect(readOrCreateSecret(base, 'secret-key', 32)).rejects.toThrow(/restore it from a backup/);
});

test('a name cannot lead out of the data directory', async () => {
  await expect(readOrCreateSecret(base, '../secret', 32)).rejects.toThrow(/no name/);
});

test('an existing data directory keeps its mode', async () => {
  const { mode } = await stat(tmpdir());
  expect(await ensureDataDir(join(base, '.', 'x'))).toMatch(/x$/);
  await ensureDataDir(tmpdir());
  expect((await stat(tmpdir())).mode).toBe(mode);
});
