import { html } from 'hono/html';
import { parseBaht } from '../../core/amount.ts';
import { fail } from '../../core/error.ts';
import { type Feature, features, mostOf } from '../../core/rental/features.ts';
import type { Plan } from '../../core/rental/held.ts';
import type { PlanWords } from '../../core/rental/plan.ts';
import { translate } from '../../core/text/text.ts';
import { type Beside, besideProof } from '../answer.ts';
import { badge, field, type Html, type Problems } from '../draw.ts';
import { type SignedIn, typed } from '../visit.ts';

/** Where the words of a refusal belong, for every form of a plan. */
export const besidePlan: Beside = {
  ...besideProof,
  'plan.invalid': { param: 'field' },
  'plan.exists': 'code',
  'amount.invalid': 'priceSatang',
  'reason.required': 'reason',
  'text.too_long': 'reason',
};

export const planState = ({ say }: SignedIn, { status }: Plan): Html =>
  status === 'offered' ? badge(say('plan_offered'), 'green') : badge(say('plan_retired'), 'secondary');

/** How many trading bots a plan lets one have. */
export const botsOf = ({ say }: SignedIn, plan: Plan): string => {
  const most = mostOf(plan, 'tradingBots');
  return most === null ? say('plan_no_limit') : String(most);
};

export const trialOf = ({ say }: SignedIn, { trialDays }: Plan): string =>
  trialDays === 0 ? '–' : say('plan_days', { days: trialDays });

/** What operators say of a plan, from what was typed or from the plan itself. */
export function planFields(visit: SignedIn, plan: Plan | undefined, isBack: boolean, problems: Problems): Html {
  const { language, say } = visit;
  const was = (name: string, otherwise: string) => (isBack ? typed(visit, name) : otherwise);
  const most = plan ? mostOf(plan, 'tradingBots') : null;
  const checked = isBack ? visit.form.getAll('features') : (plan?.features ?? []);
  return html`<div class="pair">
${field({ name: 'nameTh', label: say('plan_name_th'), value: was('nameTh', plan?.nameTh ?? '') }, problems)}
${field({ name: 'nameEn', label: say('plan_name_en'), value: was('nameEn', plan?.nameEn ?? '') }, problems)}
${field({ name: 'aboutTh', label: say('plan_about_th'), value: was('aboutTh', plan?.aboutTh ?? ''), lines: 3 }, problems)}
${field({ name: 'aboutEn', label: say('plan_about_en'), value: was('aboutEn', plan?.aboutEn ?? ''), lines: 3 }, problems)}
${field({ name: 'quotas', label: say('plan_most_bots'), hint: say('plan_bots_hint'), value: was('quotas', most === null ? '' : String(most)), optional: true, inputmode: 'numeric' }, problems)}
${field({ name: 'trialDays', label: say('plan_trial_days'), hint: say('plan_trial_hint'), value: was('trialDays', String(plan?.trialDays ?? 0)), inputmode: 'numeric' }, problems)}</div>
<fieldset class="mb-3"><legend class="form-label">${say('plan_features')}</legend><div class="pair">${features.map(
    (feature) =>
      html`<label class="form-check"><input class="form-check-input" type="checkbox" name="features" value="${feature}" ${checked.includes(feature) ? 'checked' : ''}> <span class="form-check-label">${translate(language, `feature.${feature}`)}</span></label>`,
  )}</div></fieldset>`;
}

const whole = (text: string) => (/^\d{1,7}$/.test(text.trim()) ? Number(text.trim()) : Number.NaN);

export function planTyped(visit: SignedIn): PlanWords {
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

export function priceTyped(visit: SignedIn): bigint {
  const text = typed(visit, 'priceSatang');
  return parseBaht(text) ?? fail('amount.invalid', { text: text.slice(0, 40) });
}
