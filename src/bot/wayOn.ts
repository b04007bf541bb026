import type { Params, Refusal, RefusalCode } from '../core/error.ts';
import type { Button, Reply, Say } from './reply.ts';

/** A refusal in words. */
export const errorSay = (refusal: Refusal): Say => [`error.${refusal.code}`, refusal.params];

type Ways = NonNullable<Reply['buttons']>;

const topup: Button = { say: ['button.topup'], does: 'topup' };
const wallet: Button = { say: ['button.wallet'], does: 'wallet' };
const plans: Button = { say: ['button.plans'], does: 'plans' };
const contract: Button = { say: ['button.contract'], does: 'contract' };
const renew: Button = { say: ['button.renew'], does: 'renew', style: 'primary' };
const coupon: Button = { say: ['button.coupon'], does: 'coupon' };
const menu: Button = { say: ['button.menu'], does: 'menu' };
const topups: Button = { say: ['button.pending_topups'], does: 'topups' };
const documents: Button = { say: ['document.list_button'], does: 'document.list', on: 'newest' };

/** The cheapest plan that would do. */
const thatPlan = ({ planId = '', planTh = '', planEn = '', priceSatang = 0n }: Params): Ways => [
  [
    {
      say: ['plans.choose', { planTh, planEn, priceSatang }],
      does: 'plans.show',
      on: String(planId),
      style: 'primary',
    },
  ],
  [plans, contract],
];

const ways: Partial<Record<RefusalCode, Ways | ((params: Params) => Ways)>> = {
  'command.unknown': [[menu]],
  'button.stale': [[menu]],
  'topup.too_many_pending': [[topups]],
  'wallet.insufficient': [[topup]],
  'contract.none': [[plans]],
  'contract.expired': [[renew, plans]],
  'contract.exists': [[contract]],
  'contract.changed': [[contract]],
  'contract.ending': [[contract]],
  'contract.paused': [[contract]],
  'contract.too_far_ahead': [[contract]],
  'contract.trial': [[renew, contract]],
  'quote.changed': [[contract, plans]],
  'rental.short': [[topup, contract]],
  'rental.frozen': [[topup, wallet]],
  'plan.missing': [[plans]],
  'plan.retired': [[plans]],
  'plan.not_higher': [[plans]],
  'trial.none': [[plans]],
  'trial.used': [[plans]],
  'coupon.unknown': [[coupon, plans]],
  'coupon.over': [[coupon, plans]],
  'coupon.used': [[coupon, plans]],
  'coupon.used_up': [[coupon, plans]],
  'feature.not_in_plan': thatPlan,
  'feature.quota_reached': thatPlan,
  'feature.not_offered': [[contract, plans]],
  'feature.quota_most': [[contract]],
  'document.missing': [[documents]],
};

/** The buttons under a refusal: how a person gets on from where they were stopped. */
export function wayOn({ code, params }: Refusal): Ways | undefined {
  const way = ways[code];
  return typeof way === 'function' ? way(params) : way;
}
