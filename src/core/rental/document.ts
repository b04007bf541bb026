import { and, eq, inArray, lt, sql } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { idsOf } from '../money/ledger.ts';
import { type DocumentKind, taxDocument } from './documentTables.ts';

export type TaxDocument = typeof taxDocument.$inferSelect;

/** How series begin; the Buddhist year follows, and with each year the numbers start again at 1. */
export const seriesOf: Record<DocumentKind, string> = { receipt: 'RC', tax_invoice: 'TI', credit_note: 'CN' };

/** `TI2569-000001`, as people quote it. */
export const numberOf = ({ series, number }: Pick<TaxDocument, 'series' | 'number'>) =>
  `${series}-${String(number).padStart(6, '0')}`;

/** A full tax invoice names its buyer's address (Revenue Code, section 86/4); without one it is an abbreviated one (86/6). */
export const isAbbreviated = ({ kind, buyer }: Pick<TaxDocument, 'kind' | 'buyer'>) =>
  kind === 'tax_invoice' && buyer.address === '';

/** What credit notes have taken back of a document; before one of them, when it is named. */
export async function creditedSatang(ctx: Context, originalId: string, before?: TaxDocument): Promise<bigint> {
  const earlier = before && sql`(${taxDocument.series}, ${taxDocument.number}) < (${before.series}, ${before.number})`;
  const [row] = await ctx.db
    .select({ sum: sql<string>`coalesce(sum(${taxDocument.totalSatang}), 0)` })
    .from(taxDocument)
    .where(and(eq(taxDocument.refersTo, originalId), earlier));
  return BigInt(row?.sum ?? '0');
}

/** A document and, for a credit note, what it takes back. */
export interface DocumentStory {
  document: TaxDocument;
  original: TaxDocument | null;
  /** What earlier credit notes had taken back of the same original. */
  creditedBeforeSatang: bigint;
}

/** Puts a document together with its original, for service functions that have said who may. */
export async function storyOf(ctx: Context, document: TaxDocument): Promise<DocumentStory> {
  if (document.refersTo === null) return { document, original: null, creditedBeforeSatang: 0n };
  const [original] = await ctx.db.select().from(taxDocument).where(eq(taxDocument.id, document.refersTo));
  if (!original) throw new Error('a credit note lost its original');
  return { document, original, creditedBeforeSatang: await creditedSatang(ctx, original.id, document) };
}

/** One document of a person. Refuses `document.missing`, also for one that is somebody else's. */
export async function readDocument(
  ctx: Context,
  input: { userId: UserId; documentId: string },
): Promise<DocumentStory> {
  requireSelf(ctx, input.userId);
  const ids = await idsOf(ctx, input.userId);
  const [row] = await ctx.db
    .select()
    .from(taxDocument)
    .where(and(eq(taxDocument.id, input.documentId), inArray(taxDocument.userId, ids)));
  return storyOf(ctx, row ?? fail('document.missing'));
}

/** A person's documents, newest first, and the id after which the next page begins. */
export async function listDocuments(
  ctx: Context,
  input: { userId: UserId; before?: string | undefined; limit: number },
): Promise<{ items: TaxDocument[]; next: string | undefined }> {
  requireSelf(ctx, input.userId);
  const ids = await idsOf(ctx, input.userId);
  const rows = await ctx.db
    .select()
    .from(taxDocument)
    .where(and(inArray(taxDocument.userId, ids), input.before ? lt(taxDocument.id, input.before) : undefined))
    .orderBy(sql`${taxDocument.id} desc`)
    .limit(input.limit + 1);
  const items = rows.slice(0, input.limit);
  return { items, next: rows.length > input.limit ? items.at(-1)?.id : undefined };
}
