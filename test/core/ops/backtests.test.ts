import { and, eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Role } from '../../../src/core/access.ts';
import { auditEntry } from '../../../src/core/audit.ts';
import type { Results } from '../../../src/core/backtest/inWords.ts';
import { cancelRun, endRun, reportRun, takeRun } from '../../../src/core/backtest/run.ts';
import type { UserId } from '../../../src/core/id.ts';
import { readRunFile, readRunStory, stopRun, TRADES_PAGE } from '../../../src/core/ops/backtestRun.ts';
import { listAllRuns, newestRunsOf, type RunFilter, readRunQueue } from '../../../src/core/ops/backtests.ts';
import { alignCurves, curveChart, fallsOf, lineChart, mapChart } from '../../../src/core/ops/runCharts.ts';
import { backtestRun, notice } from '../../../src/core/tables.ts';
import { job } from '../../support/money.ts';
import { firstOwner } from '../../support/operators.ts';
import { askRun, failNext, takeNext, workNext } from '../../support/runs.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const operator = (role: Role = 'support') => world.ctx({ kind: 'operator', operatorId: 'opr_x', role });
const person = async (name?: string) => (await world.person(name)).userId;
const ids = async (filter: RunFilter = {}) => (await listAllRuns(operator(), filter)).items.map(({ run }) => run.id);
const story = (runId: string, page = 1) => readRunStory(operator(), { runId, page });

test('everybody’s runs are listed, newest first, by person, kind, state, strategy and part of a symbol', async () => {
  const [somsri, niran] = [await person('Somsri'), await person('Niran')];
  const done = await askRun(world, somsri, 'backtest');
  await workNext(world);
  const failed = await askRun(world, somsri, 'optimize', { strategy: 'ema_cross', symbol: 'SOL/USDT' });
  await failNext(world);
  const batch = await askRun(world, niran, 'batch');
  const running = await takeNext(world);
  const waiting = await askRun(world, niran, 'backtest', { symbol: 'ETH/USDT' });
  const all = [waiting, batch, failed, done].map(({ id }) => id);
  expect(running.id).toBe(batch.id);
  expect(await ids()).toEqual(all);
  expect(await ids({ person: 'somS' })).toEqual([failed.id, done.id]);
  expect(await ids({ person: niran })).toEqual([waiting.id, batch.id]);
  expect(await ids({ person: 'nobody at all' })).toEqual([]);
  expect(await ids({ kind: 'batch' })).toEqual([batch.id]);
  expect(await ids({ strategy: 'ema_cross' })).toEqual([failed.id]);
  expect(await ids({ symbol: 'eth' })).toEqual([waiting.id, batch.id]); // the batch has it among others
  expect(await ids({ symbol: 'e_h' })).toEqual([]);
  expect(await ids({ status: 'queued' })).toEqual([waiting.id]);
  expect(await ids({ status: 'running', strategy: 'sma_cross' })).toEqual([batch.id]);
  expect(await ids({ status: 'running', strategy: 'ema_cross' })).toEqual([]);
  expect(await ids({ status: 'failed', person: somsri })).toEqual([failed.id]);
  const [row] = (await listAllRuns(operator(), { status: 'done' })).items;
  expect(row?.run.totalReturnPct).toBeTypeOf('number');
  expect(row?.run).not.toHaveProperty('result');
});

/** Many rows at once, as no person could ask for. */
const many = (userId: UserId, count: number) =>
  world.ctx(job).db.execute(sql`
    insert into backtest_run (id, user_id, request_key, kind, request, status, created_at, started_at, ended_at)
    select 'btr_' || lpad(n::text, 26, '0'), ${userId}, 'many-' || n, 'backtest',
      '{"strategy":"macd","symbol":"BTC/USDT","timeframe":"1h","params":{},"settings":{}}', 'done',
      '2020-01-01', '2020-01-01', '2020-01-01' from generate_series(1, ${count}::int) n`);

