import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { scheduleWords } from '../../src/admin/cron.ts';
import { openAccounts } from '../../src/core/money/ledger.ts';
import { reconcile } from '../../src/core/money/reconcile.ts';
import { hasText, languages, translate } from '../../src/core/text/text.ts';
import { jobs } from '../../src/jobs/list.ts';
import { openQueue, type TestQueue } from '../support/desk.ts';
import { auditOf, job } from '../support/money.ts';
import { colleague, firstOwner, type TestOperator } from '../support/operators.ts';
import { type ServedPanel, servePanel, visitor } from '../support/panel.ts';

const EVIL = `<img src=x onerror=alert(1)>"'><script>x</script>`;

let served: ServedPanel;
let queue: TestQueue;
let owner: TestOperator;
let browser: ReturnType<typeof visitor>;
beforeAll(async () => {
  served = await servePanel({
    openDesk: async (world) => {
      queue = await openQueue(world, jobs);
      return queue.desk;
    },
  });
  owner = await firstOwner(served.world);
});
afterAll(async () => {
  await queue.close();
  await served.close();
});
beforeEach(async () => {
  browser = visitor(served.origin, owner.token);
  await queue.sql`delete from queue.job`;
});

const waiting = async (name: string) =>
  (await queue.sql`select data from queue.job where name = ${name} and state = 'created'`).map((row) => row.data);

test('the page shows every job in words, when it runs next, and how it went last', async () => {
  await queue.sql`insert into queue.job (name, state, output, started_on, completed_on) values
    ('audit.verify', 'completed', '{"summary": {"checked": 7, "faults": 2}, "badNews": true}', now() - interval '1500 ms', now()),
    ('chats.forget', 'failed', '{"name": "Error", "message": "the disk is full"}', now(), now())`;
  await queue.sql`insert into queue.job (name, state) values ('audit.seal', 'active'), ('audit.seal', 'created')`;
  const { status, text } = await browser.get('/admin/jobs');
  expect(status).toBe(200);
  const row = (name: string) => text.slice(text.indexOf(`<code>${name}`)).split('</tr>')[0] ?? '';
  expect(row('topups.expire')).toMatch(/every minute[\s\S]*not run yet[\s\S]*empty[\s\S]*Run now/);
  expect(row('audit.verify')).toMatch(/every day at 03:15[\s\S]*22 Nov 2026, 03:15[\s\S]*found something[\s\S]*1\.5 s/);
  expect(row('audit.verify')).toMatch(/faults<\/span> 2/);
  expect(row('audit.seal')).toMatch(/1 running[\s\S]*1 waiting/);
  expect(row('chats.forget')).toMatch(
    /every hour at minute 45[\s\S]*failed[\s\S]*Error: the disk is full[\s\S]*1 given up/,
  );
});

test('"run now" sends one run however often its form is sent, audited with the operator', async () => {
  const form = await browser.keys('/admin/jobs');
  const answers = await Promise.all([1, 2, 3].map(() => browser.post('/admin/jobs/run/notices.forget', form)));
  expect(answers.map(({ location }) => location)).toEqual(Array(3).fill('/admin/jobs?done=job_started'));
  expect(await waiting('notices.forget')).toEqual([{ askedBy: `operator:${owner.id}` }]);
  expect(await auditOf(served.world, 'job:notices.forget')).toEqual(['job.started']);
  expect((await browser.get('/admin/audit?subject=job:notices.forget')).text).toMatch(/Malee<br>/);
  const unknown = await browser.send('/admin/jobs', '/admin/jobs/run/no.such.job');
  expect([unknown.status, unknown.text.includes('There is no such job')]).toEqual([404, true]);
  const keyless = await browser.post('/admin/jobs/run/notices.forget', { ...form, request_key: '' });
  expect(keyless.status).toBe(403);
  await queue.sql`update queue.job set state = 'completed', output = '{}', started_on = now(), completed_on = now()`;
  expect((await browser.get('/admin/jobs')).text).toContain('asked by Malee');
});

