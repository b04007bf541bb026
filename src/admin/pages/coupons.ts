import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { formatBaht, parseBaht } from '../../core/amount.ts';
import { bangkokDay, bangkokDayStart, days, later } from '../../core/clock.ts';
import { fail } from '../../core/error.ts';
import {
  type CountedCoupon,
  type Coupon,
  createCoupon,
  listCoupons,
  type NewCoupon,
  readCoupon,
  retireCoupon,
} from '../../core/rental/coupon.ts';
import { allPlans } from '../../core/rental/plan.ts';
import { formatAt } from '../../core/text/text.ts';
import { cancelLink } from '../acts.ts';
import { attempt, type Beside, besideProof, proofField, prove, type Status } from '../answer.ts';
import {
  at,
  badge,
  card,
  facts,
  field,
  type Html,
  lock,
  none,
  older,
  type Problems,
  select,
  submit,
  table,
  wrong,
} from '../draw.ts';
import { page } from '../layout.ts';
import { part, query, type Route, type SignedIn, typed } from '../visit.ts';
import { planName } from './contracts.ts';
import { reasonTyped } from './topup.ts';

const worth = (visit: SignedIn, row: Coupon): string => {
  if (row.kind === 'fixed') return formatBaht(row.amountSatang ?? 0n);
  const percent = row.percent ?? 0;
  return row.amountSatang === null
    ? visit.say('coupon_percent_of', { percent })
    : visit.say('coupon_percent_capped', { percent, amountSatang: row.amountSatang });
};

function couponState({ ctx, say }: SignedIn, row: Coupon): Html {
  const now = ctx.clock.now();
  if (row.retiredAt) return badge(say('coupon_retired'), 'secondary');
  if (row.validUntil && row.validUntil <= now) return badge(say('coupon_over'), 'secondary');
  return row.validFrom > now ? badge(say('coupon_waits'), 'blue') : badge(say('coupon_open'), 'green');
}

const takenUp = ({ say }: SignedIn, { redemptions, mostInTotal }: CountedCoupon): string =>
  mostInTotal === null ? say('number', { n: redemptions }) : say('coupon_taken_of', { redemptions, mostInTotal });

/** The days on which a coupon can be taken up; the end is the moment after the last of them. */
function validity({ language, say }: SignedIn, { validFrom, validUntil }: Coupon): string {
  const day = (moment: Date) => formatAt(language, moment, 'date');
  return validUntil ? `${day(validFrom)} – ${day(later(validUntil, -1))}` : `${say('coupon_from')} ${day(validFrom)}`;
}

async function couponsPage(visit: SignedIn) {
  const { ctx, opened, say } = visit;
  const list = await listCoupons(ctx, { before: query(visit, 'before') || undefined });
  const rows = list.items.map((row) => [
    html`<a href="/admin/coupons/${row.id}"><code>${row.code}</code></a>`,
    worth(visit, row),
    String(row.terms),
    takenUp(visit, row),
    validity(visit, row),
    couponState(visit, row),
  ]);
  const columns = ['code', 'worth', 'terms', 'redeemed', 'valid'].map((name) => say(`coupon_${name}`));
  const add = may(opened.operator.role, 'plans.manage')
    ? html`<p><a class="btn btn-primary" href="/admin/coupons/new">${say('coupon_new')}</a></p>`
    : none;
  const next = list.hasMore ? list.items.at(-1)?.id : undefined;
  return page(
    visit,
    say('coupons'),
    html`${add}<div class="card">${table([...columns, say('state')], rows, say('nothing_yet'))}${older(visit, next)}</div>`,
  );
}

async function newPage(visit: SignedIn, back?: Problems, status: Status = 200) {
  const { say } = visit;
  const plans = await allPlans(visit.ctx);
  const problems = back ?? {};
  const was = (name: string, otherwise = '') => (back ? typed(visit, name) : otherwise);
  const chosen = visit.form.getAll('planIds');
  const input = (name: string, more: object = {}, otherwise = '') =>
    field({ name, label: say(`coupon_${name}`), value: was(name, otherwise), ...more }, problems);
  const kinds = (['percent', 'fixed'] as const).map((value) => ({ value, label: say(`coupon_kind_${value}`) }));
  return page(
    visit,
    say('coupon_new'),
    html`<form class="card" method="post" action="/admin/coupons/new"><div class="card-body">
${wrong(problems)}${lock(visit)}<div class="pair">
${input('code', { hint: say('coupon_code_hint') })}
${select({ name: 'kind', label: say('coupon_kind'), value: was('kind', 'percent'), choices: kinds })}
${input('percent', { optional: true, inputmode: 'numeric', hint: say('coupon_percent_hint') })}
${input('amountSatang', { optional: true, inputmode: 'decimal', hint: say('coupon_amount_hint') })}
${input('validFrom', { type: 'date' }, bangkokDay(visit.ctx.clock.now()))}
${input('validUntil', { type: 'date', optional: true, hint: say('coupon_until_hint') })}
${input('mostPerPerson', { inputmode: 'numeric' }, '1')}
${input('mostInTotal', { optional: true, inputmode: 'numeric', hint: say('coupon_total_hint') })}
${input('terms', { inputmode: 'numeric', hint: say('coupon_terms_hint') }, '1')}</div>
<fieldset class="mb-3" aria-describedby="planIds-about"><legend class="form-label">${say('coupon_plans')}</legend>${plans.map(
      (plan) =>
        html`<label class="form-check"><input class="form-check-input" type="checkbox" name="planIds" value="${plan.id}" ${chosen.includes(plan.id) ? 'checked' : ''}> <span class="form-check-label">${planName(visit, plan)}</span></label>`,
    )}<small class="${problems.planIds ? 'text-danger' : 'form-hint'}" id="planIds-about">${problems.planIds ?? say('coupon_plans_hint')}</small></fieldset>
${proofField(visit, problems)}${submit(say('coupon_create'))}${cancelLink(visit, '/admin/coupons')}</div></form>`,
    status,
  );
}

