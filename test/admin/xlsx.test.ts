import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvBytes } from '../../src/admin/export/csv.ts';
import type { Bytes, Cell, Sheet } from '../../src/admin/export/sheet.ts';
import { xlsxBytes } from '../../src/admin/export/xlsx.ts';
import { zip } from '../../src/admin/export/zip.ts';
import { cellOf, openWorkbook, rowsOf, shownAt } from '../support/spreadsheet.ts';

/** A sheet of these rows, in batches of `size`, and whether its source was closed. */
function sheet(rows: Cell[][], size = 10): Sheet & { isClosed(): boolean } {
  let closed = false;
  async function* batches() {
    try {
      for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
    } finally {
      closed = true;
    }
  }
  const columns = (rows[0] ?? ['x']).map((_, n) => ({ heading: `หัวข้อ ${n}`, width: 10 }));
  return { title: 'Top-ups', columns, batches: batches(), isClosed: () => closed };
}

async function collected(bytes: Bytes): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

const workbook = async (rows: Cell[][], sheetRows?: number, size?: number) =>
  openWorkbook(await collected(xlsxBytes(sheet(rows, size), sheetRows)));

describe('a workbook', () => {
  test('holds words as words, whatever they look like', async () => {
    const words = [
      '=1+1',
      '+1',
      '-1',
      '@x',
      '\tx',
      '=HYPERLINK("http://evil.example","click")',
      '<b>&"\'',
      '001',
      '1e5',
      ' x ',
      'ก๊าซ\nสอง',
    ];
    const book = await workbook([words]);
    expect(rowsOf(book)[1]).toEqual(words);
    for (const n of words.keys()) {
      const cell = cellOf(book, `${String.fromCharCode(65 + n)}2`);
      expect([cell.t, cell.f, cell.z]).toEqual(['s', undefined, '@']);
    }
  });

  test('gives back any words that Excel can hold', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 10 }), async (words) => {
        const rows = rowsOf(await workbook(words.map((word) => [word, 'x'])));
        expect(rows.slice(1).map(([word = '']) => word)).toEqual(words.map((word) => word.toWellFormed()));
      }),
      { numRuns: 150 },
    );
  });

  test('keeps what only looks like a letter by its code, and cuts what no cell can hold', async () => {
    const book = await workbook([['_x0041_ _x003D_1', '\u0001', '\ud800', 'x'.repeat(40_000)]]);
    const [plain, control, lone, long = ''] = rowsOf(book)[1] ?? [];
    expect([plain, control, lone]).toEqual(['_x0041_ _x003D_1', '\u0001', '\ufffd']);
    expect(String(long)).toHaveLength(32_767);
  });

  test('holds amounts as numbers with two decimals, exact to the satang, up to where a number can', async () => {
    const satang = fc.bigInt({ min: -(10n ** 15n) + 1n, max: 10n ** 15n - 1n });
    await fc.assert(
      fc.asyncProperty(fc.array(satang, { minLength: 1, maxLength: 20 }), async (amounts) => {
        const book = await workbook(amounts.map((amount) => [{ satang: amount }]));
        const rows = rowsOf(book).slice(1);
        expect(rows.map(([baht]) => BigInt(Number(baht).toFixed(2).replace('.', '')))).toEqual(amounts);
        expect(cellOf(book, 'A2')).toMatchObject({ t: 'n', z: '#,##0.00' });
      }),
      { numRuns: 100 },
    );
  });

  test('writes an amount beyond that as words, of which no digit is lost', async () => {
    // Two neighbouring satang that are one and the same double.
    expect(Number('90071992547409.93')).toBe(Number('90071992547409.94'));
    const book = await workbook([
      [{ satang: 10n ** 15n - 1n }, { satang: 10n ** 15n }, { satang: -9_007_199_254_740_993n }],
    ]);
    expect(rowsOf(book)[1]).toEqual([9_999_999_999_999.99, '10000000000000.00', '-90071992547409.93']);
  });

  test('holds moments as dates of Bangkok', async () => {
    const book = await workbook([[new Date('2026-12-31T18:30:05Z'), new Date(Number.NaN), null, 7]]);
    const [day, none, , seven] = rowsOf(book)[1] ?? [];
    expect(shownAt(Number(day))).toBe('2027-01-01 01:30:05');
    expect([none, seven]).toEqual([undefined, 7]);
    expect(cellOf(book, 'A2').z).toContain('yyyy');
  });

  test.each([
    [9, 10, 1],
    [10, 10, 2],
    [18, 10, 2],
    [19, 10, 3],
    [0, 10, 1],
    [45, 10, 5],
  ])('of %i rows on sheets of %i goes on in another sheet: %i in all', async (count, sheetRows, sheets) => {
    const rows = Array.from({ length: count }, (_, n) => [`row ${n}`]);
    for (const size of [1, 7, 100]) {
      const book = await workbook(rows, sheetRows, size);
      expect(book.SheetNames).toHaveLength(sheets);
      expect(book.SheetNames[sheets - 1]).toBe(sheets === 1 ? 'Top-ups' : `Top-ups ${sheets}`);
      const read = book.SheetNames.flatMap((_, n) => {
        const [heading, ...rest] = rowsOf(book, n);
        expect(heading).toEqual(['หัวข้อ 0']);
        return rest;
      });
      expect(read).toEqual(rows);
    }
  });

  test('has a name for its sheet that Excel takes', async () => {
    const odd = { ...sheet([['x']]), title: "a'b[c]:d*e?f/g\\h and rather long for a name" };
    const [name = ''] = openWorkbook(await collected(xlsxBytes(odd))).SheetNames;
    expect(name).toMatch(/^[^[\]:*?/\\']{1,31}$/);
  });

  test('names columns beyond Z', async () => {
    const book = await workbook([Array.from({ length: 60 }, (_, n) => n)]);
    expect(cellOf(book, 'AA2').v).toBe(26);
    expect(cellOf(book, 'BH2').v).toBe(59);
  });
});

