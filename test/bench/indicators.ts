import type { Candles } from '../../src/core/market/candles.ts';
import { adx, adxStream } from '../../src/core/strategy/indicators/adx.ts';
import { atr, atrStream } from '../../src/core/strategy/indicators/atr.ts';
import { bollinger, bollingerStream } from '../../src/core/strategy/indicators/bollinger.ts';
import { cci, cciStream } from '../../src/core/strategy/indicators/cci.ts';
import { donchian, donchianStream } from '../../src/core/strategy/indicators/donchian.ts';
import { ema, emaStream } from '../../src/core/strategy/indicators/ema.ts';
import { keltner, keltnerStream } from '../../src/core/strategy/indicators/keltner.ts';
import { macd, macdStream } from '../../src/core/strategy/indicators/macd.ts';
import { obv, obvStream } from '../../src/core/strategy/indicators/obv.ts';
import { roc, rocStream } from '../../src/core/strategy/indicators/roc.ts';
import { rsi, rsiStream } from '../../src/core/strategy/indicators/rsi.ts';
import { sma, smaStream } from '../../src/core/strategy/indicators/sma.ts';
import { stochastic, stochasticStream } from '../../src/core/strategy/indicators/stochastic.ts';
import { supertrend, supertrendStream } from '../../src/core/strategy/indicators/supertrend.ts';
import { vwap, vwapStream } from '../../src/core/strategy/indicators/vwap.ts';
import { wma, wmaStream } from '../../src/core/strategy/indicators/wma.ts';
import { median, print, round } from './figures.ts';
import { MINUTE_MS, MINUTES, walk } from './walk.ts';

/** The same indicator twice: over whole columns, and candle by candle. Both answer their last value. */
interface Pair {
  columns(candles: Candles): number | undefined;
  /** What is called for each candle by its index, and answers the newest value. */
  stream(candles: Candles): (i: number) => number;
}

const slow = { period: 14, slowK: 3, slowD: 3 };
const crossing = { fast: 12, slow: 26, signal: 9 };
const trend = { period: 10, width: 3 };
const channel = { period: 20, atrPeriod: 10, width: 2 };
const at = (column: Float64Array, i: number) => column[i] as number; // the bench stays inside

const pairs: Record<string, Pair> = {
  sma: ofCloses(
    (close) => sma(close, 20),
    () => smaStream(20),
  ),
  ema: ofCloses(
    (close) => ema(close, 20),
    () => emaStream(20),
  ),
  wma: ofCloses(
    (close) => wma(close, 20),
    () => wmaStream(20),
  ),
  rsi: ofCloses(
    (close) => rsi(close, 14),
    () => rsiStream(14),
  ),
  roc: ofCloses(
    (close) => roc(close, 10),
    () => rocStream(10),
  ),
  macd: {
    columns: ({ close }) => macd(close, crossing).histogram.at(-1),
    stream: ({ close }) => {
      const next = macdStream(crossing);
      return (i) => {
        next.push(at(close, i));
        return next.histogram;
      };
    },
  },
  bollinger: {
    columns: ({ close }) => bollinger(close, 20, 2).upper.at(-1),
    stream: ({ close }) => {
      const next = bollingerStream(20, 2);
      return (i) => {
        next.push(at(close, i));
        return next.upper;
      };
    },
  },
  atr: {
    columns: (candles) => atr(candles, 14).at(-1),
    stream: ({ high, low, close }) => {
      const next = atrStream(14);
      return (i) => next(at(high, i), at(low, i), at(close, i));
    },
  },
  cci: {
    columns: (candles) => cci(candles, 20).at(-1),
    stream: ({ high, low, close }) => {
      const next = cciStream(20);
      return (i) => next(at(high, i), at(low, i), at(close, i));
    },
  },
  stochastic: {
    columns: (candles) => stochastic(candles, slow).d.at(-1),
    stream: (candles) => ofRanges(candles, stochasticStream(slow), (next) => next.d),
  },
  adx: {
    columns: (candles) => adx(candles, 14).adx.at(-1),
    stream: (candles) => ofRanges(candles, adxStream(14), (next) => next.adx),
  },
  supertrend: {
    columns: (candles) => supertrend(candles, trend).line.at(-1),
    stream: (candles) => ofRanges(candles, supertrendStream(trend), (next) => next.line),
  },
  keltner: {
    columns: (candles) => keltner(candles, channel).upper.at(-1),
    stream: (candles) => ofRanges(candles, keltnerStream(channel), (next) => next.upper),
  },
  donchian: {
    columns: (candles) => donchian(candles, 20).upper.at(-1),
    stream: ({ high, low }) => {
      const next = donchianStream(20);
      return (i) => {
        next.push(at(high, i), at(low, i));
        return next.upper;
      };
    },
  },
  obv: {
    columns: (candles) => obv(candles).at(-1),
    stream: ({ close, volume }) => {
      const next = obvStream();
      return (i) => next(at(close, i), at(volume, i));
    },
  },
  vwap: {
    columns: (candles) => vwap(candles).at(-1),
    stream: ({ time, high, low, close, volume }) => {
      const next = vwapStream();
      return (i) => next(at(time, i), at(high, i), at(low, i), at(close, i), at(volume, i));
    },
  },
};

function ofCloses(column: (close: Float64Array) => Float64Array, make: () => (value: number) => number): Pair {
  return {
    columns: ({ close }) => column(close).at(-1),
    stream: ({ close }) => {
      const next = make();
      return (i) => next(at(close, i));
    },
  };
}

type Ranges = { push(high: number, low: number, close: number): void };

function ofRanges<S extends Ranges>({ high, low, close }: Candles, next: S, value: (next: S) => number) {
  return (i: number) => {
    next.push(at(high, i), at(low, i), at(close, i));
    return value(next);
  };
}

/** All sixteen over a year of minutes, on one thread: rounds are taken in turns and the middle one counts. */
export async function indicators({ quick }: { quick: boolean }): Promise<void> {
  const rounds = quick ? 3 : 15;
  const candles = walk(MINUTES, MINUTE_MS);
  const took = new Map(Object.keys(pairs).map((name) => [name, { columns: [] as number[], stream: [] as number[] }]));
  for (let n = 0; n < rounds; n++)
    for (const [name, pair] of Object.entries(pairs)) {
      const [one, other] = [measure(() => pair.columns(candles)), measure(() => candleByCandle(candles, pair))];
      if (!Object.is(one.last, other.last)) throw new Error(`${name}: the two ways do not agree`);
      took.get(name)?.columns.push(one.ms);
      took.get(name)?.stream.push(other.ms);
    }
  const millions = (times: readonly number[]) => round(MINUTES / median(times) / 1000, 1);
  for (const [name, times] of took)
    print({
      what: name,
      candles: MINUTES,
      columnsMillionPerSecond: millions(times.columns),
      streamMillionPerSecond: millions(times.stream),
    });
  const all = (way: 'columns' | 'stream') => [...took.values()].reduce((sum, times) => sum + median(times[way]), 0);
  print({ what: `all ${took.size}`, columnsMs: round(all('columns')), streamMs: round(all('stream')) });
}

function measure(deed: () => number | undefined): { ms: number; last: number | undefined } {
  const beganMs = performance.now();
  const last = deed();
  return { ms: performance.now() - beganMs, last };
}

function candleByCandle(candles: Candles, pair: Pair): number {
  const next = pair.stream(candles);
  let last = Number.NaN;
  for (let i = 0; i < candles.length; i++) last = next(i);
  return last;
}
