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
import { cancelBroadcast, draftBroadcast, editBroadcast, startBroadcast } from '../../../src/core/notices/broadcast.ts';
import { retryNotice } from '../../../src/core/notices/notice.ts';
import { accountsOf, allowAccount, stopAccount } from '../../../src/core/ops/accounts.ts';
import { listAdjustments, readAdjustment, readAllowance } from '../../../src/core/ops/adjustments.ts';
import { countAudience } from '../../../src/core/ops/audience.ts';
import { auditLength, checkAudit } from '../../../src/core/ops/auditCheck.ts';
import { exportAudit, findActors, listAudit, readAuditLine } from '../../../src/core/ops/auditLog.ts';
import { readRunFile, readRunStory, stopRun } from '../../../src/core/ops/backtestRun.ts';
import { listAllRuns, readRunQueue } from '../../../src/core/ops/backtests.ts';
import { listBroadcasts, readBroadcast, testBroadcast } from '../../../src/core/ops/broadcasts.ts';
import { closeAccount, hindrancesOf } from '../../../src/core/ops/closing.ts';
import { readDays } from '../../../src/core/ops/days.ts';
import { documentCopy, listAllDocuments, readDocumentFile } from '../../../src/core/ops/documents.ts';
import { readExchangeLight } from '../../../src/core/ops/exchangeLight.ts';
import {
  beginExport,
  endExport,
  exportReceived,
  exportSuspense,
  exportTopups,
  exportTransfers,
} from '../../../src/core/ops/exports.ts';
import { readFigures } from '../../../src/core/ops/figures.ts';
import { readGatewayLight } from '../../../src/core/ops/gatewayLight.ts';
import { inviteOperator, openInvites, revokeInvite } from '../../../src/core/ops/invite.ts';
import {
  dropDeadLetter,
  listDeadLetters,
  listFailedRuns,
  listJobs,
  retryDeadLetter,
  retryRun,
  startJob,
  startReconciliation,
} from '../../../src/core/ops/jobDesk.ts';
import { listNotices, readNotice } from '../../../src/core/ops/notices.ts';
import {
  changeRole,
  disableOperator,
  enableOperator,
  listOperators,
  resetSecondFactor,
} from '../../../src/core/ops/operator.ts';
import { findOwner, listSuspense, listTopups, readSuspense, readTopupStory } from '../../../src/core/ops/payments.ts';
import { listUsers } from '../../../src/core/ops/people.ts';
import { readPerson } from '../../../src/core/ops/person.ts';
import { listEntries, listPersonAudit, listPersonNotices } from '../../../src/core/ops/personLists.ts';
import { readPersonPortfolio } from '../../../src/core/ops/personPortfolio.ts';
import { listRecent } from '../../../src/core/ops/recent.ts';
import { findRecipient } from '../../../src/core/ops/recipient.ts';
import {
  listReconciliations,
  readReconciliation,
  readReconciliationState,
} from '../../../src/core/ops/reconciliations.ts';
import { readRentalFigures } from '../../../src/core/ops/rentalFigures.ts';
import { resetUser } from '../../../src/core/ops/resetting.ts';
import { readSalesTax, salesTaxLines } from '../../../src/core/ops/salesTax.ts';
import { listSettingChanges, readSettingStates } from '../../../src/core/ops/settings.ts';
import { blockUser, unblockUser } from '../../../src/core/people/user.ts';
import {
  createCoupon,
  listCoupons,
  type NewCoupon,
  readCoupon,
  retireCoupon,
} from '../../../src/core/rental/coupon.ts';
import { dropGuildRole, listGuildRoles, readGuildRole } from '../../../src/core/rental/guildRole.ts';
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
import { rentalTerms } from '../../../src/core/rental/settings.ts';
import { writeSetting } from '../../../src/core/setting.ts';
import { draft } from '../../support/broadcasts.ts';
import { awayDesk } from '../../support/desk.ts';
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

const mapping = { guildId: '1', planId: 'pln_x' };

const desk = (ctx: Ctx) => ({ ...ctx, desk: awayDesk });
const letter = { letterId: 'x' };
const sent = { broadcastId: 'brc_x', version: 0 };
const person = { userId: 'usr_x' as UserId, reason: 'why' };

