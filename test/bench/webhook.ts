import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bahtDecimal } from '../../src/core/amount.ts';
import { signedHeaders } from '../../src/drivers/gateways/hook.ts';
import { freePort, type Service, startService } from '../kill/service.ts';
import { type BenchDatabase, openDatabase } from './database.ts';
import { print, quantile, randomFrom, round, shuffled } from './figures.ts';

const SECRET = 'whsec-for-the-bench-0123456789';
const PEOPLE = 1000;
const AIM = { perSecond: 500, p99Ms: 250 };
const STEP = 1.25;
const PATIENCE_MS = 10_000;

/**
 * Signed webhooks over HTTP to the real service. Requests leave at planned moments whether or not earlier ones were
 * answered, and a latency counts from the planned moment: a service that stalls cannot hide it by being asked less.
 * First the rate that it must hold, then higher ones until it no longer does.
 */
export async function webhook({ quick }: { quick: boolean }): Promise<void> {
  // A process for the web alone, as a larger installation has it, and all in one, where each credit is also told in a chat.
  for (const roles of ['web', 'bot,web,jobs']) await withRoles(roles, quick);
}

async function withRoles(roles: string, quick: boolean): Promise<void> {
  const database = await openDatabase('webhook');
  const port = await freePort();
  const env = {
    ROLES: roles,
    DATABASE_URL: database.url,
    DATA_DIR: join(database.folder, 'service'),
    PROMPTPAY_WEBHOOK_SECRET: SECRET,
  };
  const service = startService({ port, env, cwd: database.folder });
  try {
    await openPeople(database);
    await service.ready();
    const one = (perSecond: number, seconds: number) => run({ database, service, perSecond, seconds });
    await one(200, quick ? 2 : 5); // as a service that has been up for a while
    const passed = await one(AIM.perSecond, quick ? 5 : 30);
    const step = passed ? STEP : 1 / STEP;
    let held = passed ? AIM.perSecond : 0;
    for (let perSecond = AIM.perSecond * step; perSecond > 20; perSecond *= step) {
      await sleep(3000); // what is left of the last step must not spoil the next
      const isHeld = await one(Math.round(perSecond), quick ? 3 : 10);
      if (isHeld) held = Math.round(perSecond);
      if (isHeld !== passed) break;
    }
    print({ roles, highestRateHeld: held, aim: AIM.perSecond });
  } finally {
    await service.end('SIGTERM');
    await database.close();
  }
}

async function openPeople({ admin }: BenchDatabase): Promise<void> {
  await admin`insert into "user" (id, display_name, language, created_at)
    select 'usr_bench_' || n, 'Bench', 'en', now() from generate_series(0, ${PEOPLE - 1}) n`;
  await admin`insert into identity (id, user_id, provider, subject, display_name, last_seen_at, created_at)
    select 'idn_' || id, id, 'local', id, display_name, now(), now() from "user"`;
  await admin`insert into ledger_account (id, kind, user_id, tracked, created_at)
    select kind || ':' || id, kind, id, true, now() from "user", unnest(array['wallet', 'receivable']) kind`;
}

type Payment = { reference: string; chargeId: string; amountSatang: bigint };
type Planned = { payment: Payment; eventId: string };

let runs = 0;

/** Opens the top-ups of one run and plans its webhooks: each payment twice, under one event id or two, shuffled. */
async function plan({ admin }: BenchDatabase, count: number): Promise<Planned[]> {
  runs += 1;
  const random = randomFrom(runs);
  const payments = Array.from({ length: Math.ceil(count / 2) }, (_, n) => ({
    reference: `TU${String(runs).padStart(3, '0')}${String(n).padStart(7, '0')}`,
    chargeId: `charge_${runs}_${n}`,
    amountSatang: 20_00n + BigInt(Math.floor(random() * 100_000)),
  }));
  const rows = payments.map(({ reference, amountSatang }, n) => ({
    id: `top_${reference}`,
    user_id: `usr_bench_${n % PEOPLE}`,
    reference,
    amount: String(amountSatang),
  }));
  await admin`insert into topup (id, user_id, reference, request_key, amount_satang, mode, provider, status, created_at, expires_at)
    select id, user_id, reference, id, amount, 'hook', 'hook', 'pending', now(), now() + interval '1 hour'
    from jsonb_to_recordset(${admin.json(rows)}) as row(id text, user_id text, reference text, amount bigint)`;
  await admin`analyze topup`;
  const both = payments.flatMap((payment) => {
    const eventId = `event_${payment.chargeId}`;
    return [
      { payment, eventId },
      { payment, eventId: random() < 0.5 ? eventId : `${eventId}_again` },
    ];
  });
  return shuffled(both, random);
}

