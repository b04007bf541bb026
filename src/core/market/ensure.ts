import { setImmediate as breathe } from 'node:timers/promises';
import { requireActor } from '../access.ts';
import { fail, Refusal } from '../error.ts';
import { alone } from './alone.ts';
import { type Candles, joinCandles, ownMemory } from './candles.ts';
import { type Gap, gapsIn, missingIn, spikesIn } from './check.ts';
import { availableRange, missingMonths, monthsOf, storedRange } from './coverage.ts';
import { demoCandles, demoMarket } from './demo.ts';
import { DEMO } from './demoSource.ts';
import { type DownloadOptions, downloadCandles } from './download.ts';
import { troubleRefusal } from './refusal.ts';
import { resample } from './resample.ts';
import type { CandleSource } from './source.ts';
import { type MarketContext, unknownSource } from './sources.ts';
import { type Range, readCandles, type Series } from './store.ts';
import { storedSources } from './symbolList.ts';
import { type Timeframe, timeframeMs } from './timeframe.ts';

/** Five years of minutes, a leap day included: 127 MB of columns. */
export const MOST_CANDLES = 5 * 366 * 1440;
/** Before this there was no exchange. */
const EARLIEST_MS = Date.UTC(2010, 0, 1);

export interface EnsureOptions extends DownloadOptions {
  /** Fewer candles than that are refused; two unless said otherwise. */
  least?: number;
}

export interface Ensured {
  /** Alone in one piece of shared memory: a worker needs `candles.time.buffer` and `candles.length`. */
  candles: Candles;
  /** The first hundred places where candles are missing between the first and the last. */
  gaps: Gap[];
  /** All candles that are missing between the first and the last. */
  missing: number;
  /** When candles opened whose price jumped away and back. */
  spikesAtMs: number[];
  /** Where the data begins and ends: the range asked for, or less. */
  fromMs: number;
  toMs: number;
  /** What they were made of: the timeframe itself, or minutes. */
  madeOf: Timeframe;
}

/**
 * The candles of a range, which are brought here first where they are missing. Those of the demo exchange are computed:
 * they can be worked out again at any time in the time it takes to read them, so storing them would only take room.
 * Longer candles are made of stored minutes where those cover the range. Two that ask for one series at once share one
 * download. Refuses, in words: a reversed range, one without candles, too few or too many of them, an unknown market,
 * every trouble of the exchange, broken candles, and `candles.cancelled` when `signal` ended it.
 */
export async function ensureCandles(
  ctx: MarketContext,
  wanted: Series & Range,
  options: EnsureOptions = {},
): Promise<Ensured> {
  requireActor(ctx, 'user', 'job');
  const { source, symbol, timeframe } = wanted;
  const { signal, least = 2 } = options;
  const series = { source, symbol, timeframe };
  const range = wholeRange(ctx, wanted);
  try {
    signal?.throwIfAborted();
    if (range.fromMs >= range.toMs) return await refuseEmpty(ctx, series);
    const { candles, madeOf } =
      source === DEMO ? await computeDemo(series, range, options) : await bring(ctx, series, range, options);
    signal?.throwIfAborted();
    if (candles.length === 0) return await refuseEmpty(ctx, series);
    if (candles.length < least) fail('candles.too_few', { count: candles.length, least, timeframe });
    options.onProgress?.(1);
    return examined(candles, madeOf, timeframeMs[timeframe]);
  } catch (error) {
    if (!signal?.aborted) throw troubleRefusal(error, { symbol, timeframe });
    throw signal.reason instanceof Refusal ? signal.reason : new Refusal('candles.cancelled');
  }
}

/** The whole candles inside a range that have closed. */
function wholeRange(ctx: MarketContext, { fromMs, toMs, timeframe }: Series & Range): Range {
  if (!(fromMs < toMs)) fail('date.reversed');
  const step = timeframeMs[timeframe];
  const closedMs = Math.floor(ctx.clock.now().getTime() / step) * step;
  const range = { fromMs: Math.ceil(fromMs / step) * step, toMs: Math.min(Math.ceil(toMs / step) * step, closedMs) };
  const count = (range.toMs - range.fromMs) / step;
  if (count > MOST_CANDLES) fail('candles.too_many', { count: Math.ceil(count), most: MOST_CANDLES });
  return range;
}

