import type { Exchange } from 'ccxt';
import { ExchangeTrouble, type TroubleKind } from '../../core/market/trouble.ts';

/** ccxt as it is when it is loaded. */
export type Ccxt = typeof import('ccxt');

/** What an answer said against us, without the words it said it in: exchanges quote what was signed. */
export interface Refused {
  readonly status: number;
  readonly code: string | null;
  readonly retryAfterMs: number;
}

/** How exchanges say that all is well. */
const fine = ['', '0', '00000', '200', '200000', 'SUCCESS'];

/** Null for an answer that is none. */
export function refusalIn(status: number, headers: Readonly<Record<string, unknown>>, body: unknown): Refused | null {
  const code = codeIn(body);
  if (status < 400 && (code === null || fine.includes(code))) return null;
  return { status, code, retryAfterMs: retryAfterMs(headers) };
}

/** The code by the name that each exchange has for it; Kraken has a list of them. */
function codeIn(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const { code, retCode, label, error } = body as Record<string, unknown>; // any object may be read so
  const found = code ?? retCode ?? label ?? (Array.isArray(error) ? error[0] : null);
  return found === undefined || found === null ? null : String(found);
}

const LONGEST_BAN_MS = 3 * 86_400_000;

function retryAfterMs(headers: Readonly<Record<string, unknown>>): number {
  const given = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')?.[1];
  const seconds = Number(given);
  return Number.isFinite(seconds) ? Math.min(LONGEST_BAN_MS, Math.max(0, seconds * 1000)) : 0;
}

/** What exchanges mean by their codes, where ccxt tells them apart less well than we must. */
const meant: Readonly<Record<string, Readonly<Record<string, TroubleKind>>>> = {
  binance: {
    '-1002': 'permission',
    '-1003': 'limited',
    '-1021': 'clock',
    '-1022': 'key_invalid',
    '-1121': 'symbol_unknown',
    '-2008': 'key_invalid',
    '-2014': 'key_invalid',
    // "Invalid API-key, IP, or permissions for action": it does not say which. ccxt makes a rate limit of it when the
    // key has worked before, so that a deleted key would never be told.
    '-2015': 'key_refused',
  },
  bybit: {
    '10002': 'clock',
    '10003': 'key_invalid',
    '10004': 'key_invalid',
    '10005': 'permission',
    '10006': 'limited',
    '10007': 'key_invalid',
    '10008': 'suspended',
    '10009': 'banned',
    '10010': 'ip_not_allowed',
    '10018': 'limited',
    '10024': 'region',
    '33004': 'key_expired',
  },
  okx: {
    '50001': 'maintenance',
    '50011': 'limited',
    '50061': 'limited',
    '50007': 'suspended',
    '50009': 'suspended',
    '50101': 'key_invalid',
    '50102': 'clock',
    '50103': 'key_invalid',
    '50104': 'key_invalid',
    '50105': 'key_invalid',
    '50106': 'key_invalid',
    '50107': 'clock',
    '50110': 'ip_not_allowed',
    '50111': 'key_invalid',
    '50112': 'clock',
    '50113': 'key_invalid',
    '50114': 'permission',
    '50119': 'key_invalid',
    '50120': 'permission',
    '51001': 'symbol_unknown',
    '51155': 'region',
  },
  mexc: {
    '401': 'key_invalid',
    '402': 'key_expired',
    '403': 'permission',
    '406': 'ip_not_allowed',
    '510': 'limited',
    '511': 'permission',
    '602': 'key_invalid',
    '10072': 'key_invalid',
    '30018': 'suspended',
    '700001': 'key_invalid',
    '700002': 'key_invalid',
    '700003': 'clock',
    '700005': 'clock',
    '700006': 'ip_not_allowed',
    '700007': 'permission',
  },
  bitget: {
    '429': 'limited',
    '40004': 'clock',
    '40005': 'clock',
    '40006': 'key_invalid',
    '40008': 'clock',
    '40009': 'key_invalid',
    '40012': 'key_invalid',
    '40014': 'permission',
    '40018': 'ip_not_allowed',
    '40031': 'suspended',
    '40037': 'key_invalid',
    '40200': 'maintenance',
  },
  kucoin: {
    '400002': 'clock',
    '400003': 'key_invalid',
    '400004': 'key_invalid',
    '400005': 'key_invalid',
    '400006': 'ip_not_allowed',
    '400007': 'permission',
    '411100': 'suspended',
    '429000': 'limited',
  },
  gate: {
    AUTHENTICATION_FAILED: 'key_invalid',
    INVALID_CREDENTIALS: 'key_invalid',
    INVALID_KEY: 'key_invalid',
    INVALID_SIGNATURE: 'key_invalid',
    IP_FORBIDDEN: 'ip_not_allowed',
    FORBIDDEN: 'permission',
    READ_ONLY: 'permission',
    REQUEST_EXPIRED: 'clock',
    TOO_MANY_REQUESTS: 'limited',
    ACCOUNT_LOCKED: 'suspended',
    SUB_ACCOUNT_LOCKED: 'suspended',
  },
  kraken: {
    'EAPI:Invalid key': 'key_invalid',
    'EAPI:Invalid signature': 'key_invalid',
    'EAPI:Invalid nonce': 'clock',
    'EAPI:Rate limit exceeded': 'limited',
    'EGeneral:Permission denied': 'permission',
    'EGeneral:Temporary lockout': 'banned',
    'EService:Busy': 'limited',
    'EService:Unavailable': 'maintenance',
    'ETrade:User Locked': 'suspended',
  },
};

