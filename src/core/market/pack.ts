import { allocateCandles, type Candles } from './candles.ts';

/**
 * Candles as bytes for one row of the database. Each column is written whole: prices as 32-bit whole numbers of their
 * smallest digit where that loses nothing (exchanges quote in ticks), as 64-bit floats where it would; times as steps
 * from the first, in units of the timeframe. A month of minutes takes one megabyte instead of two.
 *
 * Layout, little-endian: version u8 · count u32 · first time f64 · time unit f64 · six columns of (kind u8 · scale u8 ·
 * padding · values). Kind 1: i32 / 10^scale. Kind 2: f64. Times are kind 3: u32 units since the first.
 */
const VERSION = 1;
const HEADER = 24;
const COLUMN_HEADER = 8;
const [SCALED, FLOAT, STEPS] = [1, 2, 3];
const MOST_DECIMALS = 8;
const MOST = 2 ** 31 - 1;

const valueColumns = ['open', 'high', 'low', 'close', 'volume'] as const;

/** Packs candles whose times are whole numbers of `unitMs` apart. */
export function packCandles(candles: Candles, unitMs: number): Uint8Array {
  const { length, time } = candles;
  const scales = valueColumns.map((name) => decimalsOf(candles[name]));
  const sizes = [4, ...scales.map((scale) => (scale === null ? 8 : 4))];
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + COLUMN_HEADER + padded(size * length), HEADER));
  const view = new DataView(bytes.buffer);
  const firstMs = length > 0 ? (time[0] as number) : 0;
  view.setUint8(0, VERSION);
  view.setUint32(4, length, true);
  view.setFloat64(8, firstMs, true);
  view.setFloat64(16, unitMs, true);
  let at = HEADER;
  const steps = begin(view, at, STEPS, 0, 4 * length);
  for (let i = 0; i < length; i++)
    view.setUint32(steps.at + 4 * i, stepOf((time[i] as number) - firstMs, unitMs), true);
  at = steps.next;
  for (const [n, name] of valueColumns.entries()) {
    const column = candles[name];
    const scale = scales[n] ?? null;
    const place = begin(view, at, scale === null ? FLOAT : SCALED, scale ?? 0, (scale === null ? 8 : 4) * length);
    if (scale === null) new Float64Array(bytes.buffer, place.at, length).set(column);
    else {
      const factor = 10 ** scale;
      const whole = new Int32Array(bytes.buffer, place.at, length);
      for (let i = 0; i < length; i++) whole[i] = Math.round((column[i] as number) * factor);
    }
    at = place.next;
  }
  return bytes;
}

const padded = (size: number) => Math.ceil(size / 8) * 8;

function begin(view: DataView, at: number, kind: number, scale: number, size: number) {
  view.setUint8(at, kind);
  view.setUint8(at + 1, scale);
  return { at: at + COLUMN_HEADER, next: at + COLUMN_HEADER + padded(size) };
}

function stepOf(sinceMs: number, unitMs: number): number {
  const step = sinceMs / unitMs;
  if (!Number.isInteger(step) || step < 0 || step > 2 ** 32 - 1)
    throw new RangeError(`a candle ${sinceMs} ms after the first does not fit steps of ${unitMs} ms`);
  return step;
}

/** The fewest decimals that write every value exactly as a 32-bit whole number; null where there are none. */
function decimalsOf(column: Float64Array): number | null {
  search: for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
    const factor = 10 ** decimals;
    for (let i = 0; i < column.length; i++) {
      const value = column[i] as number; // i is inside
      const whole = Math.round(value * factor);
      if (Math.abs(whole) > MOST || !Number.isFinite(whole)) return null;
      if (whole / factor !== value || Object.is(value, -0)) continue search;
    }
    return decimals;
  }
  return null;
}

/** How many candles a block holds, without unpacking it. */
export const packedCount = (bytes: Uint8Array) => headerOf(bytes).count;

function headerOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < HEADER || view.getUint8(0) !== VERSION) throw new Error('these bytes are no block of candles');
  return { view, count: view.getUint32(4, true), firstMs: view.getFloat64(8, true), unitMs: view.getFloat64(16, true) };
}

/** Unpacks blocks one after the other into one set of columns, in shared memory. */
export function unpackCandles(blocks: readonly Uint8Array[]): Candles {
  const out = allocateCandles(blocks.reduce((sum, block) => sum + packedCount(block), 0));
  let offset = 0;
  for (const block of blocks) offset += unpackInto(out, offset, aligned(block));
  return out;
}

/** Columns of eight bytes have to lie on addresses that eight divides; what a driver cut out of a message may not. */
const aligned = (bytes: Uint8Array) => (bytes.byteOffset % 8 === 0 ? bytes : bytes.slice());

function unpackInto(out: Candles, offset: number, bytes: Uint8Array): number {
  const { view, count, firstMs, unitMs } = headerOf(bytes);
  const { buffer, byteOffset } = bytes;
  const columnAt = (at: number) => byteOffset + at + COLUMN_HEADER;
  let at = HEADER;
  const steps = new Uint32Array(buffer, columnAt(at), count);
  for (let i = 0; i < count; i++) out.time[offset + i] = firstMs + (steps[i] as number) * unitMs;
  at += COLUMN_HEADER + padded(4 * count);
  for (const name of valueColumns) {
    const isFloat = view.getUint8(at) === FLOAT;
    const target = out[name];
    if (isFloat) target.set(new Float64Array(buffer, columnAt(at), count), offset);
    else {
      const factor = 10 ** view.getUint8(at + 1);
      const whole = new Int32Array(buffer, columnAt(at), count);
      for (let i = 0; i < count; i++) target[offset + i] = (whole[i] as number) / factor;
    }
    at += COLUMN_HEADER + padded((isFloat ? 8 : 4) * count);
  }
  return count;
}
