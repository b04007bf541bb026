import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { bahtDecimal, formatBaht, parseBaht } from '../../core/amount.ts';
import { fail } from '../../core/error.ts';
import { type Feature, features, mostOf } from '../../core/rental/features.ts';
import type { Plan } from '../../core/rental/held.ts';
import { allPlans, createPlan, editPlan, type PlanWords, setPlanStatus } from '../../core/rental/plan.ts';
import { previewReprice, repricePlan } from '../../core/rental/reprice.ts';
import { translate } from '../../core/text/text.ts';
import { attempt, type Beside, besideProof, proofField, prove, type Status } from '../answer.ts';
import { at, badge, card, field, type Html, lock, none, type Problems, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { type KeptRoute, part, query, type Route, type SignedIn, typed } from '../visit.ts';
import { onward, planName } from './contracts.ts';
import { reasonTyped } from './topup.ts';

const quota = (visit: SignedIn, plan: Plan) => {
  const most = mostOf(plan, 'tradingBots');
  return most === null ? visit.say('plan_no_limit') : String(most);
};

async function plansPage(visit: SignedIn) {
  const { opened, say } = visit;
  const rows = (await allPlans(visit.ctx)).map((plan) => [
    html`<a href="/admin/plans/${plan.id}">${planName(visit, plan)}</a>`,
    html`<code>${plan.code}</code>`,
    formatBaht(plan.priceSatang),
    quota(visit, plan),
    plan.trialDays === 0 ? '–' : say('plan_days', { days: plan.trialDays }),
    plan.status === 'offered' ? badge(say('plan_offered'), 'green') : badge(say('plan_retired'), 'secondary'),
  ]);
  const columns = [
    say('plan'),
    say('plan_code'),
    say('contract_price'),
    say('plan_bots'),
    say('plan_trial'),
    say('state'),
  ];
  const add = may(opened.operator.role, 'plans.manage')
    ? html`<p><a class="btn btn-primary" href="/admin/plans/new">${say('plan_new')}</a></p>`
    : none;
  return page(visit, say('plans'), html`${add}<div class="card">${table(columns, rows, say('nothing_yet'))}</div>`);
}

type Act = 'edit' | 'reprice' | 'status';
type Back = { act: Act | 'new'; problems: Problems } | undefined;

/** The words of a plan, from what was typed or from the plan itself. */
function words(visit: SignedIn, plan: Plan | undefined, isBack: boolean, problems: Problems): Html {
  const { language, say } = visit;
  const was = (name: string, otherwise: string) => (isBack ? typed(visit, name) : otherwise);
  const most = plan ? mostOf(plan, 'tradingBots') : null;
  const checked = isBack ? visit.form.getAll('features') : (plan?.features ?? []);
  return html`<div class="pair">
${field({ name: 'nameTh', label: say('plan_name_th'), value: was('nameTh', plan?.nameTh ?? '') }, problems)}
${field({ name: 'nameEn', label: say('plan_name_en'), value: was('nameEn', plan?.nameEn ?? '') }, problems)}
${field({ name: 'aboutTh', label: say('plan_about_th'), value: was('aboutTh', plan?.aboutTh ?? '') }, problems)}
${field({ name: 'aboutEn', label: say('plan_about_en'), value: was('aboutEn', plan?.aboutEn ?? '') }, problems)}
${field({ name: 'quotas', label: say('plan_bots'), hint: say('plan_bots_hint'), value: was('quotas', most === null ? '' : String(most)), optional: true, inputmode: 'numeric' }, problems)}
${field({ name: 'trialDays', label: say('plan_trial_days'), hint: say('plan_trial_hint'), value: was('trialDays', String(plan?.trialDays ?? 0)), inputmode: 'numeric' }, problems)}</div>
<fieldset class="mb-3"><legend class="form-label">${say('plan_features')}</legend>${features.map(
    (feature) =>
      html`<label class="form-check"><input class="form-check-input" type="checkbox" name="features" value="${feature}" ${checked.includes(feature) ? 'checked' : ''}> <span class="form-check-label">${translate(language, `feature.${feature}`)}</span></label>`,
  )}</fieldset>`;
}

const whole = (text: string) => (/^\d{1,7}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN);

function wordsTyped(visit: SignedIn): PlanWords {
  const most = typed(visit, 'quotas').trim();
  return {
    nameTh: typed(visit, 'nameTh'),
    nameEn: typed(visit, 'nameEn'),
    aboutTh: typed(visit, 'aboutTh'),
    aboutEn: typed(visit, 'aboutEn'),
    features: features.filter((feature: Feature) => visit.form.getAll('features').includes(feature)),
    quotas: { tradingBots: most === '' ? null : whole(most) },
    trialDays: whole(typed(visit, 'trialDays')),
  };
}

function priceTyped(visit: SignedIn): bigint {
  const text = typed(visit, 'priceSatang');
  return parseBaht(text) ?? fail('amount.invalid', { text: text.slice(0, 40) });
}

function newPage(visit: SignedIn, back?: Back, status: Status = 200) {
  const { say } = visit;
  const problems = back?.problems ?? {};
  const was = (name: string) => (back ? typed(visit, name) : '');
  return page(
    visit,
    say('plan_new'),
    html`<form class="card" method="post" action="/admin/plans/new"><div class="card-body">${wrong(problems)}${lock(visit)}
${field({ name: 'code', label: say('plan_code'), hint: say('plan_code_hint'), value: was('code') }, problems)}
${field({ name: 'priceSatang', label: say('plan_price_baht'), value: was('priceSatang'), inputmode: 'decimal' }, problems)}
${words(visit, undefined, back !== undefined, problems)}${proofField(visit, problems)}${submit(say('plan_create'))}</div></form>`,
    status,
  );
}

function acting(
  visit: SignedIn,
  plan: Plan,
  act: Act,
  body: (problems: Problems, isBack: boolean) => Html,
  back: Back,
): Html {
  const { say } = visit;
  const isBack = back?.act === act;
  const problems = isBack ? back.problems : {};
  return html`<form class="card mb-3" method="post" action="/admin/plans/${plan.id}/${act}" data-act="${act}">
<div class="card-header"><h2 class="card-title">${say(`plan_${act}`)}</h2></div><div class="card-body">${wrong(problems)}${lock(visit)}
<input type="hidden" name="version" value="${isBack ? typed(visit, 'version') : String(plan.version)}">
${body(problems, isBack)}${proofField(visit, problems)}${submit(say(`plan_${act}`))}</div></form>`;
}

const reasonField = (visit: SignedIn, problems: Problems, isBack: boolean) =>
  field(
    {
      name: 'reason',
      label: visit.say('reason'),
      hint: visit.say('reason_hint'),
      value: isBack ? typed(visit, 'reason') : '',
    },
    problems,
  );

async function planPage(visit: SignedIn, back?: Back, status: Status = 200) {
  const { ctx, opened, say } = visit;
  const touched = await previewReprice(ctx, { planId: part(visit, 'id'), after: query(visit, 'before') || undefined });
  const { plan } = touched;
  const rows = touched.items.map((row) => [
    html`<a href="/admin/users/${row.userId}">${row.displayName}</a>`,
    html`<a href="/admin/contracts/${row.contractId}"><code>${row.contractId}</code></a>`,
    at(visit, row.paidUntil),
  ]);
  const holders = html`<section class="card mb-3"><div class="card-header"><h2 class="card-title">${say('plan_holders', { count: touched.count })}</h2></div>
${table([say('person'), say('contract'), say('plan_price_from')], rows, say('plan_nobody'))}${onward(visit, touched.hasMore ? touched.items.at(-1)?.contractId : undefined)}</section>`;
  const manages = may(opened.operator.role, 'plans.manage');
  const forms = html`${acting(visit, plan, 'edit', (problems, isBack) => html`<p class="text-secondary">${say('plan_edit_note')}</p>${words(visit, plan, isBack, problems)}`, back)}
${acting(
  visit,
  plan,
  'reprice',
  (problems, isBack) =>
    html`<p class="text-secondary">${say('plan_reprice_note', { count: touched.count })}</p>
${field({ name: 'priceSatang', label: say('plan_price_baht'), value: isBack ? typed(visit, 'priceSatang') : bahtDecimal(plan.priceSatang), inputmode: 'decimal' }, problems)}${reasonField(visit, problems, isBack)}`,
  back,
)}
${acting(
  visit,
  plan,
  'status',
  (problems, isBack) =>
    html`<p class="text-secondary">${say(plan.status === 'offered' ? 'plan_retire_note' : 'plan_offer_note')}</p>
<input type="hidden" name="status" value="${plan.status === 'offered' ? 'retired' : 'offered'}">${reasonField(visit, problems, isBack)}`,
  back,
)}`;
  const about = card(
    say('plan'),
    html`<div class="card-body"><p>${plan.aboutTh}</p><p>${plan.aboutEn}</p><p><strong>${formatBaht(plan.priceSatang)}</strong> · ${plan.status === 'offered' ? badge(say('plan_offered'), 'green') : badge(say('plan_retired'), 'secondary')}</p></div>`,
  );
  return page(visit, planName(visit, plan), html`${about}${manages ? forms : none}${holders}`, status);
}

const beside: Beside = {
  ...besideProof,
  'plan.invalid': { param: 'field' },
  'plan.exists': 'code',
  'amount.invalid': 'priceSatang',
  'reason.required': 'reason',
  'text.too_long': 'reason',
};

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
      beside,
      async () => {
        await prove(visit);
        const planId = part(visit, 'id');
        await run(visit, { planId, version: whole(typed(visit, 'version')) });
        return visit.c.redirect(`/admin/plans/${encodeURIComponent(planId)}?done=plan_${act}`, 303);
      },
      (problems, status) => planPage(visit, { act, problems }, status),
    ),
});

export const planRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/plans', who: 'contracts.read', run: plansPage },
  { method: 'get', path: '/admin/plans/new', who: 'plans.manage', run: (visit) => newPage(visit) },
  {
    method: 'post',
    path: '/admin/plans/new',
    who: 'plans.manage',
    run: (visit) =>
      attempt(
        visit,
        beside,
        async () => {
          await prove(visit);
          const input = { ...wordsTyped(visit), code: typed(visit, 'code'), priceSatang: priceTyped(visit) };
          const plan = await createPlan(visit.ctx, input);
          return visit.c.redirect(`/admin/plans/${plan.id}?done=plan_new`, 303);
        },
        (problems, status) => newPage(visit, { act: 'new', problems }, status),
      ),
  },
  { method: 'get', path: '/admin/plans/:id', who: 'contracts.read', run: (visit) => planPage(visit) },
  planAct('edit', (visit, of) => editPlan(visit.ctx, { ...of, ...wordsTyped(visit) })),
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
