import type { Endpoint } from '../../core/trading/exchange.ts';
import type { ExchangeId } from './client.ts';

/** Parameters of one of ccxt's unified calls. */
export type Params = Readonly<Record<string, unknown>>;

/** What ccxt made of an order, as far as the next page hangs on it. */
export interface Row {
  readonly id: string;
  readonly info: Readonly<Record<string, unknown>>;
}

/** How an exchange differs from the others in what we ask of it. Everything not here is the same for all. */
export interface Profile {
  readonly name: string;
  readonly keyPage: string;
  readonly needsPassphrase: boolean;
  /** Which kinds of markets are loaded, as this exchange's `fetchMarkets` option. */
  readonly markets: Params;
  /** Whom its limits count: our address, or each account by itself. */
  readonly limits: 'address' | 'account';
  /** Where it counts by account: how far apart our address keeps requests; ten milliseconds where nothing is said. */
  readonly addressCostMs?: number;
  /** The wallets that are one to a person: what is traded on the spot, and where deposits arrive. */
  readonly spot: readonly Params[];
  /** Their names in an account that has one wallet for spot and futures, where these are others. */
  readonly unifiedSpot?: readonly Params[];
  /** A second wallet that not every key may read. */
  readonly funding: Params | null;
  /** None where balances of futures are part of the first wallet, or where there are no futures. */
  readonly futures: readonly Params[];
  readonly positions: readonly Params[];
  readonly orders: readonly Params[];
  /** Spot orders always lock funds, so that none need to be asked for where nothing is locked: on Binance it is dear. */
  readonly ordersLockFunds: boolean;
  /** How many open orders there are at most in an answer, and how the next ones are asked for; null where all come. */
  readonly page: { readonly size: number; next(page: readonly Row[], number: number): Params } | null;
  /** Days that one question may span, rows an answer has at most, and days for which the exchange remembers. */
  readonly fills: {
    readonly days: number;
    readonly rows: number;
    readonly keptDays: number;
    readonly bySymbol: boolean;
    readonly types: readonly Params[];
  };
  /** Null where it tells of none. */
  readonly moves: { readonly days: number; readonly rows: number } | null;
}

/** Ids count up, and an answer that is full begins with the newest; ccxt has put its rows into another order since. */
const lowestId = (page: readonly Row[]) =>
  page.map(({ id }) => id).sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0];

const linear = { type: 'swap', subType: 'linear' };

