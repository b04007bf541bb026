import { randomUUID } from 'node:crypto';
import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { formatBaht } from '../../core/amount.ts';
import { fail } from '../../core/error.ts';
import type { Plan } from '../../core/rental/held.ts';
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
import { cancelLink, chooser } from '../acts.ts';
import { attempt, type Beside, besideProof, proofField, prove, type Status } from '../answer.ts';
import { detailName, inWords } from '../detail.ts';
import { at, badge, card, facts, field, type Html, lock, none, type Problems, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { type KeptRoute, part, query, type Route, type SignedIn, typed } from '../visit.ts';
import { contractState, planName } from './contracts.ts';
import { noticeKindName } from './notices.ts';
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

const addressOf = ({ view }: ContractStory) => `/admin/contracts/${view.contract.id}`;

function form(visit: SignedIn, story: ContractStory, act: Act, back: Back): Html {
  const { say } = visit;
  const problems = back?.act === act ? back.problems : {};
  const was = (name: string) => (back?.act === act ? typed(visit, name) : '');
  const { unusedSatang } = story;
  const note = act === 'refund' ? say('contract_refund_note', { unusedSatang }) : say(`contract_${act}_note`);
  return html`<form class="mt-3" method="post" action="${addressOf(story)}/${act}" data-act="${act}">
<p class="text-secondary">${note}</p>${wrong(problems)}${lock(visit)}<input type="hidden" name="request_key" value="${randomUUID()}">
${act === 'extend' ? field({ name: 'days', label: say('contract_days'), hint: say('contract_days_hint'), value: was('days'), inputmode: 'numeric' }, problems) : none}
${field({ name: 'reason', label: say('reason'), hint: say('reason_hint'), value: was('reason') }, problems)}
${proofField(visit, problems)}${submit(say(`contract_${act}`), act === 'refund' ? 'btn-danger' : 'btn-primary')}
${cancelLink(visit, addressOf(story))}</form>`;
}

/** The buttons of what may be done, and under them the form of the one that was pressed. */
function deedsCard(visit: SignedIn, story: ContractStory, back: Back): Html {
  const mine = may(visit.opened.operator.role, 'contracts.manage') ? possible(story) : [];
  const wanted = back?.act ?? query(visit, 'act');
  const chosen = mine.find((act) => act === wanted);
  // What came back and makes no sense any more, because somebody else was faster, still says why.
  const lost = back && !chosen ? wrong({ form: Object.values(back.problems).join(' ') }) : none;
  if (mine.length === 0) return lost;
  const choices = mine.map((act) => ({ act, label: visit.say(`contract_${act}`), isGrave: act === 'refund' }));
  return chooser(
    visit,
    addressOf(story),
    choices,
    chosen,
    html`${lost}${chosen ? form(visit, story, chosen, back) : none}`,
  );
}

type Plans = ReadonlyMap<string, Plan>;

function termTable(visit: SignedIn, { terms }: ContractStory, plans: Plans): Html {
  const { say } = visit;
  const aside = (name: string, amountSatang: bigint): Html =>
    amountSatang === 0n ? none : html`<div class="text-secondary">${say(name)} ${formatBaht(amountSatang)}</div>`;
  const rows = terms.map((term) => [
    String(term.number),
    planName(visit, plans.get(term.planId)),
    html`${at(visit, term.startsAt)} – ${at(visit, term.endsAt)}${term.cutAt ? html`<div class="text-secondary">${say('contract_cut')} ${at(visit, term.cutAt)}</div>` : none}`,
    html`${formatBaht(term.priceSatang)}${aside('contract_discount', term.discountSatang)}${aside('contract_credited', term.creditedSatang)}`,
  ]);
  const columns = [say('contract_term'), say('plan'), say('contract_period'), say('contract_price')];
  return card(say('contract_terms'), table(columns, rows, say('nothing_yet')));
}

function eventTable(visit: SignedIn, { events }: ContractStory, plans: Plans): Html {
  const { language, say } = visit;
  const words = (name: string, value: string) => {
    if (name === 'planId') return planName(visit, plans.get(value));
    return name === 'kind' ? noticeKindName(visit, value) : inWords(visit, name, value);
  };
  const rows = events.map(({ kind, detail, at: moment }) => [
    at(visit, moment),
    hasText(language, `panel.contract_event_${kind}`) ? say(`contract_event_${kind}`) : kind,
    html`${Object.entries(detail).map(([name, value]) => html`<div><span class="text-secondary">${detailName(visit, name)}</span> ${words(name, String(value))}</div>`)}`,
  ]);
  return card(say('contract_events'), table([say('when'), say('what'), say('detail')], rows, say('nothing_yet')));
}

function aboutCard(visit: SignedIn, { view, displayName }: ContractStory): Html {
  const { say } = visit;
  const { contract } = view;
  return card(
    say('contract'),
    facts([
      [
        say('person'),
        html`<a href="/admin/users/${contract.userId}">${displayName}</a><br><code>${contract.userId}</code>`,
      ],
      [say('plan'), html`<a href="/admin/plans/${view.plan.id}">${planName(visit, view.plan)}</a>`],
      [
        say('state'),
        html`${contractState(visit, view.standing)}${contract.pausedAt ? html` ${badge(say('contract_stands'), 'yellow')}` : none}`,
      ],
      [say('contract_since'), at(visit, contract.createdAt)],
      [say('contract_until'), at(visit, view.paidUntil)],
      ...(view.endedAt ? [[say('contract_ended_at'), at(visit, view.endedAt)] as const] : []),
      ...(view.graceUntil ? [[say('contract_grace_until'), at(visit, view.graceUntil)] as const] : []),
      [say('contract_auto'), say(view.autoRenew ? 'yes' : 'no')],
      ...(view.nextPlan ? [[say('contract_next_plan'), planName(visit, view.nextPlan)] as const] : []),
      [say('contract_next_price'), view.next ? formatBaht(view.next.totalSatang) : '–'],
      ...(contract.pausedAt ? [[say('contract_paused'), at(visit, contract.pausedAt)] as const] : []),
      [say('contract_ends'), say(contract.cancelAtEnd ? 'yes' : 'no')],
      [say('contract_id'), html`<code>${contract.id}</code>`],
    ]),
  );
}

async function contractPage(visit: SignedIn, back?: Back, status: Status = 200) {
  const story = await readContractStory(visit.ctx, { contractId: part(visit, 'id') });
  const plans: Plans = new Map((await allPlans(visit.ctx)).map((plan) => [plan.id, plan]));
  const deeds = deedsCard(visit, story, back);
  const body = html`${aboutCard(visit, story)}${termTable(visit, story, plans)}${eventTable(visit, story, plans)}`;
  return page(
    visit,
    visit.say('contract_of', { name: story.displayName }),
    deeds === none ? body : html`<div class="beside"><aside>${deeds}</aside><div>${body}</div></div>`,
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
