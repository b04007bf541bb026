import { getConnInfo } from '@hono/node-server/conninfo';
import type { MiddlewareHandler, Context as Request } from 'hono';
import { fail } from '../../core/error.ts';

/** Nothing but our own files runs on the page, and nothing of ours runs inside another page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export const protectedHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  c.res.headers.set('content-security-policy', POLICY);
  c.res.headers.set('x-content-type-options', 'nosniff');
  c.res.headers.set('referrer-policy', 'same-origin');
  c.res.headers.set('cross-origin-resource-policy', 'same-origin');
  c.res.headers.set('cross-origin-opener-policy', 'same-origin');
};

/** What proxies add of their own accord. One that adds nothing is why a public PUBLIC_URL turns these pages off. */
const PROXY_HEADERS = [
  'via',
  'forwarded',
  'x-real-ip',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'cf-connecting-ip',
];

const LOOPBACK_ADDRESS = /^(::ffff:)?127(\.\d{1,3}){3}$|^::1$/;
const LOOPBACK_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function hostName(host: string): string | undefined {
  const url = `http://${host}`;
  return URL.canParse(url) && !/[/?#@\\\s]/.test(host) ? new URL(url).hostname : undefined;
}

/** Without a socket nobody knows who asks, and then the answer is no. */
function remoteAddress(c: Request): string {
  try {
    return getConnInfo(c).remote.address ?? '';
  } catch {
    return '';
  }
}

/**
 * Whoever opens the chat may be anybody in it, so it answers this machine alone. The socket must come from loopback,
 * and the page must have been asked for by a loopback name: a stranger's domain that points here (DNS rebinding) would
 * pass the first check in a visitor's browser. What a proxy hands on did not come from this machine.
 */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  const name = hostName(c.req.header('host') ?? '');
  const forwarded = PROXY_HEADERS.some((header) => c.req.header(header) !== undefined);
  const isLocal = LOOPBACK_ADDRESS.test(remoteAddress(c)) && name !== undefined && LOOPBACK_NAME.test(name);
  if (!isLocal || forwarded) fail('http.loopback_only');
  await next();
};

/**
 * Another site open in the same browser reaches us over the same loopback. A POST must prove that our own page sent
 * it; the browser writes both headers and no script can. Reading is refused when the browser says that it is for
 * another site; following a link to the page itself is fine.
 */
export const sameOriginOnly: MiddlewareHandler = async (c, next) => {
  const site = c.req.header('sec-fetch-site');
  const origin = c.req.header('origin');
  if (c.req.method === 'GET' || c.req.method === 'HEAD') {
    const isPage = ['/chat', '/chat/', '/sandbox/bank'].includes(c.req.path);
    if (!isPage && site !== undefined && site !== 'same-origin' && site !== 'none') fail('http.cross_site');
    return next();
  }
  const isOurs = origin !== undefined && URL.canParse(origin) && new URL(origin).host === c.req.header('host');
  if (site === undefined ? !isOurs : site !== 'same-origin') fail('http.cross_site');
  if (origin !== undefined && !isOurs) fail('http.cross_site');
  return next();
};
