import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { formatBaht, parseBaht } from '../../core/amount.ts';
import { bangkokDay, bangkokDayStart, days, later } from '../../core/clock.ts';
import { fail } from '../../core/error.ts';
import { type Coupon, createCoupon, listCoupons, type NewCoupon, retireCoupon } from '../../core/rental/coupon.ts';
import type { Plan } from '../../core/rental/held.ts';
import { allPlans } from '../../core/rental/plan.ts';
import { attempt, type Beside, besideProof, proofField, prove, type Status } from '../answer.ts';
import { at, badge, field, type Html, lock, none, type Problems, select, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { part, query, type Route, type SignedIn, typed } from '../visit.ts';
import { onward, planName } from './contracts.ts';
import { reasonTyped } from './topup.ts';

type Back = { problems: Problems } | undefined;

const worth = (visit: SignedIn, row: Coupon): string => {
  if (row.kind === 'fixed') return formatBaht(row.amountSatang ?? 0n);
  const percent = row.percent ?? 0;
  return row.amountSatang === null
    ? visit.say('coupon_percent_of', { percent })
    : visit.say('coupon_percent_capped', { percent, amountSatang: row.amountSatang });
};

function newForm(visit: SignedIn, plans: readonly Plan[], back: Back): Html {
  const { say } = visit;
  const problems = back?.problems ?? {};
  const was = (name: string, otherwise = '') => (back ? typed(visit, name) : otherwise);
  const chosen = visit.form.getAll('planIds');
  const input = (name: string, more: object = {}, otherwise = '') =>
    field({ name, label: say(`coupon_${name}`), value: was(name, otherwise), ...more }, problems);
  return html`<form class="card mb-3" method="post" action="/admin/coupons/new"><div class="card-header"><h2 class="card-title">${say('coupon_new')}</h2></div><div class="card-body">
${wrong(problems)}${lock(visit)}<div class="pair">
${input('code', { hint: say('coupon_code_hint') })}
${select({ name: 'kind', label: say('coupon_kind'), value: was('kind', 'percent'), choices: (['percent', 'fixed'] as const).map((value) => ({ value, label: say(`coupon_kind_${value}`) })) })}
${input('percent', { optional: true, inputmode: 'numeric' })}
${input('amountSatang', { optional: true, inputmode: 'decimal', hint: say('coupon_amount_hint') })}
${input('terms', { inputmode: 'numeric' }, '1')}
${input('mostPerPerson', { inputmode: 'numeric' }, '1')}
${input('mostInTotal', { optional: true, inputmode: 'numeric', hint: say('coupon_total_hint') })}
${input('validFrom', { type: 'date' }, bangkokDay(visit.ctx.clock.now()))}
${input('validUntil', { type: 'date', optional: true, hint: say('coupon_until_hint') })}</div>
<fieldset class="mb-3"><legend class="form-label">${say('coupon_plans')}</legend>${plans.map(
    (plan) =>
      html`<label class="form-check"><input class="form-check-input" type="checkbox" name="planIds" value="${plan.id}" ${chosen.includes(plan.id) ? 'checked' : ''}> <span class="form-check-label">${planName(visit, plan)}</span></label>`,
  )}<small class="form-hint">${say('coupon_plans_hint')}</small></fieldset>
${proofField(visit, problems)}${submit(say('coupon_create'))}</div></form>`;
}

const retireForm = (visit: SignedIn, row: Coupon): Html =>
  html`<form class="bar" method="post" action="/admin/coupons/${row.id}/retire">${lock(visit)}
<input class="form-control form-control-sm" name="reason" required maxlength="500" placeholder="${visit.say('reason')}" aria-label="${visit.say('reason')}">
${visit.opened.confirmed ? none : html`<input class="form-control form-control-sm" name="proof" type="password" required autocomplete="current-password" placeholder="${visit.say('proof')}" aria-label="${visit.say('proof')}">`}
${submit(visit.say('coupon_retire'), 'btn-sm')}</form>`;

async function couponsPage(visit: SignedIn, back?: Back, status: Status = 200) {
  const { ctx, opened, say } = visit;
  const manages = may(opened.operator.role, 'plans.manage');
  const list = await listCoupons(ctx, { before: query(visit, 'before') || undefined });
  const now = ctx.clock.now();
  const state = (row: Coupon): Html => {
    if (row.retiredAt) return badge(say('coupon_retired'), 'secondary');
    if (row.validUntil && row.validUntil <= now) return badge(say('coupon_over'), 'secondary');
    return row.validFrom > now ? badge(say('coupon_waits'), 'blue') : badge(say('coupon_open'), 'green');
  };
  const rows = list.items.map((row) => [
    html`<code>${row.code}</code>`,
    worth(visit, row),
    String(row.terms),
    row.mostInTotal === null ? String(row.redemptions) : `${row.redemptions} / ${row.mostInTotal}`,
    html`${at(visit, row.validFrom)} – ${row.validUntil ? at(visit, row.validUntil) : '…'}`,
    state(row),
    manages && !row.retiredAt ? retireForm(visit, row) : none,
  ]);
  const columns = [
    say('coupon_code'),
    say('coupon_worth'),
    say('coupon_terms'),
    say('coupon_redeemed'),
    say('coupon_valid'),
    say('state'),
    '',
  ];
  return page(
    visit,
    say('coupons'),
    html`${manages ? newForm(visit, await allPlans(ctx), back) : none}<div class="card">${table(columns, rows, say('nothing_yet'))}${onward(visit, list.hasMore ? list.items.at(-1)?.id : undefined)}</div>`,
    status,
  );
}

const whole = (text: string) => (/^\d{1,8}$/.test(text) ? Number(text) : Number.NaN);
const wholeOrNull = (text: string) => (text === '' ? null : whole(text));

function couponTyped(visit: SignedIn): NewCoupon {
  const get = (name: string) => typed(visit, name).trim();
  const kind = get('kind') === 'fixed' ? 'fixed' : 'percent';
  const amount = get('amountSatang');
  const day = (name: string) => bangkokDayStart(get(name)) ?? fail('coupon.invalid', { field: name });
  const planIds = visit.form.getAll('planIds').map(String);
  return {
    code: get('code'),
    kind,
    percent: kind === 'percent' ? whole(get('percent')) : null,
    amountSatang: amount === '' ? null : (parseBaht(amount) ?? fail('coupon.invalid', { field: 'amountSatang' })),
    terms: whole(get('terms')),
    mostPerPerson: whole(get('mostPerPerson')),
    mostInTotal: wholeOrNull(get('mostInTotal')),
    planIds: planIds.length > 0 ? planIds : null,
    validFrom: day('validFrom'),
    validUntil: get('validUntil') === '' ? null : later(day('validUntil'), days(1)),
  };
}

const beside: Beside = { ...besideProof, 'coupon.invalid': { param: 'field' }, 'coupon.exists': 'code' };

export const couponRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/coupons', who: 'contracts.read', run: (visit) => couponsPage(visit) },
  {
    method: 'post',
    path: '/admin/coupons/new',
    who: 'plans.manage',
    run: (visit) =>
      attempt(
        visit,
        beside,
        async () => {
          await prove(visit);
          await createCoupon(visit.ctx, couponTyped(visit));
          return visit.c.redirect('/admin/coupons?done=coupon_new', 303);
        },
        (problems, status) => couponsPage(visit, { problems }, status),
      ),
  },
  {
    method: 'post',
    path: '/admin/coupons/:id/retire',
    who: 'plans.manage',
    run: (visit) =>
      attempt(
        visit,
        {},
        async () => {
          await prove(visit);
          await retireCoupon(visit.ctx, { couponId: part(visit, 'id'), reason: reasonTyped(visit) });
          return visit.c.redirect('/admin/coupons?done=coupon_retire', 303);
        },
        (problems, status) => couponsPage(visit, { problems }, status),
      ),
  },
];
