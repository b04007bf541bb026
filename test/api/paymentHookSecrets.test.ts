import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../../src/core/clock.ts';
import type { Topup } from '../../src/core/money/topup.ts';
import { hookGateway, signature } from '../../src/drivers/gateways/hook.ts';
import { expectClean, footprint, job, newTopup, stateOf, walletOf } from '../support/money.ts';
import { eventBody, type Hook, startHook } from '../support/webhook.ts';
import { createWorld, PAYEE, WEBHOOK_SECRET, type World, webhook } from '../support/world.ts';

let world: World;
let hook: Hook;
let userId: Topup['userId'];
let top: Topup;
let before: Awaited<ReturnType<typeof footprint>>;

beforeAll(async () => {
  world = await createWorld();
  hook = await startHook(world);
  userId = (await world.person()).userId;
  top = await newTopup(world, userId);
  before = await footprint(world);
});
beforeEach(() => world.clock.pass(minutes(2)));
afterAll(async () => {
  expect(world.log.lines.join('\n')).not.toMatch(/"stack"|\n\s+at /);
  await expectClean(world);
  await hook.close();
  await world.close();
});

async function expectNothingMoved() {
  expect(await footprint(world)).toEqual(before);
  expect(await walletOf(world, userId)).toBe(0n);
  expect(await stateOf(world, top.id)).toBe('pending');
}

const nowSeconds = () => Math.floor(world.clock.now().getTime() / 1000);
const headersFor = (text: string, more: { at?: string; signature?: string } = {}) => {
  const at = more.at ?? String(nowSeconds());
  return {
    'x-webhook-timestamp': at,
    'x-webhook-signature': more.signature ?? `v1=${signature(WEBHOOK_SECRET, at, text)}`,
  };
};

describe('secrets', () => {
  test('none configured: 503 and a word about it; the check is never skipped', async () => {
    const open = hookGateway({ payee: PAYEE, secrets: [] });
    const other = await startHook(world, {
      ...world.ctx(job),
      gateways: { current: open, byProvider: () => open },
    });
    const answered = await other.send(eventBody(top.reference, 500_00n));
    expect([answered.status, answered.said]).toEqual([503, 'webhook.unconfigured']);
    expect(answered.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answered.body).toContain('PROMPTPAY_WEBHOOK_SECRET');
    const empty = await other.send(eventBody(top.reference, 500_00n), '');
    expect(empty.status).toBe(503);
    await other.close();
    await expectNothingMoved();
  });

  test('no such gateway: 503 as well', async () => {
    const other = await startHook(world, {
      ...world.ctx(job),
      gateways: { current: world.gateway, byProvider: () => undefined },
    });
    expect((await other.send(eventBody(top.reference, 500_00n))).said).toBe('webhook.unconfigured');
    await other.close();
    await expectNothingMoved();
  });
});

describe('accepted after all', () => {
  // A person of its own for each: the top-up above must stay as it is.
  const fresh = async () => {
    const person = await world.person();
    return { userId: person.userId, top: await newTopup(world, person.userId) };
  };
  afterAll(async () => {
    before = await footprint(world);
  });

  test('two signatures of which one is right', async () => {
    const one = await fresh();
    const text = JSON.stringify(eventBody(one.top.reference, 500_00n));
    const right = headersFor(text)['x-webhook-signature'];
    const headers = headersFor(text, { signature: `v1=${'0'.repeat(64)}, ${right}` });
    expect((await hook.post(text, headers)).said).toBe('credited');
    expect((await hook.post(text, headersFor(text, { signature: `${right},v2=else` }))).said).toBe('repeat');
    expect(await walletOf(world, one.userId)).toBe(500_00n);
  });

  test('the previous secret while both are configured, and no longer after that', async () => {
    const one = await fresh();
    const both = hookGateway({ payee: PAYEE, secrets: ['the-new-secret', WEBHOOK_SECRET] });
    const overlap = await startHook(world, { ...world.ctx(job), gateways: { current: both, byProvider: () => both } });
    expect((await overlap.send(eventBody(one.top.reference, 500_00n))).said).toBe('credited');
    await overlap.close();
    expect(await walletOf(world, one.userId)).toBe(500_00n);
    const only = hookGateway({ payee: PAYEE, secrets: ['the-new-secret'] });
    const after = await startHook(world, { ...world.ctx(job), gateways: { current: only, byProvider: () => only } });
    expect((await after.send(eventBody(one.top.reference, 500_00n))).status).toBe(401);
    await after.close();
  });

  test.each([-300, 300])('a timestamp %i s away', async (offset) => {
    const one = await fresh();
    const text = JSON.stringify(eventBody(one.top.reference, 500_00n));
    const at = String(nowSeconds() + offset);
    expect((await hook.post(text, headersFor(text, { at }))).status).toBe(200);
  });

  test('a body with a byte order mark, fields we do not know and no moment of payment', async () => {
    const one = await fresh();
    const text = `\ufeff${JSON.stringify(eventBody(one.top.reference, 500_00n, { paid_at: null, extra: { a: [1] } }))}`;
    expect((await hook.post(text, webhookHeaders(text))).said).toBe('credited');
  });

  const webhookHeaders = (text: string) => headersFor(text);

  test('nothing of the secret or the signatures is in an answer or in the log', async () => {
    const signed = webhook(world.clock.now(), eventBody(top.reference, 1_00n), 'wrong-secret');
    const answered = await hook.post(signed.body, signed.headers);
    const seen = answered.body + world.log.lines.join('\n');
    expect(seen).not.toContain(WEBHOOK_SECRET);
    expect(seen).not.toMatch(/[0-9a-f]{64}/);
  });
});
