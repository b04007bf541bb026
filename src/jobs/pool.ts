import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import type { Chart, Painter } from '../core/chart.ts';
import type * as worker from './worker.ts';

type Workers = typeof worker;
/** What a thread can be asked for, by name. */
export type Task = Exclude<keyof Workers, 'draw' | 'drawSvg'>;

/** Threads for what would keep the main one from answering people: charts and backtests. Started when first asked. */
export interface Pool extends Painter {
  readonly threads: number;
  /** Has a thread do a task. When the signal comes the thread is ended, whatever it is doing; others are not touched. */
  run<T extends Task>(task: T, work: Parameters<Workers[T]>[0], signal: AbortSignal): Promise<ReturnType<Workers[T]>>;
  stop(): Promise<void>;
}

const IDLE_MS = 60_000;
const MOST_WAITING = 1_000;
/** A thread that wants more than this is ended, and not the whole program. Columns of candles are not counted in it. */
const MOST_MEMORY_MB = 512;

export function startPool(): Pool {
  const threads = Math.max(1, availableParallelism());
  let opening: Promise<Piscina> | undefined;
  const open = () => {
    opening ??= import('piscina').then(
      ({ Piscina }) =>
        new Piscina({
          filename: new URL('./worker.ts', import.meta.url).href,
          minThreads: 0,
          maxThreads: threads,
          idleTimeout: IDLE_MS,
          maxQueue: MOST_WAITING,
          resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
        }),
    );
    return opening;
  };
  return {
    threads,
    run: async (task, work, signal) => (await open()).run(work, { name: task, signal }), // answers what that function does
    png: async (chart: Chart) => (await open()).run(chart, { name: 'draw' }),
    svg: async (chart: Chart) => (await open()).run(chart, { name: 'drawSvg' }),
    async stop() {
      await (await opening)?.destroy();
    },
  };
}
