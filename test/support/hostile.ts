import { eq } from 'drizzle-orm';
import type { Route } from '../../src/admin/visit.ts';
import { writeAudit } from '../../src/core/audit.ts';
import { inTransaction } from '../../src/core/context.ts';
import type { UserId } from '../../src/core/id.ts';
import { receiptIssuer } from '../../src/core/money/settings.ts';
import { alertOperators } from '../../src/core/notices/alert.ts';
import { inviteOperator } from '../../src/core/ops/invite.ts';
import { writeSetting } from '../../src/core/setting.ts';
import * as tables from '../../src/core/tables.ts';
import type { TestQueue } from './desk.ts';
import { job, newTopup, record } from './money.ts';
import { colleague, type TestOperator } from './operators.ts';
import { askRun, failNext, workNext } from './runs.ts';
import { paid, type World } from './world.ts';

/** What `{{…}}` would show if a template language ran it. */
export const SUM_OF_TEMPLATE = String(191 * 7);

const MARKUP = `<script>ran=1</script>"'><img src=x onerror="ran=1"></textarea></title><svg onload=ran=1>{{191*7}}\${191*7}`;
/** Everything at once: markup, templates, a turned direction of writing, and five hundred letters without a space. */
export const EVIL = `${MARKUP}ก${'W'.repeat(500)}`.slice(0, 498) + '\u202e\u2067';
/** The same where there is room for a name. */
export const SHORT_EVIL = `<script>ran=1</script>"><img src=x onerror=ran=1>{{191*7}}\u202e`;

/** One of everything there is a page for, all of it named by somebody who means ill. */
export interface HostileWorld {
  /** An id for each collection of the panel: `users` for `/admin/users/:id`. */
  ids: Readonly<Record<string, string>>;
  userId: UserId;
}

export async function seedHostile(world: World, owner: TestOperator, queue: TestQueue): Promise<HostileWorld> {
  const { db } = owner.ctx;
  const { userId, identity } = await world.person(EVIL);
  await db.update(tables.user).set({ displayName: EVIL, blockedReason: EVIL }).where(eq(tables.user.id, userId));
  await db.update(tables.identity).set({ displayName: EVIL, subject: EVIL }).where(eq(tables.identity.id, identity.id));
  const money = await seedMoney(world, userId);
  const notices = await seedNotices(world, owner, userId);
  const rental = await seedRental(world, userId);
  const accounts = await seedAccount(world, userId);
  const operators = await seedOperators(world, owner);
  const backtests = await seedBacktests(world, userId);
  const runs = await seedQueue(queue);
  await writeSetting(owner.ctx, receiptIssuer, {
    value: { name: EVIL.slice(0, 200), address: EVIL, taxId: '', vatPercent: null },
    version: 0,
  });
  await inTransaction(world.ctx(job), async (ctx) => {
    for (const subject of [userId, money.payments, EVIL])
      await writeAudit(ctx, 'user.blocked', subject, { reason: EVIL, [SHORT_EVIL]: EVIL });
    await writeAudit(ctx, EVIL, EVIL, { amountSatang: EVIL });
  });
  const settings = receiptIssuer.key;
  const [line] = await db.select().from(tables.auditEntry).where(eq(tables.auditEntry.action, EVIL));
  const audit = String(line?.seq);
  return {
    userId,
    ids: {
      users: userId,
      accounts,
      settings,
      audit,
      ...money,
      ...notices,
      ...rental,
      ...operators,
      ...backtests,
      ...runs,
    },
  };
}

async function seedMoney(world: World, userId: UserId) {
  const { db } = world.ctx(job);
  const now = world.clock.now();
  const open = await newTopup(world, userId, 100_00n);
  const settled = await newTopup(world, userId, 200_00n);
  const event = { ...paid(settled.reference, 200_00n), chargeId: EVIL, eventId: EVIL };
  await record(world, event);
  await record(world, { ...event, status: 'refunded', amountSatang: 10_00n, eventId: `${EVIL}2` });
  await db.update(tables.refund).set({ reason: EVIL, key: EVIL });
  for (const n of [3, 4]) await record(world, { ...paid(EVIL, 75_00n), chargeId: `${EVIL}${n}` });
  const [suspense, otherSuspense] = await db.select().from(tables.suspense);
  for (const id of ['adj_evil', 'adj_other'])
    await db.insert(tables.walletAdjustment).values({
      id,
      userId,
      amountSatang: 50_000_00n,
      reason: EVIL,
      requestKey: `${EVIL}${id}`,
      status: 'waiting',
      askedBy: 'operator:opr_somebody',
      askedAt: now,
    });
  await db.insert(tables.reconciliationRun).values({
    id: 'rec_evil',
    startedBy: EVIL,
    startedAt: now,
    tookMs: 12,
    checks: 9,
    transfers: 3,
    differences: [{ check: SHORT_EVIL, subject: EVIL, detail: EVIL }],
  });
  return {
    payments: settled.id,
    pending: open.id,
    suspense: suspense?.id ?? '',
    otherSuspense: otherSuspense?.id ?? '',
    adjustments: 'adj_evil',
    otherAdjustment: 'adj_other',
    reconciliation: 'rec_evil',
  };
}

