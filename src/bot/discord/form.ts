import {
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  type ModalSubmitInteraction,
  TextInputStyle,
} from 'discord.js';
import { z } from 'zod';
import type { Drawn, DrawnForm } from '../draw.ts';
import { cut, plain } from './layout.ts';

const MOST = {
  id: 100,
  title: 45,
  label: 45,
  description: 100,
  placeholder: 100,
  problem: 1000,
  parts: 5,
  choices: 25,
  choice: 100,
};

const idShape = z.tuple([z.string(), z.record(z.string(), z.string())]);

/**
 * A form's id says which command it is for and what was answered already: `["topup",{"amount":"500"}]`. An ordinary
 * button's id begins with the name of a command, so the bracket tells the two apart. Undefined when it does not cut:
 * such a form cannot be shown on Discord.
 */
export function formId(form: Pick<DrawnForm, 'command' | 'args'>): string | undefined {
  const id = JSON.stringify([form.command, form.args]);
  return id.length <= MOST.id ? id : undefined;
}

export function readFormId(id: string): { command: string; args: Record<string, string> } | undefined {
  if (!id.startsWith('[')) return undefined;
  try {
    const [command, args] = idShape.parse(JSON.parse(id));
    return { command, args };
  } catch {
    return undefined; // made by an older version of ours; the press is answered as a stale one
  }
}

/**
 * The form as a Discord modal. A modal has at most five parts, the reason why it is shown again is one of them; fields
 * beyond that are asked for in a second round, because they are still missing after the first.
 */
export function modalOf(form: DrawnForm, id: string): APIModalInteractionResponseCallbackData {
  const parts: APIModalInteractionResponseCallbackData['components'] = form.fields.map((field) => ({
    type: ComponentType.Label,
    label: cut(field.label, MOST.label),
    ...(field.hint ? { description: cut(field.hint, MOST.description) } : {}),
    component: field.closed && field.choices.length > 0 ? choiceOf(field) : inputOf(field),
  }));
  if (form.problem) parts.unshift({ type: ComponentType.TextDisplay, content: cut(plain(form.problem), MOST.problem) });
  return { custom_id: id, title: cut(form.title, MOST.title), components: parts.slice(0, MOST.parts) };
}

type DrawnField = DrawnForm['fields'][number];

const inputOf = (field: DrawnField) => ({
  type: ComponentType.TextInput as const,
  custom_id: field.name,
  style: TextInputStyle.Short,
  required: !field.optional,
  ...suggestions(field),
});

function suggestions(field: DrawnField) {
  const words = field.choices.map((choice) => choice.label).join(' · ');
  return words ? { placeholder: cut(words, MOST.placeholder) } : {};
}

const choiceOf = (field: DrawnField) => ({
  type: ComponentType.StringSelect as const,
  custom_id: field.name,
  required: !field.optional,
  options: field.choices
    .slice(0, MOST.choices)
    .map((choice) => ({ label: cut(choice.label, MOST.choice), value: choice.value.slice(0, MOST.choice) })),
});

/** What was written into a modal. A field that was left empty is not there. */
export function readFields(interaction: ModalSubmitInteraction): Record<string, string> {
  const args: Record<string, string> = {};
  for (const [name, field] of interaction.fields.fields) {
    const text = 'value' in field ? field.value : 'values' in field ? field.values[0] : undefined;
    if (typeof text === 'string' && text.trim()) args[name] = text;
  }
  return args;
}

/**
 * A message that stands in for a form when Discord takes no modal: after a deferred answer and after another modal.
 * Its button opens the form.
 */
export function opener(form: DrawnForm, id: string, label: string): Drawn {
  const asks = form.fields.map((field) => (field.hint ? `${field.label}: ${field.hint}` : field.label));
  return {
    title: form.title,
    lines: form.problem ? [form.problem] : asks,
    facts: [],
    buttons: [[{ label, data: id, style: 'primary' }]],
    toast: undefined,
    picture: undefined,
    file: undefined,
  };
}
