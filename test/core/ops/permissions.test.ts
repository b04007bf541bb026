import { afterAll, beforeAll, expect, test } from 'vitest';
import { may, type Permission, roles } from '../../../src/core/access.ts';
import type { UserId } from '../../../src/core/id.ts';
import {
  agreeToAdjustment,
  askAdjustment,
  refuseAdjustment,
  withdrawAdjustment,
} from '../../../src/core/money/adjustment.ts';
import { settleByHand } from '../../../src/core/money/byHand.ts';
import { refundTopup } from '../../../src/core/money/refund.ts';
import { matchSuspense, returnSuspense } from '../../../src/core/money/suspense.ts';
import { seeAlert } from '../../../src/core/notices/alert.ts';
import { listAdjustments, readAdjustment, readAllowance } from '../../../src/core/ops/adjustments.ts';
import { listAudit } from '../../../src/core/ops/auditLog.ts';
import { closeAccount, hindrancesOf } from '../../../src/core/ops/closing.ts';
import { readFigures } from '../../../src/core/ops/figures.ts';
import { inviteOperator, openInvites, revokeInvite } from '../../../src/core/ops/invite.ts';
import { changeRole, disableOperator, enableOperator, listOperators } from '../../../src/core/ops/operator.ts';
import { findOwner, listSuspense, listTopups, readSuspense, readTopupStory } from '../../../src/core/ops/payments.ts';
import { listUsers } from '../../../src/core/ops/people.ts';
import { readPerson } from '../../../src/core/ops/person.ts';
import { listEntries, listPersonAudit, listPersonNotices } from '../../../src/core/ops/personLists.ts';
import { resetUser } from '../../../src/core/ops/resetting.ts';
import { blockUser, unblockUser } from '../../../src/core/people/user.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

type Ctx = ReturnType<World['ctx']>;
const money = { topupId: 'top_x', amountSatang: 1n, reason: 'why' };

const person = { userId: 'usr_x' as UserId, reason: 'why' };

const functions: [name: string, Permission, (ctx: Ctx) => Promise<unknown>][] = [
  ['settleByHand', 'topup.settle', (ctx) => settleByHand(ctx, { ...money, chargeId: 'c' })],
  ['refundTopup', 'topup.refund', (ctx) => refundTopup(ctx, { ...money, requestKey: 'k' })],
  ['matchSuspense', 'suspense.close', (ctx) => matchSuspense(ctx, { suspenseId: 's', to: money, reason: 'why' })],
  ['returnSuspense', 'suspense.close', (ctx) => returnSuspense(ctx, { suspenseId: 's', reason: 'why' })],
  ['findOwner', 'suspense.close', (ctx) => findOwner(ctx, { text: 'TU' })],
  ['seeAlert', 'alerts.see', (ctx) => seeAlert(ctx, 1)],
  ['readFigures', 'dashboard.read', (ctx) => readFigures(ctx)],
  ['listTopups', 'payments.read', (ctx) => listTopups(ctx, { page: 1 })],
  ['readTopupStory', 'payments.read', (ctx) => readTopupStory(ctx, { topupId: 't' })],
  ['listSuspense', 'payments.read', (ctx) => listSuspense(ctx, { page: 1 })],
  ['readSuspense', 'payments.read', (ctx) => readSuspense(ctx, { suspenseId: 's' })],
  ['listAudit', 'audit.read', (ctx) => listAudit(ctx, {})],
  ['listOperators', 'operators.read', (ctx) => listOperators(ctx)],
  ['openInvites', 'operators.read', (ctx) => openInvites(ctx)],
  ['inviteOperator', 'operators.manage', (ctx) => inviteOperator(ctx, { email: 'a@b', role: 'support' })],
  ['revokeInvite', 'operators.manage', (ctx) => revokeInvite(ctx, { inviteId: 'i' })],
  ['askAdjustment', 'wallet.adjust', (ctx) => askAdjustment(ctx, { ...person, amountSatang: 1n, requestKey: 'k' })],
  ['agreeToAdjustment', 'wallet.adjust', (ctx) => agreeToAdjustment(ctx, { adjustmentId: 'a' })],
  ['refuseAdjustment', 'wallet.adjust', (ctx) => refuseAdjustment(ctx, { adjustmentId: 'a', reason: 'why' })],
  ['withdrawAdjustment', 'wallet.adjust', (ctx) => withdrawAdjustment(ctx, { adjustmentId: 'a' })],
  ['readAllowance', 'wallet.adjust', (ctx) => readAllowance(ctx)],
  ['listAdjustments', 'payments.read', (ctx) => listAdjustments(ctx, { waiting: true })],
  ['readAdjustment', 'payments.read', (ctx) => readAdjustment(ctx, { adjustmentId: 'a' })],
  ['blockUser', 'users.block', (ctx) => blockUser(ctx, person)],
  ['unblockUser', 'users.block', (ctx) => unblockUser(ctx, person)],
  ['resetUser', 'users.reset', (ctx) => resetUser(ctx, person)],
  ['closeAccount', 'users.close', (ctx) => closeAccount(ctx, person)],
  ['hindrancesOf', 'users.close', (ctx) => hindrancesOf(ctx, person.userId)],
  ['listUsers', 'users.read', (ctx) => listUsers(ctx, {})],
  ['readPerson', 'users.read', (ctx) => readPerson(ctx, person)],
  ['listEntries', 'users.read', (ctx) => listEntries(ctx, person)],
  ['listPersonNotices', 'users.read', (ctx) => listPersonNotices(ctx, person)],
  ['listPersonAudit', 'audit.read', (ctx) => listPersonAudit(ctx, person)],
  ['changeRole', 'operators.manage', (ctx) => changeRole(ctx, { operatorId: 'o', role: 'owner' })],
  ['disableOperator', 'operators.manage', (ctx) => disableOperator(ctx, { operatorId: 'o' })],
  ['enableOperator', 'operators.manage', (ctx) => enableOperator(ctx, { operatorId: 'o' })],
];

test.each(functions)(
  '%s refuses every role without %s, and everybody who is no operator',
  async (_, permission, call) => {
    const codeOf = (actor: Parameters<World['ctx']>[0]) =>
      call(world.ctx(actor)).then(
        () => 'done',
        (error: { code?: string }) => error.code,
      );
    for (const role of roles) {
      const code = await codeOf({ kind: 'operator', operatorId: 'opr_x', role });
      expect(code === 'access.denied', role).toBe(!may(role, permission));
    }
    for (const actor of [
      { kind: 'panel', address: '10.0.0.1' },
      { kind: 'chat', provider: 'local' },
      { kind: 'gateway', provider: 'hook' },
      { kind: 'job', name: 'any' },
    ] as const)
      expect(await codeOf(actor), actor.kind).toBe('access.denied');
  },
);
