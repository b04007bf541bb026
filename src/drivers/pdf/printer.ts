import type { DocumentLayout } from '../../core/rental/documentLayout.ts';
import type { PdfPrinter } from '../../core/rental/pdf.ts';
import { type Box, openSheet, PAPER, type Sheet, type Style } from './sheet.ts';

const INK = '#1f2933';
const SOFT = '#52606d';
const regular = (size: number, colour = INK): Style => ({ font: 'regular', size, colour });
const bold = (size: number, colour = INK): Style => ({ font: 'bold', size, colour });

const LEFT = PAPER.margin;
const WIDTH = PAPER.width - 2 * PAPER.margin;
const RIGHT = LEFT + WIDTH;
const GAP = 18;

/** Prints tax documents on A4, in memory. */
export function pdfPrinter(): PdfPrinter {
  return {
    async print(layout) {
      const sheet = await openSheet(layout);
      head(sheet, layout);
      parties(sheet, layout);
      items(sheet, layout);
      sums(sheet, layout);
      notes(sheet, layout);
      return sheet.finish();
    },
  };
}

/** Writes texts one under the other. */
function stack(
  sheet: Sheet,
  texts: readonly { text: string; style: Style; after?: number }[],
  box: Omit<Box, 'style'>,
): void {
  for (const { text, style, after = 0 } of texts) {
    const height = sheet.heightOf(text, { ...box, style });
    sheet.room(height);
    sheet.write(text, { ...box, style });
    sheet.y += height + after;
  }
}

/** Two stacks side by side; the paper is filled to the lower of the two. */
function beside(sheet: Sheet, left: () => void, right: () => void): void {
  const top = sheet.y;
  left();
  const low = sheet.y;
  sheet.y = top;
  right();
  sheet.y = Math.max(low, sheet.y);
}

/** Who issues it, at the left; the word the law asks for and whether it is the original, at the right. */
function head(sheet: Sheet, { issuer, titles, mark }: DocumentLayout): void {
  const half = WIDTH * 0.54 - GAP;
  const other = { x: LEFT + WIDTH * 0.54, width: WIDTH * 0.46 };
  beside(
    sheet,
    () => {
      stack(sheet, [{ text: issuer.name, style: bold(13), after: 2 }], { x: LEFT, width: half });
      stack(
        sheet,
        issuer.lines.map((text) => ({ text, style: regular(9, SOFT) })),
        { x: LEFT, width: half },
      );
    },
    () => {
      const style = bold(10);
      const frame = { x: other.x, y: sheet.y, width: other.width, height: 0 };
      const words = { x: RIGHT - 120, width: 120, style, align: 'center' as const };
      sheet.frame({ ...frame, x: words.x, width: words.width, height: sheet.heightOf(mark, words) + 6 });
      sheet.y += 3;
      sheet.y += sheet.write(mark, words) + 12;
      const [title = '', ...translated] = titles;
      stack(
        sheet,
        [{ text: title, style: bold(15) }, ...translated.map((text) => ({ text, style: regular(11, SOFT) }))],
        { ...other, align: 'right' },
      );
    },
  );
  sheet.y += 10;
  sheet.line(sheet.y, 0.75);
  sheet.y += 12;
}

/** To whom, at the left; number, date and what it refers to, at the right. */
function parties(sheet: Sheet, { buyer, facts }: DocumentLayout): void {
  const half = { x: LEFT, width: WIDTH * 0.54 - GAP };
  const other = { x: LEFT + WIDTH * 0.54, width: WIDTH * 0.46 };
  beside(
    sheet,
    () => {
      stack(
        sheet,
        [
          { text: buyer.heading, style: regular(9, SOFT), after: 1 },
          { text: buyer.name, style: bold(10.5), after: 1 },
        ],
        half,
      );
      stack(
        sheet,
        buyer.lines.map((text) => ({ text, style: regular(9.5) })),
        half,
      );
    },
    () => {
      for (const { label, value } of facts)
        stack(
          sheet,
          [
            { text: label, style: regular(9, SOFT) },
            { text: value, style: bold(10), after: 4 },
          ],
          other,
        );
    },
  );
  sheet.y += 14;
}

const COLUMNS = {
  words: { x: LEFT + 8, width: WIDTH * 0.58 - 8 },
  quantity: { x: LEFT + WIDTH * 0.6, width: WIDTH * 0.12, align: 'center' },
  amount: { x: LEFT + WIDTH * 0.73, width: WIDTH * 0.27 - 8, align: 'right' },
} as const;

/** A row as high as its highest cell, whole on one page. */
function row(sheet: Sheet, cells: readonly (Box & { text: string })[], padding: number, isHead = false): void {
  const height = Math.max(...cells.map((cell) => sheet.heightOf(cell.text, cell))) + 2 * padding;
  sheet.room(height);
  if (isHead) sheet.fill(height);
  sheet.y += padding;
  for (const { text, ...box } of cells) sheet.write(text, box);
  sheet.y += height - padding;
}

function items(sheet: Sheet, { columns, lines }: DocumentLayout): void {
  const style = bold(9);
  const heads = [
    { ...COLUMNS.words, text: columns.item, style },
    { ...COLUMNS.quantity, text: columns.quantity, style },
    { ...COLUMNS.amount, text: columns.amount, style },
  ];
  row(sheet, heads, 5, true);
  for (const { words, quantity, amount } of lines) {
    const cells = [
      { ...COLUMNS.words, text: words.join('\n'), style: regular(10) },
      ...(quantity ? [{ ...COLUMNS.quantity, text: quantity, style: regular(10) }] : []),
      { ...COLUMNS.amount, text: amount, style: regular(10) },
    ];
    row(sheet, cells, 5);
    sheet.line(sheet.y, 0.4);
  }
  sheet.y += 8;
}

function sums(sheet: Sheet, layout: DocumentLayout): void {
  const label = { x: LEFT + WIDTH * 0.3, width: WIDTH * 0.46, align: 'right' as const };
  const value = { x: LEFT + WIDTH * 0.77, width: WIDTH * 0.23 - 8, align: 'right' as const };
  for (const sum of layout.sums) {
    const style = sum.isTotal ? bold(11.5) : regular(10);
    row(
      sheet,
      [
        { ...label, text: sum.label, style },
        { ...value, text: sum.value, style },
      ],
      2.5,
    );
  }
  sheet.y += 2;
  const words = { x: LEFT, width: WIDTH - 8, align: 'right' as const };
  stack(
    sheet,
    layout.inWords.map((text) => ({ text, style: regular(9.5) })),
    words,
  );
  sheet.y += 14;
}

function notes(sheet: Sheet, layout: DocumentLayout): void {
  sheet.room(24);
  sheet.line(sheet.y, 0.4);
  sheet.y += 8;
  stack(
    sheet,
    layout.notes.map((text) => ({ text, style: regular(9, SOFT) })),
    { x: LEFT, width: WIDTH },
  );
}
