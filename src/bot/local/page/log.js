import { bubble } from './bubble.js';
import { byId, el } from './dom.js';
import { createReader } from './reader.js';
import { dayOf, dayText } from './words.js';

/** The list of messages: keeps their order, their days, and the reader's place in it. */
export function createLog(hooks) {
  const log = byId('log');
  /** id → message; those that are on their way have no id yet and are known by their key. */
  const shown = new Map();
  const waiting = new Map();
  const nodes = new WeakMap();
  const reader = createReader();
  let isLoaded = false;

  const place = (message) => put(log, nodes, message, hooks);

  function settle() {
    separateDays(log);
    byId('empty').hidden = !isLoaded || log.childElementCount > 0;
    if (reader.follows()) reader.toBottom();
  }

  function take(told) {
    const known = shown.get(told.id);
    if (told.deleted) {
      if (known) nodes.get(known)?.remove();
      shown.delete(told.id);
      return false;
    }
    const sent = waiting.get(told.body.key);
    if (sent) waiting.delete(told.body.key);
    const message = known ?? sent ?? {};
    const isNew = !known && !sent;
    Object.assign(message, told, { at: Date.parse(told.at), state: undefined });
    shown.set(told.id, message);
    place(message);
    return isNew && told.author === 'bot' ? message : false;
  }

  return {
    toBottom: reader.toBottom,
    /** Takes in what happened and answers the bot's new messages. */
    news(messages, isWhole) {
      if (isWhole) this.clear();
      isLoaded = true;
      log.setAttribute('aria-busy', String(isWhole));
      const fresh = messages.map(take).filter(Boolean);
      settle();
      log.setAttribute('aria-busy', 'false');
      if (fresh.length > 0 && !isWhole) reader.tell();
      return isWhole ? [] : fresh;
    },
    clear() {
      shown.clear();
      reader.toBottom();
      isLoaded = false;
      for (const node of [...log.children]) node.remove();
      for (const message of waiting.values()) place(message);
    },
    forgetWaiting: () => waiting.clear(),
    /** Shows a person's own words before the bot has them. */
    send(key, text) {
      const message = { author: 'person', body: { text, key }, at: Date.now(), state: 'sending' };
      waiting.set(key, message);
      place(message);
      settle();
      reader.toBottom();
    },
    /** `sending` or `failed`. */
    mark(key, state) {
      const message = waiting.get(key);
      if (!message) return;
      message.state = state;
      place(message);
    },
    /** Draws everything again, in other words. */
    redraw() {
      for (const message of [...shown.values(), ...waiting.values()]) place(message);
      settle();
    },
  };
}

/** By birth; what is still on its way comes last. */
function isBefore(node, other) {
  if (!other.dataset.id) return Boolean(node.dataset.id);
  return Boolean(node.dataset.id) && Number(node.dataset.id) < Number(other.dataset.id);
}

/** Puts a message where it belongs, in the place of what stood there for it before. */
function put(log, nodes, message, hooks) {
  const old = nodes.get(message);
  const node = bubble(message, hooks);
  nodes.set(message, node);
  if (old?.isConnected) {
    const held = old.contains(document.activeElement);
    old.replaceWith(node);
    if (held) node.querySelector('button')?.focus({ preventScroll: true });
    return;
  }
  const next = [...log.querySelectorAll('.message')].find((other) => isBefore(node, other));
  log.insertBefore(node, next ?? null);
}

function separateDays(log) {
  let day;
  for (const separator of log.querySelectorAll('.day')) separator.remove();
  for (const node of log.querySelectorAll('.message')) {
    const at = Number(node.dataset.at);
    if (dayOf(at) !== day) node.before(el('div', { class: 'day' }, el('span', {}, dayText(at))));
    day = dayOf(at);
  }
}
