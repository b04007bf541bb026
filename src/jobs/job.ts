import type { PortfolioContext } from '../core/portfolio/context.ts';

/** What a job may use: the ground, the vault, the exchanges, and the name of the operator it runs for, if one asked for it. */
export type JobContext = PortfolioContext & { askedBy?: string | undefined };

export type JobResult = Record<string, unknown>;

export interface Job {
  name: string;
  /** Five fields, Bangkok time. */
  cron: string;
  timeoutMs: number;
  /** Does the work. Every job may run twice at once and must not mind. */
  run(ctx: JobContext): Promise<JobResult>;
  /** What it would do, without doing it. Left out, `run` is run and rolled back. */
  preview?(ctx: JobContext): Promise<JobResult>;
  /** Whether a result is bad news; `npm run job` then ends with an error. */
  failed?(result: JobResult): boolean;
}

export const job = (declaration: Job): Job => declaration;