export const profiles: Readonly<Record<ExchangeId, Profile>> = {
  binance: {
    name: 'Binance',
    keyPage: 'https://www.binance.com/en/my/settings/api-management',
    needsPassphrase: false,
    markets: { types: ['spot', 'linear'] },
    limits: 'address',
    spot: [{ type: 'spot' }],
    funding: { type: 'funding' },
    futures: [linear],
    positions: [linear],
    orders: [{ type: 'spot' }, linear],
    ordersLockFunds: true,
    page: null,
    fills: { days: 7, rows: 1000, keptDays: 180, bySymbol: true, types: [] },
    moves: { days: 89, rows: 1000 },
  },
  bybit: {
    name: 'Bybit',
    keyPage: 'https://www.bybit.com/app/user/api-management',
    needsPassphrase: false,
    markets: { types: ['spot', 'linear', 'inverse'] },
    limits: 'account',
    spot: [{ type: 'spot' }],
    funding: { type: 'funding' },
    futures: [linear],
    positions: [
      { ...linear, settleCoin: 'USDT' },
      { ...linear, settleCoin: 'USDC' },
      { type: 'swap', subType: 'inverse' },
    ],
    orders: [
      { type: 'spot' },
      { ...linear, settleCoin: 'USDT' },
      { ...linear, settleCoin: 'USDC' },
      { type: 'swap', subType: 'inverse' },
    ],
    ordersLockFunds: false,
    page: { size: 50, next: (page) => ({ cursor: page.find((row) => row.info.nextPageCursor)?.info.nextPageCursor }) },
    fills: { days: 7, rows: 100, keptDays: 730, bySymbol: false, types: [{ type: 'spot' }, linear] },
    moves: { days: 30, rows: 50 },
  },
  okx: {
    name: 'OKX',
    keyPage: 'https://www.okx.com/account/my-api',
    needsPassphrase: true,
    markets: { types: ['spot', 'swap', 'future'] },
    limits: 'account',
    addressCostMs: 5, // private requests are counted by account alone
    spot: [{ type: 'spot' }],
    funding: { type: 'funding' },
    futures: [],
    positions: [{}],
    orders: [{}],
    ordersLockFunds: false,
    page: { size: 100, next: (page) => ({ after: lowestId(page) }) },
    fills: { days: 90, rows: 100, keptDays: 90, bySymbol: false, types: [{ type: 'spot' }, { type: 'swap' }] },
    moves: { days: 90, rows: 100 },
  },
  mexc: {
    name: 'MEXC',
    keyPage: 'https://www.mexc.com/user/openapi',
    needsPassphrase: false,
    markets: { types: { spot: true, swap: { linear: true, inverse: false } } },
    limits: 'address',
    spot: [{ type: 'spot' }],
    funding: null,
    futures: [{ type: 'swap' }],
    positions: [{}],
    orders: [{ type: 'spot' }, { type: 'swap' }],
    ordersLockFunds: false,
    page: null,
    fills: { days: 7, rows: 100, keptDays: 30, bySymbol: true, types: [] },
    moves: { days: 7, rows: 1000 },
  },
  bitget: {
    name: 'Bitget',
    keyPage: 'https://www.bitget.com/account/newapi',
    needsPassphrase: true,
    markets: { types: ['spot', 'swap'] },
    limits: 'account',
    spot: [{ type: 'spot' }],
    funding: null,
    futures: [{ type: 'swap', productType: 'USDT-FUTURES' }],
    positions: [{ productType: 'USDT-FUTURES' }],
    orders: [{ type: 'spot' }, { type: 'swap', productType: 'USDT-FUTURES' }],
    ordersLockFunds: false,
    page: { size: 100, next: (page) => ({ idLessThan: lowestId(page) }) },
    fills: { days: 7, rows: 100, keptDays: 90, bySymbol: true, types: [] },
    moves: { days: 30, rows: 100 },
  },
  kucoin: {
    name: 'KuCoin',
    keyPage: 'https://www.kucoin.com/account/api',
    needsPassphrase: true,
    markets: { types: ['spot', 'swap'], fetchTickersFees: false },
    limits: 'account',
    spot: [{ type: 'trade' }, { type: 'main' }],
    unifiedSpot: [{ type: 'unified' }, { type: 'funding' }],
    funding: null,
    futures: [{ type: 'swap', code: 'USDT' }],
    positions: [{}],
    orders: [{ type: 'spot' }, { type: 'swap' }],
    ordersLockFunds: false,
    page: { size: 50, next: (_, number) => ({ currentPage: number }) },
    fills: { days: 7, rows: 50, keptDays: 365, bySymbol: true, types: [] },
    moves: { days: 7, rows: 50 },
  },
  gate: {
    name: 'Gate',
    keyPage: 'https://www.gate.com/myaccount/profile/api-key/manage',
    needsPassphrase: false,
    markets: { types: ['spot', 'swap'] },
    limits: 'account',
    spot: [{ type: 'spot' }],
    funding: null,
    futures: [{ type: 'swap', settle: 'usdt' }],
    positions: [{ type: 'swap', settle: 'usdt' }],
    orders: [{ type: 'spot' }, { type: 'swap', settle: 'usdt' }],
    ordersLockFunds: false,
    page: null,
    fills: {
      days: 29,
      rows: 100,
      keptDays: 365,
      bySymbol: false,
      types: [{ type: 'spot' }, { type: 'swap', settle: 'usdt' }],
    },
    moves: { days: 29, rows: 100 },
  },
  kraken: {
    name: 'Kraken',
    keyPage: 'https://pro.kraken.com/app/settings/api',
    needsPassphrase: false,
    markets: { types: ['spot'] },
    limits: 'account',
    spot: [{}],
    funding: null,
    futures: [],
    positions: [],
    orders: [{}],
    ordersLockFunds: false,
    page: null,
    fills: { days: 365, rows: 50, keptDays: 3650, bySymbol: false, types: [{}] },
    moves: { days: 365, rows: 25 },
  },
};

/** Which of them have a network for tests, and what is not there. Bitget's and OKX's are their demo trading. */
export const testnets: Readonly<Partial<Record<ExchangeId, Partial<Profile>>>> = {
  // ccxt refuses the futures of Binance's test network, which Binance has given up; wallets have never been there.
  binance: {
    markets: { types: ['spot'] },
    funding: null,
    futures: [],
    positions: [],
    orders: [{ type: 'spot' }],
    moves: null,
  },
  bybit: { funding: null },
  okx: { moves: null },
  bitget: { moves: null },
  gate: { moves: null },
};

export function profileOf(id: ExchangeId, endpoint: Endpoint): Profile | undefined {
  if (endpoint === 'live') return profiles[id];
  const differs = endpoint === 'testnet' ? testnets[id] : undefined;
  return differs && { ...profiles[id], ...differs };
}
