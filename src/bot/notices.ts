import type { NoticeToDeliver } from '../core/notices/courier.ts';
import type { Button, Reply } from './reply.ts';

type Told = Pick<NoticeToDeliver, 'kind' | 'params'>;

const wallet: Button = { say: ['button.wallet'], does: 'wallet' };
const topup: Button = { say: ['button.topup'], does: 'topup' };

/** What may be done about a notice, and which message of ours it makes obsolete. Kinds without an entry are words alone. */
const extras: Record<string, (params: Record<string, string>) => Pick<Reply, 'buttons' | 'retire'>> = {
  'topup.settled': ({ topupId = '' }) => ({
    buttons: [[wallet, { say: ['button.receipt'], does: 'receipt', on: topupId }]],
    retire: `topup:${topupId}`,
  }),
  'topup.late': ({ topupId = '' }) => ({
    buttons: [[wallet, { say: ['button.receipt'], does: 'receipt', on: topupId }]],
    retire: `topup:${topupId}`,
  }),
  'topup.extra': () => ({ buttons: [[wallet]] }),
  'topup.review': ({ topupId = '' }) => ({ retire: `topup:${topupId}` }),
  'topup.failed': ({ topupId = '' }) => ({ buttons: [[topup]], retire: `topup:${topupId}` }),
  'topup.expired': ({ topupId = '' }) => ({ buttons: [[topup]], retire: `topup:${topupId}` }),
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
