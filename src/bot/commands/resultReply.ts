import { heatmapPicture } from '../../core/backtest/heatmap.ts';
import {
  backtestInWords,
  paramsText,
  profitFactorText,
  type Results,
  resultOf,
  runName,
  wordsOf,
} from '../../core/backtest/inWords.ts';
import type { Trial } from '../../core/backtest/optimise.ts';
import { settingsText } from '../../core/backtest/options.ts';
import { resultPicture } from '../../core/backtest/picture.ts';
import { baseOf, type CandlesUsed } from '../../core/backtest/request.ts';
import type { Run } from '../../core/backtest/run.ts';
import type { Language } from '../../core/text/text.ts';
import type { Button, Reply, Say, Value } from '../reply.ts';

/** How the result of each kind is told. */
export const resultReplies: { [K in keyof Results]: (language: Language, run: Run) => Reply } = {
  backtest: backtestReply,
  optimize: optimizeReply,
  walk_forward: walkReply,
  batch: batchReply,
  compare: compareReply,
  monte_carlo: monteCarloReply,
};

const fact = (key: string, text: string): { label: Say; value: Value } => ({ label: [key], value: { text } });

function usedSays(language: Language, used: CandlesUsed): Say[] {
  const { day } = wordsOf(language);
  const period: Say = ['backtest.period', { from: day(used.fromMs), to: day(used.toMs), candles: used.count }];
  return used.gaps > 0 ? [period, ['backtest.gaps', { gaps: used.gaps, missing: used.missing }]] : [period];
}

function backtestReply(language: Language, run: Run): Reply {
  const { report, used } = resultOf<'backtest'>(run);
  const { figures, findings, open, chart, params } = backtestInWords(language, run);
  const doubts = findings.filter(({ level }) => level !== 'good');
  const { number } = wordsOf(language);
  return {
    title: ['run.title_backtest', runName(language, run.request)],
    say: [
      ['backtest.params', { params }],
      ...usedSays(language, used),
      ...doubts.map(({ text }): Say => ['backtest.doubt', { doubt: text }]),
      ...(doubts.length === 0 ? [noDoubts(report)] : []),
      ...(open ? [['backtest.open', { open }] as const] : []),
    ],
    facts: [
      ...figures.map(({ label, value }) => ({ label: ['value.label', { label }] as const, value: { text: value } })),
      fact('strategy.metric-finalEquity', number(report.final_equity)),
      fact('strategy.metric-profitFactor', profitFactorText(report, number)),
      fact('strategy.metric-feesPaid', number(report.fees_paid)),
    ],
    image: { chart },
    buttons: [
      [on('trades', run), on('report', run)],
      [on('optimize', run), on('walk_forward', run)],
      [on('compare', run), on('monte_carlo', run)],
      foot,
    ],
  };
}

/** Particulars of a refusal are stored as text; a sentence wants to say `one candle` and `8,760 candles`. */
export const numbersIn = (params: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(params).map(([name, text]) => [name, /^\d{1,15}$/.test(text) ? Number(text) : text] as const),
  );

/** What can be believed is not therefore good. */
const noDoubts = (report: Pick<Results['backtest']['report'], 'total_return_pct'>): Say =>
  report.total_return_pct > 0 ? ['backtest.no_doubts'] : ['backtest.no_doubts_loss'];

/** How everything that is compared here was traded. */
const settingsSay = (run: Pick<Run, 'request'>): Say => [
  'backtest.params',
  { params: settingsText(baseOf(run.request).settings) },
];

const verbs = {
  trades: 'run.trades',
  report: 'run.report',
  optimize: 'run.optimize',
  walk_forward: 'run.walk',
  compare: 'run.compare',
  monte_carlo: 'run.montecarlo',
} as const;

const on = (what: keyof typeof verbs, run: Pick<Run, 'id'>): Button => ({
  say: [`button.run_${what}`],
  does: verbs[what],
  on: run.id,
});
const foot: Button[] = [
  { say: ['button.backtests'], does: 'backtests' },
  { say: ['button.menu'], does: 'menu' },
];

