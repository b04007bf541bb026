import { setTimeout as sleep } from 'node:timers/promises';
import { and, eq, inArray, like, sql } from 'drizzle-orm';
import { bahtDecimal } from '../../src/core/amount.ts';
import { type AuditContext, sealAudit } from '../../src/core/audit.ts';
import { later, minutes } from '../../src/core/clock.ts';
import { as } from '../../src/core/context.ts';
import type { TopupId, UserId } from '../../src/core/id.ts';
import { openAccounts, readBalances } from '../../src/core/money/ledger.ts';
import { type Difference, findDifferences } from '../../src/core/money/reconcile.ts';
import { gatewayEvent, ledgerTransfer, payment, topup } from '../../src/core/money/tables.ts';
import { notice } from '../../src/core/notices/tables.ts';
import { meet } from '../../src/core/people/identity.ts';
import { randomFrom, shuffled } from '../bench/figures.ts';
import { webhook } from '../support/world.ts';

/** One payment that will be made, for one open top-up. */
export interface Due {
  userId: UserId;
  topupId: TopupId;
  reference: string;
  chargeId: string;
  amountSatang: bigint;
}

/** One webhook of the storm. Several may announce one payment, some of them under an event id of their own. */
export interface Delivery {
  due: Due;
  eventId: string;
}

const PEOPLE = 7;
/** Real senders wait for minutes; this one has the patience of a test. */
const RETRY_MS = 120;

/** Opens top-ups of several people straight in the tables: the chat would not let anybody open so many at once. */
export async function openTopups(ctx: AuditContext, count: number): Promise<Due[]> {
  const users: UserId[] = [];
  for (let n = 0; n < PEOPLE; n++) {
    const login = { provider: 'local', subject: `storm-${n}`, displayName: `Person ${n}` } as const;
    const userId = (await meet(as(ctx, { kind: 'chat', provider: 'local' }), login)).user.id;
    await openAccounts(ctx, userId);
    users.push(userId);
  }
  const random = randomFrom(count);
  const dues = Array.from({ length: count }, (_, n) => ({
    userId: users[n % PEOPLE] as UserId, // one of those just made
    topupId: ctx.newId('top') as TopupId, // born here
    reference: `TUKA${String(n).padStart(8, '0')}`,
    chargeId: `charge_${n}`,
    amountSatang: 20_00n + BigInt(Math.floor(random() * 100_000)),
  }));
  const createdAt = ctx.clock.now();
  await ctx.db.insert(topup).values(
    dues.map(({ topupId: id, userId, reference, amountSatang }) => {
      const asked = { mode: 'hook', provider: 'hook', status: 'pending' } as const;
      const expiresAt = later(createdAt, minutes(60));
      return { id, userId, reference, requestKey: `storm:${id}`, amountSatang, createdAt, expiresAt, ...asked };
    }),
  );
  return dues;
}

/** Every payment one to four times, six in ten once, one repeat in three under another event id, all shuffled. */
export function planStorm(dues: readonly Due[]): Delivery[] {
  const random = randomFrom(dues.length + 1);
  const deliveries = dues.flatMap((due) =>
    Array.from({ length: 1 + Math.floor(4 * random() ** 3) }, (_, n) => ({
      due,
      eventId: n > 0 && random() < 1 / 3 ? `event_${due.chargeId}_again_${n}` : `event_${due.chargeId}`,
    })),
  );
  return shuffled(deliveries, random);
}

export interface Told {
  /** Answered with 200: from then on the sender does not come back. */
  acknowledged: Delivery[];
  /** How often an attempt was answered with what, or with nothing at all. */
  answers: Record<string, number>;
  /** Answers that no gateway should see: not 200, not a 503 that says when to come again. */
  wrong: string[];
}

export interface Sender {
  /** Deliveries a second, spread evenly; attempts that fail come on top. */
  perSecond: number;
  /** How many are under way at most. */
  atOnce: number;
  /** Gives up on everything after this long. */
  limitMs: number;
}

/** Sends the storm as gateways do: each delivery again and again until it is answered with 200. */
export async function send(url: string, deliveries: readonly Delivery[], sender: Sender): Promise<Told> {
  const told: Told = { acknowledged: [], answers: {}, wrong: [] };
  const limit = AbortSignal.timeout(sender.limitMs);
  const beganMs = performance.now();
  let taken = 0;
  const one = async () => {
    for (let n = taken++; n < deliveries.length && !limit.aborted; n = taken++) {
      const delivery = deliveries[n] as Delivery; // n is inside
      await sleep(Math.max(0, beganMs + (1000 * n) / sender.perSecond - performance.now()));
      while (!limit.aborted && !(await attempt(url, delivery, told))) await sleep(RETRY_MS);
    }
  };
  await Promise.all(Array.from({ length: sender.atOnce }, one));
  if (limit.aborted) throw new Error(`the storm did not end: ${JSON.stringify(told.answers)}`);
  return told;
}

