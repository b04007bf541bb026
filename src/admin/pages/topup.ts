import { randomUUID } from 'node:crypto';
import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { bahtDecimal, formatBaht, parseBaht } from '../../core/amount.ts';
import { fail } from '../../core/error.ts';
import { settleByHand } from '../../core/money/byHand.ts';
import { refundTopup } from '../../core/money/refund.ts';
import { readTopupStory, type TopupStory } from '../../core/ops/payments.ts';
import { attempt, type Beside, besideProof, proofField, prove, type Status } from '../answer.ts';
import { at, card, facts, field, type Html, lock, none, type Problems, select, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { type KeptRoute, part, type Route, type SignedIn, typed } from '../visit.ts';
import { stateOf } from './payments.ts';

type Act = 'settle' | 'refund';
/** The form that came back, and why. */
type Back = { act: Act; problems: Problems } | undefined;

const yesNo = (visit: SignedIn, is: boolean) => visit.say(is ? 'yes' : 'no');

function story(visit: SignedIn, { events, payments, refunds }: TopupStory): Html {
  const { say } = visit;
  const paid = payments.map((row) => [
    at(visit, row.paidAt),
    html`<code>${row.chargeId}</code>`,
    formatBaht(row.amountSatang),
    formatBaht(row.refundedSatang),
    say(`payment_${row.status}`),
    yesNo(visit, row.byHand),
  ]);
  const given = refunds.map((row) => [
    at(visit, row.createdAt),
    html`<code>${row.chargeId}</code>`,
    formatBaht(row.amountSatang),
    say(`refund_${row.status}`),
    row.reason ?? '–',
  ]);
  const told = events.map((row) => [
    at(visit, row.receivedAt),
    html`<code>${row.eventId}</code>`,
    html`<code>${row.chargeId}</code>`,
    row.status,
    formatBaht(row.amountSatang),
    row.outcome,
  ]);
  const [when, charge, amount, state] = [say('when'), say('charge'), say('amount'), say('state')];
  return html`${card(say('payments_of'), table([when, charge, amount, say('refunded'), state, say('by_hand')], paid, say('nothing_yet')))}
${card(say('refunds_of'), table([when, charge, amount, state, say('reason')], given, say('nothing_yet')))}
${card(say('events_of'), table([when, say('event'), charge, state, amount, say('outcome')], told, say('nothing_yet')))}`;
}

/** What can still be refunded. The value says how much of it was refunded when the page was drawn: the operator decides on that. */
function chargeSelect(visit: SignedIn, payments: TopupStory['payments'], value: string): Html {
  const open = payments.filter((paid) => paid.status === 'credited' && paid.refundedSatang < paid.amountSatang);
  const choices = open.map(({ chargeId, amountSatang, refundedSatang }) => ({
    value: `${refundedSatang} ${chargeId}`,
    label: `${chargeId} · ${formatBaht(amountSatang - refundedSatang)}`,
  }));
  return select({ name: 'charge', label: visit.say('charge'), value, choices });
}

function moneyForm(visit: SignedIn, { topup: row, payments }: TopupStory, act: Act, back: Back): Html {
  const { say } = visit;
  const problems = back?.act === act ? back.problems : {};
  const was = (name: string, otherwise = '') => (back?.act === act ? typed(visit, name) : otherwise);
  return html`<form class="card" method="post" action="/admin/payments/${row.id}/${act}" data-act="${act}">
<div class="card-header"><h2 class="card-title">${say(act)}</h2></div><div class="card-body"><p class="text-secondary">${say(`${act}_note`)}</p>
${wrong(problems)}${lock(visit)}<input type="hidden" name="request_key" value="${randomUUID()}">
${field({ name: 'amount', label: say('amount_baht'), value: was('amount', bahtDecimal(row.amountSatang)), inputmode: 'decimal' }, problems)}
${act === 'settle' ? field({ name: 'charge', label: say('charge'), hint: say('charge_hint'), value: was('charge') }, problems) : chargeSelect(visit, payments, was('charge'))}
${field({ name: 'reason', label: say('reason'), hint: say('reason_hint'), value: was('reason') }, problems)}
${proofField(visit, problems)}${submit(say(act), act === 'settle' ? 'btn-primary' : 'btn-danger')}</div></form>`;
}

async function topupPage(visit: SignedIn, back?: Back, status: Status = 200) {
  const { opened, say } = visit;
  const found = await readTopupStory(visit.ctx, { topupId: part(visit, 'id') });
  const { topup, user } = found;
  const { role } = opened.operator;
  const act: Act = topup.status === 'settled' ? 'refund' : 'settle';
  const mine = may(role, act === 'settle' ? 'topup.settle' : 'topup.refund');
  return page(
    visit,
    say('topup_of', { reference: topup.reference }),
    html`${card(
      say('topup'),
      facts([
        [say('amount'), formatBaht(topup.amountSatang)],
        [say('state'), stateOf(visit, topup)],
        [say('person'), html`<a href="/admin/users/${user.id}">${user.displayName}</a><br><code>${user.id}</code>`],
        [say('opened_at'), at(visit, topup.createdAt)],
        [say('expires_at'), at(visit, topup.expiresAt)],
        [say('gateway'), topup.provider],
      ]),
    )}${back && !(mine && back.act === act) ? wrong({ form: Object.values(back.problems).join(' ') }) : none}
${mine ? html`<div class="acts mb-3">${moneyForm(visit, found, act, back)}</div>` : none}${story(visit, found)}`,
    status,
  );
}

const beside: Beside = {
  ...besideProof,
  'amount.invalid': 'amount',
  'refund.exceeds_payment': 'amount',
  'refund.exceeds_wallet': 'amount',
  'refund.which_charge': 'form',
  'refund.changed': 'form',
  'text.too_long': 'reason',
  'reason.required': 'reason',
  'payment.charge_used': 'charge',
  'argument.required': 'charge',
};

const MOST_LETTERS = 500;

export function amountTyped(visit: SignedIn): bigint {
  const text = typed(visit, 'amount');
  const amountSatang = parseBaht(text);
  return amountSatang === undefined || amountSatang === 0n ? fail('amount.invalid', { text }) : amountSatang;
}

export function reasonTyped(visit: SignedIn): string {
  const reason = typed(visit, 'reason').trim() || fail('reason.required');
  return reason.length <= MOST_LETTERS ? reason : fail('text.too_long', { max: MOST_LETTERS });
}

async function settle(visit: SignedIn): Promise<void> {
  const amountSatang = amountTyped(visit);
  const chargeId = typed(visit, 'charge').trim() || fail('argument.required');
  await settleByHand(visit.ctx, { topupId: part(visit, 'id'), amountSatang, chargeId, reason: reasonTyped(visit) });
}

async function refund(visit: SignedIn): Promise<void> {
  const requestKey = typed(visit, 'request_key') || fail('form.stale');
  const [, seen = '', chargeId = ''] = /^(\d{1,15}) (.+)$/.exec(typed(visit, 'charge')) ?? [];
  if (!chargeId) fail('refund.which_charge', { count: 0 });
  const input = { topupId: part(visit, 'id'), amountSatang: amountTyped(visit), reason: reasonTyped(visit) };
  await refundTopup(visit.ctx, { ...input, chargeId, seenRefundedSatang: BigInt(seen), requestKey });
}

const acting = (act: Act, run: (visit: SignedIn) => Promise<void>): KeptRoute => ({
  method: 'post',
  path: `/admin/payments/:id/${act}`,
  who: act === 'settle' ? 'topup.settle' : 'topup.refund',
  run: (visit) =>
    attempt(
      visit,
      beside,
      async () => {
        await prove(visit);
        await run(visit);
        return visit.c.redirect(`/admin/payments/${encodeURIComponent(part(visit, 'id'))}?done=${act}`, 303);
      },
      (problems, status) => topupPage(visit, { act, problems }, status),
    ),
});

export const topupRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/payments/:id', who: 'payments.read', run: (visit) => topupPage(visit) },
  acting('settle', settle),
  acting('refund', refund),
];
