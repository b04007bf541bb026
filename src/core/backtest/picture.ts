import { CHART_FONT, type Chart, chartColours as colour, figureAt, writing } from '../chart.ts';
import type { Curve } from './curve.ts';

/** What the picture of a result shows. Words are given in the language of the person. */
export interface ResultPicture {
  title: string;
  subtitle: string;
  /** Name and value of the figures under the title, at most six. */
  figures: readonly { label: string; value: string; tone?: 'good' | 'bad' }[];
  words: { equity: string; hold: string; drawdown: string };
  equity: Curve;
  hold: Curve;
  /** In percent, zero or below. */
  drawdown: Curve;
  /** How a moment is written under the axis. */
  day(ms: number): string;
}

const WIDTH = 800;
const HEIGHT = 640;
const LEFT = 78;
const RIGHT = 24;

/** The picture that a chat shows: figures, equity beside buy-and-hold, and the drawdown below. */
export function resultPicture(given: ResultPicture): Chart {
  const { words, equity, hold, drawdown, day } = given;
  const pairs = ({ time, values }: Curve) => time.map((ms, i) => [ms, values[i]]);
  const [first = 0, last = first] = [equity.time[0], equity.time.at(-1)];
  // Days are written by us: the chart runs where nobody can tell it about Thai dates.
  const marks = Array.from({ length: 5 }, (_, n) => first + ((last - first) * n) / 4);
  const axis = (gridIndex: number) => ({ type: 'time', gridIndex, min: first, max: last, show: false });
  // Functions cannot travel to a worker: labels are written by template.
  const value = (gridIndex: number, formatter: string, splitNumber: number) => ({
    gridIndex,
    scale: true,
    splitNumber,
    axisLabel: { color: colour.soft, fontSize: 13, formatter },
    splitLine: { lineStyle: { color: colour.grid } },
  });
  return {
    widthPx: WIDTH,
    heightPx: HEIGHT,
    option: {
      backgroundColor: colour.paper,
      textStyle: { color: colour.ink },
      grid: [
        { left: LEFT, right: RIGHT, top: 168, height: 268 },
        { left: LEFT, right: RIGHT, top: 478, height: 104 },
      ],
      xAxis: [axis(0), axis(1)],
      yAxis: [value(0, '{value}', 4), { ...value(1, '{value} %', 2), max: 0 }],
      series: [
        line(words.hold, 0, pairs(hold), { color: colour.muted, width: 2 }),
        line(words.equity, 0, pairs(equity), { color: colour.main, width: 2.5 }),
        {
          ...line(words.drawdown, 1, pairs(drawdown), { color: colour.bad, width: 1.5 }),
          areaStyle: { color: colour.bad, opacity: 0.16 },
        },
      ],
      graphic: [
        writing(given.title, { left: 24, top: 18 }, { fontSize: 24, fontWeight: 'bold' }),
        writing(
          given.subtitle,
          { left: 24, top: 54 },
          { fontSize: 15, fill: colour.soft, width: WIDTH - 48, overflow: 'truncate' },
        ),
        ...given.figures.slice(0, 6).flatMap((figure, n) => figureAt(figure, 24 + n * 128)),
        ...key([
          { label: words.equity, fill: colour.main },
          { label: words.hold, fill: colour.muted },
        ]),
        writing(words.drawdown, { left: LEFT, top: 450 }, { fontSize: 14, fill: colour.bad }),
        ...marks.map((ms, n) => dateAt(day(ms), LEFT + ((WIDTH - LEFT - RIGHT) * n) / 4, n)),
      ],
    },
  };
}

const line = (name: string, at: number, data: unknown, style: { color: string; width: number }) => ({
  name,
  type: 'line',
  xAxisIndex: at,
  yAxisIndex: at,
  showSymbol: false,
  data,
  lineStyle: { width: style.width, color: style.color },
  itemStyle: { color: style.color },
});

const key = (entries: readonly { label: string; fill: string }[]) =>
  entries.flatMap(({ label, fill }, n) => [
    { type: 'rect', left: LEFT + n * 170, top: 149, shape: { width: 16, height: 4 }, style: { fill } },
    writing(label, { left: LEFT + 22 + n * 170, top: 141 }, { fontSize: 14 }),
  ]);

/** The first begins at its place, the last ends there, the others stand over it. */
const dateAt = (text: string, x: number, n: number) => ({
  type: 'text',
  x,
  y: 600,
  style: {
    text,
    fill: colour.soft,
    fontFamily: CHART_FONT,
    fontSize: 13,
    textAlign: n === 0 ? 'left' : n === 4 ? 'right' : 'center',
  },
});
