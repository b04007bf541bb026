import { randomUUID } from 'node:crypto';
import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { fail, Refusal } from '../../core/error.ts';
import {
  type DeadLetter,
  type DeskAnswer,
  dropDeadLetter,
  type FailedRun,
  type JobOutcome,
  type JobRow,
  listDeadLetters,
  listFailedRuns,
  listJobs,
  retryDeadLetter,
  retryRun,
  startJob,
} from '../../core/ops/jobDesk.ts';
import { hasText, translate } from '../../core/text/text.ts';
import { attempt, type Status } from '../answer.ts';
import { scheduleWords } from '../cron.ts';
import { took } from '../detail.ts';
import { at, badge, type Html, lock, none, type Problems, pager, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { type KeptRoute, pageNumber, part, type Route, type SignedIn, typed } from '../visit.ts';

const tabs = [
  { path: '/admin/jobs', name: 'jobs_schedules' },
  { path: '/admin/jobs/failed', name: 'jobs_failed' },
  { path: '/admin/jobs/dead', name: 'jobs_dead' },
] as const;

type Tab = (typeof tabs)[number]['path'];

/** A page of the desk. Where the queue is away it says so, with the menu still there. */
async function deskPage(visit: SignedIn, here: Tab, draw: () => Promise<Html>, problems: Problems, given: Status) {
  const { say } = visit;
  let [body, status] = [none, given];
  try {
    body = await draw();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'queue.away') throw error;
    status = 503;
    if (!problems.form) body = wrong({ form: translate(visit.language, 'error.queue.away') });
  }
  const links = tabs.map(
    ({ path, name }) =>
      html`<li class="nav-item"><a class="nav-link ${path === here ? 'active' : ''}" href="${path}" ${path === here ? html`aria-current="page"` : none}>${say(name)}</a></li>`,
  );
  return page(visit, say('jobs'), html`<ul class="nav nav-tabs mb-3">${links}</ul>${wrong(problems)}${body}`, status);
}

function jobName(visit: SignedIn, name: string): Html {
  const words = `panel.job_${name}`;
  return html`${hasText(visit.language, words) ? html`${translate(visit.language, words)}<br>` : none}<code>${name}</code>`;
}

const errorLines = (errors: readonly string[]): Html =>
  html`<div class="errors">${errors.map((line) => html`<div>${line}</div>`)}</div>`;

const outcomes: Record<JobOutcome, string> = { done: 'green', bad_news: 'yellow', failed: 'red' };

function lastRun(visit: SignedIn, { last, askedByName }: JobRow): Html {
  const { say } = visit;
  if (!last) return html`<span class="text-secondary">${say('job_never')}</span>`;
  const said = Object.entries(last.summary).map(
    ([name, value]) => html`<span><span class="text-secondary">${name}</span> ${String(value)}</span> `,
  );
  return html`${badge(say(`job_${last.outcome}`), outcomes[last.outcome])} ${at(visit, last.endedAt)}
<div class="text-secondary">${took(visit, last.tookMs)}${last.askedBy ? ` · ${say('job_asked_by', { name: askedByName ?? last.askedBy })}` : ''}</div>
${last.errors.length > 0 ? errorLines(last.errors) : html`<div>${said}</div>`}`;
}

function depth(visit: SignedIn, job: JobRow): Html {
  const { say } = visit;
  const parts = [
    { count: job.running, key: 'job_running', colour: 'blue' },
    { count: job.waiting, key: 'job_waiting', colour: 'secondary' },
    { count: job.retrying, key: 'job_retrying', colour: 'yellow' },
    { count: job.failed, key: 'job_given_up', colour: 'red' },
  ].filter(({ count }) => count > 0);
  if (parts.length === 0) return html`<span class="text-secondary">${say('job_idle')}</span>`;
  return html`<div class="d-flex flex-wrap gap-1">${parts.map(({ count, key, colour }) => badge(say(key, { count }), colour))}</div>`;
}

function schedules(visit: SignedIn, jobs: readonly JobRow[]): Html {
  const { opened, say } = visit;
  const acts = may(opened.operator.role, 'jobs.retry');
  const rows = jobs.map((job) => [
    jobName(visit, job.name),
    html`${scheduleWords(say, job.cron) ?? html`<code>${job.cron}</code>`}<div class="text-secondary">${job.nextAt ? html`${say('job_next')} ${at(visit, job.nextAt)}` : none}</div>`,
    lastRun(visit, job),
    depth(visit, job),
    acts
      ? html`<form method="post" action="/admin/jobs/run/${job.name}">${lock(visit)}<input type="hidden" name="request_key" value="${randomUUID()}">${submit(say('job_run'), 'btn-sm')}</form>`
      : none,
  ]);
  const columns = [say('job'), say('job_schedule'), say('job_last'), say('job_queue'), ''];
  return html`<div class="card" id="jobs">${table(columns, rows, say('nothing_yet'))}</div>`;
}

const schedulesPage = (visit: SignedIn, problems: Problems = {}, status: Status = 200) =>
  deskPage(visit, '/admin/jobs', async () => schedules(visit, await listJobs(visit.ctx)), problems, status);

