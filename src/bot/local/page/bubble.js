import { byId, el, icon, toast } from './dom.js';
import { say, timeText } from './words.js';

/**
 * One message as the page shows it. `hooks`: `press(message, data, button)`, `command(text)`, `retry(message)`, and
 * `knows(name)`, which says whether a command of that name exists.
 */
export function bubble(message, hooks) {
  const node = el('article', {
    class: `message ${message.author}`,
    data: { id: message.id ?? '', at: String(message.at) },
  });
  if (message.state) node.dataset.state = message.state;
  if (message.author === 'person') node.append(personBody(message, hooks));
  else node.append(botBody(message, hooks), ...buttons(message, hooks));
  return node;
}

function personBody(message, hooks) {
  const body = el(
    'div',
    { class: 'bubble' },
    el('p', { class: 'line', dir: 'auto' }, ...marked(message.body.text, hooks)),
    stamp(message),
  );
  if (message.state !== 'failed') return body;
  const again = el(
    'button',
    { type: 'button', class: 'again', onclick: () => hooks.retry(message) },
    icon('alert'),
    say('tryAgain'),
  );
  return el('div', { class: 'stack' }, body, again);
}

function botBody(message, hooks) {
  const { title, lines, facts, attachment, language } = message.body;
  const isPicture = attachment?.kind === 'picture';
  return el(
    'div',
    { class: isPicture ? 'bubble pictured' : 'bubble', lang: language },
    isPicture && picture(message, hooks),
    title && el('h3', { dir: 'auto' }, title),
    ...lines.map((line) => el('p', { class: 'line', dir: 'auto' }, ...marked(line, hooks))),
    facts.length > 0 && el('dl', { class: 'facts' }, ...facts.flatMap((fact) => factRow(fact, hooks))),
    attachment?.kind === 'file' && file(message, hooks),
    stamp(message),
  );
}

function factRow({ label, value, code }, hooks) {
  if (!code) return [el('dt', {}, ...marked(label, hooks)), el('dd', { dir: 'auto' }, ...marked(value, hooks))];
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    toast(say('copied'));
  };
  const button = el(
    'button',
    { type: 'button', class: 'copy', 'aria-label': `${say('copy')} ${value}`, title: say('copy'), onclick: copy },
    icon('copy'),
  );
  return [el('dt', {}, label), el('dd', {}, el('code', {}, value), button)];
}

function stamp(message) {
  const waiting =
    message.state === 'sending' ? say('sending') : message.state === 'failed' ? say('notSent') : undefined;
  const time = el('time', { datetime: new Date(message.at).toISOString() }, timeText(message.at));
  return el('footer', { class: 'stamp' }, message.edited && `${say('edited')} · `, waiting ?? time);
}

const sourceOf = (message, hooks) => `/chat/attachments/${message.id}?as=${encodeURIComponent(hooks.subject)}`;

function picture(message, hooks) {
  const source = sourceOf(message, hooks);
  const alt = message.body.title ?? say('picture');
  const enlarge = () => {
    const dialog = byId('enlarged');
    const image = dialog.querySelector('img');
    image.src = source;
    image.alt = alt;
    dialog.showModal();
  };
  return el(
    'button',
    { type: 'button', class: 'picture', 'aria-label': say('enlarge'), onclick: enlarge },
    el('img', { src: source, alt }),
  );
}

function file(message, hooks) {
  const { name, size } = message.body.attachment;
  const kind = name.includes('.') ? name.split('.').pop().toUpperCase() : '';
  return el(
    'a',
    { class: 'file', href: sourceOf(message, hooks), download: name },
    icon('file'),
    el(
      'span',
      { class: 'about' },
      el('b', {}, name),
      el('small', {}, [kind, sizeText(size)].filter(Boolean).join(' · ')),
    ),
    el('span', { class: 'unseen' }, say('download')),
  );
}

function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function buttons(message, hooks) {
  if (message.body.buttons.length === 0) return [];
  const rows = message.body.buttons.map((row) =>
    el(
      'div',
      { class: 'buttons' },
      ...row.map(({ label, data, style }) =>
        el(
          'button',
          {
            type: 'button',
            class: `press ${style ?? ''}`,
            onclick: (event) => hooks.press(message, data, event.currentTarget),
          },
          label,
        ),
      ),
    ),
  );
  return [el('div', { class: 'keyboard', lang: message.body.language }, ...rows)];
}

const LIVELY = /(https?:\/\/[^\s<>"']+)|((?<=^|[\s(])\/[a-z]+(?=$|[\s.,:;)!?–—]))/g;

/** Text with its web addresses as links and its known commands as buttons. Everything else stays text. */
function marked(text, hooks) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LIVELY)) {
    const [whole, link] = match;
    const part = link ? linkTo(link) : hooks.knows(whole.slice(1)) && commandButton(whole, hooks);
    if (!part) continue;
    parts.push(text.slice(from, match.index), part);
    from = match.index + part.textContent.length;
  }
  return [...parts, text.slice(from)].filter((part) => part !== '');
}

function linkTo(address) {
  const plain = address.replace(/[.,:;!?)]+$/, '');
  if (!URL.canParse(plain)) return undefined;
  return el('a', { href: plain, target: '_blank', rel: 'noopener noreferrer' }, plain);
}

const commandButton = (text, hooks) =>
  el('button', { type: 'button', class: 'command', onclick: () => hooks.command(text) }, text);
