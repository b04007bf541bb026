import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../../src/core/id.ts';
import { documentCopy, listAllDocuments, readDocumentFile } from '../../../src/core/ops/documents.ts';
import { readSalesTax, type SalesTaxLine, salesTaxLines } from '../../../src/core/ops/salesTax.ts';
import { numberOf, type TaxDocument } from '../../../src/core/rental/document.ts';
import { credit, issue, setIssuer } from '../../support/documents.ts';
import { expectClean, job, operator } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let [somsri, niran] = ['', ''] as UserId[] as [UserId, UserId]; // filled in before the first test
const issued: Record<string, TaxDocument> = {};

/** Two months over New Year: receipts before VAT, tax invoices after, and two credit notes in the second month. */
beforeAll(async () => {
  world = await createWorld();
  somsri = (await world.person('Somsri ใจดี')).userId;
  niran = (await world.person('Niran 100%')).userId;
  const at = async (moment: string, name: string, work: () => Promise<TaxDocument>) => {
    world.clock.set(moment);
    issued[name] = await work();
  };
  const of = (name: string) => issued[name] as TaxDocument; // issued above where it is used
  await at('2026-12-01T03:00:00Z', 'receipt', () => issue(world, { userId: somsri }));
  await setIssuer(world, { vatPercent: 7 });
  await at('2026-12-02T03:00:00Z', 'first', () => issue(world, { userId: somsri, totalSatang: 499_00n }));
  await at('2026-12-31T16:59:59.999Z', 'last', () => issue(world, { userId: niran, totalSatang: 1_499_00n }));
  await at('2026-12-31T17:00:00Z', 'january', () => issue(world, { userId: niran, totalSatang: 1_499_00n }));
  await at('2027-01-10T03:00:00Z', 'note', () => credit(world, of('first'), 200_00n));
  await at('2027-01-11T03:00:00Z', 'untaxed', () => credit(world, of('receipt'), 100_00n));
  await at('2027-01-12T03:00:00Z', 'second', () => credit(world, of('first'), 299_00n));
});
afterAll(async () => {
  await expectClean(world);
  await world.close();
});

const asOperator = () => world.ctx(operator);
const nameOf = (id: string) => Object.entries(issued).find(([, document]) => document.id === id)?.[0];

test.each([
  [{}, ['second', 'untaxed', 'note', 'january', 'last', 'first', 'receipt']],
  [{ kind: 'credit_note' }, ['second', 'untaxed', 'note']],
  [{ kind: 'tax_invoice' }, ['january', 'last', 'first']],
  [{ kind: 'receipt' }, ['receipt']],
  [{ text: 'TI2569-000002' }, ['last']],
  [{ text: ' ti2570/1 ' }, ['january']],
  [{ text: 'TI2569-9' }, []],
  [{ text: 'niran' }, ['january', 'last']],
  [{ text: 'ใจดี', kind: 'tax_invoice' }, ['first']],
  [{ text: 'ni' }, ['january', 'last']],
  [{ text: 'ra' }, []],
  [{ text: '100%' }, ['january', 'last']],
  [{ text: '1_0%' }, []],
  [{ text: 'usr_nobody' }, []],
  [{ from: new Date('2026-12-31T17:00:00Z') }, ['second', 'untaxed', 'note', 'january']],
  [{ until: new Date('2026-12-31T17:00:00Z') }, ['last', 'first', 'receipt']],
  [{ kind: 'tax_invoice', from: new Date('2026-12-31T16:00:00Z'), until: new Date('2026-12-31T17:00:00Z') }, ['last']],
] as const)('the list of %o holds %o', async (filter, expected) => {
  const { rows, next } = await listAllDocuments(asOperator(), filter);
  expect(rows.map(({ document }) => nameOf(document.id))).toEqual(expected);
  expect(next).toBeUndefined();
});

test('the list goes on where it ended, over all kinds and along one', async () => {
  const other = await createWorld();
  const userId = (await other.person('Many')).userId;
  for (let n = 0; n < 30; n++) await issue(other, { userId });
  for (const filter of [{}, { kind: 'receipt' as const }, { text: 'many' }]) {
    const ctx = other.ctx(operator);
    const first = await listAllDocuments(ctx, filter);
    const second = await listAllDocuments(ctx, { ...filter, before: first.next });
    const numbers = [...first.rows, ...second.rows].map(({ document }) => document.number);
    expect(numbers).toEqual(Array.from({ length: 30 }, (_, n) => 30 - n));
    expect(second.next).toBeUndefined();
  }
  expect((await listAllDocuments(other.ctx(operator), { before: 'nothing', kind: 'receipt' })).rows).toHaveLength(25);
  await other.close();
});

