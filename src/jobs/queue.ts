import { createHash } from 'node:crypto';
import { Cron } from 'croner';
import { PgBoss } from 'pg-boss';
import { as } from '../core/context.ts';
import type { Job, JobContext } from './job.ts';

export interface Queue {
  status(): 'starting' | 'connected' | 'failing';
  /** Hands running jobs back if they do not end in time; another instance, or the next start, takes them up. */
  stop(patienceMs: number): Promise<void>;
}

/** One occurrence of one job has one id, whichever instance names it: the second to send it sends nothing. */
function occurrenceId(name: string, at: Date): string {
  const hex = createHash('sha256').update(`${name}@${at.toISOString()}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/**
 * croner decides when, pg-boss decides who: every instance's croner sends the occurrence to the queue in PostgreSQL,
 * which runs it once, on any instance, again after a failure, and keeps what never succeeded as a dead letter.
 */
export async function startQueue(ctx: JobContext, url: string, jobs: readonly Job[]): Promise<Queue> {
  let failing = false;
  const boss = new PgBoss({ connectionString: url, max: 3, application_name: 'abtpro-jobs', schema: 'queue' });
  boss.on('error', (error) => {
    failing = true;
    ctx.log.error({ err: error }, 'the job queue is in trouble');
  });
  await boss.start();
  await boss.createQueue('dead');
  for (const job of jobs) {
    const options = {
      retryLimit: 3,
      retryBackoff: true,
      expireInSeconds: Math.ceil(job.timeoutMs / 1000),
      deadLetter: 'dead',
      deleteAfterSeconds: 86_400,
    };
    await boss.createQueue(job.name, options);
    await boss.work(job.name, { pollingIntervalSeconds: 5 }, async () => runJob(ctx, job));
  }
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
          at.setSeconds(0, 0); // a busy instance may be a second late; it is the same occurrence
          await boss.send(job.name, {}, { id: occurrenceId(job.name, at) });
          failing = false;
        },
      ),
  );
  return {
    status: () => (failing ? 'failing' : 'connected'),
    async stop(patienceMs) {
      for (const timer of timers) timer.stop();
      await boss.stop({ graceful: true, timeout: patienceMs });
    },
  };
}

export async function runJob(ctx: JobContext, job: Job) {
  const startedMs = performance.now();
  const result = await job.run(as(ctx, { kind: 'job', name: job.name }));
  const level = job.failed?.(result) ? 'error' : 'debug';
  ctx.log[level]({ job: job.name, result, tookMs: Math.round(performance.now() - startedMs) }, 'a job has run');
  return result;
}
