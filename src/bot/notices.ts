import type { NoticeToDeliver } from '../core/notices/courier.ts';
import type { Button, Reply } from './reply.ts';

type Told = Pick<NoticeToDeliver, 'kind' | 'params'>;

const wallet: Button = { say: ['button.wallet'], does: 'wallet' };
const topup: Button = { say: ['button.topup'], does: 'topup' };

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
