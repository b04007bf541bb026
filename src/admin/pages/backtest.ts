import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { htmlReport } from '../../core/backtest/htmlReport.ts';
import { backtestInWords, runName } from '../../core/backtest/inWords.ts';
import { tradesCsv } from '../../core/backtest/tradesCsv.ts';
import type { TradeRow } from '../../core/backtest/work.ts';
import { type RunStory, readRunFile, readRunStory, stopRun } from '../../core/ops/backtestRun.ts';
import { formatNumber, hasText, translate } from '../../core/text/text.ts';
import { attempt, type Beside, type Status } from '../answer.ts';
import { asset } from '../assets.ts';
import { at, card, facts, field, type Html, lock, none, type Problems, submit, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { pageNumber, part, type Route, type SignedIn, typed, type Visit } from '../visit.ts';
import { paramsCard, requestCard, settingsCard } from './backtestRequest.ts';
import { resultPart } from './backtestResult.ts';
import { kindName, runState, spanText } from './backtests.ts';
import { tradesCard } from './backtestTrades.ts';
import { chartFiles } from './dashboardCharts.ts';
import { reasonTyped } from './topup.ts';
import { chatName, personName } from './users.ts';

const isOpen = ({ status }: RunStory['run']) => status === 'queued' || status === 'running';

/** What went wrong, as its person reads it; the bare code where this version has no words for it. */
function failureText(visit: Visit, { failure, failureParams }: RunStory['run']): string {
  const key = `error.${failure}`;
  if (!failure || !hasText(visit.language, key)) return failure ?? '–';
  try {
    return translate(visit.language, key, failureParams ?? {});
  } catch {
    return `${failure} ${JSON.stringify(failureParams)}`; // written by a version whose words needed something else
  }
}

function took({ startedAt, endedAt }: RunStory['run'], now: Date): number | undefined {
  return startedAt ? (endedAt ?? now).getTime() - startedAt.getTime() : undefined;
}

/** Where the run is in its life. As long as it goes on, this part is fetched again every few seconds. */
function statePart(visit: SignedIn, { run, user, askedIn, place, stopped }: RunStory): Html {
  const { ctx, language, say } = visit;
  const spentMs = took(run, ctx.clock.now());
  const isLost = run.status === 'running' && run.leasedUntil !== null && run.leasedUntil < ctx.clock.now();
  const again = isOpen(run)
    ? html`hx-get="/admin/backtests/${run.id}/state" hx-trigger="every 5s" hx-swap="outerHTML"`
    : none;
  const pairs: (readonly [string, Html | string])[] = [
    [
      say('state'),
      html`${runState(visit, run)}${isOpen(run) ? html` ${formatNumber(language, run.progress / 10, 0)}%` : none}`,
    ],
    [say('person'), html`<a href="/admin/users/${user.id}">${personName(visit, user)}</a><br><code>${user.id}</code>`],
    [say('run_asked_at'), at(visit, run.createdAt)],
    [say('run_asked_in'), askedIn ? chatName(visit, askedIn) : '–'],
    ...(run.status === 'queued' ? [[say('run_place'), say('run_place_value', { place })] as const] : []),
    ...(run.startedAt ? [[say('run_started_at'), at(visit, run.startedAt)] as const] : []),
    ...(run.endedAt ? [[say('run_ended_at'), at(visit, run.endedAt)] as const] : []),
    ...(spentMs === undefined || run.status === 'queued' ? [] : [[say('run_took'), spanText(visit, spentMs)] as const]),
    [say('run_attempts'), formatNumber(language, run.attempts, 0)],
    ...(run.leasedUntil
      ? [[say('run_lease'), isLost ? say('run_lease_over') : at(visit, run.leasedUntil)] as const]
      : []),
    ...(stopped
      ? [[say('run_stopped_by'), html`${stopped.by} · ${at(visit, stopped.at)}<br>${stopped.reason}`] as const]
      : []),
    [say('person_id'), html`<code>${run.id}</code>`],
  ];
  return html`<div id="run-state" ${again}>${card(say('run_state'), facts(pairs))}</div>`;
}

function stopForm(visit: SignedIn, { run }: RunStory, problems: Problems): Html {
  const { say } = visit;
  return html`<form class="card mb-3" method="post" action="/admin/backtests/${run.id}/cancel"><div class="card-header"><h2 class="card-title">${say('run_stop')}</h2></div>
<div class="card-body"><p class="text-secondary">${say('run_stop_note')}</p>${wrong(problems)}${lock(visit)}
${field({ name: 'reason', label: say('reason'), hint: say('run_stop_hint'), value: typed(visit, 'reason') }, problems)}${submit(say('run_stop'), 'btn-danger')}</div></form>`;
}

/** What there is to see of it: its result, why there is none, or that there is none yet. */
function outcome(visit: SignedIn, story: RunStory): Html {
  const { run } = story;
  if (run.status === 'done' && run.result) return resultPart(visit, story);
  if (run.status !== 'failed') return none;
  return html`<div class="alert alert-danger" role="alert"><div><h2 class="alert-title">${visit.say('run_failed')}</h2>${failureText(visit, run)}</div></div>`;
}

const needsMap = ({ run }: RunStory) => run.kind === 'optimize';

const hasTrades = ({ run }: RunStory) => run.status === 'done' && run.kind === 'backtest';

function files(visit: SignedIn, story: RunStory): Html {
  const { run } = story;
  if (!hasTrades(story)) return none;
  const link = (what: 'report' | 'trades') =>
    html`<a class="btn" href="/admin/backtests/${run.id}/${what}" download>${visit.say(`run_${what}_file`)}</a>`;
  return html`<p class="choices">${link('report')}${link('trades')}</p>`;
}

async function backtestPage(visit: SignedIn, problems: Problems = {}, status: Status = 200) {
  const { ctx, language, opened, say } = visit;
  const story = await readRunStory(ctx, { runId: part(visit, 'id'), page: pageNumber(visit) });
  const { run } = story;
  const { strategy, symbol, timeframe } = runName(language, run.request);
  const mayStop = isOpen(run) && !run.cancelAsked && may(opened.operator.role, 'runs.cancel');
  const hasProblems = Object.keys(problems).length > 0;
  return page(
    visit,
    say('run_of', { kind: kindName(visit, run.kind), strategy, symbol, timeframe }),
    html`${chartFiles(needsMap(story) ? 'echarts-whole.js' : 'echarts.js')}<link rel="stylesheet" href="${asset('backtest.css')}">
<p><a href="/admin/backtests">${say('run_back')}</a></p>${files(visit, story)}
${hasProblems && !mayStop ? wrong({ form: Object.values(problems).join(' ') }) : none}
${mayStop ? stopForm(visit, story, problems) : none}${statePart(visit, story)}${outcome(visit, story)}
<div class="pair"><div>${requestCard(visit, story)}${paramsCard(visit, story)}</div>${settingsCard(visit, story)}</div>
${hasTrades(story) ? tradesCard(visit, story) : none}`,
    status,
  );
}

/** The state alone; when the run has ended meanwhile the whole page is asked for anew. */
async function stateOnly(visit: SignedIn) {
  const story = await readRunStory(visit.ctx, { runId: part(visit, 'id'), page: 1 });
  if (!isOpen(story.run)) visit.c.header('hx-refresh', 'true');
  return visit.c.html(await statePart(visit, story));
}

const attached = (visit: SignedIn, name: string, type: string, body: string) =>
  visit.c.body(body, 200, {
    'content-type': `${type}; charset=utf-8`,
    'content-disposition': `attachment; filename="abtpro-${name}"`,
  });

async function tradesFile(visit: SignedIn) {
  const run = await readRunFile(visit.ctx, { runId: part(visit, 'id') });
  const trades = (run.trades ?? []) as readonly TradeRow[]; // as the pool wrote them
  return attached(visit, `trades-${run.id}.csv`, 'text/csv', tradesCsv(trades));
}

async function reportFile(visit: SignedIn) {
  const { ctx, language } = visit;
  const run = await readRunFile(ctx, { runId: part(visit, 'id') });
  const svg = await ctx.painter.svg(backtestInWords(language, run).chart);
  const report = htmlReport(language, run, { svg, madeAt: ctx.clock.now() });
  return attached(visit, `backtest-${run.id}.html`, 'text/html', report);
}

const beside: Beside = { 'reason.required': 'reason', 'text.too_long': 'reason' };

const stop = (visit: SignedIn) =>
  attempt(
    visit,
    beside,
    async () => {
      const runId = part(visit, 'id');
      await stopRun(visit.ctx, { runId, reason: reasonTyped(visit) });
      return visit.c.redirect(`/admin/backtests/${encodeURIComponent(runId)}?done=run_stop`, 303);
    },
    (problems, status) => backtestPage(visit, problems, status),
  );

export const backtestRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/backtests/:id', who: 'runs.read', run: (visit) => backtestPage(visit) },
  { method: 'get', path: '/admin/backtests/:id/state', who: 'runs.read', fetched: 'once', run: stateOnly },
  { method: 'get', path: '/admin/backtests/:id/trades', who: 'runs.read', run: tradesFile },
  { method: 'get', path: '/admin/backtests/:id/report', who: 'runs.read', run: reportFile },
  { method: 'post', path: '/admin/backtests/:id/cancel', who: 'runs.cancel', run: stop },
];
