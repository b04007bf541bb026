import type { Chart } from '../chart.ts';
import { BANGKOK_OFFSET_MS } from '../clock.ts';
import { formatAt, formatNumber, formatPercent, hasText, type Language, translate } from '../text/text.ts';
import type { BatchRow, BatchSummary, MissedMarket } from './batch.ts';
import type { DeflatedSharpe } from './deflatedSharpe.ts';
import type { Heatmap, Ranking, Trial } from './optimise.ts';
import { settingsText } from './options.ts';
import { resultPicture } from './picture.ts';
import { baseOf, type CandlesUsed } from './request.ts';
import type { Run } from './run.ts';
import type { BacktestResult, MonteCarloResult, WalkResult } from './work.ts';

/** What the pool stored for each kind of run. */
export interface Results {
  backtest: BacktestResult & { used: CandlesUsed };
  optimize: {
    best: Trial[];
    tried: number;
    profitable: number;
    asked: Trial | null;
    luck: DeflatedSharpe | null;
    map: (Heatmap & { axes: { x: string; y: string } }) | null;
    by: Ranking;
    used: CandlesUsed;
  };
  walk_forward: WalkResult & { used: CandlesUsed; combinations: number };
  batch: { rows: BatchRow[]; summary: BatchSummary; missed: MissedMarket[] };
  compare: { rows: (Trial & { strategy: string })[]; holdReturnRate: number | null; used: CandlesUsed };
  monte_carlo: MonteCarloResult;
}

/** Rows of a kind are written by `jobs/runKinds.ts` alone, which is held to these shapes. */
export const resultOf = <K extends keyof Results>(run: Pick<Run, 'result'>): Results[K] =>
  run.result as unknown as Results[K];

/** Figures as a person reads them; a dash of words where there is too little to tell. */
export const wordsOf = (language: Language) => {
  const none = () => translate(language, 'strategy.metric-none');
  const orNone = (value: number | null, write: (value: number) => string) => (value === null ? none() : write(value));
  return {
    say: (key: string, params = {}) => translate(language, key, params),
    /** The UTC day of a candle, in the reader's calendar: what people name when they ask for a period. `formatAt` speaks of Bangkok. */
    day: (ms: number | null) => (ms === null ? '–' : formatAt(language, new Date(ms - BANGKOK_OFFSET_MS), 'date')),
    /** A change as a fraction. */
    rate: (value: number | null) => orNone(value, (rate) => formatPercent(language, 100 * rate)),
    percent: (value: number | null) => orNone(value, (percent) => formatPercent(language, percent)),
    /** A share of a whole, which has no sign. */
    share: (value: number | null) => orNone(value, (share) => `${formatNumber(language, 100 * share, 2)}%`),
    number: (value: number | null, decimals = 2) => orNone(value, (plain) => formatNumber(language, plain, decimals)),
  };
};

/** `fast 10 · slow 50` */
export const paramsText = (params: Trial['params']) =>
  Object.entries(params)
    .map(([name, value]) => `${name} ${value}`)
    .join(' · ');

/** A strategy as it is called; by its bare name where it has been taken out since. */
export const strategyText = (language: Language, name: string): string =>
  hasText(language, `strategy.${name}`) ? translate(language, `strategy.${name}`) : name;

/** What a run is called: its strategy, market and timeframe. */
export function runName(language: Language, request: Record<string, unknown>) {
  const { strategy, symbol, timeframe } = baseOf(request);
  return { strategy: strategyText(language, strategy), symbol, timeframe };
}

export interface Figure {
  label: string;
  value: string;
  tone?: 'good' | 'bad';
}

/** Profits over losses have no bound where nothing was lost. */
export const profitFactorText = (
  { profit_factor, win_rate_pct }: BacktestResult['report'],
  number: (value: number | null) => string,
) => (profit_factor === null && win_rate_pct === 100 ? '∞' : number(profit_factor));

/** A single run in words, for chats, files and the panel. */
export interface BacktestInWords {
  title: string;
  period: string;
  /** What the strategy was set to, and how it traded: parameters, fee and whatever else was set. */
  params: string;
  /** The six that matter most; these are in the picture. */
  figures: Figure[];
  more: Figure[];
  /** What to think of it, the doubtful first. */
  findings: { level: 'good' | 'warning' | 'fault'; text: string }[];
  open: string | null;
  chart: Chart;
}

export function backtestInWords(language: Language, run: Pick<Run, 'request' | 'result'>): BacktestInWords {
  const { report, equity, hold, drawdown, findings, used } = resultOf<'backtest'>(run);
  const { say, day, percent, share, number } = wordsOf(language);
  const { strategy, symbol, timeframe } = runName(language, run.request);
  const label = (name: string) => say(`strategy.metric-${name}`);
  const ofHundred = (value: number | null) => share(value === null ? null : value / 100);
  const figures: Figure[] = [
    {
      label: label('totalReturnRate'),
      value: percent(report.total_return_pct),
      tone: report.total_return_pct < 0 ? 'bad' : 'good',
    },
    { label: label('buyAndHold'), value: percent(report.buy_and_hold_pct) },
    { label: label('maxDrawdown'), value: percent(-report.max_drawdown_pct) },
    { label: label('sharpe'), value: number(report.sharpe) },
    { label: label('trades'), value: number(report.trades, 0) },
    { label: label('winRate'), value: ofHundred(report.win_rate_pct) },
  ];
  const more: Figure[] = [
    { label: label('finalEquity'), value: number(report.final_equity) },
    { label: label('cagr'), value: percent(report.cagr_pct) },
    { label: label('sortino'), value: number(report.sortino) },
    { label: label('calmar'), value: number(report.calmar) },
    { label: label('longestDrawdown'), value: number(report.max_drawdown_days, 1) },
    { label: label('profitFactor'), value: profitFactorText(report, number) },
    { label: label('expectancy'), value: number(report.expectancy) },
    { label: label('payoff'), value: number(report.payoff) },
    { label: label('averageReturnRate'), value: percent(report.average_trade_pct) },
    { label: label('bestReturnRate'), value: percent(report.best_trade_pct) },
    { label: label('worstReturnRate'), value: percent(report.worst_trade_pct) },
    { label: label('exposureRate'), value: ofHundred(report.exposure_pct) },
    { label: label('feesPaid'), value: number(report.fees_paid) },
    { label: label('liquidations'), value: number(report.liquidations, 0) },
  ];
  const title = `${strategy} · ${symbol} · ${timeframe}`;
  const params = `${paramsText(report.params)} · ${settingsText(baseOf(run.request).settings)}`;
  const period = `${day(used.fromMs)} – ${day(used.toMs)}`;
  const order = { fault: 0, warning: 1, good: 2 };
  const held = report.open_position;
  return {
    title,
    period,
    params,
    figures,
    more,
    findings: [...findings]
      .sort((a, b) => order[a.level] - order[b.level])
      .map(({ level, code, numbers }) => ({ level, text: say(`strategy.honesty-${code}`, { ...numbers }) })),
    open:
      held &&
      say('strategy.run-open', {
        side: say(`strategy.side-${held.side}`),
        qty: held.qty,
        entryPrice: held.entry_price,
        markPrice: held.mark_price,
      }),
    chart: resultPicture({
      title,
      subtitle: `${period}   ${params}`,
      figures,
      words: {
        equity: say('backtest.picture_equity'),
        hold: say('backtest.picture_hold'),
        drawdown: say('backtest.picture_drawdown'),
      },
      equity,
      hold,
      drawdown,
      day,
    }),
  };
}