test('a run that was given up is retried from either list, once', async () => {
  for (const list of ['failed', 'dead'] as const) {
    const { runId, letterId } = await queue.giveUp('chats.forget', 'the disk is full');
    const page = `/admin/jobs/${list}`;
    const action = list === 'failed' ? `${page}/chats.forget/${runId}/retry` : `${page}/${letterId}/retry`;
    const shown = (await browser.get(page)).text;
    expect(shown).toMatch(/Error: the disk is full/);
    expect(shown).toContain(`action="${action}"`);
    const form = await browser.keys(page);
    const answers = [await browser.post(action, form), await browser.post(action, form)];
    expect(answers.map(({ location }) => location)).toEqual([`${page}?done=job_retried`, `${page}?done=job_gone`]);
    expect((await browser.get('/admin/jobs/dead')).text).toContain('There are no dead letters');
    const [run] = await queue.sql`select state from queue.job where id = ${runId}`;
    expect(run?.state).toBe('retry');
    await queue.sql`delete from queue.job`;
  }
});

test('a dead letter that is dropped is gone, and its run is still seen among the failures', async () => {
  const { letterId } = await queue.giveUp('chats.forget', 'the disk is full');
  const done = await browser.send('/admin/jobs/dead', `/admin/jobs/dead/${letterId}/drop`);
  expect(done.location).toBe('/admin/jobs/dead?done=job_dropped');
  expect((await browser.get('/admin/jobs/failed')).text).toContain('the disk is full');
  const again = await browser.send('/admin/jobs/dead', `/admin/jobs/dead/${letterId}/retry`);
  expect(again.location).toBe('/admin/jobs/dead?done=job_gone');
  expect((await browser.get(again.location ?? '')).text).toContain('Somebody has dealt with it already');
});

test('errors and results are shown as text', async () => {
  await queue.giveUp('audit.seal', EVIL);
  await queue.sql`insert into queue.job (name, state, data, output, started_on, completed_on) values ('topups.expire',
    'completed', ${queue.sql.json({ askedBy: EVIL })}, ${queue.sql.json({ summary: { [EVIL]: EVIL }, badNews: false })}, now(), now())`;
  for (const page of ['/admin/jobs', '/admin/jobs/failed', '/admin/jobs/dead']) {
    const { status, text } = await browser.get(page);
    expect([status, /<img src=x|<script>x/.test(text), text.includes('&lt;img')], page).toEqual([200, false, true]);
  }
});

