import { createCard } from './card.js';
import { createComposer } from './composer.js';
import { byId, toast } from './dom.js';
import { createLog } from './log.js';
import { createPersonas } from './persona.js';
import { get, listen, post, Refused } from './wire.js';
import { language, rewrite, say, setLanguage } from './words.js';

rewrite();

let working = 0;
let awaited = 0;
let reached = 0;
let unread = 0;
let stopListening = () => {};

const hooks = {
  get subject() {
    return personas.subject();
  },
  knows: (name) => composer.knows(name),
  command: (text) => sendText(text),
  retry: ({ body }) => deliver(body.key, body.text),
  press,
};
const composer = createComposer(sendText);
const log = createLog(hooks);
const card = createCard(submitForm);
const personas = createPersonas(switchTo);

/** The dots stay until the answer itself is on the page, which comes by another way than the answer to the POST. */
const showTyping = () => {
  byId('typing').hidden = working === 0 && reached >= awaited;
};

/** Sends something on behalf of the persona; undefined when it could not be done. */
async function ask(path, body, onFailure) {
  const { as } = personas.who();
  working += 1;
  showTyping();
  try {
    const answer = await post(path, { ...personas.who(), ...body });
    if (as !== personas.subject()) return undefined; // somebody else sits here now
    awaited = Math.max(awaited, answer.reached);
    if (answer.toast) toast(answer.toast);
    if (answer.form) {
      card.show(answer.form);
      log.toBottom();
    }
    return answer;
  } catch (error) {
    toast(error instanceof Refused ? `${say('refused')} (${error.message})` : say('failed'));
    onFailure?.();
    return undefined;
  } finally {
    working -= 1;
    showTyping();
  }
}

function sendText(text) {
  const isCommand = text.startsWith('/');
  if (!isCommand && card.take(text)) return;
  if (isCommand) card.close();
  const key = crypto.randomUUID();
  log.send(key, text);
  deliver(key, text);
}

function deliver(key, text) {
  log.mark(key, 'sending');
  return ask('messages', { id: key, text }, () => log.mark(key, 'failed'));
}

async function press(message, data, button) {
  const keyboard = button.closest('.keyboard');
  if (keyboard.classList.contains('busy')) return;
  keyboard.classList.add('busy');
  button.classList.add('busy');
  for (const other of keyboard.querySelectorAll('button')) other.disabled = true;
  card.close();
  await ask('press', { id: crypto.randomUUID(), message: message.id, data });
  keyboard.classList.remove('busy');
  button.classList.remove('busy');
  for (const other of keyboard.querySelectorAll('button')) other.disabled = false;
}

async function submitForm(command, args) {
  const answer = await ask('form', { id: crypto.randomUUID(), command, args });
  return answer !== undefined && !answer.form;
}

function hear() {
  let isFirst = true;
  let lostTimer;
  return listen(personas.subject(), {
    onNews(messages, isWhole, upTo) {
      const fresh = log.news(messages, isWhole);
      reached = upTo;
      showTyping();
      if (isFirst) offerStart();
      isFirst = false;
      if (document.hidden) countUnread(fresh.filter((message) => !message.body.silent).length);
    },
    onLine(isUp) {
      clearTimeout(lostTimer);
      if (isUp) byId('lost').hidden = true;
      else lostTimer = setTimeout(() => (byId('lost').hidden = false), 600);
    },
  });
}

function countUnread(more) {
  unread = document.hidden ? unread + more : 0;
  document.title = unread > 0 ? `(${unread}) ${say('title')}` : say('title');
}
document.addEventListener('visibilitychange', () => countUnread(0));

/** A link into the chat (`/chat?start=topup`) waits for a press of Start, as everywhere. */
function offerStart() {
  if (new URLSearchParams(location.search).has('start')) byId('empty').hidden = false;
}
byId('start').addEventListener('click', () => {
  const address = new URL(location.href);
  const payload = address.searchParams.get('start');
  address.searchParams.delete('start');
  history.replaceState(null, '', address);
  sendText(payload ? `/start ${payload}` : '/start');
  composer.focus();
});

function switchTo() {
  stopListening();
  awaited = 0;
  reached = 0;
  card.close();
  log.forgetWaiting();
  log.clear();
  stopListening = hear();
}

async function learnCommands() {
  composer.offerCommands(await get(`commands?language=${language()}`).catch(() => []));
  log.redraw();
}

for (const input of byId('languages').querySelectorAll('input')) {
  input.checked = input.value === language();
  input.addEventListener('change', () => {
    setLanguage(input.value);
    learnCommands();
  });
}

const enlarged = byId('enlarged');
enlarged.addEventListener('click', () => enlarged.close());

learnCommands();
stopListening = hear();
if (matchMedia('(hover: hover)').matches) composer.focus();
