import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '../../src/core/clock.ts';
import { connect } from '../../src/core/db.ts';
import { idMaker } from '../../src/core/id.ts';
import { sealKey } from '../../src/core/trading/sealedKey.ts';
import { syncAccounts } from '../../src/core/trading/sync.ts';
import { createVault } from '../../src/core/vault.ts';
import { openExchanges } from '../../src/drivers/exchanges/accounts.ts';
import { type BenchDatabase, openDatabase } from './database.ts';
import { print, round } from './figures.ts';

const AIM_SECONDS = 30;
const ROUNDS = 4;
/** What is left after it is what is kept. */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void; // the flag has just made it

const vault = createVault([{ id: 'bench', key: Buffer.alloc(32, 1) }]);

/**
 * A round over many accounts of an exchange in another process: key opened, request signed, answer read, state written.
 * The second and third round show whether memory grows. It is an exchange that counts requests by account: one that
 * counts by address lets no more through from one machine than it says itself, however fast that is.
 */
export async function sync({ quick }: { quick: boolean }): Promise<void> {
  const count = quick ? 50 : 1_000;
  const child = fork(new URL('./childOkx.ts', import.meta.url), [String(count)]);
  const [baseUrl] = (await once(child, 'message')) as [string]; // what the child sends first
  const database = await openDatabase('sync');
  const pool = connect(database.url);
  const exchanges = openExchanges({ baseUrls: { okx: baseUrl }, clock: systemClock });
  const log = { debug() {}, info() {}, warn() {}, error: console.error };
  const actor = { kind: 'job', name: 'bench' } as const;
  const ctx = {
    db: pool.db,
    clock: systemClock,
    newId: idMaker(() => systemClock.now()),
    log,
    actor,
    vault,
    exchanges,
  };
  try {
    await seed(database, count);
    for (let n = 1; n <= ROUNDS; n++) {
      await database.admin`update exchange_account set due_at = now() - interval '1 second'`;
      const beganMs = performance.now();
      const synced = await syncAccounts(ctx);
      const seconds = round((performance.now() - beganMs) / 1000, 1);
      collect();
      const { rss, heapUsed } = process.memoryUsage();
      const [rssMib, heapMib] = [rss, heapUsed].map((bytes) => Math.round(bytes / 2 ** 20));
      print({ sync: `round ${n}`, accounts: count, ...synced, seconds, aimSeconds: AIM_SECONDS, heapMib, rssMib });
    }
  } finally {
    child.kill();
    await pool.close();
    await database.close();
  }
}

async function seed({ admin }: BenchDatabase, count: number): Promise<void> {
  await admin`insert into "user" (id, display_name, language, created_at) values ('usr_bench', 'Bench', 'th', now())`;
  const ids = Array.from({ length: count }, (_, n) => `exa_bench_${String(n).padStart(6, '0')}`);
  const accounts = ids.map((id, n) => ({
    id,
    user_id: 'usr_bench',
    exchange: 'okx',
    endpoint: 'live',
    label: `Account ${n}`,
    due_at: new Date(0),
    created_at: new Date(0),
  }));
  await admin`insert into exchange_account ${admin(accounts)}`;
  const keys = ids.map((accountId, n) => {
    const key = { apiKey: `bench-${n}`, secret: `secret-${n}`, passphrase: 'bench' };
    const { sealed, fingerprint } = sealKey(vault, { accountId, exchange: 'okx', endpoint: 'live' }, key);
    return { account_id: accountId, sealed, fingerprint, sealed_at: new Date(0) };
  });
  await admin`insert into account_key ${admin(keys)}`;
}
