import type { Exchange } from 'ccxt';
import { ExchangeTrouble, type TroubleKind } from '../../core/market/trouble.ts';

/** Exchange id → the address that takes the place of the host of every API address: a proxy, or a server of a test. */
export type BaseUrls = Readonly<Record<string, string>>;

export type Ccxt = typeof import('ccxt');

let loading: Promise<Ccxt> | undefined;

/** A quarter of a second and a hundred megabytes: loaded when somebody needs an exchange, not before. */
export function loadCcxt(): Promise<Ccxt> {
  loading ??= import('ccxt');
  return loading;
}

/** The exchanges we offer, by ccxt's names. */
export const exchangeIds = ['binance', 'bybit', 'okx', 'mexc', 'bitget', 'kucoin', 'gate', 'kraken'] as const;
export type ExchangeId = (typeof exchangeIds)[number];

const TIMEOUT_MS = 10_000;

/** One client of an exchange, without keys unless `keys` are given. It keeps the exchange's own rate limit. */
export async function openClient(id: ExchangeId, baseUrls: BaseUrls): Promise<Exchange> {
  const ccxt = await loadCcxt();
  const client: Exchange = new ccxt[id]({ enableRateLimit: true, enableLastJsonResponse: true, timeout: TIMEOUT_MS });
  client.options = { ...client.options, fetchMarkets: { types: ['spot'] }, warnOnFetchOpenOrdersWithoutSymbol: false };
  const base = baseUrls[id];
  if (base) client.urls = { ...client.urls, api: moved(client.urls.api, base) };
  return client;
}

/** The same addresses on another host, however deep they lie. */
function moved<T>(addresses: T, base: string): T {
  if (typeof addresses === 'string') return addresses.replace(/^https?:\/\/[^/]+/, base) as T; // a text stays a text
  if (typeof addresses !== 'object' || addresses === null) return addresses;
  return Object.fromEntries(Object.entries(addresses).map(([name, value]) => [name, moved(value, base)])) as T; // the same names
}

/** What ccxt threw, in our words. Its own message carries the signed address and stays behind. */
export function troubleOf(ccxt: Ccxt, client: Exchange, error: unknown): unknown {
  const exchange = client.id;
  const kinds: [new (...args: never[]) => Error, TroubleKind][] = [
    [ccxt.RateLimitExceeded, 'limited'],
    [ccxt.DDoSProtection, 'limited'],
    [ccxt.OnMaintenance, 'maintenance'],
    [ccxt.RequestTimeout, 'slow'],
    [ccxt.OperationFailed, 'unreachable'],
    [ccxt.BadSymbol, 'symbol_unknown'],
    [ccxt.NotSupported, 'unsupported'],
    [ccxt.PermissionDenied, 'region'],
    [ccxt.BaseError, 'malformed'],
  ];
  const kind = kinds.find(([type]) => error instanceof type)?.[1];
  if (kind) return new ExchangeTrouble(exchange, kind, kind === 'limited' ? retryAfterMs(client) : 0);
  // An answer that is no JSON, or half of one, makes ccxt stumble over what it expected to find.
  return error instanceof TypeError || error instanceof SyntaxError
    ? new ExchangeTrouble(exchange, 'malformed')
    : error;
}

/** What the exchange's last answer said about waiting; ccxt does not pass it on. Never more than five minutes. */
function retryAfterMs({ last_response_headers: headers }: Exchange): number {
  const given = Object.entries((headers ?? {}) as Record<string, unknown>).find(
    ([name]) => name.toLowerCase() === 'retry-after',
  );
  const seconds = Number(given?.[1]);
  return Number.isFinite(seconds) ? Math.min(300, Math.max(0, seconds)) * 1000 : 0;
}
