import { type BatchRow, type MissedMarket, summarise } from '../core/backtest/batch.ts';
import { buyAndHold } from '../core/backtest/buyAndHold.ts';
import { gridCombinations, randomCombinations } from '../core/backtest/combinations.ts';
import { heatmap, ranked, type Trial } from '../core/backtest/optimise.ts';
import { candlesUsed, type Requests, type RunRequest } from '../core/backtest/request.ts';
import { defaultSettings } from '../core/backtest/settings.ts';
import type { RunKind } from '../core/backtest/tables.ts';
import type { Work } from '../core/backtest/work.ts';
import { asText, fail, Refusal } from '../core/error.ts';
import type { Candles } from '../core/market/candles.ts';
import { timeframeMs } from '../core/market/timeframe.ts';
import type { StrategyDefinition } from '../core/strategy/definition.ts';
import type { Params } from '../core/strategy/params.ts';
import { findStrategy } from '../core/strategy/strategies.ts';
import type { Task, Workers } from './pool.ts';

/** What working off a run takes. */
export interface Bench {
  run<T extends Task>(task: T, work: Parameters<Workers[T]>[0]): Promise<ReturnType<Workers[T]>>;
  threads: number;
  load(request: RunRequest, onProgress: (share: number) => void): Promise<Candles>;
  /** How far it is, 0 to 1. */
  report(share: number): void;
}

export interface Outcome {
  result: Record<string, unknown>;
  trades: readonly unknown[];
}

/** Loading candles is taken for this share of a run: it is nothing when they are there, and minutes when they are not. */
const LOADING = 0.3;
/** Rows of an optimisation that are kept. */
const BEST = 20;
/** Candles times combinations that one task takes: about a second, so that others get in between. */
const TASK_SIZE = 30_000_000;

/** What is wrong with one market of several, and with no other. */
const NO_CANDLES = new Set([
  'candles.none',
  'candles.outside',
  'candles.too_few',
  'run.too_few_candles',
  'market.not_traded',
]);

/** How each kind is worked off. What comes out is what chats, panel and API show of it. */
export const kinds: { [K in RunKind]: (bench: Bench, request: Requests[K]) => Promise<Outcome> } = {
  async backtest(bench, request) {
    const { work, used } = await prepare(bench, request);
    const { result, trades } = await bench.run('backtest', work);
    return { result: { ...result, used }, trades };
  },

  async optimize(bench, request) {
    const { work, used, strategy } = await prepare(bench, request);
    const combinations = combinationsOf(strategy, request);
    const trials = await tryAll(bench, work, combinations);
    const best = ranked(trials, request.by);
    const [first] = best;
    const luck = first ? await bench.run('luck', { ...work, trials, best: first }) : null;
    const [x, y = x] = Object.keys(request.grid).filter((name) => (request.grid[name]?.length ?? 0) > 1);
    const map = x && y ? { axes: { x, y }, ...heatmap(trials, request.grid, { x, y, by: request.by }) } : null;
    const asked = trials.find((trial) => isSame(trial.params, request.params)) ?? null;
    const profitable = trials.filter((trial) => trial.totalReturnRate > 0).length;
    const result = {
      best: best.slice(0, BEST),
      tried: trials.length,
      profitable,
      asked,
      luck,
      map,
      by: request.by,
      used,
    };
    return { result, trades: [] };
  },

  async walk_forward(bench, request) {
    const { work, used, strategy } = await prepare(bench, request);
    const combinations = combinationsOf(strategy, request);
    const { by, mode, windows } = request;
    const count = counter(bench, combinations.length * windows);
    const task = { ...work, done: count.done, combinations, by, mode, windows };
    const result = await count.during(bench.run('walk', task));
    if (!result) return fail('run.walk_too_short', { candles: work.candles.length, windows });
    return { result: { ...result, used, combinations: combinations.length, mode }, trades: [] };
  },

  async batch(bench, request) {
    const rows: BatchRow[] = [];
    const missed: MissedMarket[] = [];
    for (const [n, symbol] of request.symbols.entries()) {
      const part = { ...bench, report: (share: number) => bench.report((n + share) / request.symbols.length) };
      try {
        const { work } = await prepare(part, { ...request, symbol });
        const [trial] = await bench.run('trials', { ...work, combinations: [request.params] });
        if (trial) rows.push({ ...trial, market: symbol });
      } catch (error) {
        // A market that is younger than the period takes nothing from the others; nothing but such markets is a failure.
        const isLast = rows.length === 0 && n === request.symbols.length - 1;
        if (isLast || !(error instanceof Refusal) || !NO_CANDLES.has(error.code)) throw error;
        missed.push({ market: symbol, failure: error.code, params: asText(error.params) });
      }
    }
    return { result: { rows, summary: summarise(rows), missed }, trades: [] };
  },

  async compare(bench, request) {
    const candles = await bench.load(request, (share) => bench.report(LOADING * share));
    const rows: (Trial & { strategy: string })[] = [];
    for (const [n, name] of request.strategies.entries()) {
      const strategy = strategyOf(name);
      const params = name === request.strategy ? request.params : defaultsOf(strategy);
      bench.report(LOADING + ((1 - LOADING) * n) / request.strategies.length);
      if (strategy.warmup(params) >= candles.length) continue; // says nothing about so few candles
      const work = { strategy: name, params, settings: request.settings, candles };
      const [trial] = await bench.run('trials', { ...work, combinations: [params] });
      if (trial) rows.push({ ...trial, strategy: name });
    }
    rows.sort((a, b) => b.totalReturnRate - a.totalReturnRate);
    const { capital, feeRate } = { ...defaultSettings, ...request.settings };
    const { returnRate: holdReturnRate } = buyAndHold(candles, capital, feeRate);
    const used = candlesUsed(candles, timeframeMs[request.timeframe]);
    return { result: { rows, holdReturnRate, used }, trades: [] };
  },

  async monte_carlo(bench, request) {
    const { work, used } = await prepare(bench, request);
    const { deals, seed } = request;
    const result = await bench.run('monteCarlo', { ...work, deals, seed });
    return { result: { ...result, used }, trades: [] };
  },
};

