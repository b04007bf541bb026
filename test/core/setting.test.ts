import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiptIssuer, receiptTexts, topupLimits } from '../../src/core/money/settings.ts';
import { defaultQuietHours } from '../../src/core/notices/settings.ts';
import { rentalTerms } from '../../src/core/rental/settings.ts';
import { findIssues, readSetting, settingTable, writeSetting } from '../../src/core/setting.ts';
import { auditOf, job, operator } from '../support/money.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const ops = () => world.ctx(operator);
const issuer = (name: string) => ({ ...receiptIssuer.fallback, name });
const write = (name: string, version: number) => writeSetting(ops(), receiptIssuer, { value: issuer(name), version });

test('until somebody changes it the fallback holds', async () => {
  expect(await readSetting(ops(), topupLimits)).toEqual(topupLimits.fallback);
});

test('of two first edits at once one is kept and the other is stale', async () => {
  // Connections first, so that nobody is ahead only because their connection was there.
  await Promise.all(Array.from({ length: 10 }, () => ops().db.execute('select pg_sleep(0.05)')));
  const results = await Promise.allSettled(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => write(name, 0)));
  expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
  for (const r of results) if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'setting.stale' });
  const kept = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value.name] : []));
  expect((await readSetting(ops(), receiptIssuer)).name).toBe(kept[0]);
  expect(await auditOf(world, 'setting:receipt.issuer')).toEqual(['setting.changed']);
});

test('an edit made on an older version is refused: setting.stale', async () => {
  await write('newer', 1);
  await expect(write('from an old page', 1)).rejects.toMatchObject({ code: 'setting.stale' });
  const results = await Promise.allSettled([write('a', 2), write('b', 2)]);
  expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
});

test('names who made the stored version, and takes the same edit sent twice for one', async () => {
  const [before] = await ops().db.select().from(settingTable);
  const version = before?.version ?? 0;
  const edit = () => write('sent twice', version);
  expect((await Promise.all([edit(), edit(), edit()])).map((value) => value.name)).toEqual(Array(3).fill('sent twice'));
  const [row] = await ops().db.select().from(settingTable);
  expect(row).toMatchObject({ version: version + 1, updatedBy: 'operator:opr_test' });
  const lines = await auditOf(world, 'setting:receipt.issuer');
  const colleague = world.ctx({ kind: 'operator', role: 'manager', operatorId: 'opr_other' });
  const theirs = writeSetting(colleague, receiptIssuer, { value: issuer('sent twice'), version });
  await expect(theirs).rejects.toMatchObject({ code: 'setting.stale' });
  await expect(write('something else', version)).rejects.toMatchObject({ code: 'setting.stale' });
  expect(await auditOf(world, 'setting:receipt.issuer')).toEqual(lines);
});

test('says of each field what is wrong with it, and of a value that can be stored nothing', () => {
  const limits = { minSatang: '2000', maxSatang: '5000', expiryMinutes: 15, mostPending: 3, requestsAMinute: 10 };
  expect(findIssues(topupLimits, limits)).toEqual([]);
  const wrong = {
    minSatang: undefined,
    maxSatang: '1000000000000',
    expiryMinutes: 0,
    mostPending: 51,
    requestsAMinute: 1.5,
  };
  expect(findIssues(topupLimits, wrong)).toEqual([
    { field: 'minSatang', fault: 'malformed' },
    { field: 'maxSatang', fault: 'above', bound: 999_999_999_999n },
    { field: 'expiryMinutes', fault: 'below', bound: 1 },
    { field: 'mostPending', fault: 'above', bound: 50 },
    { field: 'requestsAMinute', fault: 'malformed' },
  ]);
  expect(findIssues(topupLimits, { ...limits, minSatang: '0' })).toEqual([
    { field: 'minSatang', fault: 'not_above', bound: 0n },
  ]);
  const reversed = [{ field: 'minSatang', fault: 'rule', rule: 'limits_reversed' }];
  expect(findIssues(topupLimits, { ...limits, minSatang: '5001' })).toEqual(reversed);
  expect(findIssues(receiptIssuer, { ...issuer(''), taxId: '12' })).toEqual([
    { field: 'name', fault: 'empty' },
    { field: 'taxId', fault: 'rule', rule: 'tax_id' },
  ]);
  const long = { footerTh: 'ก'.repeat(501), footerEn: '' };
  expect(findIssues(receiptTexts, long)).toEqual([{ field: 'footerTh', fault: 'too_long', bound: 500 }]);
  expect(findIssues(rentalTerms, { graceDays: 31 })).toEqual([{ field: 'graceDays', fault: 'above', bound: 28 }]);
  expect(findIssues(rentalTerms, 'no object')).toEqual([{ field: '', fault: 'malformed' }]);
});

test.each([
  [null, null, []],
  [1320, 420, []],
  [0, 1439, []],
  [1320, null, ['quiet_half']],
  [null, 420, ['quiet_half']],
  [420, 420, ['quiet_empty']],
])('default quiet hours from %s to %s: %j', (fromMinute, toMinute, rules) => {
  expect(findIssues(defaultQuietHours, { fromMinute, toMinute }).map(({ rule }) => rule)).toEqual(rules);
});

test.each([
  ['an empty name', { ...receiptIssuer.fallback, name: '' }],
  ['a tax id of 12 digits', { ...receiptIssuer.fallback, taxId: '123456789012' }],
  ['a VAT of 0 %', { ...receiptIssuer.fallback, vatPercent: 0 }],
  ['no object', 'ABTPro'],
])('%s is refused: setting.invalid', async (_, value) => {
  await expect(writeSetting(ops(), receiptIssuer, { value, version: 3 })).rejects.toMatchObject({
    code: 'setting.invalid',
  });
});

test.each([
  ['a smallest amount above the largest', { minSatang: '300', maxSatang: '200' }],
  ['an amount that is no number', { minSatang: 'much' }],
  ['a negative amount', { minSatang: '-1' }],
  ['an expiry of 0 minutes', { expiryMinutes: 0 }],
  ['half a minute', { expiryMinutes: 0.5 }],
])('limits with %s are refused: setting.invalid', async (_, change) => {
  const value = { ...topupLimits.fallback, minSatang: '2000', maxSatang: '5000000', ...change };
  await expect(writeSetting(ops(), topupLimits, { value, version: 0 })).rejects.toMatchObject({
    code: 'setting.invalid',
  });
});

test('satang keep their digits on the way through jsonb', async () => {
  const value = { ...topupLimits.fallback, minSatang: '1', maxSatang: '999999999999' };
  await writeSetting(ops(), topupLimits, { value, version: 0 });
  expect((await readSetting(ops(), topupLimits)).maxSatang).toBe(999_999_999_999n);
});

test('is changed by operators alone who have the permission', async () => {
  for (const role of ['support', 'auditor'] as const) {
    const ctx = world.ctx({ kind: 'operator', role, operatorId: 'opr_looks' });
    const refused = writeSetting(ctx, receiptIssuer, { value: issuer('x'), version: 0 });
    await expect(refused).rejects.toMatchObject({ code: 'access.denied' });
  }
  const write = writeSetting(world.ctx(job), receiptIssuer, { value: issuer('x'), version: 0 });
  await expect(write).rejects.toMatchObject({ code: 'access.denied' });
  expect(await ops().db.$count(settingTable)).toBe(2);
});
