import { allocateCandles, type Candles } from './candles.ts';
import { resample } from './resample.ts';
import { type Timeframe, timeframeMs } from './timeframe.ts';

/**
 * The demo exchange's markets: made up, but always the same ones, from 2020 on, without a network. Nothing is stored:
 * any minute of any market can be worked out again. A day's open and close come from a walk over days in which
 * volatility clusters, large moves are more common than a normal distribution has them, and all markets share a part of
 * every move; the minutes between lie on a Brownian bridge that is busier when America is awake. Every longer candle is
 * made of these minutes, so all timeframes agree.
 */
export interface DemoMarket {
  symbol: string;
  base: string;
  quote: string;
  /** About what it costs on each first of January from 2020 on; between them the walk is drawn along. */
  years: readonly number[];
  /** Digits after the point of a price. */
  priceDecimals: number;
  /** How much of the common move it takes part in, and the daily size of its own. */
  beta: number;
  ownVolatility: number;
  /** Base coins traded in an ordinary minute. */
  minuteVolume: number;
}

const market = (
  base: string,
  years: readonly number[],
  priceDecimals: number,
  beta: number,
  ownVolatility: number,
  minuteVolume: number,
): DemoMarket => ({
  symbol: `${base}/USDT`,
  base,
  quote: 'USDT',
  years,
  priceDecimals,
  beta,
  ownVolatility,
  minuteVolume,
});

export const demoMarkets: readonly DemoMarket[] = [
  market('BTC', [7200, 29_000, 46_200, 16_500, 42_300, 93_500, 87_500, 95_000], 2, 1, 0.008, 25),
  market('ETH', [130, 730, 3700, 1200, 2280, 3330, 2970, 3300], 2, 1.15, 0.018, 260),
  market('BNB', [14, 37, 512, 246, 312, 700, 860, 900], 2, 1, 0.022, 420),
  market('SOL', [1.6, 1.5, 170, 10, 101, 190, 125, 150], 3, 1.4, 0.034, 5_200),
  market('XRP', [0.19, 0.22, 0.83, 0.34, 0.62, 2.08, 1.84, 2.0], 4, 1, 0.03, 110_000),
  market('ADA', [0.034, 0.18, 1.31, 0.25, 0.6, 0.85, 0.34, 0.5], 5, 1.2, 0.03, 190_000),
  market('DOGE', [0.002, 0.0047, 0.17, 0.07, 0.09, 0.32, 0.12, 0.16], 6, 1.1, 0.042, 1_900_000),
  market('AVAX', [4.2, 3.1, 109, 10.9, 38.6, 36, 12.3, 16], 3, 1.35, 0.036, 3_100),
  market('LINK', [1.8, 11.2, 19.6, 5.6, 15, 20.5, 12.3, 15], 3, 1.2, 0.031, 6_400),
  market('LTC', [41, 124, 146, 70, 73, 103, 77, 85], 2, 1, 0.022, 320),
  market('DOT', [2.9, 8.3, 26.7, 4.3, 8.2, 6.7, 1.8, 3], 3, 1.2, 0.03, 5_900),
  market('TRX', [0.013, 0.027, 0.075, 0.055, 0.107, 0.255, 0.284, 0.29], 5, 0.8, 0.024, 700_000),
];

const bySymbol = new Map(demoMarkets.map((known) => [known.symbol, known]));

export const demoMarket = (symbol: string): DemoMarket | undefined => bySymbol.get(symbol);

/** The first minute there is. */
export const DEMO_OPENS_MS = Date.UTC(2020, 0, 1);

const DAY_MS = 86_400_000;
const MINUTES = 1440;
const COMMON_VOLATILITY = 0.026;

/** The candles that opened in [fromMs, toMs), of which all must be over; nothing from before the exchange opened. */
export function demoCandles(known: DemoMarket, timeframe: Timeframe, fromMs: number, toMs: number): Candles {
  const step = timeframeMs[timeframe];
  const first = Math.ceil(Math.max(fromMs, DEMO_OPENS_MS) / step) * step;
  const end = Math.max(first, Math.ceil(toMs / step) * step);
  const minutes = minutesBetween(known, first, end);
  return timeframe === '1m' ? minutes : resample(minutes, timeframe);
}

/** What it costs at a moment: on the way from the minute's open to its close. */
export function demoPrice(known: DemoMarket, atMs: number): number {
  const opened = Math.floor(atMs / 60_000) * 60_000;
  const { open, close } = minutesBetween(known, opened, opened + 60_000);
  const [from = Number.NaN, to = Number.NaN] = [open[0], close[0]]; // before it opened there was no price
  return rounded(from + (to - from) * ((atMs - opened) / 60_000), known.priceDecimals);
}

function minutesBetween(known: DemoMarket, fromMs: number, endMs: number): Candles {
  const candles = allocateCandles(Math.max(0, Math.round((endMs - fromMs) / 60_000)));
  const firstDay = Math.floor((fromMs - DEMO_OPENS_MS) / DAY_MS);
  const lastDay = Math.floor((endMs - 1 - DEMO_OPENS_MS) / DAY_MS);
  for (let day = firstDay; day <= lastDay && candles.length > 0; day++) writeDay(known, day, candles, fromMs);
  return candles;
}

