import { html } from 'hono/html';
import {
  backtestInWords,
  paramsText,
  type Results,
  resultOf,
  strategyText,
  wordsOf,
} from '../../core/backtest/inWords.ts';
import type { Trial } from '../../core/backtest/optimise.ts';
import type { CandlesUsed } from '../../core/backtest/request.ts';
import type { RunStory } from '../../core/ops/backtestRun.ts';
import { fallsOf } from '../../core/ops/runCharts.ts';
import { translate } from '../../core/text/text.ts';
import { badge, card, facts, type Html, none, table } from '../draw.ts';
import type { SignedIn } from '../visit.ts';
import { curveCard, mapCard } from './backtestCharts.ts';
import { rankingText } from './backtestRequest.ts';
import { monthsCard } from './backtestTrades.ts';
import { matrix } from './matrix.ts';

/** How the result of each kind is shown. */
const parts: { [K in keyof Results]: (visit: SignedIn, story: RunStory) => Html } = {
  backtest: backtestPart,
  optimize: optimizePart,
  walk_forward: walkPart,
  batch: batchPart,
  compare: comparePart,
  monte_carlo: monteCarloPart,
};

export const resultPart = (visit: SignedIn, story: RunStory): Html => parts[story.run.kind](visit, story);

const figureList = (figures: readonly { label: string; value: string }[]): Html =>
  html`<dl class="figures">${figures.map(
    ({ label, value }) => html`<div class="card figure"><dt>${label}</dt><dd>${value}</dd></div>`,
  )}</dl>`;

/** The candles that were there, and those that were not. */
function usedText(visit: SignedIn, used: CandlesUsed): Html {
  const { language, say } = visit;
  const { day } = wordsOf(language);
  const words = say('run_candles', { count: used.count, from: day(used.fromMs), to: day(used.toMs) });
  const gaps =
    used.gaps > 0 ? html` ${badge(say('run_gaps', { gaps: used.gaps, missing: used.missing }), 'yellow')}` : none;
  return html`<p class="text-secondary">${words}${gaps}</p>`;
}

const levels = { good: 'green', warning: 'yellow', fault: 'red' } as const;

function backtestPart(visit: SignedIn, story: RunStory): Html {
  const { language, say } = visit;
  const { used, equity, hold, drawdown } = resultOf<'backtest'>(story.run);
  const told = backtestInWords(language, story.run);
  const names = ['equity', 'hold', 'drawdown'].map((name) => translate(language, `backtest.picture_${name}`));
  const findings = told.findings.map(({ level, text }) => [badge(say(`run_belief_${level}`), levels[level]), text]);
  return html`${figureList(told.figures)}${usedText(visit, used)}${told.open ? html`<p>${told.open}</p>` : none}
${curveCard(visit, names, { equity, hold, drawdown })}
${card(translate(language, 'report.belief'), table([say('run_belief'), say('run_finding')], findings, say('nothing_yet')))}
${card(say('run_figures'), facts(told.more.map(({ label, value }) => [label, value] as const)))}
${monthsCard(visit, story.run)}`;
}

/** Combinations, markets or strategies side by side, in the order in which they were stored. */
function trialTable(visit: SignedIn, first: string, rows: readonly (readonly [string, Trial])[]): Html {
  const { language, say } = visit;
  const { rate, share, number } = wordsOf(language);
  const metric = (name: string) => translate(language, `strategy.metric-${name}`);
  return matrix(
    [first, ...['totalReturnRate', 'sharpe', 'maxDrawdown', 'trades', 'winRate', 'profitFactor'].map(metric)],
    rows.map(([name, trial]) => [
      name,
      rate(trial.totalReturnRate),
      number(trial.sharpe),
      rate(-trial.maxDrawdown),
      number(trial.trades, 0),
      share(trial.winRate),
      number(trial.profitFactor),
    ]),
    { names: 'loose', empty: say('nothing_yet') },
  );
}

