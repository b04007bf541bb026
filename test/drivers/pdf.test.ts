import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DocumentStory, TaxDocument } from '../../src/core/rental/document.ts';
import { type DocumentLayout, documentLayout, type Mark } from '../../src/core/rental/documentLayout.ts';
import type { Language } from '../../src/core/text/text.ts';
import { pdfPrinter } from '../../src/drivers/pdf/printer.ts';
import { inGlyphOrder, PRINTABLE, printable, wrap } from '../../src/drivers/pdf/words.ts';
import { invoice, note, receipt } from '../support/paper.ts';
import { readPdf } from '../support/pdf.ts';

const { print } = pdfPrinter();
const storyOf = (document: TaxDocument, original: TaxDocument | null = null): DocumentStory => ({
  document,
  original,
  creditedBeforeSatang: 0n,
});
const layoutOf = (story: DocumentStory, language: Language = 'th', mark: Mark = 'original'): DocumentLayout =>
  documentLayout(story, { language, mark });
const read = async (layout: DocumentLayout) => readPdf(await print(layout));

describe('on paper', () => {
  test('a full tax invoice says all that section 86/4 asks for', async () => {
    const { pages, info } = await read(layoutOf(storyOf(invoice)));
    expect(pages).toHaveLength(1);
    for (const words of [
      'ใบเสร็จรับเงิน/ใบกำกับภาษี',
      'ต้นฉบับ',
      invoice.issuer.name,
      '0-1055-61000-00-3',
      'สำนักงานใหญ่',
      invoice.buyer.name,
      'สาขาที่ 00001',
      'TI2569-000001',
      '21 พฤศจิกายน 2569',
      'ค่าเช่าแพ็กเกจ Premium 30 วัน',
      '466.36',
      'ภาษีมูลค่าเพิ่ม 7 %',
      '32.64',
      '499.00',
      'สี่ร้อยเก้าสิบเก้าบาทถ้วน',
    ])
      expect(pages[0]).toContain(words);
    expect(info).toMatchObject({ Title: 'ใบเสร็จรับเงิน/ใบกำกับภาษี TI2569-000001', CreationDate: 'D:20261121050000Z' });
  });

  test('without an address it is an abbreviated one, with the price and no split', async () => {
    const short = { ...invoice, buyer: { name: 'สมศรี', address: '', taxId: '', branch: '' } };
    const { text } = await read(layoutOf(storyOf(short)));
    for (const words of ['ใบกำกับภาษีอย่างย่อ', 'ราคานี้รวมภาษีมูลค่าเพิ่มแล้ว', '499.00']) expect(text).toContain(words);
    expect(text).not.toMatch(/466\.36|32\.64/);
  });

  test('a receipt without VAT speaks of none', async () => {
    const { text } = await read(layoutOf(storyOf(receipt)));
    expect(text).toContain('ใบเสร็จรับเงิน');
    expect(text).toContain('ได้รับเงินจาก');
    expect(text).not.toMatch(/ภาษี/);
  });

  test('a credit note says all that section 86/10 asks for', async () => {
    const story = { ...storyOf(note, invoice), creditedBeforeSatang: 100_00n };
    const { text } = await read(layoutOf(story));
    for (const words of ['ใบลดหนี้', 'CN2569-000012', 'TI2569-000001', 'สาเหตุที่ลดหนี้: ลูกค้าขอยกเลิกสัญญา'])
      expect(text).toContain(words);
    // 466.36 invoiced, 93.46 taken back before, 186.92 now: 185.98 is right.
    const sums = ['466.36', '93.46', '185.98', '186.92', '13.08', '200.00'];
    for (const amount of sums) expect(text).toContain(amount);
    expect(text).toContain('สองร้อยบาทถ้วน');
  });

  test('in English the words of the law stand there in Thai as well', async () => {
    const { text } = await read(layoutOf(storyOf(invoice), 'en', 'copy'));
    for (const words of [
      'ใบเสร็จรับเงิน/ใบกำกับภาษี',
      'Receipt / Tax Invoice',
      'สำเนา / Copy',
      '21 พฤศจิกายน 2569 / 21 November 2026',
    ])
      expect(text).toContain(words);
    for (const words of ['สี่ร้อยเก้าสิบเก้าบาทถ้วน', 'four hundred ninety-nine baht only', 'Premium plan, 30 days'])
      expect(text).toContain(words);
  });

  test('the same document is the same bytes, today and later; another mark is another paper', async () => {
    const one = await print(layoutOf(storyOf(invoice)));
    expect(await pdfPrinter().print(layoutOf(storyOf(structuredClone(invoice))))).toEqual(one);
    expect(await print(layoutOf(storyOf(invoice), 'th', 'copy'))).not.toEqual(one);
  });
});

