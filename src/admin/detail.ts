import { formatBaht } from '../core/amount.ts';
import type { OperatorNames } from '../core/ops/auditLog.ts';
import { formatAt, hasText } from '../core/text/text.ts';
import type { Visit } from './visit.ts';

/** The id of an operator, alone or as an actor. */
export const operatorId = (text: string) => /^(?:operator:)?(opr_\w+)$/.exec(text)?.[1] ?? '';

/** What a value in the details of a line is called; what has no words of ours keeps its name. */
export const detailName = ({ language, say }: Visit, name: string): string =>
  hasText(language, `panel.detail_${name}`) ? say(`detail_${name}`) : name;

const nobody: OperatorNames = new Map();

/** A value of the details as a person reads it: satang as baht, moments and lengths of time in words, ids with the name. */
export function inWords(visit: Visit, name: string, value: unknown, names = nobody): string {
  if (typeof value === 'boolean' || value === 'true' || value === 'false')
    return visit.say(String(value) === 'true' ? 'yes' : 'no');
  if (value === null || value === '') return '–';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (/satang$/i.test(name) && /^-?\d{1,18}$/.test(text)) return formatBaht(BigInt(text));
  if (/Ms$/.test(name) && /^\d{1,15}$/.test(text)) return took(visit, Number(text));
  if (/^\d{4}-\d\d-\d\dT[\d:.]{8,12}Z$/.test(text)) return formatAt(visit.language, new Date(text));
  const operator = names.get(operatorId(text));
  return operator ? `${operator} (${text})` : text;
}

const MINUTE_MS = 60_000;

/** How long something took, as people say it. */
export function took({ say }: Visit, ms: number): string {
  if (ms < 1000) return say('took_ms', { ms });
  if (ms >= 2 * MINUTE_MS) return say('took_minutes', { minutes: Math.round(ms / MINUTE_MS) });
  return say('took_seconds', { seconds: (ms / 1000).toFixed(ms < 10_000 ? 1 : 0) });
}
