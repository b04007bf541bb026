import { z } from 'zod';
import { type Described, describeError } from '../core/error.ts';
import type { LastRun } from '../core/ops/jobDesk.ts';
import type { Job, JobResult } from './job.ts';

/** What the queue keeps of a run: short, and nothing that an operator may not read. */

type Summary = LastRun['summary'];

/** Lists become their length: what was found is kept where it belongs, and a run only says how much it was. */
export function keepResult(job: Job, result: JobResult): { summary: Summary; badNews: boolean } {
  const short = Object.entries(result).map(([name, value]) => [name, shorten(value)] as const);
  return { summary: Object.fromEntries(short), badNews: job.failed?.(result) ?? false };
}

function shorten(value: unknown): Summary[string] {
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? Object.keys(value).length : String(value).slice(0, 200);
}

/** An error as the log has it. Whatever else hangs on an error (the values of a query, a request) is not kept. */
export const keepError = (error: unknown): Described => describeError(error);

const result = z.object({
  summary: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  badNews: z.boolean(),
});

/** What `keepResult` kept; nothing for a run of an older version. */
export function readResult(output: unknown): { summary: Summary; badNews: boolean } {
  const { data } = result.safeParse(output);
  return data ?? { summary: {}, badNews: false };
}

const described = z.object({
  name: z.string().optional(),
  message: z.string(),
  code: z.string().optional(),
  cause: z.unknown().optional(),
});

const DEEPEST = 5;

/** One line an error, the cause last. pg-boss itself wraps what it has to say in `value`. */
export function readErrors(output: unknown): string[] {
  const lines: string[] = [];
  let next = z.object({ value: z.unknown() }).safeParse(output).data?.value ?? output;
  while (lines.length < DEEPEST) {
    const { data: error } = described.safeParse(next);
    if (!error) break;
    const { message } = describeError(new Error(error.message)); // an older version kept more than this one
    lines.push([error.name, error.code].filter(Boolean).join(' ') + (error.name ? ': ' : '') + message);
    next = error.cause;
  }
  return lines;
}
