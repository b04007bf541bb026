import { html } from 'hono/html';
import { paramsText, runName, strategyText } from '../../core/backtest/inWords.ts';
import { baseOf } from '../../core/backtest/request.ts';
import type { RunKind, RunStatus } from '../../core/backtest/tables.ts';
import { listAllRuns, type RunLine, type RunRow, readRunQueue } from '../../core/ops/backtests.ts';
import { strategies } from '../../core/strategy/strategies.ts';
import { formatNumber, formatPercent, translate } from '../../core/text/text.ts';
import { at, badge, field, type Html, none, older, select, submit, table } from '../draw.ts';
import { page } from '../layout.ts';
import { query, type Route, type SignedIn, type Visit } from '../visit.ts';
import { personName } from './users.ts';

const colours: Record<RunStatus, string> = {
  queued: 'blue',
  running: 'yellow',
  done: 'green',
  failed: 'red',
  cancelled: 'secondary',
};
const statuses = Object.keys(colours) as RunStatus[]; // the keys of the record above
const kinds: readonly RunKind[] = ['backtest', 'optimize', 'walk_forward', 'batch', 'compare', 'monte_carlo'];

export const runState = (visit: Visit, { status, cancelAsked }: Pick<RunLine, 'status' | 'cancelAsked'>): Html =>
  status === 'running' && cancelAsked
    ? badge(visit.say('run_stopping'), colours.cancelled)
    : badge(translate(visit.language, `run.state_${status}`), colours[status]);

export const kindName = (visit: Visit, kind: RunKind) => visit.say(`run_kind_${kind}`);

/** Of how much there was of it: a share of a minute in seconds, the rest in minutes. */
export function spanText(visit: Visit, ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) return visit.say('run_seconds', { seconds: formatNumber(visit.language, seconds, 1) });
  return visit.say('run_minutes', { minutes: formatNumber(visit.language, seconds / 60, 1) });
}

/** What was asked for, in one cell that leads to the run. */
function about(visit: Visit, run: RunLine): Html {
  const { strategy, symbol, timeframe } = runName(visit.language, run.request);
  const what = run.kind === 'batch' ? (run.request.symbols as readonly string[] | undefined)?.join(', ') : symbol; // as `ask.ts` wrote it
  return html`<a href="/admin/backtests/${run.id}">${strategy} · ${what ?? symbol} · ${timeframe}</a><br><small class="text-secondary">${kindName(visit, run.kind)} · ${paramsText(baseOf(run.request).params ?? {})}</small>`;
}

const person = (visit: Visit, { user }: RunRow): Html =>
  html`<a href="/admin/users/${user.id}">${personName(visit, user)}</a>`;

/** How it stands, or how it ended. */
function standing(visit: Visit, { run }: RunRow): Html {
  const { status, progress, totalReturnPct, startedAt, endedAt } = run;
  if (status === 'running') return html`${runState(visit, run)} ${formatNumber(visit.language, progress / 10, 0)}%`;
  const took =
    status === 'done' && startedAt && endedAt ? spanText(visit, endedAt.getTime() - startedAt.getTime()) : '';
  const result = totalReturnPct === null ? '' : formatPercent(visit.language, totalReturnPct);
  const more = [result, took].filter(Boolean).join(' · ');
  return html`${runState(visit, run)}${more ? html`<div class="small text-secondary">${more}</div>` : none}`;
}

/** Runs in a table; without its column of people on the page of one. */
export function runTable(visit: Visit, rows: readonly RunRow[], empty: string, withPerson = true): Html {
  const { say } = visit;
  const columns = [say('when'), say('run_what'), ...(withPerson ? [say('person')] : []), say('state')];
  return table(
    columns,
    rows.map((row) => [
      at(visit, row.run.createdAt),
      about(visit, row.run),
      ...(withPerson ? [person(visit, row)] : []),
      standing(visit, row),
    ]),
    empty,
  );
}

