import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { formatBaht } from '../../core/amount.ts';
import { matchSuspense, returnSuspense } from '../../core/money/suspense.ts';
import { findOwner, listSuspense, readSuspense, type SuspenseRow } from '../../core/ops/payments.ts';
import { attempt, type Beside, besideProof, proofField, prove, type Status } from '../answer.ts';
import { at, card, facts, field, type Html, lock, none, type Problems, pager, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { subjectLink } from '../subject.ts';
import { type KeptRoute, pageNumber, part, type Route, type SignedIn, typed } from '../visit.ts';
import { reasonTyped } from './topup.ts';

type Act = 'match' | 'return';
type Back = { act: Act; problems: Problems } | undefined;

async function suspensePage(visit: SignedIn) {
  const { say } = visit;
  const list = await listSuspense(visit.ctx, { page: pageNumber(visit) });
  const rows = list.items.map(({ item, payment }) => [
    at(visit, item.createdAt),
    formatBaht(payment.amountSatang - payment.refundedSatang),
    html`<code>${payment.reference}</code>`,
    say(`suspense_${item.reason}`),
    html`<a class="btn btn-sm" href="/admin/suspense/${item.id}">${say('deal_with')}</a>`,
  ]);
  const columns = [say('when'), say('amount'), say('reference'), say('why'), ''];
  return page(
    visit,
    say('suspense'),
    html`<p class="text-secondary">${say('suspense_intro')}</p><div class="card">${table(columns, rows, say('suspense_none'))}${pager(visit, list.page, list.hasMore)}</div>`,
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
