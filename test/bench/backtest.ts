import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gridCombinations, steps } from '../../src/core/backtest/combinations.ts';
import { runBacktest } from '../../src/core/backtest/engine.ts';
import { maxDrawdown } from '../../src/core/backtest/equity.ts';
import { metricsOf } from '../../src/core/backtest/metrics.ts';
import { type Candles, candleColumns } from '../../src/core/market/candles.ts';
import { defineStrategy, paramsOf, type StrategyDefinition } from '../../src/core/strategy/definition.ts';
import { rsiStream } from '../../src/core/strategy/indicators/rsi.ts';
import type { Params } from '../../src/core/strategy/params.ts';
import { findStrategy, strategies } from '../../src/core/strategy/strategies.ts';
import { median, print, round } from './figures.ts';
import { MINUTE_MS, MINUTES, walk } from './walk.ts';
import { yardstick } from './yardstick.ts';

const HOURS = 8_760;

/**
 * The engine beside a hand-written loop in the same process, on a year of minutes that is the same at every run; then whole
 * processes from a file, and combinations on two threads. Rounds are taken in turns and the middle one counts.
 */
export async function backtest({ quick }: { quick: boolean }): Promise<void> {
  const rounds = quick ? 3 : 15;
  const candles = walk(MINUTES, MINUTE_MS);
  inMemory(candles, rounds);
  everyStrategy(candles, quick ? 1 : 5);
  await handOver(candles);
  await processes(candles, quick ? 1 : 5);
  await combinations(quick ? 1 : 7);
}

const known = (name: string): StrategyDefinition => {
  const strategy = findStrategy(name);
  if (!strategy) throw new Error(`no ${name}`);
  return strategy;
};

/** What somebody writes who knows the desk and nothing else: no columns, a value at a time, an object for an order. */
const ownRsi = defineStrategy({
  name: 'own_rsi',
  kind: 'momentum',
  params: {},
  warmup: () => 0,
  prepare: () => ({}),
  stream: () => () => ({}),
  state: () => ({ next: rsiStream(14) }),
  decide(desk, _, __, state) {
    const rsi = state.next(desk.candle.close);
    if (desk.side === 0 && rsi < 30) desk.buy({ size: { kind: 'fraction', fraction: 1 } });
    else if (desk.side > 0 && rsi > 70) desk.sell({ fraction: 1 });
  },
});

function timed(deed: () => unknown): number {
  const beganMs = performance.now();
  deed();
  return performance.now() - beganMs;
}

const perSecond = (candles: number, tookMs: number) => round(candles / tookMs / 1000, 1);

/** Million candles a second, indicators, equity and drawdown included. The first run is what a fresh process sees. */
function inMemory(candles: Candles, rounds: number): void {
  const equity = new Float64Array(candles.length);
  const run = (strategy: StrategyDefinition) => {
    const result = runBacktest({ candles, strategy, params: paramsOf(strategy, {}).params });
    return { result, fall: maxDrawdown(result.equity, candles.time, 10_000) };
  };
  const deeds: Record<string, () => unknown> = {
    rsi_cross: () => run(known('rsi_cross')),
    'own callback': () => run(ownRsi),
    'rsi_cross with stops': () =>
      runBacktest({
        candles,
        strategy: known('rsi_cross'),
        params: paramsOf(known('rsi_cross'), {}).params,
        settings: { stopLossRate: 0.02, takeProfitRate: 0.04, trailingStopRate: 0.03 },
      }),
    yardstick: () => yardstick(candles, equity),
  };
  const first = Object.fromEntries(Object.entries(deeds).map(([name, deed]) => [name, timed(deed)]));
  const took: Record<string, number[]> = Object.fromEntries(Object.keys(deeds).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, deed] of Object.entries(deeds)) took[name]?.push(timed(deed));
  const yardstickMs = median(took.yardstick ?? []);
  for (const [name, times] of Object.entries(took))
    print({
      what: name,
      candles: candles.length,
      millionPerSecond: perSecond(candles.length, median(times)),
      firstRun: perSecond(candles.length, first[name] ?? Number.NaN),
      timesYardstick: round(median(times) / yardstickMs, 1),
      ...(name === 'rsi_cross' ? { aim: 9 } : name === 'own callback' ? { aim: 2.3 } : {}),
    });
  const [ours, plain] = [run(known('rsi_cross')), yardstick(candles, equity)];
  const same =
    ours.result.trades.length === plain.trades && Math.abs(ours.result.finalEquity / plain.finalEquity - 1) < 1e-9;
  if (!same || Math.abs(ours.fall.depth - plain.maxDrawdown) > 1e-9)
    throw new Error('engine and yardstick do not agree');
}

function everyStrategy(candles: Candles, rounds: number): void {
  for (const strategy of strategies) {
    const { params } = paramsOf(strategy, {});
    const times: number[] = [];
    for (let round = 0; round < rounds; round++)
      times.push(timed(() => metricsOf(runBacktest({ candles, strategy, params }), candles)));
    print({ what: `${strategy.name} with all metrics`, millionPerSecond: perSecond(candles.length, median(times)) });
  }
}

const childUrl = new URL('./childTrials.ts', import.meta.url);

async function startWorker(candles: Candles): Promise<Worker> {
  const worker = new Worker(childUrl, { workerData: { memory: candles.time.buffer, length: candles.length } });
  await answer(worker);
  return worker;
}

