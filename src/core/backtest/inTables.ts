import { type Language, translate } from '../text/text.ts';
import { wordsOf } from './inWords.ts';
import type { RunReport } from './report.ts';
import type { TradeRow } from './work.ts';

/** The columns of a list of trades: their words are `report.trade_<name>`. */
export const tradeColumns = ['side', 'entry', 'entry_price', 'exit', 'exit_price', 'pnl', 'return', 'reason'] as const;

/** A trade in those columns. */
export function tradeCells(language: Language, trade: TradeRow): string[] {
  const { say, number, percent } = wordsOf(language);
  const at = (iso: string | null) => (iso ?? '').slice(0, 16).replace('T', ' ');
  return [
    say(`strategy.side-${trade.side}`),
    at(trade.entry_time),
    number(trade.entry_price, 4),
    at(trade.exit_time),
    number(trade.exit_price, 4),
    number(trade.pnl),
    percent(trade.return_pct),
    say(`strategy.exit-${trade.reason}`),
  ];
}

export interface MonthTable {
  head: string[];
  /** A year: what it is called, its twelve months in percent where it has them, and the year as a whole. */
  rows: { year: string; months: (number | undefined)[]; whole: number }[];
}

/** A row a year, a column a month. */
export function monthTable(language: Language, { monthly, yearly }: Pick<RunReport, 'monthly' | 'yearly'>): MonthTable {
  const byMonth = new Map(monthly.map(({ month, return_pct }) => [month, return_pct]));
  const format = new Intl.DateTimeFormat(language, { month: 'short', timeZone: 'UTC' });
  const numbers = Array.from({ length: 12 }, (_, n) => n + 1);
  const names = numbers.map((month) => format.format(Date.UTC(2024, month - 1, 1)));
  return {
    head: [translate(language, 'report.year'), ...names, translate(language, 'report.whole_year')],
    rows: yearly.map(({ year, return_pct }) => ({
      year: String(language === 'th' ? year + 543 : year),
      months: numbers.map((month) => byMonth.get(`${year}-${String(month).padStart(2, '0')}`)),
      whole: return_pct,
    })),
  };
}
