/** What a user can turn off, group by group. */
export const noticeGroups = ['payments', 'contracts', 'reminders', 'news'] as const;
export type NoticeGroup = (typeof noticeGroups)[number];

interface NoticeRule {
  group: NoticeGroup | null;
  urgent: boolean;
  /** Its top-up cannot be paid any more: the QR is taken out of every chat, told or not. */
  ends?: boolean;
  /** Told in every chat of the person, so that whoever holds one of their logins does not do it unseen. */
  everywhere?: boolean;
}

/**
 * Every notice there is. `group: null` cannot be turned off: it is about the safety of the account or about money in
 * trouble. `urgent` answers something the person has just done, so quiet hours only silence it; the rest waits.
 */
const kinds = {
  'topup.settled': { group: 'payments', urgent: true, ends: true },
  'topup.late': { group: 'payments', urgent: true, ends: true },
  'topup.extra': { group: 'payments', urgent: true },
  'topup.review': { group: null, urgent: true, ends: true },
  'topup.failed': { group: 'payments', urgent: true, ends: true },
  'topup.expired': { group: 'reminders', urgent: false, ends: true },
  'payment.held': { group: null, urgent: true },
  'topup.refunded': { group: null, urgent: false },
  'topup.refund_owed': { group: null, urgent: false },
  'wallet.adjusted': { group: null, urgent: false },
  'suspense.matched': { group: null, urgent: false },
  'suspense.returned': { group: null, urgent: false },
  'contract.started': { group: 'payments', urgent: true },
  'contract.renewed': { group: 'payments', urgent: true },
  'contract.upgraded': { group: 'payments', urgent: true },
  'rental.not_done': { group: null, urgent: true },
  'contract.reminder': { group: 'contracts', urgent: false },
  'contract.reminder_auto': { group: 'contracts', urgent: false },
  'contract.reminder_short': { group: 'contracts', urgent: false },
  'contract.reminder_trial': { group: 'contracts', urgent: false },
  'contract.reminder_end': { group: 'contracts', urgent: false },
  'contract.grace': { group: 'contracts', urgent: false },
  'contract.expired': { group: null, urgent: false },
  'contract.cancelled': { group: null, urgent: false },
  'contract.extended': { group: null, urgent: false },
  'contract.paused': { group: null, urgent: false },
  'contract.resumed': { group: null, urgent: false },
  'contract.end_set': { group: null, urgent: false },
  'contract.end_unset': { group: null, urgent: false },
  'contract.refunded': { group: null, urgent: false },
  'contract.joined': { group: null, urgent: true },
  'plan.repriced': { group: null, urgent: false },
  'link.asked': { group: null, urgent: true },
  'link.joined': { group: null, urgent: true },
  'run.done': { group: null, urgent: true },
  'run.failed': { group: null, urgent: true },
  'account.added': { group: null, urgent: true, everywhere: true },
  'account.key_replaced': { group: null, urgent: true, everywhere: true },
  'account.removed': { group: null, urgent: true, everywhere: true },
  'account.failing': { group: null, urgent: false },
  'account.recovered': { group: null, urgent: false },
  'account.key_expires': { group: null, urgent: false },
  'account.stopped': { group: null, urgent: false },
  'account.allowed': { group: null, urgent: false },
  'portfolio.moved': { group: null, urgent: false },
  'run.stopped': { group: null, urgent: true },
  'broadcast.news': { group: 'news', urgent: false },
  'broadcast.test': { group: null, urgent: true },
} as const satisfies Record<string, NoticeRule>;

export type NoticeKind = keyof typeof kinds;
export const noticeKinds = Object.keys(kinds) as NoticeKind[];

const table: Record<string, NoticeRule> = kinds;

/** A kind this version does not know (an older instance reading a newer row) is treated as important. */
export const kindOf = (kind: string): NoticeRule => table[kind] ?? { group: null, urgent: true };
