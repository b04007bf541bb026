import { stringify } from 'csv-stringify/sync';
import { html } from 'hono/html';
import { bahtDecimal, formatBaht } from '../../core/amount.ts';
import { bangkokDay } from '../../core/clock.ts';
import { fail } from '../../core/error.ts';
import { readSalesTax, type SalesTaxLine, salesTaxLines } from '../../core/ops/salesTax.ts';
import { HEAD_OFFICE } from '../../core/rental/buyer.ts';
import { groupedTaxId } from '../../core/rental/documentLayout.ts';
import { formatAt } from '../../core/text/text.ts';
import { card, facts, field, submit } from '../draw.ts';
import { page } from '../layout.ts';
import { query, type Route, type Say, type SignedIn } from '../visit.ts';

/** The month asked for, or the running one. */
function monthOf(visit: SignedIn): string {
  const month = query(visit, 'month');
  if (month === '') return bangkokDay(visit.ctx.clock.now()).slice(0, 7);
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : fail('date.invalid', { text: month.slice(0, 40) });
}

async function salesTaxPage(visit: SignedIn) {
  const { say } = visit;
  const month = monthOf(visit);
  const sums = await readSalesTax(visit.ctx, { month });
  return page(
    visit,
    say('sales_tax'),
    html`<p class="text-secondary">${say('sales_tax_intro')}</p>
<form class="filter" method="get" action="/admin/documents/sales-tax">
${field({ name: 'month', type: 'month', label: say('sales_tax_month'), value: month })}${submit(say('show'), '')}</form>
${card(
  formatAt(visit.language, new Date(`${month}-15`), 'month'),
  facts([
    [say('sales_tax_invoices'), String(sums.invoices)],
    [say('sales_tax_notes'), String(sums.notes)],
    [say('sales_tax_base'), formatBaht(sums.baseSatang)],
    [say('sales_tax_vat'), formatBaht(sums.vatSatang)],
    [say('sales_tax_total'), formatBaht(sums.totalSatang)],
  ]),
)}
<p><a class="btn btn-primary" href="/admin/documents/sales-tax/csv?month=${month}" download>${say('sales_tax_csv')}</a></p>`,
  );
}

/** A branch in words, so that a spreadsheet does not make the number 0 of the head office. */
export const branchOf = (say: Say, branch: string) =>
  branch === HEAD_OFFICE ? say('document_branch_head') : branch && say('document_branch_of', { branch });

/** A name that a spreadsheet would run as a formula is text. Amounts keep their minus, so the library's own guard is off. */
const defused = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const columns = [
  'sales_tax_row',
  'document_date',
  'document_number',
  'document_kind',
  'document_refers_to',
  'sales_tax_buyer',
  'document_tax_id',
  'document_branch',
  'sales_tax_base',
  'sales_tax_vat',
  'sales_tax_total',
] as const;

const row = (say: Say, line: SalesTaxLine, place: number) => [
  String(place),
  bangkokDay(line.issuedAt),
  line.number,
  say(`document_${line.kind}`),
  line.original ?? '',
  defused(line.buyer.name),
  groupedTaxId(line.buyer.taxId), // with its strokes it stays text: thirteen bare digits lose the last ones
  branchOf(say, line.buyer.branch),
  bahtDecimal(line.baseSatang),
  bahtDecimal(line.vatSatang),
  bahtDecimal(line.totalSatang),
];

const FLUSH = 500;

/** The report as text, some hundred lines at a time, with the sums under it: they are those of the lines above. */
async function* csv(say: Say, lines: AsyncIterable<SalesTaxLine>): AsyncGenerator<string> {
  const write = (rows: string[][]) => stringify(rows, { record_delimiter: '\r\n' });
  yield `\uFEFF${write([columns.map((column) => say(column))])}`; // the mark lets Excel read Thai
  const sums = { base: 0n, vat: 0n, total: 0n };
  let [rows, place]: [string[][], number] = [[], 0];
  for await (const line of lines) {
    place += 1;
    rows.push(row(say, line, place));
    sums.base += line.baseSatang;
    sums.vat += line.vatSatang;
    sums.total += line.totalSatang;
    if (rows.length < FLUSH) continue;
    yield write(rows);
    rows = [];
  }
  const last = ['', '', '', '', '', say('sales_tax_sum'), '', ''];
  yield write([...rows, [...last, bahtDecimal(sums.base), bahtDecimal(sums.vat), bahtDecimal(sums.total)]]);
}

function salesTaxCsv(visit: SignedIn): Response {
  const month = monthOf(visit);
  const text = csv(visit.say, salesTaxLines(visit.ctx, { month }));
  return visit.c.body(ReadableStream.from(text).pipeThrough(new TextEncoderStream()), 200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="sales-tax-${month}.csv"`,
  });
}

export const salesTaxRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/documents/sales-tax', who: 'payments.read', run: salesTaxPage },
  { method: 'get', path: '/admin/documents/sales-tax/csv', who: 'payments.read', run: salesTaxCsv },
];
