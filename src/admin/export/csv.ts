import { bahtDecimal } from '../../core/amount.ts';
import { bangkokSecond } from '../../core/clock.ts';
import { csvText } from '../../core/text/csv.ts';
import type { Bytes, Cell, Sheet } from './sheet.ts';

function written(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return String(cell);
  return cell instanceof Date ? bangkokSecond(cell) : bahtDecimal(cell.satang);
}

/** A sheet as CSV, a piece for each batch. Amounts are plain decimals in baht, moments are Bangkok's. */
export async function* csvBytes(sheet: Sheet): Bytes {
  yield Buffer.from(csvText([sheet.columns.map(({ heading }) => heading)]));
  for await (const rows of sheet.batches) {
    const records = rows.map((cells) => cells.map(written));
    yield Buffer.from(csvText(records, 'middle'));
  }
}
