import { html } from 'hono/html';
import { exportAudit } from '../../core/ops/auditLog.ts';
import {
  type Exported,
  exportReceived,
  exportSuspense,
  exportTopups,
  exportTransfers,
  permissionOf,
} from '../../core/ops/exports.ts';
import { attempt } from '../answer.ts';
import { wrong } from '../draw.ts';
import { download } from '../export/download.ts';
import { exportPaths } from '../export/links.ts';
import type { Sheet } from '../export/sheet.ts';
import { auditSheet, receivedSheet, suspenseSheet, topupSheet, transferSheet } from '../export/sheets.ts';
import { page } from '../layout.ts';
import { type KeptRoute, query, type Route, type SignedIn } from '../visit.ts';
import { auditFilter } from './audit.ts';
import { range, topupFilter } from './payments.ts';
import { suspenseFilter } from './suspense.ts';

/** A filter as the audit keeps it, without what it leaves open; whoever may be meant by a name, as it was typed. */
function inWords(visit: SignedIn, filter: object): Record<string, string> {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(
    given.map(([name, value]: [string, unknown]) => {
      if (Array.isArray(value)) return ['actor', query(visit, 'actor')];
      return [name, value instanceof Date ? value.toISOString() : String(value)];
    }),
  );
}

/** The page that offers the file. */
const homes: Record<Exported, string> = {
  topups: '/admin/payments',
  received: '/admin/payments',
  transfers: '/admin/payments',
  suspense: '/admin/suspense',
  audit: '/admin/audit',
};

function exporting<F extends object>(
  what: Exported,
  filterOf: (visit: SignedIn) => F | Promise<F>,
  sheet: (visit: SignedIn, filter: F) => Sheet,
): KeptRoute {
  return {
    method: 'get',
    path: exportPaths[what],
    who: permissionOf[what],
    run: (visit) =>
      attempt(
        visit,
        {},
        async () => {
          const filter = await filterOf(visit);
          return download(visit, { what, filter: inWords(visit, filter), sheet: () => sheet(visit, filter) });
        },
        (problems, status) =>
          page(
            visit,
            visit.say('refused'),
            html`${wrong(problems)}<a class="btn btn-primary" href="${homes[what]}">${visit.say('page_before')}</a>`,
            status,
          ),
      ),
  };
}

/** The files of lists. They stand before the pages whose paths would take `export` for an id. */
export const exportRoutes: readonly Route[] = [
  exporting('topups', topupFilter, (visit, filter) => topupSheet(visit, exportTopups(visit.ctx, filter))),
  exporting('received', range, (visit, filter) => receivedSheet(visit, exportReceived(visit.ctx, filter))),
  exporting('transfers', range, (visit, filter) => transferSheet(visit, exportTransfers(visit.ctx, filter))),
  exporting('suspense', suspenseFilter, (visit, filter) => suspenseSheet(visit, exportSuspense(visit.ctx, filter))),
  exporting('audit', auditFilter, (visit, filter) => auditSheet(visit, exportAudit(visit.ctx, filter))),
];
