import { fail } from '../../core/error.ts';
import { allows, features, mostOf, quotas } from '../../core/rental/features.ts';
import type { Plan } from '../../core/rental/held.ts';
import { hasTried, startTrial } from '../../core/rental/trial.ts';
import { type ContractView, listPlans, readContract } from '../../core/rental/view.ts';
import { type CommandContext, command } from '../command.ts';
import { opaque } from '../fields.ts';
import type { Button, Reply, Say } from '../reply.ts';

/** The name of a plan as texts take it: the language chooses. */
export const planNames = ({ nameTh, nameEn }: Plan) => ({ planTh: nameTh, planEn: nameEn });

export const rentalFoot: Button[] = [
  { say: ['button.contract'], does: 'contract' },
  { say: ['button.menu'], does: 'menu' },
];

/** Whoever once had a contract that has ended is as free to choose as somebody who never had one. */
export const isRunning = (view: ContractView | null): view is ContractView =>
  view !== null && view.standing !== 'expired' && view.standing !== 'cancelled';

/** What a plan opens, a line each. */
const opens = (plan: Plan): Say[] => [
  ...quotas.map((quota): Say => {
    const most = mostOf(plan, quota);
    return most === null ? [`plans.${quota}_any_line`] : [`plans.${quota}_most_line`, { most }];
  }),
  ...features.filter((feature) => allows(plan, feature)).map((feature): Say => ['plans.feature_line', { feature }]),
];

export const plans = command({
  name: 'plans',
  audience: 'private',
  async run(ctx) {
    const offered = await listPlans(ctx);
    const view = await readContract(ctx, { userId: ctx.user.id });
    const mine = isRunning(view) ? view.plan.id : undefined;
    return {
      title: ['plans.title'],
      say: [offered.length > 0 ? ['plans.note'] : ['plans.none']],
      facts: offered.map((plan) => ({
        label: [plan.id === mine ? 'plans.name_mine' : 'plans.name', planNames(plan)] as const,
        value: ['plans.price', { priceSatang: plan.priceSatang }] as const,
      })),
      buttons: [
        ...offered.map((plan): Button[] => [
          {
            say: ['plans.choose', { ...planNames(plan), priceSatang: plan.priceSatang }],
            does: 'plans.show',
            on: plan.id,
          },
        ]),
        [{ say: ['button.coupon'], does: 'coupon' }],
        rentalFoot,
      ],
      sensitive: true,
    };
  },
});

/** What may be done with a plan, by somebody who stands where `view` says. */
async function planButtons(ctx: CommandContext, plan: Plan, view: ContractView | null): Promise<Button[][]> {
  if (!isRunning(view)) {
    const mayTry = plan.trialDays > 0 && !(await hasTried(ctx, { userId: ctx.user.id }));
    return [
      [
        {
          say: ['button.rent', { priceSatang: plan.priceSatang }],
          does: 'rent',
          on: `start.${plan.id}`,
          style: 'primary',
        },
      ],
      ...(mayTry ? [[{ say: ['button.trial', { days: plan.trialDays }] as const, does: 'trial', on: plan.id }]] : []),
    ];
  }
  if (view.contract.cancelAtEnd) return []; // nothing of it is renewed or changed any more
  const isTrial = view.standing === 'trial';
  if (plan.id === view.plan.id) {
    const stay: Button = { say: ['button.stay'], does: 'contract.next', on: plan.id };
    return [
      [{ say: ['button.renew'], does: 'renew', style: 'primary' }],
      ...(view.nextPlan && view.nextPlan.id !== plan.id ? [[stay]] : []),
    ];
  }
  const isDearer = plan.priceSatang > view.plan.priceSatang;
  const now: Button = { say: ['button.upgrade_now'], does: 'rent', on: `upgrade.${plan.id}`, style: 'primary' };
  const next: Button = { say: ['button.next_term'], does: 'contract.next', on: plan.id };
  const isNext = view.nextPlan?.id === plan.id;
  const isStill = view.contract.pausedAt !== null; // a plan is changed at once only while the time of the old one passes
  return [...((isDearer || isTrial) && !isStill ? [[now]] : []), ...(isTrial || isNext ? [] : [[next]])];
}

export const plansShow = command({
  name: 'plans.show',
  audience: 'private',
  hidden: true,
  args: { planId: opaque() },
  async run(ctx, { planId }): Promise<Reply> {
    const plan = (await listPlans(ctx)).find((offered) => offered.id === planId) ?? fail('plan.missing');
    const view = await readContract(ctx, { userId: ctx.user.id });
    return {
      title: ['plans.name', planNames(plan)],
      say: [['plans.about', { aboutTh: plan.aboutTh, aboutEn: plan.aboutEn }], ...opens(plan)],
      facts: [{ label: ['plans.price_label'], value: ['plans.price', { priceSatang: plan.priceSatang }] }],
      buttons: [...(await planButtons(ctx, plan, view)), [{ say: ['button.plans'], does: 'plans' }, ...rentalFoot]],
      sensitive: true,
    };
  },
});

export const trial = command({
  name: 'trial',
  audience: 'private',
  hidden: true,
  args: { planId: opaque() },
  async run(ctx, { planId }) {
    const { until } = await startTrial(ctx, { userId: ctx.user.id, planId, requestKey: ctx.requestKey });
    return { say: ['plans.trial_began', { until }], buttons: [rentalFoot], sensitive: true };
  },
});
