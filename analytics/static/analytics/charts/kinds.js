// What Chart.js is told for each kind: line (with the period before), bar, stacked.

import { formatValue, shorten } from "./format.js";
import { notesAt, notesPlugin } from "./notes.js";

const POINT_RADIUS = 3;
const SPARK_WIDTH = 170; // a smaller one is a line alone: its axes would leave it no room

/** The radius of each point: one between gaps has no stretch of line on either side, and nothing else would show it. */
export function radiiOf(values) {
  const isGap = (place) => (values[place] ?? null) === null;
  return values.map((_, place) => (isGap(place - 1) && isGap(place + 1) ? POINT_RADIUS : 0));
}

function currentDataset(series, place, data) {
  const last = series.values.length - 1;
  return {
    label: series.title,
    unit: series.unit,
    titles: data.titles,
    data: series.values,
    place,
    borderWidth: data.isLine ? 2 : 0,
    borderRadius: data.kind === "stacked" ? 0 : 3,
    maxBarThickness: 28,
    pointRadius: radiiOf(series.values),
    pointHitRadius: 12,
    cubicInterpolationMode: "monotone",
    fill: data.isLine && data.series.length === 1,
    // A day that is not over would look like a collapse: its stretch is dotted.
    segment: { borderDash: (line) => (data.isOpen && line.p1DataIndex === last ? [2, 3] : undefined) },
  };
}

function previousDataset(series, data) {
  return {
    type: "line",
    label: "Before",
    unit: series.unit,
    titles: data.previousTitles,
    data: series.previous,
    isBefore: true,
    borderWidth: 1.5,
    borderDash: [4, 4],
    pointRadius: radiiOf(series.previous),
    pointHitRadius: 12,
    cubicInterpolationMode: "monotone",
    fill: false,
  };
}

function datasetsOf(data) {
  const now = data.series.map((series, place) => currentDataset(series, place, data));
  const before = data.series.filter((series) => series.previous.length).map((series) => previousDataset(series, data));
  return [...now, ...before];
}

export function lineOf(dataset, place, symbol) {
  const value = formatValue(dataset.data[place], dataset.unit, symbol, false);
  const day = dataset.isBefore && dataset.titles[place] ? ` (${dataset.titles[place]})` : "";
  return `${dataset.label}${day}: ${value}`;
}

function valueAxis(data, isSmall, isNarrow, display) {
  return {
    display,
    beginAtZero: true,
    stacked: data.kind === "stacked",
    border: { display: false },
    grid: {},
    ticks: {
      maxTicksLimit: isSmall || isNarrow ? 4 : 6,
      maxRotation: 0,
      precision: data.series[0].unit === "count" ? 0 : undefined,
      callback: (value) => formatValue(value, data.series[0].unit, data.symbol, true),
    },
  };
}

function labelAxis(data, isSmall, isNarrow, display) {
  return {
    display,
    stacked: data.kind === "stacked",
    border: {},
    grid: { display: false, drawTicks: false },
    ticks: {
      padding: 6,
      autoSkip: !data.horizontal,
      autoSkipPadding: 10, // else two dates of a small chart read as one
      maxTicksLimit: isSmall || isNarrow ? 4 : 10,
      maxRotation: 0,
      callback: (_, place) => (data.horizontal && isNarrow ? shorten(data.labels[place], 16) : data.labels[place]),
    },
  };
}

function legendLabels(data) {
  return { boxWidth: data.isLine ? 20 : 12, boxHeight: 12, usePointStyle: data.isLine, pointStyle: "line" };
}

function optionsOf(data, isSmall, width) {
  const isNarrow = width < 480;
  const hasAxes = !isSmall || width >= SPARK_WIDTH;
  const values = valueAxis(data, isSmall, isNarrow, hasAxes);
  const labels = labelAxis(data, isSmall, isNarrow, hasAxes);
  return {
    indexAxis: data.horizontal ? "y" : "x",
    maintainAspectRatio: false,
    layout: { padding: { top: data.notes.length && !isSmall ? 18 : 0 } },
    animation: false,
    interaction: { mode: "index", axis: data.horizontal ? "y" : "x", intersect: false },
    scales: data.horizontal ? { x: values, y: labels } : { x: labels, y: values },
    plugins: {
      legend: { display: data.series.length > 1, position: "bottom", labels: legendLabels(data) },
      tooltip: {
        displayColors: data.series.length > 1,
        callbacks: {
          title: (items) => data.titles[items[0].dataIndex],
          footer: (items) => notesAt(data, items[0].dataIndex),
          label: (item) => ` ${lineOf(item.dataset, item.dataIndex, data.symbol)}`,
        },
      },
    },
  };
}

/** The configuration of a chart: `given` is what the page holds, `width` that of its place in pixels. */
export function configurationOf(given, isSmall, width) {
  const data = { ...given, isLine: given.kind === "line" && !given.horizontal };
  return {
    type: data.isLine ? "line" : "bar",
    data: { labels: data.labels, datasets: datasetsOf(data) },
    options: optionsOf(data, isSmall, width),
    plugins: data.notes.length ? [notesPlugin(data, isSmall)] : [],
  };
}
