import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { type Exported, type ExportFormat, permissionOf } from '../../core/ops/exports.ts';
import { type Html, none } from '../draw.ts';
import type { SignedIn } from '../visit.ts';

export const exportPaths: Record<Exported, string> = {
  topups: '/admin/payments/export',
  received: '/admin/payments/received/export',
  transfers: '/admin/ledger/export',
  suspense: '/admin/suspense/export',
  audit: '/admin/audit/export',
};

/** What a file keeps of a page's filter; the list itself keeps all of it. */
const kept: Partial<Record<Exported, readonly string[]>> = { received: ['from', 'to'], transfers: ['from', 'to'] };

/** Links to the files of what a page shows, with the filter of the page; nothing for who may not take them. */
export function exportLinks(visit: SignedIn, offered: readonly Exported[]): Html {
  const { c, opened, say } = visit;
  const mine = offered.filter((what) => may(opened.operator.role, permissionOf[what]));
  if (mine.length === 0) return none;
  const { page: _page, before: _before, done: _done, ...filter } = c.req.query();
  const link = (what: Exported, format: ExportFormat) => {
    const own = Object.entries(filter).filter(([name]) => kept[what]?.includes(name) ?? true);
    const search = new URLSearchParams([...own, ['format', format]]);
    return html`<a class="btn btn-sm" href="${exportPaths[what]}?${search}" aria-label="${say(`export_${what}`)} ${format.toUpperCase()}">${format.toUpperCase()}</a>`;
  };
  return html`<div class="card-footer exports"><h2 class="h4">${say('export')}</h2><ul class="list-unstyled mb-0">${mine.map(
    (what) => html`<li><span>${say(`export_${what}`)}</span> ${link(what, 'csv')} ${link(what, 'xlsx')}</li>`,
  )}</ul>${mine.length > 1 ? html`<p class="text-secondary mt-2 mb-0">${say('export_note_topups')}</p>` : none}</div>`;
}