/** How many rows a table in a chat has. */
const ROWS = 6;

function optimizeReply(language: Language, run: Run): Reply {
  const { say } = wordsOf(language);
  const { best, tried, profitable, asked, luck, map, by, used } = resultOf<'optimize'>(run);
  const { strategy, symbol, timeframe } = runName(language, run.request);
  const line = (trial: Trial) => trialText(language, trial);
  const [first] = best;
  const name = (param: string) => say(`strategy.param-${param}`);
  return {
    title: ['run.title_optimize', { strategy, symbol, timeframe }],
    say: [
      ['optimize.summary', { tried, profitable, by: say(`optimize.by-${by.replace('-', 'low_')}`) }],
      settingsSay(run),
      ...usedSays(language, used),
      luck
        ? ['strategy.honesty-luck', { trials: tried, percent: Number((100 * luck.probability).toFixed(1)) }]
        : ['optimize.luck_unknown'],
      ['optimize.warning'],
    ],
    facts: [
      ...(asked ? [{ label: ['optimize.asked'] as const, value: { text: line(asked) } }] : []),
      ...best.slice(0, ROWS).map((trial) => ({
        label: ['optimize.rank', { params: paramsText(trial.params) }] as const,
        value: { text: line(trial) },
      })),
    ],
    ...(map?.cells.some((row) => row.some((cell) => cell !== null)) && {
      image: {
        chart: heatmapPicture({
          title: `${strategy} · ${symbol} · ${timeframe}`,
          subtitle: say(`optimize.by-${by.replace('-', 'low_')}`),
          x: { name: name(map.axes.x), values: map.x },
          y: { name: name(map.axes.y), values: map.y },
          cells: map.cells,
        }),
      },
    }),
    buttons: [
      ...(first
        ? [[{ say: ['button.run_best'] as const, does: 'run.best', on: run.id }, on('walk_forward', run)]]
        : []),
      foot,
    ],
  };
}

function walkReply(language: Language, run: Run): Reply {
  const { say, day, rate, share } = wordsOf(language);
  const { steps, stepTimes, totalReturnRate, drawdown, efficiency, equity, hold, holdReturnRate, used, combinations } =
    resultOf<'walk_forward'>(run);
  const { strategy, symbol, timeframe } = runName(language, run.request);
  const words = (key: string) => say(`backtest.picture_${key}`);
  let peak = Number.NEGATIVE_INFINITY;
  const falls = equity.values.map((value) => {
    peak = Math.max(peak, value);
    return 100 * (value / peak - 1);
  });
  return {
    title: ['run.title_walk_forward', { strategy, symbol, timeframe }],
    say: [
      ['walk.summary', { windows: steps.length, combinations }],
      settingsSay(run),
      ...usedSays(language, used),
      ['walk.meaning'],
    ],
    facts: [
      fact('walk.total', rate(totalReturnRate)),
      fact('strategy.metric-buyAndHold', rate(holdReturnRate)),
      fact('strategy.metric-maxDrawdown', rate(-drawdown.depth)),
      fact('walk.efficiency', share(efficiency)),
      ...steps.slice(0, ROWS).map((step, n) => ({
        label: ['walk.step', { from: day(stepTimes[n] ?? null), params: paramsText(step.params) }] as const,
        value: {
          text: say('walk.step_value', {
            inside: rate(step.inSampleReturnRate),
            outside: rate(step.outOfSampleReturnRate),
          }),
        },
      })),
    ],
    image: {
      chart: resultPicture({
        title: `${strategy} · ${symbol} · ${timeframe}`,
        subtitle: say('walk.picture', { windows: steps.length }),
        figures: [
          { label: say('walk.total'), value: rate(totalReturnRate), tone: totalReturnRate > 0 ? 'good' : 'bad' },
          { label: say('strategy.metric-buyAndHold'), value: rate(holdReturnRate) },
          { label: say('strategy.metric-maxDrawdown'), value: rate(-drawdown.depth) },
          { label: say('walk.efficiency'), value: share(efficiency) },
        ],
        words: { equity: words('outside'), hold: words('hold'), drawdown: words('drawdown') },
        equity,
        hold,
        drawdown: { time: equity.time, values: falls },
        day: (ms) => day(ms),
      }),
    },
    buttons: [foot],
  };
}

