import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditEntry, writeAudit } from '../../../src/core/audit.ts';
import { days, later } from '../../../src/core/clock.ts';
import { inTransaction } from '../../../src/core/context.ts';
import { returnSuspense } from '../../../src/core/money/suspense.ts';
import { topup } from '../../../src/core/money/tables.ts';
import { exportAudit, findActors, listAudit } from '../../../src/core/ops/auditLog.ts';
import {
  beginExport,
  endExport,
  exportReceived,
  exportSuspense,
  exportTopups,
  exportTransfers,
} from '../../../src/core/ops/exports.ts';
import { listSuspense, listTopups } from '../../../src/core/ops/payments.ts';
import { manyTopups } from '../../support/bulk.ts';
import { auditOf, job, lastSuspense, newTopup, operator, record } from '../../support/money.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

const MANY = 2500;

let world: World;
let ctx: ReturnType<World['ctx']>;
beforeAll(async () => {
  world = await createWorld();
  ctx = world.ctx(operator);
  await manyTopups(ctx.db, { count: MANY, at: world.clock.now(), name: 'Many' });
  world.clock.pass(days(2));
});
afterAll(() => world.close());

async function all<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

const now = () => world.clock.now();

describe('an export', () => {
  test('holds every row once, the oldest first, whatever the number of batches', async () => {
    const tops = await all(exportTopups(ctx, {}));
    expect(tops).toHaveLength(MANY);
    expect(tops.map(({ topup }) => topup.amountSatang)).toEqual(
      Array.from({ length: MANY }, (_, i) => 10_001n + BigInt(i)),
    );
    const transfers = await all(exportTransfers(ctx, {}));
    expect(transfers).toHaveLength(MANY);
    expect(transfers[MANY - 1]).toMatchObject({
      from: 'clearing:hook',
      to: expect.stringMatching(/^wallet:usr_/),
      amountSatang: 12_500n,
      transfer: { kind: 'topup', key: 'hook:chg-2500:paid' },
    });
    const received = await all(exportReceived(ctx, {}));
    expect(received.map(({ payment }) => payment.chargeId)).toEqual(transfers.map((_, i) => `chg-${i + 1}`));
    expect(received[0]?.user?.displayName).toBe('Many');
  });

  test('of an empty list is empty', async () => {
    expect(await all(exportTopups(ctx, { text: 'nobody' }))).toEqual([]);
    expect(await all(exportSuspense(ctx, { status: 'matched' }))).toEqual([]);
  });

  test('takes in a row that changes meanwhile, and none that is born meanwhile', async () => {
    const batches = exportTopups(ctx, {});
    const first = (await batches.next()).value ?? [];
    const last = later(now(), -days(2));
    await ctx.db.update(topup).set({ status: 'review' }).where(eq(topup.reference, 'TU0000002400'));
    const { userId } = await world.person('Late');
    world.clock.pass(1);
    const late = await newTopup(world, userId);
    const rest = await all(batches);
    expect(first.length + rest.length).toBe(MANY);
    expect(rest.find(({ topup }) => topup.reference === 'TU0000002400')?.topup.status).toBe('review');
    expect((await all(exportTopups(ctx, { from: later(last, days(1)) }))).map((row) => row.topup.id)).toEqual([
      late.id,
    ]);
    expect(await all(exportTopups(ctx, { status: 'review' }))).toHaveLength(1);
  });

  test('of days ends and begins with them to the millisecond', async () => {
    const { userId } = await world.person('Midnight');
    world.clock.set('2026-12-01T16:59:59.999Z');
    const before = await newTopup(world, userId);
    world.clock.set('2026-12-01T17:00:00.000Z');
    const after = await newTopup(world, userId);
    const midnight = now();
    const ids = async (filter: object) =>
      (await all(exportTopups(ctx, { text: userId, ...filter }))).map((r) => r.topup.id);
    expect(await ids({ until: midnight })).toEqual([before.id]);
    expect(await ids({ from: midnight })).toEqual([after.id]);
    const listed = async (filter: object) =>
      (await listTopups(ctx, { text: userId, ...filter })).items.map((r) => r.topup.id);
    expect(await listed({ until: midnight })).toEqual([before.id]);
    expect(await listed({ from: midnight })).toEqual([after.id]);
  });

  test('of the ledger keeps a movement that lost its entries, and one that has too many', async () => {
    await ctx.db.execute(
      sql.raw(`set session_replication_role = replica;
      insert into ledger_transfer (id, key, kind, subject, at) select replace(max(id), '0000', '0001'), 'bare', 'adjust', 'x', max(at) from ledger_transfer;
      insert into ledger_entry (transfer_id, account_id, amount_satang, at) select id, 'suspense', 5, at from ledger_transfer where key = 'hook:chg-7:paid';
      set session_replication_role = origin`),
    );
    const rows = await all(exportTransfers(ctx, {}));
    expect(rows.filter(({ transfer }) => transfer.key === 'bare')).toMatchObject([
      { from: null, to: null, amountSatang: null },
    ]);
    expect(rows.filter(({ transfer }) => transfer.key === 'hook:chg-7:paid')).toHaveLength(2);
    expect(new Set(rows.map(({ transfer }) => transfer.key)).size).toBe(MANY + 1);
  });

  test('of suspense has those of the state that was asked for, as the list has', async () => {
    await record(world, paid('TU0000099901', 75_00n));
    const one = await lastSuspense(world);
    await record(world, paid('TU0000099902', 80_00n));
    const two = await lastSuspense(world);
    await returnSuspense(ctx, { suspenseId: one.id, reason: 'sent back' });
    for (const [status, ids] of [
      ['open', [two.id]],
      ['returned', [one.id]],
      [undefined, [one.id, two.id]],
    ] as const) {
      expect((await all(exportSuspense(ctx, { status }))).map(({ item }) => item.id)).toEqual(ids);
      const { items } = await listSuspense(ctx, { status, page: 1 });
      expect(items.map(({ item }) => item.id).sort()).toEqual(ids);
    }
  });

  test('is written down when it begins and when it ends, with its filter and its rows', async () => {
    const exportId = await beginExport(ctx, { what: 'topups', format: 'csv', filter: { status: 'settled' } });
    await endExport(ctx, { what: 'topups', exportId, rows: 12, end: 'aborted' });
    expect(await auditOf(world, exportId)).toEqual(['export.started', 'export.ended']);
    const { lines } = await listAudit(ctx, { subject: exportId });
    expect(lines.map(({ detail }) => detail)).toEqual([
      { what: 'topups', rows: 12, end: 'aborted' },
      { what: 'topups', format: 'csv', status: 'settled' },
    ]);
  });
});

