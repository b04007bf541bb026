import { type Candles, sliceCandles } from '../market/candles.ts';
import { Indicators } from '../strategy/indicators.ts';
import { type RunInput, type RunResult, runBacktest } from './engine.ts';
import { defaultSettings } from './settings.ts';

/**
 * Whether a result can be believed. Each check answers with a code and the numbers for its sentence,
 * `strategy-honesty-<code>`. A fault says that the figures are wrong, a warning that they promise too much.
 */
export interface Finding {
  readonly code: HonestyCode;
  readonly level: 'good' | 'warning' | 'fault';
  readonly numbers: Readonly<Record<string, number>>;
}

export const honestyCodes = [
  'no_look_ahead',
  'look_ahead',
  'warmup_ready',
  'warmup_unready',
  'warmup_long',
  'fees_bearable',
  'fees_decide',
  'delay_bearable',
  'delay_decides',
  'enough_trades',
  'few_trades',
  'short_history',
] as const;
export type HonestyCode = (typeof honestyCodes)[number];

/** The count at which the mean of a sample is commonly taken to say something. */
const LEAST_TRADES = 30;
const LEAST_DAYS = 90;
const DAY_MS = 86_400_000;
/** A warm-up that takes more of the candles than this leaves little to be judged by. */
const WARMUP_SHARE = 0.2;
/** How many shorter histories are tried. */
const CUTS = 12;
/** Decisions of a run that are compared: whoever looks ahead does so long before. */
const MOST_DECISIONS = 100_000;

/** For a sentence: two decimals. */
const percent = (rate: number) => Number((100 * rate).toFixed(2));

/** All checks of one run. It is run again for most of them, which takes about ten times as long as the run itself. */
export function honesty(input: RunInput, result: RunResult): Finding[] {
  return [
    lookAhead(input),
    ...warmup(input, result),
    fees(input, result),
    delay(input, result),
    ...amount(input.candles, result),
  ];
}

/**
 * A strategy must decide the same at a candle whether later candles exist or not. It is run on the first part of the
 * candles, cut at several places, and every decision compared with those of the whole run.
 */
export function lookAhead(input: RunInput, cuts = CUTS): Finding {
  const { length } = input.candles;
  const { stepMs } = input.indicators ?? new Indicators(input.candles);
  const whole = decisionsOf({ ...input, indicators: new Indicators(input.candles, { stepMs }) });
  const places = Array.from({ length: cuts }, (_, k) => Math.floor((length * (k + 1)) / (cuts + 1)));
  for (const place of new Set(places)) {
    const candles = sliceCandles(input.candles, 0, place);
    const part = decisionsOf({ ...input, candles, indicators: new Indicators(candles, { stepMs }) });
    const index = firstDifference(whole, part, place);
    if (index >= 0) return { code: 'look_ahead', level: 'fault', numbers: { index, candles: place } };
  }
  return { code: 'no_look_ahead', level: 'good', numbers: { cuts: places.length } };
}

interface Decision {
  readonly index: number;
  readonly text: string;
}

function decisionsOf(input: RunInput): Decision[] {
  const decisions: Decision[] = [];
  const record = (index: number, verb: string, given: object | number | undefined) =>
    decisions.length < MOST_DECISIONS && decisions.push({ index, text: `${verb} ${JSON.stringify(given)}` });
  runBacktest({ ...input, record });
  return decisions;
}

/** Of the decisions before candle `end`; -1 when they are the same. */
function firstDifference(whole: readonly Decision[], part: readonly Decision[], end: number): number {
  for (let k = 0; ; k++) {
    const [one, other] = [whole[k], part[k]];
    const known = one && one.index < end ? one : undefined;
    if (!known && !other) return -1;
    if (known?.index !== other?.index || known?.text !== other?.text)
      return Math.min(known?.index ?? end, other?.index ?? end);
  }
}

/** Every column has a value where the strategy first decides, and enough candles are left after that. */
function warmup(input: RunInput, { firstIndex }: RunResult): Finding[] {
  const { candles, strategy, params } = input;
  const columns = strategy.prepare(input.indicators ?? new Indicators(candles), params);
  const ready = Object.values(columns).every(
    (column) => !(firstIndex < column.length) || !Number.isNaN(column[firstIndex]),
  );
  const share = candles.length === 0 ? 1 : Math.min(1, firstIndex / candles.length);
  const numbers = { index: firstIndex, sharePercent: percent(share) };
  if (!ready) return [{ code: 'warmup_unready', level: 'fault', numbers }];
  if (share > WARMUP_SHARE) return [{ code: 'warmup_long', level: 'warning', numbers }];
  return [{ code: 'warmup_ready', level: 'good', numbers }];
}

/** The same with twice the fee: a result that lives on small moves does not survive it. */
function fees(input: RunInput, result: RunResult): Finding {
  const { feeRate } = { ...defaultSettings, ...input.settings };
  const again = runBacktest({ ...input, settings: { ...input.settings, feeRate: Math.min(0.1, feeRate * 2) } });
  return comparison(result, again, 'fees_decide', 'fees_bearable');
}

/** The same with every order one candle late: a result that hangs on the very next price does not survive it. */
function delay(input: RunInput, result: RunResult): Finding {
  const { delayCandles } = { ...defaultSettings, ...input.settings };
  const again = runBacktest({ ...input, settings: { ...input.settings, delayCandles: delayCandles + 1 } });
  return comparison(result, again, 'delay_decides', 'delay_bearable');
}

/** It decides when a profit turns into a loss, or when more than half of it goes. */
function comparison(result: RunResult, again: RunResult, decides: HonestyCode, bearable: HonestyCode): Finding {
  const { capital } = result.settings;
  const [before, after] = [result.finalEquity / capital - 1, again.finalEquity / capital - 1];
  const numbers = { beforePercent: percent(before), afterPercent: percent(after) };
  if (before > 0 && after < before / 2) return { code: decides, level: 'warning', numbers };
  return { code: bearable, level: 'good', numbers };
}

function amount(candles: Candles, result: RunResult): Finding[] {
  const { length } = result.trades;
  const [from, to] = [candles.time[0] ?? 0, candles.time[candles.length - 1] ?? 0];
  const days = (to - from + result.stepMs) / DAY_MS;
  const findings: Finding[] = [
    length < LEAST_TRADES
      ? { code: 'few_trades', level: 'warning', numbers: { trades: length, least: LEAST_TRADES } }
      : { code: 'enough_trades', level: 'good', numbers: { trades: length } },
  ];
  if (days < LEAST_DAYS)
    findings.push({ code: 'short_history', level: 'warning', numbers: { days: Math.floor(days), least: LEAST_DAYS } });
  return findings;
}
