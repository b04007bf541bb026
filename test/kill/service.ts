import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

export interface Service {
  pid: number;
  url: string;
  /** The last lines it wrote, both streams. */
  output(): string;
  /** Resolves when it answers /health with 200, or, without a web role, says that it is running. */
  ready(): Promise<void>;
  /** Sends a signal to this one process and tells how it ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Ending>;
  ended: Promise<Ending>;
}

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  tookMs: number;
}

export interface Start {
  port: number;
  env: Record<string, string>;
  /** Where it runs: a folder without a `.env`. */
  cwd: string;
  /** Another program than the service. */
  program?: string;
}

const running = new Set<ChildProcess>();
// A test run that ends early leaves no service behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the real service, or another `program`, as a process of its own with this environment and nothing else. */
export function startService({ port, env, cwd, program = MAIN }: Start): Service {
  const child = spawn(process.execPath, [program], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const output = keepOutput([child.stdout, child.stderr]);
  let askedAtMs = performance.now();
  const ended = once(child, 'exit').then(([code, signal]): Ending => {
    running.delete(child);
    return { code, signal, tookMs: performance.now() - askedAtMs };
  });
  const url = `http://127.0.0.1:${port}`;
  const hasWeb = (env.ROLES ?? 'web').includes('web');
  return {
    pid: child.pid ?? 0,
    url,
    output,
    ended,
    async ready() {
      const isReady = hasWeb ? () => isHealthy(url) : async () => output().includes('is running');
      const untilMs = performance.now() + 30_000;
      while (!(await isReady())) {
        if (child.exitCode !== null || child.signalCode !== null || performance.now() > untilMs)
          throw new Error(`the service did not come up:\n${output()}`);
        await sleep(20);
      }
    },
    end(signal) {
      askedAtMs = performance.now();
      child.kill(signal);
      return ended;
    },
  };
}

export async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(3000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

function keepOutput(streams: Readable[]): () => string {
  let kept = '';
  for (const stream of streams)
    stream.setEncoding('utf8').on('data', (text) => {
      kept = (kept + text).slice(-20_000);
    });
  return () => kept;
}

/** A port that is free now, for a service that is started on it again and again. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (!address || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** All processes below `pid`, read from the system (Linux). */
export function processesUnder(pid: number): number[] {
  let children: number[];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
  return children.flatMap((child) => [child, ...processesUnder(child)]);
}
