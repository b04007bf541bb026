import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { bahtDecimal, formatBaht, parseBaht } from '../../core/amount.ts';
import type { Plan } from '../../core/rental/held.ts';
import { editPlan, setPlanStatus } from '../../core/rental/plan.ts';
import { previewReprice, repricePlan } from '../../core/rental/reprice.ts';
import { translate } from '../../core/text/text.ts';
import { cancelLink, chooser } from '../acts.ts';
import { attempt, proofField, prove, type Status } from '../answer.ts';
import { at, card, facts, field, type Html, lock, none, older, type Problems, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { type KeptRoute, part, query, type Route, type SignedIn, typed, versionTyped } from '../visit.ts';
import { planName } from './contracts.ts';
import { besidePlan, botsOf, planFields, planState, planTyped, priceTyped, trialOf } from './planFields.ts';
import { reasonTyped } from './topup.ts';

const acts = ['edit', 'reprice', 'status'] as const;
type Act = (typeof acts)[number];
type Back = { act: Act; problems: Problems } | undefined;
type Touched = Awaited<ReturnType<typeof previewReprice>>;

const addressOf = ({ id }: Plan) => `/admin/plans/${id}`;

const statusAct = ({ status }: Plan) => (status === 'offered' ? 'plan_retire' : 'plan_offer');

/** A form about a plan as it was when the form was drawn. */
function formOf(visit: SignedIn, plan: Plan, act: Act, back: Back, label: string, body: Html): Html {
  const problems = back?.problems ?? {};
  const version = back ? typed(visit, 'version') : String(plan.version);
  return html`<form class="mt-3" method="post" action="${addressOf(plan)}/${act}" data-act="${act}">${wrong(problems)}${lock(visit)}
<input type="hidden" name="version" value="${version}">${body}${proofField(visit, problems)}${submit(label)}
${cancelLink(visit, addressOf(plan))}</form>`;
}

const reasonField = (visit: SignedIn, back: Back) => {
  const { say } = visit;
  const value = back ? typed(visit, 'reason') : '';
  return field({ name: 'reason', label: say('reason'), hint: say('reason_hint'), value }, back?.problems);
};

function editForm(visit: SignedIn, plan: Plan, back: Back): Html {
  const { say } = visit;
  const body = html`<p class="text-secondary">${say('plan_edit_note')}</p>${planFields(visit, plan, back !== undefined, back?.problems ?? {})}`;
  return formOf(visit, plan, 'edit', back, say('plan_save'), body);
}

function statusForm(visit: SignedIn, plan: Plan, back: Back): Html {
  const { say } = visit;
  const body = html`<p class="text-secondary">${say(`${statusAct(plan)}_note`)}</p>
<input type="hidden" name="status" value="${plan.status === 'offered' ? 'retired' : 'offered'}">${reasonField(visit, back)}`;
  return formOf(visit, plan, 'status', back, say(statusAct(plan)), body);
}

/** By how much a price rises or falls, in baht and in percent. */
function difference(from: bigint, to: bigint): string {
  const percent = (Number(to - from) / Number(from)) * 100;
  const sign = to > from ? '+' : '';
  return `${sign}${formatBaht(to - from)} (${sign}${percent.toFixed(1).replace('-', '−')} %)`;
}

/** First the price, then whom it touches and what it comes to; only then it can be changed. */
function repriceForm(visit: SignedIn, { plan, count }: Touched, back: Back): Html {
  const { language, say } = visit;
  const text = back ? typed(visit, 'priceSatang') : query(visit, 'price');
  const priceSatang = parseBaht(text);
  const unread =
    text === '' || priceSatang !== undefined ? undefined : translate(language, 'error.amount.invalid', { text });
  const same = priceSatang === plan.priceSatang ? say('plan_same_price') : undefined;
  const problem = back?.problems.priceSatang ?? unread ?? same;
  const price = { name: 'price', label: say('plan_price_baht'), inputmode: 'decimal' };
  const ask = html`<form class="mt-3" method="get" action="${addressOf(plan)}#acts"><input type="hidden" name="act" value="reprice">
${field({ ...price, value: text || bahtDecimal(plan.priceSatang) }, problem ? { price: problem } : {})}${submit(say('plan_preview'), '')}</form>`;
  if (priceSatang === undefined || problem) return html`${ask}${wrong(back?.problems ?? {})}`;
  const body = html`<p class="text-secondary">${say('plan_reprice_note', { count })}</p>
<input type="hidden" name="priceSatang" value="${text}">${reasonField(visit, back)}`;
  const preview = facts([
    [say('plan_price_now'), formatBaht(plan.priceSatang)],
    [say('plan_price_new'), html`<strong>${formatBaht(priceSatang)}</strong>`],
    [say('plan_price_difference'), difference(plan.priceSatang, priceSatang)],
    [say('plan_touched'), say('plan_people', { count })],
  ]);
  return html`${ask}<div class="preview" data-preview>${preview}</div>${formOf(visit, plan, 'reprice', back, say('plan_reprice_now'), body)}`;
}

function acting(visit: SignedIn, touched: Touched, back: Back): Html {
  const { plan } = touched;
  const wanted = back?.act ?? query(visit, 'act');
  const chosen = acts.find((act) => act === wanted);
  const labels = { edit: 'plan_edit', reprice: 'plan_reprice', status: statusAct(plan) };
  const choices = acts.map((act) => ({ act, label: visit.say(labels[act]) }));
  const forms = {
    edit: () => editForm(visit, plan, back),
    reprice: () => repriceForm(visit, touched, back),
    status: () => statusForm(visit, plan, back),
  };
  return chooser(visit, addressOf(plan), choices, chosen, chosen ? forms[chosen]() : none);
}

function aboutCard(visit: SignedIn, plan: Plan): Html {
  const { language, say } = visit;
  const opens = plan.features.map((feature) => translate(language, `feature.${feature}`)).join(' · ');
  return card(
    say('plan'),
    facts([
      [say('state'), planState(visit, plan)],
      [say('plan_price'), formatBaht(plan.priceSatang)],
      [say('plan_code'), html`<code>${plan.code}</code>`],
      [say('plan_bots'), botsOf(visit, plan)],
      [say('plan_trial'), trialOf(visit, plan)],
      [say('plan_features'), opens || '–'],
      [say('plan_in_thai'), html`<strong>${plan.nameTh}</strong><br>${plan.aboutTh}`],
      [say('plan_in_english'), html`<strong>${plan.nameEn}</strong><br>${plan.aboutEn}`],
    ]),
  );
}

async function planPage(visit: SignedIn, back?: Back, status: Status = 200) {
  const { ctx, opened, say } = visit;
  const touched = await previewReprice(ctx, { planId: part(visit, 'id'), after: query(visit, 'before') || undefined });
  const { plan } = touched;
  const rows = touched.items.map((row) => [
    html`<a href="/admin/users/${row.userId}">${row.displayName}</a>`,
    html`<a href="/admin/contracts/${row.contractId}"><code>${row.contractId}</code></a>`,
    at(visit, row.paidUntil),
  ]);
  const columns = [say('person'), say('contract'), say('plan_price_from')];
  const next = touched.hasMore ? touched.items.at(-1)?.contractId : undefined;
  const holders = card(
    say('plan_holders', { count: touched.count }),
    html`${table(columns, rows, say('plan_nobody'))}${older(visit, next)}`,
  );
  const manages = may(opened.operator.role, 'plans.manage');
  return page(
    visit,
    planName(visit, plan),
    html`${aboutCard(visit, plan)}${manages ? acting(visit, touched, back) : none}${holders}`,
    status,
  );
}

const planAct = (
  act: Act,
  run: (visit: SignedIn, of: { planId: string; version: number }) => Promise<unknown>,
): KeptRoute => ({
  method: 'post',
  path: `/admin/plans/:id/${act}`,
  who: 'plans.manage',
  run: (visit) =>
    attempt(
      visit,
      besidePlan,
      async () => {
        await prove(visit);
        const planId = part(visit, 'id');
        await run(visit, { planId, version: versionTyped(visit) });
        return visit.c.redirect(`/admin/plans/${encodeURIComponent(planId)}?done=plan_${act}`, 303);
      },
      (problems, status) => planPage(visit, { act, problems }, status),
    ),
});

export const planPageRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/plans/:id', who: 'contracts.read', run: (visit) => planPage(visit) },
  planAct('edit', (visit, of) => editPlan(visit.ctx, { ...of, ...planTyped(visit) })),
  planAct('reprice', (visit, of) =>
    repricePlan(visit.ctx, { ...of, priceSatang: priceTyped(visit), reason: reasonTyped(visit) }),
  ),
  planAct('status', (visit, of) =>
    setPlanStatus(visit.ctx, {
      ...of,
      status: typed(visit, 'status') === 'offered' ? 'offered' : 'retired',
      reason: reasonTyped(visit),
    }),
  ),
];
