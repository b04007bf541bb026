import { formatBaht, splitVat } from '../amount.ts';
import { bahtInWords } from '../text/bahtWords.ts';
import { formatAt, type Language, translate } from '../text/text.ts';
import { HEAD_OFFICE } from './buyer.ts';
import { type DocumentStory, isAbbreviated, numberOf, type TaxDocument } from './document.ts';
import type { DocumentParty } from './documentTables.ts';

/** The buyer keeps the original, the seller the copy (Revenue Code, section 86). */
export type Mark = 'original' | 'copy';

export interface Labelled {
  label: string;
  value: string;
}

/**
 * What stands on the paper, in words and in order; how it is set is the printer's affair. Names and addresses are as
 * people typed them.
 */
export interface DocumentLayout {
  /** Of the file: what a reader shows in its title bar and under "properties". */
  properties: { title: string; author: string; subject: string; issuedAt: Date };
  mark: string;
  /** The word the law asks for; in English beneath it for whoever does not read Thai. */
  titles: readonly string[];
  issuer: { name: string; lines: readonly string[] };
  facts: readonly Labelled[];
  buyer: { heading: string; name: string; lines: readonly string[] };
  columns: { item: string; quantity: string; amount: string };
  lines: readonly { words: readonly string[]; quantity: string; amount: string }[];
  sums: readonly (Labelled & { isTotal: boolean })[];
  inWords: readonly string[];
  notes: readonly string[];
}

type Said = { language: Language; say: (key: string, params?: Parameters<typeof translate>[2]) => string };

/** Amounts stand in a column headed "baht", so they carry no sign of their own. */
const plain = (amountSatang: bigint) => formatBaht(amountSatang).replace('฿', '');

/**
 * The layout of a document. In English the words that the law wants in Thai (section 86/4) stand there in Thai as well,
 * date and amount included.
 */
export function documentLayout(
  { document, original, creditedBeforeSatang }: DocumentStory,
  { mark, language }: { mark: Mark; language: Language },
): DocumentLayout {
  const say: Said['say'] = (key, params) => translate(language, `paper.${key}`, params);
  const said = { language, say };
  const titles = titlesOf(document, said);
  const title = `${titles[0]} ${numberOf(document)}`;
  const { buyer, issuer, issuedAt, totalSatang } = document;
  return {
    properties: { title, author: onOneLine(issuer.name), subject: numberOf(document), issuedAt },
    mark: say(mark),
    titles,
    issuer: { name: onOneLine(issuer.name), lines: partyLines(said, issuer) },
    facts: [
      { label: say('number'), value: numberOf(document) },
      { label: say('date'), value: dateOf(said, issuedAt) },
      ...(original ? originalFacts(said, original) : []),
      ...(document.contractId ? [contractFact(said, document.contractId, document.term)] : []),
    ],
    buyer: {
      heading: say(document.kind === 'receipt' ? 'received_from' : 'buyer'),
      name: onOneLine(buyer.name),
      lines: partyLines(said, buyer),
    },
    columns: {
      item: say('item'),
      quantity: say('quantity'),
      amount: say(document.vatPercent ? 'amount_with_vat' : 'amount'),
    },
    lines: document.lines.map((line) => ({
      words: language === 'th' ? [line.th] : [line.th, line.en],
      quantity: BigInt(line.amountSatang) < 0n ? '' : '1', // a discount is not a thing
      amount: plain(BigInt(line.amountSatang)),
    })),
    sums: original ? creditSums(said, document, original, creditedBeforeSatang) : paidSums(said, document),
    inWords: wordsOf(said, totalSatang),
    notes: notesOf(said, document),
  };
}

const TITLES = {
  receipt: 'title_receipt',
  tax_invoice: 'title_tax_invoice',
  credit_note: 'title_credit_note',
} as const;

function titlesOf(document: TaxDocument, { language }: Said): string[] {
  const key = isAbbreviated(document) ? 'title_abbreviated' : TITLES[document.kind];
  return [...new Set<Language>(['th', language])].map((each) => translate(each, `paper.${key}`));
}

