import type { Language } from './text.ts';

const MILLION = 1_000_000n;

const THAI_DIGITS = ['', 'หนึ่ง', 'สอง', 'สาม', 'สี่', 'ห้า', 'หก', 'เจ็ด', 'แปด', 'เก้า'];
const THAI_PLACES = ['', 'สิบ', 'ร้อย', 'พัน', 'หมื่น', 'แสน'];

/** Up to six digits. A last 1 is เอ็ด wherever anything stands before it, a million included. */
function thaiGroup(n: number, isLed: boolean): string {
  const digits = [...String(n)].map(Number);
  const words = digits.map((digit, i) => {
    const place = digits.length - 1 - i;
    if (digit === 0) return '';
    if (place === 0 && digit === 1 && (isLed || digits.length > 1)) return 'เอ็ด';
    if (place === 1 && digit === 1) return 'สิบ';
    if (place === 1 && digit === 2) return 'ยี่สิบ';
    return `${THAI_DIGITS[digit]}${THAI_PLACES[place]}`;
  });
  return words.join('');
}

/** Thai counts in millions of millions: the part above a million is read as a number of its own, then ล้าน. */
function thaiNumber(n: bigint): string {
  const millions = n / MILLION;
  const lead = millions > 0n ? `${thaiNumber(millions)}ล้าน` : '';
  return lead + thaiGroup(Number(n % MILLION), millions > 0n);
}

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const SCALES = ['', ' thousand', ' million', ' billion', ' trillion', ' quadrillion', ' quintillion'];

function englishGroup(n: number): string {
  const hundreds = n >= 100 ? `${ONES[Math.floor(n / 100)]} hundred` : '';
  const rest = n % 100;
  const ones = rest % 10 ? `-${ONES[rest % 10]}` : '';
  const below = rest === 0 ? '' : rest < 20 ? ONES[rest] : `${TENS[Math.floor(rest / 10)]}${ones}`;
  return [hundreds, below].filter(Boolean).join(' ');
}

function englishNumber(n: bigint): string {
  const groups: string[] = [];
  for (let rest = n, scale = 0; rest > 0n; rest /= 1000n, scale++) {
    const group = Number(rest % 1000n);
    if (group > 0) groups.unshift(`${englishGroup(group)}${SCALES[scale]}`);
  }
  return groups.join(' ') || 'zero';
}

const inThai = (baht: bigint, satang: bigint) => {
  const whole = baht > 0n || satang === 0n ? `${thaiNumber(baht) || 'ศูนย์'}บาท` : '';
  return satang === 0n ? `${whole}ถ้วน` : `${whole}${thaiNumber(satang)}สตางค์`;
};

const inEnglish = (baht: bigint, satang: bigint) => {
  const cents = `${englishNumber(satang)} satang`;
  if (baht === 0n && satang > 0n) return cents;
  return `${englishNumber(baht)} baht ${satang === 0n ? 'only' : `and ${cents}`}`;
};

/** Money in words, as documents carry it so that no digit can be added: สี่ร้อยเก้าสิบเก้าบาทถ้วน. Never for less than nothing. */
export function bahtInWords(language: Language, amountSatang: bigint): string {
  if (amountSatang < 0n || amountSatang >= 10n ** 23n) throw new RangeError('no words for this amount');
  const [baht, satang] = [amountSatang / 100n, amountSatang % 100n];
  return language === 'th' ? inThai(baht, satang) : inEnglish(baht, satang);
}
