import { and, asc, desc, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';
import { requirePermission } from '../access.ts';
import { days, later } from '../clock.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import { firstIdAt, type UserId } from '../id.ts';
import { idsOf } from '../money/ledger.ts';
import type { User } from '../people/identity.ts';
import { user } from '../people/tables.ts';
import { readUser } from '../people/user.ts';
import { type DocumentStory, seriesOf, storyOf, type TaxDocument } from '../rental/document.ts';
import { type DocumentPdf, documentPdf } from '../rental/documentPdf.ts';
import { type DocumentKind, taxDocument } from '../rental/documentTables.ts';
import type { PdfContext } from '../rental/pdf.ts';
import type { Language } from '../text/text.ts';

const PAGE = 25;
/** More people of one name than this are looked for among the documents rather than the other way round. */
const MOST_PEOPLE = 200;

export interface DocumentFilter {
  kind?: DocumentKind | undefined;
  /** A number such as `TI2569-000001`, a person's id, or part of their name; one or two letters are how it begins. */
  text?: string | undefined;
  from?: Date | undefined;
  /** The moment after the last. */
  until?: Date | undefined;
  /** Goes on after this document. */
  before?: string | undefined;
}

export type DocumentRow = { document: TaxDocument; user: User };

/**
 * Everybody's documents, newest first, 25 at a time, and the id after which the next page begins. One kind is walked
 * along its series, where no document of another kind lies in between.
 */
export async function listAllDocuments(
  ctx: Context,
  filter: DocumentFilter,
): Promise<{ rows: DocumentRow[]; next: string | undefined }> {
  requirePermission(ctx, 'payments.read');
  const { kind, from, until } = filter;
  const found = await ctx.db
    .select({ document: taxDocument, user })
    .from(taxDocument)
    .innerJoin(user, eq(user.id, taxDocument.userId))
    .where(
      and(
        kind && inSeries(kind),
        from && and(gte(taxDocument.issuedAt, from), gte(taxDocument.id, firstIdAt('doc', later(from, -AROUND_MS)))),
        until && and(lt(taxDocument.issuedAt, until), lt(taxDocument.id, firstIdAt('doc', later(until, AROUND_MS)))),
        filter.before ? await beyond(ctx, filter.before, kind) : undefined,
        filter.text ? await matches(ctx, filter.text.trim()) : undefined,
      ),
    )
    .orderBy(...(kind ? [desc(taxDocument.series), desc(taxDocument.number)] : [desc(taxDocument.id)]))
    .limit(PAGE + 1);
  const rows = found.slice(0, PAGE);
  return { rows, next: found.length > PAGE ? rows.at(-1)?.document.id : undefined };
}

/** An id is born a little off the moment of issue; far enough around it the ids lead to the days through their index. */
const AROUND_MS = days(1);

function inSeries(kind: DocumentKind): SQL | undefined {
  const letters = seriesOf[kind];
  return and(gte(taxDocument.series, letters), lt(taxDocument.series, `${letters}A`)); // years are digits
}

async function beyond(ctx: Context, before: string, kind: DocumentKind | undefined): Promise<SQL | undefined> {
  if (!kind) return lt(taxDocument.id, before);
  const [row] = await ctx.db.select().from(taxDocument).where(eq(taxDocument.id, before));
  return row && sql`(${taxDocument.series}, ${taxDocument.number}) < (${row.series}, ${row.number})`;
}

async function matches(ctx: Context, text: string): Promise<SQL | undefined> {
  const [, letters, year, digits] = /^(RC|TI|CN) ?(\d{4})[-/ ]?(\d{1,9})$/i.exec(text) ?? [];
  if (letters)
    return and(eq(taxDocument.series, `${letters.toUpperCase()}${year}`), eq(taxDocument.number, Number(digits)));
  if (/^usr_/.test(text)) return inArray(taxDocument.userId, await idsOf(ctx, text as UserId)); // any text may be compared
  const part = text.replace(/[\\%_]/g, '\\$&');
  const pattern = text.length < 3 ? `${part}%` : `%${part}%`; // the index knows three letters, or how names begin
  const named = sql`lower(${user.displayName}) like lower(${pattern})`;
  const people = await ctx.db
    .select({ id: user.id })
    .from(user)
    .where(named)
    .limit(MOST_PEOPLE + 1);
  if (people.length > MOST_PEOPLE) return named;
  return people.length === 0
    ? sql`false`
    : inArray(
        taxDocument.userId,
        people.map(({ id }) => id),
      );
}

const MOST_NOTES = 200;

export interface DocumentFile extends DocumentStory {
  user: User;
  /** What credit notes have taken back of it, oldest first. */
  notes: TaxDocument[];
}

/** One document with all that belongs to it. */
export async function readDocumentFile(ctx: Context, input: { documentId: string }): Promise<DocumentFile> {
  requirePermission(ctx, 'payments.read');
  const story = await findStory(ctx, input.documentId);
  const notes = await ctx.db
    .select()
    .from(taxDocument)
    .where(eq(taxDocument.refersTo, input.documentId))
    .orderBy(asc(taxDocument.series), asc(taxDocument.number))
    .limit(MOST_NOTES);
  return { ...story, notes, user: await readUser(ctx, story.document.userId) };
}

/** Our copy of a document: the original is the buyer's. */
export async function documentCopy(
  ctx: PdfContext,
  input: { documentId: string; language: Language },
): Promise<DocumentPdf> {
  requirePermission(ctx, 'payments.read');
  return documentPdf(ctx, await findStory(ctx, input.documentId), { mark: 'copy', language: input.language });
}

async function findStory(ctx: Context, documentId: string): Promise<DocumentStory> {
  const [row] = await ctx.db.select().from(taxDocument).where(eq(taxDocument.id, documentId));
  return storyOf(ctx, row ?? fail('document.missing'));
}
