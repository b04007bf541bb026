import { asciiDigits, parseBaht } from '../core/amount.ts';
import { bangkokDayStart } from '../core/clock.ts';
import { fail } from '../core/error.ts';
import type { MarketContext } from '../core/market/sources.ts';
import type { Provider } from '../core/people/tables.ts';
import { type Language, languages, translate } from '../core/text/text.ts';
import type { Choice, Say } from './reply.ts';

/** What the chats are called, in every language. */
export const chatNames: Record<Provider, string> = { telegram: 'Telegram', discord: 'Discord', local: 'Local chat' };

/** One argument of a command: an option on Discord, a question on Telegram, a field of a form. */
export interface Field<T> {
  /** The public name; lower case, as Discord wants it. */
  name: string;
  label: Say;
  hint: Say;
  optional: boolean;
  choices: readonly Choice[];
  /** Nothing but the choices is an answer; otherwise they are suggestions. */
  closed: boolean;
  /** What begins like the text that is being typed, where there is more than choices can show. */
  suggest?(ctx: MarketContext, typed: string): Promise<readonly Choice[]>;
  /** A chat that has such a thing lets people pick it; its id is the answer. */
  picks?: 'role';
  /** Hidden while it is typed where the chat can do that, never kept, and taken out of the chat at once. */
  secret?: boolean;
  /** Text to value; refuses with a reason a person can act on. */
  parse(text: string): T;
}

/** What somebody wrote, as a refusal repeats it. */
const shown = (text: string) => text.trim().slice(0, 40) || '–';

type About = { name: string; label: Say; hint: Say; choices?: readonly Choice[]; closed?: boolean };

/** Whatever `parse` understands; it refuses the rest with a reason. */
export const field = <T>(about: About, parse: (text: string) => T): Field<T> => ({
  choices: [],
  closed: false,
  ...about,
  optional: false,
  parse,
});

/** The same field, but it may be left out. */
export function optional<T>(of: Field<T>): Field<T | undefined> {
  return { ...of, optional: true, parse: (text) => (text.trim() === '' ? undefined : of.parse(text)) };
}

/** Something that nobody else may read: see `secrets.ts`. */
export const secret = (about: About, parse: (text: string) => string): Field<string> => ({
  ...field(about, parse),
  secret: true,
});

/** An amount of Thai money. Whether it is allowed is for core to say. */
export const baht = (about: About): Field<bigint> =>
  field(about, (text) => parseBaht(text) ?? fail('amount.invalid', { text: shown(text) }));

/** Any short text, such as an opaque id or a code. */
export const word = (about: About): Field<string> =>
  field(about, (text) => {
    const trimmed = text.trim();
    return trimmed.length <= 100 ? trimmed : fail('text.too_long', { max: 100 });
  });

/** A role of the server that the command is used in, by its id. */
export const serverRole = (about: About): Field<string> => ({
  ...field(about, (text) => /^(?:<@&)?(\d{1,20})>?$/.exec(text.trim())?.[1] ?? fail('guild.role_missing')),
  picks: 'role',
});

/** One of a few words; Discord offers them as choices. */
export function oneOf<V extends string>(
  about: Omit<About, 'choices'> & { choices: readonly { say: Say; value: V }[] },
): Field<V> {
  return field({ ...about, closed: true }, (text) => {
    const wanted = text.trim().toLowerCase();
    const labels = (say: Say) => languages.map((language) => translate(language, say[0], say[1]).toLowerCase());
    const found = about.choices.find(
      (choice) => choice.value.toLowerCase() === wanted || labels(choice.say).includes(wanted),
    );
    return (
      found?.value ??
      fail('argument.unknown', { text: shown(text), choices: about.choices.map((c) => c.value).join(', ') })
    );
  });
}

/** What a button carries: printable ASCII, as we made it. Never asked for: without it the button is stale. */
export const opaque = (): Field<string> =>
  field({ name: 'on', label: ['field.on'], hint: ['field.on'] }, (text) =>
    /^[\x21-\x7e]+$/.test(text) ? text : fail('button.stale'),
  );

/** A time of day in Bangkok, `22:00` or `22.00` or `๒๒:๐๐`, as minutes since midnight. */
export const timeOfDay = (about: About): Field<number> =>
  field(about, (text) => {
    const match = /^(\d{1,2})[:.](\d{2})$/.exec(asciiDigits(text).trim());
    const [hour, minute] = [Number(match?.[1]), Number(match?.[2])];
    if (!match || hour > 23 || minute > 59) fail('quiet_hours.invalid', { text: shown(text) });
    return hour * 60 + minute;
  });

/** A Bangkok calendar day: `2026-11-21`, `21/11/2026`, and the same with a Buddhist year. Answers where it begins. */
export const day = (about: About): Field<Date> =>
  field(about, (text) => {
    const plain = asciiDigits(text).trim();
    const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(plain) ?? /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(plain);
    const [, a = '', b = '', c = ''] = match ?? [];
    const [year, month, dayOfMonth] = a.length === 4 ? [a, b, c] : [c, b, a];
    const gregorian = Number(year) >= 2400 ? Number(year) - 543 : Number(year);
    const start = bangkokDayStart(`${gregorian}-${month.padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`);
    return start ?? fail('date.invalid', { text: shown(text) });
  });

export const language = (about: About): Field<Language> =>
  field({ ...about, closed: true }, (text) => {
    const wanted = text.trim().toLowerCase();
    const names: Record<string, Language> = { ไทย: 'th', thai: 'th', english: 'en', อังกฤษ: 'en' };
    return languages.find((l) => l === wanted) ?? names[wanted] ?? fail('language.unknown', { text: shown(text) });
  });