function batchReply(language: Language, run: Run): Reply {
  const { rate } = wordsOf(language);
  const { rows, summary, missed } = resultOf<'batch'>(run);
  const { strategy, timeframe } = runName(language, run.request);
  return {
    title: ['run.title_batch', { strategy, symbol: '', timeframe }],
    say: [
      [
        'batch.summary',
        {
          markets: summary.markets,
          profitable: summary.profitable,
          average: rate(summary.averageReturnRate),
          median: rate(summary.medianReturnRate),
        },
      ],
      [
        'backtest.params',
        { params: `${paramsText(baseOf(run.request).params)} · ${settingsText(baseOf(run.request).settings)}` },
      ],
    ],
    facts: [
      ...rows.map((row) => ({
        label: ['batch.row', { market: row.market }] as const,
        value: { text: trialText(language, row) },
      })),
      ...missed.map(({ market, failure, params }) => ({
        label: ['batch.row', { market }] as const,
        value: [`error.${failure}`, numbersIn(params)] as const,
      })),
    ],
    buttons: [foot],
  };
}

function trialText(language: Language, trial: Trial): string {
  const { say, rate, number } = wordsOf(language);
  return say('optimize.row', {
    total: rate(trial.totalReturnRate),
    sharpe: number(trial.sharpe),
    drawdown: rate(-trial.maxDrawdown),
    trades: trial.trades,
  });
}

function compareReply(language: Language, run: Run): Reply {
  const { say, rate } = wordsOf(language);
  const { rows, holdReturnRate, used } = resultOf<'compare'>(run);
  const { symbol, timeframe } = runName(language, run.request);
  return {
    title: ['run.title_compare', { strategy: '', symbol, timeframe }],
    say: [settingsSay(run), ...usedSays(language, used), ['compare.note']],
    facts: [
      fact('strategy.metric-buyAndHold', rate(holdReturnRate)),
      ...rows.map((row) => ({
        label: ['compare.row', { strategy: say(`strategy.${row.strategy}`) }] as const,
        value: { text: trialText(language, row) },
      })),
    ],
    buttons: [foot],
  };
}

function monteCarloReply(language: Language, run: Run): Reply {
  const { rate, share, number } = wordsOf(language);
  const { shuffle, bootstrap, deals, trades, finalEquity } = resultOf<'monte_carlo'>(run);
  const { strategy, symbol, timeframe } = runName(language, run.request);
  const title: Say = ['run.title_monte_carlo', { strategy, symbol, timeframe }];
  if (!shuffle || !bootstrap) return { title, say: [['montecarlo.too_few', { trades }]], buttons: [foot] };
  return {
    title,
    say: [['montecarlo.summary', { deals, trades }], ['montecarlo.meaning']],
    facts: [
      fact('montecarlo.actual', number(finalEquity)),
      fact('montecarlo.final_bad', number(bootstrap.finalEquity.p5)),
      fact('montecarlo.final_middle', number(bootstrap.finalEquity.p50)),
      fact('montecarlo.final_good', number(bootstrap.finalEquity.p95)),
      fact('montecarlo.loss', share(bootstrap.lossShare)),
      fact('montecarlo.fall_middle', rate(-shuffle.maxDrawdown.p50)),
      fact('montecarlo.fall_bad', rate(-shuffle.maxDrawdown.p95)),
    ],
    buttons: [foot],
  };
}
