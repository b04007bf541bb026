import type { Curve } from '../backtest/curve.ts';
import type { Heatmap } from '../backtest/optimise.ts';
import type { ChartOption } from './charts.ts';

/** The curves of a result. The drawdown is in percent, zero or below. */
export interface Curves {
  equity: Curve;
  hold: Curve;
  drawdown: Curve;
}

type Row = [ms: number, equity: number | null, hold: number | null, drawdown: number | null];

/** Digits that a picture can show; the figures beside it have them all. */
const rounded = (value: number | null) => (value === null ? null : Number(value.toPrecision(8)));

/**
 * Each curve keeps other moments of the same candles. Put on the moments of all of them, in between on the straight line
 * that is drawn anyway, a pointer finds all the curves at once.
 */
export function alignCurves({ equity, hold, drawdown }: Curves): Row[] {
  const times = [...new Set([...equity.time, ...hold.time, ...drawdown.time])].sort((a, b) => a - b);
  const [ofEquity, ofHold, ofDrawdown] = [equity, hold, drawdown].map((curve) => valuesAt(curve, times));
  return times.map((ms, n) => [ms, ofEquity?.[n] ?? null, ofHold?.[n] ?? null, ofDrawdown?.[n] ?? null]);
}

/** The curve at moments that are sorted; null before its first and after its last. */
function valuesAt({ time, values }: Curve, times: readonly number[]): (number | null)[] {
  let right = 0;
  return times.map((ms) => {
    while (right < time.length && (time[right] ?? 0) < ms) right += 1;
    const [to, value] = [time[right], values[right]];
    if (to === undefined || value === undefined) return null;
    if (to === ms) return rounded(value);
    const [from, before] = [time[right - 1], values[right - 1]];
    if (from === undefined || before === undefined) return null;
    return rounded(before + ((value - before) * (ms - from)) / (to - from));
  });
}

const LEFT = 58;
const RIGHT = 16;

/**
 * Equity beside buy-and-hold, and the drawdown below; a slider chooses the stretch of both. Moments and numbers are
 * written by the page's script, which knows its language. The tooltip is drawn, because HTML of ECharts carries styles
 * of its own.
 */
export function curveChart(names: { equity: string; hold: string; drawdown: string }, curves: Curves): ChartOption {
  const time = (gridIndex: number) => ({ type: 'time', gridIndex, axisTick: { show: false } });
  const series = (name: keyof Curves, at: number, width: number) => ({
    type: 'line',
    name: names[name],
    xAxisIndex: at,
    yAxisIndex: at,
    showSymbol: false,
    encode: { x: 'at', y: name },
    lineStyle: { width },
  });
  return {
    animation: false,
    useUTC: true,
    dataset: { dimensions: ['at', 'equity', 'hold', 'drawdown'], source: alignCurves(curves) },
    grid: [
      { left: LEFT, right: RIGHT, top: '3%', height: '50%' },
      { left: LEFT, right: RIGHT, top: '58%', height: '20%' },
    ],
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
    xAxis: [
      { ...time(0), axisLabel: { show: false } },
      { ...time(1), splitNumber: 4, axisLabel: { hideOverlap: true } },
    ],
    yAxis: [
      { type: 'value', gridIndex: 0, scale: true, splitNumber: 4 },
      { type: 'value', gridIndex: 1, max: 0, splitNumber: 2, axisLabel: { formatter: '{value}%' } },
    ],
    dataZoom: [
      { type: 'slider', xAxisIndex: [0, 1], height: 26, bottom: 6, left: LEFT, right: RIGHT, brushSelect: false },
    ],
    series: [
      series('equity', 0, 2),
      series('hold', 0, 1.5),
      { ...series('drawdown', 1, 1), areaStyle: { opacity: 0.2 } },
    ],
  };
}

/** Above so many cells their numbers would not be legible. */
const MOST_NUMBERS = 80;

/** The names of the ranking and of the two parameters, which are one when only one was searched. */
export interface MapNames {
  by: string;
  x: string;
  y: string;
}

/** A ranking over two parameters: a broad field of one colour is worth more than one bright cell. */
export function mapChart(names: MapNames, { x, y, cells }: Heatmap): ChartOption {
  const data = cells.flatMap((row, atY) =>
    row.flatMap((value, atX) => (value === null ? [] : [[atX, atY, Number(value.toFixed(4))]])),
  );
  const values = data.map(([, , value]) => Number(value));
  const axis = (name: string, among: readonly (number | string)[], nameGap: number) => ({
    type: 'category',
    name,
    nameLocation: 'middle',
    nameGap,
    data: among.map(String),
    axisTick: { show: false },
  });
  return {
    animation: false,
    tooltip: { trigger: 'item', renderMode: 'richText', confine: true },
    grid: { left: 62, right: RIGHT, top: 12, bottom: 116 },
    xAxis: axis(names.x, x, 28),
    yAxis: axis(names.y, y, 42),
    visualMap: {
      min: Math.min(...values, 0),
      max: Math.max(...values, 0),
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      precision: 2,
      calculable: true,
    },
    series: [{ type: 'heatmap', name: names.by, data, label: { show: data.length <= MOST_NUMBERS } }],
  };
}

/** One parameter alone: how the ranking changes along it. */
export function lineChart(names: MapNames, { x, cells }: Heatmap): ChartOption {
  const values = x.map((_, n) => rounded(cells[n]?.[n] ?? null));
  return {
    animation: false,
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
    grid: { left: 62, right: RIGHT, top: 12, bottom: 52 },
    xAxis: { type: 'category', name: names.x, nameLocation: 'middle', nameGap: 28, data: x.map(String) },
    yAxis: { type: 'value', scale: true },
    series: [{ type: 'bar', name: names.by, data: values, barMaxWidth: 28 }],
  };
}

/** How far below its highest point so far a curve stands, in percent. */
export function fallsOf({ time, values }: Curve): Curve {
  let peak = Number.NEGATIVE_INFINITY;
  const falls = values.map((value) => {
    peak = Math.max(peak, value);
    return 100 * (value / peak - 1);
  });
  return { time, values: falls };
}
