import { sql } from 'drizzle-orm';
import { days, later } from '../../src/core/clock.ts';
import type { Context } from '../../src/core/context.ts';
import { connect } from '../../src/core/db.ts';
import { idMaker, type UserId } from '../../src/core/id.ts';
import { issueDocuments } from '../../src/core/rental/issue.ts';
import { previewSweep, sweepContracts } from '../../src/core/rental/sweep.ts';
import { readContract } from '../../src/core/rental/view.ts';
import type { RentalContext } from '../../src/core/rental/write.ts';
import { type BenchDatabase, openDatabase } from './database.ts';
import { median, print, quantile, randomFrom, round } from './figures.ts';

const START = new Date('2026-11-21T05:00:00.000Z');
const DUE = 1000;
const AIMS_MS: Record<number, number> = { 10000: 1_000, 100000: 2_000 };
const READ_AIM_MS = 50;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * What is due in one run of the sweep: a usual morning, where most are reminded or renewed, and the worst thousand there
 * can be, where every one has to be paid.
 */
const loads = {
  mixed: { renew: 400, grace: 150, expire: 50, remind: 400 },
  renewals: { renew: 1000, grace: 0, expire: 0, remind: 0 },
} as const;
type Load = keyof typeof loads;

/** The sweep over 10,000 and over 100,000 contracts with 1,000 of them due, and how long it takes to read one. */
export async function contracts({ quick }: { quick: boolean }): Promise<void> {
  for (const count of quick ? [10_000] : [10_000, 100_000]) await withContracts(count, quick ? 1 : 5);
}

async function withContracts(count: number, rounds: number): Promise<void> {
  const database = await openDatabase('contracts');
  const pool = connect(database.url);
  let now = START;
  const clock = { now: () => new Date(now) };
  const ctx: RentalContext = {
    db: pool.db,
    clock,
    newId: idMaker(() => new Date()),
    log: silent,
    actor: { kind: 'job', name: 'bench' },
    issueDocuments,
  };
  try {
    await seed(database, count);
    await sweepContracts(ctx); // connects and prepares
    for (const load of Object.keys(loads) as Load[]) {
      const tookMs: number[] = [];
      let previewMs = 0;
      for (let round = 0; round < rounds; round++) {
        now = later(now, days(40));
        await makeDue(database, { count, load, round, now });
        const began = performance.now();
        const preview = await previewSweep(ctx);
        previewMs = performance.now() - began;
        const beganMs = performance.now();
        const swept = await sweepContracts(ctx);
        tookMs.push(performance.now() - beganMs);
        if (swept.contracts !== DUE || swept.broken > 0 || preview.contracts !== DUE)
          throw new Error(`a sweep did something else: ${JSON.stringify(swept)}`);
      }
      print({
        contracts: count,
        due: DUE,
        load,
        sweepMs: round(median(tookMs)),
        slowestMs: round(Math.max(...tookMs)),
        dryRunMs: round(previewMs),
        aimMs: AIMS_MS[count],
      });
    }
    await read(ctx, count);
    await check(ctx);
  } finally {
    await pool.close();
    await database.close();
  }
}

/** One contract of Basic a person, in its first term, with money for the next ones; nothing is due. */
async function seed({ admin }: BenchDatabase, count: number): Promise<void> {
  const [at, end] = [START.toISOString(), later(START, days(30)).toISOString()];
  await admin`insert into "user" (id, display_name, language, created_at)
    select 'usr_bench_' || n, 'Bench', 'en', ${at} from generate_series(1, ${count}) n`;
  await admin`insert into ledger_account (id, kind, user_id, tracked, created_at)
    select kind || ':' || id, kind, id, true, ${at} from "user", unnest(array['wallet', 'receivable']) kind`;
  await admin`
    select post_transfer('tra_bench_' || n, 'bench:' || n, 'adjust', 'bench', ${at}, 'adjustment', 'wallet:usr_bench_' || n, 1000000)
    from generate_series(1, ${count}) n`;
  await admin`insert into contract (id, user_id, plan_id, status, term, paid_until, auto_renew, created_at)
    select 'con_bench_' || n, 'usr_bench_' || n, 'pln_basic', 'active', 1, ${end}, true, ${at}
    from generate_series(1, ${count}) n`;
  await admin`insert into term (contract_id, number, plan_id, kind, starts_at, ends_at, price_satang, discount_satang, created_at)
    select id, 1, plan_id, 'paid', ${at}, ${end}, 49900, 0, ${at} from contract`;
  await admin.unsafe('vacuum analyze');
}