const strategyOf = (name: string): StrategyDefinition =>
  findStrategy(name) ?? fail('strategy.unknown', { name, suggests: 'no', nearest: '', choices: '' });

const defaultsOf = ({ params }: StrategyDefinition): Params =>
  Object.fromEntries(Object.entries(params).map(([name, about]) => [name, about.default]));

const isSame = (one: Params, other: Params) => Object.keys(other).every((name) => one[name] === other[name]);

async function prepare(bench: Bench, request: RunRequest) {
  const strategy = strategyOf(request.strategy);
  const candles = await bench.load(request, (share) => bench.report(LOADING * share));
  bench.report(LOADING);
  const needed = strategy.warmup(request.params);
  if (candles.length <= needed + 1) fail('run.too_few_candles', { candles: candles.length, needed });
  const work: Work = { strategy: strategy.name, params: request.params, settings: request.settings, candles };
  return { strategy, work, used: candlesUsed(candles, timeframeMs[request.timeframe]) };
}

function combinationsOf(strategy: StrategyDefinition, request: Requests['optimize']): Params[] {
  const { params, grid, sample } = request;
  const all = sample
    ? randomCombinations(strategy, params, grid, { count: sample, seed: 1 })
    : gridCombinations(strategy, params, grid);
  return all.some((one) => isSame(one, params)) ? all : [params, ...all]; // what it is now is the measure
}

/** All threads take some of the combinations at once, in portions of about a second. */
async function tryAll(bench: Bench, work: Work, combinations: readonly Params[]): Promise<Trial[]> {
  const most = Math.max(1, Math.floor(TASK_SIZE / Math.max(1, work.candles.length)));
  const size = Math.max(1, Math.min(most, Math.ceil(combinations.length / bench.threads)));
  const portions = Array.from({ length: Math.ceil(combinations.length / size) }, (_, n) =>
    combinations.slice(n * size, (n + 1) * size),
  );
  const count = counter(bench, combinations.length);
  const found: Trial[][] = [];
  let next = 0;
  const lane = async () => {
    for (let n = next++; n < portions.length; n = next++) {
      const task = { ...work, done: count.done, combinations: portions[n] ?? [] };
      found[n] = await bench.run('trials', task);
    }
  };
  await count.during(Promise.all(Array.from({ length: bench.threads }, lane)));
  return found.flat();
}

const LOOK_EVERY_MS = 200;

/** Threads count in shared memory what they have done; somebody has to look. */
function counter(bench: Bench, all: number) {
  const done = new Int32Array(new SharedArrayBuffer(4));
  return {
    done,
    async during<T>(work: Promise<T>): Promise<T> {
      const look = () => bench.report(LOADING + ((1 - LOADING) * Atomics.load(done, 0)) / all);
      const timer = setInterval(look, LOOK_EVERY_MS);
      try {
        return await work;
      } finally {
        clearInterval(timer);
      }
    },
  };
}
