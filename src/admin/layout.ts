import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { may, type Permission } from '../core/access.ts';
import { hasText } from '../core/text/text.ts';
import { asset } from './assets.ts';
import { type Html, lock, none } from './draw.ts';
import { query, type Visit } from './visit.ts';

/** Numbers in attributes are read by the library that loads them; nothing in here is ever from a person. */
const HTMX = JSON.stringify({
  includeIndicatorStyles: false,
  allowEval: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
});

const doors: readonly { path: string; name: string; permission: Permission }[] = [
  { path: '/admin', name: 'dashboard', permission: 'dashboard.read' },
  { path: '/admin/users', name: 'users', permission: 'users.read' },
  { path: '/admin/contracts', name: 'contracts', permission: 'contracts.read' },
  { path: '/admin/payments', name: 'payments', permission: 'payments.read' },
  { path: '/admin/suspense', name: 'suspense', permission: 'payments.read' },
  { path: '/admin/plans', name: 'plans', permission: 'contracts.read' },
  { path: '/admin/coupons', name: 'coupons', permission: 'contracts.read' },
  { path: '/admin/adjustments', name: 'adjustments', permission: 'payments.read' },
  { path: '/admin/documents', name: 'documents', permission: 'payments.read' },
  { path: '/admin/reconciliation', name: 'reconciliation', permission: 'payments.read' },
  { path: '/admin/backtests', name: 'backtests', permission: 'runs.read' },
  { path: '/admin/jobs', name: 'jobs', permission: 'jobs.read' },
  { path: '/admin/settings', name: 'settings', permission: 'settings.read' },
  { path: '/admin/notices', name: 'notices', permission: 'notices.read' },
  { path: '/admin/broadcasts', name: 'broadcasts', permission: 'notices.read' },
  { path: '/admin/audit', name: 'audit', permission: 'audit.read' },
  { path: '/admin/operators', name: 'operators', permission: 'operators.read' },
];

const document = (visit: Visit, title: string, body: Html): Html => html`<!doctype html>
<html lang="${visit.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="htmx-config" content="${HTMX}">
<title>${title} · ABTPro</title>
<link rel="icon" href="${asset('logo.svg')}" type="image/svg+xml">
<script src="${asset('theme.js')}"></script>
<link rel="stylesheet" href="${asset('tabler.css')}">
<link rel="stylesheet" href="${asset('panel.css')}">
<script src="${asset('htmx.js')}" defer></script>
<script src="${asset('panel.js')}" defer></script>
</head>
<body>${body}</body>
</html>`;

function languageSwitch(visit: Visit): Html {
  const other = visit.language === 'th' ? 'en' : 'th';
  const back = visit.c.req.method === 'GET' ? visit.c.req.path : '/admin';
  return html`<form method="post" action="/admin/language">${lock(visit)}
<input type="hidden" name="back" value="${back}"><button class="btn btn-ghost-secondary" name="language" value="${other}" lang="${other}">${other === 'th' ? 'ไทย' : 'English'}</button></form>`;
}

const themeSwitch = (visit: Visit): Html =>
  html`<button type="button" class="btn btn-ghost-secondary" id="theme" aria-label="${visit.say('theme')}" title="${visit.say('theme')}"><span aria-hidden="true">◐</span></button>`;

/** What happened, after a form has sent the browser on. Only words of ours can be asked for. */
function done(visit: Visit): Html {
  const key = query(visit, 'done');
  if (!/^[a-z_]{1,40}$/.test(key) || !hasText(visit.language, `panel.done_${key}`)) return none;
  return html`<div class="alert alert-success" role="status">${visit.say(`done_${key}`)}</div>`;
}

/** A page for whoever is in. */
export function page(visit: Visit, title: string, body: Html, status: ContentfulStatusCode = 200) {
  const role = visit.opened?.operator.role;
  const here = visit.c.req.path;
  const isHere = (path: string) => (path === '/admin' ? here === path : here.startsWith(path));
  const links = doors.filter(({ permission }) => role && may(role, permission));
  return visit.c.html(
    document(
      visit,
      title,
      html`<a class="skip" href="#main">${visit.say('skip')}</a>
<div class="page">
<header class="top"><div class="container-xl bar">
<a class="brand" href="/admin"><img src="${asset('logo.svg')}" alt="" width="28" height="28"> ABTPro</a>
<div class="tools">${languageSwitch(visit)}${themeSwitch(visit)}
<a class="btn btn-ghost-secondary account" href="/admin/account" ${isHere('/admin/account') ? html`aria-current="page"` : none}>${visit.opened?.operator.name ?? ''}</a>
<form method="post" action="/admin/sign-out">${lock(visit)}<button class="btn btn-ghost-secondary">${visit.say('sign_out')}</button></form></div></div>
<nav class="container-xl doors" aria-label="${visit.say('menu')}">${links.map(
        ({ path, name }) =>
          html`<a href="${path}" ${isHere(path) ? html`aria-current="page"` : none}>${visit.say(name)}</a>`,
      )}</nav></header>
<div class="page-wrapper"><main class="container-xl page-body" id="main" tabindex="-1">
<h1 class="page-title mb-3">${title}</h1>
${done(visit)}
${body}
</main></div></div>`,
    ),
    status,
  );
}

/** A small page in the middle, for whoever is on the way in. */
export function doorPage(visit: Visit, title: string, body: Html, status: ContentfulStatusCode = 200) {
  return visit.c.html(
    document(
      visit,
      title,
      html`<div class="page page-center"><main class="container container-tight py-4" id="main">
<div class="bar mb-3"><span class="brand"><img src="${asset('logo.svg')}" alt="" width="28" height="28"> ABTPro</span>
<div class="tools">${languageSwitch(visit)}${themeSwitch(visit)}</div></div>
<div class="card card-md"><div class="card-body"><h1 class="h2 mb-3">${title}</h1>${body}</div></div>
</main></div>`,
    ),
    status,
  );
}
