import { byId } from './dom.js';
import { createMenu } from './menu.js';

/** Where a person writes: grows with the text, and offers the commands after a slash. */
export function createComposer(send) {
  const text = byId('text');
  const button = byId('send');
  const menu = createMenu(text, (command) => submit(`/${command.name}`));

  function resize() {
    text.style.height = 'auto';
    text.style.height = `${Math.min(text.scrollHeight, 168)}px`;
    button.disabled = text.value.trim() === '';
  }

  function write(words) {
    text.value = words;
    menu.close();
    resize();
    text.focus();
  }

  function submit(words = text.value) {
    if (words.trim() === '') return;
    write('');
    send(words.trim());
  }

  const inMenu = {
    ArrowDown: () => menu.move(1),
    ArrowUp: () => menu.move(-1),
    Escape: () => menu.close(),
    Tab: () => write(`/${menu.chosen().name} `),
    Enter: () => submit(`/${menu.chosen().name}`),
  };

  text.addEventListener('keydown', (event) => {
    if (event.isComposing || event.shiftKey) return;
    const plain = { Enter: () => submit(), Escape: menu.isOpen() ? () => menu.close() : undefined };
    const act = (menu.chosen() ? inMenu : plain)[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  text.addEventListener('input', () => {
    resize();
    menu.offer();
  });
  text.addEventListener('blur', menu.close);
  byId('compose').addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  const opener = byId('open-menu');
  opener.addEventListener('pointerdown', (event) => event.preventDefault());
  opener.addEventListener('click', () => {
    if (menu.isOpen()) return menu.close();
    write(text.value.startsWith('/') ? text.value : '/');
    menu.offer();
  });

  return { offerCommands: menu.learn, knows: menu.knows, focus: () => text.focus() };
}
