// Shows the ticks of the server: a verdict, numbers, charts and tables. All of it is text content, never markup.
'use strict';

const KEPT = 240; // ticks: two minutes
const LATELY = 4; // ticks that the verdict is about
const WINDOW = 256; // datagrams that the sink is given at once: receives posted at most
const PLOTTED = 5; // metrics at most, beside all lines
const MOST_ROWS = 100;
const HEIGHT = 200; // of a chart, in CSS pixels, unless it has its own
const NARROWEST = 30; // seconds that a chart shows at least
const FORGOTTEN = 60_000; // a metric that is not told of for so many milliseconds leaves the table
const STEPS = [...Array(15).keys()].flatMap((power) => [1, 2, 5].map((it) => it * 10 ** power)); // of an axis
const DOUBLED = [...Array(15).keys()].map((power) => WINDOW / 4 * 2 ** power); // the same, for what windows bound
const AGAIN = 2_000; // milliseconds until a connection that was refused is tried again
const DELAYS = [0, 5, 10, 20, 50, 100, 200, 500, 1_000]; // what the slider's places stand for
const MEANING = { // of the server's reasons
  TRUNCATED: 'too long',
  DECODER: 'parser failed',
  CANCELLED: 'while beginning anew',
  CLOSED: 'while ending',
  NO_VALUE: 'no colon',
  NAME: 'no name, or a bad one',
  VALUE: 'no number, or a bad one',
  TYPE: 'unknown type',
  RATE: 'bad sample rate',
  SECTION: 'unknown section',
  TOO_MANY: 'one metric too many',
};

