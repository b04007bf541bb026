import { afterAll, beforeAll, expect, test } from 'vitest';
import { may, type Permission, roles } from '../../../src/core/access.ts';
import { settleByHand } from '../../../src/core/money/byHand.ts';
import { refundTopup } from '../../../src/core/money/refund.ts';
import { matchSuspense, returnSuspense } from '../../../src/core/money/suspense.ts';
import { seeAlert } from '../../../src/core/notices/alert.ts';
import { auditLength, checkAudit } from '../../../src/core/ops/auditCheck.ts';
import { exportAudit, findActors, listAudit, readAuditLine } from '../../../src/core/ops/auditLog.ts';
import {
  beginExport,
  endExport,
  exportReceived,
  exportSuspense,
  exportTopups,
  exportTransfers,
} from '../../../src/core/ops/exports.ts';
import { readFigures } from '../../../src/core/ops/figures.ts';
import { inviteOperator, openInvites, revokeInvite } from '../../../src/core/ops/invite.ts';
import { changeRole, disableOperator, enableOperator, listOperators } from '../../../src/core/ops/operator.ts';
import { findOwner, listSuspense, listTopups, readSuspense, readTopupStory } from '../../../src/core/ops/payments.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

type Ctx = ReturnType<World['ctx']>;
const file = { format: 'csv', filter: {} } as const;
const ended = { exportId: 'exp_x', rows: 0, end: 'complete' } as const;
const money = { topupId: 'top_x', amountSatang: 1n, reason: 'why' };

const functions: [name: string, Permission, (ctx: Ctx) => Promise<unknown>][] = [
  ['settleByHand', 'topup.settle', (ctx) => settleByHand(ctx, { ...money, chargeId: 'c' })],
  ['refundTopup', 'topup.refund', (ctx) => refundTopup(ctx, { ...money, requestKey: 'k' })],
  ['matchSuspense', 'suspense.close', (ctx) => matchSuspense(ctx, { suspenseId: 's', to: money, reason: 'why' })],
  ['returnSuspense', 'suspense.close', (ctx) => returnSuspense(ctx, { suspenseId: 's', reason: 'why' })],
  ['findOwner', 'suspense.close', (ctx) => findOwner(ctx, { text: 'TU' })],
  ['seeAlert', 'alerts.see', (ctx) => seeAlert(ctx, 1)],
  ['readFigures', 'dashboard.read', (ctx) => readFigures(ctx)],
  ['listTopups', 'payments.read', (ctx) => listTopups(ctx, {})],
  ['readTopupStory', 'payments.read', (ctx) => readTopupStory(ctx, { topupId: 't' })],
  ['listSuspense', 'payments.read', (ctx) => listSuspense(ctx, { page: 1 })],
  ['readSuspense', 'payments.read', (ctx) => readSuspense(ctx, { suspenseId: 's' })],
  ['listAudit', 'audit.read', (ctx) => listAudit(ctx, {})],
  ['findActors', 'audit.read', (ctx) => findActors(ctx, { text: 'x' })],
  ['readAuditLine', 'audit.read', (ctx) => readAuditLine(ctx, { seq: 1n })],
  ['auditLength', 'audit.read', (ctx) => auditLength(ctx)],
  ['checkAudit', 'audit.read', (ctx) => checkAudit(ctx, () => {})],
  ['exportAudit', 'audit.read', async (ctx) => exportAudit(ctx, {}).next()],
  ['exportTopups', 'payments.export', async (ctx) => exportTopups(ctx, {}).next()],
  ['exportReceived', 'payments.export', async (ctx) => exportReceived(ctx, {}).next()],
  ['exportTransfers', 'payments.export', async (ctx) => exportTransfers(ctx, {}).next()],
  ['exportSuspense', 'payments.export', async (ctx) => exportSuspense(ctx, {}).next()],
  ['beginExport topups', 'payments.export', (ctx) => beginExport(ctx, { ...file, what: 'topups' })],
  ['beginExport audit', 'audit.read', (ctx) => beginExport(ctx, { ...file, what: 'audit' })],
  ['endExport topups', 'payments.export', (ctx) => endExport(ctx, { ...ended, what: 'topups' })],
  ['endExport audit', 'audit.read', (ctx) => endExport(ctx, { ...ended, what: 'audit' })],
  ['listOperators', 'operators.read', (ctx) => listOperators(ctx)],
  ['openInvites', 'operators.read', (ctx) => openInvites(ctx)],
  ['inviteOperator', 'operators.manage', (ctx) => inviteOperator(ctx, { email: 'a@b', role: 'support' })],
  ['revokeInvite', 'operators.manage', (ctx) => revokeInvite(ctx, { inviteId: 'i' })],
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
