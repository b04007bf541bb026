import { Decimal } from '../decimal.ts';

const grouped = (text: string) => {
  const [whole = '', rest] = text.split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (rest ? `.${rest}` : '');
};

const signOf = (value: Decimal) => (value.isNegative() && !value.isZero() ? '−' : '');

/** An amount of a currency with two decimals, `−1,234.50`. */
export function asAmount(value: Decimal): string {
  const rounded = value.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
  return signOf(rounded) + grouped(rounded.abs().toFixed(2));
}

/** The same with its sign, `+1,234.50`: what was earned. */
export const asProfit = (value: Decimal): string =>
  `${value.toDecimalPlaces(2, Decimal.ROUND_HALF_UP).gt(0) ? '+' : ''}${asAmount(value)}`;

/** A quantity with at most eight significant digits behind whole ones, `0.00012345`. */
export function asQty(value: Decimal): string {
  const short = value.abs().gte(1) ? value.toDecimalPlaces(6) : value.toSignificantDigits(6);
  return signOf(short) + grouped(short.abs().toFixed());
}

/** A fraction as percent with two decimals, `−1.25 %`. */
export const asPercent = (rate: number): string => `${asAmount(new Decimal(rate).times(100))} %`;
