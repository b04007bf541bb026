// Charts: options come from the service as JSON, colours from the style sheet, so that light and dark are its matter.
const root = document.documentElement;
const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
pixel.canvas.width = pixel.canvas.height = 1;

/** A colour of the style sheet as rgba: it may be mixed or named there, and ECharts reads neither. */
function colour(name) {
  const probe = document.createElement('i');
  probe.style.color = `var(--tblr-${name})`;
  document.body.append(probe);
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = getComputedStyle(probe).color;
  pixel.fillRect(0, 0, 1, 1);
  probe.remove();
  const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgba(${red},${green},${blue},${alpha / 255})`;
}

function theme(tones) {
  const [text, quiet, rule, ground] = ['body-color', 'secondary', 'border-color', 'bg-surface'].map(colour);
  const fontFamily = getComputedStyle(document.body).fontFamily;
  const axis = { axisLine: { lineStyle: { color: rule } }, axisLabel: { color: quiet, fontFamily } };
  return {
    color: tones.map(colour),
    textStyle: { fontFamily, color: text },
    categoryAxis: axis,
    valueAxis: { ...axis, axisLine: { show: false }, splitLine: { lineStyle: { color: rule } } },
    tooltip: { backgroundColor: ground, borderColor: rule, textStyle: { color: text, fontFamily } },
    axisPointer: { shadowStyle: { color: rule, opacity: 0.35 }, lineStyle: { color: quiet } },
  };
}

const tonesOf = (box) => box.dataset.tones.split(' ');
const charts = () => [...document.querySelectorAll('#charts .chart')];
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) echarts.getInstanceByDom(target)?.resize();
});

function draw() {
  for (const box of charts()) {
    if (echarts.getInstanceByDom(box)) continue;
    box.classList.add('drawn');
    const chart = echarts.init(box, theme(tonesOf(box)), { renderer: 'svg' });
    chart.setOption(JSON.parse(box.dataset.chart));
    sizes.observe(box);
  }
}

new MutationObserver(() => {
  for (const box of charts()) echarts.getInstanceByDom(box)?.setTheme(theme(tonesOf(box)));
}).observe(root, { attributeFilter: ['data-bs-theme'] });

// A letter is measured before its font has come otherwise, and labels would overlap.
Promise.all([document.fonts.load('12px AppThai', 'ก'), document.fonts.ready]).finally(draw);

// New figures take the place of the old ones; tables that were open stay open.
let open = [];
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  if (detail.target.id !== 'charts') return;
  open = [...detail.target.querySelectorAll('section:has(details[open])')].map(({ id }) => id);
  for (const box of charts()) {
    sizes.unobserve(box);
    echarts.getInstanceByDom(box)?.dispose();
  }
});
document.addEventListener('htmx:afterSwap', () => {
  for (const id of open.splice(0)) document.querySelector(`#${id} details`)?.setAttribute('open', '');
  draw();
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
