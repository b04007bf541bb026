import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

type Row = Record<string, unknown>;

/** What a key opens at the server. Rows are as Binance writes them. */
export interface FakeAccount {
  secret: string;
  /** Whether the key still works: one that was deleted is answered like one that never was. */
  isRevoked: boolean;
  restrictions: Row;
  balances: Row[];
  funding: Row[];
  orders: Row[];
  trades: Row[];
  deposits: Row[];
  withdrawals: Row[];
  /** Null for somebody who has no futures. */
  futures: { assets: Row[]; positions: Row[]; orders: Row[]; trades: Row[] } | null;
}

export function fakeAccount(secret: string, over: Partial<FakeAccount> = {}): FakeAccount {
  const restrictions = {
    ipRestrict: true,
    createTime: 1698645219000,
    enableReading: true,
    enableSpotAndMarginTrading: true,
    enableWithdrawals: false,
    enableInternalTransfer: false,
    enableMargin: false,
    enableFutures: true,
    permitsUniversalTransfer: false,
    enableVanillaOptions: false,
  };
  const lists = { balances: [], funding: [], orders: [], trades: [], deposits: [], withdrawals: [] };
  return { secret, isRevoked: false, restrictions, ...lists, futures: null, ...over };
}

interface Asked {
  method: string;
  url: URL;
  body: string;
  headers: IncomingHttpHeaders;
}

const refusal = (status: number, code: number, msg: string) => ({ status, body: { code, msg } });

/** Answers what has to be signed; undefined for what there is not. */
export function signedAnswer(asked: Asked, accounts: ReadonlyMap<string, FakeAccount>, nowMs: number) {
  const { url, method } = asked;
  const question = questions[`${method} ${url.pathname}`];
  if (!question) return undefined;
  const sent = method === 'GET' ? url.search.slice(1) : asked.body;
  const { account, refused } = authenticate(asked, sent, accounts, nowMs);
  if (refused) return refused;
  const answered = question(account, new URLSearchParams(sent), nowMs);
  if (answered === null) return refusal(401, -2015, 'Invalid API-key, IP, or permissions for action.');
  return typeof answered === 'string' ? refusal(400, -1127, answered) : { status: 200, body: answered };
}

function authenticate({ headers }: Asked, sent: string, accounts: ReadonlyMap<string, FakeAccount>, nowMs: number) {
  const key = headers['x-mbx-apikey'];
  const account = typeof key === 'string' ? accounts.get(key) : undefined;
  const no = (status: number, code: number, msg: string) => ({
    account: undefined,
    refused: refusal(status, code, msg),
  });
  if (!key) return no(401, -2014, 'API-key format invalid.');
  if (!account || account.isRevoked) return no(401, -2015, 'Invalid API-key, IP, or permissions for action.');
  const query = new URLSearchParams(sent);
  const [atMs, window] = [Number(query.get('timestamp')), Number(query.get('recvWindow') ?? 5000)];
  if (atMs > nowMs + 1000) return no(400, -1021, 'Timestamp for this request was 1000ms ahead of the server’s time.');
  if (nowMs - atMs > window) return no(400, -1021, 'Timestamp for this request is outside of the recvWindow.');
  const signature = Buffer.from(query.get('signature') ?? '');
  const right = Buffer.from(
    createHmac('sha256', account.secret)
      .update(sent.replace(/&signature=.*$/, ''))
      .digest('hex'),
  );
  if (signature.length !== right.length || !timingSafeEqual(signature, right))
    return no(400, -1022, 'Signature for this request is not valid.');
  return { account, refused: undefined };
}

/** Null for what the key may not do; a text for what Binance finds wrong with the question. */
type Question = (account: FakeAccount, query: URLSearchParams, nowMs: number) => unknown;

const DAY_MS = 86_400_000;

const questions: Readonly<Record<string, Question>> = {
  'GET /api/v3/account': ({ balances }, _, nowMs) => ({
    makerCommission: 10,
    takerCommission: 10,
    canTrade: true,
    canWithdraw: true, // of the account, whatever the key may
    canDeposit: true,
    updateTime: nowMs,
    accountType: 'SPOT',
    balances,
    permissions: ['SPOT'],
    uid: 354937868,
  }),
  'GET /api/v3/openOrders': ({ orders }) => orders,
  'GET /api/v3/myTrades': ({ trades }, query) => tradesOf(trades, query, DAY_MS),
  'GET /sapi/v1/account/apiRestrictions': ({ restrictions }) => restrictions,
  'POST /sapi/v1/asset/get-funding-asset': ({ funding }) => funding,
  'GET /sapi/v1/capital/deposit/hisrec': ({ deposits }, query) =>
    between(deposits, query, (row) => Number(row.insertTime)),
  'GET /sapi/v1/capital/withdraw/history': ({ withdrawals }, query) =>
    between(withdrawals, query, (row) => Date.parse(`${String(row.applyTime).replace(' ', 'T')}Z`)),
  'GET /fapi/v3/account': ({ futures }) => futures && { assets: futures.assets, positions: [] },
  'GET /fapi/v3/positionRisk': ({ futures }) => futures?.positions ?? null,
  'GET /fapi/v1/openOrders': ({ futures }) => futures?.orders ?? null,
  'GET /fapi/v1/userTrades': ({ futures }, query) => futures && tradesOf(futures.trades, query, 7 * DAY_MS),
};

/** From an id or a time on, oldest first; with an end only within the longest time. */
function tradesOf(trades: readonly Row[], query: URLSearchParams, longestMs: number): unknown {
  const [from, until, fromId] = ['startTime', 'endTime', 'fromId'].map((name) => query.get(name));
  if (fromId && (from || until)) return 'fromId cannot be sent with startTime or endTime.';
  if (from && until && Number(until) - Number(from) > longestMs) return 'More than the longest time between them.';
  return trades
    .filter((row) => row.symbol === query.get('symbol'))
    .filter((row) => !fromId || BigInt(String(row.id)) >= BigInt(fromId))
    .filter(
      (row) => Number(row.time) >= Number(from ?? 0) && Number(row.time) <= Number(until ?? Number.MAX_SAFE_INTEGER),
    )
    .slice(0, Math.min(1000, Number(query.get('limit') ?? 500)));
}

/** Newest first, as Binance answers, and at most 90 days at once. */
function between(rows: readonly Row[], query: URLSearchParams, at: (row: Row) => number): unknown {
  const [from, until] = [Number(query.get('startTime')), Number(query.get('endTime'))];
  if (until - from > 90 * DAY_MS) return 'Time interval must be within 0-90 days';
  return rows
    .filter((row) => at(row) >= from && at(row) <= until)
    .sort((a, b) => at(b) - at(a))
    .slice(0, Math.min(1000, Number(query.get('limit') ?? 1000)));
}
