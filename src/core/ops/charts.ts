import { bahtDecimal, formatBaht } from '../amount.ts';
import { type Language, translate } from '../text/text.ts';
import type { DayFigures } from './days.ts';
import { conversionOf, topupsOf } from './figures.ts';

/** An ECharts option that survives being written as JSON: there is no function in it. */
export type ChartOption = { [name: string]: Json };
type Json = string | number | boolean | null | readonly Json[] | { [name: string]: Json };

const SHORT = { day: 'numeric', month: 'short', timeZone: 'Asia/Bangkok' } as const;

/** A day where there is little room: `21 Nov`, `21 พ.ย. 69`. */
function shortDay(language: Language, at: Date): string {
  const style = language === 'th' ? ({ ...SHORT, year: '2-digit' } as const) : SHORT;
  return new Intl.DateTimeFormat(language === 'th' ? 'th-TH' : 'en-GB', style).format(at);
}

/** What all charts over days have in common. The tooltip is drawn, because HTML of ECharts carries styles of its own. */
function overDays(names: readonly string[], source: readonly Json[][], axes: Json[], series: Json[]): ChartOption {
  return {
    animation: false,
    grid: { left: 8, right: 8, top: 16, bottom: 4, containLabel: true },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, axisPointer: { type: 'shadow' } },
    dataset: { dimensions: [...names], source },
    xAxis: { type: 'category', axisTick: { show: false }, axisLabel: { hideOverlap: true } },
    yAxis: axes,
    series,
  };
}

const count = { type: 'value', minInterval: 1, splitNumber: 4 };
const onTheRight = { ...count, position: 'right', splitLine: { show: false } };
const bar = { type: 'bar', barMaxWidth: 18 };
const line = { type: 'line', showSymbol: false, symbolSize: 7, lineStyle: { width: 2 } };

/** Money in: the sum of a day as a bar, the number of payments as a line. Baht as numbers are for drawing alone. */
export function moneyChart(language: Language, days: readonly DayFigures[]): ChartOption {
  const say = (key: string) => translate(language, `panel.chart_${key}`);
  return overDays(
    ['day', 'baht', 'sum', 'payments'],
    days.map((day) => [
      shortDay(language, day.startsAt),
      Number(bahtDecimal(day.paidSatang)),
      formatBaht(day.paidSatang),
      day.payments,
    ]),
    [{ ...count, axisLabel: { formatter: '฿{value}' } }, onTheRight],
    [
      {
        ...bar,
        name: say('sum'),
        encode: { x: 'day', y: 'baht', tooltip: ['sum'] },
        itemStyle: { borderRadius: [3, 3, 0, 0] },
      },
      { ...line, name: say('payments'), yAxisIndex: 1, encode: { x: 'day', y: 'payments' } },
    ],
  );
}

export const outcomes = ['settled', 'waiting', 'expired', 'cancelled', 'failed'] as const;

/** Top-ups by the day they were opened and what became of them, with how many of 100 were paid as a line. */
export function outcomeChart(language: Language, days: readonly DayFigures[]): ChartOption {
  const say = (key: string) => translate(language, `panel.chart_${key}`);
  return overDays(
    ['day', ...outcomes, 'percent', 'conversion'],
    days.map((day) => {
      const percent = topupsOf(day) === 0 ? null : conversionOf([day]);
      const words = percent === null ? '–' : `${percent} %`;
      return [shortDay(language, day.startsAt), ...outcomes.map((outcome) => day[outcome]), percent, words];
    }),
    [count, { ...onTheRight, min: 0, max: 100, interval: 25, axisLabel: { formatter: '{value} %' } }],
    [
      ...outcomes.map((outcome) => ({
        ...bar,
        name: say(outcome),
        stack: 'outcome',
        encode: { x: 'day', y: outcome },
      })),
      {
        ...line,
        name: say('conversion'),
        yAxisIndex: 1,
        connectNulls: true,
        encode: { x: 'day', y: 'percent', tooltip: ['conversion'] },
      },
    ],
  );
}

export function userChart(language: Language, days: readonly DayFigures[]): ChartOption {
  return overDays(
    ['day', 'users'],
    days.map((day) => [shortDay(language, day.startsAt), day.newUsers]),
    [count],
    [
      {
        ...bar,
        name: translate(language, 'panel.chart_users'),
        encode: { x: 'day', y: 'users' },
        itemStyle: { borderRadius: [3, 3, 0, 0] },
      },
    ],
  );
}
