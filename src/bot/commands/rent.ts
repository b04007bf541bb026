import { fail, Refusal } from '../../core/error.ts';
import { changeNextPlan, setAutoRenew, upgradeContract } from '../../core/rental/change.ts';
import { redeemCoupon } from '../../core/rental/coupon.ts';
import { named } from '../../core/rental/held.ts';
import type { Quote } from '../../core/rental/quote.ts';
import { type Rented, renewContract, startContract } from '../../core/rental/rent.ts';
import { openRentTopup, quote, type Wanted } from '../../core/rental/rentTopup.ts';
import { listPlans, readContract } from '../../core/rental/view.ts';
import { type CommandContext, command } from '../command.ts';
import { opaque, optional, word } from '../fields.ts';
import type { Button, Reply, Say, Value } from '../reply.ts';
import { errorSay } from '../wayOn.ts';
import { planNames, rentalFoot } from './plans.ts';
import { qrReply } from './topup.ts';

/** What is wanted, as a button carries it: `start.pln_…`, `renew`, `upgrade.pln_…`. */
function wantedFrom(text: string): Wanted {
  const [does = '', planId = ''] = text.split('.');
  if (does === 'renew') return { does };
  return (does === 'start' || does === 'upgrade') && planId ? { does, planId } : fail('button.stale');
}

const written = (wanted: Wanted) => (wanted.does === 'renew' ? 'renew' : `${wanted.does}.${wanted.planId}`);

const money = (amountSatang: bigint): Value => ['value.money', { amountSatang }];

/** What it would cost, and the button that does it: to pay, or to top up exactly what is missing. */
async function offerReply(ctx: CommandContext, wanted: Wanted): Promise<Reply & { say: Say[] }> {
  const q = await quote(ctx, { userId: ctx.user.id, ...wanted });
  const isShort = q.missingSatang > 0n;
  const dueSatang = q.totalSatang - q.creditSatang;
  const act: Button = isShort
    ? {
        say: ['button.topup_missing', { amountSatang: q.missingSatang }],
        does: 'rent.topup',
        on: written(wanted),
        style: 'primary',
      }
    : {
        say: dueSatang > 0n ? ['button.pay', { amountSatang: dueSatang }] : ['button.change_now'],
        does: 'rent.pay',
        on: `${written(wanted)}.${q.term}.${q.totalSatang}`,
        style: 'primary',
      };
  return {
    title: [`rent.title_${q.does}`, planNames(q.plan)],
    say: [
      isShort
        ? [q.owedSatang > 0n ? 'rent.short_owed' : 'rent.short', { missingSatang: q.missingSatang }]
        : ['rent.enough'],
    ],
    facts: offerFacts(q),
    buttons: [
      [act],
      [
        { say: ['button.coupon'], does: 'coupon' },
        { say: ['button.plans'], does: 'plans' },
      ],
      rentalFoot,
    ],
    sensitive: true,
  };
}

/** What is credited for terms paid ahead can be more than the new plan costs. */
const dueFact = (dueSatang: bigint) =>
  dueSatang >= 0n
    ? { label: ['rent.total'] as const, value: money(dueSatang) }
    : { label: ['rent.back'] as const, value: money(-dueSatang) };

const offerFacts = (q: Quote): NonNullable<Reply['facts']> => [
  { label: ['plans.price_label'], value: money(q.priceSatang) },
  ...(q.discountSatang > 0n ? [{ label: ['rent.discount'] as const, value: money(-q.discountSatang) }] : []),
  ...(q.creditSatang > 0n ? [{ label: ['rent.credit'] as const, value: money(-q.creditSatang) }] : []),
  ...(q.discountSatang > 0n || q.creditSatang > 0n ? [dueFact(q.totalSatang - q.creditSatang)] : []),
  { label: ['rent.period'], value: ['rent.period_value', { from: q.startsAt, to: q.endsAt }] },
  { label: ['wallet.balance'], value: money(q.walletSatang) },
  ...(q.owedSatang > 0n ? [{ label: ['wallet.owed'] as const, value: money(q.owedSatang) }] : []),
];

