import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../src/core/context.ts';
import { connect } from '../../src/core/db.ts';
import { idMaker, type UserId } from '../../src/core/id.ts';
import type { PortfolioContext } from '../../src/core/portfolio/context.ts';
import { type Portfolio, readPortfolio } from '../../src/core/portfolio/portfolio.ts';
import { takeSnapshots } from '../../src/core/portfolio/snapshot.ts';
import type { AccountReading, AssetBalance, Exchanges, OpenPosition } from '../../src/core/trading/exchange.ts';
import { createVault } from '../../src/core/vault.ts';
import { type BenchDatabase, openDatabase } from './database.ts';
import { median, print, quantile, randomFrom, round } from './figures.ts';

const START = new Date('2026-11-21T05:00:00.000Z');
const PERSON = 'usr_bench' as UserId; // made by `seed`
const ACCOUNTS = 20;
/** In each account: assets held and positions open, fifty together. */
const ASSETS = 40;
const POSITIONS = 10;
const FILLS = 200;
const PAIRS = 400;
const WAIT_MS = 300;
const AIMS_MS = { cached: 200, cold: 2_000 };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

let passedMs = 0;

/** A portfolio of 20 accounts and 1,000 holdings and positions, from what was read and from exchanges that take 300 ms. */
export async function portfolio({ quick }: { quick: boolean }): Promise<void> {
  const database = await openDatabase('portfolio');
  const pool = connect(database.url);
  const readings = makeReadings();
  const ctx: PortfolioContext = {
    db: pool.db,
    // Later at every round: what was read a moment ago is not read again.
    clock: { now: () => new Date(START.getTime() + passedMs) },
    newId: idMaker(() => new Date()),
    log: silent,
    actor: { kind: 'job', name: 'bench' }, // a person's plan is read besides; it is measured with the contracts
    vault: createVault([{ id: 'bench', key: Buffer.alloc(32, 1) }]),
    exchanges: slowExchanges(readings),
  };
  try {
    const prices = makePrices();
    await seed(database, readings, prices);
    const rounds = quick ? 3 : 30;
    await measure(ctx, 'first', 1, {});
    const cached = await measure(ctx, 'cached', rounds, {});
    const cold = await measure(ctx, 'cold', quick ? 1 : 10, { fresh: true });
    for (const found of [cached, cold]) check(found, readings, prices);
    await snapshots(ctx);
  } finally {
    await pool.close();
    await database.close();
  }
}

async function measure(
  ctx: PortfolioContext,
  how: 'first' | 'cached' | 'cold',
  rounds: number,
  more: { fresh?: boolean },
): Promise<Portfolio> {
  const tookMs: number[] = [];
  let found: Portfolio | undefined;
  for (let n = 0; n < rounds; n++) {
    passedMs += 5_000;
    const beganMs = performance.now();
    found = await readPortfolio(ctx, { userId: PERSON, ...more });
    tookMs.push(performance.now() - beganMs);
  }
  if (!found) throw new Error('nothing was measured');
  const rows = found.positions.reduce((sum, position) => sum + position.rows.length, 0);
  print({
    portfolio: how,
    accounts: ACCOUNTS,
    rows: rows + found.dust.count,
    fills: ACCOUNTS * FILLS,
    p50Ms: round(median(tookMs), 1),
    p99Ms: round(quantile(tookMs, 0.99), 1),
    ...(how === 'first' ? {} : { aimMs: AIMS_MS[how] }),
  });
  return found;
}

async function snapshots(ctx: Context): Promise<void> {
  const beganMs = performance.now();
  const { rows } = await takeSnapshots(ctx);
  print({ snapshots: rows, tookMs: round(performance.now() - beganMs, 1) });
}

/** So many digits behind the point, as a whole number and as text. */
const PLACES = 8;
const text = (digits: bigint) => {
  const padded = String(digits).padStart(PLACES + 1, '0');
  return `${padded.slice(0, -PLACES)}.${padded.slice(-PLACES)}`;
};
const whole = (value: string) => BigInt(value.replace('.', '').replace('-', '')) * (value.startsWith('-') ? -1n : 1n);

const balanceOf = (asset: string, total: string): AssetBalance => ({
  wallet: 'spot',
  asset,
  free: total,
  used: text(0n),
  total,
});

