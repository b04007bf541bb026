import { type Permission, requirePermission } from '../access.ts';
import { writeAudit } from '../audit.ts';
import { type Context, inTransaction, type TxContext } from '../context.ts';
import { fail } from '../error.ts';
import { operatorNames } from './operatorNames.ts';
import { PAGE, type Page, pageOf } from './payments.ts';

/** How a run of a job ended: `bad_news` did its work and found something that is wrong. */
export type JobOutcome = 'done' | 'bad_news' | 'failed';

export interface LastRun {
  endedAt: Date;
  tookMs: number;
  outcome: JobOutcome;
  /** What the job said about its work. */
  summary: Readonly<Record<string, string | number | boolean | null>>;
  /** What went wrong, one line an error, the cause last. Empty unless it failed. */
  errors: readonly string[];
  /** Who asked for it, as audit lines name an actor; null for the schedule. */
  askedBy: string | null;
}

export interface JobState {
  name: string;
  /** Five fields, Bangkok time. */
  cron: string;
  nextAt: Date | null;
  waiting: number;
  running: number;
  /** Failed, and will be tried again by themselves. */
  retrying: number;
  /** Given up, and still kept. */
  failed: number;
  last: LastRun | null;
}

/** A run that failed: given up, or waiting for its next try. */
export interface FailedRun {
  id: string;
  name: string;
  failedAt: Date | null;
  /** When it is tried again by itself; null when it was given up. */
  nextAt: Date | null;
  attempts: number;
  errors: readonly string[];
}

/** A run that was given up, kept apart until an operator retries or drops it. */
export interface DeadLetter {
  id: string;
  name: string;
  diedAt: Date;
  attempts: number;
  errors: readonly string[];
}

/**
 * The queue as operators see it, which `jobs` knows and core does not. Readings that the queue cannot give are refused
 * with `queue.away`. What changes something does so in the caller's transaction and says whether there was anything to
 * change: what was dealt with already stays as it is.
 */
export interface JobDesk {
  readonly names: readonly string[];
  /** How these jobs stand, or all of them. */
  read(now: Date, names?: readonly string[]): Promise<JobState[]>;
  /** From the newest, `limit` of them after `offset`. */
  failures(slice: { limit: number; offset: number }): Promise<FailedRun[]>;
  deadLetters(slice: { limit: number; offset: number }): Promise<DeadLetter[]>;
  /** Puts one run into the queue; the same key a second time is the same run. */
  send(ctx: TxContext, run: { name: string; key: string; askedBy: string }): Promise<boolean>;
  /** Lets a failed run be tried once more, and takes its dead letter away. */
  retry(ctx: TxContext, run: { name: string; id: string }): Promise<boolean>;
  /** The job a dead letter is of; null when it is not there any more. */
  jobOf(ctx: TxContext, letterId: string): Promise<string | null>;
  revive(ctx: TxContext, letterId: string): Promise<boolean>;
  drop(ctx: TxContext, letterId: string): Promise<boolean>;
}

export type DeskContext = Context & { desk: JobDesk };

export type JobRow = JobState & { askedByName: string | undefined };

/** Every job with its schedule, what waits in its queue and how its last run went. */
export async function listJobs(ctx: DeskContext): Promise<JobRow[]> {
  requirePermission(ctx, 'jobs.read');
  const jobs = await ctx.desk.read(ctx.clock.now());
  const names = await operatorNames(
    ctx,
    jobs.map(({ last }) => last?.askedBy),
  );
  return jobs.map((job) => ({ ...job, askedByName: names.get(job.last?.askedBy ?? '') }));
}

const slice = (page: number) => ({ limit: PAGE + 1, offset: (page - 1) * PAGE });

export async function listFailedRuns(ctx: DeskContext, input: { page: number }): Promise<Page<FailedRun>> {
  requirePermission(ctx, 'jobs.read');
  return pageOf(await ctx.desk.failures(slice(input.page)), input.page);
}

export async function listDeadLetters(ctx: DeskContext, input: { page: number }): Promise<Page<DeadLetter>> {
  requirePermission(ctx, 'jobs.read');
  return pageOf(await ctx.desk.deadLetters(slice(input.page)), input.page);
}

/** Runs a job once, besides its schedule. The same form sent twice is one run. */
export async function startJob(ctx: DeskContext, input: { name: string; requestKey: string }): Promise<void> {
  await sendRun(ctx, 'jobs.retry', input);
}

/** Compares the ledger now, in the background. An operator who may do nothing else with jobs may do this. */
export async function startReconciliation(ctx: DeskContext, input: { requestKey: string }): Promise<void> {
  await sendRun(ctx, 'ledger.reconcile', { name: 'ledger.reconcile', ...input });
}

async function sendRun(ctx: DeskContext, permission: Permission, input: { name: string; requestKey: string }) {
  const { operatorId } = requirePermission(ctx, permission);
  const { desk } = ctx;
  const name = knownName(desk, input.name);
  const askedBy = `operator:${operatorId}`;
  await inTransaction(ctx, async (ctx) => {
    const isNew = await desk.send(ctx, { name, key: `${askedBy}:${input.requestKey}`, askedBy });
    if (isNew) await writeAudit(ctx, 'job.started', `job:${name}`, { request: input.requestKey });
  });
}

/** Whether there was anything left to do: `gone` was retried, dropped or forgotten meanwhile. */
export type DeskAnswer = 'done' | 'gone';

export async function retryRun(ctx: DeskContext, input: { name: string; runId: string }): Promise<DeskAnswer> {
  requirePermission(ctx, 'jobs.retry');
  const { desk } = ctx;
  const name = knownName(desk, input.name);
  const id = checkedId(input.runId);
  return inTransaction(ctx, async (ctx) => {
    if (!(await desk.retry(ctx, { name, id }))) return 'gone';
    await writeAudit(ctx, 'job.retried', `job:${name}`, { run: id });
    return 'done';
  });
}

/** Gives a run that was given up another chance. Refuses `job.missing` where the job itself is not there any more. */
export async function retryDeadLetter(ctx: DeskContext, input: { letterId: string }): Promise<DeskAnswer> {
  requirePermission(ctx, 'jobs.retry');
  const { desk } = ctx;
  const id = checkedId(input.letterId);
  return inTransaction(ctx, async (ctx) => {
    const name = await desk.jobOf(ctx, id);
    if (name === null) return 'gone';
    knownName(desk, name);
    if (!(await desk.revive(ctx, id))) return 'gone';
    await writeAudit(ctx, 'dead_letter.retried', `job:${name}`, { letter: id });
    return 'done';
  });
}

export async function dropDeadLetter(ctx: DeskContext, input: { letterId: string }): Promise<DeskAnswer> {
  requirePermission(ctx, 'jobs.retry');
  const { desk } = ctx;
  const id = checkedId(input.letterId);
  return inTransaction(ctx, async (ctx) => {
    const name = await desk.jobOf(ctx, id);
    if (name === null || !(await desk.drop(ctx, id))) return 'gone';
    await writeAudit(ctx, 'dead_letter.dropped', `job:${name}`, { letter: id });
    return 'done';
  });
}

const knownName = (desk: JobDesk, name: string) => (desk.names.includes(name) ? name : fail('job.missing'));

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const checkedId = (id: string) => (UUID.test(id) ? id : fail('job.missing'));
