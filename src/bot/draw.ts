import { type Language, translate } from '../core/text/text.ts';
import { qrPicture } from './picture.ts';
import type { Button, Form, Reply, Say, Value } from './reply.ts';

/** A reply in words, ready for a chat to lay out. */
export interface Drawn {
  title: string | undefined;
  lines: string[];
  facts: { label: string; value: string; code: boolean }[];
  buttons: DrawnButton[][];
  toast: string | undefined;
  picture: { name: string; png: Buffer } | undefined;
  file: Reply['file'];
}

export interface DrawnButton {
  label: string;
  data: string;
  style: Button['style'];
}

/** Telegram's limit for a button, the smallest of the three chats. */
const BUTTON_BYTES = 64;

export function buttonData(button: Pick<Button, 'does' | 'on'>): string {
  const data = button.on === undefined ? button.does : `${button.does}|${button.on}`;
  if (Buffer.byteLength(data) > BUTTON_BYTES) throw new Error(`button "${button.does}" carries more than 64 bytes`);
  return data;
}

export function readButton(data: string): { does: string; on: string | undefined } {
  const bar = data.indexOf('|');
  return bar < 0 ? { does: data, on: undefined } : { does: data.slice(0, bar), on: data.slice(bar + 1) };
}

export const speak = (language: Language, [key, params]: Say) => translate(language, key, params);

function drawValue(language: Language, value: Value): { value: string; code: boolean } {
  if ('code' in value) return { value: value.code, code: true };
  if ('text' in value) return { value: value.text, code: false };
  return { value: speak(language, value), code: false };
}

const isOne = (say: Say | readonly Say[]): say is Say => typeof say[0] === 'string';

export async function draw(language: Language, reply: Reply): Promise<Drawn> {
  const says: readonly Say[] = reply.say === undefined ? [] : isOne(reply.say) ? [reply.say] : reply.say;
  return {
    title: reply.title && speak(language, reply.title),
    lines: says.map((say) => speak(language, say)),
    facts: (reply.facts ?? []).map((fact) => ({
      label: speak(language, fact.label),
      ...drawValue(language, fact.value),
    })),
    buttons: (reply.buttons ?? []).map((row) =>
      row.map((button) => ({ label: speak(language, button.say), data: buttonData(button), style: button.style })),
    ),
    toast: reply.toast && speak(language, reply.toast),
    picture:
      reply.image && 'qr' in reply.image
        ? { name: 'promptpay-qr.png', png: await qrPicture(reply.image.qr) }
        : undefined,
    file: reply.file,
  };
}

export interface DrawnForm {
  command: string;
  title: string;
  problem: string | undefined;
  args: Record<string, string>;
  fields: {
    name: string;
    label: string;
    hint: string;
    optional: boolean;
    choices: { label: string; value: string }[];
    closed: boolean;
  }[];
}

export function drawForm(language: Language, form: Form): DrawnForm {
  return {
    command: form.command,
    title: speak(language, form.title),
    problem: form.problem && speak(language, form.problem),
    args: form.args,
    fields: form.fields.map((field) => ({
      name: field.name,
      label: speak(language, field.label),
      hint: speak(language, field.hint),
      optional: field.optional,
      choices: field.choices.map((choice) => ({ label: speak(language, choice.say), value: choice.value })),
      closed: field.closed ?? false,
    })),
  };
}
