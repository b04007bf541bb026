import { ExchangeTrouble, type TroubleKind } from '../../src/core/market/trouble.ts';
import type {
  AccountLogin,
  AccountReading,
  ExchangeInfo,
  Exchanges,
  KeyRights,
} from '../../src/core/trading/exchange.ts';

const exchange = (id: string, name: string, more: Partial<ExchangeInfo> = {}): ExchangeInfo => ({
  id,
  name,
  endpoints: ['live'],
  needsPassphrase: false,
  keyPage: `https://${id}.example/keys`,
  ...more,
});

const offered: readonly ExchangeInfo[] = [
  exchange('binance', 'Binance', { endpoints: ['live', 'testnet'] }),
  exchange('bybit', 'Bybit', { endpoints: ['live', 'testnet'] }),
  exchange('okx', 'OKX', { needsPassphrase: true }),
  exchange('kraken', 'Kraken'),
  exchange('demo', 'Demo', { endpoints: ['demo'], keyPage: null }),
];

const GOOD: KeyRights = {
  canTrade: true,
  canWithdraw: false,
  ipRestricted: true,
  expiresAt: null,
  clockOffsetMs: 0,
};

export interface FakeExchanges extends Exchanges {
  /** What the next answers about a key say, by API key; the good one for keys that are not named. */
  told: Map<string, Partial<KeyRights>>;
  /** What goes wrong, by API key or account id or exchange. */
  troubles: Map<string, TroubleKind | Error>;
  /** What an account holds, by account id; the same few coins for those that are not named. */
  holdings: Map<string, AccountReading>;
  /** Every call, in order: `rights`, `read` or `forget` and whose. */
  calls: { what: 'rights' | 'read' | 'forget'; accountId: string; exchange: string }[];
  /** The keys that reached the exchange. */
  keysSeen: Set<string>;
  /** Runs while a call is under way, before it answers. */
  meanwhile: (login: AccountLogin, signal: AbortSignal) => Promise<void>;
  /** The most readings that were under way at once. */
  mostAtOnce: number;
}

export const coins = (btc: string): AccountReading => ({
  balances: [{ wallet: 'spot', asset: 'BTC', free: btc, used: '0', total: btc }],
  positions: [],
  orders: [],
});

/** Exchanges that live in the test alone, and do as they are told. */
export function fakeExchanges(): FakeExchanges {
  let underWay = 0;
  const enter = async (what: 'rights' | 'read', login: AccountLogin, signal: AbortSignal) => {
    fake.calls.push({ what, accountId: login.accountId, exchange: login.exchange });
    if (login.key) fake.keysSeen.add(login.key.apiKey);
    underWay += 1;
    fake.mostAtOnce = Math.max(fake.mostAtOnce, underWay);
    try {
      await fake.meanwhile(login, signal);
    } finally {
      underWay -= 1;
    }
    const trouble =
      fake.troubles.get(login.key?.apiKey ?? '') ??
      fake.troubles.get(login.accountId) ??
      fake.troubles.get(login.exchange);
    if (trouble instanceof Error) throw trouble;
    if (trouble) throw new ExchangeTrouble(login.exchange, trouble);
  };
  const fake: FakeExchanges = {
    offered,
    told: new Map(),
    troubles: new Map(),
    holdings: new Map(),
    calls: [],
    keysSeen: new Set(),
    meanwhile: async () => {},
    mostAtOnce: 0,
    async rights(login, signal) {
      await enter('rights', login, signal);
      return { ...GOOD, ...fake.told.get(login.key?.apiKey ?? '') };
    },
    async read(login, signal) {
      await enter('read', login, signal);
      return fake.holdings.get(login.accountId) ?? coins('0.5');
    },
    fills: async () => [],
    moves: async () => null,
    tickers: async () => [],
    forget(accountId) {
      fake.calls.push({ what: 'forget', accountId, exchange: '' });
    },
  };
  return fake;
}
