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

/** A document but for its number and its date. */
type Draft = Omit<TaxDocument, 'series' | 'number' | 'issuedAt'>;

/**
 * Issues the documents of transfers in the transaction that makes the transfers: a tax invoice while the issuer charges
 * VAT, otherwise a receipt, or a credit note, also one that takes back a receipt of the same call. A handful of statements
 * for one as for hundreds. Issuing one again with the same input answers with the same document. Answers in the order of
 * what was asked.
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
  const wanted = inputs.filter(({ transferKey }) => !known.has(transferKey));
  const receipts = await receive(ctx, wanted);
  const originals = await lockOriginals(ctx, inputs, receipts);
  for (const input of inputs) {
    const before = known.get(input.transferKey);
    if (before && !isRepeat(before, input, originals.get(input)?.id ?? null))
      fail('document.key_reused', { reference: numberOf(before) });
  }
  const notes = await takeBack(ctx, wanted, originals);
  for (const drafts of [notes, receipts])
    for (const document of await write(ctx, drafts)) known.set(document.transferKey, document);
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

function isRepeat(known: TaxDocument, input: DocumentInput, refersTo: string | null): boolean {
  const told = (document: Pick<TaxDocument, 'userId' | 'contractId' | 'term' | 'lines' | 'refersTo' | 'reason'>) =>
    JSON.stringify([
      document.userId,
      document.contractId,
      document.term,
      document.lines.map((line) => [line.th, line.en, line.amountSatang]), // jsonb keeps no order of names
      document.refersTo,
      document.reason,
    ]);
  const asked = { ...input, lines: linesOf(input), refersTo, reason: input.reason ?? null };
  return (known.kind === 'credit_note') === (input.kind === 'credit_note') && told(known) === told(asked);
}

/** What credit notes take back, locked: two at once must not take the same money. `born` are the receipts of this call. */
async function lockOriginals(
  ctx: TxContext,
  inputs: readonly DocumentInput[],
  born: readonly Draft[],
): Promise<Map<DocumentInput, Draft>> {
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
  const byKey = new Map<string, Draft>([...rows, ...born].map((row) => [row.transferKey, row]));
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

/** What all kinds say of an input in the same way. */
const draftOf = (ctx: TxContext, input: DocumentInput) => ({
  id: ctx.newId('doc'),
  userId: input.userId,
  transferKey: input.transferKey,
  contractId: input.contractId,
  term: input.term,
  lines: linesOf(input),
  totalSatang: input.totalSatang,
  reason: input.reason ?? null,
});

async function receive(ctx: TxContext, wanted: readonly DocumentInput[]): Promise<Draft[]> {
  const inputs = wanted.filter(({ kind }) => kind === 'receipt');
  if (inputs.length === 0) return [];
  const userIds = inputs.map(({ userId }) => userId);
  const [setting, buyers, people] = await together([
    readSetting(ctx, receiptIssuer),
    buyersOf(ctx, userIds),
    readUsers(ctx, userIds),
  ]);
  const { name, address, taxId, branch, vatPercent } = setting;
  const isTaxed = vatPercent !== null;
  const issuer = { name, address, taxId, branch: isTaxed ? branch || HEAD_OFFICE : '' };
  return inputs.map((input) => {
    const { userId, totalSatang } = input;
    const person = people.get(userId) ?? fail('user.missing');
    return {
      ...draftOf(ctx, input),
      kind: isTaxed ? 'tax_invoice' : 'receipt',
      issuer,
      buyer: buyers.get(userId) ?? { name: person.displayName, address: '', taxId: '', branch: '' },
      vatPercent,
      ...(isTaxed ? splitVat(totalSatang, vatPercent) : { baseSatang: totalSatang, vatSatang: 0n }),
      refersTo: null,
    };
  });
}

async function takeBack(
  ctx: TxContext,
  wanted: readonly DocumentInput[],
  originals: ReadonlyMap<DocumentInput, Draft>,
): Promise<Draft[]> {
  const ids = [...new Set([...originals.values()].map(({ id }) => id))];
  const credited = await together(ids.map((id) => creditedSatang(ctx, id)));
  const taken = new Map(ids.map((id, n) => [id, credited[n] ?? 0n]));
  return wanted.flatMap((input) => {
    const original = originals.get(input);
    if (!original) return [];
    const { id, issuer, buyer, vatPercent } = original;
    const takenSatang = taken.get(id) ?? 0n;
    const leftSatang = original.totalSatang - takenSatang;
    const { totalSatang } = input;
    if (totalSatang > leftSatang) fail('document.exceeds_original', { amountSatang: leftSatang });
    taken.set(id, takenSatang + totalSatang);
    const split =
      vatPercent === null
        ? { baseSatang: totalSatang, vatSatang: 0n }
        : splitVatBack(leftSatang, totalSatang, vatPercent);
    return [{ ...draftOf(ctx, input), kind: 'credit_note', issuer, buyer, vatPercent, ...split, refersTo: id }];
  });
}

/** Numbers them in the order in which they are given, and keeps them. They are of one kind. */
async function write(ctx: TxContext, drafts: readonly Draft[]): Promise<TaxDocument[]> {
  const [some] = drafts;
  if (!some) return [];
  const { series, first, issuedAt } = await takeNumbers(ctx, some.kind, drafts.length);
  const rows = drafts.map((draft, n): TaxDocument => ({ ...draft, series, number: first + n, issuedAt }));
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
