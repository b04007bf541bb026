import { html } from 'hono/html';
import type { Html } from '../draw.ts';

interface Look {
  /** `loose` lets the names of rows wrap, which may be of any length. */
  names?: 'tight' | 'loose';
  empty?: string;
}

/** A table that stays a table on a phone: only side by side do its cells say anything. The first of a row is its name. */
export function matrix(
  columns: readonly string[],
  rows: readonly (readonly (Html | string)[])[],
  { names = 'tight', empty = '' }: Look = {},
): Html {
  if (rows.length === 0) return html`<div class="card-body text-secondary">${empty}</div>`;
  return html`<div class="table-responsive"><table class="table table-sm card-table matrix ${names}"><thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(([first = '', ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((value) => html`<td>${value}</td>`)}</tr>`)}</tbody></table></div>`;
}