describe('the audit log', () => {
  const write = (actor: Parameters<World['ctx']>[0], action: string, subject: string) =>
    inTransaction(world.ctx(actor), (ctx) => writeAudit(ctx, action, subject));

  test('is exported whole, in order, up to the line that was the newest when it began', async () => {
    const before = await ctx.db.$count(auditEntry);
    const batches = exportAudit(ctx, {});
    const first = (await batches.next()).value?.lines ?? [];
    await write(job, 'test.late', 'late');
    const rest: bigint[] = [];
    for await (const { lines } of batches) rest.push(...lines.map(({ seq }) => seq));
    const seqs = [...first.map(({ seq }) => seq), ...rest];
    expect(seqs).toHaveLength(before);
    expect(seqs).toEqual([...seqs].sort((a, b) => Number(a - b)));
  });

  test('finds whoever is meant by an id, by a name and by what a job is called', async () => {
    const { userId } = await world.person('Pimchanok');
    await write({ kind: 'user', userId }, 'test.done', 'by a person');
    await write({ kind: 'job', name: 'topups.expire' }, 'test.done', 'by a job');
    const subjects = async (text: string) => {
      const { actors } = await findActors(ctx, { text });
      return (await listAudit(ctx, { actors, action: 'test.done' })).lines.map(({ subject }) => subject);
    };
    for (const text of [userId, `user:${userId}`, 'pimcha', ' Pimchanok '])
      expect(await subjects(text)).toEqual(['by a person']);
    for (const text of ['job:topups.expire', 'topups.expire']) expect(await subjects(text)).toEqual(['by a job']);
    expect(await subjects('nobody at all')).toEqual([]);
    expect(await subjects('%')).toEqual([]);
  });

  test('says when more people bear a name than it looks for', async () => {
    for (let n = 0; n < 51; n++) await world.person(`Same Name ${n}`);
    expect((await findActors(ctx, { text: 'same name' })).isCut).toBe(true);
    expect((await findActors(ctx, { text: 'same name 7' })).isCut).toBe(false);
  });

  test('takes the letters of an action as they are', async () => {
    await write(job, 'odd%thing', 'odd');
    expect((await listAudit(ctx, { action: 'odd%' })).lines).toHaveLength(1);
    expect((await listAudit(ctx, { action: 'o%d' })).lines).toHaveLength(0);
  });

  test('finds a day among many lines by halving, also when somebody falsified moments', async () => {
    const own = await createWorld();
    const own_ctx = own.ctx(operator);
    const start = own.clock.now();
    await own_ctx.db.execute(sql`insert into audit_entry (at, actor, action, subject, detail)
      select ${start.toISOString()}::timestamptz + n * interval '1 minute', 'job:x', 'bulk', n::text, '{}' from generate_series(1, 60000) n`);
    await own_ctx.db.execute(
      sql.raw(`set session_replication_role = replica;
      update audit_entry set at = 'infinity' where seq in (30001, 45001);
      update audit_entry set at = '1999-01-01' where seq in (15001, 52501, 20000);
      set session_replication_role = origin`),
    );
    for (const day of [1, 10, 20, 30, 41]) {
      const [from, until] = [later(start, days(day)), later(start, days(day + 1))];
      let found = 0;
      for await (const { lines } of exportAudit(own_ctx, { from, until })) found += lines.length;
      const [exact] = await own_ctx.db.execute<{ n: string }>(
        sql`select count(*) as n from audit_entry where at >= ${from.toISOString()}::timestamptz and at < ${until.toISOString()}::timestamptz`,
      );
      expect([day, found]).toEqual([day, Number(exact?.n)]);
      expect(found).toBeGreaterThan(900);
    }
    await own.close();
  });
});
