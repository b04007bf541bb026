import { html } from 'hono/html';
import type { UserId } from '../../core/id.ts';
import type { Plan } from '../../core/rental/held.ts';
import { listContracts } from '../../core/rental/list.ts';
import { allPlans } from '../../core/rental/plan.ts';
import type { ContractStatus } from '../../core/rental/tables.ts';
import { at, badge, field, type Html, older, select, submit, table } from '../draw.ts';
import { page } from '../layout.ts';
import { query, type Route, type SignedIn, type Visit } from '../visit.ts';

const colours: Record<ContractStatus, string> = {
  trial: 'blue',
  active: 'green',
  grace: 'yellow',
  expired: 'secondary',
  cancelled: 'secondary',
};

const statuses = Object.keys(colours) as ContractStatus[]; // the keys of the record above

export const contractState = (visit: Visit, status: ContractStatus): Html =>
  badge(visit.say(`contract_${status}`), colours[status]);

export const planName = (visit: Visit, plan: Plan | undefined): string =>
  plan ? (visit.language === 'th' ? plan.nameTh : plan.nameEn) : '–';

function filterForm(visit: SignedIn, plans: readonly Plan[]): Html {
  const { say } = visit;
  const any = { value: '', label: say('any') };
  const states = [any, ...statuses.map((value) => ({ value, label: say(`contract_${value}`) }))];
  const choices = [any, ...plans.map((plan) => ({ value: plan.id, label: planName(visit, plan) }))];
  return html`<form class="filter" method="get" action="/admin/contracts" role="search" hx-get="/admin/contracts" hx-trigger="change, submit" hx-target="#list" hx-select="#list" hx-swap="outerHTML" hx-push-url="true">
${field({ name: 'person', type: 'search', label: say('contract_person'), value: query(visit, 'person'), optional: true })}
${select({ name: 'status', label: say('state'), value: query(visit, 'status'), choices: states })}
${select({ name: 'plan', label: say('plan'), value: query(visit, 'plan'), choices })}${submit(say('show'), '')}</form>`;
}

async function contractsPage(visit: SignedIn) {
  const { ctx, say } = visit;
  const plans = await allPlans(ctx);
  const byId = new Map(plans.map((plan) => [plan.id, plan]));
  const wanted = query(visit, 'status');
  const list = await listContracts(ctx, {
    status: statuses.find((status) => status === wanted),
    planId: query(visit, 'plan') || undefined,
    userId: (query(visit, 'person') || undefined) as UserId | undefined, // compared only
    before: query(visit, 'before') || undefined,
  });
  const rows = list.items.map(({ contract, displayName }) => [
    html`<a href="/admin/contracts/${contract.id}">${at(visit, contract.createdAt)}</a>`,
    html`<a href="/admin/users/${contract.userId}">${displayName}</a>`,
    planName(visit, byId.get(contract.planId)),
    contractState(visit, contract.status),
    at(visit, contract.paidUntil),
    say(contract.autoRenew ? 'yes' : 'no'),
  ]);
  const columns = [
    say('contract_since'),
    say('person'),
    say('plan'),
    say('state'),
    say('contract_until'),
    say('contract_auto'),
  ];
  return page(
    visit,
    say('contracts'),
    html`${filterForm(visit, plans)}<div class="card" id="list">${table(columns, rows, say('nothing_found'))}${older(visit, list.hasMore ? list.items.at(-1)?.contract.id : undefined)}</div>`,
  );
}

export const contractsRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/contracts', who: 'contracts.read', run: contractsPage },
];
