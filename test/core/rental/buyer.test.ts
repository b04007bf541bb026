import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserId } from '../../../src/core/id.ts';
import {
  buyerAddress,
  buyerBranch,
  buyerName,
  buyerTaxId,
  readBuyer,
  setBuyer,
} from '../../../src/core/rental/buyer.ts';
import { auditOf } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let userId: UserId;
beforeAll(async () => {
  world = await createWorld();
  ({ userId } = await world.person());
});
afterAll(() => world.close());

const me = (id = userId) => world.ctx({ kind: 'user', userId: id });
const codeOf = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return (error as { code?: string }).code; // the refusals of this file carry one
  }
};

describe('what a person gives for invoices', () => {
  test.each([
    ['  บริษัท   ตัวอย่าง จำกัด\n(มหาชน) ', 'บริษัท ตัวอย่าง จำกัด (มหาชน)'],
    ["Buyer's & Søn, Ltd. – สาขา 2", "Buyer's & Søn, Ltd. – สาขา 2"],
    ['None', 'None'],
    ['', 'buyer.name_invalid'],
    ['-', 'buyer.name_invalid'],
    ['Somchai 🔥', 'buyer.name_invalid'],
    ['\u202Elive', 'buyer.name_invalid'],
    ['王小明', 'buyer.name_invalid'],
    ['x'.repeat(201), 'buyer.name_invalid'],
  ])('the name %j is %j', (text, expected) => expect(codeOf(() => buyerName(text))).toBe(expected));

  test.each([
    ['99/1 หมู่ 2\nกรุงเทพฯ 10110', '99/1 หมู่ 2 กรุงเทพฯ 10110'],
    ['-', ''],
    ['ไม่มี', ''],
    ['', ''],
    ['x'.repeat(301), 'buyer.address_invalid'],
    ['ถนน 🛣', 'buyer.address_invalid'],
  ])('the address %j is %j', (text, expected) => expect(codeOf(() => buyerAddress(text))).toBe(expected));

  test.each([
    ['0105561000003', '0105561000003'],
    ['0-1055-61000-00-3', '0105561000003'],
    ['๐ ๑๐๕๕ ๖๑๐๐๐ ๐๐ ๓', '0105561000003'],
    ['-', ''],
    ['none', ''],
    ['0105561000001', 'buyer.tax_id_invalid'],
    ['010556100000', 'buyer.tax_id_invalid'],
    ['01055610000030', 'buyer.tax_id_invalid'],
    ['abc', 'buyer.tax_id_invalid'],
  ])('the tax id %j is %j', (text, expected) => expect(codeOf(() => buyerTaxId(text))).toBe(expected));

  test.each([
    ['00000', '00000'],
    ['สำนักงานใหญ่', '00000'],
    ['Head Office', '00000'],
    ['๑', '00001'],
    ['-', ''],
    ['123456', 'buyer.branch_invalid'],
    ['1a', 'buyer.branch_invalid'],
  ])('the branch %j is %j', (text, expected) => expect(codeOf(() => buyerBranch(text))).toBe(expected));
});

test('is kept and changed, audited without a word of it, and read by nobody else', async () => {
  expect(await readBuyer(me(), { userId })).toBeNull();
  const given = { userId, name: 'Somsri', address: '1 Silom Road', taxId: '0-1055-61000-00-3', branch: '1' };
  await setBuyer(me(), given);
  expect(await readBuyer(me(), { userId })).toEqual({
    name: 'Somsri',
    address: '1 Silom Road',
    taxId: '0105561000003',
    branch: '00001',
  });
  await setBuyer(me(), { ...given, taxId: '-', branch: '00000' });
  expect(await readBuyer(me(), { userId })).toMatchObject({ taxId: '', branch: '' });
  expect(await auditOf(world, userId)).toEqual(['user.joined', 'buyer.changed', 'buyer.changed']);
  const stranger = (await world.person()).userId;
  for (const work of [readBuyer(me(stranger), { userId }), setBuyer(me(stranger), given)])
    await expect(work).rejects.toMatchObject({ code: 'access.denied' });
  await expect(setBuyer(me(), { ...given, taxId: '1' })).rejects.toMatchObject({ code: 'buyer.tax_id_invalid' });
});
