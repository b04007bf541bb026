/** Thai money is whole satang in a bigint. These are the only two ways between it and text. */

const THAI_ZERO = 0x0e50;

/** `๑,๒๓๔` → `1,234`: Thai digits become ASCII ones, everything else stays. */
export function asciiDigits(text: string): string {
  return text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - THAI_ZERO));
}

/**
 * Baht as people write them (`500`, `1,500.50`, `฿500`, `500 บาท`, `๕๐๐`, `500 THB`) to satang. Undefined for anything
 * else: a sign, an exponent, a third decimal or misplaced commas are refused, never guessed.
 */
export function parseBaht(text: string): bigint | undefined {
  const plain = asciiDigits(text)
    .trim()
    .replace(/^(฿|thb)\s*/i, '')
    .replace(/\s*(฿|บาท|baht|thb|บ\.)$/i, '')
    .replace(/\.-$/, '');
  const match = /^(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match?.[1]) return undefined;
  return BigInt(match[1].replaceAll(',', '')) * 100n + BigInt((match[2] ?? '').padEnd(2, '0'));
}

/** Satang to a plain decimal string, `1234.50`, as JSON and CSV carry it. */
export function bahtDecimal(satang: bigint): string {
  const sign = satang < 0n ? '-' : '';
  const abs = satang < 0n ? -satang : satang;
  return `${sign}${abs / 100n}.${String(abs % 100n).padStart(2, '0')}`;
}

/** Satang as people read it, `฿1,234.50`; a negative amount is `−฿1,234.50`. */
export function formatBaht(satang: bigint): string {
  const abs = satang < 0n ? -satang : satang;
  const whole = String(abs / 100n).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${satang < 0n ? '−' : ''}฿${whole}.${String(abs % 100n).padStart(2, '0')}`;
}

/**
 * Splits a VAT-inclusive amount: base = round half up(gross × 100 / (100 + rate)), VAT is the rest, so the two always
 * add up to what was paid. 499.00 at 7 % is 466.36 + 32.64.
 */
export function splitVat(grossSatang: bigint, ratePercent: number): { baseSatang: bigint; vatSatang: bigint } {
  const divisor = 100n + BigInt(ratePercent);
  const baseSatang = (grossSatang * 100n * 2n + divisor) / (divisor * 2n);
  return { baseSatang, vatSatang: grossSatang - baseSatang };
}

/**
 * Splits what is taken back of a VAT-inclusive amount of which `leftSatang` are left. What stays is always split like an
 * amount of its own: whatever the parts are, none is negative and together they come to base and VAT of the whole. A
 * part may differ by one satang from what `splitVat` says of it alone.
 */
export function splitVatBack(
  leftSatang: bigint,
  partSatang: bigint,
  ratePercent: number,
): { baseSatang: bigint; vatSatang: bigint } {
  const [before, after] = [splitVat(leftSatang, ratePercent), splitVat(leftSatang - partSatang, ratePercent)];
  return { baseSatang: before.baseSatang - after.baseSatang, vatSatang: before.vatSatang - after.vatSatang };
}
