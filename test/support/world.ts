import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';
import type { Actor } from '../../src/core/access.ts';
import { runBelongings } from '../../src/core/backtest/runs.ts';
import type { Painter } from '../../src/core/chart.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Log, TxContext } from '../../src/core/context.ts';
import { connect } from '../../src/core/db.ts';
import { describeError } from '../../src/core/error.ts';
import { idMaker, type UserId } from '../../src/core/id.ts';
import { demoSource } from '../../src/core/market/demoSource.ts';
import type { CandleSource } from '../../src/core/market/source.ts';
import { candleSources, type MarketContext } from '../../src/core/market/sources.ts';
import type { CreditContext } from '../../src/core/money/credit.ts';
import type { GatewayEvent, Gateways, PaymentGateway } from '../../src/core/money/gateway.ts';
import type { JoinContext } from '../../src/core/money/join.ts';
import type { Courier, NoticeToDeliver, Recipient } from '../../src/core/notices/courier.ts';
import { type Identity, meet, type User } from '../../src/core/people/identity.ts';
import type { Provider } from '../../src/core/people/tables.ts';
import { portfolioBelongings } from '../../src/core/portfolio/join.ts';
import { renewAfterCredit } from '../../src/core/rental/afterCredit.ts';
import { type DocumentInput, issueDocuments as issue } from '../../src/core/rental/issue.ts';
import { rentalBelongings } from '../../src/core/rental/join.ts';
import type { PdfContext } from '../../src/core/rental/pdf.ts';
import type { RentalContext } from '../../src/core/rental/write.ts';
import type { Exchanges } from '../../src/core/trading/exchange.ts';
import { tradingBelongings } from '../../src/core/trading/join.ts';
import type { SiteContext } from '../../src/core/trading/link.ts';
import type { AccountContext } from '../../src/core/trading/port.ts';
import { createVault, type Vault } from '../../src/core/vault.ts';
import { hookGateway, signedHeaders } from '../../src/drivers/gateways/hook.ts';
import { pdfPrinter } from '../../src/drivers/pdf/printer.ts';
import { type Pool, startPool } from '../../src/jobs/pool.ts';
import { type FakeExchanges, fakeExchanges } from './exchanges.ts';

export const WEBHOOK_SECRET = 'whsec-for-tests-0123456789';
export const PAYEE = { kind: 'phone', id: '0812345678' } as const;

export interface TestClock extends Clock {
  set(at: Date | string): void;
  pass(ms: number): void;
}

export function testClock(start = '2026-11-21T05:00:00.000Z'): TestClock {
  let now = new Date(start);
  return {
    now: () => new Date(now),
    set: (at) => {
      now = new Date(at);
    },
    pass: (ms) => {
      now = new Date(now.getTime() + ms);
    },
  };
}

/** What was logged, as the text that would have been written. */
export interface TestLog extends Log {
  lines: string[];
}

export function testLog(): TestLog {
  const lines: string[] = [];
  const write = (fields: object, message: string) => {
    const plain = (_: string, v: unknown) => {
      if (typeof v === 'bigint') return String(v);
      return v instanceof Error ? describeError(v) : v;
    };
    lines.push(`${message} ${JSON.stringify(fields, plain)}`);
  };
  return { lines, debug: write, info: write, warn: write, error: write };
}

export interface Delivered {
  to: Recipient;
  notice: NoticeToDeliver;
}

/** A courier that keeps what it was given; `answer` may be changed by a test. */
export function testCourier(): Courier & {
  delivered: Delivered[];
  retired: string[];
  revised: { screen: string; told: Pick<NoticeToDeliver, 'kind' | 'params'> }[];
  answer: () => ReturnType<Courier['deliver']>;
} {
  const delivered: Delivered[] = [];
  const retired: string[] = [];
  const revised: { screen: string; told: Pick<NoticeToDeliver, 'kind' | 'params'> }[] = [];
  return {
    delivered,
    retired,
    revised,
    async retire(_, screen) {
      retired.push(screen);
    },
    async revise(_, screen, told) {
      revised.push({ screen, told });
    },
    answer: async () => 'sent',
    async deliver(to, notice) {
      const answer = await this.answer();
      if (answer === 'sent') delivered.push({ to, notice });
      return answer;
    },
  };
}

type WorldContext = PdfContext &
  CreditContext &
  JoinContext &
  RentalContext &
  MarketContext &
  AccountContext &
  SiteContext & {
    gateways: Gateways;
    couriers: Map<Provider, Courier>;
    painter: Painter;
    runs: { wake(): void };
  };

