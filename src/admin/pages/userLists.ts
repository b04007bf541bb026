import { html } from 'hono/html';
import { listEntries, listPersonAudit, listPersonNotices, type PersonPage } from '../../core/ops/personLists.ts';
import { type Html, none, older } from '../draw.ts';
import { page } from '../layout.ts';
import { part, query, type Route, type SignedIn } from '../visit.ts';
import { auditTable, entryTable, noticeTable } from './userSections.ts';
import { personName } from './users.ts';

/** The number after which a list goes on; anything else begins at the newest. */
function numberBefore(visit: SignedIn): bigint | undefined {
  const before = query(visit, 'before');
  return /^\d{1,18}$/.test(before) ? BigInt(before) : undefined;
}

type List = 'transactions' | 'notices' | 'audit';

function listPage(visit: SignedIn, which: List, list: PersonPage<unknown>, body: Html, above: Html = none) {
  const { say } = visit;
  const { id } = list.user;
  const name = personName(visit, list.user);
  return page(
    visit,
    say(`person_${which}_of`, { name }),
    html`<p class="text-break"><a href="/admin/users/${id}">${say('person_back', { name })}</a></p>${above}<div class="card" id="list">${body}${older(visit, list.next)}</div>`,
  );
}

/** The wallets that people had before they were joined into this one. */
function wallets(visit: SignedIn, { user, formerIds }: PersonPage<unknown>): Html {
  const { say } = visit;
  if (formerIds.length === 0) return none;
  const here = `/admin/users/${user.id}/transactions`;
  const links = formerIds.map((id) => html` <a href="${here}?wallet=${id}"><code>${id}</code></a>`);
  return html`<p><a href="${here}">${say('person_wallet_now')}</a> · ${say('person_wallet_former')}${links}</p>`;
}

async function transactionsPage(visit: SignedIn) {
  const input = { userId: part(visit, 'id'), formerId: query(visit, 'wallet'), before: numberBefore(visit) };
  const list = await listEntries(visit.ctx, input);
  return listPage(visit, 'transactions', list, entryTable(visit, list.items), wallets(visit, list));
}

async function noticesPage(visit: SignedIn) {
  const before = query(visit, 'before') || undefined;
  const list = await listPersonNotices(visit.ctx, { userId: part(visit, 'id'), before });
  return listPage(visit, 'notices', list, noticeTable(visit, list.items));
}

async function auditPage(visit: SignedIn) {
  const list = await listPersonAudit(visit.ctx, { userId: part(visit, 'id'), before: numberBefore(visit) });
  return listPage(visit, 'audit', list, auditTable(visit, list.items));
}

export const userListRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/users/:id/transactions', who: 'users.read', run: transactionsPage },
  { method: 'get', path: '/admin/users/:id/notices', who: 'users.read', run: noticesPage },
  { method: 'get', path: '/admin/users/:id/audit', who: 'audit.read', run: auditPage },
];
