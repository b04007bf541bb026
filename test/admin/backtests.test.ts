import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunKind } from '../../src/core/backtest/tables.ts';
import type { UserId } from '../../src/core/id.ts';
import { backtestRun, notice } from '../../src/core/tables.ts';
import { seedHostile } from '../support/hostile.ts';
import { job } from '../support/money.ts';
import { colleague, firstOwner, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, servePanelWithQueue, visitor } from '../support/panel.ts';
import { askRun, failNext, requests, takeNext, workNext } from '../support/runs.ts';

let served: ServedPanel;
let owner: TestOperator;
let userId: UserId;
beforeAll(async () => {
  served = await servePanel();
  owner = await firstOwner(served.world);
  ({ userId } = await served.world.person('Somsri'));
});
afterAll(() => served.close());

const come = (token = owner.token) => visitor(served.origin, token);
const open = (path: string) => come().get(`/admin/backtests${path}`);

async function done(kind: RunKind): Promise<string> {
  const { id } = await askRun(served.world, userId, kind);
  await workNext(served.world);
  return id;
}

/** Words that only the page of the result of a kind has. */
const words: Record<RunKind, RegExp> = {
  backtest: /Can it be believed\?[\s\S]+Monthly returns[\s\S]+Trades \(114\)/,
  optimize: /Tried 12 combinations[\s\S]+The best combinations[\s\S]+As asked: fast 10/,
  walk_forward: /Walk-forward efficiency[\s\S]+In sample/,
  batch: /of 2 markets made a profit[\s\S]+ETH\/USDT/,
  compare: /Strategy comparison: [\s\S]+EMA cross/,
  monte_carlo: /dealt anew 200 times[\s\S]+95th percentile/,
};

test.each(Object.keys(requests) as RunKind[])('a %s is shown with its request, settings and result', async (kind) => {
  const { status, text } = await open(`/${await done(kind)}`);
  expect(status).toBe(200);
  expect(text).toMatch(words[kind]);
  expect(text).toMatch(/demo:BTC\/USDT[\s\S]+1 Jan 2024 – 31 Dec 2024[\s\S]+Capital/);
  expect(served.world.log.lines.filter((line) => line.startsWith('a page of the panel failed'))).toEqual([]);
});

test('trades are shown fifty at a time and handed over whole, as is the report', async () => {
  const id = await done('backtest');
  const rows = (text: string) => /id="trades"[\s\S]+?<\/table>/.exec(text)?.[0].match(/<tr>/g)?.length;
  const last = await open(`/${id}?page=3`);
  expect([rows((await open(`/${id}`)).text), rows(last.text)]).toEqual([51, 15]);
  expect(last.text).toContain('?page=2#trades');
  const csv = await open(`/${id}/trades`);
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(csv.text.trim().split('\r\n')).toHaveLength(115);
  const report = await open(`/${id}/report`);
  expect(report.headers.get('content-disposition')).toMatch(/^attachment; filename="abtpro-backtest-btr_\w+\.html"$/);
  expect(report.text).toMatch(/^<!doctype html>[\s\S]+<svg[\s\S]+Trades \(114\)/);
  const search = await done('optimize');
  expect((await open(`/${search}/trades`)).status).toBe(409); // run.not_done
  expect((await open('/btr_nothing')).status).toBe(404);
});

test('a failure is told in the words its person reads', async () => {
  const { id } = await askRun(served.world, userId, 'backtest');
  await failNext(served.world);
  expect((await open(`/${id}`)).text).toContain('There are only 12 candles');
  const { db } = served.world.ctx(job);
  await db.update(backtestRun).set({ failureParams: {} }).where(eq(backtestRun.id, id));
  expect((await open(`/${id}`)).text).toContain('run.too_few_candles');
  await db.update(backtestRun).set({ failure: 'run.of_tomorrow' }).where(eq(backtestRun.id, id));
  expect((await open(`/${id}`)).text).toContain('run.of_tomorrow');
});

