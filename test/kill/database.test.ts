import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditContext } from '../../src/core/audit.ts';
import { systemClock } from '../../src/core/clock.ts';
import { connect, type Database, migrateDatabase } from '../../src/core/db.ts';
import { idMaker } from '../../src/core/id.ts';
import { createVault } from '../../src/core/vault.ts';
import { type Postgres, startPostgres } from '../../src/drivers/postgres/server.ts';
import { MIGRATIONS } from '../support/postgres.ts';
import { testLog, WEBHOOK_SECRET } from '../support/world.ts';
import { freePort, isHealthy, processesUnder, startService } from './service.ts';
import { type Findings, inspect, openTopups, planStorm, send } from './storm.ts';

const nothing: Findings = { lostEvents: [], wrongCredits: [], wrongWallets: [], wrongNotices: [], differences: [] };
const CRASHES = 8;
const UP_MS = 700;
const AWAY_MS = 300;

let folder: string;
let port: number;
let postgres: Postgres;
let database: Database;
let ctx: AuditContext;

/** Always on the same port, and with every commit on the disk before it is answered. */
const startAgain = () => startPostgres({ dataDir: join(folder, 'data'), log: () => {}, choosePort: async () => port });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abtpro-crash-'));
  port = await freePort();
  postgres = await startAgain();
  await migrateDatabase(postgres.url, MIGRATIONS);
  database = connect(postgres.url);
  const newId = idMaker(() => systemClock.now());
  const vault = createVault([{ id: 'k1', key: Buffer.alloc(32, 7) }]);
  ctx = { db: database.db, clock: systemClock, newId, log: testLog(), actor: { kind: 'job', name: 'storm' }, vault };
});
afterAll(async () => {
  await database.close();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The whole server at once, as when the machine loses its power; or `immediate`, as when one backend tore the others down. */
async function crash(how: 'SIGKILL' | 'SIGQUIT'): Promise<void> {
  const pids = how === 'SIGKILL' ? [postgres.pid, ...processesUnder(postgres.pid)] : [postgres.pid];
  for (const pid of pids) {
    try {
      process.kill(pid, how);
    } catch {
      // ended between our looking and our killing
    }
  }
  await postgres.exited;
}

test('while PostgreSQL crashes again and again the service says 503, comes back by itself and loses nothing', async () => {
  const dues = await openTopups(ctx, 400);
  const env = { ROLES: 'web', DATABASE_URL: postgres.url, PROMPTPAY_WEBHOOK_SECRET: WEBHOOK_SECRET };
  const service = startService({
    port: await freePort(),
    env: { ...env, DATA_DIR: join(folder, 'service'), LOG_LEVEL: 'fatal' },
    cwd: folder,
  });
  const backAfterMs: number[] = [];
  try {
    await service.ready();
    const storm = send(service.url, planStorm(dues), { perSecond: 60, atOnce: 12, limitMs: 120_000 });
    storm.catch(() => {});
    for (let n = 0; n < CRASHES; n++) {
      await sleep(UP_MS);
      await crash(n % 2 === 0 ? 'SIGKILL' : 'SIGQUIT');
      await sleep(AWAY_MS);
      if (n === 0) expect(await isHealthy(service.url)).toBe(false);
      postgres = await startAgain();
      const startedMs = performance.now();
      while (!(await isHealthy(service.url))) {
        if (performance.now() - startedMs > 30_000) throw new Error(`it did not come back:\n${service.output()}`);
        await sleep(20);
      }
      backAfterMs.push(Math.round(performance.now() - startedMs));
    }
    const told = await storm;
    expect(told.wrong).toEqual([]);
    expect(told.answers['503']).toBeGreaterThan(0);
    expect(told.answers['no answer in time']).toBeUndefined();
    expect(Math.max(...backAfterMs)).toBeLessThan(5000);
    expect(await inspect(ctx, dues, told)).toEqual(nothing);
    expect((await service.end('SIGTERM')).code).toBe(0);
  } finally {
    await service.end('SIGKILL');
  }
}, 240_000);
