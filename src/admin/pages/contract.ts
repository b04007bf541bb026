import { randomUUID } from 'node:crypto';
import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { formatBaht } from '../../core/amount.ts';
import { fail } from '../../core/error.ts';
import { type ContractStory, readContractStory } from '../../core/rental/list.ts';
import {
  extendContract,
  pauseContract,
  refundContract,
  resumeContract,
  setCancelAtEnd,
} from '../../core/rental/operate.ts';
import { allPlans } from '../../core/rental/plan.ts';
import { hasText } from '../../core/text/text.ts';
import { attempt, type Beside, besideProof, proofField, prove, type Status } from '../answer.ts';
import { at, card, facts, field, type Html, lock, none, type Problems, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { type KeptRoute, part, type Route, type SignedIn, typed } from '../visit.ts';
import { contractState, planName } from './contracts.ts';
import { reasonTyped } from './topup.ts';

const acts = ['extend', 'pause', 'resume', 'end', 'keep', 'refund'] as const;
type Act = (typeof acts)[number];
type Back = { act: Act; problems: Problems } | undefined;

/** What may be done with a contract as it stands. */
function possible({ view }: ContractStory): Act[] {
  if (view.standing === 'expired' || view.standing === 'cancelled') return [];
  const { pausedAt, cancelAtEnd } = view.contract;
  return ['extend', pausedAt ? 'resume' : 'pause', cancelAtEnd ? 'keep' : 'end', 'refund'];
}

function form(visit: SignedIn, { view, unusedSatang }: ContractStory, act: Act, back: Back): Html {
  const { say } = visit;
  const problems = back?.act === act ? back.problems : {};
  const was = (name: string) => (back?.act === act ? typed(visit, name) : '');
  const note = act === 'refund' ? say('contract_refund_note', { unusedSatang }) : say(`contract_${act}_note`);
  return html`<form class="card" method="post" action="/admin/contracts/${view.contract.id}/${act}" data-act="${act}">
<div class="card-header"><h2 class="card-title">${say(`contract_${act}`)}</h2></div><div class="card-body"><p class="text-secondary">${note}</p>
${wrong(problems)}${lock(visit)}<input type="hidden" name="request_key" value="${randomUUID()}">
${act === 'extend' ? field({ name: 'days', label: say('contract_days'), value: was('days'), inputmode: 'numeric' }, problems) : none}
${field({ name: 'reason', label: say('reason'), hint: say('reason_hint'), value: was('reason') }, problems)}
${proofField(visit, problems)}${submit(say(`contract_${act}`), act === 'refund' || act === 'end' ? 'btn-danger' : 'btn-primary')}</div></form>`;
}

async function story(visit: SignedIn, { terms, events }: ContractStory): Promise<Html> {
  const { language, say } = visit;
  const plans = new Map((await allPlans(visit.ctx)).map((plan) => [plan.id, plan]));
  const termRows = terms.map((term) => [
    String(term.number),
    planName(visit, plans.get(term.planId)),
    html`${at(visit, term.startsAt)} – ${at(visit, term.endsAt)}`,
    formatBaht(term.priceSatang),
    formatBaht(term.discountSatang),
    formatBaht(term.creditedSatang),
    term.cutAt ? at(visit, term.cutAt) : '–',
  ]);
  const eventRows = events.map((event) => [
    at(visit, event.at),
    hasText(language, `panel.contract_event_${event.kind}`) ? say(`contract_event_${event.kind}`) : event.kind,
    Object.entries(event.detail)
      .map(([name, value]) => `${name}: ${value}`)
      .join(' · '),
  ]);
  const termColumns = [
    say('contract_term'),
    say('plan'),
    say('contract_period'),
    say('contract_price'),
    say('contract_discount'),
    say('contract_credited'),
    say('contract_cut'),
  ];
  return html`${card(say('contract_terms'), table(termColumns, termRows, say('nothing_yet')))}
${card(say('contract_events'), table([say('when'), say('what'), say('contract_detail')], eventRows, say('nothing_yet')))}`;
}

async function contractPage(visit: SignedIn, back?: Back, status: Status = 200) {
  const { opened, say } = visit;
  const found = await readContractStory(visit.ctx, { contractId: part(visit, 'id') });
  const { view, displayName } = found;
  const { contract } = view;
  const mine = may(opened.operator.role, 'contracts.manage') ? possible(found) : [];
  const next = view.next ? formatBaht(view.next.totalSatang) : '–';
  return page(
    visit,
    say('contract_of', { name: displayName }),
    html`${card(
      say('contract'),
      facts([
        [
          say('person'),
          html`<a href="/admin/users/${contract.userId}">${displayName}</a><br><code>${contract.userId}</code>`,
        ],
        [say('plan'), planName(visit, view.plan)],
        [say('state'), contractState(visit, view.standing)],
        [say('contract_since'), at(visit, contract.createdAt)],
        [say('contract_until'), at(visit, view.paidUntil)],
        ...(view.endedAt ? [[say('contract_ended_at'), at(visit, view.endedAt)] as const] : []),
        [say('contract_grace_until'), view.graceUntil ? at(visit, view.graceUntil) : '–'],
        [say('contract_auto'), say(view.autoRenew ? 'yes' : 'no')],
        [say('contract_next_plan'), planName(visit, view.nextPlan ?? undefined)],
        [say('contract_next_price'), next],
        [say('contract_paused'), contract.pausedAt ? at(visit, contract.pausedAt) : '–'],
        [say('contract_ends'), say(contract.cancelAtEnd ? 'yes' : 'no')],
      ]),
    )}${back && !mine.includes(back.act) ? wrong({ form: Object.values(back.problems).join(' ') }) : none}
<div class="acts mb-3">${mine.map((act) => form(visit, found, act, back))}</div>${await story(visit, found)}`,
    status,
  );
}

const beside: Beside = {
  ...besideProof,
  'days.invalid': 'days',
  'reason.required': 'reason',
  'text.too_long': 'reason',
};

const deeds: Record<Act, (visit: SignedIn, order: { contractId: string; reason: string }) => Promise<void>> = {
  extend: (visit, order) => {
    const days = Number(typed(visit, 'days').trim() || Number.NaN);
    return extendContract(visit.ctx, { ...order, days, requestKey: typed(visit, 'request_key') || fail('form.stale') });
  },
  pause: (visit, order) => pauseContract(visit.ctx, order),
  resume: (visit, order) => resumeContract(visit.ctx, order),
  end: (visit, order) => setCancelAtEnd(visit.ctx, { ...order, cancelAtEnd: true }),
  keep: (visit, order) => setCancelAtEnd(visit.ctx, { ...order, cancelAtEnd: false }),
  refund: (visit, order) => refundContract(visit.ctx, order),
};

const acting = (act: Act): KeptRoute => ({
  method: 'post',
  path: `/admin/contracts/:id/${act}`,
  who: 'contracts.manage',
  run: (visit) =>
    attempt(
      visit,
      beside,
      async () => {
        await prove(visit);
        const contractId = part(visit, 'id');
        await deeds[act](visit, { contractId, reason: reasonTyped(visit) });
        return visit.c.redirect(`/admin/contracts/${encodeURIComponent(contractId)}?done=contract_${act}`, 303);
      },
      (problems, status) => contractPage(visit, { act, problems }, status),
    ),
});

export const contractRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/contracts/:id', who: 'contracts.read', run: (visit) => contractPage(visit) },
  ...acts.map(acting),
];
