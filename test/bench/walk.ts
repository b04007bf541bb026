import { allocateCandles, type Candles } from '../../src/core/market/candles.ts';
import { randomFrom } from './figures.ts';

/** Of a year. */
export const MINUTES = 525_600;
export const MINUTE_MS = 60_000;

/** A random walk with the swings of a market of minutes, prices to the cent. */
export function walk(length: number, stepMs: number): Candles {
  const random = randomFrom(42);
  const candles = allocateCandles(length);
  const cents = (value: number) => Math.round(value * 100) / 100;
  const width = Math.sqrt(stepMs / MINUTE_MS) * 0.0012;
  let price = 42_000;
  for (let i = 0; i < length; i++) {
    const open = price;
    const close = cents(open * (1 + (random() + random() - 1) * width));
    candles.time[i] = Date.UTC(2024, 0, 1) + i * stepMs;
    candles.open[i] = open;
    candles.close[i] = close;
    candles.high[i] = cents(Math.max(open, close) * (1 + random() * width * 0.3));
    candles.low[i] = cents(Math.min(open, close) * (1 - random() * width * 0.3));
    candles.volume[i] = Math.round(random() * 1e7) / 1e5;
    price = close;
  }
  return candles;
}
