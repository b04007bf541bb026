import postgres from 'postgres';
import { fail } from '../../src/core/error.ts';
import type { JobDesk } from '../../src/core/ops/jobDesk.ts';
import { startDesk } from '../../src/jobs/desk.ts';
import type { Job } from '../../src/jobs/job.ts';
import type { World } from './world.ts';

const away = async () => fail('queue.away');

/** The desk of a world without a queue. */
export const awayDesk: JobDesk = {
  names: ['ledger.reconcile'],
  read: away,
  failures: away,
  deadLetters: away,
  send: away,
  retry: away,
  jobOf: away,
  revive: away,
  drop: away,
};

/** A real queue in the world's database that nobody works off, and a hand that writes into it as a worker would. */
export interface TestQueue {
  desk: JobDesk;
  sql: postgres.Sql;
  /** A run that was given up with this error, and its dead letter. */
  giveUp(name: string, message: string): Promise<{ runId: string; letterId: string }>;
  close(): Promise<void>;
}

export async function openQueue(world: World, jobs: readonly Job[]): Promise<TestQueue> {
  const { desk, stop } = await startDesk(world.ctx({ kind: 'job', name: 'desk' }), world.url, jobs);
  const sql = postgres(world.url, { max: 1 });
  return {
    desk,
    sql,
    async giveUp(name, message) {
      const output = { name: 'Error', message };
      const [run] = await sql<{ id: string }[]>`
        insert into queue.job (name, state, output, started_on, completed_on, retry_limit, retry_count)
        values (${name}, 'failed', ${sql.json(output)}, now(), now(), 3, 3) returning id`;
      const [letter] = await sql<{ id: string }[]>`
        insert into queue.job (name, source_name, source_id, source_output, source_retry_count)
        values ('dead', ${name}, ${run?.id ?? ''}, ${sql.json(output)}, 3) returning id`;
      return { runId: run?.id ?? '', letterId: letter?.id ?? '' };
    },
    async close() {
      await stop();
      await sql.end();
    },
  };
}
