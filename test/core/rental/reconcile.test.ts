import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealAudit } from '../../../src/core/audit.ts';
import { days } from '../../../src/core/clock.ts';
import { findDifferences } from '../../../src/core/money/reconcile.ts';
import { refundContract } from '../../../src/core/rental/operate.ts';
import { job, operator } from '../../support/money.ts';
import { rentedBy } from '../../support/rental.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  const rented = [];
  for (let n = 0; n < 3; n++) rented.push(await rentedBy(world, (await world.person()).userId));
  world.clock.pass(days(10));
  await refundContract(world.ctx(operator), { contractId: rented[0]?.contractId ?? '', reason: 'a test' });
  await sealAudit(world.ctx(job));
});
afterAll(() => world.close());

class Undone extends Error {}

/** What is found after a change that somebody with the database password made; the change is taken back. */
async function foundAfter(change: string) {
  const ctx = world.ctx(job);
  const found: Awaited<ReturnType<typeof findDifferences>>[] = [];
  const looked = ctx.db.transaction(async (db) => {
    await db.execute(sql.raw(`set local session_replication_role = replica; ${change}`));
    found.push(await findDifferences({ ...ctx, db }));
    throw new Undone();
  });
  await expect(looked).rejects.toThrow(Undone);
  return found.flatMap(({ differences }) => differences);
}

test('documents as they were issued show no difference', async () => {
  expect(await foundAfter('select 1')).toEqual([]);
  expect(await world.ctx(job).db.execute(sql`select 1 from tax_document`)).toHaveLength(4);
});

const order = 'document number missing or out of order';
const agree = 'rent and its document do not agree';
const rent = expect.stringMatching(/^renew:con_\w+:1$/);
const unused = expect.stringMatching(/^unused:con_\w+:1$/);
const [second, third, note] = [
  "series = 'RC2569' and number = 2",
  "series = 'RC2569' and number = 3",
  "series = 'CN2569'",
];
const paid = `(select l.id from ledger_transfer l join tax_document d on d.transfer_key = l.key and d.${second})`;
test.each([
  [`delete from tax_document where ${second}`, order, 'RC2569-3'],
  [`delete from tax_document where ${third}`, order, 'RC2569'],
  ["update document_series set last = 4 where series = 'RC2569'", order, 'RC2569'],
  [`delete from document_series where ${note}`, order, 'CN2569'],
  ["insert into document_series values ('TI2569', 1, now())", order, 'TI2569'],
  [`update tax_document set issued_at = issued_at - interval '1 second' where ${second}`, order, 'RC2569-2'],
  [`drop index tax_document_number; update tax_document set number = 2 where ${third}`, order, 'RC2569-2'],
  // A document without its transfer.
  [`update tax_document set transfer_key = 'else' where ${second}`, 'document has no transfer', 'RC2569-2'],
  [
    `delete from ledger_entry where transfer_id = ${paid}; delete from ledger_transfer where id = ${paid}`,
    'document has no transfer',
    'RC2569-2',
  ],
  // A transfer without its document, or with one that says something else.
  [`update tax_document set transfer_key = 'else' where ${second}`, agree, rent],
  [`delete from tax_document where ${third}; update document_series set last = 2 where series = 'RC2569'`, agree, rent],
  [`delete from tax_document where ${note}; delete from document_series where ${note}`, agree, unused],
  [`update tax_document set total_satang = total_satang + 1 where ${second}`, agree, rent],
  [`update tax_document set total_satang = total_satang - 1 where ${note}`, agree, unused],
  [`update tax_document set kind = 'credit_note' where ${third}`, agree, rent],
])('%s is named', async (change, check, subject) => {
  expect(await foundAfter(change)).toContainEqual(expect.objectContaining({ check, subject }));
});
