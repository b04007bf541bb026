import { afterAll, beforeAll, expect, test } from 'vitest';
import { may, type Permission, roles } from '../../../src/core/access.ts';
import { settleByHand } from '../../../src/core/money/byHand.ts';
import { refundTopup } from '../../../src/core/money/refund.ts';
import { matchSuspense, returnSuspense } from '../../../src/core/money/suspense.ts';
import { seeAlert } from '../../../src/core/notices/alert.ts';
import { listAudit } from '../../../src/core/ops/auditLog.ts';
import { readFigures } from '../../../src/core/ops/figures.ts';
import { inviteOperator, openInvites, revokeInvite } from '../../../src/core/ops/invite.ts';
import { changeRole, disableOperator, enableOperator, listOperators } from '../../../src/core/ops/operator.ts';
import { findOwner, listSuspense, listTopups, readSuspense, readTopupStory } from '../../../src/core/ops/payments.ts';
import { createCoupon, listCoupons, type NewCoupon, retireCoupon } from '../../../src/core/rental/coupon.ts';
import { listContracts, readContractStory } from '../../../src/core/rental/list.ts';
import {
  extendContract,
  pauseContract,
  refundContract,
  resumeContract,
  setCancelAtEnd,
} from '../../../src/core/rental/operate.ts';
import { allPlans, createPlan, editPlan, type PlanWords, setPlanStatus } from '../../../src/core/rental/plan.ts';
import { previewReprice, repricePlan } from '../../../src/core/rental/reprice.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

type Ctx = ReturnType<World['ctx']>;
const money = { topupId: 'top_x', amountSatang: 1n, reason: 'why' };
const order = { contractId: 'con_x', reason: 'why' };
const plan = { planId: 'pln_x', version: 0, reason: 'why' };
const words: PlanWords = {
  nameTh: 'ก',
  nameEn: 'A',
  aboutTh: 'ก',
  aboutEn: 'A',
  features: [],
  quotas: { tradingBots: 1 },
  trialDays: 0,
};

const functions: [name: string, Permission, (ctx: Ctx) => Promise<unknown>][] = [
  ['settleByHand', 'topup.settle', (ctx) => settleByHand(ctx, { ...money, chargeId: 'c' })],
  ['refundTopup', 'topup.refund', (ctx) => refundTopup(ctx, { ...money, requestKey: 'k' })],
  ['matchSuspense', 'suspense.close', (ctx) => matchSuspense(ctx, { suspenseId: 's', to: money, reason: 'why' })],
  ['returnSuspense', 'suspense.close', (ctx) => returnSuspense(ctx, { suspenseId: 's', reason: 'why' })],
  ['findOwner', 'suspense.close', (ctx) => findOwner(ctx, { text: 'TU' })],
  ['listContracts', 'contracts.read', (ctx) => listContracts(ctx, {})],
  ['readContractStory', 'contracts.read', (ctx) => readContractStory(ctx, order)],
  ['allPlans', 'contracts.read', (ctx) => allPlans(ctx)],
  ['previewReprice', 'contracts.read', (ctx) => previewReprice(ctx, plan)],
  ['listCoupons', 'contracts.read', (ctx) => listCoupons(ctx)],
  ['extendContract', 'contracts.manage', (ctx) => extendContract(ctx, { ...order, days: 1, requestKey: 'k' })],
  ['pauseContract', 'contracts.manage', (ctx) => pauseContract(ctx, order)],
  ['resumeContract', 'contracts.manage', (ctx) => resumeContract(ctx, order)],
  ['setCancelAtEnd', 'contracts.manage', (ctx) => setCancelAtEnd(ctx, { ...order, cancelAtEnd: true })],
  ['refundContract', 'contracts.manage', (ctx) => refundContract(ctx, order)],
  ['createPlan', 'plans.manage', (ctx) => createPlan(ctx, { ...words, code: '?', priceSatang: 1n })],
  ['editPlan', 'plans.manage', (ctx) => editPlan(ctx, { ...words, ...plan })],
  ['setPlanStatus', 'plans.manage', (ctx) => setPlanStatus(ctx, { ...plan, status: 'retired' })],
  ['repricePlan', 'plans.manage', (ctx) => repricePlan(ctx, { ...plan, priceSatang: 1n })],
  ['createCoupon', 'plans.manage', (ctx) => createCoupon(ctx, { code: '?' } as NewCoupon)], // refused for its code
  ['retireCoupon', 'plans.manage', (ctx) => retireCoupon(ctx, { couponId: 'cpn_x', reason: 'why' })],
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
