import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

type Row = Record<string, unknown>;

/** What a key opens. Rows are as OKX writes them: positions in contracts, of which each is 0.01 BTC. */
export interface OkxAccount {
  secret: string;
  passphrase: string;
  perm: string;
  ip: string;
  trading: Row[];
  funding: Row[];
  positions: Row[];
  orders: Row[];
  fills: Row[];
  deposits: Row[];
  withdrawals: Row[];
}

export interface FakeOkx {
  baseUrl: string;
  accounts: Map<string, OkxAccount>;
  /** Paths with queries, and whether they were for the demo trading. */
  asked: { url: URL; isSimulated: boolean }[];
  close(): Promise<void>;
}

/** A server that signs by headers, has a passphrase, and says in the body what went wrong: unlike Binance in each. */
export async function startOkx(): Promise<FakeOkx> {
  const accounts = new Map<string, OkxAccount>();
  const asked: FakeOkx['asked'] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://okx.test');
    asked.push({ url, isSimulated: request.headers['x-simulated-trading'] === '1' });
    const { status, body } = answerTo(request, url, accounts);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    accounts,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const fine = (data: unknown) => ({ status: 200, body: { code: '0', msg: '', data } });
const refused = (code: string, msg: string, status = 401) => ({ status, body: { code, msg, data: [] } });

function answerTo(request: IncomingMessage, url: URL, accounts: ReadonlyMap<string, OkxAccount>) {
  const open = publicAnswer(url);
  if (open) return fine(open);
  const { headers } = request;
  const account = accounts.get(String(headers['ok-access-key']));
  if (!account) return refused('50111', 'Invalid OK-ACCESS-KEY');
  const at = String(headers['ok-access-timestamp']);
  if (Math.abs(Date.parse(at) - Date.now()) > 30_000) return refused('50102', 'Timestamp request expired');
  const sent = `${at}${request.method}${request.url}`;
  if (createHmac('sha256', account.secret).update(sent).digest('base64') !== headers['ok-access-sign'])
    return refused('50113', 'Invalid Sign');
  if (headers['ok-access-passphrase'] !== account.passphrase)
    return refused('50105', 'Request header "OK-ACCESS-PASSPHRASE" incorrect.');
  if (account.ip === 'elsewhere')
    return refused('50110', `Your IP 127.0.0.1 is not included in your API key's IP whitelist. ${sent}`);
  const answer = questions[url.pathname]?.(account, url.searchParams);
  return answer ? fine(answer) : refused('51000', 'Parameter error', 400);
}

function publicAnswer(url: URL): unknown {
  if (url.pathname === '/api/v5/public/time') return [{ ts: String(Date.now()) }];
  if (url.pathname === '/api/v5/market/tickers')
    return [{ instType: 'SPOT', instId: 'BTC-USDT', last: '42283.5', ts: String(Date.now()) }];
  if (url.pathname !== '/api/v5/public/instruments') return undefined;
  const common = {
    state: 'live',
    lotSz: '0.00000001',
    minSz: '0.00001',
    tickSz: '0.1',
    lever: '10',
    listTime: '1548133413000',
  };
  const type = url.searchParams.get('instType');
  if (type === 'SPOT')
    return [
      { ...common, instType: 'SPOT', instId: 'BTC-USDT', baseCcy: 'BTC', quoteCcy: 'USDT', ctVal: '', settleCcy: '' },
    ];
  if (type !== 'SWAP') return [];
  const contract = { ...common, instType: 'SWAP', baseCcy: '', quoteCcy: '', ctMult: '1', expTime: '' };
  return [
    {
      ...contract,
      instId: 'BTC-USDT-SWAP',
      uly: 'BTC-USDT',
      settleCcy: 'USDT',
      ctVal: '0.01',
      ctValCcy: 'BTC',
      ctType: 'linear',
    },
    {
      ...contract,
      instId: 'BTC-USD-SWAP',
      uly: 'BTC-USD',
      settleCcy: 'BTC',
      ctVal: '100',
      ctValCcy: 'USD',
      ctType: 'inverse',
    },
  ];
}

const questions: Readonly<Record<string, (account: OkxAccount, query: URLSearchParams) => unknown>> = {
  '/api/v5/account/config': ({ perm, ip }) => [{ uid: '1', acctLv: '2', perm, ip, label: 'mine' }],
  '/api/v5/account/balance': ({ trading }) => [{ uTime: String(Date.now()), totalEq: '1', details: trading }],
  '/api/v5/asset/balances': ({ funding }) => funding,
  '/api/v5/account/positions': ({ positions }) => positions,
  '/api/v5/trade/orders-pending': ({ orders }, query) => page(orders, query.get('after'), (row) => row.ordId),
  // Newest first, and never more than a hundred.
  '/api/v5/trade/fills-history': ({ fills }, query) =>
    fills
      .filter(({ instType }) => instType === query.get('instType'))
      .filter(({ ts }) => Number(ts) >= Number(query.get('begin') ?? 0))
      .filter(({ ts }) => Number(ts) <= Number(query.get('end') ?? Number.MAX_SAFE_INTEGER))
      .toReversed()
      .slice(0, 100),
  '/api/v5/asset/deposit-history': ({ deposits }, query) => inTime(deposits, query),
  '/api/v5/asset/withdrawal-history': ({ withdrawals }, query) => inTime(withdrawals, query),
};

function page(rows: readonly Row[], after: string | null, id: (row: Row) => unknown): readonly Row[] {
  const from = after ? rows.findIndex((row) => id(row) === after) + 1 : 0;
  return rows.slice(from, from + 100);
}

/** `before` and `after` leave out the moment itself. */
const inTime = (rows: readonly Row[], query: URLSearchParams) =>
  rows
    .filter(({ ts }) => Number(ts) > Number(query.get('before') ?? 0))
    .filter(({ ts }) => Number(ts) < Number(query.get('after') ?? Number.MAX_SAFE_INTEGER))
    .toReversed()
    .slice(0, 100);