async function refuseEmpty(ctx: MarketContext, series: Series): Promise<never> {
  const { source, symbol } = series;
  const there = await availableRange(ctx, series);
  if (!there) return fail('candles.none', { source, symbol });
  return fail('candles.outside', { symbol, from: new Date(there.fromMs), to: new Date(there.toMs) });
}

interface Brought {
  candles: Candles;
  madeOf: Timeframe;
}

/** Month by month, so that whoever else this process serves is answered in between. */
async function computeDemo({ symbol, timeframe }: Series, range: Range, options: EnsureOptions): Promise<Brought> {
  const market = demoMarket(symbol) ?? fail('market.not_traded', { exchange: DEMO, symbol });
  const parts: Candles[] = [];
  const months = monthsOf(range);
  for (const [n, { startMs, endMs }] of months.entries()) {
    options.signal?.throwIfAborted();
    parts.push(demoCandles(market, timeframe, Math.max(startMs, range.fromMs), Math.min(endMs, range.toMs)));
    options.onProgress?.((n + 1) / months.length);
    await breathe();
  }
  return { candles: joinCandles(parts), madeOf: timeframe };
}

async function bring(ctx: MarketContext, series: Series, range: Range, options: EnsureOptions): Promise<Brought> {
  const source = ctx.candleSources.byId(series.source);
  const madeOf = await coveringTimeframe(ctx, series, range, source === undefined);
  if (source && madeOf === series.timeframe) await download(ctx, source, series, range, options);
  const read = await readCandles(ctx, { ...series, timeframe: madeOf }, range);
  return { candles: ownMemory(madeOf === series.timeframe ? read : resample(read, series.timeframe)), madeOf };
}

/**
 * Minutes where they cover the range: one truth for every timeframe. Of what was imported there may be less than was asked
 * for, and nobody to ask for more: then minutes serve where there are as many of them as of the candles themselves.
 */
async function coveringTimeframe(
  ctx: MarketContext,
  series: Series,
  range: Range,
  isImported: boolean,
): Promise<Timeframe> {
  if (series.timeframe === '1m') return '1m';
  // Decades of days are few candles, but more minutes than anybody should read for them.
  if ((range.toMs - range.fromMs) / timeframeMs['1m'] > MOST_CANDLES) return series.timeframe;
  const minutes = { ...series, timeframe: '1m' } as const;
  if ((await missingMonths(ctx, minutes, range)).length === 0) return '1m';
  if (!isImported) return series.timeframe;
  const [own, ofMinutes] = [await storedRange(ctx, series), await storedRange(ctx, minutes)];
  if (!own && !ofMinutes) {
    const others = await storedSources(ctx);
    if (!others.includes(series.source)) unknownSource(ctx, series.source, others);
  }
  if (!own || !ofMinutes) return ofMinutes ? '1m' : series.timeframe;
  const coversMore = (one: Range, other: Range) =>
    Math.max(one.fromMs, range.fromMs) <= Math.max(other.fromMs, range.fromMs) &&
    Math.min(one.toMs, range.toMs) >= Math.min(other.toMs, range.toMs);
  return coversMore(ofMinutes, own) ? '1m' : series.timeframe;
}

async function download(
  ctx: MarketContext,
  source: CandleSource,
  series: Series,
  range: Range,
  options: EnsureOptions,
): Promise<void> {
  const since = { ...range, fromMs: Math.max(range.fromMs, EARLIEST_MS) };
  if ((await missingMonths(ctx, series, since)).length === 0) return;
  const name = `candles.download:${series.source}:${series.symbol}:${series.timeframe}`;
  await alone(ctx, name, options.signal, () => downloadCandles(ctx, source, series, since, options));
}

function examined(candles: Candles, madeOf: Timeframe, step: number): Ensured {
  const { time, length } = candles;
  const [fromMs, lastMs] = [time[0] as number, time[length - 1] as number]; // an empty set was refused
  return {
    candles,
    madeOf,
    gaps: gapsIn(candles, step),
    missing: missingIn(candles, step),
    spikesAtMs: spikesIn(candles).map((i) => time[i] as number), // i is inside
    fromMs,
    toMs: lastMs + step,
  };
}
