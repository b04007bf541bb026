import { html } from 'hono/html';
import { fail } from '../../core/error.ts';
import { type AuditLine, type OperatorNames, readAuditLine } from '../../core/ops/auditLog.ts';
import { detailName, inWords, operatorId } from '../detail.ts';
import { at, badge, card, facts, type Html, none, table } from '../draw.ts';
import { page } from '../layout.ts';
import { subjectLink } from '../subject.ts';
import { part, type Route, type SignedIn, type Visit } from '../visit.ts';

export const lineLink = ({ seq }: Pick<AuditLine, 'seq'>): Html => html`<a href="/admin/audit/${seq}">${seq}</a>`;

/** Who did it: an operator by name, everybody else as the line writes it; a link to all they did. */
export function who(line: AuditLine, names: OperatorNames): Html {
  const name = names.get(operatorId(line.actor));
  return html`${name ? html`${name}<br>` : none}<a href="/admin/audit?actor=${encodeURIComponent(line.actor)}"><code>${line.actor}</code></a>`;
}

export function about(line: AuditLine, names: OperatorNames): Html {
  const name = names.get(operatorId(line.subject));
  return html`${name ? html`${name}<br>` : none}${subjectLink(line.subject)}`;
}

type Change = readonly [name: string, before: unknown, after: unknown];

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Settings are written down as JSON; anything else stays what it is. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** What a line says of a change, value by value; nothing when it tells of none. */
function changesOf({ detail }: AuditLine): Change[] {
  if (!isRecord(detail) || !('old' in detail) || !('new' in detail)) return [];
  const [before, after] = [parsed(detail.old), parsed(detail.new)];
  if (!isRecord(before) || !isRecord(after)) return [['', before, after]];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((name) => [name, before[name], after[name]]);
}

const isSame = ([, before, after]: Change) => JSON.stringify(before) === JSON.stringify(after);

/** Everything a line holds beside its old and new values. */
function othersOf(line: AuditLine): [name: string, value: unknown][] {
  if (!isRecord(line.detail)) return [['', line.detail]];
  const isChange = changesOf(line).length > 0;
  return Object.entries(line.detail).filter(([name]) => !isChange || (name !== 'old' && name !== 'new'));
}

/** The details in a few words, for a list. */
export function brief(visit: Visit, line: AuditLine, names: OperatorNames): Html {
  const { say } = visit;
  const short = (name: string, value: unknown) => {
    const text = value === undefined ? '–' : inWords(visit, name, value, names);
    return text.length > 80 ? `${text.slice(0, 79)}…` : text;
  };
  const named = (name: string, words: Html | string) =>
    html`<div>${name === '' ? none : html`<span class="text-secondary">${detailName(visit, name)}</span> `}${words}</div>`;
  const changes = changesOf(line).filter((change) => !isSame(change));
  return html`${othersOf(line).map(([name, value]) => named(name, short(name, value)))}
${changes.slice(0, 5).map(([name, before, after]) => named(name, html`${short(name, before)} → ${short(name, after)}`))}
${changes.length > 5 ? html`<div>${say('audit_more_changes', { count: changes.length - 5 })}</div>` : none}`;
}

function changesCard(visit: SignedIn, line: AuditLine, names: OperatorNames): Html {
  const { say } = visit;
  const changes = changesOf(line);
  if (changes.length === 0) return none;
  const words = (name: string, value: unknown) => (value === undefined ? '–' : inWords(visit, name, value, names));
  const rows = changes.map((change) => {
    const [name, before, after] = change;
    const shown = [html`<code>${name || say('audit_value')}</code>`, words(name, before), words(name, after)];
    return [...shown, isSame(change) ? '' : badge(say('audit_changed'), 'yellow')];
  });
  const columns = [say('audit_field'), say('audit_before'), say('audit_after'), ''];
  return card(say('audit_change'), table(columns, rows, ''));
}

async function linePage(visit: SignedIn) {
  const { ctx, say } = visit;
  const given = part(visit, 'seq');
  const found = /^\d{1,18}$/.test(given) ? await readAuditLine(ctx, { seq: BigInt(given) }) : undefined;
  const { line, names } = found ?? fail('http.missing');
  const others = othersOf(line);
  const search = (name: string, value: string) => `/admin/audit?${new URLSearchParams({ [name]: value })}`;
  return page(
    visit,
    say('audit_line_of', { seq: String(line.seq) }),
    html`${card(
      say('audit_line'),
      facts([
        [say('when'), at(visit, line.at)],
        [say('actor'), who(line, names)],
        [say('action'), html`<code>${line.action}</code>`],
        [say('about'), about(line, names)],
        [say('audit_link'), line.link === null ? say('audit_unsealed') : String(line.link)],
        [say('audit_seal'), line.mac === null ? '–' : html`<code>${line.mac}</code>`],
      ]),
    )}
${changesCard(visit, line, names)}
${
  others.length === 0
    ? none
    : card(
        say('detail'),
        facts(
          others.map(([name, value]) => [
            detailName(visit, name),
            html`<span class="value">${inWords(visit, name, value, names)}</span>`,
          ]),
        ),
      )
}
<p class="d-flex flex-wrap gap-2"><a class="btn" href="${search('subject', line.subject)}">${say('audit_same_subject')}</a>
<a class="btn" href="${search('actor', line.actor)}">${say('audit_same_actor')}</a>
<a class="btn" href="/admin/audit">${say('audit_all')}</a></p>`,
  );
}

export const auditLineRoutes: readonly Route[] = [
  { method: 'get', path: '/admin/audit/:seq', who: 'audit.read', run: linePage },
];
