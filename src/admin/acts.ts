import { html } from 'hono/html';
import { type Html, none } from './draw.ts';
import type { Visit } from './visit.ts';

/** One of the things that can be done to what a page is about. */
export interface Choice<Act extends string> {
  act: Act;
  label: string;
  /** What cannot be taken back. */
  isGrave?: boolean;
}

/**
 * A button for each thing that can be done, and under them what belongs to the one that was pressed: one form at a time,
 * so that nothing is filled in that belongs to another. The buttons are links; `?act=` says which was pressed.
 */
export function chooser<Act extends string>(
  { say }: Visit,
  path: string,
  choices: readonly Choice<Act>[],
  chosen: Act | undefined,
  below: Html,
): Html {
  return html`<section id="acts" class="card mb-3"><div class="card-header"><h2 class="card-title">${say('acts')}</h2></div>
<div class="card-body"><nav class="choices" aria-label="${say('acts')}">${choices.map(
    ({ act, label, isGrave }) =>
      html`<a class="btn btn-sm ${isGrave ? 'btn-outline-danger' : ''} ${act === chosen ? 'active' : ''}" ${act === chosen ? html`aria-current="true"` : none} href="${path}?act=${act}#acts">${label}</a>`,
  )}</nav>${below}</div></section>`;
}

/** The way out of a form that was opened. */
export const cancelLink = ({ say }: Visit, path: string): Html =>
  html`<a class="btn btn-link" href="${path}">${say('cancel')}</a>`;