test('pages go on without a gap, and what is rare is looked for stretch by stretch', async () => {
  const userId = await person();
  await many(userId, 20_030);
  const rare = 'btr_' + '5'.padStart(26, '0');
  await world.ctx(job).db.update(backtestRun).set({ status: 'failed' }).where(eq(backtestRun.id, rare));
  const first = await listAllRuns(operator(), {});
  expect(first.items).toHaveLength(25);
  const second = await listAllRuns(operator(), { before: first.next });
  const seen = [...first.items, ...second.items].map(({ run }) => Number(run.id.slice(4)));
  expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => 20_030 - n));
  const stretch = await listAllRuns(operator(), { status: 'failed' });
  expect(stretch.items).toEqual([]);
  expect(stretch.next).toBe('btr_' + '31'.padStart(26, '0'));
  const found = await listAllRuns(operator(), { status: 'failed', before: stretch.next });
  expect(found.items.map(({ run }) => run.id)).toEqual([rare]);
  expect(found.next).toBeUndefined();
  const last = await listAllRuns(operator(), { before: rare });
  expect([last.items.length, last.next]).toEqual([4, undefined]);
});

test('the queue says how many wait and since when, who has which lease, and how the last day went', async () => {
  const somsri = await person('Somsri');
  const quiet = await readRunQueue(operator());
  expect(quiet).toMatchObject({ waiting: 0, oldestWaitingAt: null, running: 0, rows: [], isPart: false });
  expect(quiet.day).toEqual({ done: 0, failed: 0, cancelled: 0, averageMs: null });
  await askRun(world, somsri, 'backtest');
  await workNext(world);
  world.clock.pass(25 * 3_600_000);
  await askRun(world, somsri, 'backtest');
  await workNext(world); // 1.5 seconds each
  await askRun(world, somsri, 'backtest');
  await failNext(world);
  const running = await askRun(world, somsri, 'backtest');
  await takeNext(world);
  const oldest = await askRun(world, somsri, 'backtest');
  const withdrawn = await askRun(world, somsri, 'backtest');
  await cancelRun(world.ctx({ kind: 'user', userId: somsri }), { userId: somsri, runId: withdrawn.id });
  const queue = await readRunQueue(operator());
  expect(queue).toMatchObject({ waiting: 1, running: 1, oldestWaitingAt: oldest.createdAt });
  expect(queue.day).toEqual({ done: 1, failed: 1, cancelled: 1, averageMs: 1_500 });
  expect(queue.rows.map(({ run, user }) => [run.id, user.displayName])).toEqual([[running.id, 'Somsri']]);
  expect(queue.rows[0]?.run.leasedUntil?.getTime()).toBeGreaterThan(world.clock.now().getTime());
});

test('a run is told with its person, its place, its result and one page of its trades', async () => {
  const userId = await person('Somsri');
  const { id } = await askRun(world, userId, 'backtest');
  const behind = await askRun(world, userId, 'backtest');
  expect((await story(behind.id)).place).toBe(1);
  const { trades } = await workNext(world);
  const all = trades ?? [];
  expect(all.length).toBeGreaterThan(TRADES_PAGE);
  const first = await story(id);
  expect([first.user.id, first.run.status, first.tradeCount]).toEqual([userId, 'done', all.length]);
  expect(first.run).not.toHaveProperty('trades');
  expect(first.trades).toEqual(all.slice(0, TRADES_PAGE));
  expect((await story(id, 2)).trades).toEqual(all.slice(TRADES_PAGE, 2 * TRADES_PAGE));
  expect((await story(id, 10_000)).trades).toEqual([]);
  expect((await readRunFile(operator(), { runId: id })).trades).toEqual(all);
  await expect(readRunFile(operator(), { runId: behind.id })).rejects.toMatchObject({ code: 'run.not_done' });
  await expect(story('btr_nothing')).rejects.toMatchObject({ code: 'run.missing' });
  expect((await newestRunsOf(operator(), [userId], 1)).map(({ run }) => run.id)).toEqual([behind.id]);
});

const told = (runId: string) =>
  world
    .ctx(job)
    .db.select()
    .from(notice)
    .where(eq(notice.key, `${runId}:stopped`));
const noted = (runId: string) =>
  world
    .ctx(job)
    .db.select()
    .from(auditEntry)
    .where(and(eq(auditEntry.subject, runId), eq(auditEntry.action, 'run.stopped')));

