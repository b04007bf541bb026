import { Cron } from 'croner';
import { type Db as Connection, PgBoss } from 'pg-boss';
import { days, seconds } from '../core/clock.ts';
import type { Context, TxContext } from '../core/context.ts';
import { runStatement } from '../core/db.ts';
import type { Job } from './job.ts';

export const SCHEMA = 'queue';
export const DEAD = 'dead';

const DEAD_LETTERS_KEPT_MS = days(90);

/**
 * Connects to the queue in PostgreSQL and tells it of every job as it is declared today. An instance that does not work
 * jobs off leaves the care of the queue to those that do.
 */
export async function openBoss(
  ctx: Context,
  url: string,
  jobs: readonly Job[],
  options: { works: boolean; onError(): void },
): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: url,
    max: options.works ? 3 : 2,
    application_name: 'abtpro-jobs',
    schema: SCHEMA,
    schedule: false, // croner decides when
    supervise: options.works,
  });
  boss.on('error', (error) => {
    options.onError();
    ctx.log.error({ err: error }, 'the job queue is in trouble');
  });
  try {
    await boss.start();
    await declare(boss, DEAD, { retentionSeconds: DEAD_LETTERS_KEPT_MS / 1000 });
    for (const job of jobs)
      await declare(boss, job.name, {
        retryLimit: 3,
        retryBackoff: true,
        expireInSeconds: Math.ceil(job.timeoutMs / 1000),
        deadLetter: DEAD,
        deleteAfterSeconds: keptSeconds(job),
      });
    return boss;
  } catch (error) {
    await boss.stop({ graceful: false });
    throw error;
  }
}

type QueueOptions = NonNullable<Parameters<PgBoss['createQueue']>[1]>;

/** A queue that is there already keeps the options it was made with until it is told of others. */
async function declare(boss: PgBoss, name: string, options: QueueOptions): Promise<void> {
  await boss.createQueue(name, options);
  await boss.updateQueue(name, options);
}

/** Ended runs are kept for a day and for ten turns of the schedule, so that there is always a last one to look at. */
function keptSeconds(job: Job): number {
  const [first, second] = scheduleOf(job).nextRuns(2);
  const turnMs = first && second ? second.getTime() - first.getTime() : 0;
  return Math.ceil(Math.max(days(1), 10 * turnMs + seconds(1)) / 1000);
}

/** When a job runs by itself. Paused: asking it starts nothing. */
export const scheduleOf = ({ cron }: Job) => new Cron(cron, { timezone: 'Asia/Bangkok', paused: true });

/** What pg-boss does through this happens in the transaction of `ctx`. */
export const within = (ctx: TxContext): { db: Connection } => ({
  db: { executeSql: async (text, values) => ({ rows: await runStatement(ctx.db, text, values) }) },
});
