import { eq, inArray } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunRequest } from '../../../src/core/backtest/request.ts';
import {
  cancelRun,
  endRun,
  handBackRun,
  queueRun,
  type Run,
  reportRun,
  takeRun,
} from '../../../src/core/backtest/run.ts';
import { hasEnded, listRuns, queuePlace, readRun } from '../../../src/core/backtest/runs.ts';
import { backtestRun } from '../../../src/core/backtest/tables.ts';
import type { UserId } from '../../../src/core/id.ts';
import { notice } from '../../../src/core/notices/tables.ts';
import { closeAccount } from '../../../src/core/ops/closing.ts';
import { blockUser, unblockUser } from '../../../src/core/people/user.ts';
import { operator } from '../../support/money.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const job = () => world.ctx({ kind: 'job', name: 'runs' });
const as = (userId: UserId) => world.ctx({ kind: 'user', userId });
const request: RunRequest = {
  strategy: 'sma_cross',
  params: { fast: 10, slow: 50 },
  source: 'demo',
  symbol: 'BTC/USDT',
  timeframe: '1h',
  fromMs: Date.UTC(2024, 0, 1),
  toMs: Date.UTC(2025, 0, 1),
  settings: {},
};
let asked = 0;
async function ask(userId: UserId, requestKey = `key-${asked++}`): Promise<Run> {
  world.clock.pass(1);
  return queueRun(as(userId), { userId, identityId: null, requestKey, kind: 'backtest', request });
}
const person = async () => (await world.person()).userId;
const taken = async () => {
  const run = await takeRun(job());
  if (!run) throw new Error('nothing to take');
  return run;
};
const done = { status: 'done', result: { final: '1' }, trades: [] } as const;

test('a run waits, is taken, reports, and ends with its result', async () => {
  const userId = await person();
  const { id } = await ask(userId);
  const run = await taken();
  expect([run.id, run.status, run.attempts]).toEqual([id, 'running', 1]);
  expect(await reportRun(job(), run, 0.4567)).toBe('go_on');
  expect((await readRun(as(userId), { userId, runId: id })).progress).toBe(457);
  expect(await endRun(job(), run, done)).toBe(true);
  expect(await readRun(as(userId), { userId, runId: id })).toMatchObject({
    status: 'done',
    progress: 1000,
    result: { final: '1' },
  });
  expect(await endRun(job(), run, { status: 'failed', code: 'run.interrupted' })).toBe(false);
  expect(await takeRun(job())).toBeUndefined();
});

test('the same message asks once, however often it comes and however many at once', async () => {
  const userId = await person();
  const runs = await Promise.all(Array.from({ length: 8 }, () => ask(userId, 'same')));
  expect(new Set(runs.map((run) => run.id)).size).toBe(1);
  const stranger = await person();
  await expect(ask(stranger, 'same')).rejects.toMatchObject({ code: 'access.denied' });
});

test('nobody has more than three running, and who has fewest comes first', async () => {
  const [busy, patient] = [await person(), await person()];
  for (let n = 0; n < 6; n++) await ask(busy);
  const late = await ask(patient);
  const owners = [];
  for (let n = 0; n < 4; n++) owners.push((await taken()).userId);
  expect(owners).toEqual([busy, patient, busy, busy]);
  expect((await readRun(as(patient), { userId: patient, runId: late.id })).status).toBe('running');
  expect(await takeRun(job())).toBeUndefined();
});

test('the runs of somebody who is blocked wait, and go on afterwards', async () => {
  const userId = await person();
  const { id } = await ask(userId);
  await blockUser(world.ctx(operator), { userId, reason: 'why' });
  expect(await takeRun(job())).toBeUndefined();
  await unblockUser(world.ctx(operator), { userId, reason: 'why' });
  expect((await taken()).id).toBe(id);
});

test('many instances taking at once take each run once', async () => {
  const people = await Promise.all(Array.from({ length: 5 }, person));
  for (const userId of people) for (let n = 0; n < 3; n++) await ask(userId);
  const other = world.another();
  const runs = await Promise.all(Array.from({ length: 24 }, (_, n) => takeRun(n % 2 ? job() : other)));
  const ids = runs.flatMap((run) => (run ? [run.id] : []));
  expect([ids.length, new Set(ids).size]).toEqual([15, 15]);
});

test('a run whose instance is dead starts again by itself, once, and the dead one has no say any more', async () => {
  const userId = await person();
  await ask(userId);
  const first = await taken();
  world.clock.pass(29_000);
  expect(await takeRun(job())).toBeUndefined();
  world.clock.pass(2_000);
  const again = await Promise.all([takeRun(job()), takeRun(world.another())]);
  const [second] = again.filter((run) => run !== undefined);
  expect(again.filter((run) => run !== undefined).length).toBe(1);
  expect([second?.id, second?.attempts]).toEqual([first.id, 2]);
  expect(await reportRun(job(), first, 0.9)).toBe('lost');
  expect(await endRun(job(), first, done)).toBe(false);
  expect(second && (await endRun(job(), second, done))).toBe(true);
});

