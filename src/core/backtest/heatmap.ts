import { CHART_FONT, type Chart, chartColours as colour, writing } from '../chart.ts';

/** A ranking over two parameters. Words are given in the language of the person. */
export interface HeatmapPicture {
  title: string;
  subtitle: string;
  x: { name: string; values: readonly (number | string)[] };
  y: { name: string; values: readonly (number | string)[] };
  /** By row of `y`, then column of `x`; null where there is none. */
  cells: readonly (readonly (number | null)[])[];
}

const WIDTH = 800;
const HEIGHT = 600;
/** Above so many cells their numbers would not be legible. */
const MOST_NUMBERS = 150;

/** The picture of an optimisation: a broad warm field is worth more than one bright cell. */
export function heatmapPicture({ title, subtitle, x, y, cells }: HeatmapPicture): Chart {
  const isLine = x.name === y.name; // one parameter alone: the diagonal is all there is
  const rows = isLine ? [''] : y.values.map(String);
  const value = (row: number, column: number) => cells[isLine ? column : row]?.[column] ?? null;
  const data = rows.flatMap((_, row) =>
    x.values.flatMap((_, column) => {
      const found = value(row, column);
      return found === null ? [] : [[column, row, Number(found.toFixed(2))]];
    }),
  );
  const values = data.map(([, , found]) => Number(found));
  const [least, most] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 1];
  const text = { color: colour.soft, fontSize: 13, fontFamily: CHART_FONT };
  const axis = (name: string, names: readonly string[], gap: number) => ({
    type: 'category',
    data: names,
    name,
    nameLocation: 'middle',
    nameGap: gap,
    nameTextStyle: { ...text, fontSize: 15, color: colour.ink },
    axisLabel: text,
    axisTick: { show: false },
    axisLine: { show: false },
  });
  return {
    widthPx: WIDTH,
    heightPx: HEIGHT,
    option: {
      backgroundColor: colour.paper,
      grid: { left: 96, right: 110, top: 100, bottom: 78 },
      xAxis: axis(x.name, x.values.map(String), 40),
      yAxis: axis(isLine ? '' : y.name, rows, 62),
      visualMap: {
        show: values.length > 0,
        min: least,
        max: most,
        calculable: false,
        orient: 'vertical',
        right: 16,
        top: 'middle',
        itemHeight: 260,
        precision: 2,
        text: [String(most), String(least)],
        textStyle: text,
        inRange: { color: ['#fffaf2', '#ffe3bf', '#ffb668', '#f76707'] },
      },
      series: [
        {
          type: 'heatmap',
          data,
          label: { show: data.length <= MOST_NUMBERS, fontSize: 11, color: colour.ink, fontFamily: CHART_FONT },
          itemStyle: { borderColor: colour.paper, borderWidth: 1 },
        },
      ],
      graphic: [
        writing(title, { left: 24, top: 18 }, { fontSize: 24, fontWeight: 'bold' }),
        writing(
          subtitle,
          { left: 24, top: 54 },
          { fontSize: 15, fill: colour.soft, width: WIDTH - 48, overflow: 'truncate' },
        ),
      ],
    },
  };
}
