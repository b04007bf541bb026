import { byId, el, icon } from './dom.js';
import { say } from './words.js';

/**
 * A form that the bot asks to fill in. It lives here alone and is gone with the page: what is typed into it may be a
 * secret. `submit(command, args)` sends it and answers whether it may go.
 */
export function createCard(submit) {
  const place = byId('card');
  let open;

  function close() {
    open = undefined;
    place.replaceChildren();
  }

  function show(form) {
    open = form;
    const inputs = form.fields.map((field, i) => fieldOf(field, i, form.fields.length === 1 ? send : undefined));
    const go = el('button', { class: 'press primary' }, say('submit'));
    const cancel = el('button', { type: 'button', class: 'press', onclick: close }, say('cancel'));
    const card = el(
      'form',
      { class: 'card', autocomplete: 'off', novalidate: true, 'aria-label': `${say('form')}: ${form.title}` },
      el('h3', { dir: 'auto' }, form.title),
      form.problem &&
        el('p', { class: 'problem', role: 'alert', dir: 'auto' }, icon('alert'), el('span', {}, form.problem)),
      ...inputs.map((input) => input.node),
      el('div', { class: 'buttons' }, cancel, go),
    );
    card.addEventListener('submit', (event) => {
      event.preventDefault();
      send();
    });
    card.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') close();
    });
    place.replaceChildren(card);
    inputs[0]?.focus();

    async function send() {
      if (card.inert) return;
      card.inert = true;
      const filled = Object.fromEntries(inputs.map((input) => [input.name, input.value()]));
      const asked = form.fields
        .filter((field) => !field.optional || filled[field.name] !== '')
        .map((field) => field.name);
      const args = { ...form.args, ...Object.fromEntries(asked.map((name) => [name, filled[name]])) };
      const isDone = await submit(form.command, args);
      card.inert = false;
      // By now the bot may have asked for something else.
      if (isDone && open === form) close();
    }
  }

  return {
    show,
    close,
    /** A form of one field takes what is written in the composer; false when there is none. */
    take(text) {
      if (open?.fields.length !== 1) return false;
      const input = place.querySelector('input');
      input.value = text;
      place.querySelector('form').requestSubmit();
      return true;
    },
  };
}

/** A labelled line to type in, with the bot's suggestions as chips. In a form of one field a chip sends it. */
function fieldOf(field, index, send) {
  const id = `field-${index}`;
  const input = el('input', {
    id,
    name: field.name,
    // A browser offers to keep what stands in a field for passwords, unless it is told that this is a new one.
    type: field.secret ? 'password' : 'text',
    'aria-describedby': `${id}-hint`,
    maxlength: 4096,
    autocomplete: field.secret ? 'new-password' : 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    enterkeyhint: 'done',
    'aria-required': String(!field.optional),
  });
  const chips = field.choices.map(({ label, value }) => {
    const choose = () => {
      input.value = value;
      mark();
      send?.();
    };
    return el(
      'button',
      { type: 'button', class: 'chip', 'aria-pressed': 'false', data: { value }, onclick: choose },
      label,
    );
  });
  const mark = () => {
    for (const chip of chips) chip.setAttribute('aria-pressed', String(chip.dataset.value === input.value));
  };
  input.addEventListener('input', mark);
  const label = el(
    'label',
    { for: id, dir: 'auto' },
    field.label,
    field.optional && el('small', {}, ` (${say('optional')})`),
  );
  const hint = el('p', { class: 'hint', id: `${id}-hint`, dir: 'auto' }, field.hint);
  const choices = chips.length > 0 && el('div', { class: 'chips', role: 'group', 'aria-label': field.label }, ...chips);
  const node = el('div', { class: 'field' }, label, choices, input, hint);
  return { name: field.name, node, value: () => input.value, focus: () => input.focus({ preventScroll: true }) };
}
