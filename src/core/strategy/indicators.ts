import type { Candles } from '../market/candles.ts';
import { stepMs } from '../market/step.ts';
import { type Timeframe, timeframeMs } from '../market/timeframe.ts';
import { type HigherTimeframe, higherTimeframe } from './higher.ts';
import { atr } from './indicators/atr.ts';
import { type Bands, bollinger } from './indicators/bollinger.ts';
import { donchian } from './indicators/donchian.ts';
import { ema } from './indicators/ema.ts';
import { type Macd, type MacdPeriods, macd } from './indicators/macd.ts';
import { rsi } from './indicators/rsi.ts';
import { sma } from './indicators/sma.ts';

/** What is kept when many parameters share the same candles: about 30 columns of a year of minutes. */
const KEPT_BYTES = 128 * 2 ** 20;

/**
 * Indicators over one series of candles, each computed at its first use and kept for the next strategy that asks: a
 * thousand combinations of two averages need a few dozen columns. What was not asked for longest goes first.
 */
export class Indicators {
  readonly candles: Candles;
  /** How long one of them lasts. */
  readonly stepMs: number;
  readonly #keptBytes: number;
  readonly #kept = new Map<string, { value: unknown; bytes: number }>();
  #bytes = 0;

  constructor(candles: Candles, options: { stepMs?: number; keptBytes?: number } = {}) {
    this.candles = candles;
    this.stepMs = options.stepMs ?? stepMs(candles);
    this.#keptBytes = options.keptBytes ?? KEPT_BYTES;
  }

  sma = (period: number) => this.once(`sma ${period}`, 1, () => sma(this.candles.close, period));
  ema = (period: number) => this.once(`ema ${period}`, 1, () => ema(this.candles.close, period));
  rsi = (period: number) => this.once(`rsi ${period}`, 1, () => rsi(this.candles.close, period));
  atr = (period: number) => this.once(`atr ${period}`, 1, () => atr(this.candles, period));
  donchian = (period: number): Bands => this.once(`donchian ${period}`, 3, () => donchian(this.candles, period));

  macd(periods: MacdPeriods): Macd {
    const { fast, slow, signal } = periods;
    return this.once(`macd ${fast} ${slow} ${signal}`, 3, () => macd(this.candles.close, periods));
  }

  bollinger(period: number, deviations: number): Bands {
    return this.once(`bollinger ${period} ${deviations}`, 3, () => bollinger(this.candles.close, period, deviations));
  }

  /** The same candles in a longer timeframe, of which only closed candles can be seen. */
  higher(timeframe: Timeframe): HigherTimeframe {
    return this.once(`higher ${timeframe}`, 7, () =>
      higherTimeframe(this.candles, this.stepMs, timeframeMs[timeframe]),
    );
  }

  /** Anything else worth keeping: `key` names it with its parameters, `columns` says how large it is. */
  once<T>(key: string, columns: number, compute: () => T): T {
    const found = this.#kept.get(key);
    if (found) {
      this.#kept.delete(key);
      this.#kept.set(key, found); // asked for last, so it goes last
      return found.value as T; // a key always names the same computation
    }
    const value = compute();
    const bytes = columns * this.candles.length * Float64Array.BYTES_PER_ELEMENT;
    this.#kept.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#keptBytes || oldest === key) break;
      this.#kept.delete(oldest);
      this.#bytes -= bytes;
    }
    return value;
  }
}
