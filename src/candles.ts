import { readFile } from 'node:fs/promises';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigError, loadConfig, readDotEnv } from './config.ts';
import { describeError, fail, Refusal, type RefusalCode, type Params as TextParams } from './core/error.ts';
import { type Gap, gapsIn, missingIn, spikesIn } from './core/market/check.ts';
import { DEMO } from './core/market/demoSource.ts';
import { ensureCandles } from './core/market/ensure.ts';
import { type ImportProblem, importCandles } from './core/market/importing.ts';
import { findMarket } from './core/market/markets.ts';
import type { MarketContext } from './core/market/sources.ts';
import { listStored, readCandles, type Series } from './core/market/store.ts';
import { spelledMarket } from './core/market/symbol.ts';
import { type Timeframe, timeframeMs, timeframes } from './core/market/timeframe.ts';
import { translate } from './core/text/text.ts';
import { exitCodes, Refused } from './refused.ts';

/** `npm run candles -- …`: brings candles into the database and shows what is there, beside a running service or without one. */

const USAGE = `npm run candles -- import FILE --symbol BTC/USDT --timeframe 1h [--source NAME]
npm run candles -- download SYMBOL TIMEFRAME FROM TO [--source binance]
npm run candles -- list
npm run candles -- check SYMBOL TIMEFRAME [--source NAME]
Timeframes: ${timeframes.join(', ')}. FROM and TO are days in UTC such as 2024-01-31, or moments such as 2024-01-31T12:00Z; TO may be now.`;

/** Where an import goes that does not say. */
const IMPORT = 'import';
const REAL = 'binance';
const MOST_SHOWN = 20;

const options = {
  symbol: { type: 'string' },
  timeframe: { type: 'string' },
  source: { type: 'string' },
  help: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

const say = (key: string, params: TextParams = {}) => translate('en', `market.${key}`, params);
const out = (line: string) => process.stdout.write(`${line}\n`);
const err = (line: string) => process.stderr.write(`${line}\n`);
const utc = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

process.exitCode = await main().catch((error: unknown) => {
  if (error instanceof Refusal) err(translate('en', `error.${error.code}`, error.params));
  else if (error instanceof ConfigError) err(error.lines.join('\n'));
  else err(error instanceof Refused ? error.message : describeError(error).message);
  return exitCodeOf(error);
});

function exitCodeOf(error: unknown): number {
  if (error instanceof Refused) return error.exitCode;
  if (error instanceof ConfigError) return exitCodes.configuration;
  if (!(error instanceof Refusal)) return 1;
  const special: Partial<Record<RefusalCode, number>> = {
    'candles.broken': exitCodes.wrongData,
    'candles.none': exitCodes.noInput,
    'market.region': exitCodes.unavailable,
    'market.unsupported': exitCodes.unavailable,
    'candles.cancelled': exitCodes.tryAgain,
  };
  return special[error.code] ?? (error.kind === 'unavailable' ? exitCodes.tryAgain : exitCodes.usage);
}

type Values = ReturnType<typeof readArguments>['values'];
/** Looks at what was written, and answers what is to be done once there is a database. */
type Deed = (values: Values, given: readonly string[]) => Promise<(ctx: MarketContext) => Promise<number>>;

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  if (values.help) {
    out(USAGE);
    return 0;
  }
  const [name = '', ...given] = positionals;
  const deeds: Record<string, { deed: Deed; takes: number }> = {
    import: { deed: importFile, takes: 1 },
    download: { deed: download, takes: 4 },
    list: { deed: list, takes: 0 },
    check: { deed: check, takes: 2 },
  };
  const { deed, takes } = (Object.hasOwn(deeds, name) && deeds[name]) || { deed: undefined, takes: 0 };
  if (!deed || given.length !== takes) throw new Refused(exitCodes.usage, [USAGE]);
  const run = await deed(values, given);
  const config = loadConfig({ ...readDotEnv('.env'), ...process.env });
  const { createLog, openGroundBeside } = await import('./ground.ts'); // most of a start, and of no use to who mistyped
  const ground = await openGroundBeside(config, createLog(config.logLevel === 'info' ? 'warn' : config.logLevel));
  try {
    return await run(ground.ctx({ kind: 'job', name: 'candles' }));
  } finally {
    await ground.close();
  }
}

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    throw new Refused(exitCodes.usage, [error instanceof Error ? error.message : String(error), USAGE]);
  }
}

function timeframeOf(text: string | undefined): Timeframe {
  const timeframe = timeframes.find((known) => known === text);
  if (timeframe) return timeframe;
  throw new Refused(exitCodes.usage, [`${text ?? 'No timeframe'}: use one of ${timeframes.join(', ')}`]);
}