/** The offer for what somebody wants, before anything is paid. */
export const rent = command({
  name: 'rent',
  audience: 'private',
  hidden: true,
  args: { wanted: opaque() },
  run: (ctx, { wanted }) => offerReply(ctx, wantedFrom(wanted)),
});

export const renew = command({
  name: 'renew',
  audience: 'private',
  run: (ctx) => offerReply(ctx, { does: 'renew' }),
});

/** Pays what was offered and for no more: the button carries the term and the price that were shown. */
export const rentPay = command({
  name: 'rent.pay',
  audience: 'private',
  hidden: true,
  args: { agreed: opaque() },
  async run(ctx, { agreed }) {
    const [, text = '', term = '', total = ''] = /^(.+)\.(\d{1,6})\.(\d{1,12})$/.exec(agreed) ?? fail('button.stale');
    const wanted = wantedFrom(text);
    try {
      return paidReply(wanted, await pay(ctx, wanted, Number(term), BigInt(total)));
    } catch (error) {
      if (!(error instanceof Refusal) || !isOfferedAnew(error)) throw error;
      const { say, ...offer } = await offerReply(ctx, wanted);
      return { ...offer, say: [errorSay(error), ...say], fresh: true };
    }
  },
});

/** Nothing was paid, because the price, the wallet or the contract is another one by now: what it is now is shown at once. */
const isOfferedAnew = ({ code }: Refusal) =>
  code === 'quote.changed' || code === 'rental.short' || code === 'contract.changed';

function paidReply({ does }: Wanted, { isRepeat, until, totalSatang }: Rented): Reply {
  const said = does === 'upgrade' ? 'rent.upgraded' : 'rent.paid';
  return {
    say: [[isRepeat ? 'rent.paid_before' : said, { until, totalSatang }]],
    buttons: [rentalFoot],
    sensitive: true,
  };
}

async function pay(ctx: CommandContext, wanted: Wanted, term: number, totalSatang: bigint): Promise<Rented> {
  const userId = ctx.user.id;
  const { requestKey } = ctx;
  if (wanted.does === 'start') return startContract(ctx, { userId, planId: wanted.planId, totalSatang, requestKey });
  const view = (await readContract(ctx, { userId })) ?? fail('contract.none');
  const contractId = view.contract.id;
  if (wanted.does === 'renew') return renewContract(ctx, { userId, contractId, term, totalSatang });
  return upgradeContract(ctx, { userId, contractId, planId: wanted.planId, totalSatang, requestKey });
}

/** A QR of exactly what is missing; paying it rents by itself. */
export const rentTopup = command({
  name: 'rent.topup',
  audience: 'private',
  hidden: true,
  args: { wanted: opaque() },
  async run(ctx, { wanted: text }) {
    const wanted = wantedFrom(text);
    const made = await openRentTopup(ctx, { userId: ctx.user.id, requestKey: ctx.requestKey, ...wanted });
    if (!made) return offerReply(ctx, wanted); // there is enough by now
    const { topup, qr, quote: q } = made;
    if (topup.status !== 'pending') return offerReply(ctx, wanted); // the same press again, after it was paid
    const shown = qrReply(topup, qr && 'payload' in qr ? qr.payload : fail('gateway.unavailable'));
    const isMore = topup.amountSatang > q.missingSatang;
    return {
      ...shown,
      say: [
        ['topup.scan'],
        [`rent.by_itself_${q.does}`, planNames(q.plan)],
        ...(isMore ? [['rent.smallest', { amountSatang: topup.amountSatang }] as const] : []),
      ],
    };
  },
});

