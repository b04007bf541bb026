import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditEntry } from '../../src/core/audit.ts';
import { minutes } from '../../src/core/clock.ts';
import type { Topup } from '../../src/core/money/topup.ts';
import { signature } from '../../src/drivers/gateways/hook.ts';
import { expectClean, footprint, job, newTopup, stateOf, walletOf } from '../support/money.ts';
import { eventBody, type Hook, startHook } from '../support/webhook.ts';
import { createWorld, WEBHOOK_SECRET, type World } from '../support/world.ts';

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

const body = () => JSON.stringify(eventBody(top.reference, 500_00n));
const nowSeconds = () => Math.floor(world.clock.now().getTime() / 1000);
const headersFor = (text: string, more: { at?: string; signature?: string } = {}) => {
  const at = more.at ?? String(nowSeconds());
  return {
    'x-webhook-timestamp': at,
    'x-webhook-signature': more.signature ?? `v1=${signature(WEBHOOK_SECRET, at, text)}`,
  };
};

describe('a signature', () => {
  test('that is missing is refused', async () => {
    const answered = await hook.post(body(), { 'x-webhook-timestamp': String(nowSeconds()) });
    expect([answered.status, answered.said]).toEqual([401, 'webhook.unsigned']);
    await expectNothingMoved();
  });

  test.each<[string, (right: string) => string]>([
    ['of another secret', (_) => `v1=${signature('some-other-secret', String(nowSeconds()), body())}`],
    ['one digit too short', (right) => `v1=${right.slice(0, -1)}`],
    ['one digit too long', (right) => `v1=${right}0`],
    ['not hex', (right) => `v1=z${right.slice(1)}`],
    ['in capital letters', (right) => `v1=${right.toUpperCase()}`],
    ['of another scheme', (right) => `v0=${right}`],
    ['without its scheme', (right) => right],
    ['of commas alone', () => ', ,,'],
    ['behind ten wrong ones', (right) => [...Array<string>(10).fill(`v1=${'0'.repeat(64)}`), `v1=${right}`].join(',')],
  ])('%s is refused', async (_, make) => {
    const text = body();
    const right = signature(WEBHOOK_SECRET, String(nowSeconds()), text);
    const answered = await hook.post(text, headersFor(text, { signature: make(right) }));
    expect(answered.status).toBe(401);
    expect(['webhook.signature', 'webhook.unsigned']).toContain(answered.said);
    await expectNothingMoved();
  });

  test('over the same JSON in other whitespace is refused', async () => {
    const text = body();
    const answered = await hook.post(text.replaceAll(',', ', '), headersFor(text));
    expect([answered.status, answered.said]).toEqual([401, 'webhook.signature']);
    await expectNothingMoved();
  });

  test('over another timestamp than the one sent is refused', async () => {
    const text = body();
    const headers = { ...headersFor(text), 'x-webhook-timestamp': String(nowSeconds() - 1) };
    expect((await hook.post(text, headers)).status).toBe(401);
    await expectNothingMoved();
  });

  test('that is wrong is audited once a minute, with a count, and not once a request', async () => {
    const refused = () =>
      world
        .ctx(job)
        .db.select()
        .from(auditEntry)
        .where(and(eq(auditEntry.action, 'webhook.refused'), eq(auditEntry.subject, 'webhook:promptpay')));
    const send = () => hook.post(body(), headersFor('something else'));
    await send();
    const { length } = await refused();
    for (let n = 0; n < 10; n++) await send();
    expect(await refused()).toHaveLength(length);
    world.clock.pass(minutes(1));
    await send();
    const rows = await refused();
    expect(rows).toHaveLength(length + 1);
    expect(rows.at(-1)?.detail).toEqual({ reason: 'bad-signature', count: 11 });
    expect(rows.at(-1)?.actor).toBe('gateway:hook');
  });
});

describe('a timestamp', () => {
  test.each<[string, (now: number) => string]>([
    ['301 s old', (now) => String(now - 301)],
    ['301 s ahead', (now) => String(now + 301)],
    ['in milliseconds', (now) => String(now * 1000)],
    ['that is no number', () => 'yesterday'],
    ['with a fraction', (now) => `${now}.5`],
    ['in an exponent', (now) => `${now / 1e9}e9`],
    ['that is negative', (now) => `-${now}`],
    ['in hexadecimal', (now) => `0x${now.toString(16)}`],
  ])('%s is refused though its signature is right', async (_, at) => {
    const text = body();
    const answered = await hook.post(text, headersFor(text, { at: at(nowSeconds()) }));
    expect([answered.status, answered.said]).toEqual([401, 'webhook.stale']);
    await expectNothingMoved();
  });

  test('that is missing is refused', async () => {
    const text = body();
    const { 'x-webhook-signature': given } = headersFor(text);
    const answered = await hook.post(text, { 'x-webhook-signature': given });
    expect([answered.status, answered.said]).toEqual([401, 'webhook.stale']);
    await expectNothingMoved();
  });
});

