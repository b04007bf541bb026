import { memory } from './dom.js';

const all = await (await fetch('/chat/assets/words.json')).json();
const remembered = memory.read('language');
let current = remembered in all ? remembered : document.documentElement.lang;

export const language = () => current;
export const say = (word) => all[current][word];

const LOCALE = { th: 'th-TH', en: 'en-GB' };
const BANGKOK = { timeZone: 'Asia/Bangkok' };
const format = (options) =>
  Object.fromEntries(
    Object.entries(LOCALE).map(([name, locale]) => [name, new Intl.DateTimeFormat(locale, { ...BANGKOK, ...options })]),
  );
const clock = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const date = format({ dateStyle: 'full' });
const key = new Intl.DateTimeFormat('en-CA', { ...BANGKOK, dateStyle: 'short' });

/** The Bangkok calendar day of a moment, as something to compare. */
export const dayOf = (at) => key.format(at);
export const timeText = (at) => clock[current].format(at);

export function dayText(at) {
  const now = Date.now();
  if (dayOf(at) === dayOf(now)) return say('today');
  if (dayOf(at) === dayOf(now - 86_400_000)) return say('yesterday');
  return date[current].format(at);
}

/** Writes the page's own words again, in the language that holds now. */
export function rewrite() {
  document.documentElement.lang = current;
  document.title = say('title');
  for (const node of document.querySelectorAll('[data-word]')) node.textContent = say(node.dataset.word);
  for (const node of document.querySelectorAll('[data-label]')) {
    node.setAttribute('aria-label', say(node.dataset.label));
    if (node.matches('button')) node.title = say(node.dataset.label);
  }
  for (const node of document.querySelectorAll('[data-placeholder]')) node.placeholder = say(node.dataset.placeholder);
}

export function setLanguage(next) {
  current = next;
  memory.write('language', next);
  rewrite();
}
