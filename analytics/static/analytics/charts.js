"use strict";

/* Draws each <canvas data-chart="id"> from the JSON of the script element with that id.
   Colours are read from the page's CSS, so light and dark need no second set here. */

const charts = [];

function resolveColour(name) {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = probe.getImageData(0, 0, 1, 1).data;
  return (share = 1) => `rgba(${red}, ${green}, ${blue}, ${(alpha / 255) * share})`;
}

function readColours() {
  return {
    series: [resolveColour("--zuka-chart-1"), resolveColour("--zuka-chart-2"), resolveColour("--zuka-chart-3"), resolveColour("--zuka-chart-4")],
    before: resolveColour("--zuka-chart-before"),
    grid: resolveColour("--zuka-line"),
    text: resolveColour("--zuka-quiet"),
  };
}

function formatValue(value, unit, symbol, isShort) {
  if (value === null || value === undefined) return "–";
  if (unit === "percent") return `${value.toFixed(1)}%`;
  const sign = value < 0 ? "-" : "";
  const options = isShort
    ? { notation: "compact", maximumFractionDigits: 1 }
    : { minimumFractionDigits: unit === "money" ? 2 : 0, maximumFractionDigits: unit === "count" ? 0 : 2 };
  const text = Math.abs(value).toLocaleString("en-GB", options);
  return unit === "money" ? `${sign}${symbol}${text}` : `${sign}${text}`;
}

function currentDataset(series, place, data) {
  const few = series.values.filter((value) => value !== null).length < 3;
  const last = series.values.length - 1;
  return {
    label: series.title,
    unit: series.unit,
    titles: data.titles,
    data: series.values,
    place,
    borderWidth: data.kind === "line" ? 2 : 0,
    borderRadius: 3,
    maxBarThickness: 28,
    pointRadius: few ? 3 : 0,
    pointHitRadius: 12,
    cubicInterpolationMode: "monotone",
    fill: data.kind === "line",
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
    pointRadius: 0,
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

function paint(chart, colours) {
  for (const dataset of chart.data.datasets) {
    const colour = dataset.isBefore ? colours.before : colours.series[dataset.place % colours.series.length];
    const isBar = chart.config.type === "bar" && !dataset.isBefore;
    dataset.borderColor = colour();
    dataset.pointBackgroundColor = colour();
    dataset.backgroundColor = isBar ? colour(0.85) : colour(0.1);
    dataset.hoverBackgroundColor = colour();
    dataset.hoverBorderColor = colour();
  }
  for (const scale of Object.values(chart.options.scales)) {
    scale.ticks.color = colours.text();
    scale.grid.color = colours.grid();
    scale.border.color = colours.grid();
  }
  chart.options.plugins.legend.labels.color = colours.text();
}

function tooltipLine(item, symbol) {
  const dataset = item.dataset;
  const value = formatValue(dataset.data[item.dataIndex], dataset.unit, symbol, false);
  const day = dataset.isBefore ? ` (${dataset.titles[item.dataIndex]})` : "";
  return ` ${dataset.label}${day}: ${value}`;
}

function shorten(text, length) {
  return text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;
}

function optionsOf(data, isSmall) {
  const isNarrow = matchMedia("(width < 640px)").matches;
  const values = {
    beginAtZero: true,
    border: { display: false },
    grid: {},
    ticks: {
      maxTicksLimit: isSmall || isNarrow ? 4 : 6,
      maxRotation: 0,
      precision: data.series[0].unit === "count" ? 0 : undefined,
      callback: (value) => formatValue(value, data.series[0].unit, data.symbol, true),
    },
  };
  const labels = {
    border: {},
    grid: { display: false },
    ticks: {
      autoSkip: !data.horizontal,
      maxTicksLimit: isSmall || isNarrow ? 4 : 10,
      maxRotation: 0,
      callback: (_, place) => (data.horizontal && isNarrow ? shorten(data.labels[place], 16) : data.labels[place]),
    },
  };
  return {
    indexAxis: data.horizontal ? "y" : "x",
    maintainAspectRatio: false,
    animation: false,
    interaction: { mode: "index", axis: data.horizontal ? "y" : "x", intersect: false },
    scales: data.horizontal ? { x: values, y: labels } : { x: labels, y: values },
    plugins: {
      legend: { display: data.series.length > 1, position: "bottom", labels: { boxWidth: 12, boxHeight: 12 } },
      tooltip: {
        displayColors: false,
        callbacks: {
          title: (items) => data.titles[items[0].dataIndex],
          label: (item) => tooltipLine(item, data.symbol),
        },
      },
    },
  };
}

function draw(canvas, colours) {
  const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  const isSmall = "small" in canvas.dataset;
  const kind = data.horizontal || data.kind !== "line" ? "bar" : "line";
  const chart = new Chart(canvas, {
    type: kind,
    data: { labels: data.labels, datasets: datasetsOf({ ...data, kind }) },
    options: optionsOf(data, isSmall),
  });
  paint(chart, colours);
  chart.update();
  charts.push(chart);
}

function repaint() {
  const colours = readColours();
  for (const chart of charts) {
    paint(chart, colours);
    chart.update("none");
  }
}

window.addEventListener("load", () => {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 11;
  const colours = readColours();
  document.querySelectorAll("canvas[data-chart]").forEach((canvas) => draw(canvas, colours));
  new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
});
