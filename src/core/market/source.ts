import type { Candles } from './candles.ts';
import type { Timeframe } from './timeframe.ts';

/** What we need of an exchange to have its candles. Every call throws `ExchangeTrouble` when the exchange will not. */
export interface CandleSource {
  /** `demo`, `binance`, …: what its candles are stored under. */
  readonly id: string;
  /** What it trades, as `BTC/USDT`. */
  symbols(signal: AbortSignal): Promise<readonly string[]>;
  /** The first closed candles that opened at `sinceMs` or later, oldest first, at most `limit`: none when there are none yet. */
  candles(
    wanted: { symbol: string; timeframe: Timeframe; sinceMs: number; limit: number },
    signal: AbortSignal,
  ): Promise<Candles>;
  /** How many candles it gives at most in one answer. */
  readonly batch: number;
}
