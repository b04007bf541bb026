import { allocateCandles, type Candles, candleColumns, sliceCandles } from './candles.ts';
import { candleFaults, type FaultCode } from './fault.ts';

/** What is wrong with a file of candles, and in which line; the first line is 1. */
export type CsvProblem =
  | { readonly line: number; readonly code: 'header_missing'; readonly column: string }
  | { readonly line: number; readonly code: 'fields'; readonly found: number; readonly wanted: number }
  | { readonly line: number; readonly code: 'not_a_number'; readonly column: string; readonly text: string }
  | { readonly line: number; readonly code: 'not_milliseconds'; readonly text: string }
  | { readonly line: number; readonly code: 'no_candles' }
  | { readonly line: number; readonly code: Exclude<FaultCode, 'not_a_number'> };

/** The columns a file has to have, under these names and in any order; others beside them are passed over. */
export const csvColumns = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;

const MOST_PROBLEMS = 20;
/** Milliseconds between 1973 and 5138: seconds, microseconds and years lie outside. */
const [LEAST_MS, MOST_MS] = [1e11, 1e14];

const NEWLINE = 10;
const RETURN = 13;
const COMMA = 44;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const SPACE = 32;
/** As long as a number has no more digits than this it and the power of ten are exact, and so is their quotient. */
const EXACT_DIGITS = 15;
const POWERS = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, k) => 10 ** k);
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads candles from CSV in UTF-8: `timestamp` (when a candle opened, milliseconds UTC), `open,high,low,close,volume`, under a
 * header, oldest first. Strict: whatever is not a sound candle is named with its line, and then there are no candles.
 */
export function parseCandles(bytes: Uint8Array): { candles: Candles; problems: CsvProblem[] } {
  const reader = new CsvReader(bytes);
  const problems = reader.readHeader();
  if (problems.length === 0) problems.push(...reader.readRows());
  if (problems.length === 0 && reader.rows === 0) problems.push({ line: 1, code: 'no_candles' });
  if (problems.length > 0) return { candles: allocateCandles(0), problems };
  const candles = sliceCandles(reader.candles, 0, reader.rows);
  const faults = candleFaults(candles, MOST_PROBLEMS).map(
    ({ index, code }): CsvProblem =>
      code === 'not_a_number' ? { line: index + 2, code, column: '', text: '' } : { line: index + 2, code },
  );
  return { candles: faults.length > 0 ? allocateCandles(0) : candles, problems: faults };
}

class CsvReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** For each field of a row its place in `candleColumns`; -1 for one that is passed over. */
  #places: number[] = [];
  candles: Candles = allocateCandles(0);
  rows = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  readHeader(): CsvProblem[] {
    const end = lineEnd(this.#bytes, 0);
    const names = textOf(this.#bytes, 0, end)
      .replace(/^\uFEFF/, '')
      .split(',')
      .map((name) => name.trim().toLowerCase());
    const known: readonly string[] = csvColumns;
    this.#places = names.map((name) => known.indexOf(name));
    this.#at = end + 1;
    return csvColumns
      .filter((column) => !names.includes(column))
      .map((column): CsvProblem => ({ line: 1, code: 'header_missing', column }));
  }

  readRows(): CsvProblem[] {
    const bytes = this.#bytes;
    const problems: CsvProblem[] = [];
    let targets = this.#makeRoom();
    while (this.#at < bytes.length && problems.length < MOST_PROBLEMS) {
      if (this.rows === this.candles.length) targets = this.#makeRoom();
      const end = readRow(bytes, this.#at, targets, this.rows);
      if (end >= 0) this.#at = end;
      else {
        if (onlyBlankFrom(bytes, this.#at)) break;
        const end = lineEnd(bytes, this.#at);
        const problem = this.#readSlowly(textOf(bytes, this.#at, end));
        if (problem) problems.push(problem);
        this.#at = end + 1;
      }
      const time = this.candles.time[this.rows] as number; // the row was just read
      if (problems.length === 0 && !(time >= LEAST_MS && time <= MOST_MS && Number.isInteger(time)))
        problems.push({ line: this.rows + 2, code: 'not_milliseconds', text: String(time) });
      this.rows += 1;
    }
    return problems;
  }

  /** A row with a sign, an exponent, many digits, spaces, or a mistake. */
  #readSlowly(row: string): CsvProblem | undefined {
    const line = this.rows + 2;
    const fields = row.replace(/\r$/, '').split(',');
    const wanted = this.#places.length;
    if (fields.length !== wanted) return { line, code: 'fields', found: fields.length, wanted };
    for (const [k, field] of fields.entries()) {
      const place = this.#places[k] ?? -1;
      const text = field.trim();
      const name = csvColumns[place];
      const column = candleColumns[place];
      if (!name || !column) continue;
      const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
      if (!Number.isFinite(value)) return { line, code: 'not_a_number', column: name, text: text.slice(0, 30) };
      this.candles[column][this.rows] = value;
    }
    return undefined;
  }

  /** Room for all rows that are still to come, judged by the next of them. Answers where each field of a row goes. */
  #makeRoom(): Float64Array[] {
    const left = this.#bytes.length - this.#at;
    const sample = Math.min(left, 4096);
    let lines = 0;
    for (let i = this.#at; i < this.#at + sample; i++) if (this.#bytes[i] === NEWLINE) lines += 1;
    const room = this.rows + Math.ceil((left / sample) * (lines + 1) * 1.05) + 16;
    const candles = allocateCandles(room);
    for (const column of candleColumns) candles[column].set(this.candles[column]);
    this.candles = candles;
    const passedOver = new Float64Array(room);
    return this.#places.map((place) => {
      const column = candleColumns[place];
      return column ? candles[column] : passedOver;
    });
  }
}

/** Reads one row into its columns and answers where the next one begins, or -1 when it takes a closer look. */
function readRow(bytes: Uint8Array, from: number, targets: readonly Float64Array[], row: number): number {
  const last = targets.length - 1;
  let at = from;
  for (let field = 0; field < last; field++) {
    at = readNumber(bytes, at, targets[field] as Float64Array, row); // field is inside
    if (at < 0 || bytes[at] !== COMMA) return -1;
    at += 1;
  }
  at = readNumber(bytes, at, targets[last] as Float64Array, row); // there is at least one
  if (at >= 0 && bytes[at] === RETURN) at += 1;
  return at < 0 || (at < bytes.length && bytes[at] !== NEWLINE) ? -1 : at + 1;
}

/**
 * Reads digits with at most one dot into `column[row]` and answers where they end, or -1 when there are none, or so many
 * that the quotient would not be the nearest number. It is called millions of times in a file of minutes.
 */
function readNumber(bytes: Uint8Array, from: number, column: Float64Array, row: number): number {
  let at = from;
  let dot = -1;
  let value = 0;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number; // at is inside
    if (byte >= ZERO && byte <= NINE) value = value * 10 + (byte - ZERO);
    else if (byte === DOT && dot < 0) dot = at;
    else break;
  }
  const digits = at - from - (dot < 0 ? 0 : 1);
  if (digits < 1 || digits > EXACT_DIGITS) return -1;
  column[row] = dot < 0 ? value : value / (POWERS[at - dot - 1] as number); // at most 15 decimals
  return at;
}

function lineEnd(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(NEWLINE, from);
  return end < 0 ? bytes.length : end;
}

const textOf = (bytes: Uint8Array, from: number, to: number) => new TextDecoder().decode(bytes.subarray(from, to));

/** Empty lines may stand at the end of a file, nowhere else. */
function onlyBlankFrom(bytes: Uint8Array, from: number): boolean {
  const first = bytes[from];
  if (first !== NEWLINE && first !== RETURN && first !== SPACE) return false;
  return textOf(bytes, from, bytes.length).trim() === '';
}
