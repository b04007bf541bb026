import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { Chart, Painter } from '../core/chart.ts';

/** Threads for what would keep the main one from answering people: charts and backtests. Started when first asked. */
export interface Pool extends Painter {
  stop(): Promise<void>;
}

const IDLE_MS = 60_000;
const MOST_WAITING = 1_000;

export function startPool(): Pool {
  let threads: Piscina | undefined;
  const open = () => {
    threads ??= new Piscina({
      filename: new URL('./worker.ts', import.meta.url).href,
      minThreads: 0,
      maxThreads: Math.max(1, availableParallelism()),
      idleTimeout: IDLE_MS,
      maxQueue: MOST_WAITING,
    });
    return threads;
  };
  return {
    png: (chart: Chart) => open().run(chart, { name: 'draw' }) as Promise<Uint8Array>, // what the worker's function answers
    async stop() {
      await threads?.destroy();
    },
  };
}
