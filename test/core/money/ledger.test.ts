import fc from 'fast-check';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction } from '../../../src/core/context.ts';
import { connect, sqlState } from '../../../src/core/db.ts';
import { type LedgerAccountId, randomCode, type UserId } from '../../../src/core/id.ts';
import {
  ADJUSTMENT,
  clearingOf,
  openAccounts,
  postTransfer,
  readBalances,
  receivableOf,
  SUSPENSE,
  sumAccount,
  type Transfer,
  walletOf,
} from '../../../src/core/money/ledger.ts';
import { expectClean, job } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let sql: postgres.Sql;
beforeAll(async () => {
  world = await createWorld();
  sql = postgres(world.url, { max: 4, onnotice: () => {} });
});
afterAll(async () => {
  await expectClean(world);
  await sql.end();
  await world.close();
});

const ctx = () => world.ctx(job);
const wallet = async (userId: UserId) => (await readBalances(ctx(), userId)).walletSatang;

async function person(satang = 0n): Promise<UserId> {
  const { userId } = await world.person();
  await openAccounts(ctx(), userId);
  if (satang > 0n) await move({ from: ADJUSTMENT, to: walletOf(userId), amountSatang: satang });
  return userId;
}

const move = (input: Partial<Transfer> & Pick<Transfer, 'from' | 'to' | 'amountSatang'>) =>
  postTransfer(ctx(), { key: `test:${randomCode(16)}`, kind: 'adjust', subject: 'test', ...input });

