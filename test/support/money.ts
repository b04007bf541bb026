import { asc, desc, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import type { Actor } from '../../src/core/access.ts';
import { auditEntry, sealAudit } from '../../src/core/audit.ts';
import { as } from '../../src/core/context.ts';
import type { UserId } from '../../src/core/id.ts';
import { agreeToAdjustment, askAdjustment } from '../../src/core/money/adjustment.ts';
import type { CreditContext } from '../../src/core/money/credit.ts';
import type { GatewayEvent } from '../../src/core/money/gateway.ts';
import { readBalances } from '../../src/core/money/ledger.ts';
import { findDifferences } from '../../src/core/money/reconcile.ts';
import { recordGatewayEvent } from '../../src/core/money/settle.ts';
import { gatewayEvent, ledgerEntry, ledgerTransfer, payment, suspense, topup } from '../../src/core/money/tables.ts';
import { requestTopup, type Topup } from '../../src/core/money/topup.ts';
import { notice, operatorAlert } from '../../src/core/notices/tables.ts';
import type { World } from './world.ts';

export const operator: Actor = { kind: 'operator', role: 'owner', operatorId: 'opr_test' };
export const secondOperator: Actor = { kind: 'operator', role: 'owner', operatorId: 'opr_second' };
export const gateway: Actor = { kind: 'gateway', provider: 'hook' };
export const job: Actor = { kind: 'job', name: 'test' };

/** A correction of any size: asked for by one operator and, where that takes two, agreed to by another. */
export async function adjustWallet(ctx: CreditContext, input: Parameters<typeof askAdjustment>[1]): Promise<void> {
  const { id: adjustmentId, status } = await askAdjustment(ctx, input);
  if (status === 'waiting') await agreeToAdjustment(as(ctx, secondOperator), { adjustmentId });
}

let requests = 0;

/** A pending top-up of a person, by a request of its own. */
export async function newTopup(world: World, userId: UserId, amountSatang = 500_00n): Promise<Topup> {
  requests += 1;
  const ctx = world.ctx({ kind: 'user', userId });
  const requestKey = `request-${requests}`;
  return (await requestTopup(ctx, { userId, amountSatang, requestKey })).topup;
}

export const record = (world: World, event: GatewayEvent) => recordGatewayEvent(world.ctx(gateway), 'hook', event);

export const balancesOf = (world: World, userId: UserId) => readBalances(world.ctx(job), userId);
export const walletOf = async (world: World, userId: UserId) => (await balancesOf(world, userId)).walletSatang;

/** What a test wants to know of a top-up: its state and its flags. */
export async function stateOf(world: World, id: Topup['id']): Promise<string> {
  const [row] = await world.ctx(job).db.select().from(topup).where(eq(topup.id, id));
  return row ? [row.status, ...row.flags].join(' ') : 'missing';
}

/** The kinds of what a person was told, in order. */
export async function noticesOf(world: World, userId: UserId): Promise<string[]> {
  const { db } = world.ctx(job);
  const rows = await db.select().from(notice).where(eq(notice.userId, userId)).orderBy(asc(notice.id));
  return rows.map((row) => row.kind);
}

/** The kinds of what operators were asked to look at, in order. */
export async function alerts(world: World): Promise<string[]> {
  const rows = await world.ctx(job).db.select().from(operatorAlert).orderBy(asc(operatorAlert.id));
  return rows.map((row) => row.kind);
}

export async function auditOf(world: World, subject: string): Promise<string[]> {
  const { db } = world.ctx(job);
  const rows = await db.select().from(auditEntry).where(eq(auditEntry.subject, subject)).orderBy(asc(auditEntry.seq));
  return rows.map((row) => row.action);
}

/** How much is written down: two equal ones mean that nothing has moved. */
export async function footprint(world: World) {
  const { db } = world.ctx(job);
  return {
    transfers: await db.$count(ledgerTransfer),
    entries: await db.$count(ledgerEntry),
    payments: await db.$count(payment),
    events: await db.$count(gatewayEvent),
    notices: await db.$count(notice),
    alerts: await db.$count(operatorAlert),
  };
}

export async function lastSuspense(world: World) {
  const { db } = world.ctx(job);
  const [row] = await db.select().from(suspense).orderBy(desc(suspense.id)).limit(1);
  if (!row) throw new Error('nothing is in suspense');
  return row;
}

/** The ledger agrees with itself, with payments, with top-ups, and the audit chain holds. */
export async function expectClean(world: World): Promise<void> {
  const ctx = world.ctx(job);
  await sealAudit(ctx);
  expect((await findDifferences(ctx)).differences).toEqual([]);
}
