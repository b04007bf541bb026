import { and, eq, inArray, lt, sql } from 'drizzle-orm';
import { requireSelf } from '../access.ts';
import { splitVat, splitVatBack } from '../amount.ts';
import { writeAudit } from '../audit.ts';
import { bangkokDay, bangkokDayStart, later } from '../clock.ts';
import { type Context, type TxContext, together } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { idsOf } from '../money/ledger.ts';
import { receiptIssuer } from '../money/settings.ts';
import { readUser } from '../people/user.ts';
import { readSetting } from '../setting.ts';
import { detailsOf, HEAD_OFFICE } from './buyer.ts';
import { type DocumentKind, type DocumentLine, documentSeries, taxDocument } from './documentTables.ts';

export type TaxDocument = typeof taxDocument.$inferSelect;

export interface DocumentInput {
  kind: 'receipt' | 'credit_note';
  userId: UserId;
  /** The ledger transfer it is about. */
  transferKey: string;
  contractId: string | null;
  term: number | null;
  /** What was paid for, or what is given back; a discount is a line below zero. They add up to the total. */
  lines: readonly { th: string; en: string; amountSatang: bigint }[];
  /** VAT included, and more than nothing. */
  totalSatang: bigint;
  /** The transfer whose document a credit note takes back, in whole or in part. */
  refersToTransferKey?: string;
  /** Why money goes back: the law wants it on a credit note. */
  reason?: string;
}

/** How series begin; the Buddhist year follows, and with each year the numbers start again at 1. */
export const seriesOf: Record<DocumentKind, string> = { receipt: 'RC', tax_invoice: 'TI', credit_note: 'CN' };

/** `TI2569-000001`, as people quote it. */
export const numberOf = ({ series, number }: Pick<TaxDocument, 'series' | 'number'>) =>
  `${series}-${String(number).padStart(6, '0')}`;

/** A full tax invoice names its buyer's address (Revenue Code, section 86/4); without one it is an abbreviated one (86/6). */
export const isAbbreviated = ({ kind, buyer }: Pick<TaxDocument, 'kind' | 'buyer'>) =>
  kind === 'tax_invoice' && buyer.address === '';

/**
 * Issues the document of a transfer in the transaction that makes the transfer: a tax invoice while the issuer charges
 * VAT, otherwise a receipt, or a credit note. Issuing it again with the same input answers with the same document.
 *
 * Call it last. A number may be given once and none may be skipped, so the series' row stays locked until the
 * transaction ends, and everybody else who needs a number of that series waits. Who issues two documents at once takes
 * the credit note first, so that no two transactions wait for each other.
 *
 * A credit note carries issuer, buyer and VAT of what it takes back, whatever they are by now.
 * Refuses `document.key_reused`, `document.missing` (nothing to take back) and `document.exceeds_original`.
 */