function makeReadings(): Map<string, AccountReading> {
  const random = randomFrom(7);
  const digits = (most: number) => text(BigInt(Math.floor(random() * most)) + 1n);
  return new Map(
    Array.from({ length: ACCOUNTS }, (_, account) => {
      const balances = Array.from({ length: ASSETS }, (_, n) =>
        balanceOf(`A${(account * 7 + n) % PAIRS}`, digits(1e15)),
      );
      const positions = Array.from({ length: POSITIONS }, (_, n): OpenPosition => {
        const asset = `A${(account * 3 + n * 11) % PAIRS}`;
        const pnl = digits(1e12);
        return {
          symbol: `${asset}/USDT:USDT`,
          base: asset,
          settle: 'USDT',
          side: n % 2 === 0 ? 'long' : 'short',
          qtyBase: digits(1e12),
          entryPrice: digits(1e12),
          markPrice: digits(1e12),
          unrealisedPnl: n % 3 === 0 ? `-${pnl}` : pnl,
          leverage: '5',
          liquidationPrice: null,
          margin: null,
        };
      });
      return [`exa_bench_${account}`, { balances, positions, orders: [] }] as const;
    }),
  );
}

function makePrices(): Map<string, string> {
  const random = randomFrom(11);
  const prices = Array.from(
    { length: PAIRS },
    (_, n) => [`A${n}`, text(BigInt(Math.floor(random() * 1e12)) + 1n)] as const,
  );
  return new Map([...prices, ['THB', '32.45678901']]);
}

function slowExchanges(readings: ReadonlyMap<string, AccountReading>): Exchanges {
  const none = async (): Promise<never> => {
    throw new Error('not asked for here');
  };
  return {
    offered: [],
    rights: none,
    fills: none,
    moves: none,
    tickers: none,
    forget() {},
    async read({ accountId }, signal) {
      await sleep(WAIT_MS, undefined, { signal });
      return readings.get(accountId) ?? none();
    },
  };
}

async function seed(
  { admin }: BenchDatabase,
  readings: ReadonlyMap<string, AccountReading>,
  prices: ReadonlyMap<string, string>,
): Promise<void> {
  const at = START.toISOString();
  await admin`insert into "user" (id, display_name, language, created_at) values (${PERSON}, 'Bench', 'en', ${at})`;
  for (const [id, { balances, positions }] of readings) {
    await admin`insert into exchange_account (id, user_id, exchange, endpoint, label, due_at, created_at, read_at)
      values (${id}, ${PERSON}, ${`exchange${id.length % 3}`}, 'live', ${id}, ${at}, ${at}, ${at})`;
    await admin`insert into account_state (account_id, balances, positions, orders, read_at)
      values (${id}, ${admin.json(JSON.parse(JSON.stringify(balances)))}, ${admin.json(JSON.parse(JSON.stringify(positions)))}, '[]', ${at})`;
    await admin`insert into account_fill (account_id, wallet, symbol, fill_id, base, quote, side, price, qty_base, fee_asset, fee_qty, at)
      select ${id}, 'spot', 'A' || n % ${ASSETS} || '/USDT', 'fill' || n, 'A' || n % ${ASSETS}, 'USDT',
        case when n % 3 = 2 then 'sell' else 'buy' end, 100 + n, 0.1, 'USDT', 0.01, ${at}::timestamptz - n * interval '1 hour'
      from generate_series(1, ${FILLS}) n`;
  }
  const rows = [...prices].map(([asset, price]) =>
    asset === 'THB' ? { base: 'USDT', quote: 'THB', price } : { base: asset, quote: 'USDT', price },
  );
  await admin`insert into rate (source, base, quote, price, at)
    select 'bench', base, quote, price, ${at} from jsonb_to_recordset(${admin.json(rows)}) as r(base text, quote text, price numeric)`;
  await admin.unsafe('vacuum analyze');
}

/** The total once more, with whole numbers alone: everything is a multiple of 10^-24 baht. */
function check(
  { worth }: Portfolio,
  readings: ReadonlyMap<string, AccountReading>,
  prices: ReadonlyMap<string, string>,
): void {
  const one = 10n ** BigInt(PLACES);
  let usdt = 0n; // in 10^-16
  for (const { balances, positions } of readings.values()) {
    for (const { asset, total } of balances) usdt += whole(total) * whole(prices.get(asset) ?? '0');
    for (const { unrealisedPnl } of positions) usdt += whole(unrealisedPnl ?? '0') * one;
  }
  const unit = one * one * one;
  const exact = (usdt * whole(prices.get('THB') ?? '0') * 100n * 2n + unit) / (2n * unit);
  const differsSatang = (worth.thbSatang ?? 0n) - exact;
  print({ thbSatang: String(exact), differsSatang: String(differsSatang) });
  if (differsSatang !== 0n) throw new Error('the total is not what whole numbers say');
}
