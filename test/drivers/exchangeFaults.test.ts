import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { ExchangeTrouble, TroubleKind } from '../../src/core/market/trouble.ts';
import type { AccountLogin } from '../../src/core/trading/exchange.ts';
import { openExchanges } from '../../src/drivers/exchanges/accounts.ts';
import type { VenueOptions } from '../../src/drivers/exchanges/venue.ts';
import { type FakeBinance, type Fault, startBinance } from '../support/binance.ts';
import { API_KEY, SECRET, spotTrade, trader } from '../support/binanceRows.ts';

let binance: FakeBinance;
beforeAll(async () => {
  binance = await startBinance();
});
afterAll(() => binance.close());
beforeEach(() => {
  binance.accounts.set(API_KEY, trader());
});
afterEach(() => {
  binance.asked.length = 0;
  binance.clock.aheadMs = 0;
  binance.clock.toldMs = null;
  binance.heal();
});

/** A clock that runs, and can be set forward. */
function movableClock() {
  let aheadMs = 0;
  return { now: () => new Date(Date.now() + aheadMs), forward: (ms: number) => (aheadMs += ms) };
}

const open = (over: Partial<VenueOptions> = {}) =>
  openExchanges({ baseUrls: { binance: binance.baseUrl }, clock: systemClock, backoffMs: 5, timeoutMs: 400, ...over });
const signal = () => AbortSignal.timeout(20_000);
const login = (over: Partial<AccountLogin> = {}): AccountLogin => ({
  accountId: 'exa_one',
  exchange: 'binance',
  endpoint: 'live',
  key: { apiKey: API_KEY, secret: SECRET },
  ...over,
});
const askedFor = (path: string) => binance.asked.filter((url) => url.pathname === path).length;
const ACCOUNT = '/api/v3/account';
const fault = (error: unknown) => error;

describe('what the exchange does instead of answering', () => {
  const cases: [Fault, TroubleKind, attempts: number][] = [
    ['error', 'unreachable', 3],
    ['cut', 'unreachable', 3],
    ['silent', 'slow', 3],
    ['html', 'malformed', 3],
    ['half', 'malformed', 3],
    ['maintenance', 'maintenance', 1],
    ['bannedForMinutes', 'banned', 1],
  ];

  test.each(cases)('%s is %s, and asked for %i times in all', async (what, kind, attempts) => {
    const exchanges = open();
    await exchanges.tickers('binance', 'live', signal());
    binance.fail(ACCOUNT, ...Array.from({ length: attempts }, () => what));
    await expect(exchanges.read(login(), signal())).rejects.toMatchObject({ name: 'ExchangeTrouble', kind });
    expect(askedFor(ACCOUNT)).toBe(attempts);
    if (kind !== 'banned') expect((await exchanges.read(login(), signal())).balances.length).toBe(3);
  });

  test('what passes is asked again and then read as if nothing had been', async () => {
    binance.fail(ACCOUNT, 'error', 'half');
    expect((await open().read(login(), signal())).balances.length).toBe(3);
    binance.fail('positionRisk', 'cut', 'html');
    expect((await open().read(login(), signal())).positions.length).toBe(1);
  });

  test('an answer of the wrong shape is malformed, and quoted by nobody', async () => {
    const now = Date.now() - 1000;
    const trades = Array.from({ length: 1000 }, () => spotTrade('no number', now));
    binance.accounts.set(
      API_KEY,
      trader({ trades, balances: [{ asset: 'BTC', free: 'a lot', locked: 'x' }], funding: [] }),
    );
    const asked = open().fills(login(), { since: new Date(now - 1000), symbols: ['BTC/USDT'] }, signal());
    await expect(asked).rejects.toMatchObject({ kind: 'malformed', message: 'binance: malformed' });
    await expect(open().read(login(), signal())).rejects.toMatchObject({ kind: 'malformed' });
  });

  test('a short limit is waited out, on behalf of every account, and a long one is told at once', async () => {
    const exchanges = open();
    await exchanges.tickers('binance', 'live', signal());
    binance.fail(ACCOUNT, 'limited');
    const began = performance.now();
    await exchanges.read(login(), signal());
    expect(performance.now() - began).toBeGreaterThan(950);
    binance.fail(ACCOUNT, 'bannedForMinutes');
    await expect(exchanges.read(login(), signal())).rejects.toMatchObject({ kind: 'banned', retryAfterMs: 600_000 });
    const asked = binance.asked.length;
    const other = login({ accountId: 'exa_other' });
    const trouble = await exchanges.read(other, signal()).catch(fault);
    expect(trouble).toMatchObject({ kind: 'banned' });
    expect((trouble as ExchangeTrouble).retryAfterMs).toBeGreaterThan(590_000);
    await expect(exchanges.tickers('binance', 'live', signal())).rejects.toMatchObject({ kind: 'banned' });
    expect(binance.asked.length).toBe(asked);
  });

  test('a ban is over when its time is', async () => {
    const clock = movableClock();
    const exchanges = open({ clock });
    binance.fail(ACCOUNT, 'bannedForMinutes');
    await expect(exchanges.read(login(), signal())).rejects.toMatchObject({ kind: 'banned' });
    clock.forward(601_000);
    binance.clock.aheadMs = 601_000;
    expect((await exchanges.read(login(), signal())).balances.length).toBe(3);
  });

  test('a call ends with its signal, whatever it is waiting for', async () => {
    const exchanges = open({ timeoutMs: 10_000, backoffMs: 60_000 });
    await exchanges.tickers('binance', 'live', signal());
    for (const what of ['silent', 'error'] as const) {
      binance.fail(ACCOUNT, what);
      const began = performance.now();
      const reading = exchanges.read(login(), AbortSignal.timeout(200));
      await expect(reading).rejects.toMatchObject({ name: 'TimeoutError' });
      expect(performance.now() - began).toBeLessThan(2000);
    }
    await expect(exchanges.read(login(), AbortSignal.abort(new Error('closing')))).rejects.toThrow('closing');
  });
});

