import { days } from '../clock.ts';
import type { Context } from '../context.ts';
import { fail } from '../error.ts';
import type { UserId } from '../id.ts';
import { findMarket } from '../market/markets.ts';
import type { MarketContext } from '../market/sources.ts';
import { type Timeframe, timeframeMs } from '../market/timeframe.ts';
import type { Feature } from '../rental/features.ts';
import { requireFeature } from '../rental/guard.ts';
import type { StrategyDefinition } from '../strategy/definition.ts';
import { findStrategy, nearestStrategy, strategies } from '../strategy/strategies.ts';
import { gridAround, gridSize, type ParamGrid } from './combinations.ts';
import type { Ranking, Trial } from './optimise.ts';
import { checkedParams, MOST_COMBINATIONS, readOptions, suggestion } from './options.ts';
import { baseOf, type MonteCarloRequest, type RunRequest } from './request.ts';
import { type Asker, queueRun, type Run } from './run.ts';
import { readRun } from './runs.ts';
import type { RunKind } from './tables.ts';

/** What a person writes to have a strategy run. */
export interface Asked {
  strategy: string;
  /** A symbol as people write it: `BTC/USDT`, `btc`, `binance:ETH/USDT`. */
  market: string;
  timeframe?: Timeframe | undefined;
  /** The first and the last UTC day. */
  from?: Date | undefined;
  to?: Date | undefined;
  /** Parameters and settings in words, see `options.ts`. */
  options?: string | undefined;
}

const BASIC: readonly string[] = ['sma_cross', 'ema_cross', 'rsi_cross'];
const YEAR_MS = days(365);
const DEFAULT_TIMEFRAME: Timeframe = '1h';
const WALK_WINDOWS = 6;
const MOST_MARKETS = 12;
const DEALS = 2_000;
/** Candles times combinations of a walk-forward: some ten seconds. */
const MOST_WALKED = 100_000_000;
/** Combinations that a preset tries at most: above that they are drawn at random. */
const MOST_AROUND = 400;

/** What a plan must have for a strategy, and for what looks for parameters or over many markets. */
export const featureOf = (strategy: string): Feature =>
  BASIC.includes(strategy) ? 'basic_strategies' : 'all_strategies';

/** A strategy by its name. Refuses `strategy.unknown`. */
export function strategyNamed(name: string): StrategyDefinition {
  const asked = name.trim().toLowerCase().replaceAll('-', '_');
  const choices = strategies.map((strategy) => strategy.name).join(', ');
  return (
    findStrategy(asked) ??
    fail('strategy.unknown', { name: name.trim().slice(0, 40), ...suggestion(nearestStrategy(asked)), choices })
  );
}

/** Asks for one run. Refuses what cannot be run: see `options.ts`, `market/sources.ts` and `requireFeature`. */
export async function askBacktest(ctx: MarketContext, asker: Asker, asked: Asked): Promise<Run> {
  const { request, grid } = await understand(ctx, asker.userId, asked);
  const [range] = Object.keys(grid);
  if (range) fail('option.range_here', { name: range });
  return queueRun(ctx, { ...asker, kind: 'backtest', request });
}

/** Asks for the best parameters within ranges; without a range, ±30 % around what is given. */
export async function askOptimize(ctx: MarketContext, asker: Asker, asked: Asked & { by?: Ranking }): Promise<Run> {
  const { request, grid, strategy } = await understand(ctx, asker.userId, asked, 'all_strategies');
  const search = searchOf(strategy, request, grid);
  return queueRun(ctx, { ...asker, kind: 'optimize', request: { ...request, ...search, by: asked.by ?? 'sharpe' } });
}

function searchOf(strategy: StrategyDefinition, { params }: RunRequest, given: ParamGrid) {
  const grid = Object.keys(given).length > 0 ? given : gridAround(strategy, params);
  const size = gridSize(grid);
  const most = Object.keys(given).length > 0 ? MOST_COMBINATIONS : MOST_AROUND;
  return size > most ? { grid, sample: most } : { grid };
}

/**
 * Of a walk-forward one thread does everything, and has a minute: over very many candles fewer combinations are tried,
 * drawn at random. The result says how many.
 */
function sampleOfWalk({ params }: StrategyDefinition, grid: ParamGrid, request: RunRequest): { sample?: number } {
  const candles = (request.toMs - request.fromMs) / timeframeMs[request.timeframe];
  const most = Math.max(Object.keys(params).length * 5, Math.floor(MOST_WALKED / candles));
  return gridSize(grid) > most ? { sample: Math.min(most, MOST_AROUND) } : {};
}

