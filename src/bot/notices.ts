import type { NoticeToDeliver } from '../core/notices/courier.ts';
import type { Button, Reply } from './reply.ts';

type Told = Pick<NoticeToDeliver, 'kind' | 'params'>;

const wallet: Button = { say: ['button.wallet'], does: 'wallet' };
const topup: Button = { say: ['button.topup'], does: 'topup' };

const contract: Button = { say: ['button.contract'], does: 'contract' };
const renew: Button = { say: ['button.renew'], does: 'renew' };
const renewOrLook = () => ({ buttons: [[renew, contract]] });
const look = () => ({ buttons: [[contract]] });

/** What may be done about a notice. Kinds without an entry are words alone. */
const extras: Record<string, (params: Record<string, string>) => Pick<Reply, 'buttons'>> = {
  'topup.settled': ({ topupId = '' }) => ({
    buttons: [[wallet, { say: ['button.receipt'], does: 'receipt', on: topupId }]],
  }),
  'topup.late': ({ topupId = '' }) => ({
    buttons: [[wallet, { say: ['button.receipt'], does: 'receipt', on: topupId }]],
  }),
  'topup.extra': () => ({ buttons: [[wallet]] }),
  'topup.failed': () => ({ buttons: [[topup]] }),
  'topup.expired': () => ({ buttons: [[topup]] }),
  'topup.refunded': () => ({ buttons: [[wallet]] }),
  'topup.refund_owed': () => ({ buttons: [[topup, wallet]] }),
  'wallet.adjusted': () => ({ buttons: [[wallet]] }),
  'suspense.matched': () => ({ buttons: [[wallet]] }),
  'suspense.returned': () => ({ buttons: [[topup, wallet]] }),
  'contract.started': look,
  'contract.renewed': look,
  'contract.upgraded': look,
  'rental.not_done': () => ({ buttons: [[contract, wallet]] }),
  'contract.reminder': renewOrLook,
  'contract.reminder_auto': look,
  'contract.reminder_short': renewOrLook,
  'contract.reminder_trial': renewOrLook,
  'contract.reminder_end': look,
  'contract.grace': renewOrLook,
  'contract.expired': renewOrLook,
  'contract.cancelled': () => ({ buttons: [[{ say: ['button.plans'], does: 'plans' }]] }),
  'contract.extended': look,
  'contract.paused': look,
  'contract.resumed': look,
  'contract.end_set': look,
  'contract.end_unset': look,
  'contract.refunded': () => ({ buttons: [[wallet, contract]] }),
  'contract.joined': () => ({ buttons: [[wallet, contract]] }),
  'plan.repriced': look,
  'portfolio.moved': () => ({
    buttons: [
      [
        { say: ['portfolio.button'], does: 'portfolio' },
        { say: ['portfolio.alerts'], does: 'alerts' },
      ],
    ],
  }),
  'link.asked': ({ linkId = '' }) => ({
    buttons: [
      [
        { say: ['button.join'], does: 'link.agree', on: linkId, style: 'danger' },
        { say: ['button.refuse'], does: 'link.refuse', on: linkId },
      ],
    ],
  }),
};

/** What a notice looks like in a chat. */
export function noticeReply(notice: Told): Reply {
  return { say: [`notice.${notice.kind}`, notice.params], sensitive: true, ...extras[notice.kind]?.(notice.params) };
}