describe('markets', () => {
  test('that could not be loaded are loaded at the next call, and only once for everybody who waits', async () => {
    const exchanges = open();
    binance.fail('/api/v3/exchangeInfo', 'error', 'error', 'error');
    await expect(exchanges.read(login(), signal())).rejects.toMatchObject({ kind: 'unreachable' });
    binance.asked.length = 0;
    const logins = ['a', 'b', 'c'].map((accountId) => login({ accountId }));
    await Promise.all(logins.map((each) => exchanges.read(each, signal())));
    expect(askedFor('/api/v3/exchangeInfo')).toBe(1);
    expect(askedFor('/api/v3/time')).toBeLessThanOrEqual(1);
  });

  test('are loaded to the end although the first who waited gave up', async () => {
    const exchanges = open();
    binance.fail('exchangeInfo', 'silent');
    await expect(exchanges.read(login(), AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await exchanges.read(login(), signal())).balances.length).toBe(3);
  });

  test('that were delisted have no executions to tell of, and the others are told', async () => {
    const now = Date.now() - 1000;
    binance.accounts.set(API_KEY, trader({ trades: [spotTrade(5, now)] }));
    const exchanges = open();
    await exchanges.tickers('binance', 'live', signal());
    const symbols = ['NEVER/USDT', 'OLD/USDT', 'BTC/USDT'];
    const fills = await exchanges.fills(login(), { since: new Date(now - 1000), symbols }, signal());
    expect(fills.map(({ id }) => id)).toEqual(['5']);
  });
});

describe('the clock', () => {
  test.each([90_000, -90_000])(
    'of an exchange that is %i ms ahead of ours is signed with, and told',
    async (aheadMs) => {
      binance.clock.aheadMs = aheadMs;
      const rights = await open().rights(login(), signal());
      expect(Math.abs(rights.clockOffsetMs - aheadMs)).toBeLessThan(500);
    },
  );

  test('that jumps is measured again once, and the question asked again', async () => {
    const exchanges = open();
    await exchanges.read(login(), signal());
    binance.clock.aheadMs = 3_600_000;
    binance.asked.length = 0;
    expect((await exchanges.read(login(), signal())).balances.length).toBe(3);
    expect(askedFor('/api/v3/time')).toBe(1);
  });

  test('that stays wrong is a trouble of its own', async () => {
    const exchanges = open();
    await exchanges.read(login(), signal());
    binance.clock.aheadMs = 3_600_000;
    binance.clock.toldMs = 0;
    await expect(exchanges.read(login(), signal())).rejects.toMatchObject({ kind: 'clock' });
    expect(askedFor(ACCOUNT)).toBe(3); // the good one, the refused one, and one more with the clock measured anew
  });
});