const byId = (id) => document.getElementById(id);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const brief = new Intl.NumberFormat('en', {maximumSignificantDigits: 3, notation: 'compact'});
const clock = new Intl.DateTimeFormat('en', {hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit'});

const times = []; // seconds, one for each tick that is kept
const columns = new Map(); // what is plotted, by its key: a value or null for each of the times
const rows = new Map(); // of the table of metrics
const chosen = new Set(); // keys of metrics to plot
let isChosenByHand = false;
let last = null; // tick
let seen = 0; // ticks
let charts = [];
let frame = 0; // that will draw; 0 if none has to

const CHARTS = [
  {id: 'receives', least: WINDOW, steps: DOUBLED, lines: () => [
    {key: 'posted', label: 'posted', colour: '--line-1', isFilled: true},
    {key: 'demand', label: 'unmet demand', colour: '--line-2', isDashed: true}, // mostly upon the other
  ]},
  {id: 'losses', least: 10, lines: () => [
    {key: 'kernel', label: 'by the kernel', colour: '--bad', isFilled: true},
    {key: 'dropped', label: 'by the library', colour: '--line-1'},
    {key: 'refused', label: 'bad lines', colour: '--line-4'},
  ]},
  {id: 'rates', least: 10, height: 300, lines: () => [
    {key: 'lines', label: 'all lines', colour: '--faint', isFilled: true},
    ...[...chosen].map((key, i) => ({key, label: rows.get(key).name, colour: `--line-${i + 1}`})),
  ]},
];

// ---- what has come

function onTick(tick) {
  const isOfRun = last && tick.run === last.run; // else the server is a new one
  if (isOfRun && tick.number <= last.number) {
    return; // told again after a reconnect
  }
  const isClockBack = last && tick.time <= last.time;
  if (isClockBack) {
    beginAnew(); // the charts go from left to right
  }
  const before = isOfRun && !isClockBack ? last : null;
  last = tick;
  keep(tick.time / 1_000, {
    lines: perSecond(before, tick, (it) => it.lines),
    datagrams: perSecond(before, tick, (it) => it.datagrams),
    demand: tick.demand,
    posted: tick.posted,
    kernel: perSecond(before, tick, (it) => it.kernelDrops),
    dropped: perSecond(before, tick, (it) => sum(it.dropped)),
    refused: perSecond(before, tick, (it) => sum(it.refused)),
    ...Object.fromEntries(tick.metrics.map((it) => [keyOf(it), it.perSecond])),
  });
  showVerdict();
  showNumbers(tick);
  showReasons(tick);
  showMetrics(tick);
  choose();
  drawSoon();
  document.body.dataset.ticks = ++seen;
}

function beginAnew() {
  times.length = 0;
  columns.clear();
  rows.forEach((row) => {
    row.time = 0; // what is not told of again leaves the table
  });
}

const sum = (counts) => Object.values(counts).reduce((all, one) => all + one, 0);
const keyOf = (metric) => `${metric.kind} ${metric.name}`;

function perSecond(before, now, count) {
  if (!before || count(before) === null || count(now) === null) {
    return null;
  }
  return (count(now) - count(before)) * 1_000 / (now.time - before.time);
}

function keep(time, values) {
  times.push(time);
  for (const key of Object.keys(values)) {
    if (!columns.has(key)) {
      columns.set(key, new Array(times.length - 1).fill(null));
    }
  }
  for (const [key, column] of columns) {
    column.push(values[key] ?? null);
  }
  if (times.length > KEPT) {
    times.shift();
    columns.forEach((column) => column.shift());
  }
}

// ---- words, numbers and tables

/** What the numbers mean, for somebody who sees them for the first time. */
function showVerdict() {
  const posted = whole.format(lately('posted'));
  const drops = whole.format(lately('kernel'));
  if (lately('kernel') > 0) {
    say('bad', `Too slow: ${posted} receives are posted, the socket's receive buffer is full, and the kernel drops `
        + `${drops} datagrams a second. The program itself holds two batches at most.`);
  } else if (lately('posted') < Math.min(WINDOW, last.slots) / 4) {
    say('slow', `Slower than what comes: ${posted} receives are posted, and datagrams wait in the socket's buffer.`);
  } else {
    say('good', `Keeps up: ${posted} receives are posted`
        + (last.kernelDrops === null ? '.' : ', and the kernel drops nothing.'));
  }
}

function say(name, text) {
  byId('verdict').className = name;
  byId('verdict').textContent = text;
}

/** The mean of the latest values. */
function lately(key) {
  const values = columns.get(key).slice(-LATELY).filter((value) => value !== null);
  return values.length === 0 ? 0 : values.reduce((all, one) => all + one, 0) / values.length;
}

/** As the verdict has them; but of what is counted since the start, all. */
function showNumbers(tick) {
  const text = (key) => whole.format(lately(key));
  byId('lines').textContent = text('lines');
  byId('datagrams').textContent = text('datagrams');
  byId('demand').textContent = tick.demand === null ? 'unbounded' : text('demand');
  byId('posted').textContent = `${text('posted')} of ${whole.format(tick.slots)}`;
  byId('kernel').textContent = tick.kernelDrops === null ? 'not told' : whole.format(tick.kernelDrops);
  byId('kernel-rate').textContent = tick.kernelDrops === null ? 'not told' : text('kernel');
  byId('kernel-rate').className = lately('kernel') > 0 ? 'bad' : '';
  if (document.activeElement !== byId('delay')) {
    showDelay(tick.delayMillis); // another browser may have moved it
  }
}

function showDelay(millis) {
  byId('delay').value = String(DELAYS.findIndex((it) => it >= millis));
  byId('delay-text').textContent = `${whole.format(millis)} ms`;
}

function showReasons(tick) {
  const reasons = [
    ['datagram: kernel', 'receive buffer full', tick.kernelDrops],
    ...Object.entries(tick.dropped).map(([reason, count]) => [`datagram: ${reason}`, MEANING[reason], count]),
    ...Object.entries(tick.refused).map(([reason, count]) => [`line: ${reason}`, MEANING[reason], count]),
  ];
  byId('reasons').replaceChildren(...reasons.map(([reason, meaning, count]) => {
    const row = document.createElement('tr');
    row.className = count > 0 ? '' : 'none';
    const what = cell(`${reason} `);
    what.append(note(meaning ?? ''));
    row.append(what, cell(count === null ? 'not told' : whole.format(count), 'number'));
    return row;
  }));
}

function cell(text, name = '') {
  const made = document.createElement('td');
  made.className = name;
  made.textContent = text;
  return made;
}

function note(text) {
  const made = document.createElement('span');
  made.className = 'note';
  made.textContent = text;
  return made;
}

function showMetrics(tick) {
  for (const metric of tick.metrics) {
    const key = keyOf(metric);
    const row = rows.get(key) ?? newRow(key, metric);
    row.time = tick.time;
    row.perSecond.textContent = brief.format(metric.perSecond);
    row.value.textContent = brief.format(metric.value);
    row.more.textContent = metric.kind.toLowerCase() + (metric.mean === null ? ''
        : `: mean ${brief.format(metric.mean)}, 95\u00a0% up to ${brief.format(metric.p95)}, max ${brief.format(metric.max)}`);
  }
  forget([...rows.keys()].filter((key) => tick.time - rows.get(key).time > FORGOTTEN));
  const oldestFirst = [...rows.keys()].sort((one, other) => rows.get(one).time - rows.get(other).time);
  forget(oldestFirst.slice(0, Math.max(0, rows.size - MOST_ROWS)));
}

function forget(keys) {
  for (const key of keys) {
    rows.get(key).element.remove();
    rows.delete(key);
    chosen.delete(key);
    columns.delete(key);
  }
}

function newRow(key, metric) {
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.setAttribute('aria-label', `plot ${metric.name}`);
  box.addEventListener('change', () => onBox(key, box.checked));
  const plot = cell('');
  plot.append(box);
  const more = note('');
  const name = cell(metric.name);
  name.append(more);
  const row = {
    name: metric.name, box, more, perSecond: cell('', 'number'), value: cell('', 'number'),
    element: document.createElement('tr'),
  };
  row.element.append(plot, name, row.perSecond, row.value);
  row.element.dataset.name = metric.name;
  const next = [...byId('metrics').rows].find((it) => it.dataset.name > metric.name);
  byId('metrics').insertBefore(row.element, next ?? null);
  rows.set(key, row);
  return row;
}

function onBox(key, isChecked) {
  isChosenByHand = true;
  if (isChecked) {
    chosen.add(key);
  } else {
    chosen.delete(key);
  }
  choose();
  drawSoon();
}

/** Until somebody chooses, the first ones are plotted. */
function choose() {
  if (!isChosenByHand) {
    for (const key of [...rows.keys()].slice(0, 3)) {
      chosen.add(key);
    }
  }
  while (chosen.size > PLOTTED) {
    chosen.delete(chosen.values().next().value); // the one that was chosen first
  }
  rows.forEach((row, key) => {
    row.box.checked = chosen.has(key);
  });
}

// ---- charts

/** With the next frame: what comes at once is drawn once, and a hidden page draws nothing. */
function drawSoon() {
  frame ||= requestAnimationFrame(draw);
}

function draw() {
  frame = 0;
  CHARTS.forEach((spec, i) => {
    const lines = spec.lines();
    const data = [times, ...lines.map((line) => columns.get(line.key))];
    const what = lines.map((line) => line.key).join('\n');
    if (charts[i]?.what === what) {
      charts[i].plot.setData(data);
    } else {
      charts[i]?.plot.destroy();
      charts[i] = {what, plot: newPlot(spec, lines, data)};
    }
  });
}

function newPlot(spec, lines, data) {
  const element = byId(spec.id);
  const axis = () => ({
    stroke: () => colour('--faint'),
    grid: {stroke: () => colour('--rule'), width: 1},
    ticks: {show: false},
  });
  return new uPlot({
    width: element.clientWidth,
    height: spec.height ?? HEIGHT,
    padding: [8, null, null, null], // null: as much as the labels need
    cursor: {y: false, drag: {x: false, y: false}, sync: {key: 'time'}}, // one moment in all charts
    scales: {
      x: {range: (plot, from, to) => [Math.min(from, to - NARROWEST), to]},
      y: {range: (plot, from, to) => [0, Math.max(spec.least, to ?? 0) * 1.05]},
    },
    axes: [
      {...axis(), size: 30, space: 80, values: (plot, splits) => splits.map((it) => clock.format(it * 1_000))},
      {...axis(), size: 56, incrs: spec.steps ?? STEPS, values: (plot, splits) => splits.map((it) => brief.format(it))},
    ],
    series: [
      {label: 'time', value: (plot, time) => clock.format((time ?? times.at(-1)) * 1_000)},
      ...lines.map((line) => ({
        label: line.label,
        value: (plot, value, series, at) => text(at == null ? plot.data[series].at(-1) : value), // without a cursor the latest
        width: 2,
        dash: line.isDashed ? [6, 4] : [],
        stroke: colour(line.colour),
        fill: line.isFilled ? `${colour(line.colour)}33` : undefined,
        points: {show: false},
      })),
    ],
  }, data, element);
}

const text = (value) => value == null ? '–' : brief.format(value);

/** In the colours of now. */
function drawAnew() {
  charts.forEach((chart) => chart.plot.destroy());
  charts = [];
  if (times.length > 0) {
    draw();
  }
}

function onResize() {
  charts.forEach((chart, i) => {
    const width = byId(CHARTS[i].id).clientWidth;
    if (chart.plot.width !== width) {
      chart.plot.setSize({width, height: chart.plot.height});
    }
  });
}

// ---- the server

function watch() {
  const ticks = new EventSource('ticks');
  ticks.onopen = () => showState('live', 'live');
  ticks.onmessage = (event) => onTick(JSON.parse(event.data));
  ticks.onerror = () => {
    showState('the server is away: trying again …', 'away');
    if (ticks.readyState === EventSource.CLOSED) { // it tries again by itself after other errors
      setTimeout(watch, AGAIN);
    }
  };
}

function showState(text, name) {
  byId('state').textContent = text;
  byId('state').className = name;
}

async function onSlider() {
  const millis = DELAYS[Number(byId('delay').value)];
  showDelay(millis);
  try {
    const answer = await fetch(`delay/${millis}`, {method: 'PUT'});
    if (!answer.ok) {
      showState(`the server refuses the delay: ${answer.status}`, 'away');
    }
  } catch (away) {
    showState('the server is away: the slider has no effect', 'away');
  }
}

byId('delay').addEventListener('input', onSlider);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAnew);
new ResizeObserver(onResize).observe(document.body);
watch();