async function seedNotices(world: World, owner: TestOperator, userId: UserId) {
  const { db } = owner.ctx;
  const now = world.clock.now();
  await inTransaction(world.ctx(job), async (ctx) => {
    await alertOperators(ctx, 'payment.extra', EVIL, { reference: EVIL });
    await alertOperators(ctx, 'refund.owed', userId, { owedSatang: 1n });
  });
  const [alert] = await db.select().from(tables.operatorAlert);
  await db.insert(tables.notice).values({
    id: 'ntc_evil',
    userId,
    kind: 'wallet.adjusted',
    params: { amountSatang: '100', reason: EVIL },
    status: 'failed',
    dueAt: now,
    createdAt: now,
    error: EVIL,
  });
  for (const id of ['brc_evil', 'brc_other'])
    await db.insert(tables.broadcast).values({
      id,
      textTh: EVIL,
      textEn: EVIL,
      segment: {},
      perMinute: 60,
      status: 'draft',
      createdBy: EVIL,
      createdAt: now,
    });
  return { alerts: String(alert?.id), notices: 'ntc_evil', broadcasts: 'brc_evil', otherBroadcast: 'brc_other' };
}

async function seedRental(world: World, userId: UserId) {
  const { db } = world.ctx(job);
  const now = world.clock.now();
  const later = new Date(now.getTime() + 30 * 86_400_000);
  const named = { nameTh: EVIL, nameEn: EVIL, aboutTh: EVIL, aboutEn: EVIL };
  await db.insert(tables.plan).values({
    id: 'pln_evil',
    code: 'evil',
    ...named,
    priceSatang: 499_00n,
    features: [],
    quotas: {},
    trialDays: 0,
    status: 'offered',
    createdAt: now,
    updatedAt: now,
  });
  const holder = { userId, planId: 'pln_evil', createdAt: now };
  const dates = { paidUntil: later, autoRenew: true };
  await db.insert(tables.contract).values({ id: 'con_evil', status: 'active', term: 1, ...holder, ...dates });
  await db.insert(tables.term).values({
    contractId: 'con_evil',
    number: 1,
    planId: 'pln_evil',
    kind: 'paid',
    startsAt: now,
    endsAt: later,
    priceSatang: 499_00n,
    discountSatang: 0n,
    createdAt: now,
  });
  await db.insert(tables.coupon).values({
    id: 'cpn_evil',
    code: 'EVIL',
    kind: 'percent',
    percent: 10,
    terms: 1,
    mostPerPerson: 1,
    validFrom: now,
    createdAt: now,
  });
  const party = { name: EVIL, address: EVIL, taxId: '', branch: '' };
  await db.insert(tables.taxDocument).values({
    id: 'doc_evil',
    kind: 'receipt',
    series: 'EVIL',
    number: 1,
    userId,
    transferKey: 'renew:con_evil:1',
    contractId: 'con_evil',
    term: 1,
    issuer: party,
    buyer: party,
    lines: [{ th: EVIL, en: EVIL, amountSatang: '49900' }],
    totalSatang: 499_00n,
    baseSatang: 499_00n,
    vatSatang: 0n,
    issuedAt: now,
  });
  await db
    .insert(tables.guildRole)
    .values({ guildId: '900', planId: 'pln_evil', roleId: '11', setBy: `user:${userId}`, setAt: now });
  await inTransaction(world.ctx(job), async (ctx) => {
    const names = { planId: 'pln_evil', guild: EVIL, role: EVIL };
    await writeAudit(ctx, 'guild.role_set', 'guild:900:11', names);
    await writeAudit(ctx, 'guild.role_refused', 'guild:900:11', { why: EVIL });
  });
  return {
    guilds: '900',
    'guilds/:id': 'pln_evil',
    plans: 'pln_evil',
    contracts: 'con_evil',
    coupons: 'cpn_evil',
    documents: 'doc_evil',
  };
}

