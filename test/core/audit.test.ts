import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditHead, sealAudit, verifyAudit, writeAudit } from '../../src/core/audit.ts';
import { minutes } from '../../src/core/clock.ts';
import { inTransaction } from '../../src/core/context.ts';
import type { Db } from '../../src/core/db.ts';
import { createVault } from '../../src/core/vault.ts';
import { job, operator } from '../support/money.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const ctx = () => world.ctx(job);
const write = (n: number, detail: Record<string, string | number | boolean | null> = {}) =>
  inTransaction(ctx(), (ctx) => writeAudit(ctx, 'test.done', `subject-${n}`, detail));
const writeMany = async (n: number) => {
  for (let i = 1; i <= n; i++) await write(i, { i });
};
const faults = async () => (await verifyAudit(ctx())).faults;
/** Faults in a line each: `missing 7-8`. */
const named = async () =>
  (await faults()).map(({ fault, link, gone }) => `${fault} ${gone ? `${link}-${gone.lastLink}` : link}`);

/** As somebody with the database password would, past the triggers. */
const tamper = (statement: string) =>
  ctx().db.execute(
    sql.raw(`set session_replication_role = replica; ${statement}; set session_replication_role = origin`),
  );

describe('sealing', () => {
  test('links what was written, in order and without gaps, and the chain holds', async () => {
    await writeMany(30);
    expect(await sealAudit(ctx())).toEqual({ sealed: 30 });
    await writeMany(5);
    expect(await sealAudit(ctx())).toEqual({ sealed: 5 });
    expect(await sealAudit(ctx())).toEqual({ sealed: 0 });
    const rows = await ctx().db.execute<{ link: string }>(sql`select link from audit_entry order by seq`);
    expect(rows.map((r) => Number(r.link))).toEqual(Array.from({ length: 35 }, (_, i) => i + 1));
    expect(await verifyAudit(ctx())).toEqual({ checked: 35, faults: [] });
  });

  test('by five instances at once, while lines are written, seals each line once', async () => {
    const writing = writeMany(60);
    for (let n = 0; n < 4; n++) await Promise.all(Array.from({ length: 5 }, () => sealAudit(ctx())));
    await writing;
    await sealAudit(ctx());
    expect(await verifyAudit(ctx())).toEqual({ checked: 60, faults: [] });
  });

  test('takes up a line that was committed late: its number is lower, its link is not', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const late = inTransaction(ctx(), async (ctx) => {
      await writeAudit(ctx, 'test.late', 'late');
      await held;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await writeMany(3);
    await sealAudit(ctx());
    release();
    await late;
    await sealAudit(ctx());
    expect(await verifyAudit(ctx())).toEqual({ checked: 4, faults: [] });
  });

  test('works through more than one batch', async () => {
    await ctx().db.execute(
      sql`insert into audit_entry (at, actor, action, subject, detail) select now(), 'job:x', 'bulk', n::text, '{}' from generate_series(1, 4500) n`,
    );
    expect(await sealAudit(ctx())).toEqual({ sealed: 4500 });
    expect(await verifyAudit(ctx())).toEqual({ checked: 4500, faults: [] });
  });

  test('keeps the text of a detail whatever its order and letters', async () => {
    await write(1, { ข: 'ก', b: 1.5, a: null, z: true, text: 'ไทย "quoted" \\ 😀' });
    await sealAudit(ctx());
    expect(await faults()).toEqual([]);
  });

  test('outlives a change of keys, and is of no use without the old one', async () => {
    await writeMany(2);
    await sealAudit(ctx());
    const [k1, k2] = [7, 8].map((n, i) => ({ id: `k${i + 1}`, key: Buffer.alloc(32, n) }));
    if (!k1 || !k2) throw new Error('two keys');
    const rotated = { ...ctx(), vault: createVault([k2, k1]) };
    await write(3);
    await sealAudit(rotated);
    expect(await verifyAudit(rotated)).toEqual({ checked: 3, faults: [] });
    const forgotten = await verifyAudit({ ...ctx(), vault: createVault([k2]) });
    expect(forgotten.faults.map((f) => f.fault)).toEqual(['unknown_key', 'unknown_key']);
    const forged = { ...ctx(), vault: createVault([k2, { ...k1, key: Buffer.alloc(32, 9) }]) };
    expect((await verifyAudit(forged)).faults.map((f) => f.fault)).toEqual(['altered', 'unchecked']);
  });

  test('is for jobs, and reading the faults for jobs and operators', async () => {
    await expect(sealAudit(world.ctx(operator))).rejects.toMatchObject({ code: 'access.denied' });
    await verifyAudit(world.ctx(operator));
    const { userId } = await world.person();
    await expect(verifyAudit(world.ctx({ kind: 'user', userId }))).rejects.toMatchObject({ code: 'access.denied' });
  });
});

describe('the chain names', () => {
  beforeEach(async () => {
    await writeMany(10);
    await sealAudit(ctx());
  });

  test.each([
    ["subject = 'somebody else'"],
    ["actor = 'user:nobody'"],
    ["action = 'nothing'"],
    ["at = at + interval '1 millisecond'"],
    [`detail = '{"i": 5}'`],
    [`mac = repeat('0', 64)`],
    ['mac = null'],
  ])('a line in which %s', async (change) => {
    await tamper(`update audit_entry set ${change} where link = 4`);
    const found = await faults();
    expect(found[0]).toEqual({ fault: 'altered', link: 4n, seq: 4n });
    expect(found).toHaveLength(1);
  });

  test('lines that were taken out, and those of which nothing can be said without them', async () => {
    await tamper('delete from audit_entry where link in (3, 7, 8)');
    expect(await named()).toEqual(['missing 3-3', 'unchecked 4', 'missing 7-8', 'unchecked 9']);
    expect((await faults())[2]).toMatchObject({ seq: null, gone: { before: 6n, after: 9n } });
  });

  test('a first line that was taken out', async () => {
    await tamper('delete from audit_entry where link = 1');
    expect(await named()).toEqual(['missing 1-1', 'unchecked 2']);
  });

  test('an end that was cut off', async () => {
    await tamper('delete from audit_entry where link > 8');
    expect(await named()).toEqual(['cut_off 9-10']);
  });

  test('everything that was cut off', async () => {
    await tamper('delete from audit_entry');
    expect(await named()).toEqual(['cut_off 1-10']);
  });

  test('an end that was cut off and sealed anew', async () => {
    await tamper('delete from audit_entry where link > 8');
    const { db } = ctx();
    const [head] = await db.select().from(auditHead);
    expect(head?.link).toBe(10n);
    await write(99);
    await sealAudit(ctx());
    expect(await named()).toEqual(['missing 9-10', 'unchecked 11']);
  });

  test('lines that swapped places', async () => {
    await tamper(
      'update audit_entry set link = case link when 4 then -5 else -4 end where link in (4, 5); update audit_entry set link = -link where link < 0',
    );
    expect(await named()).toEqual(['moved 4', 'moved 5']);
  });

  test('a line that was given a number from before the first', async () => {
    await tamper('update audit_entry set link = -3 where link = 4');
    expect(await named()).toEqual(['moved 4']);
  });

  test('a line that was forged into the chain, however the numbers were made to fit', async () => {
    await tamper(`update audit_entry set link = -link where link >= 6;
      update audit_entry set link = 1 - link where link < 0;
      insert into audit_entry (at, actor, action, subject, detail, link, key_id, mac)
        select at, actor, 'forged', subject, detail, 6, key_id, mac from audit_entry where link = 5`);
    expect(await faults()).toEqual([{ fault: 'inserted', link: 6n, seq: 11n }]);
  });

  test('a line put in between with no seal, once it is an hour old', async () => {
    await write(11);
    expect(await faults()).toEqual([]);
    world.clock.pass(minutes(61));
    expect((await faults()).map((f) => f.fault)).toEqual(['unsealed']);
  });
});

test('a chain that is sealed while it is read has no fault', async () => {
  await writeMany(3);
  await sealAudit(ctx());
  const given = ctx();
  let sealing: Promise<unknown> | undefined;
  const sealMore = () => {
    sealing ??= writeMany(2).then(() => sealAudit(given));
    return sealing;
  };
  expect((await verifyAudit({ ...given, db: beforeReadingHead(given.db, sealMore) })).faults).toEqual([]);
  expect(sealing).toBeDefined();
});

/** A database that does something else first when the newest link is asked for, in a transaction or out of it. */
function beforeReadingHead(db: Db, first: () => Promise<unknown>): Db {
  return new Proxy(db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === 'transaction')
        return (body: (tx: Db) => unknown, ...rest: []) =>
          target.transaction(async (tx) => body(beforeReadingHead(tx, first)), ...rest);
      if (name !== 'select') return typeof value === 'function' ? value.bind(target) : value;
      return (...args: []) => {
        const made = target.select(...args);
        const from = (table: typeof auditHead) =>
          table === auditHead ? { limit: () => first().then(() => made.from(table).limit(1)) } : made.from(table);
        return { from };
      };
    },
  });
}
