/** Rows read at a time: enough that the way to the database and back hardly counts, few enough to be held in memory. */
export const BATCH = 1000;

/**
 * Reads a list to its end, a batch at a time and only when the one before has been taken. `read` answers with at most
 * `BATCH` rows behind the given one. Each batch is a statement of its own: between two of them nothing is open in the
 * database, however long the reader takes.
 */
export async function* inBatches<T>(read: (after: T | undefined) => Promise<T[]>): AsyncGenerator<T[], void, void> {
  let after: T | undefined;
  for (;;) {
    const rows = await read(after);
    if (rows.length > 0) yield rows;
    after = rows.at(-1);
    if (rows.length < BATCH) return;
  }
}
