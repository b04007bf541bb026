// New figures take the place of the old ones; tables that were open stay open.
let open = [];
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  if (detail.target.id !== 'charts') return;
  open = [...detail.target.querySelectorAll('section:has(details[open])')].map(({ id }) => id);
  charts.forget();
});
document.addEventListener('htmx:afterSwap', () => {
  for (const id of open.splice(0)) document.querySelector(`#${id} details`)?.setAttribute('open', '');
  charts.draw();
});

// Events: a stream as long as there is one, and otherwise asked for now and then.
const MOST = 20;
const ASK_MS = 20_000;
const HOLD_MS = 2_000;
let stream;

const isLive = (live) => {
  const mark = document.querySelector('#recent .recent-live');
  if (mark) mark.hidden = !live;
};

/** The list stays sorted, whatever comes late, and shows nothing twice. */
function show(item) {
  const list = document.querySelector('#recent .events');
  if (!list || list.querySelector(`[data-key="${item.dataset.key}"]`)) return;
  const next = [...list.children].find((other) => Number(other.dataset.at) <= Number(item.dataset.at));
  list.insertBefore(item, next ?? null);
  while (list.children.length > MOST) list.lastElementChild.remove();
}

let isDue = false;
function refreshSoon() {
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    htmx.trigger('#figures', 'refresh');
  }, HOLD_MS);
}

const recent = document.querySelector('#recent');
if (recent) {
  stream = new EventSource(recent.dataset.stream);
  stream.addEventListener('open', () => isLive(true));
  stream.addEventListener('error', () => isLive(false));
  stream.addEventListener('recent', ({ data }) => {
    const template = document.createElement('template');
    template.innerHTML = data;
    const item = template.content.firstElementChild;
    item.classList.add('event-new');
    show(item);
    refreshSoon();
  });
  setInterval(() => {
    if (stream.readyState !== EventSource.OPEN) htmx.trigger('#recent', 'poll');
  }, ASK_MS);
  addEventListener('pagehide', () => stream.close());
}