async function importFile(values: Values, [path = '']: readonly string[]) {
  const timeframe = timeframeOf(values.timeframe);
  const spelled = spelledMarket(values.symbol ?? '');
  const [symbol] = spelled.candidates;
  if (symbol === undefined)
    throw new Refused(exitCodes.usage, [`--symbol ${values.symbol ?? ''}: write it like BTC/USDT`]);
  const source = values.source ?? spelled.source ?? IMPORT;
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new Refused(exitCodes.noInput, [`${path} cannot be read: ${describeError(error).message}`]);
  });
  return async (ctx: MarketContext) => {
    const result = await importCandles(ctx, { source, symbol, timeframe, bytes });
    if ('problems' in result) {
      const lines = result.problems.map((problem) => problemWords(problem, timeframe));
      throw new Refused(exitCodes.wrongData, [`${path}:`, ...lines, say('csv-nothing_stored')]);
    }
    const { candles, added, changed } = result;
    out(say('imported', { candles, added, changed, same: candles - added - changed }));
    showFindings(result);
    return 0;
  };
}

/** Line numbers are names, not quantities: no thousands separators. */
function problemWords(problem: ImportProblem, timeframe: Timeframe): string {
  const line = String(problem.line);
  switch (problem.code) {
    case 'off_grid':
    case 'not_closed':
      return say(`csv-${problem.code}`, { line, timeframe, at: utc(problem.atMs) });
    case 'other_timeframe':
      return say('csv-other_timeframe', { line, timeframe, minutes: problem.foundMinutes });
    case 'outside_range':
      return say('csv-outside_range', { line });
    default:
      return translate('en', `strategy.csv-${problem.code}`, { ...problem, line });
  }
}

async function download(values: Values, given: readonly string[]) {
  const [text = '', timeframeText, fromText = '', toText = ''] = given;
  const timeframe = timeframeOf(timeframeText);
  const range = { fromMs: momentOf(fromText), toMs: toText === 'now' ? Date.now() : momentOf(toText) };
  if (range.fromMs >= range.toMs) fail('date.reversed');
  return async (ctx: MarketContext) => {
    const series = { ...(await realMarket(ctx, text, values.source)), timeframe };
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    const options = { signal: stop.signal, least: 1, onProgress: progress() };
    const got = await ensureCandles(ctx, { ...series, ...range }, options);
    showSeries(series, got.candles.length, got.fromMs, got.toMs);
    if (got.madeOf !== timeframe) out(say('made_of_minutes'));
    showFindings(got);
    return 0;
  };
}

async function realMarket(ctx: MarketContext, text: string, home = REAL) {
  const { source, symbol } = await findMarket(ctx, text, home);
  if (source === DEMO) throw new Refused(exitCodes.usage, [say('computed')]);
  return { source, symbol };
}

function momentOf(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new Refused(exitCodes.usage, [`${text}: write a day in UTC such as 2024-01-31`]);
  return ms;
}

/** Every whole tenth of the way, once, so that a log stays short. */
function progress(): (share: number) => void {
  let shown = -1;
  return (share) => {
    const tenths = Math.floor(share * 10);
    if (tenths <= shown) return;
    shown = tenths;
    err(say('progress', { percent: String(tenths * 10) }));
  };
}

async function list() {
  return async (ctx: MarketContext) => {
    const all = await listStored(ctx);
    if (all.length === 0) err(say('nothing'));
    for (const { count, firstAt, lastAt, ...series } of all)
      showSeries(series, count, firstAt.getTime(), lastAt.getTime() + timeframeMs[series.timeframe]);
    return 0;
  };
}

async function check(values: Values, [text = '', given]: readonly string[]) {
  const timeframe = timeframeOf(given);
  const step = timeframeMs[timeframe];
  return async (ctx: MarketContext) => {
    const series = { ...(await realMarket(ctx, text, values.source)), timeframe };
    const candles = await readCandles(ctx, series, { fromMs: 0, toMs: Date.now() });
    const [first, last] = [candles.time[0], candles.time.at(-1)];
    if (first === undefined || last === undefined)
      throw new Refused(exitCodes.noInput, [say('nothing_of', { ...series })]);
    showSeries(series, candles.length, first, last + step);
    const spikesAtMs = spikesIn(candles).map((i) => candles.time[i] as number); // i is inside
    showFindings({ gaps: gapsIn(candles, step), missing: missingIn(candles, step), spikesAtMs });
    return 0;
  };
}

function showSeries({ source, symbol, timeframe }: Series, count: number, fromMs: number, toMs: number): void {
  out(say('series', { source, symbol, timeframe, count, from: utc(fromMs), to: utc(toMs) }));
}

interface Findings {
  gaps: readonly Gap[];
  missing: number;
  spikesAtMs: readonly number[];
}

function showFindings({ gaps, missing, spikesAtMs }: Findings): void {
  if (gaps.length === 0) out(say('whole'));
  else out(say('missing', { count: missing }));
  for (const { fromMs, toMs, missing } of gaps.slice(0, MOST_SHOWN))
    out(`  ${say('gap', { from: utc(fromMs), to: utc(toMs), count: missing })}`);
  if (gaps.length > MOST_SHOWN) out(`  ${say('gaps_more')}`);
  for (const at of spikesAtMs.slice(0, MOST_SHOWN)) out(say('spike', { at: utc(at) }));
}
