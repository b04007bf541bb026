import { Decimal, type DecimalText } from '../../core/decimal.ts';
import { ExchangeTrouble } from '../../core/market/trouble.ts';

/** What an exchange wrote, without an exponent and with all its digits; null where it wrote none. */
export function exact(value: unknown): DecimalText | null {
  if (value === undefined || value === null || value === '') return null;
  const text = String(value);
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text) ? new Decimal(text).toFixed() : null;
}

/** The same for what there must be. */
export function demanded(exchange: string, value: unknown): DecimalText {
  const text = exact(value);
  if (text === null) throw new ExchangeTrouble(exchange, 'malformed');
  return text;
}

/** Null for what is nought, because exchanges write it for "there is none". */
export function unlessZero(value: unknown): DecimalText | null {
  const text = exact(value);
  return text === null || new Decimal(text).isZero() ? null : text;
}

/** The parts of `BTC/USDT` and of `BTC/USDT:USDT`; undefined for what has another shape. */
export function pairOf(symbol: unknown): { base: string; quote: string; settle: string | undefined } | undefined {
  const [, base, quote, settle] = /^([^/:]+)\/([^/:]+)(?::([^-]+))?/.exec(String(symbol)) ?? [];
  return base && quote ? { base, quote, settle } : undefined;
}

/** Contracts → units of the base. Linear contracts are so many units; inverse ones so much of the quote. */
export function inBase(
  contracts: DecimalText,
  market: { contract?: unknown; inverse?: unknown; contractSize?: unknown } | undefined,
  price: DecimalText | null,
): DecimalText | null {
  const size = market?.contract ? exact(market.contractSize) : '1';
  if (size === null) return null;
  const units = new Decimal(contracts).abs().times(size);
  if (!market?.inverse) return units.toFixed();
  if (price === null || new Decimal(price).isZero()) return null;
  return units.div(price).toSignificantDigits(30).toFixed();
}