function dateOf({ language }: Said, at: Date): string {
  return [...new Set<Language>(['th', language])].map((each) => formatAt(each, at, 'long')).join(' / ');
}

function wordsOf({ language }: Said, amountSatang: bigint): string[] {
  return [...new Set<Language>(['th', language])].map((each) => `(${bahtInWords(each, amountSatang)})`);
}

/** A text that somebody typed: it may be broken where the paper ends, and not where they like. */
const onOneLine = (text: string) => text.replace(/\s+/g, ' ').trim().slice(0, 600);

/** `0-1055-61000-00-1`, grouped as on every Thai document. */
export const groupedTaxId = (taxId: string) => taxId.replace(/^(\d)(\d{4})(\d{5})(\d{2})(\d)$/, '$1-$2-$3-$4-$5');

function partyLines({ say }: Said, { address, taxId, branch }: DocumentParty): string[] {
  const place = branch === HEAD_OFFICE ? say('head_office') : branch && say('branch', { branch });
  return [onOneLine(address), taxId && say('tax_id', { taxId: groupedTaxId(taxId) }), taxId && place].filter(Boolean);
}

const originalFacts = (said: Said, original: TaxDocument): Labelled[] => [
  { label: said.say(original.kind === 'receipt' ? 'refers_to_receipt' : 'refers_to'), value: numberOf(original) },
  { label: said.say('refers_to_date'), value: dateOf(said, original.issuedAt) },
];

const contractFact = ({ say }: Said, contractId: string, term: number | null): Labelled => ({
  label: term === null ? say('contract') : say('contract_term', { term }),
  value: contractId,
});

function paidSums({ say }: Said, document: TaxDocument): DocumentLayout['sums'] {
  const { baseSatang, totalSatang, vatPercent, vatSatang } = document;
  const total = { label: say('total'), value: plain(totalSatang), isTotal: true };
  // Section 86/6: an abbreviated invoice says the price and that VAT is in it, and shows no split.
  if (vatPercent === null || isAbbreviated(document)) return [total];
  return [
    { label: say('base'), value: plain(baseSatang), isTotal: false },
    { label: say('vat', { percent: vatPercent }), value: plain(vatSatang), isTotal: false },
    total,
  ];
}

/** Section 86/10: the value that was invoiced, the right one, the difference, and the VAT of it. */
function creditSums(
  { say }: Said,
  document: TaxDocument,
  original: TaxDocument,
  creditedBeforeSatang: bigint,
): DocumentLayout['sums'] {
  const { baseSatang, totalSatang, vatPercent, vatSatang } = document;
  const leftSatang = original.totalSatang - creditedBeforeSatang;
  const leftBaseSatang = vatPercent === null ? leftSatang : splitVat(leftSatang, vatPercent).baseSatang;
  const earlierSatang = original.baseSatang - leftBaseSatang;
  const row = (label: string, amountSatang: bigint) => ({ label, value: plain(amountSatang), isTotal: false });
  return [
    row(say('original_value'), original.baseSatang),
    ...(earlierSatang > 0n ? [row(say('credited_before'), -earlierSatang)] : []),
    row(say('right_value'), leftBaseSatang - baseSatang),
    row(say('difference'), baseSatang),
    ...(vatPercent === null ? [] : [row(say('vat', { percent: vatPercent }), vatSatang)]),
    { label: say('total_credited'), value: plain(totalSatang), isTotal: true },
  ];
}

function notesOf({ say }: Said, document: TaxDocument): string[] {
  return [
    ...(document.reason ? [say('reason', { reason: onOneLine(document.reason) })] : []),
    ...(isAbbreviated(document) ? [say('vat_included')] : []),
    say(document.kind === 'credit_note' ? 'given_back' : 'paid_from_wallet'),
    say('made_by_system'),
  ];
}
