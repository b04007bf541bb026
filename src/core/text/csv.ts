import { stringify } from 'csv-stringify/sync';

/**
 * Records as CSV for a spreadsheet. Cells that a spreadsheet would run (they begin with `=`, `+`, `-`, `@`, a tab or a
 * return, wide forms included) are defused with an apostrophe, and every kind of line break is quoted: behind a bare one a
 * line would begin. What begins a file begins with the mark of UTF-8, without which Excel does not read Thai.
 */
export const csvText = (records: readonly (readonly string[])[], place: 'start' | 'middle' = 'start'): string =>
  stringify([...records], {
    bom: place === 'start',
    escape_formulas: true,
    quoted_match: /[\r\n]/,
    record_delimiter: '\r\n',
  });
