/**
 * What stands in one cell: words, an amount in satang, a moment, a whole number, or nothing. How it is written is a matter
 * of the format.
 */
export type Cell = string | { satang: bigint } | Date | number | null;

/** Rows that come by and by, under their headings in the reader's language. */
export interface Sheet {
  title: string;
  columns: readonly { heading: string /** In characters. */; width: number }[];
  batches: AsyncIterable<Cell[][]>;
}

/** What a format makes of a sheet, piece by piece as it is asked for. */
export type Bytes = AsyncGenerator<Uint8Array, void, void>;
