// Notes on a chart over days: a line at the day, a band over several, and the number that the list below has.

const BADGE = 7;

/** The notes at a point, as they are said. */
export function notesAt(data, place) {
  return data.notes.filter((note) => note.first <= place && place <= note.last).map((note) => note.text);
}

function drawBand(context, note, scale, area, colours) {
  const [left, right] = [scale.getPixelForValue(note.first), scale.getPixelForValue(note.last)];
  context.fillStyle = colours.band;
  context.fillRect(left, area.top, right - left, area.bottom - area.top);
  context.strokeStyle = colours.line;
  context.beginPath();
  for (const x of new Set([left, right])) {
    context.moveTo(x, area.top);
    context.lineTo(x, area.bottom);
  }
  context.stroke();
}

function drawBadge(context, number, x, y, colours) {
  context.fillStyle = colours.badge;
  context.beginPath();
  context.arc(x, y, BADGE, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = colours.text;
  context.fillText(number, x, y + 0.5);
}

function drawNotes(chart, data, isSmall) {
  const { ctx: context, chartArea: area, scales, noteColours: colours } = chart;
  if (!colours) return; // not painted yet
  context.save();
  context.setLineDash([2, 2]);
  context.lineWidth = 1;
  for (const note of data.notes) drawBand(context, note, scales.x, area, colours);
  context.font = `600 10px ${Chart.defaults.font.family}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  if (!isSmall) {
    data.notes.forEach((note, place) => {
      drawBadge(context, place + 1, scales.x.getPixelForValue(note.first), area.top - BADGE - 2, colours);
    });
  }
  context.restore();
}

export function notesPlugin(data, isSmall) {
  return { id: "notes", afterDatasetsDraw: (chart) => drawNotes(chart, data, isSmall) };
}
