import { bahtDecimal } from '../../core/amount.ts';
import { bangkokSecond, bangkokWallMs } from '../../core/clock.ts';
import type { Bytes, Cell, Sheet } from './sheet.ts';
import { type ZipFile, zip } from './zip.ts';

/** What Excel takes on one sheet, the heading included. */
const SHEET_ROWS = 1_048_576;
/** What Excel takes in one cell. */
const MOST_LETTERS = 32_767;
/**
 * Excel keeps numbers as IEEE doubles, which hold every decimal of 15 digits and give it back unchanged: that is 10^15
 * satang, ten million million baht. Beyond that (from 2^46 baht on two neighbouring satang even share a double) an amount
 * is written as words, so that no digit is lost.
 */
const MOST_SATANG = 10n ** 15n;

const STYLE = { words: 1, baht: 2, moment: 3, heading: 4 } as const;

/**
 * A workbook (ECMA-376, SpreadsheetML) that is written row by row as it is read; rows beyond what a sheet takes go on in
 * another one. Words are always words: they stand in the cell itself (`inlineStr`) in the format "text", so that neither
 * opening nor editing a cell makes a formula of them.
 */
export const xlsxBytes = (sheet: Sheet, sheetRows = SHEET_ROWS): Bytes => zip(filesOf(sheet, sheetRows));

async function* filesOf(sheet: Sheet, sheetRows: number): AsyncGenerator<ZipFile, void, void> {
  const source = { batches: sheet.batches[Symbol.asyncIterator](), rest: undefined as Cell[][] | undefined };
  const titles: string[] = [];
  try {
    do {
      titles.push(titleOf(sheet.title, titles.length + 1));
      yield { name: `xl/worksheets/sheet${titles.length}.xml`, content: sheetXml(sheet, source, sheetRows) };
    } while (source.rest);
  } finally {
    await source.batches.return?.();
  }
  const text = (name: string, xml: string): ZipFile => ({ name, content: [Buffer.from(PROLOG + xml)] });
  yield text('xl/styles.xml', STYLES);
  yield text('xl/workbook.xml', workbookXml(titles));
  yield text('xl/_rels/workbook.xml.rels', relationsXml(titles));
  yield text('_rels/.rels', PACKAGE_RELATIONS);
  yield text('[Content_Types].xml', contentTypesXml(titles));
}

interface Source {
  batches: AsyncIterator<Cell[][]>;
  /** Rows that were read and did not fit on the sheet before. */
  rest: Cell[][] | undefined;
}

async function* sheetXml({ columns }: Sheet, source: Source, sheetRows: number): Bytes {
  const widths = columns.map(({ width }, n) => `<col min="${n + 1}" max="${n + 1}" width="${width}" customWidth="1"/>`);
  const headings = columns.map(({ heading }, n) => wordsXml(nameOf(n, 1), heading, STYLE.heading));
  yield Buffer.from(
    `${PROLOG}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData><row r="1">${headings.join('')}</row>`,
  );
  let row = 1;
  while (row < sheetRows) {
    const rows: Cell[][] | undefined = source.rest ?? (await next(source));
    source.rest = undefined;
    if (!rows) break;
    const fitting = rows.slice(0, sheetRows - row);
    if (fitting.length < rows.length) source.rest = rows.slice(fitting.length);
    yield Buffer.from(fitting.map((cells, n) => rowXml(cells, row + n + 1)).join(''));
    row += fitting.length;
  }
  source.rest ??= row >= sheetRows ? await next(source) : undefined;
  yield Buffer.from('</sheetData></worksheet>');
}

async function next({ batches }: Source): Promise<Cell[][] | undefined> {
  const { done, value } = await batches.next();
  return done ? undefined : value;
}

const rowXml = (cells: readonly Cell[], row: number) =>
  `<row r="${row}">${cells.map((cell, n) => cellXml(nameOf(n, row), cell)).join('')}</row>`;

function cellXml(name: string, cell: Cell): string {
  if (cell === null || cell === '') return '';
  if (typeof cell === 'string') return wordsXml(name, cell);
  if (typeof cell === 'number') return `<c r="${name}"><v>${cell}</v></c>`;
  if (cell instanceof Date) {
    const day = excelDay(cell);
    return day === undefined
      ? cellXml(name, bangkokSecond(cell))
      : `<c r="${name}" s="${STYLE.moment}"><v>${day}</v></c>`;
  }
  const baht = bahtDecimal(cell.satang);
  const isExact = -MOST_SATANG < cell.satang && cell.satang < MOST_SATANG;
  return isExact ? `<c r="${name}" s="${STYLE.baht}"><v>${baht}</v></c>` : wordsXml(name, baht);
}

function wordsXml(name: string, words: string, style: number = STYLE.words): string {
  const clipped = words.length > MOST_LETTERS ? `${words.slice(0, MOST_LETTERS - 1)}…` : words;
  return `<c r="${name}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(clipped)}</t></is></c>`;
}

const DAY_MS = 86_400_000;
/** 1970-01-01 as Excel counts days. */
const EPOCH_DAY = 25_569;
/** From 1 March 1900 on: before that Excel counts a day that never was. */
const FIRST_DAY = 61;

/** Days since the end of 1899, with the time of day as fraction; undefined for what Excel cannot show as a date. */
function excelDay(at: Date): string | undefined {
  const day = bangkokWallMs(at) / DAY_MS + EPOCH_DAY;
  return day >= FIRST_DAY && day < 2_958_466 ? day.toFixed(11) : undefined;
}

/** `A1` for the first column of the first row. */
function nameOf(column: number, row: number): string {
  let name = '';
  for (let n = column + 1; n > 0; n = Math.floor((n - 1) / 26)) name = String.fromCharCode(65 + ((n - 1) % 26)) + name;
  return name + row;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Words as XML and Excel can hold them: letters that XML has no room for are written `_x0001_`, as Excel writes them, and
 * what only looks like that is told apart by `_x005F_`.
 */
const escaped = (words: string) =>
  words
    .toWellFormed()
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the very ones to be written otherwise
    .replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, (letter) => {
      const code = letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      return `_x${code}_`;
    });

/** A name that a sheet may have: at most 31 letters and none that Excel needs for itself. */
function titleOf(title: string, number: number): string {
  const ending = number === 1 ? '' : ` ${number}`;
  const plain = title.replace(/[[\]:*?/\\']/g, ' ').slice(0, 31 - ending.length);
  return plain + ending;
}

const PROLOG = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** In the order of `STYLE`: plain, text (49), #,##0.00 (4), a moment, bold. */
const STYLES = `<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

const PACKAGE_RELATIONS = `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

const workbookXml = (titles: readonly string[]) =>
  `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${titles
    .map((title, n) => `<sheet name="${escaped(title)}" sheetId="${n + 1}" r:id="rId${n + 1}"/>`)
    .join('')}</sheets></workbook>`;

const relationsXml = (titles: readonly string[]) =>
  `<Relationships xmlns="${PACKAGE}/relationships">${titles
    .map((_, n) => `<Relationship Id="rId${n + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n + 1}.xml"/>`)
    .join('')}<Relationship Id="rId${titles.length + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`;

const contentTypesXml = (titles: readonly string[]) =>
  `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>${titles
    .map((_, n) => `<Override PartName="/xl/worksheets/sheet${n + 1}.xml" ContentType="${TYPE}.worksheet+xml"/>`)
    .join('')}</Types>`;
