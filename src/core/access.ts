import { fail } from './error.ts';
import type { UserId } from './id.ts';

/**
 * Who is asking. `chat` is a front door that has received a message but does not know yet whose it is; it may look
 * people up and nothing else. `panel` is the same for operators: somebody at this address who has not signed in yet.
 */
export type Actor =
  | { kind: 'user'; userId: UserId }
  | { kind: 'operator'; operatorId: string; role: Role }
  | { kind: 'gateway'; provider: string }
  | { kind: 'chat'; provider: string }
  | { kind: 'panel'; address: string }
  | { kind: 'job'; name: string };

type Holder = { readonly actor: Actor };

export function requireActor(ctx: Holder, ...kinds: Actor['kind'][]): void {
  if (!kinds.includes(ctx.actor.kind)) fail('access.denied');
}

/** Users act for themselves alone; operators and jobs act for anybody. */
export function requireSelf(ctx: Holder, userId: UserId): void {
  const { actor } = ctx;
  if (actor.kind === 'operator' || actor.kind === 'job') return;
  if (actor.kind !== 'user' || actor.userId !== userId) fail('access.denied');
}

/** `user:usr_…`, as audit lines name an actor. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'user':
      return `user:${actor.userId}`;
    case 'operator':
      return `operator:${actor.operatorId}`;
    case 'gateway':
      return `gateway:${actor.provider}`;
    case 'chat':
      return `chat:${actor.provider}`;
    case 'panel':
      return `panel:${actor.address}`;
    case 'job':
      return `job:${actor.name}`;
  }
}

export const roles = ['owner', 'manager', 'support', 'auditor'] as const;
export type Role = (typeof roles)[number];

export type Permission =
  | 'dashboard.read'
  | 'payments.read'
  | 'audit.read'
  | 'operators.read'
  | 'users.read'
  | 'notices.read'
  | 'jobs.read'
  | 'runs.read'
  | 'settings.read'
  | 'payments.export'
  | 'alerts.see'
  | 'users.block'
  | 'users.reset'
  | 'users.close'
  | 'wallet.adjust'
  | 'ledger.reconcile'
  | 'jobs.retry'
  | 'runs.cancel'
  | 'settings.write'
  | 'broadcast.send'
  | 'topup.settle'
  | 'topup.refund'
  | 'suspense.close'
  | 'contracts.read'
  | 'contracts.manage'
  | 'plans.manage'
  | 'operators.manage';

/** Which role may do what. The panel shows this very table, and nothing else decides. */
export const permissions: Record<Permission, readonly Role[]> = {
  'dashboard.read': roles,
  'payments.read': roles,
  'audit.read': ['owner', 'manager', 'auditor'],
  'operators.read': ['owner', 'manager', 'auditor'],
  'users.read': roles,
  'notices.read': roles,
  'jobs.read': ['owner', 'manager', 'auditor'],
  'runs.read': roles,
  'settings.read': ['owner', 'manager', 'auditor'],
  'payments.export': ['owner', 'manager', 'auditor'],
  'alerts.see': ['owner', 'manager', 'support'],
  'users.block': ['owner', 'manager', 'support'],
  'users.reset': ['owner', 'manager', 'support'],
  'users.close': ['owner', 'manager'],
  'wallet.adjust': ['owner', 'manager'],
  'ledger.reconcile': ['owner', 'manager', 'auditor'],
  'jobs.retry': ['owner', 'manager'],
  'runs.cancel': ['owner', 'manager', 'support'],
  'settings.write': ['owner', 'manager'],
  'broadcast.send': ['owner', 'manager'],
  'topup.settle': ['owner', 'manager'],
  'topup.refund': ['owner', 'manager'],
  'suspense.close': ['owner', 'manager'],
  'contracts.read': roles,
  'contracts.manage': ['owner', 'manager'],
  'plans.manage': ['owner', 'manager'],
  'operators.manage': ['owner'],
};

const moneyPermissions: readonly Permission[] = [
  'topup.settle',
  'topup.refund',
  'suspense.close',
  'wallet.adjust',
  'contracts.manage',
  'plans.manage',
];

export const may = (role: Role, permission: Permission) => permissions[permission].includes(role);

/** Whoever makes operators or moves money needs a second factor before anything else. */
export const needsSecondFactor = (role: Role) =>
  role === 'owner' || moneyPermissions.some((permission) => may(role, permission));

/** The signed-in operator, if their role has the permission. Nobody else has any. */
export function requirePermission(ctx: Holder, permission: Permission): Extract<Actor, { kind: 'operator' }> {
  const { actor } = ctx;
  if (actor.kind !== 'operator' || !may(actor.role, permission)) fail('access.denied');
  return actor;
}

/** Any signed-in operator, for what concerns themselves. */
export function requireOperator(ctx: Holder): Extract<Actor, { kind: 'operator' }> {
  return ctx.actor.kind === 'operator' ? ctx.actor : fail('access.denied');
}
