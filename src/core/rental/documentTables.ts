import { index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { moment, satang } from '../columns.ts';
import type { UserId } from '../id.ts';
import { user } from '../people/tables.ts';
import { contract } from './tables.ts';

export type DocumentKind = 'receipt' | 'tax_invoice' | 'credit_note';

export interface DocumentParty {
  name: string;
  address: string;
  /** 13 digits, or empty. */
  taxId: string;
  /** `00000` is the head office; empty where nothing was said. */
  branch: string;
}

export interface DocumentLine {
  th: string;
  en: string;
  amountSatang: string;
}

/** The last number given in a series. Its row is the lock that keeps numbers without gaps. */
export const documentSeries = pgTable('document_series', {
  series: text().primaryKey(),
  last: integer().notNull(),
  /** When that number was given: none is dated before the one before it. */
  lastAt: moment().notNull(),
});

/** A receipt, tax invoice or credit note as it was issued, for ever. */
export const taxDocument = pgTable(
  'tax_document',
  {
    id: text().primaryKey(),
    kind: text().$type<DocumentKind>().notNull(),
    series: text().notNull(),
    number: integer().notNull(),
    userId: text()
      .$type<UserId>()
      .notNull()
      .references(() => user.id),
    /** The ledger transfer it is about: one document for each. */
    transferKey: text().notNull(),
    contractId: text().references(() => contract.id),
    term: integer(),
    issuer: jsonb().$type<DocumentParty>().notNull(),
    buyer: jsonb().$type<DocumentParty>().notNull(),
    lines: jsonb().$type<DocumentLine[]>().notNull(),
    totalSatang: satang().notNull(),
    /** Null where no VAT is charged. */
    vatPercent: integer(),
    baseSatang: satang().notNull(),
    vatSatang: satang().notNull(),
    /** What a credit note takes back. */
    refersTo: text(),
    reason: text(),
    issuedAt: moment().notNull(),
  },
  (t) => [
    uniqueIndex('tax_document_number').on(t.series, t.number),
    uniqueIndex('tax_document_transfer').on(t.transferKey),
    index('tax_document_user').on(t.userId, t.id),
    index('tax_document_refers').on(t.refersTo),
  ],
);

/** What a person wants to read on their tax invoices. */
export const buyer = pgTable('buyer', {
  userId: text()
    .$type<UserId>()
    .primaryKey()
    .references(() => user.id),
  name: text().notNull(),
  address: text().notNull(),
  taxId: text().notNull(),
  branch: text().notNull(),
  updatedAt: moment().notNull(),
});