function optimizePart(visit: SignedIn, { run }: RunStory): Html {
  const { language, say } = visit;
  const { best, tried, profitable, asked, luck, map, by, used } = resultOf<'optimize'>(run);
  const rows = [
    ...(asked ? [[`${say('run_asked')}: ${paramsText(asked.params)}`, asked] as const] : []),
    ...best.map((trial) => [paramsText(trial.params), trial] as const),
  ];
  const doubt = luck
    ? translate(language, 'strategy.honesty-luck', {
        trials: tried,
        percent: Number((100 * luck.probability).toFixed(1)),
      })
    : say('run_luck_unknown');
  return html`<p>${say('run_tried', { tried, profitable, by: rankingText(visit, by) })}</p>${usedText(visit, used)}
${map ? mapCard(visit, map, by) : none}
<p>${doubt} ${say('run_luck_warning')}</p>
${card(say('run_best'), trialTable(visit, say('run_params'), rows))}`;
}

function walkPart(visit: SignedIn, { run }: RunStory): Html {
  const { language, say } = visit;
  const { rate, share, day, number } = wordsOf(language);
  const result = resultOf<'walk_forward'>(run);
  const { equity, hold, steps, stepTimes, used } = result;
  const words = (key: string) => translate(language, key);
  const names = ['outside', 'hold', 'drawdown'].map((name) => words(`backtest.picture_${name}`));
  const rows = steps.map((step, n) => [
    day(stepTimes[n] ?? null),
    paramsText(step.params),
    rate(step.inSampleReturnRate),
    rate(step.outOfSampleReturnRate),
    number(step.trades, 0),
  ]);
  const columns = [
    say('from'),
    say('run_params'),
    say('run_inside'),
    say('run_outside'),
    words('strategy.metric-trades'),
  ];
  return html`${figureList([
    { label: words('walk.total'), value: rate(result.totalReturnRate) },
    { label: words('strategy.metric-buyAndHold'), value: rate(result.holdReturnRate) },
    { label: words('strategy.metric-maxDrawdown'), value: rate(-result.drawdown.depth) },
    { label: words('walk.efficiency'), value: share(result.efficiency) },
  ])}${usedText(visit, used)}${curveCard(visit, names, { equity, hold, drawdown: fallsOf(equity) })}
${card(say('run_steps'), matrix(columns, rows, { empty: say('nothing_yet') }))}`;
}

function batchPart(visit: SignedIn, { run }: RunStory): Html {
  const { language, say } = visit;
  const { rate } = wordsOf(language);
  const { rows, summary } = resultOf<'batch'>(run);
  const { markets, profitable, averageReturnRate, medianReturnRate } = summary;
  const words = { markets, profitable, average: rate(averageReturnRate), median: rate(medianReturnRate) };
  const markedRows = rows.map((row) => [row.market, row] as const);
  return html`<p>${translate(language, 'batch.summary', words)}</p>${card(say('run_markets'), trialTable(visit, say('run_symbol'), markedRows))}`;
}

function comparePart(visit: SignedIn, { run }: RunStory): Html {
  const { language, say } = visit;
  const { rows, holdReturnRate, used } = resultOf<'compare'>(run);
  const hold = translate(language, 'strategy.metric-buyAndHold');
  const named = rows.map((row) => [strategyText(language, row.strategy), row] as const);
  return html`${figureList([{ label: hold, value: wordsOf(language).rate(holdReturnRate) }])}${usedText(visit, used)}
${card(say('run_strategies'), trialTable(visit, say('run_strategy'), named))}`;
}

const bands = ['p5', 'p25', 'p50', 'p75', 'p95'] as const;

function monteCarloPart(visit: SignedIn, { run }: RunStory): Html {
  const { language, say } = visit;
  const { rate, share, number } = wordsOf(language);
  const { shuffle, bootstrap, deals, trades, finalEquity } = resultOf<'monte_carlo'>(run);
  if (!shuffle || !bootstrap) return html`<p>${say('run_too_few_trades', { trades })}</p>`;
  const words = (key: string) => translate(language, `montecarlo.${key}`);
  const rows = [
    [say('run_final'), ...bands.map((band) => number(bootstrap.finalEquity[band]))],
    [say('run_fall'), ...bands.map((band) => rate(-shuffle.maxDrawdown[band]))],
  ];
  const columns = ['', ...bands.map((band) => say('run_band', { percent: Number(band.slice(1)) }))];
  return html`<p>${translate(language, 'montecarlo.summary', { deals, trades })} ${say('run_deals_meaning')}</p>
${figureList([
  { label: words('actual'), value: number(finalEquity) },
  { label: words('loss'), value: share(bootstrap.lossShare) },
])}${card(say('run_bands'), matrix(columns, rows))}`;
}
