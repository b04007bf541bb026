import { setTimeout as sleep } from 'node:timers/promises';
import { askBacktest, askBatch, askBest, askFurther, askOptimize, type Follow } from '../../core/backtest/ask.ts';
import { rankings } from '../../core/backtest/optimise.ts';
import { optionsIn } from '../../core/backtest/options.ts';
import { type Asker, cancelRun, type Run } from '../../core/backtest/run.ts';
import { hasEnded, queuePlace, stopWatching } from '../../core/backtest/runs.ts';
import { BANGKOK_OFFSET_MS } from '../../core/clock.ts';
import { fail } from '../../core/error.ts';
import { marketText } from '../../core/market/markets.ts';
import type { MarketContext } from '../../core/market/sources.ts';
import { suggestSymbols } from '../../core/market/suggest.ts';
import { timeframes } from '../../core/market/timeframe.ts';
import type { Feature } from '../../core/rental/features.ts';
import { strategies } from '../../core/strategy/strategies.ts';
import { type CommandContext, command } from '../command.ts';
import { day, field, oneOf, opaque, optional, word } from '../fields.ts';
import type { Choice, Reply } from '../reply.ts';
import { runReply } from './runReply.ts';

/**
 * How long a command waits for the end of its run: most are done by then, and are one message instead of two. Discord
 * wants its answer within three seconds and is told in time that one is coming.
 */
const WATCH_MS = 2_500;
/** A short run is seen at once; one that takes longer is asked after more and more rarely. */
const FIRST_LOOK_MS = 15;
const LOOK_AT_LEAST_EVERY_MS = 150;

/** Queues a run and shows its end when that comes soon; otherwise how far it is, and the end is told. */
export async function runAndShow(ctx: CommandContext, ask: (asker: Asker) => Promise<Run>): Promise<Reply> {
  const userId = ctx.user.id;
  const run = await ask({ userId, identityId: ctx.identity.id, requestKey: ctx.requestKey, watchMs: WATCH_MS });
  ctx.runs.wake();
  const which = { userId, runId: run.id };
  const untilMs = performance.now() + WATCH_MS - 200;
  for (let ms = FIRST_LOOK_MS; !(await hasEnded(ctx, which)) && performance.now() < untilMs; ms *= 1.3)
    await sleep(Math.min(ms, LOOK_AT_LEAST_EVERY_MS));
  const now = await stopWatching(ctx, which);
  return runReply(ctx.language, now, await queuePlace(ctx, now));
}

const strategyField = oneOf({
  name: 'strategy',
  label: ['field.strategy'],
  hint: ['field.strategy_hint'],
  choices: strategies.map(({ name }) => ({ say: [`strategy.${name}`] as const, value: name })),
});

/** Whether there is such a strategy is for core to say, with the nearest. */
const strategy = { ...strategyField, parse: (text: string) => text.trim().slice(0, 60) };

const POPULAR = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'BNB/USDT', 'XRP/USDT', 'DOGE/USDT'];

const symbolChoice = (symbol: string): Choice => ({ say: ['value.symbol', { symbol }], value: symbol });

const market = {
  ...word({ name: 'market', label: ['field.market'], hint: ['field.market_hint'] }),
  choices: POPULAR.map(symbolChoice),
  suggest: async (ctx: MarketContext, typed: string) =>
    (await suggestSymbols(ctx, typed)).map((found) => symbolChoice(marketText(found))),
};

const anyTimeframe = oneOf({
  name: 'timeframe',
  label: ['field.timeframe'],
  hint: ['field.timeframe_hint'],
  choices: timeframes.map((value) => ({ say: ['value.timeframe', { timeframe: value }] as const, value })),
});

/** Traders write `1M` for a month: it must not be taken for a minute. */
const timeframe = optional({
  ...anyTimeframe,
  parse: (text: string) =>
    /^\d+M$/.test(text.trim())
      ? fail('argument.unknown', { text: text.trim().slice(0, 40), choices: timeframes.join(', ') })
      : anyTimeframe.parse(text),
});

