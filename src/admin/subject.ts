import { html } from 'hono/html';
import type { Html } from './draw.ts';

/** Where the panel has a page for an id. */
const pages: readonly (readonly [prefix: string, page: (id: string) => string])[] = [
  ['top_', (id) => `/admin/payments/${id}`],
  ['sus_', (id) => `/admin/suspense/${id}`],
  ['rec_', (id) => `/admin/reconciliation/${id}`],
  ['ntc_', (id) => `/admin/notices/${id}`],
  ['brc_', (id) => `/admin/broadcasts/${id}`],
  ['usr_', (id) => `/admin/users/${id}`],
  ['con_', (id) => `/admin/contracts/${id}`],
  ['cpn_', (id) => `/admin/coupons/${id}`],
  ['pln_', (id) => `/admin/plans/${id}`],
  ['adj_', (id) => `/admin/adjustments/${id}`],
  ['btr_', (id) => `/admin/backtests/${id}`],
  ['doc_', (id) => `/admin/documents/${id}`],
];

/** The address of what an id stands for, if there is one. */
export function subjectPath(subject: string): string | undefined {
  const [, page] = pages.find(([prefix]) => subject.startsWith(prefix)) ?? [];
  return page?.(encodeURIComponent(subject));
}

/** An id, leading to its page where there is one. */
export function subjectLink(subject: string): Html {
  const path = subjectPath(subject);
  return path ? html`<a href="${path}"><code>${subject}</code></a>` : html`<code>${subject}</code>`;
}
