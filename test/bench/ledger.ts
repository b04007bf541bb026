import postgres from 'postgres';
import { systemClock } from '../../src/core/clock.ts';
import type { Context } from '../../src/core/context.ts';
import { connect } from '../../src/core/db.ts';
import { idMaker, type UserId } from '../../src/core/id.ts';
import { ADJUSTMENT, postTransfer, walletOf } from '../../src/core/money/ledger.ts';
import { findDifferences } from '../../src/core/money/reconcile.ts';
import { createVault } from '../../src/core/vault.ts';
import { type BenchDatabase, openDatabase } from './database.ts';
import { median, print, round } from './figures.ts';

const WALLETS = 10_000;
const CONNECTIONS = [1, 8, 32];
const AIMS: Record<string, number> = { '8 many': 4000, '8 hot': 1200 };

const walletNumber = (n: number) => walletOf(`usr_bench_${n}` as UserId); // made by `openWallets`
const newId = idMaker(() => systemClock.now());
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** One way to do one thing, and the wallet to do it to. Answers when it is committed. */
type Deed = (wallet: ReturnType<typeof walletOf>) => Promise<unknown>;
type Contender = 'service' | 'function' | 'select 1';

/**
 * Transfers a second through our service function, beside the SQL function that it calls and a `select 1`, through as
 * many connections. The three take turns in short rounds, so that a busy moment of the machine hits all of them, and the
 * middle round is what counts.
 */
export async function ledger({ quick }: { quick: boolean }): Promise<void> {
  const database = await openDatabase('ledger');
  const [rounds, seconds] = quick ? [1, 0.5] : [7, 1];
  try {
    await openWallets(database);
    for (const connections of CONNECTIONS) {
      for (const wallets of ['many', 'hot'] as const) {
        const perSecond = await compete(database.url, { connections, wallets, rounds, seconds });
        const { service, function: bare, 'select 1': ping } = perSecond;
        const aim = AIMS[`${connections} ${wallets}`];
        print({
          connections,
          wallets,
          transfersPerSecond: round(median(service)),
          functionPerSecond: round(median(bare)),
          selectPerSecond: round(median(ping)),
          shareOfFunction: round(median(service.map((value, i) => value / (bare[i] ?? value))), 2),
          rounds: service.map((value) => round(value)),
          ...(aim ? { aim } : {}),
        });
      }
    }
    await check(database);
  } finally {
    await database.close();
  }
}

async function openWallets({ admin }: BenchDatabase): Promise<void> {
  await admin`insert into "user" (id, display_name, language, created_at)
    select 'usr_bench_' || n, 'Bench', 'en', now() from generate_series(0, ${WALLETS - 1}) n`;
  await admin`insert into ledger_account (id, kind, user_id, tracked, created_at)
    select 'wallet:' || id, 'wallet', id, true, now() from "user"`;
  await admin`vacuum analyze "user", ledger_account`;
}

type Round = { connections: number; wallets: 'many' | 'hot'; rounds: number; seconds: number };

async function compete(url: string, { connections, wallets, rounds, seconds }: Round) {
  const pool = connect(url, { max: connections });
  const raw = postgres(url, { max: connections, onnotice: () => {} });
  const deeds: Record<Contender, Deed> = {
    service: throughService({
      db: pool.db,
      clock: systemClock,
      newId,
      log: silent,
      actor: { kind: 'job', name: 'bench' },
    }),
    function: throughFunction(raw),
    'select 1': () => raw`select 1`,
  };
  const next = wallets === 'hot' ? () => walletNumber(0) : walker();
  const perSecond: Record<Contender, number[]> = { service: [], function: [], 'select 1': [] };
  const order: Contender[] = ['service', 'function', 'select 1'];
  for (const contender of order) await rate(deeds[contender], next, connections, 0.3); // connects, prepares, warms up
  for (let turn = 0; turn < rounds; turn++) {
    for (const contender of order) perSecond[contender].push(await rate(deeds[contender], next, connections, seconds));
    order.reverse(); // nobody always comes first
  }
  await Promise.all([pool.close(), raw.end({ timeout: 5 })]);
  return perSecond;
}

/** Wallets one after the other, in steps that no two workers share. */
function walker(): () => ReturnType<typeof walletOf> {
  let at = 0;
  return () => {
    at = (at + 7919) % WALLETS;
    return walletNumber(at);
  };
}

function throughService(ctx: Context): Deed {
  let made = 0;
  return (wallet) =>
    postTransfer(ctx, {
      key: `hook:bench_${process.pid}_s_${newId('k')}_${made++}:paid`,
      kind: 'adjust',
      subject: 'bench',
      from: ADJUSTMENT,
      to: wallet,
      amountSatang: 100_00n,
    });
}

function throughFunction(raw: postgres.Sql): Deed {
  let made = 0;
  return (wallet) => {
    const key = `hook:bench_${process.pid}_f_${newId('k')}_${made++}:paid`;
    return raw`select transfer_id, created
      from post_transfer(${newId('tra')}, ${key}, 'adjust', 'bench', ${new Date().toISOString()}, ${ADJUSTMENT}, ${wallet}, ${10_000})`;
  };
}

/** How many a second, with always one under way on every connection. */
async function rate(deed: Deed, next: () => ReturnType<typeof walletOf>, workers: number, seconds: number) {
  const beganMs = performance.now();
  const untilMs = beganMs + 1000 * seconds;
  let done = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      while (performance.now() < untilMs) {
        await deed(next());
        done += 1;
      }
    }),
  );
  return (1000 * done) / (performance.now() - beganMs);
}

/** What was measured has to be right as well. */
async function check(database: BenchDatabase): Promise<void> {
  const pool = connect(database.url, { max: 1 });
  const actor = { kind: 'job', name: 'bench' } as const;
  const vault = createVault([{ id: 'bench', key: Buffer.alloc(32) }]);
  const beganMs = performance.now();
  const { differences } = await findDifferences({ db: pool.db, clock: systemClock, newId, log: silent, actor, vault });
  const tookMs = performance.now() - beganMs;
  await pool.close();
  const [{ transfers } = { transfers: '0' }] = await database.admin<{ transfers: string }[]>`
    select count(*) as transfers from ledger_transfer`;
  if (differences.length > 0) throw new Error(`the ledger is wrong: ${JSON.stringify(differences.slice(0, 3))}`);
  print({ transfers: Number(transfers), reconcileSeconds: round(tookMs / 1000, 2), differences: differences.length });
}
