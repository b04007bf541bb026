import { once } from 'node:events';
import { mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AlreadyRunning, instanceLock } from '../../src/drivers/instanceLock.ts';
import { type Child, kill, startChild } from './child.ts';

const moduleUrl = resolve(import.meta.dirname, '../../src/drivers/instanceLock.ts');
const holder = `
  const [, url, dataDir, kind, stay] = process.argv;
  const { instanceLock } = await import(url);
  await instanceLock(dataDir, kind).then(() => console.log('held'), (error) => console.log(error.name));
  if (stay) setInterval(() => {}, 1000);
`;

let base: string;
let dataDir: string;
const children: Child[] = [];
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'abtpro-lock-'));
  dataDir = join(base, 'not', 'there', 'yet');
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  await rm(base, { recursive: true });
});

const kinds = process.platform === 'linux' ? (['socket', 'file'] as const) : (['file'] as const);

describe.each(kinds)('the %s lock', { timeout: 30_000 }, (kind) => {
  function hold(): Child {
    const child = startChild(holder, moduleUrl, dataDir, kind, 'stay');
    children.push(child);
    return child;
  }

  test('creates the data directory for us alone, and may be taken again after release', async () => {
    const lock = await instanceLock(dataDir, kind);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    await Promise.all([lock.release(), lock.release()]);
    const again = await instanceLock(dataDir, kind);
    await again.release();
  });

  test('refuses a second holder and tells what to do, while the first stays undisturbed', async () => {
    const first = hold();
    expect(await first.nextLine()).toBe('held');
    const refused = instanceLock(dataDir, kind);
    await expect(refused).rejects.toThrow(AlreadyRunning);
    await expect(refused).rejects.toThrow(`data directory ${dataDir}`);
    await expect(refused).rejects.toThrow(/DATA_DIR/);
    await symlink(dataDir, join(base, 'alias'));
    await expect(instanceLock(join(base, 'alias'), kind)).rejects.toThrow(AlreadyRunning);
    expect(await hold().nextLine()).toBe('AlreadyRunning');
    expect(first.exitCode).toBeNull();
  });

  test('is free again when its holder was killed', async () => {
    const first = hold();
    expect(await first.nextLine()).toBe('held');
    await kill(first);
    const lock = await instanceLock(dataDir, kind);
    await lock.release();
  });

  test('goes to exactly one of many that start at once, also over a dead one', async () => {
    const dead = hold();
    await dead.nextLine();
    await kill(dead);
    const answers = await Promise.all(Array.from({ length: 8 }, () => hold().nextLine()));
    expect(answers.sort()).toEqual([...Array(7).fill('AlreadyRunning'), 'held']);
  });

  test('does not keep a process alive', async () => {
    const child = startChild(holder, moduleUrl, dataDir, kind);
    children.push(child);
    expect(await child.nextLine()).toBe('held');
    const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
    expect(code).toBe(0);
  });

  test('leaves another data directory alone', async () => {
    const lock = await instanceLock(dataDir, kind);
    const other = await instanceLock(join(base, 'other'), kind);
    await Promise.all([lock.release(), other.release()]);
  });
});
