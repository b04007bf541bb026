import { fail } from '../../src/core/error.ts';
import type { JobDesk } from '../../src/core/ops/jobDesk.ts';

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
