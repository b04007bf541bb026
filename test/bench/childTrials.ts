import { parentPort, workerData } from 'node:worker_threads';
import { runTrials } from '../../src/core/backtest/optimise.ts';
import { candlesIn } from '../../src/core/market/candles.ts';
import type { Params } from '../../src/core/strategy/params.ts';
import { findStrategy } from '../../src/core/strategy/strategies.ts';

/** A worker of the bench: takes its share of the combinations each time it is asked, over candles in shared memory. */

/** Arithmetic that touches no memory: how much of a second thread this machine has at that moment. */
const STEPS = 400_000_000;

interface Work {
  memory: SharedArrayBuffer;
  length: number;
  strategy: string;
  combinations: Params[];
}

const { memory, length } = workerData as Pick<Work, 'memory' | 'length'>; // the bench made it
const candles = candlesIn(memory, length);

parentPort?.on('message', (work: Work | 'count') => {
  if (work === 'count') return parentPort?.postMessage({ best: count(), tookMs: 0 });
  const { strategy: name, combinations } = work;
  const strategy = findStrategy(name);
  if (!strategy) throw new Error(`no ${name}`);
  const beganMs = performance.now();
  const trials = runTrials({ candles, strategy, combinations });
  parentPort?.postMessage({
    best: Math.max(...trials.map((trial) => trial.finalEquity)),
    tookMs: performance.now() - beganMs,
  });
});
parentPort?.postMessage('ready');

function count(): number {
  let x = 1;
  for (let i = 0; i < STEPS; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return x;
}