interface Run {
  database: BenchDatabase;
  service: Service;
  perSecond: number;
  seconds: number;
}

/** One rate for a while. True when it was held: no error, and the slowest in a hundred below the aim. */
async function run({ database, service, perSecond, seconds }: Run): Promise<boolean> {
  const planned = await plan(database, perSecond * seconds);
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const latenciesMs: number[] = [];
  const errors: Record<string, number> = {};
  const beganMs = performance.now() + 100;
  let lateMs = 0;
  const answers: Promise<void>[] = [];
  for (let n = 0; n < planned.length; ) {
    const dueMs = beganMs + (1000 * n) / perSecond;
    const nowMs = performance.now();
    if (nowMs < dueMs) {
      await sleep(dueMs - nowMs);
      continue;
    }
    lateMs = Math.max(lateMs, nowMs - dueMs);
    const next = planned[n++] as Planned; // n is inside
    answers.push(
      post(agent, service.url, next).then((status) => {
        latenciesMs.push(performance.now() - dueMs);
        if (status !== '200') errors[status] = (errors[status] ?? 0) + 1;
      }),
    );
  }
  await Promise.all(answers);
  const tookMs = performance.now() - beganMs;
  agent.destroy();
  const exact = await isExact(database, planned);
  const p99Ms = quantile(latenciesMs, 0.99);
  const held = exact && Object.keys(errors).length === 0 && p99Ms < AIM.p99Ms;
  print({
    perSecond,
    seconds,
    webhooks: planned.length,
    answeredPerSecond: round((1000 * planned.length) / tookMs),
    p50Ms: round(quantile(latenciesMs, 0.5), 1),
    p99Ms: round(p99Ms, 1),
    mostMs: round(Math.max(...latenciesMs), 1),
    senderLateMs: round(lateMs, 1),
    errors,
    everyPaymentOnce: exact,
    held,
    ...(perSecond === AIM.perSecond ? { aimP99Ms: AIM.p99Ms } : {}),
  });
  return held;
}

/** Node's own client: `fetch` takes half a core for what the service needs. */
function post(agent: Agent, url: string, { payment, eventId }: Planned): Promise<string> {
  const body = JSON.stringify({
    event_id: eventId,
    charge_id: payment.chargeId,
    reference_id: payment.reference,
    status: 'SUCCESS',
    amount: bahtDecimal(payment.amountSatang),
    currency: 'THB',
  });
  const headers = { ...signedHeaders(SECRET, new Date(), body), 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const sent = request(`${url}/payment/webhook/promptpay`, { method: 'POST', agent, headers, timeout: PATIENCE_MS });
    sent.on('response', (response) => {
      response.resume().on('end', () => resolve(String(response.statusCode)));
      response.on('error', () => resolve('cut off'));
    });
    sent.on('timeout', () => sent.destroy(new Error('timeout')));
    sent.on('error', (error) => resolve(error.message));
    sent.end(body);
  });
}

/** Every payment of this run has one transfer with its amount, every top-up is settled, and wallets hold their entries. */
async function isExact({ admin }: BenchDatabase, planned: readonly Planned[]): Promise<boolean> {
  const payments = new Map(planned.map(({ payment }) => [payment.chargeId, String(payment.amountSatang)]));
  const prefix = `hook:charge_${runs}_%`;
  const entries = await admin<{ key: string; amount: string }[]>`
    select t.key, e.amount_satang::text as amount from ledger_transfer t
    join ledger_entry e on e.transfer_id = t.id and e.amount_satang > 0 where t.key like ${prefix}`;
  const [state] = await admin<{ settled: number; wrong: number }[]>`
    select (select count(*)::int from topup where status = 'settled' and reference like ${`TU${String(runs).padStart(3, '0')}%`}) as settled,
      (select count(*)::int from (
        select a.id from ledger_account a left join ledger_entry e on e.account_id = a.id where a.tracked
        group by a.id having a.balance_satang <> coalesce(sum(e.amount_satang), 0)) x) as wrong`;
  const right = entries.every(({ key, amount }) => payments.get(key.slice(5, -5)) === amount);
  return right && entries.length === payments.size && state?.settled === payments.size && state.wrong === 0;
}
