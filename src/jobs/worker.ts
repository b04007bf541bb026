import { createRequire } from 'node:module';
import { CHART_FONT, type Chart } from '../core/chart.ts';

/** What the threads of the pool do. Only pure files of core may be imported here. */
export {
  backtestWork as backtest,
  luckWork as luck,
  monteCarloWork as monteCarlo,
  trialsWork as trials,
  walkWork as walk,
} from '../core/backtest/work.ts';

type Canvas = import('@napi-rs/canvas').Canvas;
type CreateCanvas = (widthPx: number, heightPx: number) => Canvas;

/** This canvas has all that ECharts needs of a browser's, whose type is not known without a browser. */
const asBrowser = (canvas: Canvas) => canvas as never;

type Charts = { echarts: typeof import('echarts'); createCanvas: CreateCanvas };
let charts: Promise<Charts> | undefined;

/**
 * Threads that only compute need none of it. ECharts comes in one file rather than six hundred: an eighth of the time and
 * less than half of the memory.
 */
function loadCharts(): Promise<Charts> {
  charts ??= Promise.all([import('echarts/dist/echarts.esm.min.mjs'), import('@napi-rs/canvas')]).then(
    ([echarts, { createCanvas, GlobalFonts }]) => {
      const { resolve } = createRequire(import.meta.url);
      for (const weight of ['400Regular', '700Bold'])
        GlobalFonts.registerFromPath(
          resolve(`@expo-google-fonts/noto-sans-thai/${weight}/NotoSansThai_${weight}.ttf`),
          CHART_FONT,
        );
      const ruler = createCanvas(1, 1).getContext('2d');
      echarts.setPlatformAPI({
        createCanvas: () => asBrowser(createCanvas(32, 32)),
        measureText: (text: string, font?: string) => {
          ruler.font = font ?? `12px ${CHART_FONT}`;
          return ruler.measureText(text.replaceAll('\0', ' ')); // to cut a text, each ASCII character is measured; this is none
        },
      });
      return { echarts, createCanvas };
    },
  );
  return charts;
}

/** Loads what drawing takes, so that the first picture need not wait for it. */
export async function prepareCharts(): Promise<void> {
  await loadCharts();
}

/** A chart as PNG. */
export async function draw({ option, widthPx, heightPx }: Chart): Promise<Uint8Array> {
  const { echarts, createCanvas } = await loadCharts();
  const canvas = createCanvas(widthPx * 2, heightPx * 2);
  const chart = echarts.init(asBrowser(canvas), null, {
    width: widthPx,
    height: heightPx,
    devicePixelRatio: 2,
  });
  try {
    chart.setOption(still(option));
    return canvas.toBuffer('image/png');
  } finally {
    chart.dispose();
  }
}

/** A chart as SVG, for a page that stands alone. The reader's own fonts are used. */
export async function drawSvg({ option, widthPx, heightPx }: Chart): Promise<string> {
  const { echarts } = await loadCharts();
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: widthPx, height: heightPx });
  try {
    chart.setOption(still(option));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

const still = (option: Chart['option']) => ({
  ...option,
  animation: false,
  textStyle: { ...(option.textStyle as object), fontFamily: CHART_FONT }, // an object where there is one
});
