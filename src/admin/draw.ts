import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { formatAt } from '../core/text/text.ts';
import { formKey, type Visit } from './visit.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What is wrong, by field; `form` is for what concerns no single field. */
export type Problems = Readonly<Record<string, string>>;

export const none = html``;

/** The key of the session, in every form. */
export const lock = (visit: Visit): Html =>
  visit.token && visit.opened ? html`<input type="hidden" name="form_key" value="${formKey(visit.token)}">` : none;

interface Field {
  name: string;
  label: string;
  type?: string;
  value?: string;
  hint?: string;
  optional?: boolean;
  autocomplete?: string;
  inputmode?: string;
  /** For what is longer than fits one line. */
  lines?: number;
}

/** An input with its label, and what is wrong with it right beside. */
export function field(given: Field, problems: Problems = {}): Html {
  const { name, label, type = 'text', value = '', hint, autocomplete = 'off', inputmode = 'text' } = given;
  const problem = problems[name];
  const about = problem ? `${name}-problem` : hint ? `${name}-hint` : '';
  const common = html`class="form-control ${problem ? 'is-invalid' : ''}" id="${name}" name="${name}" autocomplete="${autocomplete}" maxlength="500" ${given.optional ? '' : 'required'} aria-describedby="${about}" aria-invalid="${problem ? 'true' : 'false'}"`;
  return html`<div class="mb-3">
  <label class="form-label" for="${name}">${label}</label>
  ${given.lines ? html`<textarea ${common} rows="${given.lines}">${value}</textarea>` : html`<input ${common} type="${type}" value="${value}" inputmode="${inputmode}">`}
  ${problem ? html`<div class="invalid-feedback" id="${name}-problem">${problem}</div>` : none}
  ${hint && !problem ? html`<small class="form-hint" id="${name}-hint">${hint}</small>` : none}
</div>`;
}

export interface Choice {
  value: string;
  label: string;
}

export function select(given: { name: string; label: string; value: string; choices: readonly Choice[] }): Html {
  return html`<div class="mb-3">
  <label class="form-label" for="${given.name}">${given.label}</label>
  <select class="form-select" id="${given.name}" name="${given.name}">${given.choices.map(
    ({ value, label }) => html`<option value="${value}" ${value === given.value ? 'selected' : ''}>${label}</option>`,
  )}</select>
</div>`;
}

export const wrong = (problems: Problems): Html =>
  problems.form ? html`<div class="alert alert-danger" role="alert">${problems.form}</div>` : none;

export const submit = (label: string, look = 'btn-primary'): Html =>
  html`<button type="submit" class="btn ${look}">${label}</button>`;

export const badge = (label: string, colour: string): Html => html`<span class="badge tone-${colour}">${label}</span>`;

/** A stored moment may be none, after somebody has been at the database. */
export const at = (visit: Visit, moment: Date): Html =>
  Number.isNaN(moment.getTime())
    ? html`–`
    : html`<time datetime="${moment.toISOString()}">${formatAt(visit.language, moment)}</time>`;

/** A table that becomes a list of cards on a phone. Cells carry the name of their column for that. */
export function table(columns: readonly string[], rows: readonly (readonly (Html | string)[])[], empty: string): Html {
  if (rows.length === 0) return html`<div class="card-body text-secondary">${empty}</div>`;
  return html`<div class="table-responsive"><table class="table table-vcenter card-table table-mobile-md">
  <thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
  <tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, n) => html`<td data-label="${columns[n] ?? ''}"><div>${cell}</div></td>`)}</tr>`,
  )}</tbody></table></div>`;
}

export const card = (title: string, body: Html): Html =>
  html`<section class="card mb-3"><div class="card-header"><h2 class="card-title">${title}</h2></div>${body}</section>`;

/** Names and values, one under the other on a phone. */
export const facts = (pairs: readonly (readonly [string, Html | string])[]): Html =>
  html`<div class="card-body"><dl class="facts">${pairs.map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl></div>`;

/** Earlier and later pages of a list; the filter stays. `place` is where in the page the list is, like `#trades`. */
export function pager(visit: Visit, page: number, hasMore: boolean, place = ''): Html {
  const link = (to: number) => {
    const search = new URLSearchParams(visit.c.req.query());
    search.set('page', String(to));
    return `?${search}${place}`;
  };
  if (page === 1 && !hasMore) return none;
  return html`<nav class="card-footer pages" aria-label="${visit.say('pages')}">
  ${page > 1 ? html`<a class="btn" rel="prev" href="${link(page - 1)}">${visit.say('page_before')}</a>` : none}
  <span class="text-secondary">${visit.say('page', { page })}</span>
  ${hasMore ? html`<a class="btn" rel="next" href="${link(page + 1)}">${visit.say('page_after')}</a>` : none}
</nav>`;
}

/** The way on through a list that has no page numbers: to what lies behind `next`, or back to where it begins. */
export function older(visit: Visit, next: string | bigint | undefined): Html {
  const { before, done: _done, ...filter } = visit.c.req.query();
  if (next === undefined && before === undefined) return none;
  return html`<nav class="card-footer pages" aria-label="${visit.say('pages')}">
  ${before === undefined ? none : html`<a class="btn" rel="first" href="?${new URLSearchParams(filter)}">${visit.say('page_first')}</a>`}
  ${next === undefined ? none : html`<a class="btn" rel="next" href="?${new URLSearchParams({ ...filter, before: String(next) })}">${visit.say('page_after')}</a>`}
</nav>`;
}
