import { randomUUID } from 'node:crypto';
import { html } from 'hono/html';
import { may } from '../../core/access.ts';
import { fail } from '../../core/error.ts';
import { startReconciliation } from '../../core/ops/jobDesk.ts';
import {
  listReconciliations,
  type NamedDifference,
  type ReconciliationRun,
  readReconciliation,
  readReconciliationState,
} from '../../core/ops/reconciliations.ts';
import { hasText } from '../../core/text/text.ts';
import { attempt, type Status } from '../answer.ts';
import { took } from '../detail.ts';
import { at, badge, card, facts, type Html, lock, none, type Problems, pager, submit, table, wrong } from '../draw.ts';
import { page } from '../layout.ts';
import { subjectLink } from '../subject.ts';
import { pageNumber, part, type Route, type SignedIn, typed } from '../visit.ts';

const count = (visit: SignedIn, n: number) => visit.say('number', { n });

const found = (visit: SignedIn, n: number): Html =>
  n === 0
    ? badge(visit.say('reconciliation_clean'), 'green')
    : badge(visit.say('reconciliation_found', { count: n }), 'red');

/** An operator by name; a job ran by its schedule, or by hand on the machine. */
const startedBy = (visit: SignedIn, run: ReconciliationRun): string =>
  run.startedByName ?? (run.startedBy.startsWith('job:') ? visit.say('by_service') : run.startedBy);

/** The button, or what stands in its place while a comparison is under way. */
async function startForm(visit: SignedIn): Promise<Html> {
  const { opened, say } = visit;
  const state = await readReconciliationState(visit.ctx);
  const note = state === 'idle' ? none : html`<p role="status"><strong>${say(`reconciliation_${state}`)}</strong></p>`;
  if (!may(opened.operator.role, 'ledger.reconcile') || state === 'away') return note;
  return html`${note}<form class="mb-3" method="post" action="/admin/reconciliation">${lock(visit)}<input type="hidden" name="request_key" value="${randomUUID()}">${submit(say('reconciliation_start'), state === 'idle' ? 'btn-primary' : '')}</form>`;
}

async function runsPage(visit: SignedIn, problems: Problems = {}, status: Status = 200) {
  const { say } = visit;
  const list = await listReconciliations(visit.ctx, { page: pageNumber(visit) });
  const rows = list.items.map((run) => [
    html`<a href="/admin/reconciliation/${run.id}">${at(visit, run.startedAt)}</a>`,
    found(visit, run.found),
    count(visit, run.transfers),
    took(visit, run.tookMs),
    startedBy(visit, run),
  ]);
  const columns = [say('when'), say('outcome'), say('transfers'), say('duration'), say('started_by')];
  return page(
    visit,
    say('reconciliation'),
    html`<p class="text-secondary">${say('reconciliation_intro')}</p>${wrong(problems)}${await startForm(visit)}
<div class="card">${table(columns, rows, say('nothing_yet'))}${pager(visit, list.page, list.hasMore)}</div>`,
    status,
  );
}

/** A check in words of the operator's language; as the ledger names it where there are none. */
function checkName(visit: SignedIn, check: string): string {
  const key = `check_${check.replaceAll(' ', '_')}`;
  return /^[\w-]+$/.test(key) && hasText(visit.language, `panel.${key}`) ? visit.say(key) : check;
}

function differenceRow(visit: SignedIn, { check, subject, detail, about }: NamedDifference): (Html | string)[] {
  if (subject === 'more') return [checkName(visit, check), visit.say('reconciliation_more', { count: detail }), '', ''];
  const isItself = about === subject;
  return [
    checkName(visit, check),
    isItself ? subjectLink(subject) : html`<code>${subject}</code>`,
    html`<code>${detail}</code>`,
    about && !isItself ? subjectLink(about) : '',
  ];
}

async function runPage(visit: SignedIn) {
  const { say } = visit;
  const run = await readReconciliation(visit.ctx, { runId: part(visit, 'id') });
  const rows = run.differences.map((each) => differenceRow(visit, each));
  const columns = [say('check'), say('about'), say('detail'), say('look_at')];
  return page(
    visit,
    say('reconciliation'),
    html`<p><a href="/admin/reconciliation">← ${say('reconciliation_all')}</a></p>${card(
      say('reconciliation_run'),
      facts([
        [say('when'), at(visit, run.startedAt)],
        [say('started_by'), startedBy(visit, run)],
        [say('duration'), took(visit, run.tookMs)],
        [say('checks'), count(visit, run.checks)],
        [say('transfers'), count(visit, run.transfers)],
        [say('outcome'), found(visit, run.found)],
      ]),
    )}${card(say('differences'), table(columns, rows, say('differences_none')))}`,
  );
}

/** What comparing ledger, payments and top-ups has found, run by run. */
export const reconciliationRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/reconciliation', who: 'payments.read', run: (visit) => runsPage(visit) },
  { method: 'get', path: '/admin/reconciliation/:id', who: 'payments.read', run: runPage },
  {
    method: 'post',
    path: '/admin/reconciliation',
    who: 'ledger.reconcile',
    run: (visit) =>
      attempt(
        visit,
        {},
        async () => {
          const requestKey = typed(visit, 'request_key') || fail('form.stale');
          await startReconciliation(visit.ctx, { requestKey });
          return visit.c.redirect('/admin/reconciliation?done=reconciliation_started', 303);
        },
        (problems, status) => runsPage(visit, problems, status),
      ),
  },
];
