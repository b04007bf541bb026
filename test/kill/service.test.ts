import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AuditContext } from '../../src/core/audit.ts';
import { localMessage } from '../../src/core/chats/tables.ts';
import { systemClock } from '../../src/core/clock.ts';
import { notice } from '../../src/core/notices/tables.ts';
import { createWorld, WEBHOOK_SECRET, type World } from '../support/world.ts';
import { freePort, type Service, startService } from './service.ts';
import { type Due, type Findings, inspect, openTopups, planStorm, send, type Told } from './storm.ts';

const LIFE_MS = 400;
const nothing: Findings = { lostEvents: [], wrongCredits: [], wrongWallets: [], wrongNotices: [], differences: [] };
/** The key of the test world's vault, so that a service with the role `jobs` seals the same chain. */
const SECRET_KEY = `k1:${Buffer.alloc(32, 7).toString('base64')}`;

let world: World;
let ctx: AuditContext;
let folder: string;
beforeEach(async () => {
  world = await createWorld();
  ctx = { ...world.ctx({ kind: 'job', name: 'storm' }), clock: systemClock };
  folder = await mkdtemp(join(tmpdir(), 'abtpro-kill-'));
});
afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

interface Ordeal {
  roles: string;
  payments: number;
  perSecond: number;
  program?: string;
  /** From then on it may live, so that the test ends in time on a slow machine too. */
  killForMs: number;
}

/**
 * Sends a storm of payments to a program that is killed 0.4 s after it begins to answer, started again, killed again,
 * and so on, until every delivery was acknowledged.
 */
async function ordeal({
  roles,
  payments,
  perSecond,
  program,
  killForMs,
}: Ordeal): Promise<{ dues: Due[]; told: Told; kills: number }> {
  const dues = await openTopups(ctx, payments);
  const port = await freePort();
  const env = {
    ROLES: roles,
    DATABASE_URL: world.url,
    DATA_DIR: join(folder, 'data'),
    PROMPTPAY_WEBHOOK_SECRET: WEBHOOK_SECRET,
    SECRET_KEY,
  };
  const start = () => startService({ port, env, cwd: folder, ...(program ? { program } : {}) });
  let service: Service = start();
  const mercyMs = performance.now() + killForMs;
  let over = false;
  let kills = 0;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const killing = (async () => {
    while (!over) {
      await service.ready();
      await (performance.now() < mercyMs ? sleep(LIFE_MS) : finished);
      await service.end('SIGKILL');
      kills += 1;
      if (!over) service = start();
    }
  })();
  try {
    const storm = send(`http://127.0.0.1:${port}`, planStorm(dues), { perSecond, atOnce: 16, limitMs: 200_000 });
    const told = await Promise.race([storm, killing.then(() => Promise.reject(new Error('the killing ended')))]);
    if (kills === 0) await sleep(3000); // for what it does behind the sender's back
    return { dues, told, kills };
  } finally {
    over = true;
    finish();
    await killing.catch(() => {});
    await service.end('SIGKILL');
  }
}

const total = (told: Told) => Object.values(told.answers).reduce((sum, n) => sum + n, 0);

test('killed again and again while 1,000 payments arrive, the service credits each of them once', async () => {
  const { dues, told, kills } = await ordeal({ roles: 'web', payments: 1000, perSecond: 250, killForMs: 40_000 });
  expect(told.wrong).toEqual([]);
  expect(await inspect(ctx, dues, told)).toEqual(nothing);
  expect(new Set(told.acknowledged.map(({ due }) => due)).size).toBe(1000);
  // Otherwise nothing was tried: many lives, and attempts that were cut off in their middle.
  expect(kills).toBeGreaterThan(5);
  expect(total(told)).toBeGreaterThan(told.acknowledged.length);
}, 220_000);

test('with all its roles it tells each person of each payment once', async () => {
  const { dues, told, kills } = await ordeal({
    roles: 'bot,web,jobs',
    payments: 200,
    perSecond: 100,
    killForMs: 12_000,
  });
  expect(told.wrong).toEqual([]);
  expect(await inspect(ctx, dues, told)).toEqual(nothing);
  expect(kills).toBeGreaterThan(1);
  await deliverTheRest();
  const { db } = ctx;
  const keys = await db.select({ key: sql<string>`${localMessage.body}->>'key'` }).from(localMessage);
  const owed = await db.select({ key: sql<string>`'notice:' || ${notice.id}` }).from(notice);
  expect(keys.map((row) => row.key).sort()).toEqual(owed.map((row) => row.key).sort());
  expect(owed.length).toBe(dues.length);
}, 220_000);

/** What a killed instance had taken to deliver is free again after a minute; the test does not wait so long. */
async function deliverTheRest(): Promise<void> {
  const { db } = ctx;
  await db.update(notice).set({ dueAt: new Date() }).where(eq(notice.status, 'waiting'));
  const port = await freePort();
  const env = { ROLES: 'bot', DATABASE_URL: world.url, DATA_DIR: join(folder, 'data'), SECRET_KEY };
  const service = startService({ port, env, cwd: folder });
  try {
    const waiting = () => db.select({ id: notice.id }).from(notice).where(eq(notice.status, 'waiting')).limit(1);
    for (const untilMs = performance.now() + 20_000; (await waiting()).length > 0; await sleep(100))
      if (performance.now() > untilMs) throw new Error(`notices were not delivered:\n${service.output()}`);
  } finally {
    await service.end('SIGKILL');
  }
}

const program = new URL('./childReceiver.ts', import.meta.url).pathname;

test('a receiver that acknowledges before it commits is caught', async () => {
  const { dues, told } = await ordeal({ roles: 'web', payments: 300, perSecond: 250, program, killForMs: 20_000 });
  const findings = await inspect(ctx, dues, told);
  expect(findings.lostEvents.length).toBeGreaterThan(0);
  expect(findings.wrongCredits.length).toBeGreaterThan(0);
  expect(findings.wrongWallets.length).toBeGreaterThan(0);
}, 220_000);

test('and it is its death that gives it away: the same one, left alive, is not accused', async () => {
  const { dues, told } = await ordeal({ roles: 'web', payments: 100, perSecond: 200, program, killForMs: 0 });
  expect(await inspect(ctx, dues, told)).toEqual(nothing);
}, 60_000);
