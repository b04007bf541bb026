import { globSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { AccountLogin } from '../../src/core/trading/exchange.ts';
import { openExchanges } from '../../src/drivers/exchanges/accounts.ts';
import { exchangeIds } from '../../src/drivers/exchanges/client.ts';
import { type FakeBinance, startBinance } from '../support/binance.ts';
import { API_KEY, futuresTrade, LONG, SECRET, spotTrade, trader } from '../support/binanceRows.ts';

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
});

const open = () => openExchanges({ baseUrls: { binance: binance.baseUrl }, clock: systemClock, backoffMs: 5 });
const signal = () => AbortSignal.timeout(20_000);
const login = (over: Partial<AccountLogin> = {}): AccountLogin => ({
  accountId: 'exa_one',
  exchange: 'binance',
  endpoint: 'live',
  key: { apiKey: API_KEY, secret: SECRET },
  ...over,
});
const paths = () => binance.asked.map((url) => url.pathname);

test('spot, funding and futures are read with every digit, and open profit is no part of a balance', async () => {
  const reading = await open().read(login(), signal());
  expect(reading.balances).toEqual([
    {
      wallet: 'spot',
      asset: 'BTC',
      free: LONG.replace(/0$/, ''),
      used: '0.000000000000000000000000000001',
      total: '123456789012.345678901234567890000000000001',
    },
    { wallet: 'spot', asset: 'USDT', free: '150.10000001', used: '1.2', total: '151.30000001' },
    { wallet: 'futures', asset: 'USDT', free: '829.25000001', used: '170.75', total: '1000.00000001' },
  ]);
  expect(reading.positions).toEqual([
    {
      symbol: 'BTC/USDT:USDT',
      base: 'BTC',
      settle: 'USDT',
      side: 'short',
      qtyBase: '0.010000000000000000000000000001',
      entryPrice: '44000',
      markPrice: '46050',
      unrealisedPnl: '-20.5',
      leverage: null,
      liquidationPrice: '139000.1',
      margin: '150.25',
    },
  ]);
  expect(reading.orders).toEqual([
    {
      id: '28',
      wallet: 'spot',
      symbol: 'BTC/USDT',
      side: 'buy',
      type: 'limit',
      price: '30000',
      qtyBase: '0.5',
      filledQtyBase: '0.1',
      placedAt: '2024-01-01T00:00:00.000Z',
    },
  ]);
  expect(reading.unread).toBeUndefined();
});

test('open orders on the spot, which are dear to ask for, are asked for only when something is locked', async () => {
  binance.accounts.set(API_KEY, trader({ funding: [], balances: [{ asset: 'BTC', free: '1', locked: '0.0' }] }));
  expect((await open().read(login(), signal())).orders).toEqual([]);
  expect(paths()).not.toContain('/api/v3/openOrders');
});

test('futures that the key may not see are named as unread, and the spot is read all the same', async () => {
  binance.accounts.set(API_KEY, trader({ futures: null }));
  const reading = await open().read(login(), signal());
  expect(reading).toMatchObject({ unread: ['futures'], positions: [] });
  expect(reading.balances.map(({ wallet }) => wallet)).toEqual(['spot', 'spot']);
});

test('the rights of a key come from the exchange’s own words about the key, not about the account', async () => {
  const account = trader();
  binance.accounts.set(API_KEY, account);
  const rights = await open().rights(login(), signal());
  expect(rights).toEqual({
    canTrade: true,
    canWithdraw: false,
    ipRestricted: true,
    expiresAt: null,
    clockOffsetMs: expect.any(Number),
  });
  expect(Math.abs(rights.clockOffsetMs)).toBeLessThan(500);
  const until = Date.UTC(2027, 0, 1);
  account.restrictions = {
    enableReading: true,
    enableWithdrawals: true,
    ipRestrict: false,
    tradingAuthorityExpirationTime: until,
  };
  expect(await open().rights(login(), signal())).toMatchObject({
    canTrade: false,
    canWithdraw: true,
    ipRestricted: false,
    expiresAt: new Date(until),
  });
});

test('the test network is asked at its own paths, and tells nothing of a key’s rights', async () => {
  const exchanges = open();
  const reading = await exchanges.read(login({ endpoint: 'testnet' }), signal());
  expect(reading.balances[1]).toMatchObject({ asset: 'USDT', total: '100.3' });
  expect(await exchanges.rights(login({ endpoint: 'testnet' }), signal())).toMatchObject({
    canTrade: null,
    canWithdraw: null,
  });
  expect(await exchanges.moves(login({ endpoint: 'testnet' }), { since: new Date(0) }, signal())).toBeNull();
  expect(paths().filter((path) => /sapi|fapi/.test(path))).toEqual([]);
});

const START = Date.UTC(2024, 0, 1);

test('more executions than fit an answer all come, once, in order, from the moment that was asked for', async () => {
  const START = Math.floor(Date.now() / 1000) * 1000 - 20 * 86_400_000;
  const trades = Array.from({ length: 2500 }, (_, i) => spotTrade(i + 1, START + Math.floor(i / 40) * 1000));
  const futures = Array.from({ length: 1500 }, (_, i) => futuresTrade(i + 1, START + i * 60_000));
  const account = trader({ trades });
  if (account.futures) account.futures.trades = futures;
  binance.accounts.set(API_KEY, account);
  const since = new Date(START + 5000);
  const symbols = ['BTC/USDT', 'BTC/USDT:USDT', 'GONE/USDT'];
  const fills = await open().fills(login(), { since, symbols }, signal());
  const ids = (wallet: string) =>
    fills
      .filter((fill) => fill.wallet === wallet)
      .map(({ id }) => Number(id))
      .sort((a, b) => a - b);
  expect(ids('spot')).toEqual(trades.filter(({ time }) => time >= since.getTime()).map(({ id }) => id));
  expect(ids('futures')).toEqual(futures.filter(({ time }) => time >= since.getTime()).map(({ id }) => id));
  expect(fills.map(({ at }) => at.getTime())).toEqual(fills.map(({ at }) => at.getTime()).sort((a, b) => a - b));
}, 60_000);

