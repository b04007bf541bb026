import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as bodyOf } from 'node:stream/consumers';
import { allocateCandles, type Candles } from '../../src/core/market/candles.ts';
import { type FakeAccount, signedAnswer } from './binanceAccount.ts';

/** What the server does with a request instead of answering it. */
export type Fault =
  | 'limited'
  | 'banned'
  | 'bannedForMinutes'
  | 'error'
  | 'html'
  | 'half'
  | 'cut'
  | 'silent'
  | 'maintenance';

export interface FakeBinance {
  baseUrl: string;
  /** API key → the account it opens. */
  accounts: Map<string, FakeAccount>;
  /** How far its clock is ahead of this machine's, and what it tells about that where it does not tell the truth. */
  clock: { aheadMs: number; toldMs: number | null };
  /** Spot markets by base coin: `TRADING` or `BREAK`. */
  markets: Map<string, string>;
  /** Last prices by symbol. */
  prices: Map<string, string>;
  /** Every path asked for, with its query. */
  asked: URL[];
  /** The next requests whose path and query hold `path` meet these faults, one after the other. */
  fail(path: string, ...faults: Fault[]): void;
  /** Forgets the faults that nobody met. */
  heal(): void;
  close(): Promise<void>;
}

/** A server that speaks what we use of Binance's API for the spot and for linear futures, with one market's candles. */
export async function startBinance(candles: Candles = allocateCandles(0)): Promise<FakeBinance> {
  const asked: URL[] = [];
  const accounts = new Map<string, FakeAccount>();
  const clock: FakeBinance['clock'] = { aheadMs: 0, toldMs: null };
  const markets = new Map([
    ['BTC', 'TRADING'],
    ['OLD', 'BREAK'],
  ]);
  const prices = new Map([['BTCUSDT', '42283.58000000']]);
  const planned: { path: string; fault: Fault }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://binance.test');
    asked.push(url);
    const at = planned.findIndex(({ path }) => `${url.pathname}${url.search}`.includes(path));
    const [plan] = at < 0 ? [] : planned.splice(at, 1);
    if (plan) return misbehave(request, response, plan.fault);
    const nowMs = Date.now() + clock.aheadMs;
    const toldMs = clock.toldMs === null ? nowMs : Date.now() + clock.toldMs;
    const open = answerTo(url, { candles, nowMs, toldMs, markets, prices });
    if (open !== undefined) return answer(response, 200, open);
    void bodyOf(request).then((body) => {
      const signed = signedAnswer(
        { method: request.method ?? '', url, body, headers: request.headers },
        accounts,
        nowMs,
      );
      answer(response, signed?.status ?? 404, signed?.body ?? { code: -1121, msg: 'Invalid symbol.' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    accounts,
    clock,
    markets,
    prices,
    asked,
    fail: (path, ...faults) => planned.push(...faults.map((fault) => ({ path, fault }))),
    heal: () => void planned.splice(0),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function misbehave(request: IncomingMessage, response: ServerResponse, fault: Fault): void {
  const json = { 'content-type': 'application/json' };
  switch (fault) {
    case 'limited':
      response.writeHead(429, { ...json, 'retry-after': '1' }).end('{"code":-1003,"msg":"Too many requests."}');
      return;
    case 'banned':
      response.writeHead(418, { ...json, 'retry-after': '1' }).end('{"code":-1003,"msg":"Way too many requests."}');
      return;
    case 'bannedForMinutes':
      response.writeHead(418, { ...json, 'retry-after': '600' }).end('{"code":-1003,"msg":"Way too many requests."}');
      return;
    case 'maintenance':
      response.writeHead(503, json).end('{"code":-1,"msg":"System is under maintenance."}');
      return;
    case 'error':
      response.writeHead(500, json).end('{"code":-1000,"msg":"An unknown error occurred."}');
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Just a moment...</body></html>');
      return;
    case 'half':
      response.writeHead(200, json).end('[[1704067200000,"42283.58","42554');
      return;
    case 'cut':
      request.socket.destroy();
      return;
    case 'silent':
      return;
  }
}

const HOUR = 3_600_000;
const filters = [
  { filterType: 'PRICE_FILTER', minPrice: '0.01000000', maxPrice: '1000000.00000000', tickSize: '0.01000000' },
  { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
  { filterType: 'NOTIONAL', minNotional: '5.00000000', applyMinToMarket: true },
];

interface Public {
  candles: Candles;
  nowMs: number;
  toldMs: number;
  markets: ReadonlyMap<string, string>;
  prices: ReadonlyMap<string, string>;
}

function answerTo(url: URL, { candles, nowMs, toldMs, markets, prices }: Public): unknown {
  switch (url.pathname) {
    case '/api/v3/time':
      return { serverTime: toldMs };
    case '/api/v3/exchangeInfo': {
      const symbols = [...markets].map(([base, status]) => listed(base, status));
      return { timezone: 'UTC', serverTime: nowMs, rateLimits: [], symbols };
    }
    case '/fapi/v1/exchangeInfo':
      return { timezone: 'UTC', serverTime: nowMs, rateLimits: [], symbols: [perpetual('BTC'), perpetual('ETH')] };
    case '/api/v3/klines':
      return url.searchParams.get('symbol') === 'BTCUSDT' ? klines(url.searchParams, candles) : undefined;
    case '/api/v3/ticker/price':
      return [...prices].map(([symbol, price]) => ({ symbol, price }));
    default:
      return undefined;
  }
}

const perpetual = (base: string) => ({
  ...listed(base, 'TRADING'),
  pair: `${base}USDT`,
  contractType: 'PERPETUAL',
  deliveryDate: 4133404800000,
  onboardDate: 1569398400000,
  marginAsset: 'USDT',
  pricePrecision: 2,
  quantityPrecision: 3,
  underlyingType: 'COIN',
});

const listed = (base: string, status: string) => ({
  symbol: `${base}USDT`,
  status,
  baseAsset: base,
  baseAssetPrecision: 8,
  quoteAsset: 'USDT',
  quotePrecision: 8,
  quoteAssetPrecision: 8,
  orderTypes: ['LIMIT', 'MARKET'],
  isSpotTradingAllowed: true,
  isMarginTradingAllowed: false,
  filters,
  permissions: [],
  permissionSets: [['SPOT']],
});

/** Rows as Binance writes them: prices as texts, the candle that is still being traded among them. */
function klines(query: URLSearchParams, { time, open, high, low, close, volume, length }: Candles): unknown[] {
  const sinceMs = Number(query.get('startTime') ?? 0);
  const limit = Math.min(1000, Number(query.get('limit') ?? 500));
  const rows: unknown[] = [];
  for (let i = 0; i < length && rows.length < limit; i++) {
    const at = time[i] as number; // i is inside
    if (at < sinceMs) continue;
    const [o, h, l, c, v] = [open, high, low, close, volume].map((column) => String(column[i]));
    rows.push([at, o, h, l, c, v, at + HOUR - 1, '0', 1, '0', '0', '0']);
  }
  return rows;
}
