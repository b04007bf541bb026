import { html } from 'hono/html';
import { strategyText, wordsOf } from '../../core/backtest/inWords.ts';
import { baseOf, type Requests } from '../../core/backtest/request.ts';
import { defaultSettings, type RunSettings } from '../../core/backtest/settings.ts';
import type { RunStory } from '../../core/ops/backtestRun.ts';
import { findStrategy } from '../../core/strategy/strategies.ts';
import { formatNumber, hasText, translate } from '../../core/text/text.ts';
import { card, facts, type Html, none } from '../draw.ts';
import type { Visit } from '../visit.ts';
import { kindName } from './backtests.ts';
import { matrix } from './matrix.ts';

/** What a parameter is about, beside its name; strategies that are gone leave only names. */
export function paramText(visit: Visit, name: string): string {
  const key = `strategy.param-${name}`;
  return hasText(visit.language, key) ? translate(visit.language, key) : name;
}

export const rankingText = (visit: Visit, by: string): string => {
  const key = `optimize.by-${by.replace('-', 'low_')}`;
  return hasText(visit.language, key) ? translate(visit.language, key) : by;
};

/** The first few values of a range, and how many there are. */
const MOST_VALUES = 12;
function valuesText(visit: Visit, values: readonly unknown[]): string {
  if (values.length <= MOST_VALUES) return values.map(String).join(', ');
  const [first, second] = values;
  return visit.say('run_values', { from: `${first}, ${second}`, to: String(values.at(-1)), count: values.length });
}

/** What each kind asks for beyond a strategy and its candles. Rows are written by `ask.ts` alone. */
const extras: { [K in keyof Requests]: (visit: Visit, request: Requests[K]) => [string, string][] } = {
  backtest: () => [],
  monte_carlo: ({ say }, { deals, seed }) => [
    [say('run_deals'), String(deals)],
    [say('run_seed'), String(seed)],
  ],
  compare: ({ language, say }, { strategies }) => [
    [say('run_strategies'), strategies.map((name) => strategyText(language, name)).join(', ')],
  ],
  batch: ({ say }, { symbols }) => [[say('run_markets'), symbols.join(', ')]],
  optimize: searchFacts,
  walk_forward: (visit, request) => [
    ...searchFacts(visit, request),
    [visit.say('run_windows'), String(request.windows)],
    [visit.say('run_mode'), visit.say(`run_mode_${request.mode === 'anchored' ? 'anchored' : 'rolling'}`)],
  ],
};

function searchFacts(visit: Visit, { by, grid, sample }: Requests['optimize']): [string, string][] {
  const { say } = visit;
  return [
    [say('run_by'), rankingText(visit, by)],
    ...Object.entries(grid).map(([name, values]): [string, string] => [
      say('run_range_of', { name: paramText(visit, name) }),
      valuesText(visit, values),
    ]),
    ...(sample ? [[say('run_sample'), say('run_sample_value', { count: sample })] as [string, string]] : []),
  ];
}

const extrasOf = (visit: Visit, { kind, request }: RunStory['run']) =>
  (extras[kind] as (visit: Visit, request: unknown) => [string, string][])(visit, request); // of the row's kind

/** The market, the stretch of time, and what the kind of run adds. */
export function requestCard(visit: Visit, { run }: RunStory): Html {
  const { language, say } = visit;
  const { strategy, source, symbol, timeframe, fromMs, toMs } = baseOf(run.request);
  const { day } = wordsOf(language);
  const isDay = (ms: unknown): ms is number => Number.isFinite(ms);
  const last = isDay(toMs) ? toMs - 1 : null; // the end itself is the first moment of the next day
  return card(
    say('run_request'),
    facts([
      [say('run_kind'), kindName(visit, run.kind)],
      [say('run_strategy'), html`${strategyText(language, strategy)}<br><code>${strategy}</code>`],
      [say('run_symbol'), `${source}:${symbol}`],
      [say('run_timeframe'), timeframe],
      [say('run_period'), `${day(isDay(fromMs) ? fromMs : null)} – ${day(last)} (UTC)`],
      ...extrasOf(visit, run),
    ]),
  );
}

function sizingText(visit: Visit, sizing: RunSettings['sizing']): string {
  const { language, say } = visit;
  const { share } = wordsOf(language);
  switch (sizing.kind) {
    case 'all':
      return say('run_sizing_all');
    case 'fraction':
      return say('run_sizing_fraction', { share: share(sizing.fraction) });
    case 'quote':
      return say('run_sizing_quote', { amount: sizing.amount });
    case 'risk':
      return say('run_sizing_risk', { share: share(sizing.rate) });
    case 'qty':
      return say('run_sizing_qty', { qty: sizing.qty });
  }
}

/** Rates that are none at zero rather than zero percent. */
const absent: readonly string[] = ['stopLossRate', 'takeProfitRate', 'trailingStopRate'];

function settingText(visit: Visit, name: keyof RunSettings, settings: RunSettings): string {
  const { language, say } = visit;
  const value = settings[name];
  if (name === 'sizing') return sizingText(visit, settings.sizing);
  if (name === 'trailingStopOf') return say(`run_trailing_${settings.trailingStopOf}`);
  if (typeof value === 'boolean') return say(value ? 'yes' : 'no');
  if (absent.includes(name) && value === 0) return say('run_none');
  if (typeof value === 'number')
    return name.endsWith('Rate')
      ? wordsOf(language).share(value)
      : formatNumber(language, value, name === 'capital' ? 2 : 0);
  return String(value);
}

/** Where a strategy may begin is found by the run itself. */
const shown = (Object.keys(defaultSettings) as (keyof RunSettings)[]).filter((name) => name !== 'firstIndex'); // keys of a record of ours

/** A value that is not the usual one stands out. */
const beside = (value: string, usual: string | undefined): [Html | string, string] => [
  usual === undefined || value === usual ? value : html`<strong>${value}</strong>`,
  usual ?? '–',
];

export function paramsCard(visit: Visit, { run }: RunStory): Html {
  const { say } = visit;
  const { strategy, params } = baseOf(run.request);
  const known = findStrategy(strategy)?.params;
  const rows = Object.entries(params ?? {}).map(([name, value]) => {
    const text = paramText(visit, name);
    const usual = known?.[name]?.default;
    return [
      html`${text}${text === name ? none : html` <code>${name}</code>`}`,
      ...beside(String(value), usual === undefined ? undefined : String(usual)),
    ];
  });
  const columns = [say('run_param'), say('run_value'), say('run_usual')];
  return card(say('run_params'), matrix(columns, rows, { names: 'loose', empty: say('run_no_params') }));
}

export function settingsCard(visit: Visit, { run }: RunStory): Html {
  const { say } = visit;
  const settings = { ...defaultSettings, ...baseOf(run.request).settings };
  const rows = shown.map((name) => [
    say(`run_setting_${name}`),
    ...beside(settingText(visit, name, settings), settingText(visit, name, defaultSettings)),
  ]);
  return card(
    say('run_settings'),
    matrix([say('run_setting'), say('run_value'), say('run_usual')], rows, { names: 'loose' }),
  );
}
