// Colours come from the page's CSS (charts.css), so light, dark and print need no second set here.

const SERIES = 6;

function resolveColour(name) {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = probe.getImageData(0, 0, 1, 1).data;
  return (share = 1) => `rgba(${red}, ${green}, ${blue}, ${(alpha / 255) * share})`;
}

export function readColours() {
  return {
    series: Array.from({ length: SERIES }, (_, place) => resolveColour(`--zuka-chart-${place + 1}`)),
    before: resolveColour("--zuka-chart-before"),
    grid: resolveColour("--zuka-line"),
    text: resolveColour("--zuka-quiet"),
    note: resolveColour("--zuka-ink"),
    paper: resolveColour("--zuka-panel"),
  };
}

export function paint(chart, colours) {
  for (const dataset of chart.data.datasets) {
    const colour = dataset.isBefore ? colours.before : colours.series[dataset.place % SERIES];
    const isBar = chart.config.type === "bar" && !dataset.isBefore;
    dataset.borderColor = colour();
    dataset.pointBackgroundColor = colour();
    dataset.backgroundColor = isBar ? colour(0.9) : colour(0.1);
    dataset.hoverBackgroundColor = colour();
    dataset.hoverBorderColor = colour();
  }
  for (const scale of Object.values(chart.options.scales)) {
    scale.ticks.color = colours.text();
    scale.grid.color = colours.grid();
    scale.border.color = colours.grid();
  }
  chart.noteColours = { line: colours.note(0.55), band: colours.note(0.06), badge: colours.note(), text: colours.paper() };
  chart.options.plugins.legend.labels.color = colours.text();
}
