import { CHART_FONT, type Chart, chartColours as colour, figureAt, writing } from '../chart.ts';

/** What the picture of a portfolio shows. Words and amounts are given in the language of the person. */
export interface PortfolioPicture {
  title: string;
  subtitle: string;
  /** Under the title, at most four. */
  figures: readonly { label: string; value: string; tone?: 'good' | 'bad' | undefined }[];
  words: { allocation: string; value: string; none: string };
  /** The most valuable first; what is beyond the sixth is put together as `rest`. */
  allocation: readonly { label: string; value: number; share: string }[];
  /** In order of time. */
  curve: readonly { ms: number; value: number }[];
  day(ms: number): string;
}

const WIDTH = 800;
const HEIGHT = 620;
const LEFT = 78;
const RIGHT = 24;
const PLOT = { top: 420, height: 140 };

/** Told apart also by people who see few colours; the last is for the rest. */
const slices = ['#0b7285', '#e8590c', '#5f3dc4', '#2b8a3e', '#e67700', '#1971c2', '#adb5bd'] as const;

/** The picture that a chat shows: figures, what it is made of, and its value over time. */
export function portfolioPicture(given: PortfolioPicture): Chart {
  const { words, allocation, curve } = given;
  return {
    widthPx: WIDTH,
    heightPx: HEIGHT,
    option: {
      backgroundColor: colour.paper,
      textStyle: { color: colour.ink },
      grid: [{ left: LEFT, right: RIGHT, ...PLOT }],
      ...plotOf(given),
      graphic: [
        writing(given.title, { left: 24, top: 18 }, { fontSize: 24, fontWeight: 'bold' }),
        writing(given.subtitle, { left: 24, top: 54 }, { fontSize: 15, fill: colour.soft }),
        ...given.figures.slice(0, 4).flatMap((figure, n) => figureAt(figure, 24 + n * 190)),
        writing(words.allocation, { left: 24, top: 156 }, { fontSize: 15, fontWeight: 'bold' }),
        ...allocation.slice(0, slices.length).flatMap(keyAt),
        writing(words.value, { left: 24, top: 386 }, { fontSize: 15, fontWeight: 'bold' }),
        ...(curve.length < 2
          ? [writing(words.none, { left: LEFT, top: 470 }, { fontSize: 15, fill: colour.soft })]
          : []),
        ...datesOf(given),
      ],
    },
  };
}

function plotOf({ words, allocation, curve }: PortfolioPicture) {
  const [first, last] = [curve[0]?.ms ?? 0, curve.at(-1)?.ms ?? 1];
  const isDrawn = curve.length > 1;
  return {
    xAxis: [{ type: 'time', min: first, max: last, show: false }],
    yAxis: [
      {
        show: isDrawn,
        scale: true,
        splitNumber: 3,
        axisLabel: { color: colour.soft, fontSize: 13 },
        splitLine: { lineStyle: { color: colour.grid } },
      },
    ],
    series: [
      {
        name: words.allocation,
        type: 'pie',
        center: [140, 278],
        radius: [52, 88],
        label: { show: false },
        itemStyle: { borderColor: colour.paper, borderWidth: 2 },
        data: allocation
          .slice(0, slices.length)
          .map(({ label, value }, n) => ({ name: label, value, itemStyle: { color: slices[n] } })),
      },
      {
        name: words.value,
        type: 'line',
        showSymbol: false,
        data: isDrawn ? curve.map(({ ms, value }) => [ms, value]) : [],
        lineStyle: { width: 2.5, color: colour.main },
        itemStyle: { color: colour.main },
        areaStyle: { color: colour.main, opacity: 0.1 },
      },
    ],
  };
}

/** Name and share beside the ring, four to a column. */
function keyAt({ label, share }: PortfolioPicture['allocation'][number], n: number) {
  const [left, top] = [280 + Math.floor(n / 4) * 250, 206 + (n % 4) * 38];
  return [
    { type: 'rect', left, top: top - 2, shape: { width: 14, height: 14 }, style: { fill: slices[n] } },
    writing(shortened(label), { left: left + 24, top }, { fontSize: 16 }),
    { ...writing(share, { left: 0, top: 0 }, { fontSize: 16, fill: colour.soft }), left: left + 162, top },
  ];
}

const shortened = (label: string) => ([...label].length > 13 ? `${[...label].slice(0, 12).join('')}…` : label);

/** Five moments under the axis, written by us: the chart runs where nobody can tell it about Thai dates. */
function datesOf({ curve, day }: PortfolioPicture) {
  const [first, last] = [curve[0]?.ms, curve.at(-1)?.ms];
  if (first === undefined || last === undefined || first === last) return [];
  return [0, 1, 2, 3, 4].map((n) => ({
    type: 'text',
    x: LEFT + ((WIDTH - LEFT - RIGHT) * n) / 4,
    y: 576,
    style: {
      text: day(first + ((last - first) * n) / 4),
      fill: colour.soft,
      fontFamily: CHART_FONT,
      fontSize: 13,
      textAlign: n === 0 ? 'left' : n === 4 ? 'right' : 'center',
    },
  }));
}
