import { AsyncLocalStorage } from 'node:async_hooks';
import type { Exchange } from 'ccxt';
import type { Clock } from '../../core/clock.ts';
import { ExchangeTrouble } from '../../core/market/trouble.ts';
import { type Ccxt, type Refused, refusalIn, troubleOf } from './refusal.ts';

/** Exchange id → the address that takes the place of the host of every API address: a proxy, or a server of a test. */
export type BaseUrls = Readonly<Record<string, string>>;

let loading: Promise<Ccxt> | undefined;

/** A quarter of a second and a hundred megabytes: loaded when somebody needs an exchange, not before. */
export function loadCcxt(): Promise<Ccxt> {
  loading ??= import('ccxt');
  return loading;
}

/** The exchanges we offer, by ccxt's names. */
export const exchangeIds = ['binance', 'bybit', 'okx', 'mexc', 'bitget', 'kucoin', 'gate', 'kraken'] as const;
export type ExchangeId = (typeof exchangeIds)[number];

export interface ClientOptions {
  baseUrls: BaseUrls;
  /** What the client signs with; the exchange's clock is compared to it. */
  clock: Clock;
  isTestnet?: boolean;
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** One client of an exchange, without a key. It keeps the exchange's own rate limit. */
export async function openClient(id: ExchangeId, options: ClientOptions): Promise<Exchange> {
  const ccxt = await loadCcxt();
  const client: Exchange = new ccxt[id]({ enableRateLimit: true, timeout: options.timeoutMs ?? TIMEOUT_MS });
  client.options = { ...client.options, fetchMarkets: { types: ['spot'] }, warnOnFetchOpenOrdersWithoutSymbol: false };
  client.milliseconds = () => options.clock.now().getTime();
  if (options.isTestnet) client.setSandboxMode(true);
  const base = options.baseUrls[id];
  if (base) client.urls = { ...client.urls, api: moved(client.urls.api, base) };
  listen(client);
  return client;
}

/** The same addresses on another host, however deep they lie. */
function moved<T>(addresses: T, base: string): T {
  if (typeof addresses === 'string') return addresses.replace(/^https?:\/\/[^/]+/, base) as T; // a text stays a text
  if (typeof addresses !== 'object' || addresses === null) return addresses;
  return Object.fromEntries(Object.entries(addresses).map(([name, value]) => [name, moved(value, base)])) as T; // the same names
}

/** What is under way on behalf of one caller. ccxt knows no signals and keeps what an exchange said in its messages. */
interface Call {
  readonly signal: AbortSignal;
  refused: Refused | null;
}

const calls = new AsyncLocalStorage<Call>();

/** The signal of the call that is under way, for whoever waits on its behalf. */
export const callSignal = (): AbortSignal | undefined => calls.getStore()?.signal;

/**
 * Asks an exchange through its client: ends with the signal, and throws nothing but `ExchangeTrouble` and the signal's
 * reason. What ccxt throws carries signed addresses and is left behind whole.
 */
export async function ask<T>(client: Exchange, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const ccxt = await loadCcxt();
  signal.throwIfAborted();
  const call: Call = { signal, refused: null };
  try {
    return await within(signal, calls.run(call, work));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw troubleOf(ccxt, client, error, call.refused);
  }
}

/** What comes after the signal is left alone. */
export function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Has every request end with its call, every digit kept, and every refusal noted in our own words. */
function listen(client: Exchange): void {
  let status = 0;
  let headers: Readonly<Record<string, unknown>> = {};
  client.fetchImplementation = (url: string, request: RequestInit) => {
    const signals = [request.signal, callSignal()].filter((signal) => signal instanceof AbortSignal);
    const { method, headers, body } = request;
    return fetch(url, {
      ...(method && { method }),
      ...(headers && { headers }),
      ...(body && { body }),
      redirect: 'error',
      signal: AbortSignal.any(signals),
    });
  };
  client.onRestResponse = (code: number, _text, _url, _method, answered: Record<string, unknown>, body: string) => {
    [status, headers] = [code, answered];
    return body.trim();
  };
  // ccxt calls it right after the one above, and takes what is no JSON for an empty list: "there are none".
  client.parseJson = (text: string) => {
    const parsed = exactJson(text);
    if (parsed === undefined && status < 400) throw new ExchangeTrouble(client.id, 'malformed');
    const call = calls.getStore();
    const refused = refusalIn(status, headers, parsed);
    if (call && refused) call.refused = refused;
    return parsed;
  };
}

/** `JSON.parse`, but numbers with more digits than a double holds stay texts. Undefined for what is no JSON. */
function exactJson(text: string): unknown {
  const isLong = /[\d.]{16}/.test(text);
  try {
    return isLong ? JSON.parse(text, exactNumber as (key: string, value: unknown) => unknown) : JSON.parse(text); // its type lacks the third parameter
  } catch {
    return undefined;
  }
}

function exactNumber(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  return typeof value === 'number' && source && source.replace(/\D/g, '').length > 15 ? source : value;
}
