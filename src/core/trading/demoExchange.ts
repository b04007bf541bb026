import type { Clock } from '../clock.ts';
import { demoMarkets, demoPrice } from '../market/demo.ts';
import { DEMO } from '../market/demoSource.ts';
import { demoAccount } from './demoAccount.ts';
import type { AccountLogin, AccountReading, ExchangeInfo, Fill, KeyRights, MoneyMove, Ticker } from './exchange.ts';

const info: ExchangeInfo = { id: DEMO, name: 'Demo', endpoints: ['demo'], needsPassphrase: false, keyPage: null };

const rights: KeyRights = {
  canTrade: true,
  canWithdraw: false,
  ipRestricted: null,
  expiresAt: null,
  clockOffsetMs: 0,
};

/** The demo exchange on behalf of accounts: no network, no key, and the same answers on every instance. */
export function demoExchange(clock: Clock) {
  const bookOf = ({ accountId }: AccountLogin) => demoAccount(accountId, clock.now().getTime());
  return {
    info,
    is: ({ exchange }: { exchange: string }) => exchange === DEMO,
    rights: (): KeyRights => rights,
    read(login: AccountLogin): AccountReading {
      const { balances, positions, orders } = bookOf(login);
      return { balances, positions, orders };
    },
    /** Of all symbols, as an exchange that can tell of all at once. */
    fills: (login: AccountLogin, { since }: { since: Date }): readonly Fill[] =>
      bookOf(login).fills.filter(({ at }) => at >= since),
    moves: (login: AccountLogin, { since }: { since: Date }): readonly MoneyMove[] =>
      bookOf(login).moves.filter(({ at }) => at >= since),
    tickers: (): readonly Ticker[] => tickersAt(clock.now()),
  };
}

function tickersAt(at: Date): Ticker[] {
  const traded = demoMarkets.map((market) => {
    const price = demoPrice(market, at.getTime()).toFixed(market.priceDecimals);
    return { base: market.base, quote: market.quote, price, at };
  });
  const fiat = (quote: string, price: number) => ({ base: 'USDT', quote, price: price.toFixed(4), at });
  return [...traded, fiat('THB', bahtPrice(at.getTime())), fiat('USD', dollarPrice(at.getTime()))];
}

const wave = (atMs: number, days: number) => Math.sin((2 * Math.PI * atMs) / (days * 86_400_000));

/** Between about 33 and 36 baht, in slow waves and small ripples. */
const bahtPrice = (atMs: number) => 34.4 + 1.1 * wave(atMs, 310) + 0.25 * wave(atMs, 23) + 0.05 * wave(atMs, 0.9);
/** A peg that holds, nearly. */
const dollarPrice = (atMs: number) => 1 + 0.0006 * wave(atMs, 17) + 0.0003 * wave(atMs, 1.3);
