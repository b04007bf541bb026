import { parseArgs } from 'node:util';
import { type Config, ConfigError, loadConfig, readDotEnv } from './config.ts';
import { as } from './core/context.ts';
import { describeError } from './core/error.ts';
import type { Guilds } from './core/rental/guild.ts';
import { createLog, openGroundBeside } from './ground.ts';
import type { Job, JobContext, JobResult } from './jobs/job.ts';
import { jobs } from './jobs/list.ts';
import { runJob } from './jobs/queue.ts';

/** `npm run job -- <name>`: runs one job now, beside a running service or without one. */

const USAGE = 'npm run job -- <name> [--dry-run] [--at <ISO time>], or npm run job -- list';
/** Ends a dry run: what was done is taken back, what was found is kept. */
class RolledBack extends Error {
  readonly result: JobResult;
  constructor(result: JobResult) {
    super('rolled back');
    this.result = result;
  }
}

process.exitCode = await main().catch((error: unknown) => {
  const lines = error instanceof ConfigError ? error.lines : [describeError(error).message];
  process.stderr.write(`${lines.join('\n')}\n`);
  return error instanceof ConfigError ? 78 : 1;
});

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean' }, at: { type: 'string' } },
  });
  const [name] = positionals;
  if (name === 'list') return print(jobs.map(({ name, cron }) => ({ name, cron })));
  const job = jobs.find((job) => job.name === name);
  if (!job)
    throw new Error(
      `There is no job ${name ? `"${name}"` : 'without a name'}. Use: ${USAGE}\nJobs: ${jobs.map((job) => job.name).join(', ')}`,
    );
  const config = loadConfig({ ...readDotEnv('.env'), ...process.env });
  const at = values.at === undefined ? undefined : new Date(values.at);
  if (at && Number.isNaN(at.getTime()))
    throw new Error(`--at: "${values.at}" is not a time; use one like 2026-11-21T05:00:00Z`);
  if (at && config.production && !values['dry-run'])
    throw new Error('--at changes the clock, so in production it goes with --dry-run only');
  const log = createLog(config.logLevel === 'info' ? 'warn' : config.logLevel);
  const ground = await openGroundBeside(config, log);
  try {
    const plain = { ...ground.ctx({ kind: 'job', name: job.name }), guilds: await openGuilds(config) };
    const ctx = at ? { ...plain, clock: { now: () => new Date(at) } } : plain;
    const result = values['dry-run'] ? await dryRun(ctx, job) : await runJob(ctx, job);
    print([{ job: job.name, ...(values['dry-run'] ? { dryRun: true } : {}), ...result }]);
    return job.failed?.(result) ? 2 : 0;
  } finally {
    await ground.close();
  }
}

/** Roles in Discord's servers need the token alone, so a job run by hand gives them too. */
async function openGuilds({ discord }: Config): Promise<Guilds | undefined> {
  if (!discord) return undefined;
  const { createGuilds } = await import('./bot/discord/guilds.ts');
  return createGuilds(discord);
}

function print(lines: readonly object[]): number {
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  for (const line of lines) process.stdout.write(`${JSON.stringify(line, plain)}\n`);
  return 0;
}

/** Shows what a job would do: its own preview, or the run itself in a transaction that is taken back. */
async function dryRun(given: JobContext, job: Job): Promise<JobResult> {
  const ctx = as(given, { kind: 'job', name: job.name });
  if (job.preview) return job.preview(ctx);
  try {
    return await ctx.db.transaction(async (db) => {
      throw new RolledBack(await job.run({ ...ctx, db }));
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.result;
    throw error;
  }
}
