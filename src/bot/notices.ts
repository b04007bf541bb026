import { findRun } from '../core/backtest/runs.ts';
import { as } from '../core/context.ts';
import type { NoticeToDeliver } from '../core/notices/courier.ts';
import type { Language } from '../core/text/text.ts';
import type { BotContext } from './command.ts';
import { runReply, screenOf } from './commands/runReply.ts';
import type { Button, Reply } from './reply.ts';

type Told = Pick<NoticeToDeliver, 'kind' | 'params'>;

const wallet: Button = { say: ['button.wallet'], does: 'wallet' };
const topup: Button = { say: ['button.topup'], does: 'topup' };

const contract: Button = { say: ['button.contract'], does: 'contract' };
const renew: Button = { say: ['button.renew'], does: 'renew' };
const renewOrLook = () => ({ buttons: [[renew, contract]] });
const look = () => ({ buttons: [[contract]] });

const accountsToo = () => ({ buttons: [[{ say: ['button.accounts'] as const, does: 'accounts' }]] });

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
  'account.added': accountsToo,
  'account.key_replaced': accountsToo,
  'account.removed': accountsToo,
  'account.failing': accountsToo,
  'account.recovered': accountsToo,
  'account.key_expires': accountsToo,
  'account.allowed': accountsToo,
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

const aboutRuns = new Set(['run.progress', 'run.done', 'run.failed']);

/** What a notice looks like in a chat; those about something with a face of its own show it. */
export async function tellNotice(ctx: BotContext, notice: Told, language: Language): Promise<Reply> {
  if (!aboutRuns.has(notice.kind)) return noticeReply(notice);
  const run = await findRun(as(ctx, { kind: 'job', name: 'notices' }), notice.params.runId ?? '');
  if (!run) return noticeReply(notice);
  const reply = runReply(language, run);
  return reply.screen ? reply : { ...reply, retire: screenOf(run.id) };
}

/** A notice in its words alone. */
export function noticeReply(notice: Told): Reply {
  return { say: [`notice.${notice.kind}`, notice.params], sensitive: true, ...extras[notice.kind]?.(notice.params) };
}
