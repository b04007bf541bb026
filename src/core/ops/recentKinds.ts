import { may, type Permission, type Role } from '../access.ts';
import type { AuditDetail, auditEntry } from '../audit.ts';
import type { operatorAlert } from '../notices/tables.ts';

/**
 * What the dashboard tells of as it happens, and who is told: whoever may read the thing itself. So support sees money,
 * people and alerts, but not which operators came in or what they set; owners, managers and auditors see all of it.
 */
export const recentKinds = {
  'topup.opened': 'payments.read',
  'topup.settled': 'payments.read',
  'payment.suspended': 'payments.read',
  'payment.refunded': 'payments.read',
  'suspense.matched': 'payments.read',
  'suspense.returned': 'payments.read',
  'wallet.adjusted': 'payments.read',
  'user.joined': 'users.read',
  'user.blocked': 'users.read',
  'user.unblocked': 'users.read',
  'operator.signed_in': 'operators.read',
  'operator.joined': 'operators.read',
  'operator.role_changed': 'operators.read',
  'operator.disabled': 'operators.read',
  'operator.enabled': 'operators.read',
  'operator.second_factor_reset': 'operators.read',
  'setting.changed': 'settings.read',
  alert: 'dashboard.read',
} as const satisfies Record<string, Permission>;

export type RecentKind = keyof typeof recentKinds;

export const seesKind = (role: Role, kind: RecentKind) => may(role, recentKinds[kind]);

const isRecentKind = (action: string): action is RecentKind => Object.hasOwn(recentKinds, action);

/** The actions of the audit that a role is told of. */
export const actionsFor = (role: Role) =>
  Object.keys(recentKinds).filter((kind) => kind !== 'alert' && isRecentKind(kind) && seesKind(role, kind));

/** One line of the audit or of the alerts, before it is known whom and what it is about. */
export interface Line {
  /** `a12` of the audit, `w3` of the alerts: an event is shown once, however often it is read. */
  key: string;
  number: bigint;
  at: Date;
  kind: RecentKind;
  /** For alerts, what kind of alert. */
  alertKind: string | undefined;
  subject: string;
  actor: string;
  detail: AuditDetail;
}

/** Those lines of the audit that are told of. */
export function auditLines(rows: readonly (typeof auditEntry.$inferSelect)[]): Line[] {
  return rows.flatMap(({ seq, at, action, subject, actor, detail }) =>
    isRecentKind(action)
      ? [{ key: `a${seq}`, number: seq, at, kind: action, alertKind: undefined, subject, actor, detail }]
      : [],
  );
}

export const alertLines = (rows: readonly (typeof operatorAlert.$inferSelect)[]): Line[] =>
  rows.map(({ id, kind, subject, params, createdAt }) => ({
    key: `w${id}`,
    number: BigInt(id),
    at: createdAt,
    kind: 'alert',
    alertKind: kind,
    subject,
    actor: '',
    detail: params,
  }));

/** The numbers of the two lists say nothing about each other; within one moment an alert follows what it is about. */
export function newestFirst(a: Line, b: Line): number {
  const lists = Number(b.kind === 'alert') - Number(a.kind === 'alert');
  return b.at.getTime() - a.at.getTime() || lists || (a.number < b.number ? 1 : -1);
}