describe('a transfer', () => {
  test('moves the amount from one account to the other and counts both', async () => {
    const [one, other] = [await person(100_00n), await person()];
    await move({ from: walletOf(one), to: walletOf(other), amountSatang: 30_01n });
    expect([await wallet(one), await wallet(other)]).toEqual([69_99n, 30_01n]);
    const [row] = await sql`select version from ledger_account where id = ${walletOf(one)}`;
    expect(row?.version).toBe('2');
  });

  test('with the same key and values moves nothing the second time, even 20 at once', async () => {
    const userId = await person();
    const transfer = { from: ADJUSTMENT, to: walletOf(userId), amountSatang: 5_00n, key: `once:${userId}` };
    const posted = await Promise.all(Array.from({ length: 20 }, () => move(transfer)));
    expect(posted.filter((p) => p.created)).toHaveLength(1);
    expect(new Set(posted.map((p) => p.transferId)).size).toBe(1);
    expect(await wallet(userId)).toBe(5_00n);
  });

  test.each<[string, (userId: UserId) => Partial<Transfer>]>([
    ['another amount', () => ({ amountSatang: 6_00n })],
    ['another kind', () => ({ kind: 'refund' })],
    ['another subject', () => ({ subject: 'else' })],
    ['another direction', (userId) => ({ from: walletOf(userId), to: ADJUSTMENT })],
    ['another account', () => ({ from: SUSPENSE })],
  ])('with a used key and %s is refused: ledger.key_reused', async (_, change) => {
    const userId = await person(50_00n);
    const transfer = { from: ADJUSTMENT, to: walletOf(userId), amountSatang: 5_00n, key: `reused:${userId}` };
    await move(transfer);
    await expect(move({ ...transfer, ...change(userId) })).rejects.toMatchObject({ code: 'ledger.key_reused' });
    expect(await wallet(userId)).toBe(55_00n);
  });

  test('of more than the wallet holds is refused: wallet.insufficient', async () => {
    const userId = await person(10_00n);
    const refused = move({ from: walletOf(userId), to: ADJUSTMENT, amountSatang: 10_01n });
    await expect(refused).rejects.toMatchObject({ code: 'wallet.insufficient' });
    expect(await wallet(userId)).toBe(10_00n);
  });

  test('of the last satang by two at once goes to one of them', async () => {
    const userId = await person(10_00n);
    const tries = Array.from({ length: 10 }, () =>
      move({ from: walletOf(userId), to: ADJUSTMENT, amountSatang: 10_00n }),
    );
    const results = await Promise.allSettled(tries);
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
    expect(await wallet(userId)).toBe(0n);
  });

  test('to an account that does not exist is refused: ledger.account_missing', async () => {
    const userId = await person(10_00n);
    const nowhere = 'wallet:nobody' as LedgerAccountId;
    const refused = move({ from: walletOf(userId), to: nowhere, amountSatang: 1n });
    await expect(refused).rejects.toMatchObject({ code: 'ledger.account_missing' });
    expect(await wallet(userId)).toBe(10_00n);
  });

  test.each([0n, -1n])('of %i satang is refused', async (amountSatang) => {
    const userId = await person(10_00n);
    await expect(move({ from: walletOf(userId), to: ADJUSTMENT, amountSatang })).rejects.toThrow();
    await expect(move({ from: ADJUSTMENT, to: walletOf(userId), amountSatang })).rejects.toThrow();
  });

  test('to the account it came from is refused', async () => {
    const userId = await person(10_00n);
    await expect(move({ from: walletOf(userId), to: walletOf(userId), amountSatang: 1n })).rejects.toThrow();
  });

  test('keeps every digit of a very large amount', async () => {
    const userId = await person();
    const amountSatang = 9_007_199_254_740_993n; // 2^53 + 1
    await move({ from: ADJUSTMENT, to: walletOf(userId), amountSatang });
    expect(await wallet(userId)).toBe(amountSatang);
  });

  test('made in a transaction that fails leaves nothing', async () => {
    const userId = await person(10_00n);
    const failing = inTransaction(ctx(), async (tx) => {
      await postTransfer(tx, {
        key: `lost:${userId}`,
        kind: 'adjust',
        subject: 'test',
        from: walletOf(userId),
        to: ADJUSTMENT,
        amountSatang: 1_00n,
      });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await wallet(userId)).toBe(10_00n);
  });
});

describe('the tables guard themselves', () => {
  test.each([
    'update ledger_entry set amount_satang = amount_satang + 1',
    "update ledger_transfer set subject = 'else'",
    'delete from ledger_entry',
    'delete from ledger_transfer',
    'truncate ledger_entry',
    'truncate ledger_transfer cascade',
    'delete from audit_entry',
    'truncate audit_entry',
    "update audit_entry set actor = 'somebody else'",
  ])('%s: append-only', async (statement) => {
    await person(1_00n);
    await expect(sql.unsafe(statement)).rejects.toThrow(/append-only/);
  });

  test('a transfer that does not sum to zero is refused at commit', async () => {
    const userId = await person(1_00n);
    const unbalanced = sql.begin(async (tx) => {
      await tx`insert into ledger_transfer (id, key, kind, subject, at) values ('tra_bad', 'bad', 'adjust', 'x', now())`;
      await tx`insert into ledger_entry (transfer_id, account_id, amount_satang, at) values ('tra_bad', 'adjustment', -100, now())`;
      await tx`insert into ledger_entry (transfer_id, account_id, amount_satang, account_version, balance_after_satang, at)
        values ('tra_bad', ${walletOf(userId)}, 99, 77, 99, now())`;
      const [seen] = await tx`select count(*)::int as n from ledger_entry where transfer_id = 'tra_bad'`;
      expect(seen?.n).toBe(2); // it is the commit that refuses
    });
    await expect(unbalanced).rejects.toThrow(/does not sum to zero/);
    expect((await sql`select 1 from ledger_transfer where id = 'tra_bad'`).length).toBe(0);
  });

  test('one more entry for an old transfer is refused at commit', async () => {
    const userId = await person(1_00n);
    const [old] = await sql`select transfer_id from ledger_entry where account_id = ${walletOf(userId)}`;
    const added = sql`insert into ledger_entry (transfer_id, account_id, amount_satang, at) values (${old?.transfer_id}, 'suspense', 5, now())`;
    await expect(added).rejects.toThrow(/does not sum to zero/);
  });

  test('an entry of zero, a wallet below zero and a receivable above zero are refused', async () => {
    const userId = await person(1_00n);
    await expect(sql`update ledger_account set balance_satang = -1 where id = ${walletOf(userId)}`).rejects.toThrow(
      /wallet_not_below_zero/,
    );
    await expect(sql`update ledger_account set balance_satang = 1 where id = ${receivableOf(userId)}`).rejects.toThrow(
      /receivable_not_above_zero/,
    );
    const zero = sql`insert into ledger_entry (transfer_id, account_id, amount_satang, at) select id, 'suspense', 0, now() from ledger_transfer limit 1`;
    await expect(zero).rejects.toThrow(/amount_not_zero/);
  });
});

test('2,000 transfers that cross between 6 wallets on 32 connections never deadlock', async () => {
  const pool = connect(world.url, { max: 32 });
  const people = await Promise.all(Array.from({ length: 6 }, () => person(1_000_00n)));
  const states: (string | undefined)[] = [];
  const at = (n: number) => walletOf(people[n % people.length] as UserId); // within the list
  const tasks = Array.from({ length: 2000 }, (_, n) => ({ from: at(n * 7), to: at(n * 7 + 1 + (n % 5)) }));
  await Promise.all(
    tasks.map(({ from, to }, n) =>
      postTransfer(
        { ...ctx(), db: pool.db },
        { key: `cross:${n}:${people[0]}`, kind: 'adjust', subject: 'x', from, to, amountSatang: 1n },
      ).catch((error: unknown) => states.push(sqlState(error))),
    ),
  );
  await pool.close();
  expect(states).toEqual([]);
  const balances = await Promise.all(people.map(wallet));
  expect(balances.reduce((a, b) => a + b, 0n)).toBe(6_000_00n);
}, 60_000);

interface Step {
  from: number;
  to: number;
  amountSatang: bigint;
  key: number;
}

/** What the ledger should be: a map of balances and the keys that were used. */
class Model {
  readonly balances = new Map<string, bigint>();
  readonly keys = new Map<number, string>();

  post(step: Step, from: string, to: string): 'posted' | 'repeat' | 'ledger.key_reused' | 'wallet.insufficient' {
    const values = `${from} ${to} ${step.amountSatang}`;
    const before = this.keys.get(step.key);
    if (before !== undefined) return before === values ? 'repeat' : 'ledger.key_reused';
    const left = (this.balances.get(from) ?? 0n) - step.amountSatang;
    if (from.startsWith('wallet') && left < 0n) return 'wallet.insufficient';
    this.keys.set(step.key, values);
    this.balances.set(from, left);
    this.balances.set(to, (this.balances.get(to) ?? 0n) + step.amountSatang);
    return 'posted';
  }
}

test('any sequence of transfers and repeats answers and ends like a simple model', async () => {
  const step = fc.record({
    from: fc.nat(4),
    to: fc.nat(4),
    amountSatang: fc.bigInt(1n, 50n),
    key: fc.nat(12),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const people = await Promise.all([person(), person(), person(), person()]);
      const accounts = [ADJUSTMENT, ...people.map(walletOf)];
      const model = new Model();
      const run = randomCode(8);
      for (const s of steps) {
        const [from, to] = [accounts[s.from], accounts[s.to]];
        if (!from || !to || from === to) continue;
        const expected = model.post(s, from, to);
        const said = await move({ from, to, amountSatang: s.amountSatang, key: `${run}:${s.key}` }).then(
          (posted) => (posted.created ? 'posted' : 'repeat'),
          (error: { code: string }) => error.code,
        );
        expect(said).toBe(expected);
      }
      for (const userId of people) expect(await wallet(userId)).toBe(model.balances.get(walletOf(userId)) ?? 0n);
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('accounts that every payment touches keep no running balance', async () => {
  const rows = await sql`select id, balance_satang from ledger_account where not tracked`;
  expect(rows.map((r) => r.balance_satang)).toEqual(rows.map(() => '0'));
  expect(await sumAccount(ctx(), clearingOf('hook'))).toBe(0n);
});