interface Days {
  /** Logarithm of the price when day i opened. */
  open: number[];
  volatility: number[];
}

/** Days worked out so far, by seed. They depend on nothing but the number of days, so a restart finds the same ones. */
const walked = new Map<string, Days>();

/** The walk that all markets share: the sum of its moves, and how wild each day is. */
function commonDays(until: number): Days {
  const days = walked.get('') ?? { open: [0], volatility: [1] };
  walked.set('', days);
  for (let day = days.open.length - 1; day <= until; day++) {
    const random = randomOf(`common:${day}`);
    const [level, wild] = [days.open[day] as number, days.volatility[day] as number]; // one ahead of the loop
    const tail = random() < 0.03 ? 2.6 : 1;
    days.open.push(level + COMMON_VOLATILITY * wild * tail * normal(random));
    days.volatility.push(Math.exp(0.94 * Math.log(wild) + 0.16 * normal(random) - 0.008));
  }
  return days;
}

function daysOf({ symbol, years, beta, ownVolatility }: DemoMarket, until: number): Days {
  const common = commonDays(until);
  const days = walked.get(symbol) ?? { open: [anchor(years, 0)], volatility: [] };
  walked.set(symbol, days);
  for (let day = days.open.length - 1; day <= until; day++) {
    const random = randomOf(`${symbol}:day:${day}`);
    const shared = beta * ((common.open[day + 1] as number) - (common.open[day] as number)); // walked just now
    const wild = common.volatility[day] as number;
    const level = days.open[day] as number;
    const drawn = anchor(years, day + 1) - anchor(years, day) + PULL * (anchor(years, day) - level);
    days.open.push(level + shared + drawn + ownVolatility * wild * normal(random));
    days.volatility.push(Math.hypot(beta * COMMON_VOLATILITY, ownVolatility) * wild);
  }
  return days;
}

const YEAR_DAYS = 365.25;
/** The share of its distance to the line that the walk loses in a day. */
const PULL = 0.012;

/** The logarithm of the price on a straight line from year to year. */
function anchor(years: readonly number[], day: number): number {
  const last = years.length - 1;
  const at = Math.min(day / YEAR_DAYS, last);
  const year = Math.min(Math.floor(at), last - 1);
  const [from, to] = [Math.log(years[year] as number), Math.log(years[year + 1] as number)]; // both are in the list
  return from + (to - from) * (at - year);
}

/** How busy each minute of the UTC day is, around 1. */
const busy = Float64Array.from({ length: MINUTES }, (_, minute) => {
  const hour = minute / 60;
  const hump = (at: number, width: number) => Math.exp(-(((hour - at) / width) ** 2));
  return 0.72 + 0.35 * hump(1, 2) + 0.3 * hump(8, 2) + 0.75 * hump(14.5, 2.6);
});

/** The level at each minute's close, less the day's open: a bridge that ends where the day ends. */
const path = new Float64Array(MINUTES);

/** Writes those minutes of a day that lie within `candles`, which begin at `fromMs`. */
function writeDay(known: DemoMarket, day: number, candles: Candles, fromMs: number): void {
  const days = daysOf(known, day);
  const [open, next] = [days.open[day] as number, days.open[day + 1] as number]; // walked just now
  const step = (days.volatility[day] as number) / Math.sqrt(MINUTES);
  const random = randomOf(`${known.symbol}:${day}`);
  let sum = 0;
  for (let minute = 0; minute < MINUTES; minute++) {
    sum += step * (busy[minute] as number) * normal(random);
    path[minute] = sum;
  }
  const slope = (next - open - sum) / MINUTES;
  const startMs = DEMO_OPENS_MS + day * DAY_MS;
  let before = rounded(Math.exp(open), known.priceDecimals);
  for (let minute = 0; minute < MINUTES; minute++) {
    const close = rounded(Math.exp(open + (path[minute] as number) + slope * (minute + 1)), known.priceDecimals);
    const [up, down, crowd] = [Math.abs(normal(random)), Math.abs(normal(random)), random()];
    const i = Math.round((startMs - fromMs) / 60_000) + minute;
    if (i >= 0 && i < candles.length) {
      const move = Math.abs(close - before) / (before * step);
      candles.time[i] = startMs + minute * 60_000;
      candles.open[i] = before;
      candles.close[i] = close;
      candles.high[i] = rounded(Math.max(before, close) * (1 + 0.5 * step * up), known.priceDecimals);
      candles.low[i] = rounded(Math.min(before, close) * (1 - 0.5 * step * down), known.priceDecimals);
      const volume = known.minuteVolume * (busy[minute] as number) * (0.25 + crowd + 0.6 * move);
      candles.volume[i] = rounded(volume, 5);
    }
    before = close;
  }
}

/** To so many decimals, and never to nothing: a price of zero would be none. */
function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.max(1, Math.round(value * scale)) / scale;
}

/** Numbers from 0 to 1 that are the same for the same text: FNV-1a into mulberry32. */
export function randomOf(text: string): () => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A standard normal number, Box and Muller 1958. */
function normal(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
