import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRequest } from '../core/backtest/request.ts';
import { endRun, handBackRun, type Run, type RunEnd, reportRun, takeRun } from '../core/backtest/run.ts';
import { as, type Context } from '../core/context.ts';
import { Refusal } from '../core/error.ts';
import type { Candles } from '../core/market/candles.ts';
import { type Pool, TaskTimeout } from './pool.ts';
import { type Bench, kinds, type Outcome } from './runKinds.ts';

export type LoadCandles = (
  request: RunRequest,
  how: { signal: AbortSignal; onProgress: (share: number) => void },
) => Promise<Candles>;

export interface Runner {
  /** There is something to run: do not wait for the next look. */
  wake(): void;
  /** Hands back what is running; another instance, or the next start, begins it anew. */
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 250;
const REPORT_EVERY_MS = 500;
/** A task that takes longer than this is taken for one that never ends. */
const TASK_LIMIT_MS = 60_000;
/** More runs than threads: some wait for candles. */
const RUNS_PER_THREAD = 2;

class Stopped extends Error {}

/** Takes runs out of the queue and has the pool work them off, as many at once as this machine has threads for. */
export function startRunner(given: Context, parts: { pool: Pool; load: LoadCandles; taskLimitMs?: number }): Runner {
  const ctx = as(given, { kind: 'job', name: 'backtests.run' });
  const stopping = new AbortController();
  let woken = new AbortController();
  const running = new Set<Promise<void>>();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const run = running.size < parts.pool.threads * RUNS_PER_THREAD ? await next(ctx) : undefined;
      if (run) {
        const work = workOff(ctx, parts, run, stopping.signal)
          .catch((error: unknown) => ctx.log.error({ err: error, runId: run.id }, 'a run could not be ended'))
          .finally(() => {
            running.delete(work);
            woken.abort(); // there is room again
          });
        running.add(work);
        continue;
      }
      const signal = AbortSignal.any([woken.signal, stopping.signal]);
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
      if (woken.signal.aborted) woken = new AbortController();
    }
  })();
  return {
    wake: () => woken.abort(),
    async stop() {
      stopping.abort(new Stopped());
      await loop;
      await Promise.all(running);
    },
  };
}

async function next(ctx: Context): Promise<Run | undefined> {
  try {
    return await takeRun(ctx);
  } catch (error) {
    ctx.log.error({ err: error }, 'the queue of runs could not be read');
    return undefined;
  }
}

async function workOff(
  ctx: Context,
  { pool, load, taskLimitMs = TASK_LIMIT_MS }: Parameters<typeof startRunner>[1],
  run: Run,
  stopping: AbortSignal,
): Promise<void> {
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, stopping]);
  let share = 0;
  const bench: Bench = {
    threads: pool.threads,
    load: (request, onProgress) => load(request, { signal, onProgress }),
    report: (now) => {
      share = now;
    },
    run: (task, work) => pool.run(task, work, { signal, limitMs: taskLimitMs }),
  };
  const reporting = setInterval(() => {
    reportRun(ctx, run, share).then(
      (word) => word !== 'go_on' && ending.abort(new Stopped()),
      (error: unknown) => ctx.log.warn({ err: error, runId: run.id }, 'the progress of a run was not noted'),
    );
  }, REPORT_EVERY_MS);
  try {
    const { result, trades } = await workKind(bench, run);
    await endRun(ctx, run, { status: 'done', result, trades });
  } catch (error) {
    if (stopping.aborted) return await handBackRun(ctx, run);
    if (ending.signal.aborted) return void (await endRun(ctx, run, { status: 'cancelled' }));
    await endRun(ctx, run, endOf(ctx, run, error, taskLimitMs));
  } finally {
    clearInterval(reporting);
  }
}

/** The request of a row is of the row's kind: `ask.ts` wrote both. */
const workKind = (bench: Bench, { kind, request }: Run): Promise<Outcome> =>
  (kinds[kind] as (bench: Bench, request: unknown) => Promise<Outcome>)(bench, request);

/** Why a run has no result, for the person. What is nobody's fault but ours is in the log as well. */
function endOf(ctx: Context, run: Run, error: unknown, taskLimitMs: number): RunEnd {
  const strategy = String(run.request.strategy);
  if (error instanceof Refusal) return { status: 'failed', code: error.code, params: error.params };
  if (error instanceof TaskTimeout)
    return { status: 'failed', code: 'run.strategy_endless', params: { strategy, seconds: taskLimitMs / 1000 } };
  if ((error as { code?: unknown })?.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { status: 'failed', code: 'run.too_large' };
  ctx.log.error({ err: error, runId: run.id }, 'a run failed');
  return { status: 'failed', code: 'run.strategy_threw', params: { strategy } };
}