/** What may be asked of a run that is there: the same request, looked at in another way. */
export type Follow = Exclude<RunKind, 'backtest' | 'batch'>;

/** Goes on from a run of one's own. Refuses `run.missing` and what the plan does not include. */
export async function askFurther(
  ctx: MarketContext,
  asker: Asker,
  { runId, kind }: { runId: string; kind: Follow },
): Promise<Run> {
  const { request: stored } = await readRun(ctx, { userId: asker.userId, runId });
  const request = baseOf(stored);
  const strategy = strategyNamed(request.strategy);
  const feature = kind === 'monte_carlo' ? featureOf(strategy.name) : 'all_strategies';
  await requireFeature(ctx, { userId: asker.userId, feature });
  if (kind === 'compare') {
    const names = strategies.map(({ name }) => name);
    return queueRun(ctx, { ...asker, kind, request: { ...request, strategies: names } });
  }
  if (kind === 'monte_carlo') {
    const dealt: MonteCarloRequest = { ...request, deals: DEALS, seed: 1 };
    return queueRun(ctx, { ...asker, kind, request: dealt });
  }
  const search = { ...searchOf(strategy, request, {}), by: 'sharpe' as const };
  if (kind === 'optimize') return queueRun(ctx, { ...asker, kind, request: { ...request, ...search } });
  const walk = {
    ...request,
    ...search,
    ...sampleOfWalk(strategy, search.grid, request),
    mode: 'rolling' as const,
    windows: WALK_WINDOWS,
  };
  return queueRun(ctx, { ...asker, kind, request: walk });
}

/** Runs the best combination that a search of one's own has found. Refuses `run.missing` and `run.not_done`. */
export async function askBest(ctx: MarketContext, asker: Asker, { runId }: { runId: string }): Promise<Run> {
  const { request: stored, result } = await readRun(ctx, { userId: asker.userId, runId });
  const [best] = (result?.best ?? []) as readonly Pick<Trial, 'params'>[]; // as `jobs/runKinds.ts` wrote it
  if (!best) return fail('run.not_done');
  const request = { ...baseOf(stored), params: best.params };
  await requireFeature(ctx, { userId: asker.userId, feature: featureOf(request.strategy) });
  return queueRun(ctx, { ...asker, kind: 'backtest', request });
}

/** Asks for the same strategy over several markets of one source. */
export async function askBatch(
  ctx: MarketContext,
  asker: Asker,
  { markets, ...asked }: Omit<Asked, 'market'> & { markets: readonly string[] },
): Promise<Run> {
  const [first] = markets;
  if (!first || markets.length > MOST_MARKETS) fail('batch.markets_wrong', { most: MOST_MARKETS });
  const { request } = await understand(ctx, asker.userId, { ...asked, market: first }, 'all_strategies');
  const found = await Promise.all(markets.map((market) => findMarket(ctx, market)));
  if (found.some(({ source }) => source !== request.source)) fail('batch.sources_differ');
  const symbols = [...new Set(found.map(({ symbol }) => symbol))];
  return queueRun(ctx, { ...asker, kind: 'batch', request: { ...request, symbols } });
}

async function understand(ctx: MarketContext, userId: UserId, asked: Asked, needs?: Feature) {
  const strategy = strategyNamed(asked.strategy);
  await requireFeature(ctx, { userId, feature: needs ?? featureOf(strategy.name) });
  const { params, settings, grid } = readOptions(strategy, asked.options ?? '');
  const { source, symbol } = await findMarket(ctx, asked.market);
  const timeframe = asked.timeframe ?? DEFAULT_TIMEFRAME;
  const range = rangeOf(ctx, { ...asked, timeframe });
  const request: RunRequest = {
    strategy: strategy.name,
    params: checkedParams(strategy, params),
    source,
    symbol,
    timeframe,
    ...range,
    settings,
  };
  return { strategy, request, grid };
}

/** Whole UTC days, the last one included; the last year where none is given. Never beyond the candles that are closed. */
function rangeOf(ctx: Context, { from, to, timeframe }: Asked & { timeframe: Timeframe }) {
  const nowMs = ctx.clock.now().getTime();
  const step = timeframeMs[timeframe];
  const closedMs = Math.floor(nowMs / step) * step;
  if (from && to && from > to) fail('backtest.dates_reversed', { from, to });
  if (from && from.getTime() >= closedMs) fail('backtest.from_in_future', { from });
  const toMs = Math.min(closedMs, to ? to.getTime() + days(1) : closedMs);
  const fromMs = from ? from.getTime() : toMs - YEAR_MS;
  return { fromMs: Math.ceil(fromMs / step) * step, toMs };
}
