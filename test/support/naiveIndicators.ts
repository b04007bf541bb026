import type { Candles } from '../../src/core/market/candles.ts';

/**
 * The indicators written out as their definitions read, window by window, without any care for time or allocation: what
 * the fast ones are compared with. Seeds and starts follow TA-Lib.
 */

type Numbers = readonly number[];
const at = (values: Numbers | Float64Array, i: number) => values[i] as number;
const sum = (values: Numbers) => values.reduce((a, b) => a + b, 0);
const mean = (values: Numbers) => sum(values) / values.length;
const clipped = (values: Numbers, from: number) => values.map((value, i) => (i < from ? Number.NaN : value));

function windows(values: Numbers, period: number, of: (window: number[]) => number): number[] {
  return values.map((_, i) => (i < period - 1 ? Number.NaN : of(values.slice(i - period + 1, i + 1))));
}

/** From `start` on: first the mean of the `period` values that end there, then each a step of `weight` towards the next. */
function smoothed(values: Numbers, period: number, weight: number, start: number): number[] {
  const out: number[] = values.map(() => Number.NaN);
  for (let i = start; i < values.length; i++)
    out[i] =
      i === start
        ? mean(values.slice(start - period + 1, start + 1))
        : weight * at(values, i) + (1 - weight) * at(out, i - 1);
  return out;
}

const sma = (c: Numbers, n: number) => windows(c, n, mean);
const ema = (c: Numbers, n: number, start = n - 1) => smoothed(c, n, 2 / (n + 1), start);
const wma = (c: Numbers, n: number) =>
  windows(c, n, (w) => sum(w.map((value, k) => value * (k + 1))) / sum(w.map((_, k) => k + 1)));
const roc = (c: Numbers, n: number) =>
  c.map((value, i) => (i < n ? Number.NaN : ((value - at(c, i - n)) / at(c, i - n)) * 100));

function rsi(c: Numbers, n: number): number[] {
  const change = c.map((value, i) => (i === 0 ? 0 : value - at(c, i - 1)));
  const gains = smoothed(
    change.map((d) => Math.max(0, d)),
    n,
    1 / n,
    n,
  );
  const losses = smoothed(
    change.map((d) => Math.max(0, -d)),
    n,
    1 / n,
    n,
  );
  return gains.map((gain, i) => (gain + at(losses, i) === 0 ? 0 : 100 - 100 / (1 + gain / at(losses, i))));
}

function macd(c: Numbers, { fast, slow, signal }: { fast: number; slow: number; signal: number }) {
  const [short, long] = [ema(c, fast, slow - 1), ema(c, slow)];
  const line = short.map((value, i) => value - at(long, i));
  const start = slow + signal - 2;
  const smooth = ema(line, signal, start);
  return {
    macd: clipped(line, start),
    signal: smooth,
    histogram: clipped(
      line.map((value, i) => value - at(smooth, i)),
      start,
    ),
  };
}

const bollinger = (c: Numbers, n: number, deviations: number) =>
  windows(c, n, (w) => mean(w) + deviations * Math.sqrt(mean(w.map((value) => (value - mean(w)) ** 2))));

const trueRanges = ({ high, low, close }: Candles) =>
  [...high].map((h, i) => {
    const before = i === 0 ? Number.NaN : at(close, i - 1);
    return Math.max(h - at(low, i), Math.abs(h - before), Math.abs(at(low, i) - before));
  });

const atr = (c: Candles, n: number) => smoothed(trueRanges(c), n, 1 / n, n);

function cci({ high, low, close }: Candles, n: number): number[] {
  const typical = [...high].map((h, i) => (h + at(low, i) + at(close, i)) / 3);
  return windows(typical, n, (w) => {
    const deviation = mean(w.map((value) => Math.abs(value - mean(w))));
    return deviation === 0 ? 0 : (at(w, n - 1) - mean(w)) / (0.015 * deviation);
  });
}

/** Wilder's sums: the first `n - 1` values added up, then each step loses an nth and gains the new value. */
function wilderSums(values: Numbers, n: number): number[] {
  const out = values.map(() => Number.NaN);
  let total = sum(values.slice(1, n));
  for (let i = n; i < values.length; i++) {
    total = total - total / n + at(values, i);
    out[i] = total;
  }
  return out;
}

