import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bahtInWords } from '../../../src/core/text/bahtWords.ts';

test.each([
  [0n, 'ศูนย์บาทถ้วน', 'zero baht only'],
  [1n, 'หนึ่งสตางค์', 'one satang'],
  [11n, 'สิบเอ็ดสตางค์', 'eleven satang'],
  [21n, 'ยี่สิบเอ็ดสตางค์', 'twenty-one satang'],
  [1_00n, 'หนึ่งบาทถ้วน', 'one baht only'],
  [1_01n, 'หนึ่งบาทหนึ่งสตางค์', 'one baht and one satang'],
  [10_00n, 'สิบบาทถ้วน', 'ten baht only'],
  [11_00n, 'สิบเอ็ดบาทถ้วน', 'eleven baht only'],
  [20_25n, 'ยี่สิบบาทยี่สิบห้าสตางค์', 'twenty baht and twenty-five satang'],
  [21_00n, 'ยี่สิบเอ็ดบาทถ้วน', 'twenty-one baht only'],
  [100_50n, 'หนึ่งร้อยบาทห้าสิบสตางค์', 'one hundred baht and fifty satang'],
  [101_00n, 'หนึ่งร้อยเอ็ดบาทถ้วน', 'one hundred one baht only'],
  [111_00n, 'หนึ่งร้อยสิบเอ็ดบาทถ้วน', 'one hundred eleven baht only'],
  [499_00n, 'สี่ร้อยเก้าสิบเก้าบาทถ้วน', 'four hundred ninety-nine baht only'],
  [1_499_00n, 'หนึ่งพันสี่ร้อยเก้าสิบเก้าบาทถ้วน', 'one thousand four hundred ninety-nine baht only'],
  [501_741_221_00n, 'ห้าร้อยเอ็ดล้านเจ็ดแสนสี่หมื่นหนึ่งพันสองร้อยยี่สิบเอ็ดบาทถ้วน', null],
  [1_000_000_00n, 'หนึ่งล้านบาทถ้วน', 'one million baht only'],
  [1_000_001_00n, 'หนึ่งล้านเอ็ดบาทถ้วน', 'one million one baht only'],
  [11_000_010_00n, 'สิบเอ็ดล้านสิบบาทถ้วน', 'eleven million ten baht only'],
  [1_000_000_000_000_00n, 'หนึ่งล้านล้านบาทถ้วน', 'one trillion baht only'],
  [1_000_001_000_001_00n, 'หนึ่งล้านเอ็ดล้านเอ็ดบาทถ้วน', 'one trillion one million one baht only'],
])('%s satang is %s', (amountSatang, th, en) => {
  expect(bahtInWords('th', amountSatang)).toBe(th);
  if (en) expect(bahtInWords('en', amountSatang)).toBe(en);
});

describe('whoever reads the words gets the amount', () => {
  const amounts = fc.oneof(fc.bigInt(0n, 10n ** 8n), fc.bigInt(0n, 10n ** 21n));

  test('in Thai', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(readThai(bahtInWords('th', amount))).toBe(amount);
      }),
      { numRuns: 3000 },
    );
  });

  test('in English', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(readEnglish(bahtInWords('en', amount))).toBe(amount);
      }),
      { numRuns: 3000 },
    );
  });

  test('and there are none below nothing', () => {
    expect(() => bahtInWords('th', -1n)).toThrow(RangeError);
  });
});

const THAI: Record<string, number> = {
  ศูนย์: 0,
  หนึ่ง: 1,
  เอ็ด: 1,
  สอง: 2,
  ยี่: 2,
  สาม: 3,
  สี่: 4,
  ห้า: 5,
  หก: 6,
  เจ็ด: 7,
  แปด: 8,
  เก้า: 9,
};
const PLACES: Record<string, number> = { สิบ: 10, ร้อย: 100, พัน: 1_000, หมื่น: 10_000, แสน: 100_000 };

/** Reads word by word, as a person would: digits wait for their place, ล้าน multiplies all that came before. */
function thaiNumber(text: string): bigint {
  let [total, group, digit] = [0n, 0, -1];
  for (const word of text.match(
    new RegExp([...Object.keys(THAI), ...Object.keys(PLACES), 'ล้าน', '.'].join('|'), 'gu'),
  ) ?? []) {
    if (word === 'ล้าน') {
      total = (total + BigInt(group + Math.max(digit, 0))) * 1_000_000n;
      [group, digit] = [0, -1];
    } else if (word in PLACES) {
      group += (PLACES[word] ?? 0) * (digit < 0 ? 1 : digit);
      digit = -1;
    } else if (word in THAI) digit = THAI[word] ?? 0;
    else throw new Error(`"${word}" in ${text}`);
  }
  return total + BigInt(group + Math.max(digit, 0));
}

function readThai(text: string): bigint {
  const [, baht = '', satang = ''] = /^(?:(.*)บาท)?(?:ถ้วน|(.*)สตางค์)$/.exec(text) ?? [];
  return thaiNumber(baht) * 100n + thaiNumber(satang);
}

const ENGLISH =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES = ' thousand million billion trillion quadrillion quintillion'.split(' ');

function englishNumber(text: string): bigint {
  let [total, group] = [0n, 0n];
  for (const word of text.split(/[ -]/).filter(Boolean)) {
    if (word === 'hundred') group *= 100n;
    else if (SCALES.includes(word)) {
      total += group * 1000n ** BigInt(SCALES.indexOf(word));
      group = 0n;
    } else if (ENGLISH.includes(word)) group += BigInt(ENGLISH.indexOf(word));
    else if (TENS.includes(word)) group += BigInt(TENS.indexOf(word) * 10 + 20);
    else throw new Error(`"${word}" in ${text}`);
  }
  return total + group;
}

function readEnglish(text: string): bigint {
  const [, baht = '', satang = ''] = /^(?:(.*) baht)?(?: only| and )?(?:(.*) satang)?$/.exec(text) ?? [];
  return englishNumber(baht) * 100n + englishNumber(satang);
}