test('reports keep the lease, and the third death is the last: run.interrupted', async () => {
  const userId = await person();
  const { id } = await ask(userId);
  const run = await taken();
  for (let n = 0; n < 5; n++) {
    world.clock.pass(20_000);
    expect(await reportRun(job(), run, n / 5)).toBe('go_on');
  }
  for (const attempts of [2, 3]) {
    world.clock.pass(31_000);
    expect((await taken()).attempts).toBe(attempts);
  }
  world.clock.pass(31_000);
  expect(await takeRun(job())).toBeUndefined();
  expect(await readRun(as(userId), { userId, runId: id })).toMatchObject({
    status: 'failed',
    failure: 'run.interrupted',
  });
});

test('an instance that stops in order gives its run back without counting an attempt', async () => {
  const userId = await person();
  await ask(userId);
  await handBackRun(job(), await taken());
  expect((await taken()).attempts).toBe(1);
});

test('a waiting run is cancelled at once, a running one is told, and an ended one refuses run.ended', async () => {
  const userId = await person();
  const [running, waiting] = [await ask(userId), await ask(userId)];
  const run = await taken();
  expect((await cancelRun(as(userId), { userId, runId: waiting.id })).status).toBe('cancelled');
  expect((await cancelRun(as(userId), { userId, runId: waiting.id })).status).toBe('cancelled');
  expect((await cancelRun(as(userId), { userId, runId: running.id })).cancelAsked).toBe(true);
  expect(await reportRun(job(), run, 0.5)).toBe('cancel');
  await endRun(job(), run, { status: 'cancelled' });
  const ended = await ask(userId);
  await endRun(job(), await taken(), done);
  await expect(cancelRun(as(userId), { userId, runId: ended.id })).rejects.toMatchObject({ code: 'run.ended' });
});

test('a run that ends while its cancelling is under way is cancelled, as its person was told', async () => {
  const userId = await person();
  const { id } = await ask(userId);
  const run = await taken();
  await cancelRun(as(userId), { userId, runId: id });
  expect(await endRun(job(), run, done)).toBe(true);
  expect(await readRun(as(userId), { userId, runId: id })).toMatchObject({ status: 'cancelled', result: null });
  expect(await job().db.select().from(notice).where(eq(notice.userId, userId))).toEqual([]);
});

test('whether a run has ended is told to its owner alone', async () => {
  const [owner, stranger] = [await person(), await person()];
  const { id } = await ask(owner);
  await endRun(job(), await taken(), done);
  expect(await hasEnded(as(owner), { userId: owner, runId: id })).toBe(true);
  expect(await hasEnded(as(stranger), { userId: stranger, runId: id })).toBe(false);
});

test('an account that is closed keeps no run: what is being worked on is lost, and nobody is told', async () => {
  const userId = await person();
  const ids = [(await ask(userId)).id, (await ask(userId)).id];
  const run = await taken();
  await closeAccount(world.ctx(operator), { userId, reason: 'asked for it' });
  expect(await job().db.select().from(backtestRun).where(inArray(backtestRun.id, ids))).toEqual([]);
  expect(await reportRun(job(), run, 0.5)).toBe('lost');
  expect(await endRun(job(), run, done)).toBe(false);
  expect(await takeRun(job())).toBeUndefined();
});

test('a run that was cancelled while its instance died stays cancelled', async () => {
  const userId = await person();
  const { id } = await ask(userId);
  await taken();
  await cancelRun(as(userId), { userId, runId: id });
  world.clock.pass(31_000);
  expect(await takeRun(job())).toBeUndefined();
  expect((await readRun(as(userId), { userId, runId: id })).status).toBe('cancelled');
});

test('twenty may wait, then run.too_many_waiting, also when all are asked for at once', async () => {
  const userId = await person();
  const results = await Promise.allSettled(Array.from({ length: 30 }, () => ask(userId)));
  expect(results.filter((result) => result.status === 'fulfilled').length).toBe(20);
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'run.too_many_waiting' });
});

test('runs are their owner’s: anybody else meets run.missing or is denied', async () => {
  const [owner, stranger] = [await person(), await person()];
  const { id } = await ask(owner);
  const theirs = { userId: stranger, runId: id };
  await expect(readRun(as(stranger), theirs)).rejects.toMatchObject({ code: 'run.missing' });
  await expect(cancelRun(as(stranger), theirs)).rejects.toMatchObject({ code: 'run.missing' });
  await expect(readRun(as(stranger), { userId: owner, runId: id })).rejects.toMatchObject({ code: 'access.denied' });
  await expect(takeRun(as(stranger))).rejects.toMatchObject({ code: 'access.denied' });
  expect((await listRuns(as(stranger), { userId: stranger, page: 1 })).items).toEqual([]);
});

test('the list pages, newest first, and a place in the queue counts who is before', async () => {
  const userId = await person();
  const runs = [];
  for (let n = 0; n < 12; n++) runs.push(await ask(userId));
  const [first, second] = [
    await listRuns(as(userId), { userId, page: 1 }),
    await listRuns(as(userId), { userId, page: 2 }),
  ];
  expect([...first.items, ...second.items].map((run) => run.id)).toEqual(runs.map((run) => run.id).reverse());
  expect([first.hasMore, second.hasMore]).toEqual([true, false]);
  expect(await Promise.all(runs.slice(0, 3).map((run) => queuePlace(job(), run)))).toEqual([0, 1, 2]);
});