const account = { accountId: 'exa_x', version: 0, reason: 'why' };

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
  ['readCoupon', 'contracts.read', (ctx) => readCoupon(ctx, { couponId: 'cpn_none' })],
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
  ['listGuildRoles', 'contracts.read', (ctx) => listGuildRoles(ctx, {})],
  ['readGuildRole', 'contracts.read', (ctx) => readGuildRole(ctx, mapping)],
  ['dropGuildRole', 'plans.manage', (ctx) => dropGuildRole(ctx, { ...mapping, roleId: '3', reason: 'why' })],
  ['seeAlert', 'alerts.see', (ctx) => seeAlert(ctx, 1)],
  ['readFigures', 'dashboard.read', (ctx) => readFigures(ctx)],
  ['readDays', 'dashboard.read', (ctx) => readDays(ctx)],
  ['listTopups', 'payments.read', (ctx) => listTopups(ctx, {})],
  ['readTopupStory', 'payments.read', (ctx) => readTopupStory(ctx, { topupId: 't' })],
  ['listSuspense', 'payments.read', (ctx) => listSuspense(ctx, { page: 1 })],
  ['readSuspense', 'payments.read', (ctx) => readSuspense(ctx, { suspenseId: 's' })],
  ['listNotices', 'notices.read', (ctx) => listNotices(ctx, {})],
  ['readNotice', 'notices.read', (ctx) => readNotice(ctx, { noticeId: 'n' })],
  ['retryNotice', 'broadcast.send', (ctx) => retryNotice(ctx, { noticeId: 'n' })],
  ['listBroadcasts', 'notices.read', (ctx) => listBroadcasts(ctx, { page: 1 })],
  ['readBroadcast', 'notices.read', (ctx) => readBroadcast(ctx, sent)],
  ['countAudience', 'notices.read', (ctx) => countAudience(ctx, { segment: {} })],
  ['draftBroadcast', 'broadcast.send', (ctx) => draftBroadcast(ctx, { ...sent, draft: draft() })],
  ['editBroadcast', 'broadcast.send', (ctx) => editBroadcast(ctx, { ...sent, draft: draft() })],
  ['startBroadcast', 'broadcast.send', (ctx) => startBroadcast(ctx, sent)],
  ['testBroadcast', 'broadcast.send', (ctx) => testBroadcast(ctx, { ...sent, to: 'usr_x', requestKey: 'k' })],
  ['cancelBroadcast', 'broadcast.send', (ctx) => cancelBroadcast(ctx, sent)],
  ['findRecipient', 'broadcast.send', (ctx) => findRecipient(ctx, { text: 'TU' })],
  ['listAllDocuments', 'payments.read', (ctx) => listAllDocuments(ctx, {})],
  ['readDocumentFile', 'payments.read', (ctx) => readDocumentFile(ctx, { documentId: 'd' })],
  ['documentCopy', 'payments.read', (ctx) => documentCopy(ctx, { documentId: 'd', language: 'th' })],
  ['readSalesTax', 'payments.read', (ctx) => readSalesTax(ctx, { month: '2026-11' })],
  ['salesTaxLines', 'payments.read', (ctx) => salesTaxLines(ctx, { month: '2026-11' }).next()],
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
  ['listJobs', 'jobs.read', (ctx) => listJobs(desk(ctx))],
  ['listFailedRuns', 'jobs.read', (ctx) => listFailedRuns(desk(ctx), { page: 1 })],
  ['listDeadLetters', 'jobs.read', (ctx) => listDeadLetters(desk(ctx), { page: 1 })],
  ['startJob', 'jobs.retry', (ctx) => startJob(desk(ctx), { name: 'x', requestKey: 'k' })],
  ['retryRun', 'jobs.retry', (ctx) => retryRun(desk(ctx), { name: 'x', runId: 'x' })],
  ['retryDeadLetter', 'jobs.retry', (ctx) => retryDeadLetter(desk(ctx), letter)],
  ['dropDeadLetter', 'jobs.retry', (ctx) => dropDeadLetter(desk(ctx), letter)],
  ['startReconciliation', 'ledger.reconcile', (ctx) => startReconciliation(desk(ctx), { requestKey: 'k' })],
  ['listReconciliations', 'payments.read', (ctx) => listReconciliations(ctx, { page: 1 })],
  ['readReconciliation', 'payments.read', (ctx) => readReconciliation(ctx, { runId: 'x' })],
  ['readReconciliationState', 'payments.read', (ctx) => readReconciliationState(desk(ctx))],
  ['readSettingStates', 'settings.read', (ctx) => readSettingStates(ctx, [rentalTerms])],
  ['listSettingChanges', 'settings.read', (ctx) => listSettingChanges(ctx, { key: rentalTerms.key })],
  ['writeSetting', 'settings.write', (ctx) => writeSetting(ctx, rentalTerms, { value: { graceDays: 1 }, version: 0 })],
  ['changeRole', 'operators.manage', (ctx) => changeRole(ctx, { operatorId: 'o', version: 0, role: 'owner' })],
  ['disableOperator', 'operators.manage', (ctx) => disableOperator(ctx, { operatorId: 'o', version: 0 })],
  ['enableOperator', 'operators.manage', (ctx) => enableOperator(ctx, { operatorId: 'o', version: 0 })],
  ['resetSecondFactor', 'operators.manage', (ctx) => resetSecondFactor(ctx, { operatorId: 'o', version: 0 })],
  ['readRentalFigures', 'dashboard.read', (ctx) => readRentalFigures(ctx)],
  ['readExchangeLight', 'dashboard.read', (ctx) => readExchangeLight(ctx)],
  ['readGatewayLight', 'dashboard.read', (ctx) => readGatewayLight(ctx, { configured: true })],
  ['listRecent', 'dashboard.read', (ctx) => listRecent(ctx)],
  ['listAllRuns', 'runs.read', (ctx) => listAllRuns(ctx, {})],
  ['readRunQueue', 'runs.read', (ctx) => readRunQueue(ctx)],
  ['readRunStory', 'runs.read', (ctx) => readRunStory(ctx, { runId: 'r', page: 1 })],
  ['readRunFile', 'runs.read', (ctx) => readRunFile(ctx, { runId: 'r' })],
  ['stopRun', 'runs.cancel', (ctx) => stopRun(ctx, { runId: 'r', reason: 'why' })],
  ['askAdjustment', 'wallet.adjust', (ctx) => askAdjustment(ctx, { ...person, amountSatang: 1n, requestKey: 'k' })],
  ['agreeToAdjustment', 'wallet.adjust', (ctx) => agreeToAdjustment(ctx, { adjustmentId: 'a' })],
  ['refuseAdjustment', 'wallet.adjust', (ctx) => refuseAdjustment(ctx, { adjustmentId: 'a', reason: 'why' })],
  ['withdrawAdjustment', 'wallet.adjust', (ctx) => withdrawAdjustment(ctx, { adjustmentId: 'a' })],
  ['readAllowance', 'wallet.adjust', (ctx) => readAllowance(ctx)],
  ['listAdjustments', 'payments.read', (ctx) => listAdjustments(ctx, { waiting: true })],
  ['readAdjustment', 'payments.read', (ctx) => readAdjustment(ctx, { adjustmentId: 'a' })],
  ['blockUser', 'users.block', (ctx) => blockUser(ctx, person)],
  ['unblockUser', 'users.block', (ctx) => unblockUser(ctx, person)],
  ['accountsOf', 'users.read', (ctx) => accountsOf(ctx, [person.userId])],
  ['stopAccount', 'users.block', (ctx) => stopAccount(ctx, account)],
  ['allowAccount', 'users.block', (ctx) => allowAccount(ctx, account)],
  ['resetUser', 'users.reset', (ctx) => resetUser(ctx, person)],
  ['closeAccount', 'users.close', (ctx) => closeAccount(ctx, person)],
  ['hindrancesOf', 'users.close', (ctx) => hindrancesOf(ctx, person.userId)],
  ['listUsers', 'users.read', (ctx) => listUsers(ctx, {})],
  ['readPerson', 'users.read', (ctx) => readPerson(ctx, person)],
  ['readPersonPortfolio', 'users.read', (ctx) => readPersonPortfolio(ctx, person)],
  ['listEntries', 'users.read', (ctx) => listEntries(ctx, person)],
  ['listPersonNotices', 'users.read', (ctx) => listPersonNotices(ctx, person)],
  ['listPersonAudit', 'audit.read', (ctx) => listPersonAudit(ctx, person)],
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
