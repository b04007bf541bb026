import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import type { Chart, Painter } from '../core/chart.ts';
import type * as worker from './worker.ts';

export type Workers = typeof worker;
/** What a thread can be asked for, by name. */
export type Task = Exclude<keyof Workers, 'draw' | 'drawSvg' | 'prepareCharts'>;

/**
 * Threads for what would keep the main one from answering people: charts and backtests. Started when first asked. Charts
 * have a thread of their own, so that no picture waits behind a minute of computing or dies with what was cancelled.
 */
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
/** The thread that draws is kept longer: it has more to load. */
const DRAWING_IDLE_MS = 600_000;
const MOST_WAITING = 1_000;
/** A thread that wants more than this is ended, and not the whole program. Columns of candles are not counted in it. */
const MOST_MEMORY_MB = 512;

export function startPool(): Pool {
  const threads = Math.max(1, availableParallelism());
  const turns = createTurns(threads);
  const computing = lazyThreads({ maxThreads: threads, idleTimeout: IDLE_MS });
  const drawing = lazyThreads({ maxThreads: 1, idleTimeout: DRAWING_IDLE_MS });
  /** A result is drawn: what that takes is loaded while the result is computed. */
  const prepareDrawing = async () => {
    if (drawing.isOpen()) return;
    await (await drawing.open()).run(undefined, { name: 'prepareCharts' });
  };
  return {
    threads,
    async run(task, work, { signal, limitMs }) {
      prepareDrawing().catch(() => {}); // whoever draws meets the trouble again, and says so
      const piscina = await computing.open();
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
    png: async (chart: Chart) => (await drawing.open()).run(chart, { name: 'draw' }),
    svg: async (chart: Chart) => (await drawing.open()).run(chart, { name: 'drawSvg' }),
    async stop() {
      await Promise.all([computing.stop(), drawing.stop()]);
    },
  };
}

function lazyThreads(size: { maxThreads: number; idleTimeout: number }) {
  let opening: Promise<Piscina> | undefined;
  return {
    isOpen: () => opening !== undefined,
    open(): Promise<Piscina> {
      opening ??= import('piscina').then(
        ({ Piscina }) =>
          new Piscina({
            ...size,
            filename: new URL('./worker.ts', import.meta.url).href,
            minThreads: 0,
            maxQueue: MOST_WAITING,
            resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
          }),
      );
      return opening;
    },
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
