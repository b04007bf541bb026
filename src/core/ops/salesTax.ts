import { and, asc, eq, gt, gte, lt, type SQLWrapper, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { requirePermission } from '../access.ts';
import { bangkokDayStart } from '../clock.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import { numberOf, seriesOf, type TaxDocument } from '../rental/document.ts';
import { documentSeries, taxDocument } from '../rental/documentTables.ts';

/** One document as the report of output tax (รายงานภาษีขาย) lists it. What a credit note takes back is below zero. */
export interface SalesTaxLine {
  number: string;
  kind: TaxDocument['kind'];
  issuedAt: Date;
  buyer: TaxDocument['buyer'];
  baseSatang: bigint;
  vatSatang: bigint;
  totalSatang: bigint;
  /** The number of what a credit note takes back. */
  original: string | null;
}

export interface SalesTax {
  invoices: number;
  notes: number;
  baseSatang: bigint;
  vatSatang: bigint;
  totalSatang: bigint;
}

/** Numbers of one series, from the first up to the one after the last. */
interface Range {
  series: string;
  from: number;
  until: number;
}

/** What a month owes of VAT, credit notes deducted. `month` is `2026-11`, of the Bangkok calendar. */
export async function readSalesTax(ctx: Context, input: { month: string }): Promise<SalesTax> {
  requirePermission(ctx, 'payments.read');
  const [invoices, notes] = await rangesOf(ctx, input.month);
  const [charged, back] = [await sumsOf(ctx, invoices), await sumsOf(ctx, notes)];
  return {
    invoices: charged.count,
    notes: back.count,
    baseSatang: charged.baseSatang - back.baseSatang,
    vatSatang: charged.vatSatang - back.vatSatang,
    totalSatang: charged.totalSatang - back.totalSatang,
  };
}

/** Every document of a month on which VAT was charged, in the order in which they were issued. */
export async function* salesTaxLines(ctx: Context, input: { month: string }): AsyncGenerator<SalesTaxLine> {
  requirePermission(ctx, 'payments.read');
  const [invoices, notes] = await rangesOf(ctx, input.month);
  const [one, other] = [linesOf(ctx, invoices), linesOf(ctx, notes)];
  let [a, b] = [await one.next(), await other.next()];
  while (!a.done || !b.done) {
    if (!a.done && (b.done || a.value.issuedAt <= b.value.issuedAt)) {
      yield a.value;
      a = await one.next();
    } else if (!b.done) {
      yield b.value;
      b = await other.next();
    }
  }
}

async function rangesOf(ctx: Context, month: string): Promise<[Range, Range]> {
  const [year, number] = month.split('-').map(Number) as [number, number | undefined]; // split answers with one at least
  const start = bangkokDayStart(`${month}-01`);
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String((number ?? 0) + 1).padStart(2, '0')}`;
  const end = bangkokDayStart(`${next}-01`);
  if (!start || !end) fail('date.invalid', { text: month });
  const range = async (letters: string): Promise<Range> => {
    const series = `${letters}${year + 543}`;
    return { series, from: await firstNumberAt(ctx, series, start), until: await firstNumberAt(ctx, series, end) };
  };
  return [await range(seriesOf.tax_invoice), await range(seriesOf.credit_note)];
}

/** The first number of a series that was given at this moment or later: numbers and moments rise together. */
async function firstNumberAt(ctx: Context, series: string, at: Date): Promise<number> {
  const [row] = await ctx.db.select().from(documentSeries).where(eq(documentSeries.series, series));
  let [low, high] = [1, (row?.last ?? 0) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [document] = await ctx.db
      .select({ number: taxDocument.number, issuedAt: taxDocument.issuedAt })
      .from(taxDocument)
      .where(and(eq(taxDocument.series, series), gte(taxDocument.number, middle)))
      .orderBy(asc(taxDocument.number))
      .limit(1);
    if (!document || document.issuedAt >= at) high = middle;
    else low = document.number + 1;
  }
  return low;
}

const within = ({ series, from, until }: Range) =>
  and(
    eq(taxDocument.series, series),
    gte(taxDocument.number, from),
    lt(taxDocument.number, until),
    sql`${taxDocument.vatPercent} is not null`,
  );

async function sumsOf(ctx: Context, range: Range) {
  const sum = (column: SQLWrapper) => sql<string>`coalesce(sum(${column}), 0)`;
  const [row] = await ctx.db
    .select({
      count: sql<string>`count(*)`,
      base: sum(taxDocument.baseSatang),
      vat: sum(taxDocument.vatSatang),
      total: sum(taxDocument.totalSatang),
    })
    .from(taxDocument)
    .where(within(range));
  return {
    count: Number(row?.count ?? 0),
    baseSatang: BigInt(row?.base ?? 0),
    vatSatang: BigInt(row?.vat ?? 0),
    totalSatang: BigInt(row?.total ?? 0),
  };
}

const AT_ONCE = 1000;

/** The documents of a range along their numbers, a thousand a round trip. */
async function* linesOf(ctx: Context, range: Range): AsyncGenerator<SalesTaxLine> {
  const original = alias(taxDocument, 'original');
  for (let after = range.from - 1; after < range.until; ) {
    const rows = await ctx.db
      .select({ document: taxDocument, original })
      .from(taxDocument)
      .leftJoin(original, eq(original.id, taxDocument.refersTo))
      .where(and(within(range), gt(taxDocument.number, after)))
      .orderBy(asc(taxDocument.number))
      .limit(AT_ONCE);
    for (const row of rows) yield toLine(row.document, row.original);
    if (rows.length < AT_ONCE) return;
    after = rows.at(-1)?.document.number ?? range.until;
  }
}

function toLine(document: TaxDocument, original: TaxDocument | null): SalesTaxLine {
  const { kind, issuedAt, buyer, baseSatang, vatSatang, totalSatang } = document;
  const sign = kind === 'credit_note' ? -1n : 1n;
  return {
    number: numberOf(document),
    kind,
    issuedAt,
    buyer,
    baseSatang: sign * baseSatang,
    vatSatang: sign * vatSatang,
    totalSatang: sign * totalSatang,
    original: original && numberOf(original),
  };
}
