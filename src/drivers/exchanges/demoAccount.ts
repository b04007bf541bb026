import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { Decimal } from '../../core/decimal.ts';
import { demoMarket, demoMarkets, demoPrice } from '../../core/market/demo.ts';
import { ExchangeTrouble } from '../../core/market/trouble.ts';
import type { AccountReading, AssetBalance, ExchangeInfo, Exchanges } from '../../core/trading/exchange.ts';

const demo: ExchangeInfo = {
  id: 'demo',
  name: 'Demo',
  endpoints: ['demo'],
  needsPassphrase: false,
  keyPage: null,
};

/** The exchange inside this program: accounts with made-up money, without a network. */
export function demoExchanges(clock: Clock): Exchanges {
  const now = () => clock.now().getTime();
  const onlyHere = (exchange: string) => {
    if (exchange !== demo.id) throw new ExchangeTrouble(exchange, 'unsupported');
  };
  return {
    offered: [demo],
    async rights({ exchange }) {
      onlyHere(exchange);
      return { canTrade: true, canWithdraw: false, ipRestricted: null, expiresAt: null, clockOffsetMs: 0 };
    },
    async read({ exchange, accountId }) {
      onlyHere(exchange);
      return holdingsOf(accountId, now());
    },
    async fills({ exchange }) {
      onlyHere(exchange);
      return [];
    },
    async moves({ exchange }) {
      onlyHere(exchange);
      return null;
    },
    async tickers(exchange) {
      onlyHere(exchange);
      const at = clock.now();
      return demoMarkets.map((market) => ({
        base: market.base,
        quote: market.quote,
        price: demoPrice(market, at.getTime()).toFixed(market.priceDecimals),
        at,
      }));
    },
    forget() {},
  };
}

const START_USDT = 10_000;
const SHARES: readonly [asset: string, share: number][] = [
  ['BTC', 0.4],
  ['ETH', 0.25],
  ['SOL', 0.1],
];
const HOUR_MS = 3_600_000;

/**
 * Always the same for one account and moment: an hour's rebalancing keeps every coin near its share, so that quantities
 * move with the prices, and what an account is worth with them.
 */
function holdingsOf(accountId: string, atMs: number): AccountReading {
  const seed = createHash('sha256').update(accountId).digest().readUInt32BE() / 2 ** 32;
  const worth = new Decimal(START_USDT).mul(0.8 + 0.4 * seed);
  const balancedMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  const balances: AssetBalance[] = [held('USDT', worth.mul(0.25).toFixed(2))];
  for (const [asset, share] of SHARES) {
    const market = demoMarket(`${asset}/USDT`);
    if (market) balances.push(held(asset, worth.mul(share).div(demoPrice(market, balancedMs)).toFixed(8)));
  }
  return { balances, positions: [], orders: [] };
}

const held = (asset: string, total: string): AssetBalance => ({ wallet: 'spot', asset, free: total, used: '0', total });