async function seedAccount(world: World, userId: UserId): Promise<string> {
  const now = world.clock.now();
  const id = 'exa_evil';
  const place = { exchange: EVIL, endpoint: 'live', label: EVIL, groupName: EVIL } as const;
  const state = { trouble: SHORT_EVIL, troubleSince: now, dueAt: now, createdAt: now };
  await world
    .ctx(job)
    .db.insert(tables.exchangeAccount)
    .values({ id, userId, ...place, ...state });
  return id;
}

/** Backtests of a market, a strategy and parameters that somebody who means ill has named: done, failed and waiting. */
async function seedBacktests(world: World, userId: UserId) {
  const { db } = world.ctx(job);
  const done = await askRun(world, userId, 'backtest');
  await workNext(world);
  const params = { [SHORT_EVIL]: EVIL, fast: 10 };
  const request = { ...done.request, strategy: SHORT_EVIL, symbol: EVIL, source: SHORT_EVIL, timeframe: '1h', params };
  await db.update(tables.backtestRun).set({ request }).where(eq(tables.backtestRun.id, done.id));
  const failed = await askRun(world, userId, 'optimize');
  await failNext(world, 'run.strategy_threw', { strategy: EVIL });
  const waiting = await askRun(world, userId, 'batch');
  for (const { id } of [failed, waiting]) {
    const grid = { [SHORT_EVIL]: [EVIL, EVIL] };
    const set = { request: { ...request, grid, symbols: [EVIL, EVIL], by: EVIL } };
    await db.update(tables.backtestRun).set(set).where(eq(tables.backtestRun.id, id));
  }
  return { backtests: done.id, failedRun: failed.id, waitingRun: waiting.id };
}

/** Runs that failed with words of theirs, and one that ended well with more of them. */
async function seedQueue(queue: TestQueue) {
  const [failed, dead, otherDead] = [
    await queue.giveUp('chats.forget', EVIL),
    await queue.giveUp('audit.seal', EVIL),
    await queue.giveUp('audit.verify', EVIL),
  ];
  const output = { summary: { [SHORT_EVIL]: EVIL }, badNews: true };
  await queue.sql`
    insert into queue.job (name, state, data, output, started_on, completed_on)
    values ('topups.expire', 'completed', ${queue.sql.json({ askedBy: EVIL })}, ${queue.sql.json(output)}, now(), now())`;
  return {
    run: 'notices.forget',
    failed: 'chats.forget',
    'failed/:name': failed.runId,
    dead: dead.letterId,
    otherDead: otherDead.letterId,
  };
}

async function seedOperators(world: World, owner: TestOperator) {
  const { db } = owner.ctx;
  const other = await colleague(world, owner, 'auditor');
  await db.update(tables.operator).set({ name: EVIL }).where(eq(tables.operator.id, other.id));
  await db.update(tables.operatorSession).set({ browser: EVIL.slice(0, 200), address: EVIL.slice(0, 64) });
  const { token } = await inviteOperator(owner.ctx, { email: 'evil@example.com', role: 'support' });
  const [invite] = await db
    .select()
    .from(tables.operatorInvite)
    .where(eq(tables.operatorInvite.email, 'evil@example.com'));
  await db
    .update(tables.operatorInvite)
    .set({ email: SHORT_EVIL })
    .where(eq(tables.operatorInvite.id, invite?.id ?? ''));
  const session = await other.open();
  return { operators: other.id, invites: invite?.id ?? '', invite: token, sessions: session?.session.id ?? '' };
}

/**
 * A route with its parameters filled in: each takes the sample of the collection that it follows, as in
 * `/admin/users/:id`; a second one in a row that of the collection and the first, `failed/:name`. A route without a
 * sample is a fault of the test, so that no new page is left out unnoticed.
 */
export function samplePath({ path }: Pick<Route, 'path'>, ids: HostileWorld['ids']): string {
  const parts = path.split('/');
  return parts
    .map((part, n) => {
      if (!part.startsWith(':')) return part;
      const from = parts.findLastIndex((before, at) => at < n && !before.startsWith(':'));
      const collection = parts.slice(from, n).join('/');
      const id = ids[collection];
      if (id === undefined)
        throw new Error(`${path} has no sample: give "${collection}" an id in test/support/hostile.ts`);
      return encodeURIComponent(id);
    })
    .join('/');
}