function failedRow(visit: SignedIn, run: FailedRun, acts: boolean): (Html | string)[] {
  const { say } = visit;
  const state = run.nextAt
    ? html`${badge(say('job_tried_again'), 'yellow')} ${at(visit, run.nextAt)}`
    : badge(say('job_gave_up'), 'red');
  return [
    run.failedAt ? at(visit, run.failedAt) : '',
    jobName(visit, run.name),
    html`${state}<div class="text-secondary">${say('job_attempts', { count: run.attempts })}</div>`,
    errorLines(run.errors),
    acts && !run.nextAt
      ? html`<form method="post" action="/admin/jobs/failed/${run.name}/${run.id}/retry">${lock(visit)}${submit(say('job_retry'), 'btn-sm')}</form>`
      : none,
  ];
}

const failedPage = (visit: SignedIn, problems: Problems = {}, status: Status = 200) =>
  deskPage(
    visit,
    '/admin/jobs/failed',
    async () => {
      const { opened, say } = visit;
      const acts = may(opened.operator.role, 'jobs.retry');
      const list = await listFailedRuns(visit.ctx, { page: pageNumber(visit) });
      const rows = list.items.map((run) => failedRow(visit, run, acts));
      const columns = [say('when'), say('job'), say('state'), say('job_error'), ''];
      return html`<p class="text-secondary">${say('jobs_failed_intro')}</p>
<div class="card">${table(columns, rows, say('jobs_failed_none'))}${pager(visit, list.page, list.hasMore)}</div>`;
    },
    problems,
    status,
  );

function letterActs(visit: SignedIn, { id }: DeadLetter): Html {
  const to = `/admin/jobs/dead/${id}`;
  return html`<form method="post" action="${to}/retry" class="d-flex flex-wrap gap-1">${lock(visit)}${submit(visit.say('job_retry'), 'btn-sm')}
<button class="btn btn-sm btn-outline-danger" formaction="${to}/drop">${visit.say('job_drop')}</button></form>`;
}

const deadPage = (visit: SignedIn, problems: Problems = {}, status: Status = 200) =>
  deskPage(
    visit,
    '/admin/jobs/dead',
    async () => {
      const { opened, say } = visit;
      const acts = may(opened.operator.role, 'jobs.retry');
      const list = await listDeadLetters(visit.ctx, { page: pageNumber(visit) });
      const rows = list.items.map((letter) => [
        at(visit, letter.diedAt),
        jobName(visit, letter.name),
        String(letter.attempts),
        errorLines(letter.errors),
        acts ? letterActs(visit, letter) : none,
      ]);
      const columns = [say('when'), say('job'), say('job_tries'), say('job_error'), ''];
      return html`<p class="text-secondary">${say('jobs_dead_intro')}</p>
<div class="card">${table(columns, rows, say('jobs_dead_none'))}${pager(visit, list.page, list.hasMore)}</div>`;
    },
    problems,
    status,
  );

type Back = (visit: SignedIn, problems: Problems, status: Status) => Promise<Response>;

/** A move at the desk; a refusal is shown above the list it came from. */
const acting = (path: string, to: Tab, back: Back, run: (visit: SignedIn) => Promise<string>): KeptRoute => ({
  method: 'post',
  path,
  who: 'jobs.retry',
  run: (visit) =>
    attempt(
      visit,
      {},
      async () => visit.c.redirect(`${to}?done=${await run(visit)}`, 303),
      (problems, status) => back(visit, problems, status),
    ),
});

/** What was dealt with meanwhile is told apart from what was done now. */
const told = (answer: DeskAnswer, done: string) => (answer === 'gone' ? 'job_gone' : done);

export const jobRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/jobs', who: 'jobs.read', run: (visit) => schedulesPage(visit) },
  { method: 'get', path: '/admin/jobs/failed', who: 'jobs.read', run: (visit) => failedPage(visit) },
  { method: 'get', path: '/admin/jobs/dead', who: 'jobs.read', run: (visit) => deadPage(visit) },
  acting('/admin/jobs/run/:name', '/admin/jobs', schedulesPage, async (visit) => {
    const requestKey = typed(visit, 'request_key') || fail('form.stale');
    await startJob(visit.ctx, { name: part(visit, 'name'), requestKey });
    return 'job_started';
  }),
  acting('/admin/jobs/failed/:name/:id/retry', '/admin/jobs/failed', failedPage, async (visit) =>
    told(await retryRun(visit.ctx, { name: part(visit, 'name'), runId: part(visit, 'id') }), 'job_retried'),
  ),
  acting('/admin/jobs/dead/:id/retry', '/admin/jobs/dead', deadPage, async (visit) =>
    told(await retryDeadLetter(visit.ctx, { letterId: part(visit, 'id') }), 'job_retried'),
  ),
  acting('/admin/jobs/dead/:id/drop', '/admin/jobs/dead', deadPage, async (visit) =>
    told(await dropDeadLetter(visit.ctx, { letterId: part(visit, 'id') }), 'job_dropped'),
  ),
];
