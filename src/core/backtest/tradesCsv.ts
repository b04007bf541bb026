import { stringify } from 'csv-stringify/sync';
import type { TradeRow } from './work.ts';

const columns = [
  'side',
  'entry_time',
  'entry_price',
  'exit_time',
  'exit_price',
  'qty',
  'fees',
  'pnl',
  'return_pct',
  'reason',
  'mae_pct',
  'mfe_pct',
] as const satisfies readonly (keyof TradeRow)[];

/** Trades for a spreadsheet. Nothing in it was typed by a person, so losses may begin with their minus. */
export const tradesCsv = (trades: readonly TradeRow[]): string =>
  stringify([['trade', ...columns], ...trades.map((trade, n) => [n + 1, ...columns.map((name) => trade[name])])], {
    bom: true,
    record_delimiter: '\r\n',
  });
