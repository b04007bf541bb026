import { setTimeout as sleep } from 'node:timers/promises';
import type { TroubleKind } from '../../src/core/market/trouble.ts';
import { ExchangeTrouble } from '../../src/core/market/trouble.ts';
import type {
  AccountReading,
  AssetBalance,
  Endpoint,
  Exchanges,
  Fill,
  MoneyMove,
  OpenPosition,
  Ticker,
} from '../../src/core/trading/exchange.ts';

/** An exchange of a test: what it knows of each account can be changed while it is asked. */
export interface TestPort extends Exchanges {
  /** By account. */
  readings: Map<string, AccountReading>;
  fillsOf: Map<string, Fill[]>;
  /** Null: the exchange does not tell of deposits. */
  movesOf: Map<string, MoneyMove[] | null>;
  /** By exchange, or exchange and endpoint: `binance`, `binance:testnet`. */
  tickersOf: Map<string, Ticker[]>;
  /** By account or exchange: what it answers instead. `silent` never answers. */
  troubles: Map<string, TroubleKind | 'silent'>;
  /** How long every answer takes. */
  waitMs: number;
  /** How many fills one answer holds. */
  pageOf: number;
  asked: string[];
}

export function testPort(): TestPort {
  const port: TestPort = {
    offered: [],
    readings: new Map(),
    fillsOf: new Map(),
    movesOf: new Map(),
    tickersOf: new Map(),
    troubles: new Map(),
    waitMs: 0,
    pageOf: 1000,
    asked: [],
    async rights() {
      return { canTrade: true, canWithdraw: false, ipRestricted: null, expiresAt: null, clockOffsetMs: 0 };
    },
    async read({ accountId, exchange }, signal) {
      await answering(`read ${accountId}`, accountId, exchange, signal);
      return port.readings.get(accountId) ?? { balances: [], positions: [], orders: [] };
    },
    async fills({ accountId, exchange }, { since }, signal) {
      await answering(`fills ${accountId}`, accountId, exchange, signal);
      const all = (port.fillsOf.get(accountId) ?? []).filter((fill) => fill.at >= since);
      return all.toSorted((a, b) => a.at.getTime() - b.at.getTime()).slice(0, port.pageOf);
    },
    async moves({ accountId, exchange }, { since }, signal) {
      await answering(`moves ${accountId}`, accountId, exchange, signal);
      const all = port.movesOf.get(accountId);
      return all === null ? null : (all ?? []).filter((move) => move.at >= since);
    },
    async tickers(exchange: string, endpoint: Endpoint, signal) {
      const source = endpoint === 'live' ? exchange : `${exchange}:${endpoint}`;
      await answering(`tickers ${source}`, source, exchange, signal);
      return port.tickersOf.get(source) ?? [];
    },
    forget() {},
  };
  async function answering(what: string, one: string, exchange: string, signal: AbortSignal): Promise<void> {
    port.asked.push(what);
    const trouble = port.troubles.get(one) ?? port.troubles.get(exchange);
    if (trouble === 'silent') return new Promise(() => {});
    if (port.waitMs > 0) await sleep(port.waitMs, undefined, { signal });
    if (trouble) throw new ExchangeTrouble(exchange, trouble);
  }
  return port;
}

export const balance = (
  asset: string,
  total: string,
  used = '0',
  wallet: 'spot' | 'futures' = 'spot',
): AssetBalance => ({
  wallet,
  asset,
  free: total,
  used,
  total,
});

export const position = (symbol: string, more: Partial<OpenPosition> = {}): OpenPosition => ({
  symbol,
  base: symbol.split('/')[0] ?? symbol,
  settle: symbol.split(':')[1] ?? 'USDT',
  side: 'long',
  qtyBase: '1',
  entryPrice: '100',
  markPrice: '100',
  unrealisedPnl: null,
  leverage: null,
  liquidationPrice: null,
  margin: null,
  ...more,
});

export const holding = (balances: AssetBalance[], positions: OpenPosition[] = []): AccountReading => ({
  balances,
  positions,
  orders: [],
});
