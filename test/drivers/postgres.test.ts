import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { childEnv } from '../../src/drivers/postgres/owner.ts';
import { eventually } from '../support/eventually.ts';
import { isAlive, kill } from './child.ts';
import { kept, postgresWorld, query } from './postgresWorld.ts';

const world = postgresWorld();

describe('the embedded PostgreSQL', { timeout: 60_000 }, () => {
  test('starts from nothing, and a second time with what it held', async () => {
    const first = await world.start();
    expect(await query(first, 'select current_database() as name')).toEqual(['abtpro']);
    await query(first, 'create table kept as select 7 as number');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await world.start();
    expect(await query(second, kept)).toEqual([7]);
  });

  test('speaks UTF-8 in UTC, on loopback only, and wants the password', async () => {
    const server = await world.start();
    const show = async (name: string) => (await query(server, `show ${name}`))[0];
    expect(await show('server_encoding')).toBe('UTF8');
    expect(await query(server, 'select datcollate from pg_database')).toEqual(['C', 'C', 'C', 'C']);
    expect(await show('timezone')).toBe('UTC');
    expect(await show('listen_addresses')).toBe('127.0.0.1');
    expect(await show('unix_socket_directories')).toBe('');
    expect(await show('synchronous_commit')).toBe('on');
    expect(await show('fsync')).toBe('off');
    const stranger = { url: server.url.replace(/:[0-9a-f]+@/, ':wrong@') };
    await expect(query(stranger, 'select 1')).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(world.dataDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
    expect(world.lines.join('\n')).not.toContain(new URL(server.url).password);
  });

  test('stops once however often it is asked, and tells that it is gone', async () => {
    const server = await world.start();
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    await server.exited;
    expect(isAlive(server.pid)).toBe(false);
  });

  test('tells when it ends unasked', async () => {
    const server = await world.start();
    process.kill(server.pid, 'SIGQUIT');
    await server.exited;
    await server.stop();
  });

  test('starts again after the process that ran it was killed', async () => {
    const child = world.startInChild({ settings: {} });
    const orphan = JSON.parse(await child.nextLine());
    await query(orphan, 'create table kept as select 7 as number');
    await kill(child);
    expect(isAlive(orphan.pid)).toBe(true);
    const server = await world.start();
    expect(isAlive(orphan.pid)).toBe(false);
    expect(world.lines).toContainEqual(expect.stringContaining(`pid ${orphan.pid}`));
    expect(await query(server, kept)).toEqual([7]);
  });

  test('starts again after the server itself was killed', async () => {
    const killed = await world.start();
    await query(killed, 'create table kept as select 7 as number; checkpoint');
    process.kill(killed.pid, 'SIGKILL');
    await killed.exited;
    expect(await query(await world.start(), kept)).toEqual([7]);
  });

  test('starts after a kill halfway through the very first start', async () => {
    const child = world.startInChild();
    // Its configuration is among the first things initdb writes, its users come much later.
    await eventually(async () =>
      (await readdir(world.dataDir, { recursive: true }).catch(() => [])).some((name) =>
        /init-.*postgresql.conf/.test(name),
      ),
    );
    await kill(child);
    const present = await readdir(world.dataDir);
    expect(present).not.toContain('postgres');
    expect(await query(await world.start(), 'select 1 as one')).toEqual([1]);
  });

  test('is not stopped by a pid file whose number now belongs to another program', async () => {
    await world.stoppedCluster();
    const directory = join(world.dataDir, 'postgres');
    const { uid, gid } = await stat(directory);
    // Of the same user, since PostgreSQL believes nobody else could be its predecessor.
    const stranger = spawn('sleep', ['600'], { uid, gid, cwd: '/' });
    try {
      await writeFile(join(directory, 'postmaster.pid'), `${stranger.pid}\n${directory}\n1\n5432\n\n127.0.0.1\n`);
      await chown(join(directory, 'postmaster.pid'), uid, gid);
      expect(await query(await world.start(), kept)).toEqual([7]);
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    } finally {
      await kill(stranger);
    }
  });

  test.each([
    ['an empty pid file', ''],
    ['one of a process that is gone', '4194303\n/nowhere\n1\n5432\n\n127.0.0.1\n'],
  ])('is not stopped by %s', async (_what, content) => {
    await world.stoppedCluster();
    await writeFile(join(world.dataDir, 'postgres', 'postmaster.pid'), content);
    expect(await query(await world.start(), kept)).toEqual([7]);
  });

  test('leaves the server of another data directory alone, even when the pid file names it', async () => {
    const other = await world.start({ dataDir: join(world.base, 'other') });
    await world.stoppedCluster();
    const path = join(world.dataDir, 'postgres', 'postmaster.pid');
    await writeFile(path, `${other.pid}\n${join(world.base, 'other')}\n1\n5432\n\n127.0.0.1\n`);
    expect(await query(await world.start(), kept)).toEqual([7]);
    expect(await query(other, 'select 1 as one')).toEqual([1]);
  });

  test('takes another port when the chosen one was just taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const address = squatter.address();
    const taken = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const ports = [taken, taken];
    const choosePort = async () => ports.shift() ?? freed();
    const freed = async () => {
      squatter.close();
      return taken;
    };
    const server = await world.start({ choosePort });
    expect(ports).toEqual([]);
    expect(await query(server, 'select 1 as one')).toEqual([1]);
  });

  test('that cannot start says why, in the words of the server', async () => {
    await expect(world.start({ settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
      /did not start:(.|\n)*shared_buffers/,
    );
  });

  test('asks for a lost password instead of hiding the data', async () => {
    await world.stoppedCluster();
    await rm(join(world.dataDir, 'postgres-password'));
    await expect(world.start()).rejects.toThrow(/postgres-password is missing: restore it/);
    await writeFile(join(world.dataDir, 'postgres-password'), '0'.repeat(48));
    await expect(world.start()).rejects.toThrow(/its password is not the one/);
  });

  test('hands nothing of our environment to the server', () => {
    expect(Object.keys(childEnv()).sort()).toEqual(['LC_ALL', 'PATH', 'TZ']);
  });
});
