import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transactionsFile } from '../../../src/bot/files/transactionsCsv.ts';
import { minutes } from '../../../src/core/clock.ts';
import type { UserId } from '../../../src/core/id.ts';
import { adjustWallet } from '../../../src/core/money/byHand.ts';
import { receiptOf } from '../../../src/core/money/receipt.ts';
import { receiptIssuer, receiptTexts } from '../../../src/core/money/settings.ts';
import { allTransactions, listTransactions, type Transaction } from '../../../src/core/money/transactions.ts';
import { writeSetting } from '../../../src/core/setting.ts';
import { expectClean, newTopup, operator, record } from '../../support/money.ts';
import { createWorld, paid, type World } from '../../support/world.ts';

let world: World;
let userId: UserId;
beforeAll(async () => {
  world = await createWorld();
  userId = (await world.person()).userId;
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});
const me = (id = userId) => world.ctx({ kind: 'user', userId: id });
const all = async (filter = {}, id = userId) => {
  const rows: Transaction[] = [];
  for await (const row of allTransactions(me(id), { userId: id, filter })) rows.push(row);
  return rows;
};

test('2,500 movements, many at the same moment, are paged and exported without a gap or a repeat', async () => {
  const { userId: id } = await world.person();
  await newTopup(world, id);
  const wallet = `wallet:${id}`;
  await me().db.execute(sql`
    select post_transfer('tra_' || lpad(n::text, 26, '0'), ${`bulk:${id}:`} || n, 'adjust', 'bulk',
      '2026-11-21T00:00:00Z'::timestamptz + (n / 700) * interval '1 minute', 'adjustment', ${wallet}, n)
    from generate_series(1, 2500) n`);
  const exported = await all({}, id);
  expect(exported).toHaveLength(2501);
  expect(new Set(exported.map((r) => r.id)).size).toBe(2501);
  const paged: string[] = [];
  for (let page = 1; page <= 26; page++) {
    const list = await listTransactions(me(id), { userId: id, filter: {}, page, limit: 100 });
    expect([list.page, list.pages, list.total]).toEqual([page, 26, 2501]);
    paged.push(...list.items.map((r) => r.id));
  }
  expect(paged).toEqual(exported.map((r) => r.id));
  const moments = exported.map((r) => r.at.getTime());
  expect(moments).toEqual([...moments].sort((a, b) => b - a));
});

test('a page beyond the end is the last, one before the beginning the first', async () => {
  for (const page of [-5, 0, 99])
    expect((await listTransactions(me(), { userId, filter: {}, page, limit: 5 })).page).toBe(1);
});

test('balances after each movement are those of that moment', async () => {
  for (const amountSatang of [300_00n, 50_00n]) {
    world.clock.pass(minutes(1));
    const top = await newTopup(world, userId, amountSatang);
    await record(world, paid(top.reference, amountSatang));
  }
  world.clock.pass(minutes(1));
  await adjustWallet(world.ctx(operator), { userId, amountSatang: -20_00n, reason: 'x', requestKey: 'tx' });
  const rows = await all();
  expect(rows.map((r) => [r.kind, r.amountSatang, r.balanceSatang])).toEqual([
    ['adjust', -20_00n, 330_00n],
    ['topup', 50_00n, 350_00n],
    ['topup', 300_00n, 300_00n],
  ]);
  expect(rows[1]?.reference).toMatch(/^TU/);
});

test('filters leave out what they should: kind, status, from and until', async () => {
  const rows = await all();
  const [last] = rows;
  if (!last) throw new Error('three rows');
  expect(await all({ kind: 'topup' })).toHaveLength(2);
  expect(await all({ status: 'waiting' })).toHaveLength(0);
  expect(await all({ from: last.at })).toHaveLength(1);
  expect(await all({ until: last.at })).toHaveLength(2);
  const backwards = { from: last.at, until: last.at };
  await expect(all(backwards)).rejects.toMatchObject({ code: 'date.reversed' });
  await expect(listTransactions(me(), { userId, filter: backwards, page: 1, limit: 5 })).rejects.toMatchObject({
    code: 'date.reversed',
  });
});

test("somebody else's are nobody's: access.denied", async () => {
  const { userId: other } = await world.person();
  await expect(listTransactions(me(other), { userId, filter: {}, page: 1, limit: 5 })).rejects.toMatchObject({
    code: 'access.denied',
  });
  expect(await all({}, other)).toEqual([]);
});

describe('the CSV', () => {
  const row = (reference: string): Transaction => ({
    id: 'tra_1',
    at: new Date('2026-12-31T18:30:00Z'),
    kind: 'topup',
    status: 'done',
    topupStatus: null,
    amountSatang: -1234_50n,
    balanceSatang: 0n,
    reference,
    topupId: null,
  });
  const text = (rows: Transaction[], language: 'th' | 'en' = 'en') =>
    Buffer.from(transactionsFile(language, rows, new Date('2026-12-31T18:30:00Z')).content).toString('utf8');

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://evil","x")'])(
    'defuses the reference %j',
    (reference) => {
      const cell = text([row(reference)]).split('\r\n')[1] ?? '';
      const last = cell.slice(cell.indexOf('0.00,') + 5).replace(/^"/, '');
      expect(last.startsWith("'")).toBe(true);
    },
  );

  test('begins with a mark, quotes commas, has one line a row, dates of Bangkok and no minus before an amount', () => {
    const file = text([row('a,"b"\nc')]);
    expect(
      file.startsWith('\uFEFFDate,Time,Kind,Status,Money in (THB),Money out (THB),Balance (THB),Reference\r\n'),
    ).toBe(true);
    expect(file).toContain('2027-01-01,01:30,Top-ups,Done,,1234.50,0.00,"a,""b""\nc"\r\n');
    expect(text([], 'th')).toBe('\uFEFFวันที่,เวลา,ประเภท,สถานะ,เงินเข้า (บาท),เงินออก (บาท),คงเหลือ (บาท),เลขอ้างอิง\r\n');
  });
});

test('a receipt splits 499.00 into 466.36 and 32.64, and counts extra payments and refunds', async () => {
  const { userId: id } = await world.person('=cmd');
  const top = await newTopup(world, id, 499_00n);
  await expect(receiptOf(me(id), { userId: id, topupId: top.id })).rejects.toMatchObject({ code: 'topup.not_settled' });
  const event = paid(top.reference, 499_00n);
  await record(world, event);
  const value = { ...receiptIssuer.fallback, vatPercent: 7 };
  await writeSetting(world.ctx(operator), receiptIssuer, { value, version: 0 });
  const texts = { footerTh: 'ขอบคุณค่ะ', footerEn: '' };
  await writeSetting(world.ctx(operator), receiptTexts, { value: texts, version: 0 });
  const receipt = await receiptOf(me(id), { userId: id, topupId: top.id });
  expect(receipt.vat).toEqual({ percent: 7, baseSatang: 466_36n, vatSatang: 32_64n });
  expect(receipt.footer).toEqual({ th: 'ขอบคุณค่ะ', en: '' });
  await record(world, paid(top.reference, 100_00n));
  await record(world, { ...event, eventId: 'evt_receipt', status: 'refunded', amountSatang: 99_00n });
  const after = await receiptOf(me(id), { userId: id, topupId: top.id });
  expect([after.totalSatang, after.payments.length, after.receivedFrom]).toEqual([500_00n, 2, '=cmd']);
  await expect(receiptOf(me(), { userId, topupId: top.id })).rejects.toMatchObject({ code: 'topup.missing' });
});
