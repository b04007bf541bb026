import { readdirSync, readFileSync } from 'node:fs';
import { FluentBundle, FluentNumber, FluentResource, type FluentValue } from '@fluent/bundle';
import { formatBaht } from '../amount.ts';
import type { Params } from '../error.ts';

export const languages = ['th', 'en'] as const;
export type Language = (typeof languages)[number];

const LOCALE: Record<Language, string> = { th: 'th-TH', en: 'en-GB' };

const STYLES = {
  full: { dateStyle: 'medium', timeStyle: 'short' },
  date: { dateStyle: 'medium' },
  long: { dateStyle: 'long' },
  month: { month: 'long', year: 'numeric' },
  time: { timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** Making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(language: Language, style: keyof typeof STYLES): Intl.DateTimeFormat {
  const key = `${language} ${style}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(LOCALE[language], { ...STYLES[style], timeZone: 'Asia/Bangkok' });
  formats.set(key, made);
  return made;
}

/** A moment in Bangkok time. Thai dates carry the Buddhist era by themselves. */
export const formatAt = (language: Language, at: Date, style: keyof typeof STYLES = 'full'): string =>
  formatOf(language, style).format(at);

const plain = (value: FluentValue | undefined) =>
  typeof value === 'object' ? String(value.valueOf()) : String(value ?? '');

/** Fluent ignores a currency or a time zone written in a message, and cannot choose between two names; so these are ours. */
function functionsOf(language: Language) {
  return {
    MONEY: ([satang]: FluentValue[]) => formatBaht(BigInt(plain(satang))),
    /** What is called differently in each language, like a plan: the Thai name and the English one. */
    NAME: ([th, en]: FluentValue[]) => plain(language === 'th' ? th : en),
    /** How many of something there are, also where the number was kept as text, so that words can go by it. */
    COUNT: ([count]: FluentValue[]) => {
      const n = Number(plain(count) || Number.NaN);
      if (!Number.isSafeInteger(n)) throw new TypeError(`not a count: ${plain(count)}`);
      return new FluentNumber(n);
    },
    QTY: ([qty]: FluentValue[]) =>
      new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: 8 }).format(Number(plain(qty))),
    AT: ([at]: FluentValue[], { style }: Record<string, FluentValue>) => {
      const name = plain(style);
      return formatAt(language, new Date(plain(at)), name in STYLES ? (name as keyof typeof STYLES) : 'full');
    },
  };
}

function load(language: Language): FluentBundle {
  const bundle = new FluentBundle(LOCALE[language], { useIsolating: false, functions: functionsOf(language) });
  const folder = new URL(`./${language}/`, import.meta.url);
  for (const name of readdirSync(folder).sort()) {
    const errors = bundle.addResource(new FluentResource(readFileSync(new URL(name, folder), 'utf8')));
    if (errors.length > 0) throw new Error(`${language}/${name}: ${errors.map((e) => e.message).join('; ')}`);
  }
  return bundle;
}

const bundles: Record<Language, FluentBundle> = { th: load('th'), en: load('en') };

/** Fluent names have no dots: `topup.scan` is written `topup-scan` in the files. */
const idOf = (key: string) => key.replaceAll('.', '-');

export const hasText = (language: Language, key: string) => bundles[language].hasMessage(idOf(key));

/** Moments and satang go in as text: the functions above know what to do with them. */
function toFluent(params: Params): Record<string, string | number> {
  const out: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(params)) {
    out[name] = value instanceof Date ? value.toISOString() : typeof value === 'bigint' ? String(value) : value;
  }
  return out;
}

/** The words for `key`. A missing key or parameter is a bug and throws: a test walks all of them. */
export function translate(language: Language, key: string, params: Params = {}): string {
  const message = bundles[language].getMessage(idOf(key));
  if (!message?.value) throw new Error(`no text for "${key}" in ${language}`);
  const errors: Error[] = [];
  const text = bundles[language].formatPattern(message.value, toFluent(params), errors);
  if (errors[0]) throw new Error(`text "${key}" in ${language}: ${errors[0].message}`);
  return text;
}

/** `th-TH`, `en`, `de` → the language we answer in. Thai is home; whoever reads neither reads English. */
export function languageFrom(hint: string | undefined): Language {
  if (!hint) return 'th';
  return hint.toLowerCase().startsWith('th') ? 'th' : 'en';
}

/** A number in the reader's digits and separators. */
export const formatNumber = (language: Language, value: number, decimals: number): string =>
  new Intl.NumberFormat(LOCALE[language], { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(
    value,
  );

/** `+12.34 %`: a change, given in percent. */
export const formatPercent = (language: Language, value: number): string =>
  `${value > 0 ? '+' : ''}${formatNumber(language, value === 0 ? 0 : value, 2)}%`; // and no minus zero
