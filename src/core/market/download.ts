import { setTimeout as sleep } from 'node:timers/promises';
import { and, eq, sql } from 'drizzle-orm';
import { minutes, seconds } from '../clock.ts';
import type { Context } from '../context.ts';
import { allocateCandles, type Candles, joinCandles, sliceCandles } from './candles.ts';
import { faultsIn, type Gap, gapsIn, spikesIn } from './check.ts';
import { type Month, missingMonths } from './coverage.ts';
import type { CandleSource } from './source.ts';
import { type Range, readCandles, type Series, writeCandles } from './store.ts';
import { candleAsked } from './tables.ts';
import { timeframeMs } from './timeframe.ts';
import { ExchangeTrouble } from './trouble.ts';

/** A ban may last for days: nothing waits for its end. */
const LONGEST_WAIT_MS = 300_000;
const ATTEMPTS = 6;
/** An exchange publishes a candle a moment after it closed, and clocks differ: what is that young may still come. */
const SETTLED_MS = minutes(60);
/** Written at the latest after so many, so that a killed download goes on where it was. */
const WRITE_EVERY = 10_000;
const CALL_TIMEOUT_MS = seconds(20);

export interface Downloaded {
  /** Candles that were not stored before. */
  added: number;
  /** What the exchange does not have inside the range. */
  gaps: Gap[];
  /** Moments of prices that jumped away and back: kept as the exchange gave them, and shown. */
  spikesAtMs: number[];
}

export interface DownloadOptions {
  signal?: AbortSignal;
  /** From 0 to 1. */
  onProgress?: (share: number) => void;
  /** Between attempts, and how long one answer is waited for; a test shortens both. */
  backoffMs?: number;
  callTimeoutMs?: number;
}

/**
 * Brings what is missing of a range into the store, month by month, and says what the exchange itself lacks. Asks again
 * after passing troubles, at most six times in a row; killed, cancelled or failed it goes on later where it was. Throws
 * `ExchangeTrouble`, and `candles.broken` for candles that cannot be.
 */
export async function downloadCandles(
  ctx: Context,
  source: CandleSource,
  wanted: Omit<Series, 'source'>,
  range: Range,
  options: DownloadOptions = {},
): Promise<Downloaded> {
  const series = { ...wanted, source: source.id };
  const step = timeframeMs[wanted.timeframe];
  const closedMs = Math.floor(ctx.clock.now().getTime() / step) * step;
  const whole = { fromMs: Math.ceil(range.fromMs / step) * step, toMs: Math.min(range.toMs, closedMs) };
  let added = 0;
  const missing = await missingMonths(ctx, series, whole);
  for (const [n, month] of missing.entries()) {
    options.signal?.throwIfAborted();
    const onProgress = (share: number) => options.onProgress?.((n + share) / missing.length);
    added += await downloadMonth(ctx, source, series, month, closedMs, { ...options, onProgress });
  }
  const stored = await readCandles(ctx, series, whole);
  return {
    added,
    gaps: gapsIn(stored, step),
    spikesAtMs: spikesIn(stored).map((i) => stored.time[i] as number), // i is inside
  };
}

