import { html } from 'hono/html';
import { type Results, wordsOf } from '../../core/backtest/inWords.ts';
import type { ChartOption } from '../../core/ops/charts.ts';
import { alignCurves, type Curves, curveChart, lineChart, mapChart } from '../../core/ops/runCharts.ts';
import { type Html, none, table } from '../draw.ts';
import type { SignedIn } from '../visit.ts';
import { paramText, rankingText } from './backtestRequest.ts';
import { matrix } from './matrix.ts';

interface Chart {
  id: string;
  title: string;
  option: ChartOption;
  /** Name and colour of each series. */
  series: readonly (readonly [name: string, tone: string])[];
  /** The same as a table. */
  behind: Html;
}

/** A picture of what the table behind it says. Without a script there is the table alone. */
function chartCard(visit: SignedIn, { id, title, option, series, behind }: Chart): Html {
  const { say } = visit;
  return html`<section class="card mb-3 run-chart" id="chart-${id}"><div class="card-header"><h2 class="card-title">${title}</h2></div>
${series.length > 1 ? html`<ul class="legend" aria-hidden="true">${series.map(([name, tone]) => html`<li class="tone-${tone}"><span class="dot"></span>${name}</li>`)}</ul>` : none}
<div class="chart" role="img" aria-label="${title} · ${say('run_chart_about')}" data-chart="${JSON.stringify(option)}" data-tones="${series.map(([, tone]) => tone).join(' ')}"></div>
<details class="behind"><summary>${say('chart_table')}</summary>${behind}</details></section>`;
}

/** Moments of the curves that the table behind them shows. */
const MOMENTS = 40;

/** Names are those of equity, buy-and-hold and drawdown, in this order. */
export function curveCard(visit: SignedIn, names: readonly string[], curves: Curves): Html {
  const { language, say } = visit;
  const { day, number, percent } = wordsOf(language);
  const [equity = '', hold = '', drawdown = ''] = names;
  const all = alignCurves(curves);
  const step = Math.max(1, Math.ceil(all.length / MOMENTS));
  const rows = all
    .filter((_, n) => n % step === 0 || n === all.length - 1)
    .map(([ms, own, held, fall]) => [day(ms), number(own), number(held), percent(fall)]);
  return chartCard(visit, {
    id: 'curves',
    title: say('run_chart_curves'),
    option: curveChart({ equity, hold, drawdown }, curves),
    series: [
      [equity, 'blue'],
      [hold, 'secondary'],
      [drawdown, 'red'],
    ],
    behind: table([say('chart_day'), equity, hold, drawdown], rows, say('nothing_yet')),
  });
}

/** What a search found over two parameters, or along one. */
export function mapCard(visit: SignedIn, map: NonNullable<Results['optimize']['map']>, by: string): Html {
  const { language, say } = visit;
  const { number } = wordsOf(language);
  const { x, y, axes } = map;
  const names = { by: rankingText(visit, by), x: paramText(visit, axes.x), y: paramText(visit, axes.y) };
  const isLine = axes.x === axes.y;
  const cell = (value: number | null | undefined) => (typeof value === 'number' ? number(value) : '–');
  const behind = isLine
    ? table(
        [names.x, names.by],
        x.map((value, n) => [String(value), cell(map.cells[n]?.[n])]),
        '',
      )
    : matrix(
        [`${names.y} ↓ · ${names.x} →`, ...x.map(String)],
        y.map((value, n) => [String(value), ...x.map((_, m) => cell(map.cells[n]?.[m]))]),
      );
  return chartCard(visit, {
    id: 'map',
    title: say('run_chart_map', { by: names.by }),
    option: isLine ? lineChart(names, map) : mapChart(names, map),
    series: [[names.by, 'orange']],
    behind,
  });
}
