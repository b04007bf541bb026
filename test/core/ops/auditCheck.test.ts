import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEntry, sealAudit } from '../../../src/core/audit.ts';
import { auditLength, checkAudit } from '../../../src/core/ops/auditCheck.ts';
import { job, operator } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

const MANY = 2500;

let world: World;
let ctx: ReturnType<World['ctx']>;
beforeAll(async () => {
  world = await createWorld();
  ctx = world.ctx(operator);
  await ctx.db.execute(sql`insert into audit_entry (at, actor, action, subject, detail)
    select ${world.clock.now().toISOString()}::timestamptz, 'job:x', 'bulk', n::text, '{}' from generate_series(1, ${MANY}::int) n`);
  await sealAudit(world.ctx(job));
});
afterAll(() => world.close());

const verified = async () =>
  (await ctx.db.select().from(auditEntry).where(eq(auditEntry.action, 'audit.verified'))).length;

test('a check tells how far it has come, and is written down with what it found', async () => {
  const told: number[] = [];
  const found = await checkAudit(ctx, (checked) => told.push(checked));
  expect(told).toEqual([1000, 2000, 2500]);
  expect(await auditLength(ctx)).toBe(MANY);
  expect(found).toMatchObject({ checked: MANY, waiting: 0, isSealingLate: false, faults: [] });
  expect(await verified()).toBe(1);
});

test('a check that nobody waits for any more ends at once, and leaves no transaction and no line behind', async () => {
  const before = await verified();
  let told = 0;
  const leave = () => {
    told += 1;
    throw new Error('nobody reads this');
  };
  await expect(checkAudit(ctx, leave)).rejects.toThrow('nobody reads this');
  expect([told, await verified()]).toEqual([1, before]);
  const open = await ctx.db.execute(
    sql`select 1 from pg_stat_activity where datname = current_database() and state like 'idle in%'`,
  );
  expect([...open]).toEqual([]);
});

test('a finding brings its line along, and what is gone the lines on either side', async () => {
  await ctx.db.execute(
    sql.raw(`set session_replication_role = replica;
    update audit_entry set subject = 'another' where seq = 700; delete from audit_entry where seq in (1500, 1501);
    set session_replication_role = origin`),
  );
  const { faults } = await checkAudit(ctx, () => {});
  expect(faults.map(({ fault, line, before, after }) => [fault, line?.seq, before?.seq, after?.seq])).toEqual([
    ['altered', 700n, undefined, undefined],
    ['missing', undefined, 1499n, 1502n],
    ['unchecked', 1502n, undefined, undefined],
  ]);
});
