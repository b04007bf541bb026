import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type Service, startService } from '../kill/service.ts';
import { type FakeTelegram, startTelegram } from '../support/telegram.ts';
import type { FakePerson } from '../support/telegramPeople.ts';
import { type BenchDatabase, openDatabase } from './database.ts';
import { median, print, quantile, round } from './figures.ts';

const PEOPLE = 200;
const MODERATE = 20;
const ASKED = ['/wallet', '/menu', '/help', '/transactions'];

/**
 * The real service against a Bot API server on this machine: from an update to the call that answers it, then as many as
 * it answers when everybody writes at once, then how long starting takes and how much memory the process holds at rest.
 */
export async function chat({ quick }: { quick: boolean }): Promise<void> {
  const database = await openDatabase('chat');
  try {
    await answering(database, quick);
    await starting(database, quick ? 1 : 5);
  } finally {
    await database.close();
  }
}

async function answering(database: BenchDatabase, quick: boolean): Promise<void> {
  const telegram = await startTelegram();
  const { apiRoot, token } = telegram;
  const chatEnv = { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot };
  const env = { ...chatEnv, DATABASE_URL: database.url, DATA_DIR: join(database.folder, 'service') };
  const service = startService({ port: await freePort(), env, cwd: database.folder });
  try {
    await service.ready();
    const people = Array.from({ length: PEOPLE }, (_, n) => telegram.person(1000 + n, { name: `Person ${n}` }));
    await ask(telegram, people, { count: PEOPLE, perSecond: 50 }); // everybody's first message makes a person
    const calm = await ask(telegram, people, { count: MODERATE * (quick ? 5 : 30), perSecond: MODERATE });
    print({
      updatesPerSecond: MODERATE,
      updates: calm.latenciesMs.length,
      p50Ms: round(quantile(calm.latenciesMs, 0.5), 1),
      p99Ms: round(quantile(calm.latenciesMs, 0.99), 1),
    });
    const rates: number[] = [];
    for (let turn = 0; turn < (quick ? 1 : 5); turn++)
      rates.push((await ask(telegram, people, { count: PEOPLE * 5, perSecond: Number.POSITIVE_INFINITY })).perSecond);
    print({
      allAtOnce: PEOPLE * 5,
      people: PEOPLE,
      answersPerSecond: round(median(rates)),
      rounds: rates.map((r) => round(r)),
    });
  } finally {
    await service.end('SIGTERM');
    await telegram.close();
  }
}

type Load = { count: number; perSecond: number };

/** People take turns in asking, at planned moments; a latency counts from there to the message that answers. */
async function ask(telegram: FakeTelegram, people: FakePerson[], { count, perSecond }: Load) {
  const alreadyCalled = telegram.calls.length;
  const beganMs = performance.now();
  const askedMs = new Map<number, number[]>();
  for (let n = 0; n < count; n++) {
    const dueMs = beganMs + (1000 * n) / perSecond;
    if (dueMs > performance.now()) await sleep(dueMs - performance.now());
    const person = people[n % people.length] as FakePerson; // n is inside
    person.says(ASKED[Math.floor(n / people.length) % ASKED.length] ?? '/menu');
    askedMs.set(person.id, [...(askedMs.get(person.id) ?? []), dueMs]);
  }
  const answers = await answersTo(telegram, alreadyCalled, count);
  const latenciesMs = answers.map(({ chatId, at }) => at - (askedMs.get(chatId)?.shift() ?? Number.NaN));
  const lastMs = Math.max(...answers.map(({ at }) => at));
  return { latenciesMs, perSecond: (1000 * count) / (lastMs - beganMs) };
}

const SHOWING = new Set(['sendMessage', 'sendPhoto', 'sendDocument']);

/** Each question gets one new message; answers of one person come in the order of the questions. */
async function answersTo(
  telegram: FakeTelegram,
  from: number,
  count: number,
): Promise<{ chatId: number; at: number }[]> {
  const untilMs = performance.now() + 60_000;
  for (;;) {
    const answers = telegram.calls.slice(from).filter(({ method }) => SHOWING.has(method));
    if (answers.length >= count) return answers.map(({ payload, at }) => ({ chatId: payload.chat_id ?? 0, at }));
    if (performance.now() > untilMs) throw new Error(`${answers.length} answers to ${count} messages`);
    await sleep(20);
  }
}

/** From the command to the first 200 of /health, with the embedded database: made anew, then there already. */
async function starting({ folder }: BenchDatabase, times: number): Promise<void> {
  const firstMs: number[] = [];
  const laterMs: number[] = [];
  const stopMs: number[] = [];
  const restMib: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    const dataDir = join(folder, `start-${turn}`);
    for (const times of [firstMs, laterMs]) {
      const beganMs = performance.now();
      const service = startService({ port: await freePort(), env: { DATA_DIR: dataDir }, cwd: folder });
      await service.ready();
      times.push(performance.now() - beganMs);
      if (times === laterMs) restMib.push(await memoryAtRest(service));
      stopMs.push((await service.end('SIGTERM')).tookMs);
    }
    await rm(dataDir, { recursive: true, force: true });
  }
  print({
    starts: times,
    firstStartMs: round(median(firstMs)),
    laterStartMs: round(median(laterMs)),
    stopMs: round(median(stopMs)),
    memoryAtRestMib: round(median(restMib)),
  });
}

const REST_MS = 10_000;

/** What the node process alone holds, without its PostgreSQL, when nothing has happened for a while (Linux). */
async function memoryAtRest(service: Service): Promise<number> {
  await sleep(REST_MS);
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