/** Always whole months, so that how far one was asked for is one moment. */
async function downloadMonth(
  ctx: Context,
  source: CandleSource,
  series: Series,
  { name, startMs, endMs }: Month,
  closedMs: number,
  options: DownloadOptions,
): Promise<number> {
  const step = timeframeMs[series.timeframe];
  const untilMs = Math.min(endMs, closedMs);
  let sinceMs = Math.max(startMs, await askedUntil(ctx, series, name));
  let added = 0;
  let waiting: Candles[] = [];
  let receivedMs = sinceMs;
  const write = async () => {
    added += (await writeCandles(ctx, series, joinCandles(waiting))).added;
    waiting = [];
    const settledMs = Math.floor((ctx.clock.now().getTime() - SETTLED_MS) / step) * step;
    await rememberAsked(ctx, series, name, new Date(Math.min(sinceMs, Math.max(receivedMs, settledMs))));
  };
  try {
    while (sinceMs < untilMs) {
      const { batch, goesOnLater } = await ask(source, series, sinceMs, untilMs, options);
      if (batch.length > 0) waiting.push(batch);
      const last = batch.time[batch.length - 1];
      if (last !== undefined) receivedMs = last + step;
      // Some exchanges look no further than one answer reaches, so an empty one says nothing about the time behind it.
      const passedMs = goesOnLater ? untilMs : Math.min(untilMs, sinceMs + source.batch * step);
      sinceMs = last === undefined ? passedMs : receivedMs;
      options.onProgress?.((Math.min(sinceMs, untilMs) - startMs) / (untilMs - startMs));
      if (waiting.reduce((sum, candles) => sum + candles.length, 0) >= WRITE_EVERY) await write();
    }
  } finally {
    if (waiting.length > 0 || sinceMs >= untilMs) await write();
  }
  return added;
}

/**
 * One answer, cut to what was asked for, and whether candles of a later time were in it. Exchanges repeat the last candle,
 * or begin earlier than they were asked to.
 */
async function ask(
  source: CandleSource,
  { symbol, timeframe }: Series,
  sinceMs: number,
  untilMs: number,
  { signal, backoffMs = 1000, callTimeoutMs = CALL_TIMEOUT_MS }: DownloadOptions,
): Promise<{ batch: Candles; goesOnLater: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const patience = AbortSignal.any([AbortSignal.timeout(callTimeoutMs), ...(signal ? [signal] : [])]);
    try {
      const candles = await source.candles({ symbol, timeframe, sinceMs, limit: source.batch }, patience);
      const within = cut(candles, sinceMs, untilMs);
      if (faultsIn(within, 1).length > 0 && attempt < 3) throw new ExchangeTrouble(source.id, 'malformed');
      return { batch: within, goesOnLater: (candles.time.at(-1) ?? 0) >= untilMs };
    } catch (thrown) {
      signal?.throwIfAborted();
      const error = patience.aborted ? new ExchangeTrouble(source.id, 'slow') : thrown;
      if (!(error instanceof ExchangeTrouble) || !error.passes || attempt >= ATTEMPTS) throw error;
      if (error.retryAfterMs > LONGEST_WAIT_MS) throw error;
      await sleep(Math.max(error.retryAfterMs, backoffMs * 2 ** (attempt - 1)), undefined, {
        ...(signal && { signal }),
      });
    }
  }
}

function cut(candles: Candles, sinceMs: number, untilMs: number): Candles {
  const { time, length } = candles;
  let [from, to] = [0, length];
  while (from < length && (time[from] as number) < sinceMs) from += 1;
  while (to > from && (time[to - 1] as number) >= untilMs) to -= 1;
  return to > from ? sliceCandles(candles, from, to) : allocateCandles(0);
}

const isAsked = ({ source, symbol, timeframe }: Series, month: string) =>
  and(
    eq(candleAsked.source, source),
    eq(candleAsked.symbol, symbol),
    eq(candleAsked.timeframe, timeframe),
    eq(candleAsked.month, month),
  );

async function askedUntil(ctx: Context, series: Series, month: string): Promise<number> {
  const [row] = await ctx.db.select({ until: candleAsked.until }).from(candleAsked).where(isAsked(series, month));
  return row?.until.getTime() ?? 0;
}

/** After the candles themselves: killed in between, the same ones are asked for once more. */
async function rememberAsked(ctx: Context, series: Series, month: string, until: Date): Promise<void> {
  const target = [candleAsked.source, candleAsked.symbol, candleAsked.timeframe, candleAsked.month];
  await ctx.db
    .insert(candleAsked)
    .values({ ...series, month, until })
    // Two downloads of one month: whoever was further is right.
    .onConflictDoUpdate({ target, set: { until: sql`greatest(${candleAsked.until}, excluded.until)` } });
}
