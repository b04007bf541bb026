import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Actor } from '../../src/core/access.ts';
import { Refusal } from '../../src/core/error.ts';
import type { Answer, Call, Death, Deeds } from './childRental.ts';
import { job } from './money.ts';
import type { World } from './world.ts';

const PROGRAM = new URL('./childRental.ts', import.meta.url).pathname;
const MOST_LIVES = 50;

type InputOf<D extends keyof Deeds> = Parameters<Deeds[D]>[1];
type ResultOf<D extends keyof Deeds> = Awaited<ReturnType<Deeds[D]>>;

/** Renting in a process that can be killed: whoever asked it asks its successor the same again until there is an answer. */
export interface Mortal {
  /** `dies` says when the first of those who are asked is killed; `killAfterMs` kills from outside. */
  ask<D extends keyof Deeds>(
    world: World,
    call: { does: D; actor: Actor; input: InputOf<D>; deaths?: readonly (Death | undefined)[] },
  ): Promise<ResultOf<D>>;
  /** Whoever does the work now dies at once, whatever it is at. */
  kill(): void;
  deaths(): number;
  /** What the processes have logged as errors, at what and when. */
  errors(): readonly string[];
  close(): void;
}

interface Life {
  name: string;
  child: ChildProcess;
  waiting: Map<number, (answer: Answer | 'died') => void>;
  successor?: Promise<Life>;
}

let lives = 0;

/** Compiled once for all lives: a start takes a third less. */
const compiled = mkdtempSync(join(tmpdir(), 'abtpro-mortal-'));
process.once('exit', () => rmSync(compiled, { recursive: true, force: true }));

function begin(): Life {
  lives += 1;
  const name = `mortal-${process.pid}-${lives}`;
  const env = { PATH: process.env.PATH ?? '', APPLICATION_NAME: name, NODE_COMPILE_CACHE: compiled };
  const child = fork(PROGRAM, [], { execArgv: [], serialization: 'advanced', env });
  const waiting: Life['waiting'] = new Map();
  child.on('message', (answer: Answer) => {
    waiting.get(answer.call)?.(answer);
    waiting.delete(answer.call);
  });
  child.once('exit', () => {
    for (const died of waiting.values()) died('died');
    waiting.clear();
  });
  return { name, child, waiting };
}

/** Starts the process and a second one, which is ready when the first one dies. */
export function startMortal(): Mortal {
  let [current, spare] = [begin(), begin()];
  let [calls, deaths] = [0, 0];
  const errors: string[] = [];

  function tell(life: Life, call: Omit<Call, 'call'>): Promise<Answer | 'died'> {
    calls += 1;
    const numbered = { ...call, call: calls };
    return new Promise((resolve) => {
      if (life.child.exitCode !== null || life.child.signalCode !== null) return resolve('died');
      life.waiting.set(numbered.call, resolve);
      life.child.send(numbered, (error) => error && life.waiting.delete(numbered.call) && resolve('died'));
    });
  }

  /** What was under way has ended with its sessions: PostgreSQL needs a moment to see that nobody is there. */
  async function bury(world: World, { name }: Life): Promise<void> {
    const { db } = world.ctx(job);
    for (const untilMs = performance.now() + 10_000; ; await sleep(2)) {
      const left = await db.execute(sql`select 1 from pg_stat_activity where application_name = ${name}`);
      if (left.length === 0) return;
      if (performance.now() > untilMs) throw new Error('the sessions of a killed process stay open');
    }
  }

  function succeed(world: World, life: Life): Promise<Life> {
    life.successor ??= (async () => {
      deaths += 1;
      const next = spare;
      spare = begin();
      await bury(world, life);
      current = next;
      return next;
    })();
    return life.successor;
  }

  return {
    async ask(world, { deaths: dying = [], ...call }) {
      const atMs = world.clock.now().getTime();
      let life = current;
      for (let n = 0; n < MOST_LIVES; n++) {
        const answer = await tell(life, { ...call, url: world.url, atMs, dies: dying[n] });
        if (answer === 'died') {
          life = await succeed(world, life);
          continue;
        }
        errors.push(...answer.errors.map((error) => `${call.does} at ${atMs}: ${error}`));
        if ('refused' in answer) throw new Refusal(answer.refused);
        if ('failed' in answer) throw new Error(answer.failed);
        return answer.result as Awaited<ReturnType<Deeds[typeof call.does]>> as never; // the child answers what it was asked
      }
      throw new Error('it has died too often');
    },
    kill: () => current.child.kill('SIGKILL'),
    deaths: () => deaths,
    errors: () => errors,
    close() {
      for (const { child } of [current, spare]) child.kill('SIGKILL');
    },
  };
}
