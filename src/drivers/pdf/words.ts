/**
 * What the font has a glyph for: Thai with ฿, Latin as far as Europe writes it, and the marks of running text. A test
 * prints all of it and reads it back.
 */
export const PRINTABLE =
  /^[\u0020-\u007e\u00a0-\u00a3\u00a5\u00a7-\u00ab\u00ae-\u00b0\u00b4\u00b6-\u00b8\u00ba\u00bb\u00bf-\u0107\u010a-\u0113\u0116-\u011b\u011e-\u0123\u0126\u0127\u012a\u012b\u012e-\u0131\u0136\u0137\u0139-\u013e\u0141-\u0148\u014a-\u014d\u0150-\u015b\u015e-\u0161\u0164\u0165\u016a-\u017e\u0e01-\u0e3a\u0e3f-\u0e5b\u2010\u2013\u2014\u2018-\u201a\u201c-\u201e\u2022\u2026\u20ac\u2122\u2212]$/u;

const THAI_MARK = '[\\u0e31\\u0e34-\\u0e3a\\u0e47-\\u0e4e]';
const REPEATED = new RegExp(`(${THAI_MARK})\\1+`, 'gu');
const PILED_UP = new RegExp(`(${THAI_MARK}{3})${THAI_MARK}+`, 'gu');

/**
 * A name or an address as it can be set on paper. Letters that the font lacks become those they are made of (𝓢 → S,
 * ễ → e), or `?` where there are none; pictures, invisible and turning characters go; marks piled on one letter are cut
 * down to what Thai can have, because they would reach into the lines above.
 */
export function printable(text: string): string {
  const letters = Array.from(text.normalize('NFC'), (letter) => {
    if (letter === '\n' || PRINTABLE.test(letter)) return letter;
    const parts = Array.from(letter.normalize('NFKD')).filter((part) => PRINTABLE.test(part));
    return parts.join('') || (/[\p{L}\p{N}]/u.test(letter) ? '?' : /\s/u.test(letter) ? ' ' : '');
  });
  const plain = letters.join('').replace(REPEATED, '$1').replace(PILED_UP, '$1');
  const lines = plain.split('\n').map((line) => line.replace(/[^\S\n]+/g, ' ').trim());
  return lines.filter(Boolean).join('\n') || '–';
}

/**
 * The same words in the order in which their glyphs stand. SARA AM is a ring above the consonant and a vowel behind it,
 * and a tone mark sits on the ring: น้ำ is น ํ ้ า. Shapers for Thai do this; the one of our PDF library leaves it to us.
 */
export const inGlyphOrder = (text: string) => text.replace(/([\u0e48-\u0e4b]*)\u0e33/g, '\u0e4d$1\u0e32');

const words = new Intl.Segmenter('th', { granularity: 'word' });
const letters = new Intl.Segmenter('th', { granularity: 'grapheme' });
const CLOSES = /^[\s)\]}”’,.;:!?%/ๆฯ-]+$/u;
const OPENS = /[([“‘฿]$/u;

/** Where a line may end: between words, which Thai writes without spaces. Marks stay with the word they belong to. */
function pieces(line: string): string[] {
  const out: string[] = [];
  for (const { segment } of words.segment(line)) {
    const last = out.at(-1);
    if (last !== undefined && (CLOSES.test(segment) || OPENS.test(last))) out[out.length - 1] = last + segment;
    else out.push(segment);
  }
  return out;
}

/** Breaks a text into lines no wider than `width`; a word that is wider by itself is broken between its letters. */
export function wrap(text: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    const put = (piece: string) => {
      if (line !== '' && widthOf((line + piece).trimEnd()) > width) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += line === '' ? piece.trimStart() : piece;
    };
    for (const piece of pieces(paragraph))
      if (widthOf(piece.trimEnd()) <= width) put(piece);
      else for (const { segment } of letters.segment(piece)) put(segment);
    lines.push(line.trimEnd());
  }
  return lines;
}