describe('a signed body', () => {
  test.each<[string, string | Uint8Array]>([
    ['that is no JSON', 'paid=500'],
    ['that is empty', ''],
    ['that is cut off', '{"event_id":"evt_1","charge_id":"chg'],
    ['that is not UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    [
      'with a lone continuation byte',
      Buffer.concat([Buffer.from('{"event_id":"'), Buffer.of(0x80), Buffer.from('"}')]),
    ],
  ])('%s is malformed', async (_, raw) => {
    const at = String(nowSeconds());
    const headers = { 'x-webhook-timestamp': at, 'x-webhook-signature': `v1=${signature(WEBHOOK_SECRET, at, raw)}` };
    const answered = await hook.post(raw, headers);
    expect([answered.status, answered.said]).toEqual([400, 'webhook.malformed']);
    await expectNothingMoved();
  });

  test.each<[string, unknown]>([
    ['a JSON number', 500],
    ['a JSON float', 500.5],
    ['negative', '-500.00'],
    ['zero', '0.00'],
    ['over 2^53 satang', '90071992547409.93'],
    ['without decimals', '500'],
    ['with one decimal', '500.5'],
    ['with three decimals', '500.005'],
    ['with commas', '1,500.00'],
    ['with an exponent', '5e2'],
    ['in Thai digits', '๕๐๐.๐๐'],
    ['with a space', ' 500.00'],
    ['with a line end', '500.00\n'],
    ['null', null],
    ['a list', ['500.00']],
    ['Infinity', 'Infinity'],
  ])('with an amount that is %s is refused', async (_, amount) => {
    const answered = await hook.send(eventBody(top.reference, 500_00n, { amount }));
    expect([answered.status, answered.said]).toEqual([422, 'webhook.invalid']);
    expect(JSON.parse(answered.body).error.details).toEqual({ field: 'amount' });
    await expectNothingMoved();
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['no amount', { amount: undefined }, 'amount'],
    ['another currency', { currency: 'USD' }, 'currency'],
    ['no currency', { currency: undefined }, 'currency'],
    ['a status of its own', { status: 'PAID' }, 'status'],
    ['no charge', { charge_id: undefined }, 'charge_id'],
    ['an empty charge', { charge_id: '' }, 'charge_id'],
    ['a charge with a line end', { charge_id: 'a\nb' }, 'charge_id'],
    ['a number for an event', { event_id: 17 }, 'event_id'],
    ['an endless event id', { event_id: 'e'.repeat(121) }, 'event_id'],
    ['no reference', { reference_id: undefined }, 'reference_id'],
    ['a day for a moment', { paid_at: '2026-11-21' }, 'paid_at'],
    ['no moment at all', { paid_at: 'yesterday' }, 'paid_at'],
    ['a moment in the year 0', { paid_at: '0000-01-01T00:00:00Z' }, 'paid_at'],
    ['a moment in the year 10000', { paid_at: '9999-12-31T23:59:59-23:59' }, 'paid_at'],
  ])('with %s is refused and the field named', async (_, more, field) => {
    const answered = await hook.send(eventBody(top.reference, 500_00n, more));
    expect([answered.status, answered.said]).toEqual([422, 'webhook.invalid']);
    expect(JSON.parse(answered.body).error.details).toEqual({ field });
    await expectNothingMoved();
  });

  test.each(['null', '[]', '"SUCCESS"', '17', 'true'])('that is %s is refused', async (text) => {
    expect((await hook.post(text, headersFor(text))).status).toBe(422);
    await expectNothingMoved();
  });
});

describe('a refusal', () => {
  test('is said in the language asked for, and in English to a program that asks for none', async () => {
    const say = async (headers: Record<string, string>) =>
      JSON.parse((await hook.post(body(), headers)).body).error.message;
    expect(await say({})).toBe('The request has no signature. Send X-Webhook-Timestamp and X-Webhook-Signature.');
    expect(await say({ 'accept-language': 'th-TH,th;q=0.9' })).toContain('ลายเซ็น');
  });

  test('is never a redirect, whatever the address looks like', async () => {
    for (const path of ['/payment/webhook/promptpay/', '/payment/webhook', '/payment//webhook/promptpay']) {
      const response = await fetch(`http://127.0.0.1:${hook.port}${path}`, { method: 'POST', redirect: 'manual' });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: 'http.missing' } });
    }
  });
});