/** The queue as it is now; fetched again every ten seconds. */
async function queuePart(visit: SignedIn): Promise<Html> {
  const { ctx, language, say } = visit;
  const queue = await readRunQueue(ctx);
  const { day, oldestWaitingAt } = queue;
  const count = (value: number) => formatNumber(language, value, 0);
  const figure = (name: string, value: string, more: Html | string = '') =>
    html`<div class="card figure"><dt>${say(`run_queue_${name}`)}</dt><dd>${value}${more ? html`<div class="figure-more">${more}</div>` : none}</dd></div>`;
  const waited = oldestWaitingAt && spanText(visit, ctx.clock.now().getTime() - oldestWaitingAt.getTime());
  const columns = ['run_since', 'run_what', 'person', 'run_progress', 'run_attempt', 'run_lease'].map((key) =>
    say(key),
  );
  const rows = queue.rows.map((row) => [
    row.run.startedAt ? at(visit, row.run.startedAt) : '–',
    about(visit, row.run),
    person(visit, row),
    standing(visit, row),
    count(row.run.attempts),
    row.run.leasedUntil && row.run.leasedUntil > ctx.clock.now()
      ? at(visit, row.run.leasedUntil)
      : badge(say('run_lease_over'), 'red'),
  ]);
  return html`<section id="queue" aria-label="${say('run_queue')}" hx-get="/admin/backtests/queue" hx-trigger="every 10s" hx-swap="outerHTML">
<dl class="figures">${figure('waiting', count(queue.waiting), waited ? say('run_queue_oldest', { span: waited }) : '')}
${figure('running', count(queue.running))}
${figure('done', count(day.done), queue.isPart ? say('run_queue_part') : '')}
${figure('failed', count(day.failed), day.cancelled > 0 ? say('run_queue_cancelled', { count: day.cancelled }) : '')}
${figure('average', day.averageMs === null ? '–' : spanText(visit, day.averageMs))}</dl>
${rows.length > 0 ? html`<div class="card mb-3"><div class="card-header"><h2 class="card-title">${say('run_running')}</h2></div>${table(columns, rows, '')}</div>` : none}</section>`;
}

function filterForm(visit: SignedIn): Html {
  const { language, say } = visit;
  const any = { value: '', label: say('any') };
  const states = statuses.map((value) => ({ value, label: translate(language, `run.state_${value}`) }));
  const names = strategies.map(({ name }) => ({ value: name, label: strategyText(language, name) }));
  const text = (name: 'person' | 'symbol', label: string) =>
    field({ name, type: 'search', label: say(label), value: query(visit, name), optional: true });
  const choose = (name: string, label: string, choices: { value: string; label: string }[]) =>
    select({ name, label: say(label), value: query(visit, name), choices: [any, ...choices] });
  return html`<form class="filter" method="get" action="/admin/backtests" role="search" hx-get="/admin/backtests" hx-trigger="change, submit" hx-target="#list" hx-select="#list" hx-swap="outerHTML" hx-push-url="true">
${text('person', 'notice_person')}${text('symbol', 'run_symbol')}${choose('strategy', 'run_strategy', names)}
${choose(
  'kind',
  'run_kind',
  kinds.map((value) => ({ value, label: kindName(visit, value) })),
)}${choose('status', 'state', states)}${submit(say('show'), '')}</form>`;
}

async function backtestsPage(visit: SignedIn) {
  const { say } = visit;
  const [kind, status] = [query(visit, 'kind'), query(visit, 'status')];
  const list = await listAllRuns(visit.ctx, {
    kind: kinds.find((known) => known === kind),
    status: statuses.find((known) => known === status),
    person: query(visit, 'person') || undefined,
    strategy: query(visit, 'strategy') || undefined,
    symbol: query(visit, 'symbol') || undefined,
    before: query(visit, 'before') || undefined,
  });
  const empty = list.next === undefined ? say('nothing_found') : '';
  return page(
    visit,
    say('backtests'),
    html`${await queuePart(visit)}${filterForm(visit)}<div class="card" id="list">
${list.crowded ? html`<div class="card-body text-secondary" role="status">${say('notice_crowded')}</div>` : none}
${list.items.length > 0 || empty ? runTable(visit, list.items, empty) : none}${list.items.length === 0 && list.next !== undefined ? html`<div class="card-body text-secondary" role="status">${say('notice_look_further')}</div>` : none}${older(visit, list.next)}</div>`,
  );
}

export const backtestsRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/backtests', who: 'runs.read', run: backtestsPage },
  {
    method: 'get',
    path: '/admin/backtests/queue',
    who: 'runs.read',
    fetched: 'once',
    run: async (visit) => visit.c.html(await queuePart(visit)),
  },
];
