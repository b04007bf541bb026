/**
 * A chart as data: plain ECharts options without functions, so that it can be sent to a worker, to a browser, or be
 * looked at in a test. The chat has it drawn in the worker pool, the panel draws it in the browser.
 */
export interface Chart {
  option: Readonly<Record<string, unknown>>;
  widthPx: number;
  heightPx: number;
}

/** What draws charts. */
export interface Painter {
  /** A PNG at twice the size of the chart, for screens with small pixels. */
  png(chart: Chart): Promise<Uint8Array>;
  svg(chart: Chart): Promise<string>;
}

/** Colours of all charts, chosen to be told apart by people who see few colours. */
export const chartColours = {
  ink: '#1d2733',
  soft: '#7a8794',
  grid: '#e3e8ed',
  paper: '#ffffff',
  main: '#0b7285',
  second: '#e8590c',
  good: '#2b8a3e',
  bad: '#c92a2a',
  muted: '#adb5bd',
} as const;

/** Words at a place of a picture. */
export const writing = (text: string, place: { left: number; top: number }, style: object = {}) => ({
  type: 'text',
  ...place,
  style: { text, fill: chartColours.ink, fontFamily: CHART_FONT, ...style },
});

/** A figure with its name above it, as pictures for chats have them under their title. */
export const figureAt = (
  { label, value, tone }: { label: string; value: string; tone?: 'good' | 'bad' | undefined },
  left: number,
) => [
  writing(label, { left, top: 88 }, { fontSize: 13, fill: chartColours.soft }),
  writing(value, { left, top: 108 }, { fontSize: 19, fontWeight: 'bold', fill: chartColours[tone ?? 'ink'] }),
];

/** The name under which whoever draws has registered the Thai font: not its own, or a font of the machine takes its place. */
export const CHART_FONT = 'AppThai';
