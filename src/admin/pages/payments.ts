import { html } from 'hono/html';
import { formatBaht } from '../../core/amount.ts';
import { bangkokDayStart, days, later } from '../../core/clock.ts';
import type { TopupStatus } from '../../core/money/tables.ts';
import { listTopups, type TopupFilter, type TopupRow } from '../../core/ops/payments.ts';
import { translate } from '../../core/text/text.ts';
import { at, badge, field, type Html, older, select, submit, table } from '../draw.ts';
import { exportLinks } from '../export/links.ts';
import { page } from '../layout.ts';
import { query, type Route, type SignedIn, type Visit } from '../visit.ts';

const colours: Record<TopupStatus, string> = {
  pending: 'blue',
  review: 'yellow',
  settled: 'green',
  failed: 'red',
  expired: 'secondary',
  cancelled: 'secondary',
};

const statuses = Object.keys(colours) as TopupStatus[]; // the keys of the record above

export const stateOf = (visit: Visit, row: TopupRow['topup']): Html =>
  html`${badge(translate(visit.language, `tx.topup_${row.status}`), colours[row.status])} ${row.flags.map((flag) => badge(visit.say(`flag_${flag}`), 'purple'))}`;

/** The days of a filter; a day that does not exist filters nothing. */
export function range(visit: Visit): { from: Date | undefined; until: Date | undefined } {
  const last = bangkokDayStart(query(visit, 'to'));
  return { from: bangkokDayStart(query(visit, 'from')), until: last && later(last, days(1)) };
}

function filterForm(visit: SignedIn): Html {
  const { language, say } = visit;
  const choices = [
    { value: '', label: say('any') },
    ...statuses.map((value) => ({ value, label: translate(language, `tx.topup_${value}`) })),
  ];
  const day = (name: 'from' | 'to') =>
    field({ name, type: 'date', label: say(name), value: query(visit, name), optional: true });
  return html`<form class="filter" method="get" action="/admin/payments" role="search" hx-get="/admin/payments" hx-trigger="change, submit" hx-target="#list" hx-select="#list" hx-swap="outerHTML" hx-push-url="true">
${field({ name: 'text', type: 'search', label: say('search'), value: query(visit, 'text'), optional: true })}
${select({ name: 'status', label: say('state'), value: query(visit, 'status'), choices })}
${day('from')}${day('to')}${submit(say('show'), '')}</form>`;
}

export function topupFilter(visit: Visit): TopupFilter {
  const wanted = query(visit, 'status');
  const status = statuses.find((status) => status === wanted);
  return { status, text: query(visit, 'text') || undefined, ...range(visit) };
}

async function paymentsPage(visit: SignedIn) {
  const { say } = visit;
  const before = query(visit, 'before') || undefined;
  const list = await listTopups(visit.ctx, { ...topupFilter(visit), before });
  const rows = list.items.map(({ topup, user }) => [
    at(visit, topup.createdAt),
    html`<a href="/admin/payments/${topup.id}"><code>${topup.reference}</code></a>`,
    html`<a href="/admin/users/${user.id}">${user.displayName}</a>`,
    formatBaht(topup.amountSatang),
    stateOf(visit, topup),
  ]);
  const columns = [say('when'), say('reference'), say('person'), say('amount'), say('state')];
  return page(
    visit,
    say('payments'),
    html`${filterForm(visit)}<div class="card" id="list">${table(columns, rows, say('nothing_found'))}${older(visit, list.next)}${exportLinks(visit, ['topups', 'received', 'transfers'])}</div>`,
  );
}

export const paymentRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/payments', who: 'payments.read', run: paymentsPage },
];
