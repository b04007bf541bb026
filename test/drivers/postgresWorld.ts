import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sql from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Postgres, type PostgresOptions, startPostgres } from '../../src/drivers/postgres/server.ts';
import { type Child, kill, startChild } from './child.ts';

const serverModule = resolve(import.meta.dirname, '../../src/drivers/postgres/server.ts');
const settings = { fsync: 'off' };

/** Starts a server in its own process, tells its pid and address, stops it when asked by a line. */
const runner = `
  const [, url, options, uid] = process.argv;
  const { startPostgres } = await import(url);
  if (uid) { process.setgroups([]); process.setgid(Number(uid)); process.setuid(Number(uid)); process.chdir('/'); }
  const server = await startPostgres({ ...JSON.parse(options), log: () => {} });
  console.log(JSON.stringify({ pid: server.pid, url: server.url }));
  process.stdin.once('data', async () => { await server.stop(); console.log('stopped'); process.stdin.destroy(); });
`;

/** What a cluster made by `stoppedCluster` answers with 7. */
export const kept = 'select number from kept';

/** A fresh folder for each test; whatever was started in it is stopped and removed. */
export function postgresWorld() {
  const servers: Postgres[] = [];
  const children: Child[] = [];
  let shared = '';
  const world = { base: '', dataDir: '', lines: [] as string[], start, startInChild, stoppedCluster };

  beforeAll(async () => {
    shared = await openFolder();
  });
  afterAll(() => rm(shared, { recursive: true }));
  beforeEach(async () => {
    world.base = await openFolder();
    world.dataDir = join(world.base, 'data');
    world.lines = [];
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    await Promise.all(children.splice(0).map(kill));
    // An initdb whose parent was killed may still be writing.
    await rm(world.base, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  /** Nothing goes to the real system folder; a copy of the binaries, where one is needed, is made once for a file of tests. */
  function optionsWith(options: Partial<PostgresOptions>) {
    return { dataDir: world.dataDir, systemDir: join(shared, 'system'), settings, ...options };
  }

  async function start(options: Partial<PostgresOptions> = {}): Promise<Postgres> {
    const server = await startPostgres({ log: (line) => world.lines.push(line), ...optionsWith(options) });
    servers.push(server);
    return server;
  }

  function startInChild(options: Partial<PostgresOptions> = {}, uid?: number): Child {
    const child = startChild(runner, serverModule, JSON.stringify(optionsWith(options)), ...(uid ? [String(uid)] : []));
    children.push(child);
    return child;
  }

  async function stoppedCluster(): Promise<void> {
    const server = await start();
    await query(server, 'create table kept as select 7 as number');
    await server.stop();
  }

  return world;
}

/** The first column of the answer. */
export async function query(server: { url: string }, text: string): Promise<unknown[]> {
  const client = sql(server.url, { max: 1, onnotice: () => undefined });
  return client
    .unsafe(text)
    .then((rows) => rows.map((row) => Object.values(row)[0]))
    .finally(() => client.end());
}

/** One that PostgreSQL's own user can pass through, unlike what mkdtemp makes. */
async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'abtpro-postgres-'));
  await chmod(folder, 0o755);
  return folder;
}
