// What goes to the bot and what comes from it.

const TRIES = 4;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** An answer that says no, in words for a person. */
export class Refused extends Error {}

/**
 * Sends something and answers what came back. What is sent carries an id of its own, so that sending it again after a
 * lost answer does no harm: the bot answers each id once.
 */
export async function post(path, body) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await postOnce(path, body);
    } catch (error) {
      if (error instanceof Refused || attempt >= TRIES) throw error;
      await wait(400 * 2 ** attempt);
    }
  }
}

async function postOnce(path, body) {
  const response = await fetch(`/chat/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': body.language },
    body: JSON.stringify(body),
  });
  if (response.ok) return response.json();
  const told = await response.json().catch(() => undefined);
  const words = told?.error?.message ?? response.statusText;
  throw response.status < 500 ? new Refused(words) : new Error(words);
}

export async function get(path) {
  const response = await fetch(`/chat/${path}`);
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

/**
 * Listens to one persona's chat until told to stop, and connects again whenever the line is cut, a little slower each
 * time. `onNews(messages, isWholeChat)` gets what happened, `onLine(isUp)` whether the line is up.
 */
export function listen(subject, { onNews, onLine }) {
  let reached = 0;
  let failures = 0;
  let source;
  let timer;

  function connect() {
    source = new EventSource(`/chat/events?as=${encodeURIComponent(subject)}&since=${reached}`);
    const heard = (isWhole) => (event) => {
      failures = 0;
      reached = Number(event.lastEventId);
      onLine(true);
      onNews(JSON.parse(event.data), isWhole, reached);
    };
    source.addEventListener('fresh', heard(true));
    source.addEventListener('news', heard(false));
    source.addEventListener('error', () => {
      source.close();
      failures += 1;
      onLine(false);
      clearTimeout(timer);
      timer = setTimeout(connect, Math.min(250 * 2 ** failures, 4000));
    });
  }

  const soon = () => {
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(timer);
    connect();
  };
  connect();
  window.addEventListener('online', soon);
  return () => {
    window.removeEventListener('online', soon);
    clearTimeout(timer);
    source.close();
  };
}
