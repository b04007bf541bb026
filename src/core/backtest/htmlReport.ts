import { escapeHtml } from '../text/html.ts';
import type { Language } from '../text/text.ts';
import { monthTable, tradeCells, tradeColumns } from './inTables.ts';
import { backtestInWords, type Figure, resultOf, wordsOf } from './inWords.ts';
import type { Run } from './run.ts';
import type { TradeRow } from './work.ts';

const STYLE = `
body{font:16px/1.55 AppThai,"Noto Sans Thai",system-ui,sans-serif;color:#1d2733;max-width:62rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}
.soft{color:#566573}svg{max-width:100%;height:auto}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.75rem;margin:1rem 0}
.figures div{border:1px solid #dde3e8;border-radius:.5rem;padding:.6rem .8rem}
.figures dt{color:#566573;font-size:.85rem}.figures dd{margin:0;font-weight:700;font-variant-numeric:tabular-nums}
.good{color:#2b8a3e}.bad,.fault{color:#c92a2a}.warning{color:#a84300}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}
th,td{padding:.3rem .5rem;text-align:right;border-bottom:1px solid #e3e8ed;white-space:nowrap}
th:first-child,td:first-child{text-align:left}
@media print{body{margin:0 auto}}`;

/** Rows that a browser shows without effort; the rest is in the CSV. */
const MOST_TRADES = 2_000;

/** A result as one page that stands alone: no script, no font, no picture from anywhere else. */
export function htmlReport(
  language: Language,
  run: Pick<Run, 'request' | 'result' | 'trades'>,
  { svg, madeAt }: { svg: string; madeAt: Date },
): string {
  const told = backtestInWords(language, run);
  const { say } = wordsOf(language);
  const text = (key: string, params = {}) => escapeHtml(say(key, params));
  const trades = (run.trades ?? []) as readonly TradeRow[]; // as the pool wrote them
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(told.title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(told.title)}</h1>
<p class="soft">${escapeHtml(told.period)} · ${escapeHtml(told.params)}</p>
${svg}
${figureList([...told.figures, ...told.more])}
${told.open ? `<p>${escapeHtml(told.open)}</p>` : ''}
<h2>${text('report.belief')}</h2><ul>${told.findings.map(({ level, text }) => `<li class="${level}">${escapeHtml(text)}</li>`).join('')}</ul>
<h2>${text('strategy.run-months')}</h2>${months(language, run)}
<h2>${text('report.trades', { count: resultOf<'backtest'>(run).report.trades })}</h2>${tradeTable(language, trades)}
${trades.length > MOST_TRADES ? `<p class="soft">${text('report.more_trades', { shown: MOST_TRADES, kept: trades.length })}</p>` : ''}
<p class="soft">${text('report.note', { at: madeAt })}</p>
</body></html>`;
}

const figureList = (figures: readonly Figure[]) =>
  `<dl class="figures">${figures
    .map(
      ({ label, value, tone }) =>
        `<div><dt>${escapeHtml(label)}</dt><dd${tone ? ` class="${tone}"` : ''}>${escapeHtml(value)}</dd></div>`,
    )
    .join('')}</dl>`;

/** A row a year, a column a month, and the year as a whole. */
function months(language: Language, run: Pick<Run, 'result'>): string {
  const { report } = resultOf<'backtest'>(run);
  const { percent } = wordsOf(language);
  const cell = (value: number | undefined) =>
    value === undefined ? '<td></td>' : `<td class="${value < 0 ? 'bad' : 'good'}">${escapeHtml(percent(value))}</td>`;
  const { head, rows: years } = monthTable(language, report);
  const rows = years.map(
    ({ year, months, whole }) => `<tr><td>${year}</td>${months.map(cell).join('')}${cell(whole)}</tr>`,
  );
  return `<div class="scroll"><table><tr>${head.map((name) => `<th>${escapeHtml(name)}</th>`).join('')}</tr>${rows.join('')}</table></div>`;
}

function tradeTable(language: Language, trades: readonly TradeRow[]): string {
  const { say } = wordsOf(language);
  const rows = trades.slice(0, MOST_TRADES).map((trade) =>
    tradeCells(language, trade)
      .map((text) => `<td>${escapeHtml(text)}</td>`)
      .join(''),
  );
  const titles = tradeColumns.map((name) => `<th>${escapeHtml(say(`report.trade_${name}`))}</th>`).join('');
  return `<div class="scroll"><table><tr>${titles}</tr>${rows.map((row) => `<tr>${row}</tr>`).join('')}</table></div>`;
}