const MOST_LETTERS = 300;

/** Days of markets are UTC days; people write them as calendar days. */
const utcDay = (about: Parameters<typeof day>[0]) => {
  const bangkok = day(about);
  return field(about, (text) => new Date(bangkok.parse(text).getTime() + BANGKOK_OFFSET_MS));
};

const from = optional(utcDay({ name: 'from', label: ['field.first_day'], hint: ['field.first_day_hint'] }));
const to = optional(utcDay({ name: 'to', label: ['field.last_day'], hint: ['field.last_day_hint'] }));
const options = optional(
  field({ name: 'options', label: ['field.options'], hint: ['field.options_hint'] }, (text) =>
    text.length <= MOST_LETTERS && optionsIn(text).every((word) => /^(short|\w+[=:]\S+)$/i.test(word))
      ? text
      : fail('option.malformed', { text: text.trim().slice(0, 40) }),
  ),
);

const args = { strategy, market, timeframe, from, to, options };

export const backtest = command({
  name: 'backtest',
  audience: 'private',
  needs: 'basic_strategies',
  args,
  run: (ctx, asked) => runAndShow(ctx, (asker) => askBacktest(ctx, asker, asked)),
});

const by = optional(
  oneOf({
    name: 'by',
    label: ['field.by'],
    hint: ['field.by_hint'],
    choices: rankings.map((value) => ({ say: [`optimize.by-${value.replace('-', 'low_')}`] as const, value })),
  }),
);

export const optimize = command({
  name: 'optimize',
  audience: 'private',
  needs: 'all_strategies',
  args: { strategy, market, timeframe, from, to, by, options },
  run: (ctx, { by, ...asked }) => runAndShow(ctx, (asker) => askOptimize(ctx, asker, { ...asked, ...(by && { by }) })),
});

/** Several markets at once: `/batch sma_cross 1h BTC ETH SOL`. */
export const batch = command({
  name: 'batch',
  audience: 'private',
  needs: 'all_strategies',
  args: {
    strategy,
    timeframe: { ...timeframe, optional: false },
    markets: field({ name: 'markets', label: ['field.markets'], hint: ['field.markets_hint'] }, (text) =>
      text
        .trim()
        .split(/[\s,]+/)
        .slice(0, 50),
    ),
  },
  run: (ctx, asked) => runAndShow(ctx, (asker) => askBatch(ctx, asker, asked)),
});

const follow = (name: string, kind: Follow, needs: Feature) =>
  command({
    name,
    audience: 'private',
    hidden: true,
    needs,
    args: { runId: opaque() },
    run: (ctx, { runId }) => runAndShow(ctx, (asker) => askFurther(ctx, asker, { runId, kind })),
  });

export const runOptimize = follow('run.optimize', 'optimize', 'all_strategies');
export const runWalk = follow('run.walk', 'walk_forward', 'all_strategies');
export const runCompare = follow('run.compare', 'compare', 'all_strategies');
export const runMonteCarlo = follow('run.montecarlo', 'monte_carlo', 'basic_strategies');

/** The best combination of an optimisation as a run of its own. */
export const runBest = command({
  name: 'run.best',
  audience: 'private',
  needs: 'basic_strategies',
  hidden: true,
  args: { runId: opaque() },
  run: (ctx, { runId }) => runAndShow(ctx, (asker) => askBest(ctx, asker, { runId })),
});

export const runShow = command({
  name: 'run.show',
  audience: 'private',
  hidden: true,
  args: { runId: opaque() },
  async run(ctx, { runId }) {
    const run = await stopWatching(ctx, { userId: ctx.user.id, runId });
    return runReply(ctx.language, run, await queuePlace(ctx, run));
  },
});

export const runCancel = command({
  name: 'run.cancel',
  audience: 'private',
  hidden: true,
  args: { runId: opaque() },
  async run(ctx, { runId }) {
    const run = await cancelRun(ctx, { userId: ctx.user.id, runId });
    return runReply(ctx.language, { ...run, status: 'cancelled' });
  },
});
