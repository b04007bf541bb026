import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sealAudit } from '../../../src/core/audit.ts';
import { findDifferences, reconcile } from '../../../src/core/money/reconcile.ts';
import { alerts, job, newTopup, operator, record } from '../../support/money.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  const { userId } = await world.person();
  const top = await newTopup(world, userId);
  await record(world, paid(top.reference, 500_00n));
  await record(world, paid('TUNOBODY', 20_00n));
  await sealAudit(world.ctx(job));
});
afterEach(() => world.close());

const found = async () => (await findDifferences(world.ctx(job))).differences.map((d) => d.check);

test('a sound ledger has no differences, and operators are left alone', async () => {
  const before = await alerts(world);
  expect((await reconcile(world.ctx(job))).differences).toEqual([]);
  expect(await alerts(world)).toEqual(before);
});

describe('what somebody with the database password changed is named', () => {
  const wallet = `(select id from ledger_account where kind = 'wallet')`;
  test.each([
    [
      "update ledger_account set balance_satang = balance_satang + 1 where kind = 'wallet'",
      'balance differs from its last entry',
    ],
    ["update ledger_account set version = version + 1 where kind = 'wallet'", 'balance differs from its last entry'],
    [
      `update ledger_entry set amount_satang = 1 where account_id = ${wallet}`,
      'transfer is not two entries that sum to zero',
    ],
    [
      `update ledger_entry set balance_after_satang = 1 where account_id = ${wallet}`,
      'entry does not follow from the one before',
    ],
    [`delete from ledger_entry where account_id = 'suspense'`, 'transfer is not two entries that sum to zero'],
    [
      "insert into ledger_transfer values ('tra_x', 'x', 'adjust', 'x', now())",
      'transfer is not two entries that sum to zero',
    ],
    ["update ledger_transfer set key = 'else' where kind = 'topup'", 'payment and transfer do not agree'],
    ["update payment set charge_id = 'else' where status = 'credited'", 'payment and transfer do not agree'],
    [
      "update payment set amount_satang = amount_satang + 1 where status = 'credited'",
      'payment and transfer do not agree',
    ],
    ["update payment set topup_id = null where status = 'credited'", 'settled top-up has no credited payment'],
    ["update topup set status = 'pending'", 'credited payment belongs to a top-up that is not settled'],
    [
      'update ledger_entry set account_version = null, balance_after_satang = null where balance_after_satang is not null',
      'entry of a tracked account has no version',
    ],
    [
      `update ledger_entry set account_version = 2 where account_id = ${wallet}`,
      'entry does not follow from the one before',
    ],
    ["update payment set refunded_satang = 1 where status = 'credited'", 'clearing differs from what gateways hold'],
    ["update suspense set status = 'returned'", 'suspense differs from its open items'],
    ["update audit_entry set actor = 'nobody' where link = 2", 'audit line altered'],
    ['delete from audit_entry where link = 3', 'audit line missing'],
  ])('%s', async (change, check) => {
    await world
      .ctx(job)
      .db.execute(sql.raw(`set session_replication_role = replica; ${change}; set session_replication_role = origin`));
    expect(await found()).toContain(check);
    await reconcile(world.ctx(job));
    expect((await alerts(world)).at(-1)).toBe('ledger.difference');
  });
});

test('payments that arrive meanwhile do not look like differences', async () => {
  const { userId } = await world.person();
  const top = await newTopup(world, userId);
  const paying = (async () => {
    for (let n = 0; n < 60; n++) await record(world, paid(top.reference, 500_00n));
  })();
  for (let n = 0; n < 8; n++) expect((await found()).filter((c) => !c.startsWith('audit'))).toEqual([]);
  await paying;
});

test('is for jobs and operators', async () => {
  await findDifferences(world.ctx(operator));
  const { userId } = await world.person();
  await expect(findDifferences(world.ctx({ kind: 'user', userId }))).rejects.toMatchObject({ code: 'access.denied' });
});
