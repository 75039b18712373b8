// A focused chart is walked with the arrow keys; each point is shown as the pointer would, and spoken.

import { lineOf } from "./kinds.js";
import { notesAt } from "./notes.js";

const MOVES = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -Infinity, End: Infinity };

function show(chart, place, active) {
  const element = active.length ? chart.getDatasetMeta(active[0].datasetIndex).data[place] : null;
  chart.setActiveElements(active);
  chart.tooltip.setActiveElements(active, element ? { x: element.x, y: element.y } : { x: 0, y: 0 });
  chart.update("none");
}

export function walkByKeys(chart, data, spoken) {
  let place = -1;
  chart.canvas.addEventListener("keydown", (event) => {
    if (!(event.key in MOVES)) return;
    event.preventDefault();
    place = Math.min(Math.max(place + MOVES[event.key], 0), data.titles.length - 1);
    const shown = chart.data.datasets.map((dataset, index) => ({ dataset, index }))
      .filter(({ dataset }) => place < dataset.data.length);
    show(chart, place, shown.map(({ index }) => ({ datasetIndex: index, index: place })));
    const lines = shown.map(({ dataset }) => lineOf(dataset, place, data.symbol));
    spoken.textContent = [data.titles[place], ...lines, ...notesAt(data, place)].join(", ");
  });
  chart.canvas.addEventListener("blur", () => show(chart, 0, []));
}