test('one document comes with its original, its credit notes and its person', async () => {
  const first = await readDocumentFile(asOperator(), { documentId: issued.first?.id ?? '' });
  expect(first.notes.map(({ id }) => nameOf(id))).toEqual(['note', 'second']);
  expect([first.user.id, first.original]).toEqual([somsri, null]);
  const second = await readDocumentFile(asOperator(), { documentId: issued.second?.id ?? '' });
  expect([nameOf(second.original?.id ?? ''), second.creditedBeforeSatang]).toEqual(['first', 200_00n]);
  await expect(readDocumentFile(asOperator(), { documentId: 'doc_x' })).rejects.toMatchObject({
    code: 'document.missing',
  });
});

test('an operator gets a copy, which is named as one', async () => {
  const file = await documentCopy(asOperator(), { documentId: issued.first?.id ?? '', language: 'th' });
  expect([file.name, file.mime]).toEqual(['TI2569-000001-copy.pdf', 'application/pdf']);
  expect(Buffer.from(file.content.slice(0, 5)).toString()).toBe('%PDF-');
});

const report = async (month: string, ctx = asOperator()) => {
  const lines: SalesTaxLine[] = [];
  for await (const line of salesTaxLines(ctx, { month })) lines.push(line);
  return lines;
};

test('the output tax report lists a month’s invoices and, below zero, its credit notes; what bears no VAT is not in it', async () => {
  const december = await report('2026-12');
  expect(december.map(({ number }) => number)).toEqual(['TI2569-000001', 'TI2569-000002']);
  const january = await report('2027-01');
  expect(january).toMatchObject([
    { number: 'TI2570-000001', baseSatang: 1_400_93n, vatSatang: 98_07n, totalSatang: 1_499_00n, original: null },
    {
      number: 'CN2570-000001',
      baseSatang: -186_92n,
      vatSatang: -13_08n,
      totalSatang: -200_00n,
      original: 'TI2569-000001',
    },
    { number: 'CN2570-000003', totalSatang: -299_00n, buyer: { name: 'Somsri ใจดี' } },
  ]);
  expect(await report('2026-11')).toEqual([]);
  expect(await report('2031-05')).toEqual([]);
});

test('its sums are those of its lines', async () => {
  for (const month of ['2026-11', '2026-12', '2027-01', '2027-02']) {
    const lines = await report(month);
    const sum = (of: (line: SalesTaxLine) => bigint) => lines.reduce((total, line) => total + of(line), 0n);
    expect(await readSalesTax(asOperator(), { month }), month).toEqual({
      invoices: lines.filter(({ kind }) => kind === 'tax_invoice').length,
      notes: lines.filter(({ kind }) => kind === 'credit_note').length,
      baseSatang: sum((line) => line.baseSatang),
      vatSatang: sum((line) => line.vatSatang),
      totalSatang: sum((line) => line.totalSatang),
    });
  }
  // Invoiced and given back: nothing is owed of the first invoice any more.
  const [before, after] = [
    await readSalesTax(asOperator(), { month: '2026-12' }),
    await readSalesTax(asOperator(), { month: '2027-01' }),
  ];
  expect(before.vatSatang + after.vatSatang).toBe(98_07n * 2n);
});

test('a month that does not exist is refused: date.invalid', async () => {
  for (const month of ['2026-13', '2026', 'x', '2026-00'])
    await expect(readSalesTax(asOperator(), { month })).rejects.toMatchObject({ code: 'date.invalid' });
});

test('a month of more lines than one round trip brings is whole and in order', async () => {
  const other = await createWorld();
  const userId = (await other.person()).userId;
  await setIssuer(other, { vatPercent: 7 });
  const first = await issue(other, { userId });
  const { db } = other.ctx(job);
  await db.execute(sql`
    insert into tax_document select 'doc_x' || n, kind, series, number + n, user_id, transfer_key || n, contract_id, term, issuer, buyer, lines,
      total_satang, vat_percent, base_satang, vat_satang, refers_to, reason, issued_at + n * interval '1 minute'
    from tax_document, generate_series(1, 2500) n where id = ${first.id}`);
  await db.execute(sql`update document_series set last = 2501`);
  const lines = await report('2026-11', other.ctx(operator));
  expect(lines.map(({ number }) => number)).toEqual(
    Array.from({ length: 2501 }, (_, n) => numberOf({ series: 'TI2569', number: n + 1 })),
  );
  expect((await readSalesTax(other.ctx(operator), { month: '2026-11' })).invoices).toBe(2501);
  await other.close();
});
