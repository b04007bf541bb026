import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { AccountLogin } from '../../src/core/trading/exchange.ts';
import { openExchanges } from '../../src/drivers/exchanges/accounts.ts';
import { type FakeOkx, type OkxAccount, startOkx } from '../support/okx.ts';

/** What differs from Binance: headers instead of queries, a passphrase, contracts, one account for spot and futures. */

let okx: FakeOkx;
beforeAll(async () => {
  okx = await startOkx();
});
afterAll(() => okx.close());

const LONG = '0.123456789012345678901234567891';
const START = Math.floor(Date.now() / 1000) * 1000 - 86_400_000;
const position = {
  instType: 'SWAP',
  instId: 'BTC-USDT-SWAP',
  posSide: 'net',
  pos: '-3',
  avgPx: '42000.5',
  markPx: '43000',
  upl: '-29.985',
  lever: '5',
  liqPx: '',
  imr: '258',
  mgnMode: 'cross',
  cTime: '1704067200000',
  uTime: '1704067200000',
};
const fill = (n: number, instType: string) => ({
  instType,
  instId: instType === 'SPOT' ? 'BTC-USDT' : 'BTC-USDT-SWAP',
  tradeId: String(n),
  ordId: '9',
  fillPx: '42000',
  fillSz: instType === 'SPOT' ? LONG : '7',
  side: 'buy',
  feeCcy: 'USDT',
  fee: '-0.25',
  execType: 'T',
  ts: String(START + n * 1000),
});
const account = (): OkxAccount => ({
  secret: 'a-secret',
  passphrase: 'a-phrase',
  perm: 'read_only,trade',
  ip: '10.1.2.3',
  trading: [
    {
      ccy: 'USDT',
      eq: '1970.015',
      upl: '-29.985',
      cashBal: '2000',
      availEq: '1712.015',
      availBal: '1712',
      frozenBal: '288',
    },
  ],
  funding: [
    { ccy: 'USDT', bal: '10.5', availBal: '10.5', frozenBal: '0' },
    { ccy: 'BTC', bal: LONG, availBal: LONG, frozenBal: '0' },
  ],
  positions: [position, { ...position, instId: 'BTC-USD-SWAP', pos: '430', avgPx: '43000', upl: '0.0001', lever: '3' }],
  orders: [],
  fills: [...Array.from({ length: 350 }, (_, n) => fill(n, 'SPOT')), fill(1000, 'SWAP')],
  deposits: [
    { depId: '1', ccy: 'USDT', amt: LONG, state: '2', ts: String(START), chain: 'USDT-TRC20', txId: 'a' },
    { depId: '2', ccy: 'USDT', amt: '1', state: '0', ts: String(START + 1), chain: 'USDT-TRC20', txId: 'b' },
  ],
  withdrawals: [
    {
      wdId: '7',
      ccy: 'USDT',
      amt: '5',
      fee: '1',
      state: '2',
      ts: String(START + 5000),
      chain: 'USDT-TRC20',
      txId: 'c',
    },
  ],
});
beforeEach(() => void okx.accounts.set('a-key', account()));
afterEach(() => void okx.asked.splice(0));

const open = () => openExchanges({ baseUrls: { okx: okx.baseUrl }, clock: systemClock, backoffMs: 5 });
const signal = () => AbortSignal.timeout(20_000);
const login = (over: Partial<AccountLogin> = {}): AccountLogin => ({
  accountId: 'exa_okx',
  exchange: 'okx',
  endpoint: 'live',
  key: { apiKey: 'a-key', secret: 'a-secret', passphrase: 'a-phrase' },
  ...over,
});

test('trading and funding wallets are one, without open profit; contracts become units of the base', async () => {
  const { balances, positions, unread } = await open().read(login(), signal());
  expect(unread).toBeUndefined();
  expect(balances).toEqual([
    { wallet: 'spot', asset: 'BTC', free: LONG, used: '0', total: LONG },
    { wallet: 'spot', asset: 'USDT', free: '1722.515', used: '287.985', total: '2010.5' },
  ]);
  expect(positions[0]).toMatchObject({
    symbol: 'BTC/USDT:USDT',
    settle: 'USDT',
    side: 'short',
    qtyBase: '0.03',
    entryPrice: '42000.5',
    markPrice: '43000',
    unrealisedPnl: '-29.985',
    leverage: '5',
    liquidationPrice: null,
  });
  // 430 contracts of 100 dollars at 43,000.
  expect(positions[1]).toMatchObject({ symbol: 'BTC/USD:BTC', settle: 'BTC', side: 'long', qtyBase: '1' });
});

