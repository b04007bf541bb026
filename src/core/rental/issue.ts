import { eq, sql } from 'drizzle-orm';
import { splitVat, splitVatBack } from '../amount.ts';
import { writeAudits } from '../audit.ts';
import { among, insertRows } from '../bulk.ts';
import { bangkokDay, bangkokDayStart, later } from '../clock.ts';
import { type TxContext, together } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { everyIdOf } from '../money/ledger.ts';
import { receiptIssuer } from '../money/settings.ts';
import { readUsers } from '../people/user.ts';
import { readSetting } from '../setting.ts';
import { buyersOf, HEAD_OFFICE } from './buyer.ts';
import { creditedSatang, numberOf, seriesOf, type TaxDocument } from './document.ts';
import { type DocumentKind, type DocumentLine, documentSeries, taxDocument } from './documentTables.ts';

/** What is printed about a payment or about money given back. */
export interface DocumentInput {
  kind: 'receipt' | 'credit_note';
  userId: UserId;
  /** The ledger transfer it is about: one document for each. */
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

/** An input, and the document that it takes back. */
interface Asked {
  input: DocumentInput;
  original: TaxDocument | null;
}

/**
 * Issues the documents of transfers in the transaction that makes the transfers: a tax invoice while the issuer charges
 * VAT, otherwise a receipt, or a credit note. A handful of statements for one as for hundreds. Issuing one again with the
 * same input answers with the same document. Answers in the order of what was asked.
 *
 * Call it last. A number may be given once and none may be skipped, so the series' row stays locked until the
 * transaction ends, and everybody else who needs a number of that series waits. Credit notes get theirs first, so that no
 * two transactions wait for each other.
 *
 * A credit note carries issuer, buyer and VAT of what it takes back, whatever they are by now.
 * Refuses `document.key_reused`, `document.missing` (nothing to take back) and `document.exceeds_original`.
 */
export async function issueDocuments(ctx: TxContext, inputs: readonly DocumentInput[]): Promise<TaxDocument[]> {
  if (inputs.length === 0) return [];
  inputs.forEach(requireSum);
  const known = await lockKeys(ctx, inputs);
  const originals = await lockOriginals(ctx, inputs);
  const asked = inputs.map((input): Asked => ({ input, original: originals.get(input) ?? null }));
  for (const { input, original } of asked) {
    const before = known.get(input.transferKey);
    if (before && !isRepeat(before, input, original)) fail('document.key_reused', { reference: numberOf(before) });
  }
  const wanted = asked.filter(({ input }) => !known.has(input.transferKey));
  const notes = await write(ctx, await takeBack(ctx, wanted));
  const receipts = await write(ctx, await receive(ctx, wanted));
  for (const document of [...notes, ...receipts]) known.set(document.transferKey, document);
  return inputs.flatMap(({ transferKey }) => known.get(transferKey) ?? []);
}

function requireSum({ lines, totalSatang }: DocumentInput): void {
  const sum = lines.reduce((total, line) => total + line.amountSatang, 0n);
  if (sum !== totalSatang || sum <= 0n) throw new Error('the lines of a document do not add up to its total');
}

/** What has been issued for these transfers; nobody else issues anything for them until the transaction ends. */
async function lockKeys(ctx: TxContext, inputs: readonly DocumentInput[]): Promise<Map<string, TaxDocument>> {
  const keys = inputs.map(({ transferKey }) => transferKey);
  const [, rows] = await together([
    ctx.db.execute(sql`
      select pg_advisory_xact_lock(lock) from (
        select hashtextextended('document:' || key, 0) as lock
        from jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb) key order by lock) locks`),
    ctx.db.select().from(taxDocument).where(among(taxDocument.transferKey, keys)),
  ]);
  return new Map(rows.map((row) => [row.transferKey, row]));
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

/** What credit notes take back, locked: two at once must not take the same money. */
async function lockOriginals(
  ctx: TxContext,
  inputs: readonly DocumentInput[],
): Promise<Map<DocumentInput, TaxDocument>> {
  const notes = inputs.filter(({ kind }) => kind === 'credit_note');
  if (notes.length === 0) return new Map();
  if (notes.some(({ reason }) => !reason?.trim())) throw new Error('a credit note says why');
  const keys = notes.map(({ refersToTransferKey = '' }) => refersToTransferKey);
  const [rows, everyId] = await together([
    ctx.db
      .select()
      .from(taxDocument)
      .where(among(taxDocument.transferKey, keys))
      .orderBy(taxDocument.id)
      .for('no key update'),
    everyIdOf(
      ctx,
      notes.map(({ userId }) => userId),
    ),
  ]);
  const byKey = new Map(rows.map((row) => [row.transferKey, row]));
  return new Map(
    notes.map((input) => {
      const original = byKey.get(input.refersToTransferKey ?? '');
      // A contract that came over from a joined account brings its documents along, also in the moment of joining.
      const isOfContract = input.contractId !== null && original?.contractId === input.contractId;
      const isTheirs = original && (isOfContract || everyId.get(input.userId)?.includes(original.userId));
      return [input, isTheirs && original.kind !== 'credit_note' ? original : fail('document.missing')];
    }),
  );
}

/** A document but for its number. */
interface Draft extends Asked {
  content: Pick<TaxDocument, 'kind' | 'issuer' | 'buyer' | 'vatPercent' | 'baseSatang' | 'vatSatang'>;
}

async function receive(ctx: TxContext, wanted: readonly Asked[]): Promise<Draft[]> {
  const asked = wanted.filter(({ original }) => !original);
  if (asked.length === 0) return [];
  const userIds = asked.map(({ input }) => input.userId);
  const [setting, buyers, people] = await together([
    readSetting(ctx, receiptIssuer),
    buyersOf(ctx, userIds),
    readUsers(ctx, userIds),
  ]);
  const { name, address, taxId, branch, vatPercent } = setting;
  const isTaxed = vatPercent !== null;
  const issuer = { name, address, taxId, branch: isTaxed ? branch || HEAD_OFFICE : '' };
  return asked.map(({ input, original }) => {
    const { userId, totalSatang } = input;
    const person = people.get(userId) ?? fail('user.missing');
    const content: Draft['content'] = {
      kind: isTaxed ? 'tax_invoice' : 'receipt',
      issuer,
      buyer: buyers.get(userId) ?? { name: person.displayName, address: '', taxId: '', branch: '' },
      vatPercent,
      ...(isTaxed ? splitVat(totalSatang, vatPercent) : { baseSatang: totalSatang, vatSatang: 0n }),
    };
    return { input, original, content };
  });
}

async function takeBack(ctx: TxContext, wanted: readonly Asked[]): Promise<Draft[]> {
  const left = new Map<string, bigint>();
  const drafts: Draft[] = [];
  for (const { input, original } of wanted) {
    if (!original) continue;
    const { id, issuer, buyer, vatPercent } = original;
    const leftSatang = left.get(id) ?? original.totalSatang - (await creditedSatang(ctx, id));
    const { totalSatang } = input;
    if (totalSatang > leftSatang) fail('document.exceeds_original', { amountSatang: leftSatang });
    left.set(id, leftSatang - totalSatang);
    const split =
      vatPercent === null
        ? { baseSatang: totalSatang, vatSatang: 0n }
        : splitVatBack(leftSatang, totalSatang, vatPercent);
    drafts.push({ input, original, content: { kind: 'credit_note', issuer, buyer, vatPercent, ...split } });
  }
  return drafts;
}

/** Numbers them in the order in which they are given, and keeps them. They are of one kind. */
async function write(ctx: TxContext, drafts: readonly Draft[]): Promise<TaxDocument[]> {
  const [some] = drafts;
  if (!some) return [];
  const { series, first, issuedAt } = await takeNumbers(ctx, some.content.kind, drafts.length);
  const rows = drafts.map(
    ({ input, original, content }, n): TaxDocument => ({
      ...content,
      id: ctx.newId('doc'),
      series,
      number: first + n,
      issuedAt,
      userId: input.userId,
      transferKey: input.transferKey,
      contractId: input.contractId,
      term: input.term,
      lines: linesOf(input),
      totalSatang: input.totalSatang,
      refersTo: original?.id ?? null,
      reason: input.reason ?? null,
    }),
  );
  const audits = rows.map((row) => ({
    action: 'document.issued',
    subject: row.id,
    detail: { number: numberOf(row), totalSatang: String(row.totalSatang) },
  }));
  const [kept] = await together([insertRows(ctx.db, taxDocument, rows), writeAudits(ctx, audits)]);
  if (kept !== rows.length) throw new Error(`of ${rows.length} documents ${kept} were new`);
  return rows;
}

/**
 * The next numbers of the series, locked until the transaction ends. The moment of issue is taken behind the lock and is
 * never before that of the number before it, nor outside the year of the series: numbers and dates rise together, also
 * when a transaction has waited over New Year or the clocks of two instances differ.
 */
async function takeNumbers(
  ctx: TxContext,
  kind: DocumentKind,
  count: number,
): Promise<{ series: string; first: number; issuedAt: Date }> {
  const year = Number(bangkokDay(ctx.clock.now()).slice(0, 4));
  const series = `${seriesOf[kind]}${year + 543}`;
  const nextYear = bangkokDayStart(`${year + 1}-01-01`);
  if (!nextYear) throw new Error('a year without a next one');
  const moment = () => Math.min(ctx.clock.now().getTime(), later(nextYear, -1).getTime());
  const { last } = documentSeries;
  const [row] = await ctx.db
    .insert(documentSeries)
    .values({ series, last: count, lastAt: new Date(moment()) })
    .onConflictDoUpdate({
      target: documentSeries.series,
      set: { last: sql`${last} + excluded.last`, lastAt: sql`greatest(${documentSeries.lastAt}, excluded.last_at)` },
    })
    .returning();
  if (!row) throw new Error('a series gave no number');
  const issuedAt = new Date(Math.max(moment(), row.lastAt.getTime()));
  if (issuedAt > row.lastAt)
    await ctx.db.update(documentSeries).set({ lastAt: issuedAt }).where(eq(documentSeries.series, series));
  return { series, first: row.last - count + 1, issuedAt };
}
