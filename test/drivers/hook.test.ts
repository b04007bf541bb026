import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hookGateway, signature, signedHeaders } from '../../src/drivers/gateways/hook.ts';

const SECRET = 'whsec-of-a-driver';
const now = new Date('2026-11-21T05:00:00.500Z');
const payee = { kind: 'phone', id: '0812345678' } as const;
const gateway = hookGateway({ payee, secrets: [SECRET] });
const charge = { reference: 'TU7KQ2M9XAB4', amountSatang: 500_00n, expiresAt: now };

const event = {
  event_id: 'evt_1',
  charge_id: 'chg_1',
  reference_id: 'TU7KQ2M9XAB4',
  status: 'SUCCESS',
  amount: '1000.00',
  currency: 'THB',
  paid_at: '2026-11-21T12:00:00+07:00',
};
const ask = (text: string, headers: Record<string, string>) =>
  gateway.authenticate({ headers: new Headers(headers), rawBody: Buffer.from(text), now });

test('a signature is HMAC-SHA256 over the timestamp, a point and the raw body', () => {
  const expected = createHmac('sha256', 'k').update('1700000000.{"a":1}').digest('hex');
  expect(signature('k', '1700000000', '{"a":1}')).toBe(expected);
  expect(signature('k', '1700000000', Buffer.from('{"a":1}'))).toBe(expected);
});

test('a signed event is read into our words', () => {
  const text = JSON.stringify(event);
  expect(ask(text, signedHeaders(SECRET, now, text))).toEqual({
    ok: true,
    trust: 'signed',
    event: {
      eventId: 'evt_1',
      chargeId: 'chg_1',
      reference: 'TU7KQ2M9XAB4',
      status: 'paid',
      amountSatang: 1000_00n,
      paidAt: new Date('2026-11-21T05:00:00Z'),
    },
  });
});

test.each([
  ['SUCCESS', 'paid'],
  ['FAILED', 'failed'],
  ['EXPIRED', 'expired'],
  ['REFUNDED', 'refunded'],
])('%s means %s', (status, ours) => {
  const text = JSON.stringify({ ...event, status });
  expect(ask(text, signedHeaders(SECRET, now, text))).toMatchObject({ ok: true, event: { status: ours } });
});

describe('hostile input', () => {
  const header = fc.oneof(fc.stringMatching(/^[\x20-\x7e]{0,200}$/), fc.constantFrom('v1=', 'v1=,', ',,,', 'v1=0'));
  test('without the secret never gets in and never makes us throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), header, header, (rawBody, timestamp, sign) => {
        const headers = new Headers({ 'x-webhook-timestamp': timestamp, 'x-webhook-signature': sign });
        expect(gateway.authenticate({ headers, rawBody, now }).ok).toBe(false);
      }),
    );
  });

  test('with the secret is read or refused, and never makes us throw', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('1.00', 'THB', 'SUCCESS', '2026-11-21T05:00:00Z', 'x'));
    const body = fc.record(Object.fromEntries(Object.keys(event).map((k) => [k, value])), { requiredKeys: [] });
    fc.assert(
      fc.property(fc.oneof(body, fc.jsonValue()), (json) => {
        const text = JSON.stringify({ ...event, ...(json as object) });
        const read = ask(text, signedHeaders(SECRET, now, text));
        if (read.ok) expect(read.event.amountSatang > 0n).toBe(true);
        else expect(['malformed', 'invalid']).toContain(read.reason);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a charge', () => {
  test('is a QR of our own, for exactly the amount', async () => {
    const made = await gateway.createCharge(charge, AbortSignal.timeout(1000));
    expect(made).toMatchObject({ chargeId: null, expiresAt: null });
    expect('payload' in made.qr && made.qr.payload).toMatch(/^000201.*5406500\.00.*6304[0-9A-F]{4}$/);
  });

  test('carries the reference where a biller is paid', async () => {
    const biller = hookGateway({ payee: { kind: 'biller', id: '099400016550100' }, secrets: [] });
    const { qr } = await biller.createCharge(charge, AbortSignal.timeout(1000));
    expect('payload' in qr && qr.payload).toContain('0212TU7KQ2M9XAB4');
  });

  test('without anybody to pay is refused: gateway.unavailable', async () => {
    const none = hookGateway({ payee: null, secrets: [SECRET] });
    await expect(none.createCharge(charge, AbortSignal.timeout(1000))).rejects.toMatchObject({
      code: 'gateway.unavailable',
    });
  });
});
