import { Hono, type MiddlewareHandler, type Context as Request } from 'hono';
import { as } from '../../core/context.ts';
import { isDatabaseAway } from '../../core/db.ts';
import { fail, Refusal, type RefusalCode, statusOf } from '../../core/error.ts';
import { randomCode } from '../../core/id.ts';
import { type Language, languageFrom, languages, translate } from '../../core/text/text.ts';
import { addAccount, rotateKey } from '../../core/trading/addAccount.ts';
import { type OpenLink, readAccountLink } from '../../core/trading/link.ts';
import type { AccountContext } from '../../core/trading/port.ts';
import { readBody } from '../body.ts';
import { findAsset } from './assets.ts';
import { type FormView, formPage, type Problems, wordsPage } from './page.ts';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const guarded: MiddlewareHandler = async (c, next) => {
  await next();
  const { headers } = c.res;
  headers.set('content-security-policy', POLICY);
  headers.set('x-content-type-options', 'nosniff');
  headers.set('x-frame-options', 'DENY');
  // The address holds the token: no other page may learn it.
  headers.set('referrer-policy', 'no-referrer');
  headers.set('cross-origin-resource-policy', 'same-origin');
  headers.set('cross-origin-opener-policy', 'same-origin');
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
};

/**
 * The page that takes a key by a one-time link, so that no key passes through a chat. The token in its address is both
 * who may and the lock against other sites. Nothing here logs an address or a body.
 */
export function accountForm(given: AccountContext): Hono {
  const ctx = as(given, { kind: 'chat', provider: 'web' });
  const app = new Hono();
  app.onError((error, c) => refuse(ctx, c, error));
  app.use('/accounts/*', guarded);
  app.get('/accounts/assets/:name', (c) => {
    const asset = findAsset(c.req.param('name')) ?? fail('http.missing');
    c.header('cache-control', 'public, max-age=3600');
    return c.body(asset.zipped, 200, { 'content-type': asset.type, 'content-encoding': 'gzip' });
  });
  app.get('/accounts/done', (c) => {
    const language = languages.find((known) => known === c.req.query('lang')) ?? languageOf(c);
    return c.html(wordsPage(language, 'done_title', translate(language, 'accountform.done')));
  });
  app.get('/accounts/new/:token', async (c) => {
    const link = await readAccountLink(ctx, { token: c.req.param('token') });
    return c.html(formPage(viewOf(ctx, link)));
  });
  app.post('/accounts/new/:token', (c) => take(ctx, c, c.req.param('token')));
  return app;
}

const viewOf = (ctx: AccountContext, link: OpenLink, more: Partial<FormView> = {}): FormView => ({
  language: link.user.language,
  link,
  offered: ctx.exchanges.offered,
  problems: {},
  kept: { where: '', label: '', group: '' },
  ...more,
});

const MOST_BYTES = 32 * 1024;

async function take(ctx: AccountContext, c: Request, token: string): Promise<Response> {
  const link = await readAccountLink(ctx, { token });
  const body = await readBody(c.req.raw, { maxBytes: MOST_BYTES, timeoutMs: 10_000 });
  const form = new URLSearchParams(new TextDecoder().decode(body));
  try {
    await store(ctx, link, token, form);
  } catch (error) {
    if (!(error instanceof Refusal) || endsLink(error)) throw error;
    const kept = { where: typed(form, 'exchange'), label: typed(form, 'label'), group: typed(form, 'group') };
    const view = viewOf(ctx, link, { problems: problemsOf(link.user.language, error), kept });
    return c.html(formPage(view), statusOf[error.kind]);
  }
  return c.redirect(`/accounts/done?lang=${link.user.language}`, 303);
}

const typed = (form: URLSearchParams, name: string) => (form.get(name) ?? '').replaceAll('\0', '').slice(0, 5000);

/** On behalf of whoever was given the link. */
async function store(given: AccountContext, link: OpenLink, token: string, form: URLSearchParams): Promise<void> {
  const { user, account } = link;
  const ctx = as(given, { kind: 'user', userId: user.id });
  const key = {
    apiKey: typed(form, 'api_key'),
    secret: typed(form, 'secret'),
    passphrase: typed(form, 'passphrase'),
  };
  if (account) {
    await rotateKey(ctx, { userId: user.id, accountId: account.id, key, token });
    return;
  }
  const [exchange = '', endpoint = ''] = typed(form, 'exchange').split('.');
  const [label, group] = [typed(form, 'label'), typed(form, 'group')];
  await addAccount(ctx, { userId: user.id, exchange, endpoint, label, group, key, token });
}

const endsLink = ({ code }: Refusal) => code.startsWith('account_link.') || code.startsWith('user.');

/** Where the words of a refusal belong; all others stand above the form. */
const beside: Partial<Record<RefusalCode, string>> = {
  'account.exchange_unknown': 'exchange',
  'account.endpoint_unknown': 'exchange',
  'account.label_invalid': 'label',
  'account.label_taken': 'label',
  'account.group_invalid': 'group',
  'account.key_used': 'api_key',
  'account.passphrase_missing': 'passphrase',
};

function problemsOf(language: Language, { code, params }: Refusal): Problems {
  const place = code === 'account.key_malformed' ? String(params.field) : (beside[code] ?? 'form');
  return { [place]: translate(language, `error.${code}`, params) };
}

const languageOf = (c: Request): Language => languageFrom(c.req.header('accept-language'));

/** A refusal in words, a bug as a reference to quote. The path holds a secret, so it is not logged. */
function refuse(ctx: AccountContext, c: Request, error: unknown): Response | Promise<Response> {
  const refusal = asRefusal(ctx, error);
  const language = languageOf(c);
  const title = refusal.code.startsWith('account_link.') ? 'closed_title' : 'refused_title';
  const words = translate(language, `error.${refusal.code}`, refusal.params);
  return c.html(wordsPage(language, title, words), statusOf[refusal.kind]);
}

function asRefusal(ctx: AccountContext, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (isDatabaseAway(error)) {
    ctx.log.error({ err: error }, 'the database is away');
    return new Refusal('service.unavailable');
  }
  const reference = randomCode(6);
  ctx.log.error({ err: error, reference }, 'a key could not be taken');
  return new Refusal('unexpected', { reference });
}
