import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asciiDigits, bahtDecimal, formatBaht, parseBaht, splitVat, splitVatBack } from '../../src/core/amount.ts';

const satang = fc.bigInt(0n, 99_999_999_999_999n); // 12 digits of baht, all that parseBaht takes
const thaiDigits = (text: string) => text.replace(/\d/g, (d) => String.fromCharCode(0x0e50 + Number(d)));

describe('an amount that people write', () => {
  test.each([
    ['500', 500_00n],
    ['1,500.50', 1500_50n],
    ['฿500', 500_00n],
    ['฿ 1,234,567.89', 1_234_567_89n],
    ['500 บาท', 500_00n],
    ['500บาท', 500_00n],
    ['500 บ.', 500_00n],
    ['500 baht', 500_00n],
    ['THB 500', 500_00n],
    ['500 thb', 500_00n],
    ['500฿', 500_00n],
    ['๕๐๐', 500_00n],
    ['๑,๕๐๐.๕๐ บาท', 1500_50n],
    ['500.-', 500_00n],
    ['500.5', 500_50n],
    ['  20  ', 20_00n],
    ['0.01', 1n],
    ['0', 0n],
    ['007', 7_00n],
  ])('%s is understood', (text, expected) => {
    expect(parseBaht(text)).toBe(expected);
  });

  test.each([
    '',
    ' ',
    'abc',
    '-500',
    '+500',
    '−500',
    '1e3',
    '0x10',
    '500.005',
    '1,50',
    '15,00',
    ',500',
    '1,,000',
    '1,000,00',
    '500.',
    '.5',
    '5 000',
    '500 500',
    '500.50.50',
    'NaN',
    'Infinity',
    '฿',
    'บาท',
    '500 USD',
    '٥٠٠',
    '½',
    '1234567890123',
    '500;drop table',
  ])('"%s" is refused, never guessed', (text) => {
    expect(parseBaht(text)).toBeUndefined();
  });

  test('comes back from every way in which we write it', () => {
    fc.assert(
      fc.property(satang, (amount) => {
        for (const text of [formatBaht(amount), bahtDecimal(amount), `${bahtDecimal(amount)} บาท`])
          for (const written of [text, thaiDigits(text), ` ${text} `]) expect(parseBaht(written)).toBe(amount);
      }),
    );
  });

  test('is never something else than digits say, whatever is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d,.฿ บาท-]{0,20}$/)), (text) => {
        const amount = parseBaht(text);
        if (amount === undefined) return;
        const digits = asciiDigits(text)
          .replace(/[^\d.]/g, '')
          .replace(/\.+$/, '');
        expect(amount).toBe(BigInt(Math.round(Number(digits) * 100)));
      }),
    );
  });
});

test('negative amounts are written with their sign and two decimals', () => {
  expect([formatBaht(-1234_05n), bahtDecimal(-5n), bahtDecimal(-1234_50n)]).toEqual([
    '−฿1,234.05',
    '-0.05',
    '-1234.50',
  ]);
});

describe('VAT', () => {
  test('499.00 is 466.36 and 32.64', () => {
    expect(splitVat(499_00n, 7)).toEqual({ baseSatang: 466_36n, vatSatang: 32_64n });
  });

  test('always adds up, and its base is the nearest satang, halves up', () => {
    fc.assert(
      fc.property(satang, fc.integer({ min: 1, max: 30 }), (gross, percent) => {
        const { baseSatang, vatSatang } = splitVat(gross, percent);
        expect(baseSatang + vatSatang).toBe(gross);
        // base × (100 + p) is within half a step of gross × 100, and above it when exactly half
        const off = baseSatang * BigInt(100 + percent) * 2n - gross * 200n;
        expect(off > -BigInt(100 + percent) && off <= BigInt(100 + percent)).toBe(true);
      }),
    );
  });

  test('taken back in parts adds up to what was charged, and no part is below zero', () => {
    const parts = fc.array(fc.bigInt(1n, 1_000_00n), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 30 }), (parts, percent) => {
        const gross = parts.reduce((sum, part) => sum + part, 0n);
        const sums = { baseSatang: 0n, vatSatang: 0n };
        let left = gross;
        for (const part of parts) {
          const back = splitVatBack(left, part, percent);
          expect(back.baseSatang + back.vatSatang).toBe(part);
          expect(back.baseSatang >= 0n && back.vatSatang >= 0n).toBe(true);
          const alone = splitVat(part, percent).vatSatang - back.vatSatang;
          expect(alone >= -1n && alone <= 1n).toBe(true);
          sums.baseSatang += back.baseSatang;
          sums.vatSatang += back.vatSatang;
          left -= part;
        }
        expect(sums).toEqual(splitVat(gross, percent));
      }),
    );
  });

  test('taken back whole is what was charged: 499.00 is 466.36 + 32.64', () => {
    expect(splitVatBack(499_00n, 499_00n, 7)).toEqual({ baseSatang: 466_36n, vatSatang: 32_64n });
  });
});
