import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findDifferences } from '../../../src/core/money/reconcile.ts';
import { credit, issue } from '../../support/documents.ts';
import { job } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  const { userId } = await world.person();
  for (let n = 0; n < 2; n++) await issue(world, { userId });
  await credit(world, await issue(world, { userId }), 1_00n);
});
afterEach(() => world.close());

const found = async () => (await findDifferences(world.ctx(job))).differences;

test('documents as they were issued show no difference', async () => {
  expect(await found()).toEqual([]);
});

const order = 'document number missing or out of order';
test.each([
  ["delete from tax_document where series = 'RC2569' and number = 2", order, 'RC2569-3'],
  ["delete from tax_document where series = 'RC2569' and number = 3", order, 'RC2569'],
  ["update document_series set last = 4 where series = 'RC2569'", order, 'RC2569'],
  ["delete from document_series where series = 'CN2569'", order, 'CN2569'],
  ["insert into document_series values ('TI2569', 1, now())", order, 'TI2569'],
  ["update tax_document set issued_at = issued_at - interval '1 second' where number = 2", order, 'RC2569-2'],
  ['drop index tax_document_number; update tax_document set number = 2 where number = 3', order, 'RC2569-2'],
  ["update tax_document set transfer_key = 'else' where number = 2", 'document has no transfer', 'RC2569-2'],
])('%s is named', async (change, check, subject) => {
  await world
    .ctx(job)
    .db.execute(sql.raw(`set session_replication_role = replica; ${change}; set session_replication_role = origin`));
  expect(await found()).toContainEqual(expect.objectContaining({ check, subject }));
});