export interface World<E extends Exchanges = Exchanges> {
  url: string;
  clock: TestClock;
  log: TestLog;
  vault: Vault;
  gateway: PaymentGateway;
  /** Threads of this world; none is started before it is asked for something. */
  pool: Pool;
  couriers: Map<Provider, Courier>;
  /** Everything a bot, a job or a route could ask of its context, on behalf of `actor`. */
  ctx(actor: Actor): WorldContext;
  /** Exchanges that do as they are told. */
  exchanges: E;
  /** How links to our pages begin; null where there is no safe way to them. */
  site: { url: string | null };
  /** The receipts and credit notes that were asked for, in order, those of transactions that failed included. */
  documents: DocumentInput[];
  /** A new person with one login; local unless said otherwise. */
  person(name?: string, provider?: Provider): Promise<{ user: User; identity: Identity; userId: UserId }>;
  /** Another pool on the same database, as a second instance would have. */
  another(): WorldContext;
  close(): Promise<void>;
}

/**
 * A small world: a database of its own, a clock that can be turned, a gateway. Candles come from the demo exchange, and
 * from `sources` where a test has others. Close it when done.
 */
export async function createWorld(given?: { sources?: readonly CandleSource[] }): Promise<World<FakeExchanges>>;
export async function createWorld<E extends Exchanges>(given: {
  sources?: readonly CandleSource[];
  exchanges: E;
}): Promise<World<E>>;
export async function createWorld({
  sources = [],
  exchanges = fakeExchanges(),
}: {
  sources?: readonly CandleSource[];
  exchanges?: Exchanges;
} = {}): Promise<World> {
  const server = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = postgres(server, { max: 1, onnotice: () => {} });
  await cloneTemplate(admin, name);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const pools = [connect(url, { max: 10 })];
  const clock = testClock();
  const log = testLog();
  const newId = idMaker(() => clock.now());
  const vault = createVault([{ id: 'k1', key: Buffer.alloc(32, 7) }]);
  const gateway = hookGateway({ payee: PAYEE, secrets: [WEBHOOK_SECRET] });
  const gateways: Gateways = { current: gateway, byProvider: (p) => (p === 'hook' ? gateway : undefined) };
  const couriers = new Map<Provider, Courier>();
  const pdf = pdfPrinter();
  const [pool] = pools as [(typeof pools)[number]];
  const site: World['site'] = { url: 'https://bot.example.com' };
  const documents: DocumentInput[] = [];
  const issueDocuments = (ctx: TxContext, inputs: readonly DocumentInput[]) => {
    documents.push(...inputs);
    return issue(ctx, inputs);
  };
  const threads = startPool();
  const ports = {
    painter: threads,
    runs: { wake: () => {} },
    candleSources: candleSources([demoSource(clock), ...sources]),
    gateways,
    couriers,
    vault,
    pdf,
    issueDocuments,
    onCredit: renewAfterCredit(issueDocuments),
    belongings: [rentalBelongings(issueDocuments), runBelongings, tradingBelongings, portfolioBelongings],
    exchanges,
    siteUrl: () => site.url,
  };
  const ctx: World['ctx'] = (actor) => ({ db: pool.db, clock, newId, log, actor, ...ports });
  let born = 0;
  return {
    url,
    clock,
    log,
    vault,
    gateway,
    couriers,
    pool: threads,
    documents,
    exchanges,
    site,
    ctx,
    async person(name = 'Somsri', provider = 'local') {
      born += 1;
      const login = { provider, subject: `${provider}-${born}`, displayName: name, languageHint: 'en' };
      const met = await meet(ctx({ kind: 'chat', provider }), login);
      return { user: met.user, identity: met.identity, userId: met.user.id };
    },
    another() {
      const other = connect(url, { max: 10 });
      pools.push(other);
      return { db: other.db, clock, newId, log, actor: { kind: 'job', name: 'other' }, ...ports };
    },
    async close() {
      await threads.stop();
      await Promise.all(pools.map((p) => p.close()));
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}

/** Two files cloning at once can find the template busy for a moment. */
async function cloneTemplate(admin: postgres.Sql, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Copying files takes a third of the time that writing every page into the log does.
      await admin.unsafe(`create database ${name} template template strategy file_copy`);
      return;
    } catch (error) {
      if (attempt >= 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
    }
  }
}

let events = 0;

/** A gateway's event with everything filled in. */
export function paid(reference: string, amountSatang: bigint, more: Partial<GatewayEvent> = {}): GatewayEvent {
  events += 1;
  return {
    eventId: `evt_${events}`,
    chargeId: `chg_${events}`,
    reference,
    status: 'paid',
    amountSatang,
    paidAt: null,
    ...more,
  };
}

/** The same event as the body and headers of a webhook. */
export function webhook(
  now: Date,
  body: Record<string, unknown>,
  secret = WEBHOOK_SECRET,
): { body: string; headers: Record<string, string> } {
  const text = JSON.stringify(body);
  return { body: text, headers: signedHeaders(secret, now, text) };
}
