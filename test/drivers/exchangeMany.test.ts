import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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
  for (let n = 0; n < ACCOUNTS + 5; n++) binance.accounts.set(`key${n}`, trader({ orders: [], futures: null }));
});
afterAll(() => binance.close());
afterEach(() => {
  binance.asked.length = 0;
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void; // what the flag has just brought

const signal = () => AbortSignal.timeout(100_000);
const login = (n: number): AccountLogin => ({
  accountId: `exa_${n}`,
  exchange: 'binance',
  endpoint: 'testnet',
  key: { apiKey: `key${n}`, secret: SECRET },
});

test('a thousand accounts load the markets once, and need no more clients and hardly more memory than thirty', async () => {
  const baseUrls = { binance: binance.baseUrl };
  const exchanges = openExchanges({ baseUrls, clock: systemClock, seats: 600, clients: 10, burstMs: 1e9 });
  const rights = (n: number) => exchanges.rights(login(n), signal());
  const some = async (from: number, until: number) => {
    for (let n = from; n < until; n += 15) await Promise.all(Array.from({ length: 15 }, (_, i) => rights(n + i)));
  };
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  await some(0, 30);
  const before = heap();
  await some(30, 1005);
  expect(exchanges.held()).toEqual({ seats: 600, clients: 10, loads: 1 });
  expect(binance.asked.filter((url) => url.pathname === '/api/v3/exchangeInfo')).toHaveLength(1);
  expect(binance.asked.filter((url) => url.pathname === '/api/v3/account')).toHaveLength(1005);
  binance.asked.length = 0;
  // A client each would be more than four hundred megabytes.
  expect(heap() - before).toBeLessThan(30 * 1024 * 1024);
  exchanges.forget('exa_1004');
  expect(exchanges.held().seats).toBe(599);
}, 110_000);

test('what was learnt of an account stays with it, and is in no client that another has', async () => {
  const { seats, opened } = seatsOf();
  await seats.use(login(1), async (client) => Object.assign(client.options, { uta: true }));
  await seats.use(login(2), async (client) => expect(client.options.uta).toBeUndefined());
  await seats.use(login(1), async (client) => expect(client.options.uta).toBe(true));
  expect(opened).toHaveLength(1);
  await seats.use({ ...login(1), key: { apiKey: 'new', secret: 'key' } }, async (client) =>
    expect(client.options.uta).toBeUndefined(),
  );
});

/** Seats over clients that are nothing but a place for a key. */
function seatsOf(limits = { seats: 2, clients: 2 }) {
  const opened: { apiKey: string; secret: string; password: string; options: object }[] = [];
  const breaker = openBreaker({ exchange: 'x', clock: systemClock, failures: 1, openMs: 1, longestMs: 1, counts: [] });
  const seats = openSeats({
    ...limits,
    open: async () => {
      const client = { apiKey: '', secret: '', password: '', options: {} };
      opened.push(client);
      return client as never; // the seats touch these fields only
    },
    newSeat: () => ({ breaker, pace: openPace(), learnt: {} }),
  });
  return { seats, opened };
}

test('a key is in a client for as long as it is worked with, and in none afterwards', async () => {
  const { seats, opened } = seatsOf();
  let end = () => {};
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  const long = seats.use(login(1), () => held);
  await seats.use(login(1), async ({ apiKey }) => expect(apiKey).toBe('key1'));
  expect(opened).toMatchObject([
    { apiKey: 'key1', secret: SECRET },
    { apiKey: '', secret: '' },
  ]);
  seats.drop('exa_1');
  end();
  await long;
  await seats.use(login(2), async () => Promise.reject(new Error('no'))).catch(() => undefined);
  expect(opened.map(({ apiKey, secret, password }) => apiKey + secret + password)).toEqual(['', '']);
});

test('the account that was used longest ago is forgotten first', async () => {
  const { seats } = seatsOf();
  const learns = (n: number) => seats.use(login(n), async (client) => Object.assign(client.options, { uta: n }));
  const knows = (n: number) => seats.use(login(n), async (client) => client.options.uta);
  for (const n of [1, 2, 1, 3]) await learns(n);
  expect(seats.held()).toEqual({ seats: 2, clients: 1 });
  expect([await knows(1), await knows(3), await knows(2)]).toEqual([1, 3, undefined]);
});

test('a rate lets a burst through at once and then one after the other; who gives up gives the turn back', async () => {
  const wide = openPace(600_000);
  for (let i = 0; i < 5; i++) await wide.take(120_000, undefined); // ten minutes, were each to wait for the one before
  const pace = openPace(100);
  const began = performance.now();
  for (let i = 0; i < 5; i++) await pace.take(20, undefined);
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
