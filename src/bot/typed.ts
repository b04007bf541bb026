import type { Command } from './command.ts';

/**
 * `/topup 500`: fields that have to be filled in take a word each, in order, the last of all fields what remains. Words
 * for fields that may be left out go to the first of them that understands the word, so that `/transactions done` needs
 * no kind and `/backtest sma_cross btc fast=5` no dates.
 */
export function positional(command: Command, text: string): Record<string, string> {
  const fields = Object.values(command.args);
  const words = text
    .trim()
    .replace(/\s*=\s*/g, '=')
    .split(/\s+/)
    .filter(Boolean); // `fast = 10` is one word
  const needed = fields.findIndex((field) => field.optional);
  const first = needed < 0 ? fields : fields.slice(0, needed);
  const rest = fields.slice(first.length);
  const args: Record<string, string> = {};
  first.forEach((field, i) => {
    const last = rest.length === 0 && i === first.length - 1;
    const value = last ? words.slice(i).join(' ') : words[i];
    if (value) args[field.name] = value;
  });
  if (rest.length === 1 && rest[0]) {
    const value = words.slice(first.length).join(' ');
    return value ? { ...args, [rest[0].name]: value } : args;
  }
  return { ...args, ...understood(rest, words.slice(first.length)) };
}

/** A word that only the last field can take is added to what that one has. */
function understood(fields: Command['args'][string][], words: readonly string[]): Record<string, string> {
  const args: Record<string, string> = {};
  const last = fields.at(-1);
  for (const word of words) {
    const open = fields.filter((field) => args[field.name] === undefined);
    const field = open.find((candidate) => accepts(candidate, word)) ?? (open.includes(last as never) ? open[0] : last);
    if (!field) continue;
    const before = args[field.name];
    args[field.name] = before === undefined ? word : `${before} ${word}`;
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