const answer = (worker: Worker) =>
  new Promise<{ best: number; tookMs: number }>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (message) => {
      worker.off('error', reject);
      resolve(message);
    });
  });

/** What it costs to give a worker a year of minutes: columns in shared memory, beside an object for each candle. */
async function handOver(candles: Candles): Promise<void> {
  const worker = await startWorker(walk(1, MINUTE_MS));
  const send = async (message: unknown) => {
    const beganMs = performance.now();
    const answered = answer(worker);
    worker.postMessage(message);
    await answered;
    return performance.now() - beganMs;
  };
  const empty = { strategy: 'dca', combinations: [] };
  await send(empty);
  const sharedMs = await send({ ...empty, candles: candles.time.buffer });
  const objects = Array.from(candles.time, (time, i) =>
    Object.fromEntries([['time', time], ...candleColumns.slice(1).map((name) => [name, candles[name][i]])]),
  );
  const clonedMs = await send({ ...empty, candles: objects });
  await worker.terminate();
  print({ what: 'candles handed to a worker', sharedMs: round(sharedMs, 1), clonedObjectsMs: round(clonedMs) });
}

interface Outcome {
  seconds: number;
  peakMiB: number;
  out: string;
}

const program = (args: string[]) =>
  new Promise<Outcome>((resolve, reject) => {
    const beganMs = performance.now();
    const peak = new URL('./childPeak.ts', import.meta.url).pathname;
    execFile(process.execPath, ['--import', peak, ...args], { maxBuffer: 2 ** 28 }, (error, out, err) => {
      if (error) return reject(error);
      resolve({ seconds: (performance.now() - beganMs) / 1000, peakMiB: Number(/peak (\d+)/.exec(err)?.[1]), out });
    });
  });

/** From a file to the result, everything a process does: start, read, check, compute, print. */
async function processes(candles: Candles, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'abtpro-bench-'));
  try {
    const file = join(folder, 'year.csv');
    const rows = Array.from(candles.time, (_, i) => candleColumns.map((column) => candles[column][i]).join(','));
    await writeFile(file, ['timestamp,open,high,low,close,volume', ...rows].join('\n'));
    const ours: Outcome[] = [];
    const plain: Outcome[] = [];
    for (let round = 0; round < rounds; round++) {
      ours.push(await program(['src/backtest.ts', '--csv', file, '--strategy', 'rsi_cross', '--json']));
      plain.push(await program([new URL('./childYardstick.ts', import.meta.url).pathname, file]));
    }
    const seconds = (outcomes: Outcome[]) => median(outcomes.map((outcome) => outcome.seconds));
    const report = JSON.parse(ours[0]?.out ?? '{}');
    if (report.trades !== JSON.parse(plain[0]?.out ?? '{}').trades) throw new Error('the two processes do not agree');
    print({
      what: 'CSV of a year of minutes to JSON, whole process',
      seconds: round(seconds(ours), 2),
      yardstickSeconds: round(seconds(plain), 2),
      aim: 0.46,
      peakMiB: Math.max(...ours.map((outcome) => outcome.peakMiB)),
      peakAim: 200,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** 948 pairs of averages over a year of hours, and a job long enough to see what a second thread is worth. */
async function combinations(rounds: number): Promise<void> {
  const hours = walk(HOURS, 60 * MINUTE_MS);
  const strategy = known('sma_cross');
  const pairs = gridCombinations(strategy, paramsOf(strategy, {}).params, {
    fast: steps(2, 13, 1),
    slow: steps(14, 92, 1),
  });
  const many = Array.from({ length: 8 }, () => pairs).flat();
  const beganMs = performance.now();
  const workers = [await startWorker(hours), await startWorker(hours)];
  const startMs = performance.now() - beganMs;
  const together = async (messages: readonly unknown[]) => {
    const beganMs = performance.now();
    const answers = await Promise.all(
      messages.map((message, me) => {
        const worker = workers[me] as Worker; // there are as many workers as messages
        const answered = answer(worker);
        worker.postMessage(message);
        return answered;
      }),
    );
    return { seconds: (performance.now() - beganMs) / 1000, best: Math.max(...answers.map((a) => a.best)) };
  };
  const share = (work: readonly Params[], threads: number) =>
    together(
      Array.from({ length: threads }, (_, me) => ({
        strategy: strategy.name,
        combinations: work.filter((_, k) => k % threads === me),
      })),
    );
  const first = await share(pairs, 2);
  const [two, longOne, longTwo, machine]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round < rounds; round++) {
    two.push((await share(pairs, 2)).seconds);
    longOne.push((await share(many, 1)).seconds);
    longTwo.push((await share(many, 2)).seconds);
    machine.push((2 * (await together(['count'])).seconds) / (await together(['count', 'count'])).seconds);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  print({
    what: `${pairs.length} SMA combinations × ${HOURS} candles, 2 threads`,
    seconds: round(median(two), 3),
    firstSeconds: round(first.seconds, 3),
    startOfWorkersMs: round(startMs),
    aim: 0.5,
  });
  print({
    what: `2-thread scaling, ${many.length} combinations`,
    oneThreadSeconds: round(median(longOne), 2),
    twoThreadSeconds: round(median(longTwo), 2),
    scaling: round(median(longOne.map((one, k) => one / (longTwo[k] ?? Number.NaN))), 2),
    aim: 1.8,
    machineScaling: round(median(machine), 2),
  });
  if (!(first.best > 0)) throw new Error('no result');
}
