import { read, utils, type WorkBook } from '@e965/xlsx';

/** Opens a workbook as a spreadsheet program would, by a reader that is not ours. Formulas and formats are kept. */
export const openWorkbook = (bytes: Uint8Array): WorkBook => read(bytes, { cellNF: true, cellFormula: true });

type Value = string | number | undefined;

/** The rows of one sheet as bare values: words, numbers, and dates as Excel counts days. */
export function rowsOf(book: WorkBook, sheet = 0): Value[][] {
  const found = book.Sheets[book.SheetNames[sheet] ?? ''];
  if (!found) throw new Error(`there is no sheet ${sheet}`);
  const { s: from, e: to } = utils.decode_range(found['!ref'] ?? 'A1');
  return Array.from({ length: to.r - from.r + 1 }, (_, r) =>
    Array.from({ length: to.c - from.c + 1 }, (_, c): Value => found[utils.encode_cell({ r, c })]?.v),
  );
}

/** A cell of the first sheet by its name: type, value, number format, and its formula if it has one. */
export function cellOf(book: WorkBook, name: string, sheet = 0): { t: string; v: unknown; z: string; f?: string } {
  return book.Sheets[book.SheetNames[sheet] ?? '']?.[name];
}

/** What Excel shows for a day count, in Bangkok's time, as it would be written. */
export const shownAt = (day: number) =>
  new Date(Math.round((day - 25_569) * 86_400_000)).toISOString().slice(0, 19).replace('T', ' ');

/** The records of a CSV (RFC 4180), without the mark it begins with. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [[]];
  const cells = text.replace(/^\ufeff/, '').matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g);
  for (const [whole, quoted, plain, ending] of cells) {
    if (whole === '' && ending === '') break;
    records.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (ending === '\r\n') records.push([]);
  }
  return records.filter((record) => record.length > 0);
}