test('an execution keeps its digits and says what was paid for it', async () => {
  const [id, qty] = ['12345678901234567890', '0.000000000000000000000000000123'];
  binance.accounts.set(API_KEY, trader({ trades: [spotTrade(id, START, { price: LONG, qty, isBuyer: false })] }));
  expect(await open().fills(login(), { since: new Date(START), symbols: ['BTC/USDT'] }, signal())).toEqual([
    {
      id,
      wallet: 'spot',
      symbol: 'BTC/USDT',
      base: 'BTC',
      quote: 'USDT',
      side: 'sell',
      price: LONG.replace(/0$/, ''),
      qtyBase: qty,
      fee: { asset: 'BTC', qty: '0.000001' },
      at: new Date(START),
    },
  ]);
});

// Node has it; TypeScript's library does not yet.
const rawJson = (digits: string) => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits);

test('numbers that come as JSON numbers keep their digits as well', async () => {
  const account = trader();
  binance.accounts.set(API_KEY, account);
  // As some exchanges write it: no quotes around the digits.
  account.deposits = [
    { id: 'dep9', amount: { toJSON: () => rawJson(LONG) }, coin: 'USDT', status: 1, insertTime: START },
  ];
  const moves = await open().moves(login(), { since: new Date(START) }, signal());
  expect(moves?.[0]?.qty).toBe(LONG.replace(/0$/, ''));
});

test('moves of money are the complete ones of each kind, over more than the exchange answers at once', async () => {
  const moves = await open().moves(login(), { since: new Date(START) }, signal());
  expect(moves).toEqual([
    { id: 'dep1', kind: 'deposit', asset: 'USDT', qty: LONG.replace(/0$/, ''), at: new Date(Date.UTC(2024, 0, 5)) },
    { id: 'wit1', kind: 'withdrawal', asset: 'USDT', qty: '8.5', at: new Date(Date.UTC(2024, 4, 1, 10)) },
  ]);
  const account = trader({ withdrawals: [] });
  const [sample] = account.deposits;
  account.deposits = Array.from({ length: 2300 }, (_, i) => ({
    ...sample,
    id: `dep${i}`,
    insertTime: START + i * 1000,
  }));
  binance.accounts.set(API_KEY, account);
  expect(await open().moves(login(), { since: new Date(START) }, signal())).toHaveLength(2300);
});

test('tickers are those of markets that are traded now', async () => {
  binance.prices.set('OLDUSDT', '5.0');
  binance.prices.set('BTCUSDT', LONG);
  const tickers = await open().tickers('binance', 'live', signal());
  expect(tickers).toEqual([{ base: 'BTC', quote: 'USDT', price: LONG.replace(/0$/, ''), at: expect.any(Date) }]);
});

test('an exchange or a network that is not offered is refused by name', async () => {
  for (const over of [{ exchange: 'nobody' }, { exchange: 'kraken', endpoint: 'testnet' as const }])
    await expect(open().read(login(over), signal())).rejects.toMatchObject({
      kind: 'unsupported',
      exchange: over.exchange,
    });
});

test('all eight exchanges and the demo exchange are offered, each with where its keys are made', () => {
  const { offered } = open();
  expect(offered.map(({ id }) => id)).toEqual([...exchangeIds, 'demo']);
  for (const { id, endpoints, keyPage } of offered) {
    expect(endpoints).toContain(id === 'demo' ? 'demo' : 'live');
    if (id !== 'demo') expect(keyPage).toMatch(/^https:\/\//);
  }
  expect(offered.filter(({ needsPassphrase }) => needsPassphrase).map(({ id }) => id)).toEqual([
    'okx',
    'bitget',
    'kucoin',
  ]);
  expect(offered.filter(({ endpoints }) => endpoints.includes('testnet')).map(({ id }) => id)).toEqual([
    'binance',
    'bybit',
    'okx',
    'bitget',
    'gate',
  ]);
});

test('the library, which is a hundred megabytes, is loaded when it is first needed and not at the start', () => {
  const root = new URL('../../', import.meta.url).pathname;
  const lines = globSync('src/**/*.ts', { cwd: root }).flatMap((file) =>
    readFileSync(`${root}${file}`, 'utf8').split('\n'),
  );
  const importing = lines.filter((line) => /from 'ccxt'/.test(line));
  expect(importing.length).toBeGreaterThan(3);
  for (const line of importing) expect(line).toMatch(/^import type /);
});

test('the demo exchange answers through the same port, without a key', async () => {
  const demo = { accountId: 'exa_01KAAAAAAA0000000000000000', exchange: 'demo', endpoint: 'demo', key: null } as const;
  const exchanges = open();
  const since = new Date(0);
  expect((await exchanges.read(demo, signal())).balances.length).toBeGreaterThan(0);
  expect(await exchanges.rights(demo, signal())).toMatchObject({ canWithdraw: false, clockOffsetMs: 0 });
  expect((await exchanges.fills(demo, { since, symbols: [] }, signal())).length).toBeGreaterThan(5);
  expect((await exchanges.moves(demo, { since }, signal()))?.length).toBeGreaterThan(0);
  expect((await exchanges.tickers('demo', 'demo', signal())).map(({ quote }) => quote)).toContain('THB');
  exchanges.forget(demo.accountId);
  expect(exchanges.held()).toEqual({ seats: 0, clients: 0, loads: 0 });
});
