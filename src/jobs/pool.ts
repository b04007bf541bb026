import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import type { Chart, Painter } from '../core/chart.ts';
import type * as worker from './worker.ts';

export type Workers = typeof worker;
/** What a thread can be asked for, by name. */
export type Task = Exclude<keyof Workers, 'draw' | 'drawSvg'>;

/** Threads for what would keep the main one from answering people: charts and backtests. Started when first asked. */
export interface Pool extends Painter {
  readonly threads: number;
  /**
   * Has a thread do a task, in the order in which tasks came. When the signal comes the thread is ended, whatever it is
   * doing; others are not touched. Rejects with `TaskTimeout` when the task itself takes longer than `limitMs`.
   */
  run<T extends Task>(
    task: T,
    work: Parameters<Workers[T]>[0],
    how: { signal: AbortSignal; limitMs: number },
  ): Promise<ReturnType<Workers[T]>>;
  stop(): Promise<void>;
}

export class TaskTimeout extends Error {}

const IDLE_MS = 60_000;
const MOST_WAITING = 1_000;
/** A thread that wants more than this is ended, and not the whole program. Columns of candles are not counted in it. */
const MOST_MEMORY_MB = 512;

export function startPool(): Pool {
  const threads = Math.max(1, availableParallelism());
  const turns = createTurns(threads);
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
    async run(task, work, { signal, limitMs }) {
      const piscina = await open();
      return turns.take(signal, async () => {
        const limit = AbortSignal.timeout(limitMs);
        try {
          // It answers what the function of that name does.
          return await piscina.run(work, { name: task, signal: AbortSignal.any([signal, limit]) });
        } catch (error) {
          throw limit.aborted && !signal.aborted ? new TaskTimeout(task) : error;
        }
      });
    },
    png: async (chart: Chart) => (await open()).run(chart, { name: 'draw' }),
    svg: async (chart: Chart) => (await open()).run(chart, { name: 'drawSvg' }),
    async stop() {
      await (await opening)?.destroy();
    },
  };
}

/** As many at once as there are threads, so that the time a task waits is not taken for time that it works. */
function createTurns(most: number) {
  const waiting: (() => void)[] = [];
  let free = most;
  return {
    async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve)); // whoever ends hands its turn on
      try {
        signal.throwIfAborted();
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}
