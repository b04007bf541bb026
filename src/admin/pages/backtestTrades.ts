import { html } from 'hono/html';
import { monthTable, tradeCells, tradeColumns } from '../../core/backtest/inTables.ts';
import { resultOf, wordsOf } from '../../core/backtest/inWords.ts';
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
  const cell = (value: number | undefined) => (value === undefined ? '' : change(percent(value), value));
  const { head, rows } = monthTable(language, report);
  const cells = rows.map(({ year, months, whole }) => [year, ...months.map(cell), cell(whole)]);
  return card(translate(language, 'strategy.run-months'), matrix(head, cells));
}

/** The trades of one page, and the way to all of them. */
export function tradesCard(visit: SignedIn, { run, trades, tradeCount }: RunStory): Html {
  const { language, say } = visit;
  const { say: words } = wordsOf(language);
  const page = pageNumber(visit);
  const first = (page - 1) * TRADES_PAGE + 1;
  const rows = trades.map((trade, n) => [String(first + n), ...tradeCells(language, trade)]);
  const titles = ['#', ...tradeColumns.map((name) => words(`report.trade_${name}`))];
  const hasMore = page * TRADES_PAGE < tradeCount;
  return html`<section class="card mb-3" id="trades"><div class="card-header"><h2 class="card-title">${words('report.trades', { count: tradeCount })}</h2>
<a class="btn btn-sm ms-auto" href="/admin/backtests/${run.id}/trades" download>${say('run_trades_file')}</a></div>
${matrix(titles, rows, { empty: say('run_no_trades') })}${pager(visit, page, hasMore, '#trades')}
<div class="card-footer text-secondary small">${say('run_trades_utc')}</div></section>`;
}
