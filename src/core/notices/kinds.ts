/** What a user can turn off, group by group. */
export const noticeGroups = ['payments', 'reminders'] as const;
export type NoticeGroup = (typeof noticeGroups)[number];

/**
 * Every notice there is. `group: null` cannot be turned off: it is about the safety of the account or about money in
 * trouble. `urgent` answers something the person has just done, so quiet hours only silence it; the rest waits.
 */
const kinds = {
  'topup.settled': { group: 'payments', urgent: true },
  'topup.late': { group: 'payments', urgent: true },
  'topup.extra': { group: 'payments', urgent: true },
  'topup.review': { group: null, urgent: true },
  'topup.failed': { group: 'payments', urgent: true },
  'topup.expired': { group: 'reminders', urgent: false },
  'topup.refunded': { group: null, urgent: false },
  'topup.refund_owed': { group: null, urgent: false },
  'wallet.adjusted': { group: null, urgent: false },
  'suspense.matched': { group: null, urgent: false },
  'link.asked': { group: null, urgent: true },
  'link.joined': { group: null, urgent: true },
} as const satisfies Record<string, { group: NoticeGroup | null; urgent: boolean }>;

export type NoticeKind = keyof typeof kinds;
export const noticeKinds = Object.keys(kinds) as NoticeKind[];

const table: Record<string, { group: NoticeGroup | null; urgent: boolean }> = kinds;

/** A kind this version does not know (an older instance reading a newer row) is treated as important. */
export const kindOf = (kind: string) => table[kind] ?? { group: null, urgent: true };
