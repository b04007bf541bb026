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

const groups = ['overview', 'people', 'money', 'offer', 'messages', 'system'] as const;

interface Door {
  path: string;
  name: string;
  permission: Permission;
  group: (typeof groups)[number];
}

const doors: readonly Door[] = [
  { path: '/admin', name: 'dashboard', permission: 'dashboard.read', group: 'overview' },
  { path: '/admin/users', name: 'users', permission: 'users.read', group: 'people' },
  { path: '/admin/contracts', name: 'contracts', permission: 'contracts.read', group: 'people' },
  { path: '/admin/payments', name: 'payments', permission: 'payments.read', group: 'money' },
  { path: '/admin/suspense', name: 'suspense', permission: 'payments.read', group: 'money' },
  { path: '/admin/adjustments', name: 'adjustments', permission: 'payments.read', group: 'money' },
  { path: '/admin/documents', name: 'documents', permission: 'payments.read', group: 'money' },
  { path: '/admin/reconciliation', name: 'reconciliation', permission: 'payments.read', group: 'money' },
  { path: '/admin/plans', name: 'plans', permission: 'contracts.read', group: 'offer' },
  { path: '/admin/coupons', name: 'coupons', permission: 'contracts.read', group: 'offer' },
  { path: '/admin/guilds', name: 'guilds', permission: 'contracts.read', group: 'offer' },
  { path: '/admin/notices', name: 'notices', permission: 'notices.read', group: 'messages' },
  { path: '/admin/broadcasts', name: 'broadcasts', permission: 'notices.read', group: 'messages' },
  { path: '/admin/backtests', name: 'backtests', permission: 'runs.read', group: 'system' },
  { path: '/admin/jobs', name: 'jobs', permission: 'jobs.read', group: 'system' },
  { path: '/admin/settings', name: 'settings', permission: 'settings.read', group: 'system' },
  { path: '/admin/audit', name: 'audit', permission: 'audit.read', group: 'system' },
  { path: '/admin/operators', name: 'operators', permission: 'operators.read', group: 'system' },
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
  const { done: _said, ...filter } = visit.c.req.query();
  const search = new URLSearchParams(filter).toString();
  const back = visit.c.req.method === 'GET' ? `${visit.c.req.path}${search && '?'}${search}` : '/admin';
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

const isHere = ({ c }: Visit, path: string) =>
  path === '/admin' ? c.req.path === path : `${c.req.path}/`.startsWith(`${path}/`);

const current = (visit: Visit, path: string): Html => (isHere(visit, path) ? html`aria-current="page"` : none);

/** The pages that this operator may open, by what they are about: beside the page, or behind a button where it is narrow. */
function menu(visit: Visit): Html {
  const role = visit.opened?.operator.role;
  const open = doors.filter(({ permission }) => role && may(role, permission));
  const groupOf = (group: Door['group']): Html => {
    const links = open.filter((door) => door.group === group);
    if (links.length === 0) return none;
    const title =
      group === 'overview' ? none : html`<div class="title" id="doors-${group}">${visit.say(`group_${group}`)}</div>`;
    return html`${title}<ul ${group === 'overview' ? none : html`aria-labelledby="doors-${group}"`}>${links.map(
      ({ path, name }) => html`<li><a href="${path}" ${current(visit, path)}>${visit.say(name)}</a></li>`,
    )}</ul>`;
  };
  return html`<nav class="doors" id="doors" popover aria-label="${visit.say('menu')}">${groups.map(groupOf)}</nav>`;
}

const brand: Html = html`<img src="${asset('logo.svg')}" alt="" width="28" height="28"> <span>ABTPro</span>`;

/** A page for whoever is in. */
export function page(visit: Visit, title: string, body: Html, status: ContentfulStatusCode = 200) {
  return visit.c.html(
    document(
      visit,
      title,
      html`<a class="skip" href="#main">${visit.say('skip')}</a>
<div class="page">
<header class="top bar"><div class="tools"><button type="button" class="btn btn-ghost-secondary opener" popovertarget="doors" aria-label="${visit.say('menu')}" title="${visit.say('menu')}"><span aria-hidden="true">☰</span></button>
<a class="brand" href="/admin">${brand}</a></div>
<div class="tools">${languageSwitch(visit)}${themeSwitch(visit)}
<a class="btn btn-ghost-secondary account" href="/admin/account" ${current(visit, '/admin/account')}>${visit.opened?.operator.name ?? ''}</a>
<form method="post" action="/admin/sign-out">${lock(visit)}<button class="btn btn-ghost-secondary">${visit.say('sign_out')}</button></form></div></header>
<div class="frame">${menu(visit)}
<div class="page-wrapper"><main class="container-xl page-body" id="main" tabindex="-1">
<h1 class="page-title mb-3">${title}</h1>
${done(visit)}
${body}
</main></div></div></div>`,
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
<div class="bar mb-3"><span class="brand">${brand}</span>
<div class="tools">${languageSwitch(visit)}${themeSwitch(visit)}</div></div>
<div class="card card-md"><div class="card-body"><h1 class="h2 mb-3">${title}</h1>${body}</div></div>
</main></div>`,
    ),
    status,
  );
}
