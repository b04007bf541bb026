import { asc, desc, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sealAudit } from '../../../src/core/audit.ts';
import { days, later } from '../../../src/core/clock.ts';
import { findDifferences, forgetReconciliations, reconcile } from '../../../src/core/money/reconcile.ts';
import { reconciliationRun, topup } from '../../../src/core/money/tables.ts';
import { operatorAlert } from '../../../src/core/notices/tables.ts';
import { listReconciliations, readReconciliation } from '../../../src/core/ops/reconciliations.ts';
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

test('is for jobs, and for operators who have the permission', async () => {
  for (const role of ['owner', 'manager', 'auditor'] as const)
    await findDifferences(world.ctx({ kind: 'operator', role, operatorId: 'opr_x' }));
  const support = findDifferences(world.ctx({ kind: 'operator', role: 'support', operatorId: 'opr_x' }));
  await expect(support).rejects.toMatchObject({ code: 'access.denied' });
  const { userId } = await world.person();
  await expect(findDifferences(world.ctx({ kind: 'user', userId }))).rejects.toMatchObject({ code: 'access.denied' });
});

describe('a run', () => {
  const runs = () => world.ctx(job).db.select().from(reconciliationRun).orderBy(asc(reconciliationRun.id));

  test('is kept with what it looked at, and with who asked for it', async () => {
    await reconcile(world.ctx(job));
    await reconcile(world.ctx(job), { askedBy: 'operator:opr_asked' });
    await reconcile(world.ctx(operator));
    const kept = await runs();
    expect(kept.map((run) => run.startedBy)).toEqual(['job:test', 'operator:opr_asked', 'operator:opr_test']);
    for (const run of kept) expect(run).toMatchObject({ transfers: 2, checks: 15, differences: [], tookMs: 0 });
  });

  test('names fifty differences of a check and counts the rest, and the alert leads to it', async () => {
    const add = `insert into ledger_transfer select 'tra_' || n, 'k' || n, 'adjust', 'x', now() from generate_series(1, 60) n`;
    await world
      .ctx(job)
      .db.execute(sql.raw(`set session_replication_role = replica; ${add}; set session_replication_role = origin`));
    await reconcile(world.ctx(job));
    const [run] = await runs();
    expect(run?.differences).toHaveLength(51);
    expect(run?.differences.at(-1)).toMatchObject({ subject: 'more', detail: '10' });
    const [alert] = await world.ctx(job).db.select().from(operatorAlert).orderBy(desc(operatorAlert.id)).limit(1);
    expect(alert).toMatchObject({ kind: 'ledger.difference', subject: run?.id, params: { differences: '60' } });
    const auditor = world.ctx({ kind: 'operator', role: 'support', operatorId: 'opr_looks' });
    const [listed] = (await listReconciliations(auditor, { page: 1 })).items;
    expect(listed).toMatchObject({ id: run?.id, found: 60 });
  });

  test('that was clean is forgotten after its time, one with differences never', async () => {
    await reconcile(world.ctx(job));
    await world.ctx(job).db.execute(sql`update topup set status = 'pending'`);
    await reconcile(world.ctx(job));
    world.clock.pass(days(401));
    await reconcile(world.ctx(job)); // finds what is still wrong
    await world.ctx(job).db.execute(sql`update topup set status = 'settled'`);
    await reconcile(world.ctx(job));
    const before = later(world.clock.now(), -days(400));
    expect(await forgetReconciliations(world.ctx(job), before)).toBe(1);
    expect((await runs()).map((run) => run.differences.length > 0)).toEqual([true, true, false]);
    await expect(forgetReconciliations(world.ctx(operator), before)).rejects.toMatchObject({ code: 'access.denied' });
  });

  test('shows for each difference what there is to look at', async () => {
    const db = world.ctx(job).db;
    const broken = `update payment set amount_satang = amount_satang + 1 where status = 'credited';
      update ledger_account set balance_satang = balance_satang + 1 where kind = 'wallet';
      update topup set status = 'pending'; delete from ledger_entry where account_id = 'suspense'`;
    await db.execute(
      sql.raw(`set session_replication_role = replica; ${broken}; set session_replication_role = origin`),
    );
    await reconcile(world.ctx(job));
    const [run] = await runs();
    const { differences } = await readReconciliation(world.ctx(operator), { runId: run?.id ?? '' });
    const about = (check: string) =>
      differences.filter((each) => each.check === check).map((each) => each.about?.replace(/^sus_.*/, 'sus_') ?? null);
    const [top] = await db.select().from(topup);
    expect(about('payment and transfer do not agree').sort()).toEqual(['sus_', top?.id]);
    expect(about('balance differs from its last entry')).toEqual([top?.userId]);
    expect(about('transfer is not two entries that sum to zero')).toEqual(['sus_']);
    expect(about('clearing differs from what gateways hold')).toEqual([null]);
    const nothing = readReconciliation(world.ctx(operator), { runId: 'rec_x' });
    await expect(nothing).rejects.toMatchObject({ code: 'reconciliation.missing' });
  });
});
