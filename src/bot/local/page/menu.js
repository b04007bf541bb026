import { byId, el } from './dom.js';
import { say } from './words.js';

/** The list of commands above the composer. The text field keeps the focus; the list only shows what is chosen. */
export function createMenu(text, pick) {
  const menu = byId('menu');
  let commands = [];
  let offered = [];
  let chosen = 0;

  function close() {
    menu.hidden = true;
    offered = [];
    text.setAttribute('aria-expanded', 'false');
    text.removeAttribute('aria-activedescendant');
  }

  function row(command, index) {
    const point = () => {
      chosen = index;
      mark(false);
    };
    return el(
      'li',
      {
        id: `command-${index}`,
        role: 'option',
        onpointerdown: (event) => event.preventDefault(),
        onpointermove: point,
        onclick: () => pick(command),
      },
      el('b', {}, `/${command.name}`),
      el('span', {}, command.description),
    );
  }

  function mark(scrolls = true) {
    const rows = [...menu.querySelectorAll('[role=option]')];
    for (const [i, node] of rows.entries()) node.setAttribute('aria-selected', String(i === chosen));
    if (rows[chosen]) text.setAttribute('aria-activedescendant', rows[chosen].id);
    else text.removeAttribute('aria-activedescendant');
    if (scrolls) rows[chosen]?.scrollIntoView({ block: 'nearest' });
  }

  return {
    close,
    isOpen: () => !menu.hidden,
    /** What Enter would pick; undefined while nothing is offered. */
    chosen: () => offered[chosen],
    move(by) {
      chosen = (chosen + by + offered.length) % offered.length;
      mark();
    },
    /** Offers what fits the text: by the beginning of the name first, then by anything in the name or its words. */
    offer() {
      const typed = /^\/(\S*)$/.exec(text.value)?.[1]?.toLowerCase();
      if (typed === undefined) return close();
      offered = fitting(commands, typed);
      chosen = 0;
      menu.replaceChildren(...offered.map(row));
      if (offered.length === 0) menu.append(el('li', { class: 'none', role: 'presentation' }, say('noCommand')));
      menu.hidden = false;
      text.setAttribute('aria-expanded', 'true');
      mark();
    },
    learn(list) {
      commands = list;
    },
    knows: (name) => commands.some((command) => command.name === name),
  };
}

function fitting(commands, typed) {
  const starts = commands.filter((command) => command.name.startsWith(typed));
  const holds = commands.filter(
    (c) => !starts.includes(c) && `${c.name} ${c.description}`.toLowerCase().includes(typed),
  );
  return [...starts, ...holds];
}
