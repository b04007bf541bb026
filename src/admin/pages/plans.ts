import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { formatBaht } from '../../core/amount.ts';
import { allPlans, createPlan } from '../../core/rental/plan.ts';
import { cancelLink } from '../acts.ts';
import { attempt, proofField, prove, type Status } from '../answer.ts';
import { field, lock, none, type Problems, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { type Route, type SignedIn, typed } from '../visit.ts';
import { planName } from './contracts.ts';
import { besidePlan, botsOf, planFields, planState, planTyped, priceTyped, trialOf } from './planFields.ts';

async function plansPage(visit: SignedIn) {
  const { opened, say } = visit;
  const rows = (await allPlans(visit.ctx)).map((plan) => [
    html`<a href="/admin/plans/${plan.id}">${planName(visit, plan)}</a>`,
    html`<code>${plan.code}</code>`,
    formatBaht(plan.priceSatang),
    botsOf(visit, plan),
    trialOf(visit, plan),
    planState(visit, plan),
  ]);
  const columns = [say('plan'), say('plan_code'), say('plan_price'), say('plan_bots'), say('plan_trial'), say('state')];
  const add = may(opened.operator.role, 'plans.manage')
    ? html`<p><a class="btn btn-primary" href="/admin/plans/new">${say('plan_new')}</a></p>`
    : none;
  return page(visit, say('plans'), html`${add}<div class="card">${table(columns, rows, say('nothing_yet'))}</div>`);
}

function newPage(visit: SignedIn, problems?: Problems, status: Status = 200) {
  const { say } = visit;
  const was = (name: string) => (problems ? typed(visit, name) : '');
  const beside = problems ?? {};
  return page(
    visit,
    say('plan_new'),
    html`<form class="card" method="post" action="/admin/plans/new"><div class="card-body">${wrong(beside)}${lock(visit)}<div class="pair">
${field({ name: 'code', label: say('plan_code'), hint: say('plan_code_hint'), value: was('code') }, beside)}
${field({ name: 'priceSatang', label: say('plan_price_baht'), value: was('priceSatang'), inputmode: 'decimal' }, beside)}</div>
${planFields(visit, undefined, problems !== undefined, beside)}${proofField(visit, beside)}${submit(say('plan_create'))}
${cancelLink(visit, '/admin/plans')}</div></form>`,
    status,
  );
}

const create = (visit: SignedIn) =>
  attempt(
    visit,
    besidePlan,
    async () => {
      await prove(visit);
      const input = { ...planTyped(visit), code: typed(visit, 'code'), priceSatang: priceTyped(visit) };
      const plan = await createPlan(visit.ctx, input);
      return visit.c.redirect(`/admin/plans/${plan.id}?done=plan_new`, 303);
    },
    (problems, status) => newPage(visit, problems, status),
  );

export const planRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/plans', who: 'contracts.read', run: plansPage },
  { method: 'get', path: '/admin/plans/new', who: 'plans.manage', run: (visit) => newPage(visit) },
  { method: 'post', path: '/admin/plans/new', who: 'plans.manage', run: create },
];
