import { html } from 'hono/html';
import { resultOf, wordsOf } from '../../core/backtest/inWords.ts';
import type { TradeRow } from '../../core/backtest/work.ts';
import { type RunStory, TRADES_PAGE } from '../../core/ops/backtestRun.ts';
import { translate } from '../../core/text/text.ts';
import { card, type Html, pager } from '../draw.ts';
import { pageNumber, type SignedIn } from '../visit.ts';
import { matrix } from './matrix.ts';

/** A month is tinted: its sign says it to whoever sees no colour. */
const change = (text: string, value: number): Html =>
  html`<span class="tint tone-${value < 0 ? 'red' : 'green'}">${text}</span>`;

/** A row a year, a column a month, and the year as a whole. */
export function monthsCard(visit: SignedIn, run: RunStory['run']): Html {
  const { language } = visit;
  const { report } = resultOf<'backtest'>(run);
  const { percent } = wordsOf(language);
  const byMonth = new Map(report.monthly.map(({ month, return_pct }) => [month, return_pct]));
  const cell = (value: number | undefined) => (value === undefined ? '' : change(percent(value), value));
  const names = Array.from({ length: 12 }, (_, n) =>
    new Intl.DateTimeFormat(language, { month: 'short', timeZone: 'UTC' }).format(Date.UTC(2024, n, 1)),
  );
  const rows = report.yearly.map(({ year, return_pct }) => [
    String(language === 'th' ? year + 543 : year),
    ...names.map((_, n) => cell(byMonth.get(`${year}-${String(n + 1).padStart(2, '0')}`))),
    cell(return_pct),
  ]);
  const columns = [translate(language, 'report.year'), ...names, translate(language, 'report.whole_year')];
  return card(translate(language, 'strategy.run-months'), matrix(columns, rows));
}

const columns = ['side', 'entry', 'entry_price', 'exit', 'exit_price', 'pnl', 'return', 'reason'] as const;

/** The trades of one page, and the way to all of them. */
export function tradesCard(visit: SignedIn, { run, trades, tradeCount }: RunStory): Html {
  const { language, say } = visit;
  const { number, percent, say: words } = wordsOf(language);
  const page = pageNumber(visit);
  const at = (iso: TradeRow['entry_time']) => (iso ?? '').slice(0, 16).replace('T', ' ');
  const first = (page - 1) * TRADES_PAGE + 1;
  const rows = trades.map((trade, n) => [
    String(first + n),
    words(`strategy.side-${trade.side}`),
    at(trade.entry_time),
    number(trade.entry_price, 4),
    at(trade.exit_time),
    number(trade.exit_price, 4),
    number(trade.pnl),
    percent(trade.return_pct),
    words(`strategy.exit-${trade.reason}`),
  ]);
  const titles = ['#', ...columns.map((name) => words(`report.trade_${name}`))];
  const hasMore = page * TRADES_PAGE < tradeCount;
  return html`<section class="card mb-3" id="trades"><div class="card-header"><h2 class="card-title">${words('report.trades', { count: tradeCount })}</h2>
<a class="btn btn-sm ms-auto" href="/admin/backtests/${run.id}/trades" download>${say('run_trades_file')}</a></div>
${matrix(titles, rows, { empty: say('run_no_trades') })}${pager(visit, page, hasMore, '#trades')}
<div class="card-footer text-secondary small">${say('run_trades_utc')}</div></section>`;
}
