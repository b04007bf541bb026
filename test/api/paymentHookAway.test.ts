import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Database } from '../../src/core/db.ts';
import { eventually } from '../support/eventually.ts';
import { expectClean, footprint, job, newTopup, stateOf, walletOf } from '../support/money.ts';
import { type TcpProxy, tcpProxy } from '../support/tcpProxy.ts';
import { eventBody, type Hook, startHook } from '../support/webhook.ts';
import { createWorld, WEBHOOK_SECRET, type World } from '../support/world.ts';

let world: World;
let proxy: TcpProxy;
let database: Database;
let hook: Hook;

beforeAll(async () => {
  world = await createWorld();
  proxy = await tcpProxy(world.url);
  database = connect(proxy.url);
  hook = await startHook(world, { ...world.ctx(job), db: database.db });
});
afterAll(async () => {
  await expectClean(world);
  await hook.close();
  await database.close();
  await proxy.cut();
  await world.close();
});

test('while the database is away a payment is answered 503 with Retry-After, and credited on a retry', async () => {
  const { userId } = await world.person();
  const top = await newTopup(world, userId);
  const body = eventBody(top.reference, 500_00n);
  const before = await footprint(world);
  await proxy.cut();
  for (let n = 0; n < 3; n++) {
    const answered = await hook.send(body);
    expect([answered.status, answered.said]).toEqual([503, 'service.unavailable']);
    expect(Number(answered.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answered.body).not.toMatch(/postgres|ECONN|127\.0\.0\.1/i);
  }
  const refused = await hook.send(body, 'wrong secret');
  expect(refused.status).toBe(401); // who may speak does not depend on the database
  expect(await footprint(world)).toEqual(before);
  await proxy.mend();
  let answered = await hook.send(body);
  for (let n = 0; n < 20 && answered.status === 503; n++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    answered = await hook.send(body);
  }
  expect([answered.status, answered.said]).toEqual([200, 'credited']);
  expect(await walletOf(world, userId)).toBe(500_00n);
  expect(await stateOf(world, top.id)).toBe('settled');
  expect(world.log.lines.join('\n')).not.toContain(WEBHOOK_SECRET);
});

test('connections that are shot in the middle of payments end nothing but those requests, which are credited on a retry', async () => {
  const admin = postgres(world.url, { max: 1, onnotice: () => {}, connection: { application_name: 'admin' } });
  const people = await Promise.all(Array.from({ length: 5 }, () => world.person()));
  for (const { userId } of people) {
    const top = await newTopup(world, userId);
    const body = eventBody(top.reference, 500_00n);
    // Holding the charge stops the request inside its transaction.
    const [charge] = [`hook:${body.charge_id}`];
    await admin`select pg_advisory_lock(hashtextextended(${charge}, 0))`;
    const request = hook.send(body);
    await eventually(async () => {
      const shot = await admin`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%pg_advisory_xact_lock%'`;
      return shot.length > 0;
    });
    const answered = await request;
    expect([answered.status, answered.said]).toEqual([503, 'service.unavailable']);
    await admin`select pg_advisory_unlock_all()`;
    expect(await walletOf(world, userId)).toBe(0n);
    const again = await hook.send(body);
    expect([again.status, again.said]).toEqual([200, 'credited']);
    expect(await walletOf(world, userId)).toBe(500_00n);
  }
  await admin.end();
});
