import {
  buyerAddress,
  buyerBranch,
  buyerName,
  buyerTaxId,
  HEAD_OFFICE,
  readBuyer,
  setBuyer,
} from '../../core/rental/buyer.ts';
import { isAbbreviated, listDocuments, numberOf, type TaxDocument } from '../../core/rental/document.ts';
import { ownDocumentPdf } from '../../core/rental/documentPdf.ts';
import type { DocumentKind } from '../../core/rental/documentTables.ts';
import { command } from '../command.ts';
import { field, opaque } from '../fields.ts';
import type { Button, Say, Value } from '../reply.ts';

const PAGE = 8;

const details: Button = { say: ['document.buyer_button'], does: 'document.buyer' };
const documents: Button = { say: ['document.list_button'], does: 'document.list', on: 'newest' };
const menu: Button = { say: ['document.menu_button'], does: 'menu' };

/** A person's receipts, tax invoices and credit notes; a press on one sends it. `newest`, or the id to go on after. */
export const documentList = command({
  name: 'document.list',
  audience: 'private',
  hidden: true,
  args: { after: opaque() },
  async run(ctx, { after }) {
    const before = after === 'newest' ? undefined : after;
    const { items, next } = await listDocuments(ctx, { userId: ctx.user.id, before, limit: PAGE });
    const press = (row: TaxDocument): Button[] => [
      {
        say: ['document.of', { reference: numberOf(row), amountSatang: row.totalSatang, at: row.issuedAt }],
        does: 'document.send',
        on: row.id,
      },
    ];
    return {
      title: ['document.list_title'],
      say: [items.length > 0 ? 'document.list_note' : 'document.list_none'],
      buttons: [
        ...items.map(press),
        ...(next ? [[{ say: ['document.more_button'] as const, does: 'document.list', on: next }]] : []),
        [details, menu],
      ],
      sensitive: true,
    };
  },
});

const here: Record<DocumentKind, string> = {
  receipt: 'document.here_receipt',
  tax_invoice: 'document.here_tax_invoice',
  credit_note: 'document.here_credit_note',
};

/** Sends one's own document as a PDF, in the language one speaks with us. */
export const documentSend = command({
  name: 'document.send',
  audience: 'private',
  hidden: true,
  args: { documentId: opaque() },
  async run(ctx, { documentId }) {
    const userId = ctx.user.id;
    const { document, file } = await ownDocumentPdf(ctx, { userId, documentId, language: ctx.language });
    const isShort = isAbbreviated(document);
    const wants = isShort && !(await readBuyer(ctx, { userId }))?.address;
    const said: Say = [isShort ? 'document.here_abbreviated' : here[document.kind], { reference: numberOf(document) }];
    return {
      say: wants ? [said, ['document.want_full']] : said,
      file,
      ...(wants ? { buttons: [[details]] } : {}),
      sensitive: true,
      fresh: true,
    };
  },
});

const shown = (text: string): Value => (text === '' ? ['document.nothing'] : { text });

/** Asks for what shall stand on later tax invoices, all in one form or one after the other. */
export const documentBuyer = command({
  name: 'document.buyer',
  audience: 'private',
  hidden: true,
  args: {
    name: field({ name: 'name', label: ['field.buyer_name'], hint: ['field.buyer_name_hint'] }, buyerName),
    address: field(
      { name: 'address', label: ['field.buyer_address'], hint: ['field.buyer_address_hint'] },
      buyerAddress,
    ),
    taxId: field(
      {
        name: 'tax_id',
        label: ['field.buyer_tax_id'],
        hint: ['field.buyer_tax_id_hint'],
        choices: [{ say: ['document.no_tax_id'], value: '-' }],
      },
      buyerTaxId,
    ),
    branch: field(
      {
        name: 'branch',
        label: ['field.buyer_branch'],
        hint: ['field.buyer_branch_hint'],
        choices: [
          { say: ['document.head_office'], value: '00000' },
          { say: ['document.no_branch'], value: '-' },
        ],
      },
      buyerBranch,
    ),
  },
  async run(ctx, typed) {
    const party = await setBuyer(ctx, { userId: ctx.user.id, ...typed });
    return {
      say: [party.address === '' ? 'document.buyer_short' : 'document.buyer_saved'],
      facts: [
        { label: ['document.name'], value: shown(party.name) },
        { label: ['document.address'], value: shown(party.address) },
        { label: ['document.tax_id'], value: shown(party.taxId) },
        {
          label: ['document.branch'],
          value: party.branch === HEAD_OFFICE ? ['document.head_office'] : shown(party.branch),
        },
      ],
      buttons: [[details, documents], [menu]],
      sensitive: true,
    };
  },
});
