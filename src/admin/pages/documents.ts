import { html } from 'hono/html';
import { formatBaht } from '../../core/amount.ts';
import { type DocumentRow, documentCopy, listAllDocuments, readDocumentFile } from '../../core/ops/documents.ts';
import { isAbbreviated, numberOf, type TaxDocument } from '../../core/rental/document.ts';
import { groupedTaxId } from '../../core/rental/documentLayout.ts';
import type { DocumentKind, DocumentParty } from '../../core/rental/documentTables.ts';
import { at, badge, card, facts, field, type Html, none, older, select, submit, table } from '../draw.ts';
import { page } from '../layout.ts';
import { subjectLink } from '../subject.ts';
import { part, query, type Route, type SignedIn } from '../visit.ts';
import { range } from './payments.ts';
import { branchOf } from './salesTax.ts';

const colours: Record<DocumentKind, string> = { receipt: 'blue', tax_invoice: 'green', credit_note: 'purple' };

const kinds = Object.keys(colours) as DocumentKind[]; // the keys of the record above

const kindOf = ({ say }: SignedIn, document: TaxDocument): Html =>
  badge(say(isAbbreviated(document) ? 'document_abbreviated' : `document_${document.kind}`), colours[document.kind]);

/** What a credit note gives back is below zero among the others. */
const signed = (document: TaxDocument, amountSatang: bigint) =>
  formatBaht(document.kind === 'credit_note' ? -amountSatang : amountSatang);

const link = (document: TaxDocument): Html =>
  html`<a href="/admin/documents/${document.id}"><code>${numberOf(document)}</code></a>`;

function filterForm(visit: SignedIn): Html {
  const { say } = visit;
  const choices = [
    { value: '', label: say('any') },
    ...kinds.map((kind) => ({ value: kind, label: say(`document_${kind}`) })),
  ];
  const day = (name: 'from' | 'to') =>
    field({ name, type: 'date', label: say(name), value: query(visit, name), optional: true });
  return html`<form class="filter" method="get" action="/admin/documents" role="search" hx-get="/admin/documents" hx-trigger="change, submit" hx-target="#list" hx-select="#list" hx-swap="outerHTML" hx-push-url="true">
${field({ name: 'text', type: 'search', label: say('documents_search'), value: query(visit, 'text'), optional: true })}
${select({ name: 'kind', label: say('document_kind'), value: query(visit, 'kind'), choices })}
${day('from')}${day('to')}${submit(say('show'), '')}</form>`;
}

function rowOf(visit: SignedIn, { document, user }: DocumentRow): (Html | string)[] {
  const person = html`<a href="/admin/users/${user.id}">${user.displayName}</a>`;
  const isOther = document.buyer.name !== user.displayName;
  return [
    at(visit, document.issuedAt),
    link(document),
    kindOf(visit, document),
    isOther ? html`${person}<br><small class="text-secondary">${document.buyer.name}</small>` : person,
    signed(document, document.totalSatang),
    document.vatPercent === null ? '–' : signed(document, document.vatSatang),
  ];
}

async function documentsPage(visit: SignedIn) {
  const { say } = visit;
  const wanted = query(visit, 'kind');
  const { rows, next } = await listAllDocuments(visit.ctx, {
    kind: kinds.find((kind) => kind === wanted),
    text: query(visit, 'text') || undefined,
    ...range(visit),
    before: query(visit, 'before') || undefined,
  });
  const columns = [
    say('document_date'),
    say('document_number'),
    say('document_kind'),
    say('person'),
    say('document_total'),
    say('document_vat'),
  ];
  const cells = rows.map((row) => rowOf(visit, row));
  return page(
    visit,
    say('documents'),
    html`<p><a class="btn" href="/admin/documents/sales-tax">${say('sales_tax')}</a></p>${filterForm(visit)}
<div class="card" id="list">${table(columns, cells, say('nothing_found'))}${older(visit, next)}</div>`,
  );
}

function party({ say }: SignedIn, title: string, { name, address, taxId, branch }: DocumentParty): Html {
  return card(
    title,
    facts([
      [say('name'), name],
      [say('document_address'), address || '–'],
      [say('document_tax_id'), groupedTaxId(taxId) || '–'],
      [say('document_branch'), branchOf(say, branch) || '–'],
    ]),
  );
}

async function documentPage(visit: SignedIn) {
  const { language, say } = visit;
  const found = await readDocumentFile(visit.ctx, { documentId: part(visit, 'id') });
  const { document, notes, original, user } = found;
  const { baseSatang, contractId, issuer, reason, term, totalSatang, vatPercent, vatSatang } = document;
  const leftSatang = notes.reduce((left, note) => left - note.totalSatang, totalSatang);
  const lines = document.lines.map((line) => [line[language], formatBaht(BigInt(line.amountSatang))]);
  const contract = html`${subjectLink(contractId ?? '')}${term === null ? none : html`<br>${say('document_term', { term })}`}`;
  const person = html`<a href="/admin/users/${user.id}">${user.displayName}</a><br><code>${user.id}</code>`;
  const givenBack = notes.map((note) => [
    at(visit, note.issuedAt),
    link(note),
    formatBaht(note.totalSatang),
    note.reason ?? '–',
  ]);
  return page(
    visit,
    numberOf(document),
    html`<p><a class="btn btn-primary" href="/admin/documents/${document.id}/pdf" download>${say('document_pdf')}</a></p>
${card(
  say('document_facts'),
  facts([
    [say('document_kind'), kindOf(visit, document)],
    [say('document_date'), at(visit, document.issuedAt)],
    [say('document_total'), formatBaht(totalSatang)],
    [say('document_base'), vatPercent === null ? say('document_no_vat') : formatBaht(baseSatang)],
    ...(vatPercent === null ? [] : [[`${say('document_vat')} ${vatPercent} %`, formatBaht(vatSatang)] as const]),
    [say('person'), person],
    ...(contractId === null ? [] : [[say('document_contract'), contract] as const]),
    ...(original === null ? [] : [[say('document_refers_to'), link(original)] as const]),
    ...(reason === null ? [] : [[say('document_reason'), reason] as const]),
    [say('document_transfer'), html`<code>${document.transferKey}</code>`],
    ...(notes.length === 0 ? [] : [[say('document_left'), formatBaht(leftSatang)] as const]),
  ]),
)}
${card(say('document_lines'), table([say('document_line'), say('amount')], lines, say('nothing_yet')))}
<div class="acts">${party(visit, say('document_issuer'), issuer)}${party(visit, say('document_buyer'), document.buyer)}</div>
${notes.length === 0 ? none : card(say('document_notes'), table([say('document_date'), say('document_number'), say('amount'), say('document_reason')], givenBack, ''))}`,
  );
}

async function pdf(visit: SignedIn): Promise<Response> {
  const { ctx, language } = visit;
  const { content, mime, name } = await documentCopy(ctx, { documentId: part(visit, 'id'), language });
  return visit.c.body(content, 200, { 'content-type': mime, 'content-disposition': `attachment; filename="${name}"` });
}

export const documentRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/documents', who: 'payments.read', run: documentsPage },
  { method: 'get', path: '/admin/documents/:id', who: 'payments.read', run: documentPage },
  { method: 'get', path: '/admin/documents/:id/pdf', who: 'payments.read', run: pdf },
];
