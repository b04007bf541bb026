import { byId, el, memory } from './dom.js';
import { get } from './wire.js';
import { language } from './words.js';

const FIRST = { subject: 'trader-1', name: 'Trader 1' };
const MOST = 20;

/** A name as it stands in an address: letters of any script and digits, with single dashes between. */
export function subjectOf(name) {
  const words =
    name
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const subject = words.join('-').slice(0, 48).replace(/-+$/, '').toWellFormed();
  return /^[\p{L}\p{M}\p{N}]+(-[\p{L}\p{M}\p{N}]+)*$/u.test(subject) ? subject : undefined;
}

/** Who the developer is. Every tab may be somebody else: the address says who. */
export function createPersonas(onSwitch) {
  let known = (memory.read('personas') ?? []).filter((p) => p?.subject && p?.name);
  const asked = new URLSearchParams(location.search).get('as');
  let current = find(asked ? subjectOf(asked) : undefined) ?? named(asked) ?? known[0] ?? FIRST;

  function find(subject) {
    return known.find((persona) => persona.subject === subject);
  }
  function named(name) {
    const subject = name && subjectOf(name);
    return subject ? { subject, name } : undefined;
  }

  function remember(persona) {
    known = [persona, ...known.filter((other) => other.subject !== persona.subject)].slice(0, MOST);
    memory.write('personas', known);
  }

  function draw() {
    byId('open-people').querySelector('.name').textContent = current.name;
    byId('open-people').querySelector('.face').replaceWith(face(current));
    const choose = (persona) => {
      if (persona.subject !== current.subject) become(persona);
      closePanel();
    };
    const rows = known.map((persona) => rowOf(persona, persona.subject === current.subject, () => choose(persona)));
    byId('persons').replaceChildren(...rows);
  }

  function become(persona) {
    current = persona;
    remember(persona);
    const address = new URL(location.href);
    address.searchParams.set('as', persona.subject);
    address.searchParams.delete('start');
    history.replaceState(null, '', address);
    draw();
    onSwitch(persona);
  }

  /** Those of other browsers, from the table, after our own. */
  async function learn() {
    const told = await get('personas').catch(() => []);
    known = [...known, ...told.filter((persona) => !find(persona.subject))].slice(0, MOST);
    const mine = told.find((persona) => persona.subject === current.subject);
    if (mine && current.name === current.subject) current = { ...current, name: mine.name };
    draw();
  }

  byId('add-person').addEventListener('submit', (event) => {
    event.preventDefault();
    const input = byId('person-name');
    const persona = named(input.value.trim().slice(0, 40));
    input.setAttribute('aria-invalid', String(!persona));
    if (!persona) return;
    input.value = '';
    become(persona);
    closePanel();
  });

  remember(current);
  draw();
  learn();
  return {
    who: () => ({ as: current.subject, name: current.name, language: language() }),
    subject: () => current.subject,
  };
}

function rowOf(persona, isCurrent, choose) {
  const about = el(
    'span',
    { class: 'about' },
    el('b', { dir: 'auto' }, persona.name),
    el('small', {}, persona.subject),
  );
  const current = isCurrent ? 'true' : undefined;
  const button = { type: 'button', class: 'person-row', 'aria-current': current, onclick: choose };
  return el('li', {}, el('button', button, face(persona), about));
}

function face({ subject, name }) {
  const hue = [...subject].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 8, 3);
  const [initial = '?'] = new Intl.Segmenter('th').segment(name)[Symbol.iterator]().next().value?.segment ?? '?';
  return el('span', { class: 'face', 'aria-hidden': 'true', data: { hue: String(hue) } }, initial.toUpperCase());
}

const panel = byId('people');
const opener = byId('open-people');
const chat = byId('chat');
const veil = byId('veil');

/** On a phone the panel lies over the chat, which rests until it is closed; on a desktop it is always there. */
function openPanel() {
  panel.classList.add('open');
  opener.setAttribute('aria-expanded', 'true');
  veil.hidden = false;
  if (getComputedStyle(panel).position === 'fixed') {
    chat.inert = true;
    byId('close-people').focus();
  } else byId('person-name').focus();
}

function closePanel() {
  const wasOpen = panel.classList.contains('open');
  panel.classList.remove('open');
  opener.setAttribute('aria-expanded', 'false');
  veil.hidden = true;
  chat.inert = false;
  if (wasOpen) opener.focus();
}

opener.addEventListener('click', openPanel);
byId('close-people').addEventListener('click', closePanel);
veil.addEventListener('click', closePanel);
panel.addEventListener('keydown', (event) => event.key === 'Escape' && closePanel());