const ofStatus: Readonly<Record<number, TroubleKind>> = { 418: 'banned', 429: 'limited', 451: 'region' };

/** Exchanges that ban without saying for how long mean minutes. */
const BAN_MS = 120_000;

/** What ccxt threw, in our words. Its own message and cause carry the signed address and stay behind. */
export function troubleOf(ccxt: Ccxt, client: Exchange, error: unknown, refused: Refused | null): ExchangeTrouble {
  if (error instanceof ExchangeTrouble) return error;
  const said = refused && (ofStatus[refused.status] ?? meant[client.id]?.[refused.code ?? '']);
  const kind = said ?? kindOf(ccxt, client, error, refused);
  const waits = kind === 'limited' || kind === 'banned';
  const asked = waits ? (refused?.retryAfterMs ?? 0) : 0;
  return new ExchangeTrouble(client.id, kind, kind === 'banned' && asked === 0 ? BAN_MS : asked);
}

/** By ccxt's classes, the narrower before the wider. */
function kindOf(ccxt: Ccxt, client: Exchange, error: unknown, refused: Refused | null): TroubleKind {
  const kinds: [new (...args: never[]) => Error, TroubleKind][] = [
    [ccxt.RateLimitExceeded, 'limited'],
    [ccxt.DDoSProtection, 'limited'],
    [ccxt.OnMaintenance, 'maintenance'],
    [ccxt.RequestTimeout, 'slow'],
    [ccxt.InvalidNonce, 'clock'],
    [ccxt.BadResponse, 'malformed'],
    [ccxt.OperationFailed, 'unreachable'],
    [ccxt.BadSymbol, 'symbol_unknown'],
    [ccxt.NotSupported, 'unsupported'],
    [ccxt.RestrictedLocation, 'region'],
    [ccxt.AccountSuspended, 'suspended'],
    // Without a key there is nothing else that could lack a permission.
    [ccxt.PermissionDenied, client.apiKey ? 'permission' : 'region'],
    [ccxt.AuthenticationError, 'key_invalid'],
    // It understood us and will not, for a reason that has no kind of its own.
    [ccxt.ExchangeError, refused ? 'unsupported' : 'malformed'],
  ];
  // What is no class of ccxt's is a stumble over half an answer; it may quote that answer, so it stays behind as well.
  return kinds.find(([type]) => error instanceof type)?.[1] ?? 'malformed';
}
