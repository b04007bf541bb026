import { Cron } from 'croner';
import type { Job as QueuedJob } from 'pg-boss';
import { as } from '../core/context.ts';
import type { JobDesk } from '../core/ops/jobDesk.ts';
import { openBoss } from './boss.ts';
import { createDesk, occurrenceId, type Sent } from './desk.ts';
import type { Job, JobContext } from './job.ts';
import { keepError, keepResult } from './kept.ts';

export interface Queue {
  desk: JobDesk;
  status(): 'starting' | 'connected' | 'failing';
  /** Hands running jobs back if they do not end in time; another instance, or the next start, takes them up. */
  stop(patienceMs: number): Promise<void>;
}

/**
 * croner decides when, pg-boss decides who: every instance's croner sends the occurrence to the queue in PostgreSQL,
 * which runs it once, on any instance, again after a failure, and keeps what never succeeded as a dead letter.
 */
export async function startQueue(ctx: JobContext, url: string, jobs: readonly Job[]): Promise<Queue> {
  let failing = false;
  const boss = await openBoss(ctx, url, jobs, {
    works: true,
    onError: () => {
      failing = true;
    },
  });
  for (const job of jobs)
    await boss.work<Sent | null, unknown, { pollingIntervalSeconds: number; perJobResults: true }>(
      job.name,
      { pollingIntervalSeconds: 5, perJobResults: true },
      (taken) => Promise.all(taken.map((each) => workOff(ctx, job, each))),
    );
  const timers = jobs.map(
    (job) =>
      new Cron(
        job.cron,
        {
          timezone: 'Asia/Bangkok',
          catch: (error) => ctx.log.error({ err: error, job: job.name }, 'a schedule failed'),
        },
        async (self) => {
          const at = self.currentRun() ?? ctx.clock.now();
          const second = at.getSeconds();
          // A busy instance may be a second late; it is the same occurrence.
          at.setSeconds(job.cron.split(' ').length > 5 ? second - (second % 10) : 0, 0);
          await boss.send(job.name, {}, { id: occurrenceId(job.name, at.toISOString()) });
          failing = false;
        },
      ),
  );
  return {
    desk: createDesk(ctx, boss, jobs),
    status: () => (failing ? 'failing' : 'connected'),
    async stop(patienceMs) {
      for (const timer of timers) timer.stop();
      await boss.stop({ graceful: true, timeout: patienceMs });
    },
  };
}

/** Runs what was taken from the queue and says what the queue shall keep of it: never more than an operator may read. */
async function workOff(ctx: JobContext, job: Job, { id, data }: QueuedJob<Sent | null>) {
  try {
    const result = await runJob({ ...ctx, askedBy: data?.askedBy }, job);
    return { id, status: 'completed' as const, output: keepResult(job, result) };
  } catch (error) {
    ctx.log.error({ err: error, job: job.name }, 'a job failed');
    return { id, status: 'failed' as const, output: keepError(error) };
  }
}

export async function runJob(ctx: JobContext, job: Job) {
  const startedMs = performance.now();
  const result = await job.run(as(ctx, { kind: 'job', name: job.name }));
  const level = job.failed?.(result) ? 'error' : 'debug';
  ctx.log[level]({ job: job.name, result, tookMs: Math.round(performance.now() - startedMs) }, 'a job has run');
  return result;
}
