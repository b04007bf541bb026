import { timingSafeEqual } from 'node:crypto';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { MiddlewareHandler, Context as Request } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { fail } from '../core/error.ts';
import { formKey } from './visit.ts';

/** Nothing but our own files runs or is drawn; `data:` pictures are the style sheet's arrows and the QR. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export const protectedHeaders =
  (secure: boolean): MiddlewareHandler =>
  async (c, next) => {
    await next();
    const { headers } = c.res;
    headers.set('content-security-policy', POLICY);
    headers.set('x-content-type-options', 'nosniff');
    headers.set('x-frame-options', 'DENY');
    // Not `no-referrer`: a browser would then send a form with the origin "null".
    headers.set('referrer-policy', 'same-origin');
    headers.set('cross-origin-resource-policy', 'same-origin');
    headers.set('cross-origin-opener-policy', 'same-origin');
    headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=()');
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
    if (secure) headers.set('strict-transport-security', 'max-age=31536000');
  };

/** A POST must come from a page of ours. Browsers write these headers and no script can. */
export const sameOriginOnly: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  const site = c.req.header('sec-fetch-site');
  const origin = c.req.header('origin');
  const isOurs = origin !== undefined && URL.canParse(origin) && new URL(origin).host === c.req.header('host');
  if (site === undefined ? !isOurs : site !== 'same-origin') fail('http.cross_site');
  if (origin !== undefined && !isOurs) fail('http.cross_site');
  return next();
};

/** The second lock: what a page of ours sends for a session carries that session's key. */
export function checkFormKey(token: string, given: string): void {
  const [one, other] = [Buffer.from(formKey(token)), Buffer.from(given)];
  if (one.length !== other.length || !timingSafeEqual(one, other)) fail('form.stale');
}

const SESSION_SECONDS = 12 * 3600;

/** With https the name itself promises that no other host and no plain http has set the cookie. */
const cookieName = (secure: boolean) => (secure ? '__Host-panel' : 'panel');
const cookiePath = (secure: boolean) => (secure ? '/' : '/admin');

export const readToken = (c: Request, secure: boolean) => getCookie(c, cookieName(secure));

export function keepToken(c: Request, secure: boolean, token: string): void {
  const path = cookiePath(secure);
  setCookie(c, cookieName(secure), token, {
    path,
    secure,
    httpOnly: true,
    sameSite: 'Strict',
    maxAge: SESSION_SECONDS,
  });
}

export const LANGUAGE_COOKIE = 'panel_language';

export const languageCookie = (secure: boolean) =>
  ({ path: '/admin', sameSite: 'Strict', httpOnly: true, secure, maxAge: 31_536_000 }) as const;

export const forgetToken = (c: Request, secure: boolean) =>
  deleteCookie(c, cookieName(secure), { path: cookiePath(secure), secure });

const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

/**
 * Who knocks. A proxy on this machine says for whom in the last entry of X-Forwarded-For; from anywhere else that
 * header is only talk.
 */
export function addressOf(c: Request): string {
  const socket = socketAddress(c);
  const forwarded = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim();
  const address = forwarded && LOOPBACK.test(socket) ? forwarded : socket;
  return address.replace(/^::ffff:/, '').slice(0, 64) || 'unknown';
}

function socketAddress(c: Request): string {
  try {
    return getConnInfo(c).remote.address ?? '';
  } catch {
    return '';
  }
}
