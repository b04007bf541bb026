import { html } from 'hono/html';
import type { Html } from '../draw.ts';

/** A table that stays a table on a phone: only side by side do its cells say anything. `loose` lets its words wrap. */
export const matrix = (
  columns: readonly string[],
  rows: readonly (readonly (Html | string)[])[],
  look: 'tight' | 'loose' = 'tight',
): Html =>
  html`<div class="table-responsive"><table class="table table-sm card-table matrix ${look}"><thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(([first = '', ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((value) => html`<td>${value}</td>`)}</tr>`)}</tbody></table></div>`;
