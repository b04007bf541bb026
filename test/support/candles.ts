import { allocateCandles, type Candles } from '../../src/core/market/candles.ts';
import { randomFrom } from '../bench/figures.ts';

/** A random walk that looks like a market: the same for the same seed, and a longer one begins with the shorter. */
export function randomCandles(seed: number, length: number, stepMs = 3_600_000): Candles {
  const random = randomFrom(seed);
  const candles = allocateCandles(length);
  let price = 20 + random() * 1000;
  for (let i = 0; i < length; i++) {
    const open = price;
    const close = Math.max(0.5, open * (1 + (random() - 0.5) * 0.06));
    candles.time[i] = Date.UTC(2024, 0, 1) + i * stepMs;
    candles.open[i] = open;
    candles.close[i] = close;
    candles.high[i] = Math.max(open, close) * (1 + random() * 0.01);
    candles.low[i] = Math.min(open, close) * (1 - random() * 0.01);
    candles.volume[i] = random() < 0.05 ? 0 : random() * 500;
    price = close * (random() < 0.1 ? 1 + (random() - 0.5) * 0.01 : 1);
  }
  return candles;
}