async function attempt(url: string, delivery: Delivery, told: Told): Promise<boolean> {
  const { due, eventId } = delivery;
  const { body, headers } = webhook(new Date(), {
    event_id: eventId,
    charge_id: due.chargeId,
    reference_id: due.reference,
    status: 'SUCCESS',
    amount: bahtDecimal(due.amountSatang),
    currency: 'THB',
    paid_at: new Date().toISOString(),
  });
  const count = (answer: string) => {
    told.answers[answer] = (told.answers[answer] ?? 0) + 1;
  };
  try {
    const signal = AbortSignal.timeout(15_000);
    const response = await fetch(`${url}/payment/webhook/promptpay`, { method: 'POST', headers, body, signal });
    // The status is what counts for a sender, so it counts before the rest of the answer is read.
    count(String(response.status));
    if (response.status === 200) told.acknowledged.push(delivery);
    else if (response.status !== 503 || !response.headers.has('retry-after'))
      told.wrong.push(`${response.status} ${await response.text()}`);
    await response.arrayBuffer().catch(() => {});
    return response.status === 200;
  } catch (error) {
    count(error instanceof DOMException ? 'no answer in time' : 'no answer');
    return false;
  }
}

/** What is not as it should be after a storm; every list is empty when all is well. */
export interface Findings {
  /** Answered with 200 and not in the database. */
  lostEvents: string[];
  /** Paid and acknowledged, and not in the ledger exactly once. */
  wrongCredits: string[];
  wrongWallets: string[];
  wrongNotices: string[];
  differences: Difference[];
}

/** Looks at what the storm left behind, in the database alone. */
export async function inspect(ctx: AuditContext, dues: readonly Due[], told: Told): Promise<Findings> {
  await sealAudit(ctx);
  const { differences } = await findDifferences(ctx);
  return {
    lostEvents: await lostEvents(ctx, told),
    wrongCredits: await wrongCredits(ctx, dues),
    wrongWallets: await wrongWallets(ctx, dues),
    wrongNotices: await wrongNotices(ctx, dues),
    differences,
  };
}

async function lostEvents(ctx: AuditContext, { acknowledged }: Told): Promise<string[]> {
  const rows = await ctx.db.select({ eventId: gatewayEvent.eventId }).from(gatewayEvent);
  const stored = new Set(rows.map((row) => row.eventId));
  return [...new Set(acknowledged.map(({ eventId }) => eventId))].filter((eventId) => !stored.has(eventId));
}

/** Every due payment has one payment row and one transfer with its key, its amount and its person; there are no others. */
async function wrongCredits(ctx: AuditContext, dues: readonly Due[]): Promise<string[]> {
  const { db } = ctx;
  const rows = await db
    .select({ chargeId: payment.chargeId, amountSatang: payment.amountSatang, userId: payment.userId })
    .from(payment)
    .innerJoin(ledgerTransfer, eq(ledgerTransfer.key, sql`'hook:' || ${payment.chargeId} || ':paid'`))
    .where(and(eq(payment.status, 'credited'), eq(ledgerTransfer.kind, 'topup')));
  const [{ transfers } = { transfers: 0 }] = await db
    .select({ transfers: sql<number>`count(*)::int` })
    .from(ledgerTransfer);
  const credited = new Map(rows.map((row) => [row.chargeId, row]));
  const wrong = dues
    .filter(({ chargeId, amountSatang, userId }) => {
      const row = credited.get(chargeId);
      return row?.amountSatang !== amountSatang || row.userId !== userId;
    })
    .map(({ chargeId }) => chargeId);
  return transfers === dues.length ? wrong : [...wrong, `${transfers} transfers for ${dues.length} payments`];
}

async function wrongWallets(ctx: AuditContext, dues: readonly Due[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const userId of new Set(dues.map((due) => due.userId))) {
    const expected = dues.filter((due) => due.userId === userId).reduce((sum, due) => sum + due.amountSatang, 0n);
    const { walletSatang, owedSatang } = await readBalances(ctx, userId);
    if (walletSatang !== expected || owedSatang !== 0n) wrong.push(`${userId} has ${walletSatang} of ${expected}`);
  }
  return wrong;
}

async function wrongNotices(ctx: AuditContext, dues: readonly Due[]): Promise<string[]> {
  const rows = await ctx.db
    .select({ userId: notice.userId, reference: sql<string>`${notice.params}->>'reference'` })
    .from(notice)
    .where(and(like(notice.kind, 'topup.%'), inArray(notice.userId, [...new Set(dues.map((due) => due.userId))])));
  const told = new Map<string, number>();
  for (const { userId, reference } of rows)
    told.set(`${userId} ${reference}`, (told.get(`${userId} ${reference}`) ?? 0) + 1);
  const wrong = dues.filter(({ userId, reference }) => told.get(`${userId} ${reference}`) !== 1);
  const names = wrong.map(
    ({ reference, userId }) => `${reference} was told ${told.get(`${userId} ${reference}`) ?? 0} times`,
  );
  return rows.length === dues.length ? names : [...names, `${rows.length} notices for ${dues.length} payments`];
}
