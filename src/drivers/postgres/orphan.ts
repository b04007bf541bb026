import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runAs } from './owner.ts';

/**
 * Clears the way after a process of ours that was killed. Call it only while holding the instance lock of the data directory.
 *
 * The server it left behind, if it still runs, is stopped. `postmaster.pid` may also name a process that is gone, or whose number now
 * belongs to another program, and then PostgreSQL would refuse to start. Removing the file would also remove PostgreSQL's own check for
 * backends still at work (it holds the key of their shared memory), so we write our own number in: PostgreSQL ignores its parent's.
 */
export async function clearOrphan(directory: string, log: (line: string) => void): Promise<void> {
  const path = join(directory, 'postmaster.pid');
  const content = await readFile(path, 'utf8').catch(() => null);
  if (content === null) return;
  const pid = Number(content.split('\n')[0]);
  // A machine that lost its power can leave the file empty.
  if (!Number.isInteger(pid) || pid <= 1) return rm(path, { force: true });
  if (await isServerOf(directory, pid)) {
    log(`Stopping the PostgreSQL (pid ${pid}) that an earlier run left behind.`);
    await stopServer(pid, () => isServerOf(directory, pid));
  }
  const left = await readFile(path, 'utf8').catch(() => null);
  if (left !== null) await writeFile(path, left.replace(/^.*/, String(process.pid)));
}

/** Fast shutdown, then immediate, then by force; each is safe for the data. Throws when not even that helps. */
async function stopServer(pid: number, isRunning: () => Promise<boolean>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return;
      throw error;
    }
    for (let waitedMs = 0; waitedMs < 5000; waitedMs += 20) {
      if (!(await isRunning())) return;
      await sleep(20);
    }
  }
  throw new Error(
    `The PostgreSQL with pid ${pid}, left behind by an earlier run, does not stop; end it and start again.`,
  );
}

/**
 * Whether `pid` is a PostgreSQL server of exactly this directory. Told from its command line, which any user may read (its
 * executable, in a container, not even root); a server process keeps its own, the children it forks rewrite theirs.
 */
async function isServerOf(directory: string, pid: number): Promise<boolean> {
  if (process.platform !== 'linux') {
    const { ok, output } = await runAs(null, 'ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
    return ok && output.includes(`postgres -D ${directory} `);
  }
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program = '', ...args] = commandLine.split('\0');
  return basename(program) === 'postgres' && args[args.indexOf('-D') + 1] === directory;
}
