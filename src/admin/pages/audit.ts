import { html } from 'hono/html';
import { type AuditLine, listAudit } from '../../core/ops/auditLog.ts';
import { at, field, type Html, none, submit, table } from '../draw.ts';
import { page } from '../layout.ts';
import { subjectLink } from '../subject.ts';
import { query, type Route, type SignedIn } from '../visit.ts';
import { range } from './payments.ts';

const detail = (line: AuditLine): Html =>
  html`${Object.entries(line.detail).map(([name, value]) => html`<div><span class="text-secondary">${name}</span> ${String(value)}</div>`)}`;

function who(line: AuditLine): Html {
  const name = line.operatorName ? html`${line.operatorName}<br>` : none;
  return html`${name}<a href="/admin/audit?actor=${encodeURIComponent(line.actor)}"><code>${line.actor}</code></a>`;
}

async function auditPage(visit: SignedIn) {
  const { say } = visit;
  const [actor, action, subject] = [query(visit, 'actor'), query(visit, 'action'), query(visit, 'subject')];
  const before = query(visit, 'before');
  const { lines, next } = await listAudit(visit.ctx, {
    actor,
    action,
    subject,
    ...range(visit),
    before: /^\d{1,18}$/.test(before) ? BigInt(before) : undefined,
  });
  const rows = lines.map((line) => [
    at(visit, line.at),
    who(line),
    html`<code>${line.action}</code>`,
    subjectLink(line.subject),
    detail(line),
  ]);
  const older = new URLSearchParams({ ...visit.c.req.query(), before: String(next ?? '') });
  const filters = [
    field({ name: 'actor', label: say('actor'), value: actor, optional: true }),
    field({ name: 'action', label: say('action'), value: action, optional: true }),
    field({ name: 'subject', label: say('about'), value: subject, optional: true }),
    field({ name: 'from', type: 'date', label: say('from'), value: query(visit, 'from'), optional: true }),
    field({ name: 'to', type: 'date', label: say('to'), value: query(visit, 'to'), optional: true }),
  ];
  return page(
    visit,
    say('audit'),
    html`<form class="filter" method="get" action="/admin/audit" role="search">${filters}${submit(say('show'), '')}</form>
<div class="card" id="list">${table([say('when'), say('actor'), say('action'), say('about'), say('detail')], rows, say('nothing_found'))}
${next === undefined ? none : html`<nav class="card-footer pages" aria-label="${say('pages')}"><a class="btn" rel="next" href="?${older}">${say('page_after')}</a></nav>`}</div>`,
  );
}

export const auditRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/audit', who: 'audit.read', run: auditPage },
];
