/** What Discord refuses about the things it is given, as one line for each mistake. */

type Json = Record<string, unknown>;

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
const size = (value: unknown) => (typeof value === 'string' ? [...value].length : 0);

class Mistakes extends Array<string> {
  length_(where: string, value: unknown, least: number, most: number): void {
    if (size(value) < least || size(value) > most)
      this.push(`${where}: must be between ${least} and ${most} in length`);
  }

  optional(where: string, value: unknown, most: number): void {
    if (value !== undefined && value !== null) this.length_(where, value, 1, most);
  }

  count(where: string, items: unknown[], least: number, most: number): void {
    if (items.length < least || items.length > most) this.push(`${where}: must have ${least} to ${most} items`);
  }

  unique(where: string, values: unknown[]): void {
    if (new Set(values).size !== values.length) this.push(`${where}: cannot be duplicated`);
  }
}

export function messageMistakes(body: Json, fileNames: readonly string[]): string[] {
  const found = new Mistakes();
  if (size(body.content) > 2000) found.push('content: must be 2000 or fewer in length');
  if (typeof body.nonce === 'string' && body.nonce.length > 25) found.push('nonce: must be 25 or fewer in length');
  found.count('files', [...fileNames], 0, 10);
  found.count('embeds', list(body.embeds), 0, 10);
  let total = 0;
  for (const embed of list(body.embeds)) total += embedMistakes(found, embed, fileNames);
  if (total > 6000) found.push('embeds: embed size exceeds maximum size of 6000');
  rowMistakes(found, list(body.components));
  return [...found];
}

function embedMistakes(found: Mistakes, embed: Json, fileNames: readonly string[]): number {
  found.optional('embed.title', embed.title, 256);
  found.optional('embed.description', embed.description, 4096);
  const fields = list(embed.fields);
  found.count('embed.fields', fields, 0, 25);
  for (const field of fields) {
    found.length_('embed.fields.name', field.name, 1, 256);
    found.length_('embed.fields.value', field.value, 1, 1024);
  }
  const url = (embed.image as Json | undefined)?.url;
  if (typeof url === 'string') {
    const name = /^attachment:\/\/(.+)$/.exec(url)?.[1];
    if (!name || !fileNames.includes(name)) found.push(`embed.image: no attachment is called ${name}`);
  }
  if (!embed.title && !embed.description && !url && fields.length === 0) found.push('embed: cannot be empty');
  const inFields = fields.reduce((sum, field) => sum + size(field.name) + size(field.value), 0);
  return size(embed.title) + size(embed.description) + inFields;
}

function rowMistakes(found: Mistakes, rows: Json[]): void {
  found.count('components', rows, 0, 5);
  const ids: unknown[] = [];
  for (const row of rows) {
    if (row.type !== 1) found.push('components: must be action rows');
    const buttons = list(row.components);
    found.count('components.components', buttons, 1, 5);
    for (const button of buttons) {
      found.length_('button.label', button.label, 1, 80);
      if (button.style === 5) {
        found.length_('button.url', button.url, 1, 512);
        if (button.custom_id !== undefined) found.push('button.custom_id: not for links');
        continue;
      }
      found.length_('button.custom_id', button.custom_id, 1, 100);
      if (![1, 2, 3, 4].includes(Number(button.style))) found.push('button.style: unknown');
      ids.push(button.custom_id);
    }
  }
  found.unique('button.custom_id', ids);
}

export function modalMistakes(modal: Json): string[] {
  const found = new Mistakes();
  found.length_('modal.custom_id', modal.custom_id, 1, 100);
  found.length_('modal.title', modal.title, 1, 45);
  found.count('modal.components', list(modal.components), 1, 5);
  for (const part of list(modal.components)) {
    if (part.type === 10) found.length_('text.content', part.content, 1, 4000);
    else if (part.type === 18) labelMistakes(found, part);
    else found.push(`modal.components: type ${part.type} is not for modals`);
  }
  return [...found];
}

function labelMistakes(found: Mistakes, label: Json): void {
  found.length_('label.label', label.label, 1, 45);
  found.optional('label.description', label.description, 100);
  const input = (label.component ?? {}) as Json;
  found.length_('input.custom_id', input.custom_id, 1, 100);
  if (input.type === 4) {
    if (![1, 2].includes(Number(input.style))) found.push('input.style: unknown');
    found.optional('input.placeholder', input.placeholder, 100);
    return;
  }
  if (input.type !== 3) return void found.push(`label.component: type ${input.type} is not known here`);
  const options = list(input.options);
  found.count('select.options', options, 1, 25);
  found.unique(
    'select.options.value',
    options.map((option) => option.value),
  );
  for (const option of options) {
    found.length_('select.options.label', option.label, 1, 100);
    found.length_('select.options.value', option.value, 1, 100);
  }
}

const NAME = /^[-_'\p{Ll}\p{Lo}\p{N}\p{sc=Thai}]{1,32}$/u;

export function commandMistakes(commands: Json[], place: 'guild' | 'global'): string[] {
  const found = new Mistakes();
  found.count('commands', commands, 0, 100);
  found.unique(
    'commands.name',
    commands.map((command) => command.name),
  );
  for (const command of commands) {
    describedMistakes(found, command);
    if (place === 'guild' && command.contexts) found.push('contexts: only for global commands');
    found.count('options', list(command.options), 0, 25);
    for (const option of list(command.options)) {
      describedMistakes(found, option);
      const choices = list(option.choices);
      found.count('choices', choices, 0, 25);
      if (option.autocomplete && choices.length > 0) found.push('choices: not together with autocomplete');
      for (const choice of choices) {
        found.length_('choice.name', choice.name, 1, 100);
        found.length_('choice.value', choice.value, 1, 100);
      }
    }
  }
  return [...found];
}

function describedMistakes(found: Mistakes, what: Json): void {
  if (!NAME.test(String(what.name))) found.push(`name: ${String(what.name)} is not a name`);
  found.length_('description', what.description, 1, 100);
  for (const text of Object.values((what.description_localizations ?? {}) as Json)) {
    found.length_('description_localizations', text, 1, 100);
  }
}