describe('keys', () => {
  const kindOf = (exchanges: ReturnType<typeof open>, key: AccountLogin['key'], accountId = 'exa_key') =>
    exchanges.read(login({ key, accountId }), signal()).catch((error: ExchangeTrouble) => error.kind);

  test('that are wrong are told apart as far as the exchange tells them apart', async () => {
    const exchanges = open();
    expect(await kindOf(exchanges, { apiKey: API_KEY, secret: `${SECRET}x` }, 'a')).toBe('key_invalid');
    expect(await kindOf(exchanges, { apiKey: 'unknown', secret: SECRET }, 'b')).toBe('key_refused');
  });

  test.each([
    ['', SECRET],
    [API_KEY, ''],
    [`${API_KEY}\r\nx-evil: 1`, SECRET],
    ['กุญแจ', SECRET],
    [` ${API_KEY}`, SECRET],
  ])('that no exchange gives out are sent nowhere', async (apiKey, secret) => {
    const exchanges = open();
    expect(await kindOf(exchanges, { apiKey, secret })).toBe('key_invalid');
    expect(await kindOf(exchanges, null)).toBe('key_invalid');
    expect(binance.asked).toEqual([]);
  });

  test('that are revoked after they worked are told as refused, not as a rate limit', async () => {
    const exchanges = open();
    await exchanges.read(login(), signal());
    const account = trader({ isRevoked: true });
    binance.accounts.set(API_KEY, account);
    await expect(exchanges.read(login(), signal())).rejects.toMatchObject({ kind: 'key_refused', isOfKey: true });
    account.isRevoked = false;
    expect((await exchanges.read(login(), signal())).balances.length).toBe(3);
  });

  test('that are revoked never read as "nothing happened"', async () => {
    const exchanges = open();
    await exchanges.read(login(), signal());
    binance.accounts.set(API_KEY, trader({ isRevoked: true }));
    const since = new Date(Date.now() - 1000);
    for (const symbols of [['BTC/USDT'], ['BTC/USDT:USDT']])
      await expect(exchanges.fills(login(), { since, symbols }, signal())).rejects.toMatchObject({
        kind: 'key_refused',
      });
    await expect(exchanges.moves(login({ accountId: 'exa_2' }), { since }, signal())).rejects.toMatchObject({
      kind: 'key_refused',
    });
    binance.accounts.set(API_KEY, trader({ futures: null }));
    const other = login({ accountId: 'exa_3' });
    expect(await exchanges.fills(other, { since, symbols: ['BTC/USDT:USDT'] }, signal())).toEqual([]);
  });

  test('that may not read are told as lacking a permission', async () => {
    const account = trader();
    account.restrictions.enableReading = false;
    binance.accounts.set(API_KEY, account);
    await expect(open().rights(login(), signal())).rejects.toMatchObject({ kind: 'permission' });
  });
});

describe('the breaker', () => {
  test('of an account opens after three refusals of its key; a new key closes it, and others never notice', async () => {
    const exchanges = open();
    const bad = login({ accountId: 'exa_bad', key: { apiKey: 'gone', secret: SECRET } });
    for (let i = 0; i < 3; i++)
      await expect(exchanges.read(bad, signal())).rejects.toMatchObject({ kind: 'key_refused' });
    binance.asked.length = 0;
    const trouble = await exchanges.read(bad, signal()).catch(fault);
    expect(trouble).toMatchObject({ kind: 'key_refused' });
    expect((trouble as ExchangeTrouble).retryAfterMs).toBeGreaterThan(25_000);
    expect(binance.asked).toEqual([]);
    expect((await exchanges.read(login(), signal())).balances.length).toBe(3);
    expect((await exchanges.read({ ...bad, key: login().key }, signal())).balances.length).toBe(3);
  });

  test('of an exchange opens after eight failures, lets one attempt through when its time is over, and closes', async () => {
    const clock = movableClock();
    const exchanges = open({ clock });
    await exchanges.read(login(), signal());
    binance.fail(ACCOUNT, ...Array.from({ length: 9 }, () => 'maintenance' as const));
    const read = (n: number) => exchanges.read(login({ accountId: `exa_${n}` }), signal());
    for (let i = 0; i < 8; i++) await expect(read(i)).rejects.toMatchObject({ kind: 'maintenance' });
    binance.asked.length = 0;
    await expect(read(20)).rejects.toMatchObject({ kind: 'maintenance' });
    expect(binance.asked).toEqual([]);
    clock.forward(31_000);
    binance.clock.aheadMs = 31_000;
    // The ninth failure: one of those who come is let through, and it stays open twice as long.
    const both = await Promise.allSettled([read(21), read(22)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(askedFor(ACCOUNT)).toBe(1);
    clock.forward(31_000);
    binance.clock.aheadMs = 62_000;
    await expect(read(23)).rejects.toMatchObject({ kind: 'maintenance' });
    clock.forward(30_000);
    binance.clock.aheadMs = 92_000;
    expect((await read(24)).balances.length).toBe(3);
    await Promise.all([read(25), read(26)]);
  });

  test('does not count a caller that gave up', async () => {
    const exchanges = open({ timeoutMs: 10_000 });
    await exchanges.read(login(), signal());
    binance.fail(ACCOUNT, ...Array.from({ length: 10 }, () => 'silent' as const));
    for (let i = 0; i < 10; i++)
      await expect(exchanges.read(login(), AbortSignal.timeout(20))).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await exchanges.read(login(), signal())).balances.length).toBe(3);
  });
});
