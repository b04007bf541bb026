import type { Command } from './command.ts';

/**
 * `/topup 500` → the first field gets the first word, the last one all that remains. Where every field may be left out,
 * a word goes to the first that understands it: `/transactions done` needs no kind.
 */
export function positional(command: Command, text: string): Record<string, string> {
  const fields = Object.values(command.args);
  if (fields.length > 1 && fields.every((field) => field.optional)) return understood(fields, text);
  const words = text.trim().split(/\s+/).filter(Boolean);
  const args: Record<string, string> = {};
  fields.forEach((field, i) => {
    const value = i === fields.length - 1 ? words.slice(i).join(' ') : words[i];
    if (value) args[field.name] = value;
  });
  return args;
}

function understood(fields: Command['args'][string][], text: string): Record<string, string> {
  const args: Record<string, string> = {};
  for (const word of text.trim().split(/\s+/).filter(Boolean)) {
    const open = fields.filter((field) => args[field.name] === undefined);
    const field = open.find((candidate) => accepts(candidate, word)) ?? open[0];
    if (field) args[field.name] = word;
  }
  return args;
}

function accepts(field: Command['args'][string], text: string): boolean {
  try {
    field.parse(text);
    return true;
  } catch {
    return false;
  }
}