function adx(c: Candles, n: number) {
  const { high, low } = c;
  const up = [...high].map((h, i) => (i === 0 ? 0 : h - at(high, i - 1)));
  const down = [...low].map((l, i) => (i === 0 ? 0 : at(low, i - 1) - l));
  const plus = wilderSums(
    up.map((u, i) => (u > 0 && u > at(down, i) ? u : 0)),
    n,
  );
  const minus = wilderSums(
    down.map((d, i) => (d > 0 && d > at(up, i) ? d : 0)),
    n,
  );
  const range = wilderSums(trueRanges(c), n);
  const plusDi = plus.map((p, i) => (100 * p) / at(range, i));
  const minusDi = minus.map((m, i) => (100 * m) / at(range, i));
  const dx = plusDi.map((p, i) => (100 * Math.abs(p - at(minusDi, i))) / (p + at(minusDi, i)));
  return { plusDi, minusDi, adx: smoothed(dx, n, 1 / n, 2 * n - 1) };
}

function stochastic(
  { high, low, close }: Candles,
  { period, slowK, slowD }: { period: number; slowK: number; slowD: number },
) {
  const highest = windows([...high], period, (w) => Math.max(...w));
  const lowest = windows([...low], period, (w) => Math.min(...w));
  const fast = [...close].map((value, i) => (100 * (value - at(lowest, i))) / (at(highest, i) - at(lowest, i)));
  const k = windows(fast, slowK, mean);
  const d = windows(k, slowD, mean);
  return { k: clipped(k, period + slowK + slowD - 3), d };
}

const keltner = (c: Candles, { period, atrPeriod, width }: { period: number; atrPeriod: number; width: number }) => {
  const range = atr(c, atrPeriod);
  return ema([...c.close], period).map((middle, i) => middle + width * at(range, i));
};

function supertrend(c: Candles, { period, width }: { period: number; width: number }) {
  const range = atr(c, period);
  const middle = [...c.high].map((h, i) => (h + at(c.low, i)) / 2);
  const rows: { upper: number; lower: number; direction: number }[] = [];
  for (let i = period; i < c.length; i++) {
    const [top, bottom] = [at(middle, i) + width * at(range, i), at(middle, i) - width * at(range, i)];
    const [last, before, close] = [rows.at(-1), at(c.close, i - 1), at(c.close, i)];
    const upper = last && before <= last.upper ? Math.min(top, last.upper) : top;
    const lower = last && before >= last.lower ? Math.max(bottom, last.lower) : bottom;
    const begins = close >= at(middle, i) ? 1 : -1;
    const turned = last?.direction === 1 ? (close < lower ? -1 : 1) : close > upper ? 1 : -1;
    rows.push({ upper, lower, direction: last ? turned : begins });
  }
  const warm = Array.from({ length: Math.min(period, c.length) }, () => Number.NaN);
  return {
    line: [...warm, ...rows.map((row) => (row.direction === 1 ? row.lower : row.upper))],
    direction: [...warm, ...rows.map((row) => row.direction)],
  };
}

const obv = ({ close, volume }: Candles) =>
  [...close].map((_, i) =>
    sum(
      [...volume.subarray(0, i + 1)].map((v, k) => {
        if (k === 0) return v;
        return Math.sign(at(close, k) - at(close, k - 1)) * v;
      }),
    ),
  );

const vwap = ({ time, high, low, close, volume }: Candles) =>
  [...time].map((t, i) => {
    const typical = (k: number) => (at(high, k) + at(low, k) + at(close, k)) / 3;
    const today = [...time.keys()].filter(
      (k) => k <= i && new Date(at(time, k)).getUTCDate() === new Date(t).getUTCDate() && t - at(time, k) < 86_400_000,
    );
    const traded = sum(today.map((k) => at(volume, k)));
    return traded === 0 ? typical(i) : sum(today.map((k) => typical(k) * at(volume, k))) / traded;
  });

export const naive = {
  windows,
  sma,
  ema,
  wma,
  roc,
  rsi,
  macd,
  bollinger,
  atr,
  cci,
  adx,
  stochastic,
  keltner,
  supertrend,
  obv,
  vwap,
};
