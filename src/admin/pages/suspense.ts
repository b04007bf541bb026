import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { formatBaht } from '../../core/amount.ts';
import { matchSuspense, returnSuspense } from '../../core/money/suspense.ts';
import type { SuspenseStatus } from '../../core/money/tables.ts';
import {
  findOwner,
  listSuspense,
  readSuspense,
  type SuspenseFilter,
  type SuspenseRow,
} from '../../core/ops/payments.ts';
import { attempt, type Beside, besideProof, proofField, prove, type Status } from '../answer.ts';
import {
  at,
  card,
  facts,
  field,
  type Html,
  lock,
  none,
  type Problems,
  pager,
  select,
  submit,
  table,
  wrong,
} from '../draw.ts';
import { exportLinks } from '../export/links.ts';
import { page } from '../layout.ts';
import { subjectLink } from '../subject.ts';
import { type KeptRoute, pageNumber, part, query, type Route, type SignedIn, typed, type Visit } from '../visit.ts';
import { range } from './payments.ts';
import { reasonTyped } from './topup.ts';

type Act = 'match' | 'return';
type Back = { act: Act; problems: Problems } | undefined;

const states: readonly SuspenseStatus[] = ['open', 'matched', 'returned'];

/** Without a choice, what is waiting. */
export function suspenseFilter(visit: Visit): SuspenseFilter {
  const wanted = query(visit, 'status') || 'open';
  return { status: states.find((state) => state === wanted), ...range(visit) };
}

function filterForm(visit: SignedIn): Html {
  const { say } = visit;
  const choices = [
    ...states.map((value) => ({ value: String(value), label: say(`suspense_state_${value}`) })),
    { value: 'any', label: say('any') },
  ];
  const day = (name: 'from' | 'to') =>
    field({ name, type: 'date', label: say(name), value: query(visit, name), optional: true });
  return html`<form class="filter" method="get" action="/admin/suspense" role="search">
${select({ name: 'status', label: say('state'), value: query(visit, 'status') || 'open', choices })}${day('from')}${day('to')}${submit(say('show'), '')}</form>`;
}

async function suspensePage(visit: SignedIn) {
  const { say } = visit;
  const filter = suspenseFilter(visit);
  const list = await listSuspense(visit.ctx, { ...filter, page: pageNumber(visit) });
  const rows = list.items.map(({ item, payment }) => [
    at(visit, item.createdAt),
    formatBaht(item.status === 'open' ? payment.amountSatang - payment.refundedSatang : item.amountSatang),
    html`<code>${payment.reference}</code>`,
    say(`suspense_${item.reason}`),
    say(`suspense_state_${item.status}`),
    html`<a class="btn btn-sm" href="/admin/suspense/${item.id}">${say(item.status === 'open' ? 'deal_with' : 'show')}</a>`,
  ]);
  const columns = [say('when'), say('amount'), say('reference'), say('why'), say('state'), ''];
  const nothing = say(filter.status === 'open' ? 'suspense_none' : 'nothing_found');
  return page(
    visit,
    say('suspense'),
    html`${filter.status === 'open' ? html`<p class="text-secondary">${say('suspense_intro')}</p>` : none}${filterForm(visit)}<div class="card">${table(columns, rows, nothing)}${pager(visit, list.page, list.hasMore)}${exportLinks(visit, ['suspense'])}</div>`,
  );
}

function form(visit: SignedIn, { item }: SuspenseRow, act: Act, back: Back): Html {
  const { say } = visit;
  const problems = back?.act === act ? back.problems : {};
  const was = (name: string) => (back?.act === act ? typed(visit, name) : '');
  return html`<form class="card" method="post" action="/admin/suspense/${item.id}/${act}" data-act="${act}">
<div class="card-header"><h2 class="card-title">${say(act)}</h2></div><div class="card-body"><p class="text-secondary">${say(`${act}_note`)}</p>
${wrong(problems)}${lock(visit)}
${act === 'match' ? field({ name: 'owner', label: say('owner'), hint: say('owner_hint'), value: was('owner') }, problems) : none}
${field({ name: 'reason', label: say('reason'), hint: say('reason_hint'), value: was('reason') }, problems)}
${proofField(visit, problems)}${submit(say(act), act === 'match' ? 'btn-primary' : 'btn-danger')}</div></form>`;
}

async function itemPage(visit: SignedIn, back?: Back, status: Status = 200) {
  const { opened, say } = visit;
  const found = await readSuspense(visit.ctx, { suspenseId: part(visit, 'id') });
  const { item, payment } = found;
  const acts = item.status === 'open' && may(opened.operator.role, 'suspense.close');
  const topup = payment.topupId
    ? html`<a href="/admin/payments/${payment.topupId}"><code>${payment.topupId}</code></a>`
    : '–';
  return page(
    visit,
    say('suspense_of', { sumSatang: payment.amountSatang - payment.refundedSatang }),
    html`${card(
      say('suspense_item'),
      facts([
        [say('amount'), formatBaht(payment.amountSatang)],
        [say('refunded'), formatBaht(payment.refundedSatang)],
        [say('reference'), html`<code>${payment.reference}</code>`],
        [say('charge'), html`<code>${payment.chargeId}</code>`],
        [say('gateway'), payment.provider],
        [say('when'), at(visit, payment.paidAt)],
        [say('why'), say(`suspense_${item.reason}`)],
        [say('state'), say(`suspense_state_${item.status}`)],
        [say('topup'), topup],
        ...(payment.userId ? [[say('person'), subjectLink(payment.userId)] as const] : []),
      ]),
    )}${back && !acts ? wrong({ form: Object.values(back.problems).join(' ') }) : none}
${acts ? html`<div class="acts">${form(visit, found, 'match', back)}${form(visit, found, 'return', back)}</div>` : none}`,
    status,
  );
}

const beside: Beside = {
  ...besideProof,
  'topup.missing': 'owner',
  'user.missing': 'owner',
  'reason.required': 'reason',
  'text.too_long': 'reason',
};

const acting = (act: Act, run: (visit: SignedIn, suspenseId: string) => Promise<void>): KeptRoute => ({
  method: 'post',
  path: `/admin/suspense/:id/${act}`,
  who: 'suspense.close',
  run: (visit) =>
    attempt(
      visit,
      beside,
      async () => {
        await prove(visit);
        await run(visit, part(visit, 'id'));
        return visit.c.redirect(`/admin/suspense?done=${act}`, 303);
      },
      (problems, status) => itemPage(visit, { act, problems }, status),
    ),
});

export const suspenseRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/suspense', who: 'payments.read', run: suspensePage },
  { method: 'get', path: '/admin/suspense/:id', who: 'payments.read', run: (visit) => itemPage(visit) },
  acting('match', async (visit, suspenseId) => {
    const reason = reasonTyped(visit);
    await matchSuspense(visit.ctx, {
      suspenseId,
      to: await findOwner(visit.ctx, { text: typed(visit, 'owner') }),
      reason,
    });
  }),
  acting('return', (visit, suspenseId) => returnSuspense(visit.ctx, { suspenseId, reason: reasonTyped(visit) })),
];