test('an auditor reads the desk and finds nothing to press; support finds no desk, but reconciliations', async () => {
  await queue.giveUp('audit.seal', 'no luck');
  const auditor = visitor(served.origin, (await colleague(served.world, owner, 'auditor')).token);
  for (const page of ['/admin/jobs', '/admin/jobs/failed', '/admin/jobs/dead']) {
    const { status, text } = await auditor.get(page);
    expect([status, /action="\/admin\/jobs/.test(text)], page).toEqual([200, false]);
  }
  expect((await auditor.send('/admin/jobs', '/admin/jobs/run/audit.seal')).status).toBe(403);
  expect((await auditor.get('/admin/reconciliation')).text).toContain('action="/admin/reconciliation"');
  const support = visitor(served.origin, (await colleague(served.world, owner, 'support')).token);
  expect((await support.get('/admin/jobs')).status).toBe(403);
  const { status, text } = await support.get('/admin/reconciliation');
  expect([status, /action="\/admin\/reconciliation"/.test(text)]).toEqual([200, false]);
});

test('odd addresses find nothing and break nothing', async () => {
  const form = await browser.keys('/admin/jobs');
  for (const path of ['run/%00', 'failed/audit.seal/x/retry', 'failed/x/y/retry', 'dead/%27/drop', 'dead/x/retry'])
    expect((await browser.post(`/admin/jobs/${path}`, form)).status, path).toBe(404);
  for (const path of ['failed?page=9999', 'dead?page=x', 'failed?page=-1'])
    expect((await browser.get(`/admin/jobs/${path}`)).status, path).toBe(200);
  for (const id of ['x', '%00', 'rec_x']) expect((await browser.get(`/admin/reconciliation/${id}`)).status).toBe(404);
  expect(served.world.log.lines.filter((line) => line.startsWith('a page'))).toEqual([]);
});

describe('reconciliation', () => {
  test('is asked for once however often the form is sent, in the background, and its run names who asked', async () => {
    const form = await browser.keys('/admin/reconciliation');
    const answers = await Promise.all([1, 2].map(() => browser.post('/admin/reconciliation', form)));
    expect(answers.map(({ location }) => location)).toEqual(
      Array(2).fill('/admin/reconciliation?done=reconciliation_started'),
    );
    const [asked, ...more] = await waiting('ledger.reconcile');
    expect([asked?.askedBy, more]).toEqual([`operator:${owner.id}`, []]);
    expect((await browser.get('/admin/reconciliation')).text).toContain('A reconciliation waits in the queue');
    await queue.sql`update queue.job set state = 'active'`;
    expect((await browser.get('/admin/reconciliation')).text).toContain('A reconciliation is running');
    await queue.sql`delete from queue.job`;
    const run = jobs.find(({ name }) => name === 'ledger.reconcile') ?? expect.fail('no such job');
    await run.run({ ...served.world.ctx({ kind: 'job', name: 'ledger.reconcile' }), askedBy: asked?.askedBy });
    const { text } = await browser.get('/admin/reconciliation');
    expect(text).toMatch(/no differences[\s\S]*Malee/);
    expect(text).not.toContain('waits in the queue');
  });

  test('shows its differences in words, with links to what they are about', async () => {
    const { userId } = await served.world.person(EVIL);
    const { db } = served.world.ctx(job);
    await openAccounts(served.world.ctx(job), userId);
    const text = `update ledger_account set balance_satang = 5, version = 1 where id = 'wallet:${userId}'`;
    await db.execute(text);
    await reconcile(served.world.ctx(job));
    const list = (await browser.get('/admin/reconciliation')).text;
    const page = /href="(\/admin\/reconciliation\/rec_\w+)"/.exec(list)?.[1] ?? '';
    expect(list).toMatch(/1 difference/);
    const shown = (await browser.get(page)).text;
    expect(shown).toMatch(/A balance differs from its last entry[\s\S]*wallet:usr_[\s\S]*balance 5, entries/);
    expect(shown).toMatch(new RegExp(`href="[^"]*${userId}"`));
    expect((await browser.get('/admin')).text).toContain(`href="${page}"`); // the alert leads to the run
    await browser.send('/admin/account', '/admin/language', { language: 'th', back: '/admin' });
    expect((await browser.get(page)).text).toContain('ยอดคงเหลือไม่ตรงกับรายการสุดท้าย');
    await browser.send('/admin/account', '/admin/language', { language: 'en', back: '/admin' });
    await db.execute(`update ledger_account set balance_satang = 0, version = 0 where id = 'wallet:${userId}'`);
  });
});

test('a queue that is away is said, on a page that still has its menu, and nothing is done', async () => {
  const alone = await servePanel();
  const boss = await firstOwner(alone.world, 'alone@example.com');
  const visit = visitor(alone.origin, boss.token);
  for (const page of ['/admin/jobs', '/admin/jobs/failed', '/admin/jobs/dead']) {
    const { status, text } = await visit.get(page);
    expect([status, /The job queue does not answer/.test(text), /href="\/admin\/payments"/.test(text)]).toEqual([
      503,
      true,
      true,
    ]);
  }
  const { form_key = '' } = await visit.keys('/admin/jobs');
  const form = { form_key, request_key: 'k' };
  const refused = await visit.post('/admin/jobs/run/ledger.reconcile', form);
  expect([refused.status, refused.text.match(/The job queue does not answer/g)?.length]).toEqual([503, 1]);
  expect((await visit.get('/admin/reconciliation')).text).toContain('so no reconciliation can be started now');
  expect((await visit.post('/admin/reconciliation', form)).status).toBe(503);
  expect(await auditOf(alone.world, 'job:ledger.reconcile')).toEqual([]);
  await alone.close();
});

test('schedules are said in words where they are simple, and left as they are where not', () => {
  const said = (cron: string) => scheduleWords((key, params) => translate('en', `panel.${key}`, params), cron);
  expect(said('* * * * *')).toBe('every minute');
  expect(said('*/30 * * * * *')).toBe('every 30 seconds');
  expect(said('*/5 * * * *')).toBe('every 5 minutes');
  expect(said('5 * * * *')).toBe('every hour at minute 05');
  expect(said('30 3 * * *')).toBe('every day at 03:30');
  expect(said('0 12 15 * *')).toBe('every month on day 15 at 12:00');
  for (const cron of ['0 0 * * 1', '0 0 1 1 *', '1,2 * * * *', '0 9-17 * * *', '* * * * * *', '* 3 * * *'])
    expect(said(cron), cron).toBeUndefined();
});

test('every job of the list has its words in both languages', () => {
  for (const { name } of jobs)
    for (const language of languages) expect([name, hasText(language, `panel.job_${name}`)]).toEqual([name, true]);
});
