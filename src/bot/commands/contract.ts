import { allows, features } from '../../core/rental/features.ts';
import { type ContractView, readContract } from '../../core/rental/view.ts';
import { command } from '../command.ts';
import type { Button, Reply, Say, Value } from '../reply.ts';
import { isRunning, planNames } from './plans.ts';

const menu: Button = { say: ['button.menu'], does: 'menu' };

const none: Reply = {
  title: ['contract.title_none'],
  say: ['contract.none'],
  buttons: [[{ say: ['button.plans'], does: 'plans', style: 'primary' }], [menu]],
  sensitive: true,
};

export const contract = command({
  name: 'contract',
  audience: 'private',
  async run(ctx) {
    const view = await readContract(ctx, { userId: ctx.user.id });
    return view ? contractReply(view) : none;
  },
});

function contractReply(view: ContractView): Reply {
  return {
    title: ['contract.title', planNames(view.plan)],
    say: [...outlookSays(view), ['contract.opens'], ...opened(view)],
    facts: factsOf(view),
    buttons: buttonsOf(view),
    sensitive: true,
  };
}

const opened = ({ plan }: ContractView): Say[] =>
  features.filter((feature) => allows(plan, feature)).map((feature): Say => ['plans.feature_line', { feature }]);

/** What happens next if nobody does anything. */
function outlookSays({ outlook, standing, endedAt, paidUntil }: ContractView): Say[] {
  if (!outlook) return [[`contract.over_${standing}`, { at: endedAt ?? paidUntil }]];
  const { kind, ...params } = outlook;
  if (kind === 'stops' && outlook.missingSatang === 0n) return [['contract.next_stops_enough', params]];
  return [[`contract.next_${outlook.kind}`, params]];
}

function factsOf(view: ContractView): NonNullable<Reply['facts']> {
  const running = isRunning(view);
  const nextPrice = ({ totalSatang, discountSatang }: NonNullable<ContractView['next']>): Value =>
    discountSatang > 0n
      ? ['contract.next_price_less', { totalSatang, discountSatang }]
      : ['contract.next_price_value', { totalSatang }];
  return [
    { label: ['contract.state'], value: [`contract.state_${view.standing}`] },
    view.endedAt
      ? { label: ['contract.ended'], value: ['value.at', { at: view.endedAt }] }
      : { label: ['contract.until'], value: ['value.at', { at: view.paidUntil }] },
    ...(view.graceUntil
      ? [{ label: ['contract.grace_until'] as const, value: ['value.at', { at: view.graceUntil }] as const }]
      : []),
    ...(running
      ? [{ label: ['contract.days_left'] as const, value: ['contract.days', { days: view.daysLeft }] as const }]
      : []),
    ...view.quotas.map(({ quota, used, most }) => ({
      label: [`quota.${quota}`] as const,
      value:
        most === null ? (['contract.used_of_any', { used }] as const) : (['contract.used_of', { used, most }] as const),
    })),
    ...(running && view.standing !== 'trial'
      ? [{ label: ['contract.auto'] as const, value: [view.autoRenew ? 'contract.on' : 'contract.off'] as const }]
      : []),
    ...(view.nextPlan
      ? [{ label: ['contract.next_plan'] as const, value: ['plans.name', planNames(view.nextPlan)] as const }]
      : []),
    ...(running && view.next ? [{ label: ['contract.next_price'] as const, value: nextPrice(view.next) }] : []),
  ];
}

function buttonsOf(view: ContractView): Button[][] {
  const change: Button = { say: ['button.change_plan'], does: 'plans' };
  const papers: Button = { say: ['button.documents'], does: 'document.list', on: 'newest' };
  if (!isRunning(view))
    return [[{ say: ['button.renew_again'], does: 'renew', style: 'primary' }], [change, papers], [menu]];
  const isEnding = view.contract.cancelAtEnd;
  const to = view.autoRenew ? 'off' : 'on';
  const auto: Button = { say: [`button.auto_${to}`], does: 'contract.auto', on: to };
  return [
    ...(isEnding ? [] : [[{ say: ['button.renew'] as const, does: 'renew', style: 'primary' as const }, change]]),
    ...(isEnding || view.standing === 'trial' ? [] : [[auto]]),
    [papers, menu],
  ];
}