test('the list is filtered, shows the queue above, and a person’s page leads to theirs', async () => {
  const { userId: niran } = await served.world.person('Niran');
  const { id } = await askRun(served.world, niran, 'backtest', { symbol: 'SOL/USDT', strategy: 'macd' });
  const { text } = await open(`?person=niran&symbol=sol&strategy=macd&status=queued&kind=backtest`);
  const list = text.slice(text.indexOf('id="list"'));
  expect(list.match(/\/admin\/backtests\/btr_\w+/g)).toEqual([`/admin/backtests/${id}`]);
  expect((await open(`?person=niran&symbol=btc`)).text).toContain('Nothing matches');
  expect(text).toMatch(/id="queue"[\s\S]+Waiting<\/dt><dd>1</);
  await takeNext(served.world);
  expect((await open('/queue')).text).toMatch(/Running<\/dt><dd>1<[\s\S]+Niran/);
  served.world.clock.pass(31_000);
  expect((await open('/queue')).text).toContain('its instance has gone');
  await failNext(served.world); // another instance has taken it
  const person = (await come().get(`/admin/users/${niran}`)).text;
  expect(person).toContain(`href="/admin/backtests/${id}"`);
  expect(person).toContain(`href="/admin/backtests?person=${niran}"`);
});

test('support stops a run with a reason that its person is told; an auditor may only look', async () => {
  const { id } = await askRun(served.world, userId, 'backtest');
  const here = `/admin/backtests/${id}`;
  const auditor = come((await colleague(served.world, owner, 'auditor')).token);
  expect((await auditor.get(here)).text).not.toContain(`${here}/cancel`);
  expect((await auditor.post(`${here}/cancel`, await auditor.keys('/admin/account'))).status).toBe(403);
  const support = come((await colleague(served.world, owner, 'support', 'Malee')).token);
  const silent = await support.send(here, `${here}/cancel`, { reason: ' ' });
  expect([silent.status, /id="reason-problem"/.test(silent.text)]).toEqual([422, true]); // reason.required
  const stopped = await support.send(here, `${here}/cancel`, { reason: 'too many at once' });
  expect(stopped.location).toBe(`${here}?done=run_stop`);
  const { text } = await support.get(here);
  expect(text).toMatch(/Stopped by<\/dt><dd>Malee[\s\S]+too many at once/);
  expect(text).not.toContain(`${here}/cancel`);
  const told = await served.world
    .ctx(job)
    .db.select()
    .from(notice)
    .where(eq(notice.key, `${id}:stopped`));
  expect(told).toMatchObject([{ userId, kind: 'run.stopped', params: { reason: 'too many at once' } }]);
  const ended = await done('backtest');
  const keys = await support.keys('/admin/account');
  const late = await support.post(`/admin/backtests/${ended}/cancel`, { ...keys, reason: 'late' });
  expect([late.status, late.text.includes('has ended already')]).toEqual([409, true]); // run.ended
});

test('a page that is open while its run goes on asks for the state, and for all of it at the end', async () => {
  const { id } = await askRun(served.world, userId, 'backtest');
  const { text } = await open(`/${id}`);
  expect(text).toContain(`hx-get="/admin/backtests/${id}/state"`);
  expect((await open(`/${id}/state`)).headers.get('hx-refresh')).toBeNull();
  await workNext(served.world);
  const state = await open(`/${id}/state`);
  expect([state.headers.get('hx-refresh'), state.text.includes('hx-get')]).toEqual(['true', false]);
});

test('whatever somebody called their market and parameters is text', async () => {
  const panel = await servePanelWithQueue();
  const boss = await firstOwner(panel.world);
  const { ids } = await seedHostile(panel.world, boss, panel.queue);
  const browser = visitor(panel.origin, boss.token);
  for (const id of [ids.backtests, ids.failedRun, ids.waitingRun]) {
    const { status, text } = await browser.get(`/admin/backtests/${id}`);
    expect(status).toBe(200);
    expect(text).toContain('&lt;script&gt;ran=1');
    expect(text).not.toMatch(/<script>ran|<img src=x|<svg onload/);
  }
  const report = await browser.get(`/admin/backtests/${ids.backtests}/report`);
  expect(report.text).not.toMatch(/<script|<img|<svg onload/);
  expect((await browser.get('/admin/backtests')).text).not.toMatch(/<script>ran|<img src=x|<svg onload/);
  await panel.close();
});
