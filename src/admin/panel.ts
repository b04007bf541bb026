import { Hono, type Context as Request } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { requirePermission } from '../core/access.ts';
import { as } from '../core/context.ts';
import { isDatabaseAway } from '../core/db.ts';
import { fail, Refusal, statusOf } from '../core/error.ts';
import { randomCode } from '../core/id.ts';
import { actorOf, openSession } from '../core/ops/session.ts';
import { type Language, languageFrom, languages, translate } from '../core/text/text.ts';
import { serveAssets } from './assets.ts';
import { addressOf, checkFormKey, protectedHeaders, readToken, sameOriginOnly } from './guard.ts';
import { doorPage } from './layout.ts';
import { routes } from './routes.ts';
import type { PanelContext, PanelOptions, Route, SignedIn, Visit } from './visit.ts';

const MOST_BYTES = 64 * 1024;

/** The operators' panel at `/admin`. */
export function createPanel(ctx: PanelContext, options: PanelOptions): Hono {
  const app = new Hono();
  app.onError((error, c) => refuse(ctx, options, c, error));
  app.use('/admin/*', protectedHeaders(options.secure), sameOriginOnly);
  app.use(
    '/admin/*',
    bodyLimit({ maxSize: MOST_BYTES, onError: () => fail('body.too_large', { maxKib: MOST_BYTES / 1024 }) }),
  );
  serveAssets(app);
  for (const route of routes)
    app.on(route.method, route.path, async (c) => answer(await arrive(ctx, options, c), route));
  app.all('/admin/*', () => fail('http.missing'));
  return app;
}

/** Who this is and what they sent. A POST of a session must carry the session's key. */
async function arrive(given: PanelContext, options: PanelOptions, c: Request): Promise<Visit> {
  const from = { address: addressOf(c), browser: (c.req.header('user-agent') ?? '').slice(0, 200) };
  const door = as(given, { kind: 'panel', address: from.address });
  const token = readToken(c, options.secure);
  const isVisit = c.req.path !== '/admin/live'; // what a page fetches by itself keeps no session alive
  const opened = token ? await openSession(door, { token, isVisit }) : undefined;
  const form = new URLSearchParams(c.req.method === 'POST' ? await c.req.text() : '');
  if (c.req.method === 'POST' && token && opened) checkFormKey(token, form.get('form_key') ?? '');
  const language = opened?.operator.language ?? languageOf(c);
  return {
    c,
    ctx: opened && opened.next !== 'second_factor' ? as(given, actorOf(opened.operator)) : door,
    door,
    language,
    say: (key, params) => translate(language, `panel.${key}`, params),
    from,
    form,
    options,
    token,
    opened,
  };
}

function answer(visit: Visit, route: Route): Response | Promise<Response> {
  const { opened, token } = visit;
  if (route.who === 'anyone') return route.run(visit);
  if (!opened || !token || opened.next === 'second_factor')
    return elsewhere(visit, opened ? '/admin/second-factor' : '/admin/sign-in');
  const signedIn: SignedIn = { ...visit, opened, token };
  if (route.who !== 'enrol' && opened.next === 'enrol') return elsewhere(visit, '/admin/enrol');
  if (route.who !== 'enrol' && route.who !== 'signed_in') requirePermission(visit.ctx, route.who);
  return route.run(signedIn);
}

/** What is fetched into a page must not be filled with another one. */
function elsewhere({ c }: Visit, path: string): Response {
  if (!c.req.header('hx-request')) return c.redirect(path, 303);
  c.header('hx-redirect', path);
  return c.body(null, 401);
}

function languageOf(c: Request): Language {
  const chosen = getCookie(c, 'panel_language');
  return languages.find((known) => known === chosen) ?? languageFrom(c.req.header('accept-language'));
}

/** Whatever a page throws becomes a page: a refusal in its words, a bug as a reference to quote. */
function refuse(ctx: PanelContext, options: PanelOptions, c: Request, error: unknown): Response | Promise<Response> {
  const refusal = asRefusal(ctx, c, error);
  const language = languageOf(c);
  const say: Visit['say'] = (key, params) => translate(language, `panel.${key}`, params);
  const from = { address: '', browser: '' };
  const form = new URLSearchParams();
  const visit: Visit = { c, ctx, door: ctx, language, say, from, form, options, token: undefined, opened: undefined };
  const words = translate(language, `error.${refusal.code}`, refusal.params);
  const body = html`<p>${words}</p><a class="btn btn-primary" href="/admin">${say('back')}</a>`;
  return doorPage(visit, say('refused'), body, statusOf[refusal.kind]);
}

function asRefusal(ctx: PanelContext, c: Request, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const path = c.req.path.replace(/(\/invite\/).+/, '$1…'); // that part is a secret
  if (isDatabaseAway(error)) {
    ctx.log.error({ err: error, path }, 'the database is away');
    return new Refusal('service.unavailable');
  }
  const reference = randomCode(6);
  ctx.log.error({ err: error, reference, path }, 'a page of the panel failed');
  return new Refusal('unexpected', { reference });
}
