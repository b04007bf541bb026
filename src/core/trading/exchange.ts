import type { DecimalText } from '../decimal.ts';

/** Where an account is: with real money, on the exchange's test network, or on the demo exchange inside this program. */
export type Endpoint = 'live' | 'testnet' | 'demo';

/** Opened for the one call that uses it, and kept nowhere else. */
export interface ExchangeKey {
  readonly apiKey: string;
  readonly secret: string;
  /** Where the exchange has one (OKX, Bitget, KuCoin). */
  readonly passphrase?: string;
}

export interface AccountLogin {
  readonly accountId: string;
  readonly exchange: string;
  readonly endpoint: Endpoint;
  /** Null for demo accounts, which have none. */
  readonly key: ExchangeKey | null;
}

/** An exchange as it is offered to people. */
export interface ExchangeInfo {
  readonly id: string;
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
  readonly needsPassphrase: boolean;
  /** Where its users make keys. */
  readonly keyPage: string | null;
}

/** What an exchange says about a key. Null where it says nothing. */
export interface KeyRights {
  readonly canTrade: boolean | null;
  readonly canWithdraw: boolean | null;
  readonly ipRestricted: boolean | null;
  readonly expiresAt: Date | null;
  /** How far the exchange's clock is ahead of ours. */
  readonly clockOffsetMs: number;
}

export type WalletKind = 'spot' | 'futures';
export type Side = 'buy' | 'sell';

/**
 * What lies in a wallet. The open profit of positions is no part of it, whatever an exchange adds up: what an account is
 * worth is the sum of its totals and of its positions' `unrealisedPnl`. `total` is `free` and `used` together.
 */
export interface AssetBalance {
  readonly wallet: WalletKind;
  readonly asset: string;
  readonly free: DecimalText;
  readonly used: DecimalText;
  readonly total: DecimalText;
}

export interface OpenPosition {
  /** As ccxt writes it: `BTC/USDT:USDT`. */
  readonly symbol: string;
  readonly base: string;
  /** In what profit and margin are counted. */
  readonly settle: string;
  readonly side: 'long' | 'short';
  /** Above zero, in units of the base, whatever a contract's size is. */
  readonly qtyBase: DecimalText;
  readonly entryPrice: DecimalText;
  readonly markPrice: DecimalText | null;
  readonly unrealisedPnl: DecimalText | null;
  readonly leverage: DecimalText | null;
  readonly liquidationPrice: DecimalText | null;
  readonly margin: DecimalText | null;
}

export interface OpenOrder {
  readonly id: string;
  readonly wallet: WalletKind;
  readonly symbol: string;
  readonly side: Side;
  readonly type: string;
  readonly price: DecimalText | null;
  readonly qtyBase: DecimalText;
  readonly filledQtyBase: DecimalText;
  /** ISO 8601. */
  readonly placedAt: string;
}

/** What an account holds at one moment. */
export interface AccountReading {
  readonly balances: readonly AssetBalance[];
  readonly positions: readonly OpenPosition[];
  readonly orders: readonly OpenOrder[];
  /** What the key may not look at, so that nothing is known of it; absent where all was read. */
  readonly unread?: readonly WalletKind[];
}

/** One execution. */
export interface Fill {
  /** Unique within account and market. */
  readonly id: string;
  readonly wallet: WalletKind;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly side: Side;
  readonly price: DecimalText;
  readonly qtyBase: DecimalText;
  readonly fee: { readonly asset: string; readonly qty: DecimalText } | null;
  readonly at: Date;
}

/** Money that came from outside or went there: no profit and no loss. Only those the exchange calls complete. */
export interface MoneyMove {
  readonly id: string;
  readonly kind: 'deposit' | 'withdrawal';
  readonly asset: string;
  readonly qty: DecimalText;
  readonly at: Date;
}

/** What one unit of the base costs in the quote. */
export interface Ticker {
  readonly base: string;
  readonly quote: string;
  readonly price: DecimalText;
  readonly at: Date;
}

/**
 * What we need of exchanges on behalf of accounts. Every call ends when its signal does and throws `ExchangeTrouble`
 * when the exchange will not; no error carries an address, a header, a signature or a key.
 */
export interface Exchanges {
  readonly offered: readonly ExchangeInfo[];
  /** Tries a key: it can read, the clocks agree, and this is what it may do. */
  rights(login: AccountLogin, signal: AbortSignal): Promise<KeyRights>;
  read(login: AccountLogin, signal: AbortSignal): Promise<AccountReading>;
  /** Executions at `since` or later, oldest first. Some exchanges only tell of symbols that they are asked for. */
  fills(
    login: AccountLogin,
    wanted: { since: Date; symbols: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly Fill[]>;
  /**
   * Deposits and withdrawals that began at `since` or later and are complete, oldest first; null where the exchange or
   * the key does not tell. One may be complete hours after it began, so ask again from some days before the last time.
   */
  moves(login: AccountLogin, wanted: { since: Date }, signal: AbortSignal): Promise<readonly MoneyMove[] | null>;
  /** Last prices of the exchange's spot markets. */
  tickers(exchange: string, endpoint: Endpoint, signal: AbortSignal): Promise<readonly Ticker[]>;
  /** Drops whatever is kept of an account: its key was replaced, or it was removed. A new key does so by itself. */
  forget(accountId: string): void;
}
