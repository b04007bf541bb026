import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { formatBaht } from '../../core/amount.ts';
import { pingDatabase } from '../../core/db.ts';
import { openAlerts, seeAlert } from '../../core/notices/alert.ts';
import { type Period, readFigures } from '../../core/ops/figures.ts';
import { hasText } from '../../core/text/text.ts';
import { at, badge, card, type Html, lock, none, submit, table } from '../draw.ts';
import { page } from '../layout.ts';
import { part, type Route, type SignedIn } from '../visit.ts';

const figure = (name: string, value: Html | string): Html =>
  html`<div class="card figure"><dt>${name}</dt><dd>${value}</dd></div>`;

function periodFigures(visit: SignedIn, title: string, period: Period): Html {
  const { say } = visit;
  const conversion = period.conversionPercent === null ? '–' : `${period.conversionPercent} %`;
  return html`<h2 class="h3">${title}</h2><dl class="figures">
${figure(say('figure_paid'), formatBaht(period.paidSatang))}
${figure(say('figure_topups'), say('figure_topups_of', { settled: period.settled, topups: period.topups }))}
${figure(say('figure_conversion'), conversion)}
${figure(say('figure_users'), String(period.newUsers))}</dl>`;
}

const colours = { connected: 'green', starting: 'yellow', failing: 'red' } as const;
const PATIENCE_MS = 2_000;

async function lights(visit: SignedIn): Promise<Html> {
  const { ctx, options, say } = visit;
  const late = new Promise<'failing'>((resolve) => setTimeout(() => resolve('failing'), PATIENCE_MS).unref());
  const ping = pingDatabase(ctx.db).then(
    () => 'connected' as const,
    () => 'failing' as const,
  );
  const parts = [
    { name: 'database', status: await Promise.race([ping, late]) },
    ...options.lights.map((light) => ({ name: light.name, status: light.status() })),
  ];
  return html`<ul class="list-unstyled d-flex flex-wrap gap-2" aria-label="${say('lights')}">${parts.map(
    ({ name, status }) => html`<li>${badge(`${name}: ${say(`light_${status}`)}`, colours[status])}</li>`,
  )}</ul>`;
}

/** What changes by itself; the page fetches it again every 20 seconds. */
async function live(visit: SignedIn): Promise<Html> {
  const { ctx, say } = visit;
  const figures = await readFigures(ctx);
  const held = say('figure_suspense_of', { count: figures.suspenseCount, sumSatang: figures.suspenseSatang });
  return html`<div id="live" hx-get="/admin/live" hx-trigger="every 20s" hx-swap="outerHTML">${await lights(visit)}
${periodFigures(visit, say('today'), figures.today)}
${periodFigures(visit, say('last_30_days'), figures.last30Days)}
<h2 class="h3">${say('now')}</h2><dl class="figures">${figure(say('figure_wallets'), formatBaht(figures.walletSatang))}
${figure(say('figure_suspense'), html`<a href="/admin/suspense">${held}</a>`)}</dl></div>`;
}

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
  return html`<div id="alerts">${card(say('alerts'), table([say('when'), say('what'), say('about'), ''], rows, say('alerts_none')))}</div>`;
}

/** Ids of what the panel has a page for lead there. */
export function subjectLink(subject: string): Html {
  const code = html`<code>${subject}</code>`;
  if (subject.startsWith('top_')) return html`<a href="/admin/payments/${subject}">${code}</a>`;
  if (subject.startsWith('sus_')) return html`<a href="/admin/suspense/${subject}">${code}</a>`;
  if (subject.startsWith('adj_')) return html`<a href="/admin/adjustments/${subject}">${code}</a>`;
  if (subject.startsWith('usr_')) return html`<a href="/admin/users/${subject}">${code}</a>`;
  return code;
}

export const dashboardRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/admin',
    who: 'dashboard.read',
    run: async (visit) => page(visit, visit.say('dashboard'), html`${await live(visit)}${await alerts(visit)}`),
  },
  {
    method: 'get',
    path: '/admin/live',
    who: 'dashboard.read',
    run: async (visit) => visit.c.html(await live(visit)),
  },
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