export async function issueDocument(ctx: TxContext, input: DocumentInput): Promise<TaxDocument> {
  const sum = input.lines.reduce((total, line) => total + line.amountSatang, 0n);
  if (sum !== input.totalSatang || sum <= 0n) throw new Error('the lines of a document do not add up to its total');
  const byKey = eq(taxDocument.transferKey, input.transferKey);
  const [, [known]] = await together([
    ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`document:${input.transferKey}`}, 0))`),
    ctx.db.select().from(taxDocument).where(byKey),
  ]);
  const original = input.kind === 'credit_note' ? await lockOriginal(ctx, input) : null;
  if (known)
    return isRepeat(known, input, original) ? known : fail('document.key_reused', { reference: numberOf(known) });
  const content = original ? await takeBack(ctx, original, input.totalSatang) : await receive(ctx, input);
  const place = await takeNumber(ctx, content.kind);
  const [issued] = await ctx.db
    .insert(taxDocument)
    .values({
      ...content,
      ...place,
      id: ctx.newId('doc'),
      userId: input.userId,
      transferKey: input.transferKey,
      contractId: input.contractId,
      term: input.term,
      lines: linesOf(input),
      totalSatang: input.totalSatang,
      refersTo: original?.id ?? null,
      reason: input.reason ?? null,
    })
    .returning();
  if (!issued) throw new Error('an inserted document came back empty');
  await writeAudit(ctx, 'document.issued', issued.id, {
    number: numberOf(issued),
    totalSatang: String(issued.totalSatang),
  });
  return issued;
}

const linesOf = ({ lines }: DocumentInput): DocumentLine[] =>
  lines.map(({ th, en, amountSatang }) => ({ th, en, amountSatang: String(amountSatang) }));

function isRepeat(known: TaxDocument, input: DocumentInput, original: TaxDocument | null): boolean {
  const told = (document: Pick<TaxDocument, 'userId' | 'contractId' | 'term' | 'lines' | 'refersTo' | 'reason'>) =>
    JSON.stringify([
      document.userId,
      document.contractId,
      document.term,
      document.lines.map((line) => [line.th, line.en, line.amountSatang]), // jsonb keeps no order of names
      document.refersTo,
      document.reason,
    ]);
  const asked = { ...input, lines: linesOf(input), refersTo: original?.id ?? null, reason: input.reason ?? null };
  return (known.kind === 'credit_note') === (input.kind === 'credit_note') && told(known) === told(asked);
}

type Content = Pick<TaxDocument, 'kind' | 'issuer' | 'buyer' | 'vatPercent' | 'baseSatang' | 'vatSatang'>;

async function receive(ctx: TxContext, { userId, totalSatang }: DocumentInput): Promise<Content> {
  const [setting, details, person] = await together([
    readSetting(ctx, receiptIssuer),
    detailsOf(ctx, await idsOf(ctx, userId)),
    readUser(ctx, userId),
  ]);
  const { name, address, taxId, branch, vatPercent } = setting;
  const isTaxed = vatPercent !== null;
  return {
    kind: isTaxed ? 'tax_invoice' : 'receipt',
    issuer: { name, address, taxId, branch: isTaxed ? branch || HEAD_OFFICE : '' },
    buyer: details ?? { name: person.displayName, address: '', taxId: '', branch: '' },
    vatPercent,
    ...(isTaxed ? splitVat(totalSatang, vatPercent) : { baseSatang: totalSatang, vatSatang: 0n }),
  };
}

/** What is taken back, locked: two credit notes at once must not take the same money. */
async function lockOriginal(ctx: TxContext, input: DocumentInput): Promise<TaxDocument> {
  if (!input.reason?.trim()) throw new Error('a credit note says why');
  const [original] = await ctx.db
    .select()
    .from(taxDocument)
    .where(eq(taxDocument.transferKey, input.refersToTransferKey ?? ''))
    .for('no key update');
  // A contract that came over from a joined account brings its documents along, also in the moment of joining.
  const isOfContract = input.contractId !== null && original?.contractId === input.contractId;
  const isTheirs = original && (isOfContract || (await idsOf(ctx, input.userId)).includes(original.userId));
  return isTheirs && original.kind !== 'credit_note' ? original : fail('document.missing');
}

async function takeBack(ctx: TxContext, original: TaxDocument, totalSatang: bigint): Promise<Content> {
  const { issuer, buyer, vatPercent } = original;
  const leftSatang = original.totalSatang - (await creditedSatang(ctx, original.id));
  if (totalSatang > leftSatang) fail('document.exceeds_original', { amountSatang: leftSatang });
  const split =
    vatPercent === null
      ? { baseSatang: totalSatang, vatSatang: 0n }
      : splitVatBack(leftSatang, totalSatang, vatPercent);
  return { kind: 'credit_note', issuer, buyer, vatPercent, ...split };
}

/** What credit notes have taken back of a document; before one of them, when it is named. */
export async function creditedSatang(ctx: Context, originalId: string, before?: TaxDocument): Promise<bigint> {
  const earlier = before && sql`(${taxDocument.series}, ${taxDocument.number}) < (${before.series}, ${before.number})`;
  const [row] = await ctx.db
    .select({ sum: sql<string>`coalesce(sum(${taxDocument.totalSatang}), 0)` })
    .from(taxDocument)
    .where(and(eq(taxDocument.refersTo, originalId), earlier));
  return BigInt(row?.sum ?? '0');
}

/**
 * The next number of the series, locked until the transaction ends. The moment of issue is taken behind the lock and is
 * never before that of the number before it, nor outside the year of the series: numbers and dates rise together, also
 * when a transaction has waited over New Year or the clocks of two instances differ.
 */
async function takeNumber(
  ctx: TxContext,
  kind: DocumentKind,
): Promise<Pick<TaxDocument, 'series' | 'number' | 'issuedAt'>> {
  const year = Number(bangkokDay(ctx.clock.now()).slice(0, 4));
  const series = `${seriesOf[kind]}${year + 543}`;
  const nextYear = bangkokDayStart(`${year + 1}-01-01`);
  if (!nextYear) throw new Error('a year without a next one');
  const moment = () => Math.min(ctx.clock.now().getTime(), later(nextYear, -1).getTime());
  const lastAt = new Date(moment());
  // The date stands in the locked row: of several documents issued at once, none has to see the one before it.
  const [row] = await ctx.db
    .insert(documentSeries)
    .values({ series, last: 1, lastAt })
    .onConflictDoUpdate({
      target: documentSeries.series,
      set: { last: sql`${documentSeries.last} + 1`, lastAt: sql`greatest(${documentSeries.lastAt}, excluded.last_at)` },
    })
    .returning();
  if (!row) throw new Error('a series gave no number');
  const issuedAt = new Date(Math.max(moment(), row.lastAt.getTime()));
  if (issuedAt > row.lastAt)
    await ctx.db.update(documentSeries).set({ lastAt: issuedAt }).where(eq(documentSeries.series, series));
  return { series, number: row.last, issuedAt };
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
