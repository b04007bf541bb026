import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ensureDataDir } from './secrets.ts';

export type InstanceLock = { release(): Promise<void> };

/** Another live process works with this data directory. */
export class AlreadyRunning extends Error {
  readonly dataDir: string;

  constructor(dataDir: string) {
    super(
      `ABTPro is already running with the data directory ${dataDir}. ` +
        'Stop that one first, or give this one another folder with DATA_DIR (and another PORT).',
    );
    this.name = 'AlreadyRunning';
    this.dataDir = dataDir;
  }
}

/**
 * Makes this process the only one that works with `dataDir` (created if missing) until `release`, or until the process is gone,
 * however it went. A file with a pid cannot promise that: it outlives a killed process, and its pid may come back as another program.
 * So the system holds the lock: on Linux a listening socket whose name is abstract (no file at all), elsewhere the lock of an SQLite
 * file, since a socket file outlives its process too and cannot be taken over without a race.
 */
export async function instanceLock(
  dataDir: string,
  kind: 'socket' | 'file' = process.platform === 'linux' ? 'socket' : 'file',
): Promise<InstanceLock> {
  const realDir = await ensureDataDir(dataDir);
  const held = kind === 'socket' ? await listen(realDir) : lockFile(join(realDir, 'instance.lock'));
  if (!held) throw new AlreadyRunning(realDir);
  let released: Promise<void> | undefined;
  return {
    release() {
      released ??= held();
      return released;
    },
  };
}

type Release = () => Promise<void>;

/** null when somebody listens there already. */
async function listen(realDir: string): Promise<Release | null> {
  const digest = createHash('sha256').update(realDir).digest('hex');
  const server: Server = createServer((socket) => socket.destroy());
  // Waiting for nobody must not keep the process alive.
  server.unref();
  server.listen({ path: `\0abtpro-${digest}`, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return null;
    throw error;
  }
  return async () => {
    server.close();
    await once(server, 'close');
  };
}

/** Garbage collection closes a database that nobody refers to, and its lock with it. */
const openFiles = new Set<DatabaseSync>();
const sqliteBusy = 5;

function lockFile(path: string): Release | null {
  const file = new DatabaseSync(path, { timeout: 0 });
  try {
    file.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return null;
    throw error;
  }
  openFiles.add(file);
  return async () => {
    openFiles.delete(file);
    file.close();
  };
}
