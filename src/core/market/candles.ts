/**
 * Candles as columns, oldest first: one number array for each thing known about them, so that a run touches memory in
 * order and a worker gets them without copying. `time` is when a candle opened, in milliseconds UTC; prices are in the
 * quote currency, volume in the base coin.
 */
export interface Candles {
  readonly length: number;
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export const candleColumns = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;

const BYTES = Float64Array.BYTES_PER_ELEMENT;

/** Room for `length` candles in one piece of shared memory: threads read the same bytes. */
export function allocateCandles(length: number): Candles {
  return candlesIn(new SharedArrayBuffer(length * candleColumns.length * BYTES), length);
}

/** The candles that lie in a piece of memory made by `allocateCandles`: what a worker does with what it was handed. */
export function candlesIn(memory: ArrayBufferLike, length: number): Candles {
  const column = (n: number) => new Float64Array(memory, n * length * BYTES, length);
  return {
    length,
    time: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

/** The candles from index `from` up to, but not with, `to`: the same memory, nothing is copied. */
export function sliceCandles(candles: Candles, from: number, to = candles.length): Candles {
  const part = (column: Float64Array) => column.subarray(from, to);
  const { time, open, high, low, close, volume } = candles;
  return {
    length: Math.max(0, Math.min(to, candles.length) - from),
    time: part(time),
    open: part(open),
    high: part(high),
    low: part(low),
    close: part(close),
    volume: part(volume),
  };
}

/** The same candles alone in their memory, so that a thread needs nothing but that and their number: copied only when cut out of more. */
export function ownMemory(candles: Candles): Candles {
  const { buffer, byteOffset } = candles.time;
  const isWhole = byteOffset === 0 && buffer.byteLength === candles.length * candleColumns.length * BYTES;
  return isWhole ? candles : joinCandles([candles]);
}

/** Sets of candles one after the other in one piece. */
export function joinCandles(parts: readonly Candles[]): Candles {
  const all = allocateCandles(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    for (const name of candleColumns) all[name].set(part[name], at);
    at += part.length;
  }
  return all;
}
