// Draws each <canvas data-chart="id"> from the JSON of the script element with that id. Funnels and heat maps are HTML.

import { paint, readColours } from "./charts/colours.js";
import { walkByKeys } from "./charts/keys.js";
import { configurationOf } from "./charts/kinds.js";
import { offerPictures } from "./charts/picture.js";

const charts = new Set();

export const ready = document.fonts.ready;

function draw(canvas, colours) {
  const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  const configuration = configurationOf(data, "small" in canvas.dataset, canvas.parentElement.clientWidth);
  const chart = new Chart(canvas, configuration);
  paint(chart, colours);
  chart.update();
  charts.add(chart);
  const spoken = canvas.parentElement.querySelector("[data-spoken]");
  if (spoken) walkByKeys(chart, data, spoken);
}

function repaint() {
  const colours = readColours();
  for (const chart of charts) {
    paint(chart, colours);
    chart.update(); // in the mode "none" bars would keep their colours
  }
}

export function drawCharts(root) {
  const colours = readColours();
  root.querySelectorAll("canvas[data-chart]").forEach((canvas) => draw(canvas, colours));
  offerPictures(root);
}

/** Let go of the charts below an element that is about to be replaced. */
export function dropCharts(root) {
  for (const chart of charts) {
    if (!root.contains(chart.canvas)) continue;
    charts.delete(chart);
    chart.destroy();
  }
}

function printing({ matches }) {
  for (const chart of charts) chart.resize();
  if (matches) repaint();
  else requestAnimationFrame(repaint);
}

Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
Chart.defaults.font.size = 11;
// Words are measured once, so not before their font is there.
ready.then(() => drawCharts(document));
new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
matchMedia("print").addEventListener("change", printing);