test('an operator stops a run that waits once, however often they press; its person is told why', async () => {
  const owner = await firstOwner(world);
  const { id } = await askRun(world, await person(), 'backtest');
  const press = () => stopRun(owner.ctx, { runId: id, reason: ' too long ' });
  await Promise.all([press(), press(), press()]);
  await press();
  const { run, stopped } = await story(id);
  expect([run.status, run.endedAt]).toEqual(['cancelled', world.clock.now()]);
  expect(stopped).toMatchObject({ reason: 'too long' });
  expect(stopped?.by).not.toMatch(/^operator:/);
  const [line, ...others] = await noted(id);
  expect([line?.actor, line?.detail, others]).toEqual([
    `operator:${owner.id}`,
    { userId: run.userId, kind: 'backtest', status: 'queued', reason: 'too long' },
    [],
  ]);
  expect(await told(id)).toMatchObject([{ kind: 'run.stopped', params: { runId: id, reason: 'too long' } }]);
});

test('a run that is running is told to stop; one that has ended, none at all and no reason are refused', async () => {
  const userId = await person();
  const { id } = await askRun(world, userId, 'backtest');
  const taken = await takeNext(world);
  await expect(stopRun(operator(), { runId: id, reason: ' ' })).rejects.toMatchObject({ code: 'reason.required' });
  await stopRun(operator(), { runId: id, reason: 'too long' });
  await stopRun(operator(), { runId: id, reason: 'too long' });
  expect(await noted(id)).toHaveLength(1);
  expect(await reportRun(world.ctx(job), taken, 0.5)).toBe('cancel');
  await endRun(world.ctx(job), taken, { status: 'cancelled' });
  await stopRun(operator(), { runId: id, reason: 'pressed late' });
  expect(await told(id)).toHaveLength(1);
  const done = await askRun(world, userId, 'backtest');
  await workNext(world);
  const late = stopRun(operator(), { runId: done.id, reason: 'why' });
  await expect(late).rejects.toMatchObject({ code: 'run.ended' });
  expect(await told(done.id)).toEqual([]);
  await expect(stopRun(operator(), { runId: 'btr_x', reason: 'why' })).rejects.toMatchObject({ code: 'run.missing' });
});

test('a run that is stopped at the very moment an instance takes it stays stopped', async () => {
  const { id } = await askRun(world, await person(), 'backtest');
  const { db } = world.ctx(job);
  const waits = sql`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  const taking = await db.transaction(async (tx) => {
    await tx.update(backtestRun).set({ status: 'cancelled' }).where(eq(backtestRun.id, id));
    const taken = takeRun(world.ctx(job)); // has seen it waiting, and stands before the locked row
    await expect.poll(async () => (await db.execute(waits))[0]?.n).toBe(1);
    return { taken };
  });
  expect(await taking.taken).toBeUndefined();
  expect((await story(id)).run.status).toBe('cancelled');
});

test('curves with moments of their own are put on those of all, on the straight line in between', () => {
  const curves = {
    equity: { time: [0, 10, 20], values: [100, 120, 110] },
    hold: { time: [0, 5, 20], values: [100, 90, 60] },
    drawdown: { time: [10, 20], values: [0, -8.333333333333] },
  };
  expect(alignCurves(curves)).toEqual([
    [0, 100, 100, null],
    [5, 110, 90, null],
    [10, 120, 80, 0],
    [20, 110, 60, -8.3333333],
  ]);
  expect(fallsOf(curves.equity).values.map((value) => value.toFixed(2))).toEqual(['0.00', '0.00', '-8.33']);
});

test('charts survive being written as JSON, with every point of the result', async () => {
  await askRun(world, await person(), 'optimize');
  const { result } = await workNext(world);
  const { map } = result as unknown as Results['optimize']; // a run of that kind
  if (!map) throw new Error('the search has no map');
  const names = { by: 'Sharpe', x: 'fast', y: 'slow' };
  const charts = [
    mapChart(names, map),
    lineChart(names, { ...map, y: map.x }),
    curveChart(
      { equity: 'a', hold: 'b', drawdown: 'c' },
      {
        equity: { time: [1], values: [1] },
        hold: { time: [1], values: [1] },
        drawdown: { time: [], values: [] },
      },
    ),
  ];
  for (const chart of charts) expect(JSON.parse(JSON.stringify(chart))).toEqual(chart);
  const [series] = (charts[0] as { series: { data: number[][] }[] }).series; // as `mapChart` writes it
  expect(series?.data).toHaveLength(map.x.length * map.y.length);
});
