import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { DocumentLayout } from '../../core/rental/documentLayout.ts';
import { inGlyphOrder, printable, wrap } from './words.ts';

/** A4 in points, and what stays white around. */
export const PAPER = { width: 595.28, height: 841.89, margin: 48 };
const BOTTOM = PAPER.height - PAPER.margin - 20; // above the number of the page

export interface Style {
  font: 'regular' | 'bold';
  size: number;
  colour: string;
}

/** Thai needs the room: a tone mark above a vowel above a letter. */
const LEADING = 1.5;

export interface Box {
  x: number;
  width: number;
  style: Style;
  align?: 'left' | 'right' | 'center';
}

/** Paper that fills from the top; `y` is where it is filled to. */
export interface Sheet {
  y: number;
  /** How high a text will be in this box. */
  heightOf(text: string, box: Box): number;
  /** Writes at `y` without moving it, and answers how high it was. */
  write(text: string, box: Box): number;
  line(y: number, weight: number): void;
  fill(height: number): void;
  frame(box: { x: number; y: number; width: number; height: number }): void;
  /** Goes on to a new page unless so much is left of this one. */
  room(height: number): void;
  finish(): Promise<Uint8Array<ArrayBuffer>>;
}

const font = (weight: string) =>
  readFileSync(
    createRequire(import.meta.url).resolve(`@expo-google-fonts/noto-sans-thai/${weight}/NotoSansThai_${weight}.ttf`),
  );

let fonts: Record<Style['font'], Buffer> | undefined;

/** Fresh paper. What the file says of its making is the moment of issue, so that it says the same when made again. */
export async function openSheet({ properties }: Pick<DocumentLayout, 'properties'>): Promise<Sheet> {
  const { default: Paper } = await import('pdfkit'); // a quarter of a second, and few instances print at all
  fonts ??= { regular: font('400Regular'), bold: font('700Bold') };
  const { title, author, subject, issuedAt } = properties;
  const page = new Paper({
    size: [PAPER.width, PAPER.height],
    margin: 0,
    bufferPages: true,
    lang: 'th',
    displayTitle: true,
    font: fonts.regular as unknown as string, // bytes are taken as well; the types know names alone
    info: { Title: title, Author: printable(author), Subject: subject, CreationDate: issuedAt, ModDate: issuedAt },
  });
  page.registerFont('regular', fonts.regular);
  page.registerFont('bold', fonts.bold);
  const chunks: Buffer[] = [];
  page.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => page.on('end', resolve).on('error', reject));
  const sheet: Sheet = {
    y: PAPER.margin,
    heightOf: (text, box) => linesOf(page, text, box).length * box.style.size * LEADING,
    write: (text, box) => write(page, sheet.y, text, box),
    line: (y, weight) =>
      void page
        .moveTo(PAPER.margin, y)
        .lineTo(PAPER.width - PAPER.margin, y)
        .lineWidth(weight)
        .strokeColor('#9aa5b1')
        .stroke(),
    fill: (height) => void page.rect(PAPER.margin, sheet.y, PAPER.width - 2 * PAPER.margin, height).fill('#eef2f6'),
    frame: ({ x, y, width, height }) =>
      void page.roundedRect(x, y, width, height, 3).lineWidth(0.75).strokeColor('#52606d').stroke(),
    room(height) {
      if (sheet.y + height <= BOTTOM || sheet.y === PAPER.margin) return;
      page.addPage();
      sheet.y = PAPER.margin;
    },
    async finish() {
      numberPages(page);
      page.end();
      await ended;
      return new Uint8Array(Buffer.concat(chunks));
    },
  };
  return sheet;
}

function setStyle(page: PDFKit.PDFDocument, { font, size, colour }: Style): void {
  page.font(font).fontSize(size).fillColor(colour);
}

function linesOf(page: PDFKit.PDFDocument, text: string, { width, style }: Box): string[] {
  setStyle(page, style);
  return wrap(printable(text), width, (part) => page.widthOfString(inGlyphOrder(part)));
}

function write(page: PDFKit.PDFDocument, top: number, text: string, box: Box): number {
  const lines = linesOf(page, text, box);
  const step = box.style.size * LEADING;
  lines.forEach((line, n) => {
    const glyphs = inGlyphOrder(line);
    const free = box.width - page.widthOfString(glyphs);
    const indent = box.align === 'right' ? free : box.align === 'center' ? free / 2 : 0;
    // What is copied or searched is the word as it is spelt, not the order of its glyphs.
    if (glyphs !== line) page.markContent('Span', { actual: line });
    page.text(glyphs, box.x + indent, top + n * step, { lineBreak: false });
    if (glyphs !== line) page.endMarkedContent();
  });
  return lines.length * step;
}

function numberPages(page: PDFKit.PDFDocument): void {
  const { count } = page.bufferedPageRange();
  if (count === 1) return;
  const style: Style = { font: 'regular', size: 8, colour: '#52606d' };
  for (let n = 0; n < count; n++) {
    page.switchToPage(n);
    const width = PAPER.width - 2 * PAPER.margin;
    write(page, PAPER.height - PAPER.margin, `${n + 1} / ${count}`, { x: PAPER.margin, width, style, align: 'right' });
  }
}