export const upgrade = command({
  name: 'upgrade',
  audience: 'private',
  args: { plan: optional(word({ name: 'plan', label: ['field.plan'], hint: ['field.plan_hint'] })) },
  async run(ctx, { plan: text }): Promise<Reply> {
    const offered = await listPlans(ctx);
    const view = (await readContract(ctx, { userId: ctx.user.id })) ?? fail('contract.none');
    if (view.endedAt) fail('contract.expired', { ...named(view.plan), endedAt: view.endedAt });
    if (text) {
      const wanted = text.toLowerCase();
      const plan = offered.find((each) =>
        [each.code, each.nameTh, each.nameEn].some((name) => name.toLowerCase() === wanted),
      );
      const choices = offered.map((each) => each.code).join(', ');
      return offerReply(ctx, {
        does: 'upgrade',
        planId: plan?.id ?? fail('argument.unknown', { text: text.slice(0, 40), choices }),
      });
    }
    const isTrial = view.standing === 'trial';
    const higher = offered.filter(
      (plan) => plan.id !== view.plan.id && (isTrial || plan.priceSatang > view.plan.priceSatang),
    );
    return {
      title: ['rent.upgrade_title'],
      say: [
        higher.length > 0 ? ['rent.upgrade_note', planNames(view.plan)] : ['rent.upgrade_none', planNames(view.plan)],
      ],
      buttons: [
        ...higher.map((plan): Button[] => [
          {
            say: ['plans.choose', { ...planNames(plan), priceSatang: plan.priceSatang }],
            does: 'rent',
            on: `upgrade.${plan.id}`,
          },
        ]),
        [{ say: ['button.plans'], does: 'plans' }, ...rentalFoot],
      ],
      sensitive: true,
    };
  },
});

export const coupon = command({
  name: 'coupon',
  audience: 'private',
  args: { code: word({ name: 'code', label: ['field.coupon'], hint: ['field.coupon_hint'] }) },
  async run(ctx, { code }) {
    const taken = await redeemCoupon(ctx, { userId: ctx.user.id, code, requestKey: ctx.requestKey });
    const { kind, percent, amountSatang } = taken.coupon;
    const { termsLeft } = taken.redemption;
    const worth =
      kind === 'fixed'
        ? (['rent.coupon_fixed', { amountSatang: amountSatang ?? 0n, terms: termsLeft }] as const)
        : amountSatang === null
          ? (['rent.coupon_percent', { percent: percent ?? 0, terms: termsLeft }] as const)
          : (['rent.coupon_percent_capped', { percent: percent ?? 0, amountSatang, terms: termsLeft }] as const);
    return {
      say: [['rent.coupon_taken', { code: taken.coupon.code }], worth],
      buttons: [
        [
          { say: ['button.plans'], does: 'plans' },
          { say: ['button.renew'], does: 'renew' },
        ],
        rentalFoot,
      ],
      sensitive: true,
    };
  },
});

export const contractNext = command({
  name: 'contract.next',
  audience: 'private',
  hidden: true,
  args: { planId: opaque() },
  async run(ctx, { planId }) {
    await changeNextPlan(ctx, { userId: ctx.user.id, planId });
    const view = await readContract(ctx, { userId: ctx.user.id });
    const plan = view?.nextPlan ?? view?.plan ?? fail('contract.none');
    return {
      say: [
        [
          view?.nextPlan ? 'rent.next_chosen' : 'rent.next_stays',
          { ...planNames(plan), from: view?.paidUntil ?? ctx.clock.now() },
        ],
      ],
      buttons: [[{ say: ['button.plans'], does: 'plans' }, ...rentalFoot]],
      sensitive: true,
    };
  },
});

/** The button says what it shall be rather than "the other one": pressed twice it is the same. */
export const contractAuto = command({
  name: 'contract.auto',
  audience: 'private',
  hidden: true,
  args: { to: opaque() },
  async run(ctx, { to }) {
    if (to !== 'on' && to !== 'off') fail('button.stale');
    await setAutoRenew(ctx, { userId: ctx.user.id, autoRenew: to === 'on' });
    return { say: [[`rent.auto_${to}`]], buttons: [rentalFoot], sensitive: true };
  },
});
