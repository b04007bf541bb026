import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { AccountLogin } from '../../src/core/trading/exchange.ts';
import { openExchanges } from '../../src/drivers/exchanges/accounts.ts';
import { openBreaker } from '../../src/drivers/exchanges/breaker.ts';
import { openPace } from '../../src/drivers/exchanges/pace.ts';
import { openSeats } from '../../src/drivers/exchanges/seats.ts';
import { throughWindows } from '../../src/drivers/exchanges/windows.ts';
import { type FakeBinance, startBinance } from '../support/binance.ts';
import { SECRET, trader } from '../support/binanceRows.ts';

let binance: FakeBinance;
const ACCOUNTS = 1000;
beforeAll(async () => {
  binance = await startBinance();
  for (let n = 0; n < ACCOUNTS; n++) binance.accounts.set(`key${n}`, trader({ orders: [], futures: null }));
});
afterAll(() => binance.close());
afterEach(() => {
  binance.asked.length = 0;
});

const signal = () => AbortSignal.timeout(100_000);
const login = (n: number): AccountLogin => ({
  accountId: `exa_${n}`,
  exchange: 'binance',
  endpoint: 'testnet',
  key: { apiKey: `key${n}`, secret: SECRET },
});

test('a thousand accounts load the markets once, keep fifty clients, and no client keeps a key', async () => {
  const exchanges = openExchanges({ baseUrls: { binance: binance.baseUrl }, clock: systemClock, clients: 50 });
  const moves = (n: number) => exchanges.rights(login(n), signal());
  await Promise.all(Array.from({ length: 40 }, (_, n) => moves(n)));
  const heap = () => {
    global.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  for (let n = 40; n < 200; n += 20) await Promise.all(Array.from({ length: 20 }, (_, i) => moves(n + i)));
  expect(exchanges.held()).toEqual({ clients: 50, loads: 1 });
  expect(binance.asked.filter((url) => url.pathname === '/api/v3/exchangeInfo')).toHaveLength(1);
  expect(heap() - before).toBeLessThan(150 * 1024 * 1024);
  exchanges.forget('exa_199');
  expect(exchanges.held().clients).toBe(49);
}, 110_000);

const client = () => ({ apiKey: '', secret: '', password: '' });
type Client = ReturnType<typeof client>;

/** Seats over clients that are nothing but a place for a key. */
function seatsOf(limit: number) {
  const opened: Client[] = [];
  const seats = openSeats(limit, async () => {
    const made = client();
    opened.push(made);
    const breaker = openBreaker({
      exchange: 'x',
      clock: systemClock,
      failures: 1,
      openMs: 1,
      longestMs: 1,
      counts: [],
    });
    return { client: made as never, breaker }; // the seats only ever write these three fields
  });
  return { seats, opened };
}

test('a key is in a client for as long as somebody works with it, and in none afterwards', async () => {
  const { seats, opened } = seatsOf(3);
  let end = () => {};
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  const long = seats.use(login(1), () => held);
  await seats.use(login(1), async (seat) => expect(seat.client.apiKey).toBe('key1'));
  expect(opened[0]).toMatchObject({ apiKey: 'key1', secret: SECRET });
  seats.drop('exa_1');
  end();
  await long;
  await seats.use(login(2), async () => Promise.reject(new Error('no'))).catch(() => undefined);
  expect(opened.map(({ apiKey, secret, password }) => apiKey + secret + password)).toEqual(['', '']);
});

test('the place that was used longest ago goes first, and a new key gets a place of its own', async () => {
  const { seats, opened } = seatsOf(2);
  const sit = (n: number, over: Partial<AccountLogin> = {}) => seats.use({ ...login(n), ...over }, async () => {});
  for (const n of [1, 2, 1, 3, 1]) await sit(n);
  expect([seats.size(), opened.length]).toEqual([2, 3]);
  await sit(2);
  expect(opened.length).toBe(4);
  await sit(1, { key: { apiKey: 'new', secret: 'key' } });
  expect([seats.size(), opened.length]).toEqual([2, 5]);
});

test('a rate lets a burst through at once and then one after the other; who gives up gives the turn back', async () => {
  const pace = openPace(100);
  const began = performance.now();
  for (let i = 0; i < 5; i++) await pace.take(20, undefined);
  expect(performance.now() - began).toBeLessThan(60);
  await expect(pace.take(5000, AbortSignal.timeout(20))).rejects.toThrow();
  await Promise.all(Array.from({ length: 5 }, () => pace.take(20, undefined)));
  const took = performance.now() - began;
  expect(took).toBeGreaterThan(90);
  expect(took).toBeLessThan(2000);
});

test('windows find every row once it is asked for, whichever end an answer begins at', async () => {
  const rows = Array.from({ length: 1000 }, (_, i) => Math.floor(i * i * 0.7));
  for (const newestFirst of [true, false]) {
    const found = await throughWindows({
      fromMs: 0,
      toMs: 800_000,
      spanMs: 100_000,
      rows: 50,
      ask: async (from, to) => {
        const within = rows.filter((at) => at >= from && at <= to);
        return newestFirst ? within.toReversed().slice(0, 50) : within.slice(0, 50);
      },
    });
    expect(found.sort((a, b) => a - b)).toEqual(rows);
  }
});
