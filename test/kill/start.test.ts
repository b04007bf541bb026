import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditContext } from '../../src/core/audit.ts';
import { systemClock } from '../../src/core/clock.ts';
import { isAlive } from '../drivers/child.ts';
import { firstOwner } from '../support/operators.ts';
import { listen } from '../support/stream.ts';
import { createWorld, WEBHOOK_SECRET } from '../support/world.ts';
import { freePort, isHealthy, processesUnder, type Service, startService } from './service.ts';
import { openTopups, send } from './storm.ts';

let folder: string;
let dataDir: string;
const services: Service[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abtpro-start-'));
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.end('SIGTERM')));
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function start(env: Record<string, string> = {}): Promise<Service> {
  const service = startService({ port: await freePort(), cwd: folder, env: { DATA_DIR: dataDir, ...env } });
  services.push(service);
  return service;
}

describe('with its own database', { timeout: 90_000 }, () => {
  test('SIGTERM ends it within ten seconds, in order, and leaves no process', async () => {
    const service = await start();
    await service.ready();
    const below = processesUnder(service.pid);
    expect(below.length).toBeGreaterThan(3);
    const { code, tookMs } = await service.end('SIGTERM');
    expect({ code, inTime: tookMs < 10_000 }).toEqual({ code: 0, inTime: true });
    expect([service.pid, ...below].filter(isAlive)).toEqual([]);
  });

  test('killed, it starts again on what its predecessor left behind, and ends all of it', async () => {
    const first = await start();
    await first.ready();
    const below = processesUnder(first.pid);
    await first.end('SIGKILL');
    const second = await start();
    await second.ready();
    expect(below.filter(isAlive)).toEqual([]);
    const its = processesUnder(second.pid);
    expect((await second.end('SIGTERM')).code).toBe(0);
    expect(its.filter(isAlive)).toEqual([]);
  });

  test('a second one in the same folder says so and ends with 75, and the first goes on', async () => {
    const first = await start();
    await first.ready();
    const second = await start();
    expect((await second.ended).code).toBe(75);
    expect(second.output()).toMatch(/already running with the data directory/);
    expect(second.output().trim().split('\n')).toHaveLength(1);
    expect(await isHealthy(first.url)).toBe(true);
  });
});

test('every mistake in the environment is one line, and it ends with 78', async () => {
  const service = await start({ PORT: '70000', ROLES: 'bot,cook', LOG_LEVEL: 'loud', TELEGRAM_BOT_TOKEN: 'my secret' });
  expect((await service.ended).code).toBe(78);
  const lines = service.output().trim().split('\n');
  expect(lines.map((line) => line.split(':')[0]).sort()).toEqual(['LOG_LEVEL', 'PORT', 'ROLES', 'TELEGRAM_BOT_TOKEN']);
  expect(service.output()).not.toContain('my secret');
});

test('a page that listens to live events does not hold up the end', async () => {
  const world = await createWorld();
  try {
    world.clock.set(new Date());
    const { token } = await firstOwner(world);
    const service = await start({ DATABASE_URL: world.url, ROLES: 'web' });
    await service.ready();
    const pages = await Promise.all([1, 2].map(() => listen(service.url, token)));
    expect(pages.map(({ response }) => response.status)).toEqual([200, 200]);
    const { code, tookMs } = await service.end('SIGTERM');
    expect({ code, atOnce: tookMs < 4_000 }).toEqual({ code: 0, atOnce: true }); // it would wait seven seconds for a request
    await Promise.all(pages.map(({ over }) => over));
  } finally {
    await world.close();
  }
}, 60_000);

test('split over three processes, a payment that reaches one is announced by another within a second', async () => {
  const world = await createWorld();
  const ctx: AuditContext = { ...world.ctx({ kind: 'job', name: 'test' }), clock: systemClock };
  const [due] = await openTopups(ctx, 1);
  if (!due) throw new Error('no top-up');
  const env = { DATABASE_URL: world.url, PROMPTPAY_WEBHOOK_SECRET: WEBHOOK_SECRET };
  const watcher = postgres(world.url, { max: 1, onnotice: () => {} });
  try {
    const [web] = await Promise.all(['web', 'bot', 'jobs'].map((ROLES) => start({ ...env, ROLES })));
    await Promise.all(services.map((service) => service.ready()));
    if (!web) throw new Error('no web');
    const told = await send(web.url, [{ due, eventId: 'event_1' }], { perSecond: 100, atOnce: 1, limitMs: 10_000 });
    const answeredMs = performance.now();
    expect(told.answers).toEqual({ 200: 1 });
    let messages: { body: unknown }[] = [];
    while (messages.length === 0 && performance.now() - answeredMs < 5000) {
      messages = await watcher<{ body: unknown }[]>`select body from local_message where author = 'bot'`;
      await sleep(10);
    }
    expect(messages).toHaveLength(1);
    expect(JSON.stringify(messages[0]?.body)).toContain(due.reference);
    expect(performance.now() - answeredMs).toBeLessThan(1000);
    const endings = await Promise.all(services.splice(0).map((service) => service.end('SIGTERM')));
    expect(endings.map(({ code }) => code)).toEqual([0, 0, 0]);
  } finally {
    await watcher.end();
    await Promise.all(services.splice(0).map((service) => service.end('SIGKILL')));
    await world.close();
  }
}, 60_000);
