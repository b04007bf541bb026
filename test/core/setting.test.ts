import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiptIssuer, topupLimits } from '../../src/core/money/settings.ts';
import { readSetting, settingTable, writeSetting } from '../../src/core/setting.ts';
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

test('is changed by operators alone', async () => {
  const write = writeSetting(world.ctx(job), receiptIssuer, { value: issuer('x'), version: 0 });
  await expect(write).rejects.toMatchObject({ code: 'access.denied' });
  expect(await ops().db.$count(settingTable)).toBe(2);
});
