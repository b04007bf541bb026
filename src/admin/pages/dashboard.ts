import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { openAlerts, seeAlert } from '../../core/notices/alert.ts';
import { hasText } from '../../core/text/text.ts';
import { at, card, type Html, lock, none, submit, table } from '../draw.ts';
import { page } from '../layout.ts';
import { subjectLink } from '../subject.ts';
import { part, type Route, type SignedIn } from '../visit.ts';
import { chartsPart, dashboardFiles } from './dashboardCharts.ts';
import { figuresPart } from './dashboardFigures.ts';
import { liveStream, recentPart } from './dashboardRecent.ts';

const FIRST = 5;

async function alerts(visit: SignedIn): Promise<Html> {
  const { ctx, language, opened, say } = visit;
  const sees = may(opened.operator.role, 'alerts.see');
  const rows = (await openAlerts(ctx)).map((alert) => [
    at(visit, alert.createdAt),
    hasText(language, `panel.alert_${alert.kind}`) ? say(`alert_${alert.kind}`) : alert.kind,
    subjectLink(alert.subject),
    sees
      ? html`<form method="post" action="/admin/alerts/${alert.id}/seen" hx-post="/admin/alerts/${alert.id}/seen" hx-target="#alerts" hx-select="#alerts" hx-swap="outerHTML">${lock(visit)}${submit(say('seen'), 'btn-sm')}</form>`
      : none,
  ]);
  if (rows.length === 0)
    return html`<div id="alerts"><div class="card mb-3"><div class="card-body text-secondary">${say('alerts_none')}</div></div></div>`;
  const columns = [say('when'), say('what'), say('about'), ''];
  const rest = rows.slice(FIRST);
  return html`<div id="alerts">${card(
    say('alerts'),
    html`${table(columns, rows.slice(0, FIRST), say('alerts_none'))}${
      rest.length > 0
        ? html`<details class="behind"><summary>${say('alerts_more', { count: rest.length })}</summary>${table(columns, rest, '')}</details>`
        : none
    }`,
  )}</div>`;
}

async function dashboard(visit: SignedIn): Promise<Response> {
  const [figures, open, charts, recent] = await Promise.all([
    figuresPart(visit),
    alerts(visit),
    chartsPart(visit),
    recentPart(visit),
  ]);
  const body = html`${dashboardFiles()}${figures}${open}<div class="dashboard">${charts}${recent}</div>`;
  return page(visit, visit.say('dashboard'), body);
}

export const dashboardRoutes: readonly Route[] = [
  { method: 'get', path: '/admin', who: 'dashboard.read', run: dashboard },
  {
    method: 'get',
    path: '/admin/figures',
    who: 'dashboard.read',
    fetched: 'once',
    run: async (visit) => visit.c.html(await figuresPart(visit)),
  },
  {
    method: 'get',
    path: '/admin/charts',
    who: 'dashboard.read',
    fetched: 'once',
    run: async (visit) => visit.c.html(await chartsPart(visit)),
  },
  {
    method: 'get',
    path: '/admin/recent',
    who: 'dashboard.read',
    fetched: 'once',
    run: async (visit) => visit.c.html(await recentPart(visit)),
  },
  { method: 'get', path: '/admin/live', who: 'dashboard.read', fetched: 'stream', run: liveStream },
  {
    method: 'post',
    path: '/admin/alerts/:id/seen',
    who: 'alerts.see',
    run: async (visit) => {
      const id = Number(part(visit, 'id'));
      if (Number.isSafeInteger(id) && id > 0) await seeAlert(visit.ctx, id);
      return visit.c.redirect('/admin', 303);
    },
  },
];
