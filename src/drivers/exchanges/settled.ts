import { Decimal, type DecimalText } from '../../core/decimal.ts';
import type { WalletKind } from '../../core/trading/exchange.ts';
import type { ExchangeId } from './client.ts';
import { exact } from './text.ts';
import type { Session } from './venue.ts';

type Row = Readonly<Record<string, unknown>>;

/** How an exchange tells of one asset what it is worth without the open profit. */
interface Told {
  readonly wallet: WalletKind;
  readonly rows: (info: Row) => unknown;
  readonly asset: string;
  /** The first minus the second, where there is one. */
  readonly total: readonly [string, string?];
}

const data = ({ data: inside }: Row) => inside;

/**
 * Where ccxt's total has the open profit in it, which would count it twice beside the positions. The others leave it out
 * by themselves: Bybit's wallet balance, Gate's total, and all spot wallets.
 */
const told: Readonly<Partial<Record<ExchangeId, readonly Told[]>>> = {
  binance: [{ wallet: 'futures', rows: ({ assets }) => assets, asset: 'asset', total: ['walletBalance'] }],
  okx: [
    {
      wallet: 'spot',
      rows: (info) => (data(info) as Row[] | undefined)?.[0]?.details, // the one account that an answer holds
      asset: 'ccy',
      total: ['eq', 'upl'],
    },
  ],
  mexc: [{ wallet: 'futures', rows: data, asset: 'currency', total: ['equity', 'unrealized'] }],
  bitget: [
    { wallet: 'futures', rows: (info) => info, asset: 'marginCoin', total: ['accountEquity', 'unrealizedPL'] },
    // Of unified accounts; the others have no such field.
    { wallet: 'spot', rows: (info) => info, asset: 'coin', total: ['balance'] },
  ],
  kucoin: [
    { wallet: 'futures', rows: (info) => [data(info)], asset: 'currency', total: ['accountEquity', 'unrealisedPNL'] },
  ],
};

/** Asset → its total without open profit, where the exchange has to be asked for it in its own words. */
export function settledTotals({ id, client }: Session, wallet: WalletKind, info: unknown): Map<string, DecimalText> {
  const found = new Map<string, DecimalText>();
  for (const { rows, asset, total, ...row } of told[id] ?? []) {
    const list = row.wallet === wallet && typeof info === 'object' && info !== null ? rows(info as Row) : undefined; // any object may be read so
    for (const entry of Array.isArray(list) ? (list as (Row | null | undefined)[]) : []) {
      if (!entry) continue;
      const [whole, open] = [exact(entry[total[0]]), total[1] ? exact(entry[total[1]]) : null];
      const code = client.safeCurrencyCode(String(entry[asset]));
      if (whole !== null && code) found.set(code, new Decimal(whole).minus(open ?? 0).toFixed());
    }
  }
  return found;
}
