import { html } from 'hono/html';
import { type AuditFilter, findActors, listAudit } from '../../core/ops/auditLog.ts';
import { at, field, none, older, submit, table } from '../draw.ts';
import { exportLinks } from '../export/links.ts';
import { page } from '../layout.ts';
import { query, type Route, type SignedIn } from '../visit.ts';
import { about, auditLineRoutes, brief, lineLink, who } from './auditLine.ts';
import { range } from './payments.ts';

async function readFilter(visit: SignedIn): Promise<{ filter: AuditFilter; isCut: boolean }> {
  const text = query(visit, 'actor');
  const found = text === '' ? undefined : await findActors(visit.ctx, { text });
  const [action, subject] = [query(visit, 'action'), query(visit, 'subject')];
  return { filter: { actors: found?.actors, action, subject, ...range(visit) }, isCut: found?.isCut ?? false };
}

export const auditFilter = async (visit: SignedIn): Promise<AuditFilter> => (await readFilter(visit)).filter;

async function auditPage(visit: SignedIn) {
  const { ctx, say } = visit;
  const { filter, isCut } = await readFilter(visit);
  const before = query(visit, 'before');
  const { lines, names, next } = await listAudit(ctx, {
    ...filter,
    before: /^\d{1,18}$/.test(before) ? BigInt(before) : undefined,
  });
  const rows = lines.map((line) => [
    lineLink(line),
    at(visit, line.at),
    who(line, names),
    html`<code>${line.action}</code>`,
    about(line, names),
    brief(visit, line, names),
  ]);
  const input = (name: string, label: string) => field({ name, label, value: query(visit, name), optional: true });
  const day = (name: 'from' | 'to') =>
    field({ name, type: 'date', label: say(name), value: query(visit, name), optional: true });
  const columns = [say('audit_line'), say('when'), say('actor'), say('action'), say('about'), say('detail')];
  return page(
    visit,
    say('audit'),
    html`<p><a class="btn" href="/admin/audit/verify">${say('audit_verify')}</a></p>
<p class="text-secondary">${say('audit_filter_hint')}</p>
<form class="filter" method="get" action="/admin/audit" role="search">
${input('actor', say('actor'))}${input('action', say('action'))}${input('subject', say('about'))}${day('from')}${day('to')}${submit(say('show'), '')}</form>
${isCut ? html`<div class="alert alert-warning" role="status">${say('audit_names_cut')}</div>` : none}
<div class="card" id="list">${table(columns, rows, say('nothing_found'))}${older(visit, next)}${exportLinks(visit, ['audit'])}</div>`,
  );
}

export const auditRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/audit', who: 'audit.read', run: auditPage },
  ...auditLineRoutes,
];