interface Making {
  count: number;
  load: Load;
  round: number;
  now: Date;
}

/** Moves a thousand contracts, others in every round, to where the sweep finds its work. All others are far from it. */
async function makeDue({ admin }: BenchDatabase, { count, load, round, now }: Making): Promise<void> {
  const far = later(now, days(3000)).toISOString();
  await admin`update contract set due_at = ${far} where due_at is not null and due_at <= ${now.toISOString()}`;
  await admin`update contract set due_at = ${far} where due_at is null`;
  let from = ((Object.keys(loads).indexOf(load) * 7 + round) * DUE) % count;
  const put = async (n: number, endsInDays: number, set: { autoRenew: boolean }) => {
    const end = later(now, days(endsInDays)).toISOString();
    const ids =
      await admin`update contract set paid_until = ${end}, due_at = ${now.toISOString()}, auto_renew = ${set.autoRenew},
        status = 'active', grace_until = null, told_grace_day = null, reminded_days = null, ended_at = null
      where id in (select 'con_bench_' || i from generate_series(${from + 1}::int, ${from + n}::int) i) returning id, term`;
    if (n > 0)
      await admin`update term set ends_at = ${end}, starts_at = ${later(now, days(endsInDays - 30)).toISOString()}
        from contract where contract.id = term.contract_id and term.number = contract.term
          and contract.id in (select 'con_bench_' || i from generate_series(${from + 1}::int, ${from + n}::int) i)`;
    from += n;
    return ids.length;
  };
  const { renew, grace, expire, remind } = loads[load];
  await put(renew, -0.001, { autoRenew: true });
  await put(grace, -1, { autoRenew: false });
  await put(expire, -5, { autoRenew: false });
  await put(remind, 2.9, { autoRenew: true });
}

/** Reading everything `/contract` shows, of people at random, one after the other and eight at a time. */
async function read(ctx: Context, count: number): Promise<void> {
  const random = randomFrom(1);
  for (const atOnce of [1, 8]) {
    const tookMs: number[] = [];
    const one = async () => {
      const userId = `usr_bench_${1 + Math.floor(random() * count)}` as UserId; // made by `seed`
      const beganMs = performance.now();
      const view = await readContract(ctx, { userId });
      tookMs.push(performance.now() - beganMs);
      if (!view) throw new Error(`${userId} has no contract`);
    };
    for (let n = 0; n < 50; n++) await one();
    tookMs.length = 0;
    const worker = async () => {
      for (let n = 0; n < 2000 / atOnce; n++) await one();
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    print({
      contracts: count,
      reading: 'contract',
      atOnce,
      p50Ms: round(quantile(tookMs, 0.5), 2),
      p99Ms: round(quantile(tookMs, 0.99), 2),
      aimMs: READ_AIM_MS,
    });
  }
}

/** What was measured has to be right as well: every paid term has its transfer, and the reverse. */
async function check(ctx: Context): Promise<void> {
  const [row] = await ctx.db.execute<{ paid: number; moved: number; odd: number }>(sql`
    select (select count(*)::int from term where created_at > ${START.toISOString()}) as paid,
           (select count(*)::int from ledger_transfer where kind = 'rent') as moved,
           (select count(*)::int from term t full join ledger_transfer l
              on l.key = 'renew:' || t.contract_id || ':' || t.number
            where (t.number > 1 and l.id is null) or (l.kind = 'rent' and t.number is null)) as odd`);
  if (!row || row.odd > 0 || row.paid !== row.moved)
    throw new Error(`terms and transfers differ: ${JSON.stringify(row)}`);
  print({ termsPaid: row.paid, transfers: row.moved, differences: row.odd });
}
