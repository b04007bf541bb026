import { html } from 'hono/html';
import { randomCode } from '../../core/id.ts';
import { type AuditCheck, auditLength, checkAudit, type FaultFound } from '../../core/ops/auditCheck.ts';
import type { OperatorNames } from '../../core/ops/auditLog.ts';
import { translate } from '../../core/text/text.ts';
import { attempt } from '../answer.ts';
import { at, badge, card, type Html, lock, none, type Problems, submit, table, wrong } from '../draw.ts';
import { takeTurn } from '../export/turns.ts';
import { page } from '../layout.ts';
import type { Route, SignedIn } from '../visit.ts';
import { about, lineLink, who } from './auditLine.ts';

const checkForm = (visit: SignedIn, label: string): Html =>
  html`<form method="post" action="/admin/audit/verify">${lock(visit)}${submit(visit.say(label))}</form>`;

function startPage(visit: SignedIn, problems: Problems = {}, status: 200 | 429 = 200) {
  const { say } = visit;
  return page(
    visit,
    say('audit_verify'),
    html`${wrong(problems)}<p class="text-secondary">${say('audit_verify_intro')}</p>${checkForm(visit, 'audit_verify_now')}`,
    status,
  );
}

const colours: Record<FaultFound['fault'], string> = {
  altered: 'red',
  missing: 'red',
  inserted: 'red',
  moved: 'red',
  cut_off: 'red',
  unknown_key: 'yellow',
  unchecked: 'yellow',
  unsealed: 'yellow',
};

/** The lines on either side of a hole, which is all that is left of what was there. */
function hole(visit: SignedIn, { before, after, link, gone }: FaultFound): Html {
  const { say } = visit;
  const numbers = gone && gone.lastLink !== link ? `${link} – ${gone.lastLink}` : String(link ?? '–');
  return html`${say('audit_numbers', { numbers })}${before ? html`<br>${say('audit_behind')} ${lineLink(before)}` : none}${after ? html`<br>${say('audit_in_front')} ${lineLink(after)}` : none}`;
}

function faultRow(visit: SignedIn, found: FaultFound, names: OperatorNames): (Html | string)[] {
  const { say } = visit;
  const { fault, line, before, after } = found;
  const name = badge(say(`audit_fault_${fault}`), colours[fault]);
  if (line)
    return [
      name,
      lineLink(line),
      at(visit, line.at),
      who(line, names),
      html`<code>${line.action}</code>`,
      about(line, names),
    ];
  const when = html`${before ? at(visit, before.at) : '…'} – ${after ? at(visit, after.at) : '…'}`;
  return [name, hole(visit, found), when, '–', '–', '–'];
}

/** Lines that have no seal yet: as it should be, or a job that does not run. */
function fresh({ say }: SignedIn, { waiting, isSealingLate }: AuditCheck): Html {
  if (waiting === 0) return none;
  if (!isSealingLate) return html`<p class="text-secondary">${say('audit_waiting', { count: waiting })}</p>`;
  return html`<div class="alert alert-warning" role="status">${say('audit_waiting_late', { count: waiting })}</div>`;
}

function verdict(visit: SignedIn, found: AuditCheck): Html {
  const { say } = visit;
  const { checked, faults, names } = found;
  const again = checkForm(visit, 'audit_verify_again');
  if (faults.length === 0)
    return html`<div class="alert alert-success" role="status">${say('audit_holds', { count: checked })}</div>${fresh(visit, found)}${again}`;
  const columns = [say('audit_finding'), say('audit_line'), say('when'), say('actor'), say('action'), say('about')];
  const rows = faults.map((found) => faultRow(visit, found, names));
  return html`<div class="alert alert-danger" role="alert">${say('audit_broken', { count: faults.length, checked })}</div>
${faults.length >= 1000 ? html`<p>${say('audit_too_broken')}</p>` : none}${fresh(visit, found)}
${card(say('audit_findings'), html`${legend(visit, faults)}${table(columns, rows, '')}`)}${again}`;
}

/** What each kind of finding means, of those that there are. */
function legend({ say }: SignedIn, faults: readonly FaultFound[]): Html {
  const kinds = [...new Set(faults.map(({ fault }) => fault))];
  return html`<div class="card-body"><dl class="meanings">${kinds.map(
    (kind) => html`<dt>${badge(say(`audit_fault_${kind}`), colours[kind])}</dt><dd>${say(`audit_why_${kind}`)}</dd>`,
  )}</dl></div>`;
}

const HERE = '<!--here-->';
const TELL_EVERY_MS = 500;

/**
 * The check as a page that grows while it runs: a long walk shows how far it has come, with scripts and without. Its
 * beginning and end are those of any page. When the reader leaves, the walk ends.
 */
async function checkPage(visit: SignedIn): Promise<Response> {
  const { c, ctx, language, opened, say } = visit;
  const shell = await (await page(visit, say('audit_verify'), html`<!--here-->`)).text();
  const [top = '', bottom = ''] = shell.split(HERE);
  const total = await auditLength(ctx);
  const giveBack = takeTurn(opened.operator.id);
  let isLeft = false;
  let toldMs = performance.now();
  async function run(write: (html: string) => void): Promise<void> {
    const step = (words: string) => write(String(html`<p>${words}</p>`));
    const tell = (checked: number) => {
      if (isLeft) throw new Error('nobody reads this any more');
      if (performance.now() < toldMs + TELL_EVERY_MS) return;
      toldMs = performance.now();
      step(say('audit_so_far', { count: checked, total }));
    };
    write(`${top}<div class="growing" role="status">`);
    step(say('audit_begun'));
    const found = await checkAudit(ctx, tell).finally(giveBack);
    step(say('audit_read', { count: found.checked }));
    write(`</div>${String(await verdict(visit, found))}${bottom}`);
  }
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => {
        if (!isLeft) controller.enqueue(Buffer.from(text));
      };
      void run(write)
        .catch((error: unknown) => {
          if (isLeft) return;
          const reference = randomCode(6);
          ctx.log.error({ err: error, reference }, 'a check of the audit failed');
          const words = translate(language, 'error.unexpected', { reference });
          write(`</div>${String(html`<div class="alert alert-danger" role="alert">${words}</div>`)}${bottom}`);
        })
        .finally(() => {
          if (!isLeft) controller.close();
        });
    },
    cancel() {
      isLeft = true;
    },
  });
  return c.body(body, 200, { 'content-type': 'text/html; charset=UTF-8', 'x-accel-buffering': 'no' });
}

export const auditCheckRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/audit/verify', who: 'audit.read', run: (visit) => startPage(visit) },
  {
    method: 'post',
    path: '/admin/audit/verify',
    who: 'audit.read',
    run: (visit) =>
      attempt(
        visit,
        {},
        () => checkPage(visit),
        (problems) => startPage(visit, problems, 429),
      ),
  },
];
