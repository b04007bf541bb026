import { isIP } from 'node:net';
import { z } from 'zod';

/** How one variable of the environment is read, and what is said when it cannot be. `config.ts` says which there are. */

type Rule<T> = { what: string; use: string; parse: (text: string) => T | undefined };

/** One variable that may be left out. A mistake says what was given, what it is not, and what to use. */
export function variable<T>(rule: Rule<T>, show = shown) {
  const read = z.string().transform((text, context): T => {
    const value = rule.parse(text);
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', input: text, message: `${show(text)} is not ${rule.what}; use ${rule.use}` });
    return z.NEVER;
  });
  return read.optional();
}

/** Like `variable`, but a mistake never repeats the value: the line ends up on screens and in logs. */
export function secret<T>(rule: Rule<T>) {
  return variable(rule, () => 'the value');
}

/** A variable that holds several things, each of which may be wrong: the mistakes are said as they come, and never hold the value. */
export function several<T>(parse: (text: string) => { value: T; mistakes: readonly string[] }) {
  const read = z.string().transform((text, context): T => {
    const { value, mistakes } = parse(text);
    for (const message of mistakes) context.issues.push({ code: 'custom', input: text, message });
    return mistakes.length > 0 ? z.NEVER : value;
  });
  return read.optional();
}

/** On one line, not endless, and without a password that an address may carry. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100).replace(/\/\/.*@/, '//…@'));
}

export function oneOf<const T extends string>(what: string, choices: readonly T[]) {
  const use = choices.length === 1 ? `${choices[0]}, or leave it out` : `one of ${choices.join(', ')}`;
  return variable({ what, use, parse: (text) => choices.find((choice) => choice === text) });
}

export function matching(pattern: RegExp) {
  return (text: string) => (pattern.test(text) ? text : undefined);
}

export function parseHost(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare)) return bare;
  // Only digits and dots is a mistyped address, not a name.
  return /^(?![\d.]+$)[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text) ? text : undefined;
}

export function parsePort(text: string): number | undefined {
  const port = Number(text);
  return /^\d+$/.test(text) && port <= 65535 ? port : undefined;
}

function parseUrl(text: string): URL | undefined {
  const url = /^https?:\/\//i.test(text) ? (URL.parse(text) ?? undefined) : undefined;
  return url && !url.search && !url.hash && !url.username && !url.password ? url : undefined;
}

export function parseWebAddress(text: string): string | undefined {
  return parseUrl(text)?.href.replace(/\/+$/, '');
}

/** Plain http only to this machine itself. */
export function parseApiRoot(text: string): string | undefined {
  const url = parseUrl(text);
  const loopback = url && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  return url?.protocol === 'https:' || loopback ? url?.href.replace(/\/+$/, '') : undefined;
}

export function parseList(text: string): string[] | undefined {
  const items = text.split(',').map((item) => item.trim());
  return items.every((item) => item !== '') ? items : undefined;
}
