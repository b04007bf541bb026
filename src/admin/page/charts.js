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
  const words = { color: quiet, fontFamily };
  const axis = { axisLine: { lineStyle: { color: rule } }, axisLabel: words, nameTextStyle: words };
  const [main] = tones.map(colour);
  return {
    color: tones.map(colour),
    textStyle: { fontFamily, color: text },
    categoryAxis: axis,
    timeAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false }, splitLine: { lineStyle: { color: rule } } },
    tooltip: { backgroundColor: ground, borderColor: rule, textStyle: { color: text, fontFamily } },
    axisPointer: { shadowStyle: { color: rule, opacity: 0.35 }, lineStyle: { color: quiet } },
    dataZoom: {
      borderColor: rule,
      backgroundColor: 'transparent',
      fillerColor: main.replace(/[\d.]+\)$/, '0.15)'),
      dataBackground: { lineStyle: { color: rule }, areaStyle: { color: rule } },
      selectedDataBackground: { lineStyle: { color: main }, areaStyle: { color: main, opacity: 0.15 } },
      handleStyle: { color: ground, borderColor: quiet },
      moveHandleStyle: { color: quiet },
      textStyle: words,
    },
    visualMap: { inRange: { color: [ground, main] }, textStyle: words },
    heatmap: { label: { color: text, fontFamily }, itemStyle: { borderColor: rule, borderWidth: 1 } },
  };
}

const language = root.lang === 'th' ? 'th-TH' : 'en-GB';
const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: '2-digit', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
const short = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Moments, long numbers and the cells of a map are written here: an option as JSON holds no function that could. */
function inWords(option) {
  const [first] = option.series;
  if (option.useUTC) {
    const [above, below] = option.xAxis;
    // Two pictures, one above the other, would have two headings.
    option.tooltip.formatter = (points) => {
      const lines = points
        .toSorted((one, other) => one.seriesIndex - other.seriesIndex)
        .map(({ marker, seriesIndex, seriesName, value, encode }) => {
          const unit = option.series[seriesIndex].yAxisIndex === 1 ? '%' : '';
          const found = value[encode.y[0]];
          return `${marker}${seriesName}  ${found == null ? '–' : exact.format(found) + unit}`;
        });
      return [`${moment.format(points[0].value[0])} UTC`, ...lines].join('\n');
    };
    above.axisPointer = below.axisPointer = { label: { show: false } };
    below.axisLabel.formatter = (ms) => day.format(ms);
    option.yAxis[0].axisLabel = { formatter: (value) => short.format(value) };
    option.dataZoom[0].labelFormatter = (ms) => day.format(ms);
  }
  if (first.type === 'heatmap') {
    const { xAxis, yAxis } = option;
    first.label.formatter = ({ value }) => exact.format(value[2]);
    option.tooltip.formatter = ({ value: [x, y, found] }) =>
      `${xAxis.name} ${xAxis.data[x]}\n${yAxis.name} ${yAxis.data[y]}\n${first.name} ${exact.format(found)}`;
  }
  return option;
}

const tonesOf = (box) => box.dataset.tones.split(' ');
const boxes = () => [...document.querySelectorAll('.chart[data-chart]')];
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) echarts.getInstanceByDom(target)?.resize();
});

function draw() {
  for (const box of boxes()) {
    if (echarts.getInstanceByDom(box)) continue;
    box.classList.add('drawn');
    const chart = echarts.init(box, theme(tonesOf(box)), { renderer: 'svg' });
    chart.setOption(inWords(JSON.parse(box.dataset.chart)));
    sizes.observe(box);
  }
}

/** What is about to leave the page. */
function forget() {
  for (const box of boxes()) {
    sizes.unobserve(box);
    echarts.getInstanceByDom(box)?.dispose();
  }
}

globalThis.charts = { draw, forget };

new MutationObserver(() => {
  for (const box of boxes()) echarts.getInstanceByDom(box)?.setTheme(theme(tonesOf(box)));
}).observe(root, { attributeFilter: ['data-bs-theme'] });

// A letter is measured before its font has come otherwise, and labels would overlap.
Promise.all([document.fonts.load('12px AppThai', 'ก'), document.fonts.ready]).finally(draw);
