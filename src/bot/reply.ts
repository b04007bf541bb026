import type { Chart } from '../core/chart.ts';
import type { Params } from '../core/error.ts';
import type { Language } from '../core/text/text.ts';

/** A text to be said: a key of `core/text` and what goes into it. */
export type Say = readonly [key: string, params?: Params];

/** A value beside a label: words, somebody's own text, or something to copy. */
export type Value = Say | { text: string } | { code: string };

export interface Button {
  say: Say;
  /** The command that a press runs. */
  does: string;
  /** The text of its first argument: an opaque id, a page. Together with `does` at most 63 bytes. */
  on?: string;
  style?: 'primary' | 'danger';
}

/**
 * What a command answers. It is data: each chat draws it as well as it can.
 *
 * After a press of a button, a reply of words takes the place of the message that was pressed; with a picture or a
 * file, or when `fresh` is set, it is a message of its own.
 */
export interface Reply {
  title?: Say;
  say?: Say | readonly Say[];
  facts?: readonly { label: Say; value: Value }[];
  image?: { qr: string } | { chart: Chart };
  file?: { name: string; mime: string; content: Uint8Array };
  buttons?: readonly (readonly Button[])[];
  /** A passing word (a popup) instead of a message. */
  toast?: Say;
  /** Holds personal data: never where others can read it. Everything personal is; pure help is not. */
  sensitive?: boolean;
  fresh?: boolean;
  /** Set where the answer is no longer in the language of the question. */
  language?: Language;
  /** Names the message. A later one of the same name takes its place, and `retire` takes it away. */
  screen?: string;
  retire?: string;
}

/** Fields still to be filled in. Shown as a form where the chat has forms, asked one by one where it has not. */
export interface Form {
  command: string;
  title: Say;
  /** What was answered already, as text. */
  args: Record<string, string>;
  fields: readonly FormField[];
  /** Why the form is shown again. */
  problem?: Say;
}

export interface FormField {
  name: string;
  label: Say;
  /** What a good answer looks like. */
  hint: Say;
  optional: boolean;
  choices: readonly Choice[];
  /** Nothing but the choices is an answer; otherwise they are suggestions. */
  closed?: boolean;
}

export interface Choice {
  say: Say;
  value: string;
}