describe('whoever stops reading', () => {
  test.each([
    ['csv', csvBytes],
    ['xlsx', xlsxBytes],
  ] as const)('closes the source of a %s', async (_, bytesOf) => {
    const rows = Array.from({ length: 20_000 }, (_, n) => [`row ${n} ${Math.random()}`]);
    const read = sheet(rows, 100);
    const bytes = bytesOf(read);
    for (let n = 0; n < 3; n++) await bytes.next();
    expect(read.isClosed()).toBe(false);
    await bytes.return();
    expect(read.isClosed()).toBe(true);
  });

  test('before the first row closes the archive as well', async () => {
    const read = sheet([['x']]);
    const bytes = xlsxBytes(read);
    await bytes.return();
    expect(await bytes.next()).toEqual({ done: true, value: undefined });
  });
});

test.each([
  ['csv', csvBytes],
  ['xlsx', xlsxBytes],
] as const)('a fault of the source is a fault of the %s', async (_, bytesOf) => {
  async function* failing() {
    yield [['one']];
    throw new Error('the database is away');
  }
  await expect(collected(bytesOf({ ...sheet([['x']]), batches: failing() }))).rejects.toThrow('the database is away');
});

test('an archive of no files is one', async () => {
  const none = (async function* () {})();
  expect((await collected(zip(none))).subarray(0, 4)).toEqual(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
});

describe('CSV', () => {
  const linesOf = async (rows: Cell[][]) => {
    const text = (await collected(csvBytes(sheet(rows, 1)))).toString();
    expect(text.charCodeAt(0)).toBe(0xfeff);
    return text.slice(1).split('\r\n').slice(1, -1);
  };

  test('defuses what a spreadsheet would run, and begins with the mark of UTF-8', async () => {
    expect(await linesOf([['=1+1', '+1', '-1', '@x', '\tx', '\rx', '＝1']])).toEqual([
      `'=1+1,'+1,'-1,'@x,'\tx,"'\rx",'＝1`,
    ]);
  });

  test('quotes every kind of line break: behind a bare one the next line would begin with a formula', async () => {
    expect(await linesOf([['a\n=1', 'a\r=1', 'a\u0085', 'a,"b"']])).toEqual(['"a\n=1","a\r=1",a\u0085,"a,""b"""']);
  });

  test('writes amounts, moments and numbers plainly', async () => {
    const cells: Cell[] = [{ satang: 1_234_50n }, new Date('2026-12-31T18:30:05Z'), null, 7, 'ไทย', ''];
    expect(await linesOf([cells])).toEqual(['1234.50,2027-01-01 01:30:05,,7,ไทย,']);
  });
});
