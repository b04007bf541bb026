// The few tools that build the page. Text only ever goes in as text: nothing here parses HTML.

/** Makes an element. Names that begin with "on" listen, `data` fills the dataset, the rest are attributes. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'data') Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `/chat/assets/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export const byId = (id) => document.getElementById(id);

const TOAST_MS = 4500;
const MOST_TOASTS = 3;

/** A passing word. It stays while it is pointed at. */
export function toast(text) {
  const box = byId('toasts');
  const node = el('div', { class: 'toast' }, text);
  box.append(node);
  while (box.children.length > MOST_TOASTS) box.firstElementChild.remove();
  const leave = () => (node.matches(':hover') ? setTimeout(leave, 1000) : node.remove());
  setTimeout(leave, TOAST_MS + text.length * 25);
}

/** Remembers small things for this browser; a browser that forbids it just forgets. */
export const memory = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(`abtpro.chat.${key}`) ?? 'null');
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(`abtpro.chat.${key}`, JSON.stringify(value));
    } catch {
      // private windows may refuse
    }
  },
};
