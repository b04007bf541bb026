import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { health, type Part } from '../../src/api/health.ts';
import { paymentHook } from '../../src/api/paymentHook.ts';
import { sandboxBank } from '../../src/api/sandbox/bank.ts';
import { gather, type HttpServer, serve } from '../../src/api/server.ts';
import { connect } from '../../src/core/db.ts';
import type { Topup } from '../../src/core/money/topup.ts';
import { sandboxSender } from '../../src/drivers/gateways/sandbox.ts';
import { expectClean, job, newTopup, record, stateOf, walletOf } from '../support/money.ts';
import { createWorld, paid, WEBHOOK_SECRET, type World } from '../support/world.ts';

let world: World;
let server: HttpServer;
let top: Topup;
const parts: Part[] = [{ name: 'telegram', needed: false, status: () => 'failing' }];

beforeAll(async () => {
  world = await createWorld();
  world.clock.set(new Date()); // the bank signs with the time of the real clock
  const ctx = world.ctx(job);
  const send = sandboxSender({ url: () => base(), secret: WEBHOOK_SECRET });
  const guarded = sandboxBank(ctx, { send, guards: [] });
  server = await serve(gather(ctx, [health(ctx, parts), paymentHook(ctx, () => {}), guarded]), {
    host: '127.0.0.1',
    port: 0,
  });
});
beforeEach(async () => {
  top = await newTopup(world, (await world.person()).userId);
});
afterAll(async () => {
  await expectClean(world);
  await server.stop(1000);
  await world.close();
});

const base = () => `http://127.0.0.1:${server.port}`;
const page = async (query = '') => (await fetch(`${base()}/sandbox/bank${query}`)).text();
const press = (action: string, id: string = top.id) =>
  fetch(`${base()}/sandbox/bank?lang=en`, {
    method: 'POST',
    body: new URLSearchParams({ press: `${action}:${id}` }),
    redirect: 'manual',
  });

describe('the sandbox bank', () => {
  test.each([
    ['pay', 'settled', 500_00n],
    ['less', 'review', 0n],
    ['more', 'settled overpaid', 501_00n],
    ['twice', 'settled', 500_00n],
    ['late', 'settled late', 500_00n],
    ['fail', 'failed', 0n],
  ])('"%s" sends a webhook that leaves the top-up %s', async (action, state, walletSatang) => {
    const answered = await press(action);
    expect([answered.status, answered.headers.get('location')]).toEqual([
      303,
      `/sandbox/bank?lang=en&answered=200${action === 'twice' ? ' 200' : ''}`,
    ]);
    expect(await stateOf(world, top.id)).toBe(state);
    expect(await walletOf(world, top.userId)).toBe(walletSatang);
  });

  test('"refund" sends back what was paid, once', async () => {
    await press('pay');
    expect((await press('refund')).status).toBe(303);
    expect(await stateOf(world, top.id)).toBe('settled refunded');
    expect((await press('refund')).status).toBe(409);
  });

  test('"stray" lands in suspense and is shown', async () => {
    await press('stray', '-');
    expect(await page('?lang=en')).toContain('unknown_reference');
  });

  test('a press of something else, or for a top-up that is not there, is refused', async () => {
    expect((await press('rob')).status).toBe(409);
    expect((await press('pay', 'top_none')).status).toBe(404);
    expect((await press('')).status).toBe(409);
    const large = await fetch(`${base()}/sandbox/bank`, { method: 'POST', body: 'x'.repeat(5000) });
    expect(large.status).toBe(413);
  });

  test('is shown in both languages, allows no script, and escapes what strangers wrote', async () => {
    await record(world, paid('<script>alert(1)</script>', 1_00n));
    const response = await fetch(`${base()}/sandbox/bank?lang=en&answered=<b>200`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await response.text();
    expect(text).toContain('&lt;script&gt;');
    expect(text).not.toMatch(/<script|<b>200/);
    expect(await page('?lang=th')).toContain('ธนาคารทดลอง');
    expect((await fetch(`${base()}/sandbox/bank.css`)).headers.get('content-type')).toContain('text/css');
  });
});

describe('health', () => {
  test('is 200 while what is needed is there, and names the rest', async () => {
    const response = await fetch(`${base()}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: 'ok',
      missing: [],
      parts: { database: 'connected', telegram: 'failing' },
    });
  });

  test('is 503 with what is missing while a needed part or the database is not there', async () => {
    const away = connect('postgres://nobody@127.0.0.1:1/none');
    const app = gather(world.ctx(job), [
      health({ ...world.ctx(job), db: away.db }, [{ name: 'jobs', needed: true, status: () => 'starting' }]),
    ]);
    const response = await app.request('/health');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 'unavailable', missing: ['database', 'jobs'] });
    await away.close();
  });
});

test('an unknown address is 404 in words, and a bug in a route is 500 with a reference and nothing else', async () => {
  const missing = await fetch(`${base()}/nothing`, { headers: { 'accept-language': 'th' } });
  expect([missing.status, await missing.json()]).toEqual([
    404,
    { error: { code: 'http.missing', message: 'ไม่มีอะไรอยู่ที่ที่อยู่นี้ กรุณาตรวจสอบเส้นทาง', details: {} } },
  ]);
  const app = gather(world.ctx(job), []);
  app.get('/bug', () => {
    throw new Error('password=hunter2');
  });
  const bug = await app.request('/bug');
  const text = await bug.text();
  expect(bug.status).toBe(500);
  expect(text).not.toContain('hunter2');
  expect(JSON.parse(text).error).toMatchObject({ code: 'unexpected', details: { reference: expect.any(String) } });
});

test('stopping waits for running requests and takes no new ones', async () => {
  const app = gather(world.ctx(job), []);
  app.get('/slow', async (c) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return c.text('done');
  });
  const other = await serve(app, { host: '127.0.0.1', port: 0 });
  const running = fetch(`http://127.0.0.1:${other.port}/slow`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const stopping = other.stop(5000);
  expect(await (await running).text()).toBe('done');
  await stopping;
  await expect(fetch(`http://127.0.0.1:${other.port}/slow`)).rejects.toThrow();
});
