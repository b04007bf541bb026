import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { UserId } from '../../src/core/id.ts';
import { setBuyer } from '../../src/core/rental/buyer.ts';
import { numberOf, type TaxDocument } from '../../src/core/rental/document.ts';
import { credit, issue, setIssuer } from '../support/documents.ts';
import { colleague, firstOwner, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';
import { readPdf } from '../support/pdf.ts';

const EVIL = `=<img src=x onerror=alert(1)>"'><script>x</script>`;

let served: ServedPanel;
let owner: TestOperator;
let browser: ReturnType<typeof visitor>;
let userId: UserId;
let invoice: TaxDocument;
let note: TaxDocument;

beforeAll(async () => {
  served = await servePanel();
  const { world } = served;
  owner = await firstOwner(world);
  userId = (await world.person(EVIL)).userId;
  await issue(world, { userId });
  await setIssuer(world, { vatPercent: 7 });
  invoice = await issue(world, { userId, contractId: null, term: 2 });
  world.clock.pass(1000);
  note = await credit(world, invoice, 200_00n, { reason: EVIL });
  world.clock.pass(1000);
  const buyer = { name: 'Somsri <b>', address: '1 Silom Road', taxId: '0105561000003', branch: '00000' };
  await setBuyer(world.ctx({ kind: 'user', userId }), { userId, ...buyer });
  await issue(world, { userId });
});
afterAll(() => served.close());
beforeEach(() => {
  browser = visitor(served.origin, owner.token);
});

/** A file as a browser would keep it. */
async function download(path: string) {
  const response = await fetch(served.origin + path, {
    headers: { cookie: `panel=${owner.token}; panel_language=en` },
  });
  return { headers: response.headers, content: new Uint8Array(await response.arrayBuffer()) };
}

test('documents are listed, filtered by kind, number, person and days, and what people wrote stays text', async () => {
  const list = async (search: string) => {
    const { status, text } = await browser.get(`/admin/documents${search}`);
    expect([status, /<img src=x|<script>x|<b>/.test(text)], search).toEqual([200, false]);
    return text.match(/<code>(RC|TI|CN)2569-\d{6}/g)?.map((found) => found.slice(6)) ?? [];
  };
  expect(await list('')).toEqual(['TI2569-000002', 'CN2569-000001', 'TI2569-000001', 'RC2569-000001']);
  expect(await list('?kind=credit_note')).toEqual(['CN2569-000001']);
  expect(await list('?text=ti2569-1')).toEqual(['TI2569-000001']);
  expect(await list(`?text=${userId}&kind=receipt`)).toEqual(['RC2569-000001']);
  expect(await list(`?text=${encodeURIComponent(EVIL)}`)).toHaveLength(4);
  expect(await list('?text=nobody')).toEqual([]);
  expect(await list('?to=2026-11-20')).toEqual([]);
  expect(await list(`?before=${note.id}`)).toEqual(['TI2569-000001', 'RC2569-000001']);
  for (const odd of ['?kind=x&from=x&before=%00', '?text=%00%25', '?before=doc_x&kind=receipt']) await list(odd);
});

test('one document shows what was issued, what belongs to it, and what is left', async () => {
  const { text } = await browser.get(`/admin/documents/${invoice.id}`);
  for (const words of [
    'Abbreviated tax invoice',
    '฿466.36',
    '฿32.64',
    'CN2569-000001',
    '฿299.00',
    'Left after credit notes',
  ])
    expect(text).toContain(words);
  expect(text).not.toMatch(/<img src=x|<script>x/);
  const credited = (await browser.get(`/admin/documents/${note.id}`)).text;
  for (const words of ['Credit note', 'Refers to', numberOf(invoice), '&lt;img src=x'])
    expect(credited).toContain(words);
  for (const path of ['doc_x', '%00', 'doc_x/pdf'])
    expect((await browser.get(`/admin/documents/${path}`)).status).toBe(404);
});

test('the PDF of the panel is the copy', async () => {
  const { headers, content } = await download(`/admin/documents/${invoice.id}/pdf`);
  expect(headers.get('content-type')).toBe('application/pdf');
  expect(headers.get('content-disposition')).toBe('attachment; filename="TI2569-000001-copy.pdf"');
  const { text } = await readPdf(content);
  for (const words of ['สำเนา', 'TI2569-000001', '499.00']) expect(text).toContain(words);
});

test('the output tax report sums up a month, and its file can be opened without harm', async () => {
  const page = (await browser.get('/admin/documents/sales-tax?month=2026-11')).text;
  for (const words of ['November 2026', '฿745.80', '฿52.20', '฿798.00']) expect(page).toContain(words); // 499 + 499 − 200
  expect((await browser.get('/admin/documents/sales-tax')).text).toContain('value="2026-11"');
  const { headers, content } = await download('/admin/documents/sales-tax/csv?month=2026-11');
  expect(headers.get('content-disposition')).toBe('attachment; filename="sales-tax-2026-11.csv"');
  const text = Buffer.from(content).toString();
  expect(text.startsWith('\uFEFFNo.,Issued,Number,Kind,Refers to,Buyer,Tax ID,Branch,Value,Output tax,Total\r\n')).toBe(
    true,
  );
  const evil = `"'${EVIL.replaceAll('"', '""')}"`; // an apostrophe keeps a spreadsheet from running it
  expect(text.split('\r\n').slice(1)).toEqual([
    `1,2026-11-21,TI2569-000001,Tax invoice,,${evil},,,466.36,32.64,499.00`,
    `2,2026-11-21,CN2569-000001,Credit note,TI2569-000001,${evil},,,-186.92,-13.08,-200.00`,
    '3,2026-11-21,TI2569-000002,Tax invoice,,Somsri <b>,0-1055-61000-00-3,Head office,466.36,32.64,499.00',
    ',,,,,Total,,,745.80,52.20,798.00',
    '',
  ]);
  const wrong = await browser.get('/admin/documents/sales-tax?month=2026-13');
  expect([wrong.status, /not a day I know/.test(wrong.text)]).toEqual([422, true]);
  expect((await browser.get('/admin/documents/sales-tax/csv?month=x')).status).toBe(422);
});

test('whoever may see payments sees documents', async () => {
  for (const role of ['support', 'auditor'] as const) {
    const { token } = await colleague(served.world, owner, role);
    expect((await visitor(served.origin, token).get('/admin')).text).toContain('href="/admin/documents"');
    expect((await visitor(served.origin, token).get('/admin/documents')).status).toBe(200);
  }
});
