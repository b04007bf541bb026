import { html } from 'hono/html';
import { formatBaht } from '../../core/amount.ts';
import { type ChartOption, moneyChart, outcomeChart, outcomes, userChart } from '../../core/ops/charts.ts';
import { type DayFigures, readDays } from '../../core/ops/days.ts';
import { conversionOf } from '../../core/ops/figures.ts';
import { formatAt } from '../../core/text/text.ts';
import { asset } from '../assets.ts';
import { type Html, none, table } from '../draw.ts';
import type { SignedIn } from '../visit.ts';

interface Chart {
  id: string;
  option: ChartOption;
  /** The name and the colour of each series, in the order of the option. */
  series: readonly (readonly [name: string, tone: string])[];
  columns: readonly string[];
  row(day: DayFigures): readonly string[];
}

/** A picture of what the table behind it says. Without a script there is the table alone. */
function chartCard(visit: SignedIn, days: readonly DayFigures[], chart: Chart): Html {
  const { language, say } = visit;
  const { id, option, series, columns, row } = chart;
  const title = say(`chart_${id}_title`);
  const rows = days.toReversed().map((day) => [formatAt(language, day.startsAt, 'date'), ...row(day)]);
  return html`<section class="card chart-card chart-${id}" id="chart-${id}"><div class="card-header"><h2 class="card-title">${title}</h2></div>
${series.length > 1 ? html`<ul class="legend" aria-hidden="true">${series.map(([name, tone]) => html`<li class="tone-${tone}"><span class="dot"></span>${name}</li>`)}</ul>` : none}
<div class="chart" role="img" aria-label="${title} · ${say('chart_about')}" data-chart="${JSON.stringify(option)}" data-tones="${series.map(([, tone]) => tone).join(' ')}"></div>
<details class="behind"><summary>${say('chart_table')}</summary>${table([say('chart_day'), ...columns], rows, '')}</details></section>`;
}

const tones: Record<(typeof outcomes)[number], string> = {
  settled: 'green',
  waiting: 'yellow',
  expired: 'secondary',
  cancelled: 'purple',
  failed: 'red',
};

/** The last thirty days as charts; fetched again every minute. */
export async function chartsPart(visit: SignedIn): Promise<Html> {
  const { ctx, language, say } = visit;
  const days = await readDays(ctx);
  const name = (series: string) => say(`chart_${series}`);
  const percent = (day: DayFigures) => {
    const value = conversionOf([day]);
    return value === null ? '–' : `${value} %`;
  };
  const charts: Chart[] = [
    {
      id: 'money',
      option: moneyChart(language, days),
      series: [
        [name('sum'), 'blue'],
        [name('payments'), 'orange'],
      ],
      columns: [name('sum'), name('payments')],
      row: (day) => [formatBaht(day.paidSatang), String(day.payments)],
    },
    {
      id: 'outcome',
      option: outcomeChart(language, days),
      series: [...outcomes.map((outcome) => [name(outcome), tones[outcome]] as const), [name('conversion'), 'blue']],
      columns: [...outcomes, 'conversion'].map(name),
      row: (day) => [...outcomes.map((outcome) => String(day[outcome])), percent(day)],
    },
    {
      id: 'users',
      option: userChart(language, days),
      series: [[name('users'), 'azure']],
      columns: [name('users')],
      row: (day) => [String(day.newUsers)],
    },
  ];
  return html`<div id="charts" class="charts" hx-get="/admin/charts" hx-trigger="every 60s" hx-swap="outerHTML">${charts.map((chart) => chartCard(visit, days, chart))}</div>`;
}

/** What draws charts, and how they look. The whole library is half as large again: pages with maps alone load it. */
export const chartFiles = (library: 'echarts.js' | 'echarts-whole.js' = 'echarts.js'): Html =>
  html`<link rel="stylesheet" href="${asset('charts.css')}"><script src="${asset(library)}" defer></script><script src="${asset('charts.js')}" defer></script>`;

/** What the dashboard alone needs: its looks, and what listens to the stream. */
export const dashboardFiles = (): Html =>
  html`${chartFiles()}<link rel="stylesheet" href="${asset('dashboard.css')}"><script src="${asset('dashboard.js')}" defer></script>`;
