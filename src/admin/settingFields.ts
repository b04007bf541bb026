import { html } from 'hono/html';
import { asciiDigits, bahtDecimal, formatBaht, parseBaht } from '../core/amount.ts';
import type { SettingIssue } from '../core/setting.ts';
import { hasText } from '../core/text/text.ts';
import { field, type Html, none, type Problems, select } from './draw.ts';
import type { SettingForm } from './settingForms.ts';
import type { Visit } from './visit.ts';

type Field = SettingForm['fields'][number];

/** Between a value and the text of its input. What cannot be read is left undefined: the setting's schema refuses it. */
interface Reading {
  read(text: string, field: Field): unknown;
  write(value: unknown): string;
}

const clockTime = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const isSatang = (value: unknown) => typeof value === 'bigint' || /^-?\d+$/.test(String(value));

function readInteger(text: string): number | undefined {
  const plain = asciiDigits(text).trim();
  return /^-?\d{1,15}$/.test(plain) ? Number(plain) : undefined;
}

function readTime(text: string): number | undefined {
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d{2})$/.exec(asciiDigits(text).trim()) ?? [];
  const at = Number(hour) * 60 + Number(minute);
  return hour !== '' && Number(minute) < 60 && at < 1440 ? at : undefined;
}

/** Empty is null where nothing need be typed. */
const orNull = (read: (text: string) => unknown) => (text: string, field: Field) =>
  'optional' in field && field.optional && text.trim() === '' ? null : read(text);

const readLine = (text: string) =>
  text
    .normalize('NFC')
    .replace(/\p{Cc}+/gu, ' ')
    .trim();

const readLines = (text: string) =>
  text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, '')
    .trim();

const plain = (value: unknown) => (value === null || value === undefined ? '' : String(value));

const kinds: Record<Field['kind'], Reading> = {
  baht: {
    read: (text) => parseBaht(text)?.toString(),
    write: (value) => (isSatang(value) ? bahtDecimal(BigInt(String(value))) : plain(value)),
  },
  integer: { read: readInteger, write: plain },
  text: { read: readLine, write: plain },
  long_text: { read: readLines, write: plain },
  percent: { read: orNull((text) => readInteger(text.replace(/%\s*$/, ''))), write: plain },
  time: { read: orNull(readTime), write: (value) => (typeof value === 'number' ? clockTime(value) : plain(value)) },
  choice: {
    read: (text, field) => ('among' in field ? field.among.find((value) => String(value) === text) : undefined),
    write: plain,
  },
};

/** The value that a form asks for. It is for the schema of the setting to say whether it may be one. */
export const readFields = ({ fields }: SettingForm, typed: (name: string) => string): Record<string, unknown> =>
  Object.fromEntries(fields.map((each) => [each.name, kinds[each.kind].read(typed(each.name), each)]));

/** The texts that stand in the inputs for a value. */
export const writeFields = ({ fields }: SettingForm, value: object): Record<string, string> =>
  Object.fromEntries(fields.map(({ name, kind }) => [name, kinds[kind].write(fieldOf(value, name))]));

export const fieldOf = (value: object, name: string): unknown =>
  Object.entries(value).find(([key]) => key === name)?.[1];

const wordsOf = ({ setting }: SettingForm, name: string, more = '') => `set_${setting.key}_${name}${more}`;
const optionalWords = (visit: Visit, key: string) =>
  hasText(visit.language, `panel.${key}`) ? visit.say(key) : undefined;

export const labelOf = (visit: Visit, form: SettingForm, name: string): string =>
  optionalWords(visit, wordsOf(form, name)) ?? name;

/** A value of a field as people read it, in a list or beside another one. */
export function shown(visit: Visit, form: SettingForm, field: Field, value: unknown): string {
  const { say } = visit;
  if (value === null || value === undefined || value === '') return say('set_empty');
  if (field.kind === 'baht' && isSatang(value)) return formatBaht(BigInt(String(value)));
  if (field.kind === 'percent') return `${plain(value)} %`;
  if (field.kind === 'choice') return optionalWords(visit, wordsOf(form, field.name, `_${value}`)) ?? plain(value);
  const unit = optionalWords(visit, wordsOf(form, field.name, '_unit'));
  return `${kinds[field.kind].write(value)}${unit ? ` ${unit}` : ''}`;
}

/** The words for what the schema has against a field. */
export function issueWords(visit: Visit, form: SettingForm, issue: SettingIssue): string {
  const { say } = visit;
  const field = form.fields.find(({ name }) => name === issue.field);
  const bound = issue.bound ?? 0;
  if (issue.rule) return optionalWords(visit, `issue_${issue.rule}`) ?? say('issue_rule', { rule: issue.rule });
  if (issue.fault === 'too_long') return say('issue_too_long', { max: bound });
  if (issue.fault === 'malformed' || !field) return say(`issue_malformed_${field?.kind ?? 'text'}`);
  return say(`issue_${issue.fault}`, { bound: shown(visit, form, field, bound) });
}

/** The input of one field. */
export function drawField(
  visit: Visit,
  form: SettingForm,
  given: Field,
  value: string,
  problems: Problems,
  stored: string | undefined,
): Html {
  const { name } = given;
  const unit =
    given.kind === 'baht' || given.kind === 'percent'
      ? visit.say(`unit_${given.kind}`)
      : optionalWords(visit, wordsOf(form, name, '_unit'));
  const words = [
    optionalWords(visit, wordsOf(form, name, '_hint')),
    stored && visit.say('set_stored', { value: stored }),
  ];
  const hint = words.filter(Boolean).join(' ');
  const input = {
    name,
    label: `${labelOf(visit, form, name)}${unit ? ` (${unit})` : ''}`,
    value,
    ...(hint ? { hint } : {}),
  };
  if (given.kind === 'choice') {
    const choices = given.among.map((each) => ({ value: String(each), label: shown(visit, form, given, each) }));
    return html`${select({ ...input, choices })}${problems[name] ? html`<p class="text-danger" id="${name}-problem">${problems[name]}</p>` : none}`;
  }
  if (given.kind === 'long_text') return longField(input, problems);
  const optional = given.kind === 'text' || ('optional' in given && given.optional);
  const type = given.kind === 'time' ? 'time' : 'text';
  const inputmode = { baht: 'decimal', integer: 'numeric', percent: 'numeric', text: 'text', time: 'text' }[given.kind];
  return field({ ...input, type, optional, inputmode }, problems);
}

function longField(
  { name, label, value, hint }: { name: string; label: string; value: string; hint?: string },
  problems: Problems,
): Html {
  const problem = problems[name];
  const about = problem ? `${name}-problem` : hint ? `${name}-hint` : '';
  return html`<div class="mb-3">
  <label class="form-label" for="${name}">${label}</label>
  <textarea class="form-control ${problem ? 'is-invalid' : ''}" id="${name}" name="${name}" rows="4" maxlength="1000" aria-describedby="${about}" aria-invalid="${problem ? 'true' : 'false'}">${value}</textarea>
  ${problem ? html`<div class="invalid-feedback" id="${name}-problem">${problem}</div>` : none}
  ${hint && !problem ? html`<small class="form-hint" id="${name}-hint">${hint}</small>` : none}
</div>`;
}