describe('whatever people call themselves', () => {
  const named = (name: string, more: Partial<TaxDocument> = {}) =>
    layoutOf(storyOf({ ...invoice, ...more, buyer: { ...invoice.buyer, name } }));

  test.each([
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['Somchai 🔥👨‍👩‍👧', 'Somchai'],
    ['\u202Egnp.exe\u202C', 'gnp.exe'],
    ['مرحبا', '?????'],
    ['王小明 Wang', '??? Wang'],
    ['𝓢𝓸𝓶𝓬𝓱𝓪𝓲', 'Somchai'],
    ['Nguyễn', 'Nguyen'],
    ['🔥', '–'],
    ['', '–'],
    ['ก็็็็็็็', 'ก็'],
    ['a\u0000\n\tb\ud800', 'a b'],
  ])('%j is printed as %j', async (name, expected) => {
    expect(printable(name.replace(/\s+/g, ' '))).toBe(expected);
    expect((await read(named(name))).text).toContain(expected);
  });

  test.each(['น้ำ'.repeat(170), 'W'.repeat(500), 'คำ '.repeat(200), '-'.repeat(500)])(
    'a long name wraps: %#',
    async (name) => {
      const { text } = await read(named(name));
      const letters = (of: string) => of.replace(/\s/g, '');
      expect(letters(text)).toContain(letters(name));
      expect(text).toContain('499.00');
    },
  );

  test('hundreds of lines go on to further pages, which are numbered', async () => {
    const line = { th: 'ค่าเช่า', en: 'Rent', amountSatang: '499' };
    const { pages } = await read(named('Somsri', { lines: Array.from({ length: 100 }, () => line) }));
    expect(pages.length).toBeGreaterThan(2);
    for (const [n, page] of pages.entries()) expect(page).toContain(`${n + 1} / ${pages.length}`);
    expect(pages.join('').match(/ค่าเช่า/g)).toHaveLength(100);
    expect(pages.at(-1)).toContain('สี่ร้อยเก้าสิบเก้าบาทถ้วน');
  });

  test('nothing breaks the paper', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 80 }), async (name) => {
        expect((await read(named(name))).text).toContain('TI2569-000001');
      }),
      { numRuns: 40 },
    );
  });
});

describe('words', () => {
  test('every letter that counts as printable has a glyph', async () => {
    const all = Array.from({ length: 0x2300 }, (_, code) => String.fromCharCode(code)).filter((letter) =>
      PRINTABLE.test(letter),
    );
    expect(all.length).toBeGreaterThan(350);
    const alone = all.filter((letter) => /\S/.test(letter) && !/\p{M}|ำ/u.test(letter));
    const { text } = await read({ ...layoutOf(storyOf(invoice)), notes: alone });
    expect(alone.filter((letter) => !text.includes(letter))).toEqual([]);
  });

  test('a tone mark stands on the ring of ำ, not under it', () => {
    expect(inGlyphOrder('น้ำ')).toBe('น\u0e4d้า');
    expect(inGlyphOrder('จำนวน')).toBe('จ\u0e4dานวน');
  });

  test('Thai breaks between words, and closing marks stay where they belong', () => {
    const widthOf = (text: string) => text.length;
    expect(wrap('ใบกำกับภาษี ราคารวม', 12, widthOf)).toEqual(['ใบกำกับภาษี', 'ราคารวม']);
    expect(wrap('สำนักงานใหญ่', 8, widthOf)).toEqual(['สำนักงาน', 'ใหญ่']);
    expect(wrap('(ราคา) 100%', 6, widthOf)).toEqual(['(ราคา)', '100%']);
    expect(wrap('one\ntwo', 80, widthOf)).toEqual(['one', 'two']);
  });

  test('no line is wider than the paper, and nothing is lost', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'กำน้ีเaW (.-'), maxLength: 60 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 3, max: 30 }), (text, width) => {
        const lines = wrap(text, width, (part) => part.length);
        const cluster = (line: string) => [...new Intl.Segmenter('th').segment(line)].length === 1;
        for (const line of lines) expect(line.length <= width || cluster(line)).toBe(true);
        expect(lines.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });
});