function retireForm(visit: SignedIn, row: Coupon, back?: Problems): Html {
  const { say } = visit;
  const problems = back ?? {};
  const value = back ? typed(visit, 'reason') : '';
  return html`<aside><form class="card mb-3" method="post" action="/admin/coupons/${row.id}/retire"><div class="card-header"><h2 class="card-title">${say('coupon_retire')}</h2></div>
<div class="card-body"><p class="text-secondary">${say('coupon_retire_note')}</p>${wrong(problems)}${lock(visit)}
${field({ name: 'reason', label: say('reason'), hint: say('reason_hint'), value }, problems)}
${proofField(visit, problems)}${submit(say('coupon_retire'), 'btn-danger')}</div></form></aside>`;
}

async function couponPage(visit: SignedIn, back?: Problems, status: Status = 200) {
  const { ctx, opened, say } = visit;
  const row = await readCoupon(ctx, { couponId: part(visit, 'id') });
  const plans = (await allPlans(ctx)).filter(({ id }) => row.planIds?.includes(id));
  const about = card(
    say('coupon'),
    facts([
      [say('state'), couponState(visit, row)],
      [say('coupon_worth'), worth(visit, row)],
      [say('coupon_terms'), String(row.terms)],
      [say('coupon_redeemed'), takenUp(visit, row)],
      [say('coupon_mostPerPerson'), String(row.mostPerPerson)],
      [say('coupon_valid'), validity(visit, row)],
      [
        say('coupon_plans'),
        row.planIds ? plans.map((plan) => planName(visit, plan)).join(', ') : say('coupon_all_plans'),
      ],
      ...(row.retiredAt ? [[say('coupon_retired_at'), at(visit, row.retiredAt)] as const] : []),
    ]),
  );
  const retires = may(opened.operator.role, 'plans.manage') && !row.retiredAt;
  const lost = back && !retires ? wrong({ form: Object.values(back).join(' ') }) : none;
  const body = retires
    ? html`<div class="beside">${retireForm(visit, row, back)}<div>${about}</div></div>`
    : html`${lost}${about}`;
  return page(visit, say('coupon_of', { code: row.code }), body, status);
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

const beside: Beside = {
  ...besideProof,
  'coupon.invalid': { param: 'field' },
  'coupon.exists': 'code',
  'reason.required': 'reason',
  'text.too_long': 'reason',
};

const create = (visit: SignedIn) =>
  attempt(
    visit,
    beside,
    async () => {
      await prove(visit);
      const { id } = await createCoupon(visit.ctx, couponTyped(visit));
      return visit.c.redirect(`/admin/coupons/${id}?done=coupon_new`, 303);
    },
    (problems, status) => newPage(visit, problems, status),
  );

const retire = (visit: SignedIn) =>
  attempt(
    visit,
    beside,
    async () => {
      await prove(visit);
      const couponId = part(visit, 'id');
      await retireCoupon(visit.ctx, { couponId, reason: reasonTyped(visit) });
      return visit.c.redirect(`/admin/coupons/${encodeURIComponent(couponId)}?done=coupon_retire`, 303);
    },
    (problems, status) => couponPage(visit, problems, status),
  );

export const couponRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/coupons', who: 'contracts.read', run: couponsPage },
  { method: 'get', path: '/admin/coupons/new', who: 'plans.manage', run: (visit) => newPage(visit) },
  { method: 'post', path: '/admin/coupons/new', who: 'plans.manage', run: create },
  { method: 'get', path: '/admin/coupons/:id', who: 'contracts.read', run: (visit) => couponPage(visit) },
  { method: 'post', path: '/admin/coupons/:id/retire', who: 'plans.manage', run: retire },
];