test('the rights of a key, and its addresses', async () => {
  const said = account();
  okx.accounts.set('a-key', said);
  expect(await open().rights(login(), signal())).toMatchObject({
    canTrade: true,
    canWithdraw: false,
    ipRestricted: true,
  });
  Object.assign(said, { perm: 'read_only,withdraw', ip: '' });
  expect(await open().rights(login(), signal())).toMatchObject({
    canTrade: false,
    canWithdraw: true,
    ipRestricted: false,
  });
});

test('executions that come newest first and a hundred at a time are all there, in order, in units of the base', async () => {
  const fills = await open().fills(login(), { since: new Date(START + 10_000), symbols: [] }, signal());
  const spot = fills.filter(({ wallet }) => wallet === 'spot');
  expect(spot.map(({ id }) => Number(id))).toEqual(Array.from({ length: 340 }, (_, n) => n + 10));
  expect(spot[0]).toMatchObject({ base: 'BTC', quote: 'USDT', qtyBase: LONG, fee: { asset: 'USDT', qty: '0.25' } });
  expect(fills.at(-1)).toMatchObject({ id: '1000', wallet: 'futures', symbol: 'BTC/USDT:USDT', qtyBase: '0.07' });
});

test('moves of money are the complete ones, the first moment included', async () => {
  expect(await open().moves(login(), { since: new Date(START) }, signal())).toEqual([
    { id: '1', kind: 'deposit', asset: 'USDT', qty: LONG, at: new Date(START) },
    { id: '7', kind: 'withdrawal', asset: 'USDT', qty: '5', at: new Date(START + 5000) },
  ]);
});

test('open orders of more pages than one are all there', async () => {
  const said = account();
  said.orders = Array.from({ length: 230 }, (_, n) => ({
    instType: n % 2 ? 'SPOT' : 'SWAP',
    instId: n % 2 ? 'BTC-USDT' : 'BTC-USDT-SWAP',
    ordId: String(5000 - n),
    px: '30000',
    sz: '2',
    accFillSz: '1',
    side: 'sell',
    ordType: 'limit',
    state: 'partially_filled',
    cTime: String(START - n),
    uTime: String(START - n),
  }));
  okx.accounts.set('a-key', said);
  const { orders } = await open().read(login(), signal());
  expect(new Set(orders.map(({ id }) => id)).size).toBe(230);
  expect(orders.find(({ wallet }) => wallet === 'futures')).toMatchObject({ qtyBase: '0.02', filledQtyBase: '0.01' });
  expect(orders.find(({ wallet }) => wallet === 'spot')).toMatchObject({ qtyBase: '2', filledQtyBase: '1' });
});

test.each([
  [{ apiKey: 'another', secret: 'a-secret', passphrase: 'a-phrase' }, 'key_invalid'],
  [{ apiKey: 'a-key', secret: 'another', passphrase: 'a-phrase' }, 'key_invalid'],
  [{ apiKey: 'a-key', secret: 'a-secret', passphrase: 'another' }, 'key_invalid'],
  [{ apiKey: 'a-key', secret: 'a-secret' }, 'key_invalid'],
])('what is wrong with a key is told: %o', async (key, kind) => {
  await expect(open().rights(login({ key }), signal())).rejects.toMatchObject({ kind });
});

test('an address that the key does not allow is told as such', async () => {
  okx.accounts.set('a-key', { ...account(), ip: 'elsewhere' });
  await expect(open().rights(login(), signal())).rejects.toMatchObject({ kind: 'ip_not_allowed' });
});

test('the test network is the same server with demo trading, and no call for it goes without', async () => {
  const { balances } = await open().read(login({ endpoint: 'testnet' }), signal());
  expect(balances).toHaveLength(2);
  expect(okx.asked.every(({ isSimulated }) => isSimulated)).toBe(true);
});

test('tickers come from the exchange’s last prices', async () => {
  expect(await open().tickers('okx', 'live', signal())).toEqual([
    { base: 'BTC', quote: 'USDT', price: '42283.5', at: expect.any(Date) },
  ]);
});
