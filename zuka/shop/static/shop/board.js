// Leaderboards: nicknames and initials with their best, and where the visitor stands.

import { call } from "./api.js";
import { find, h } from "./elements.js";
import { fill, waitingLines } from "./states.js";

const PERIODS = ["day", "week", "all"];
const SHOWN = 10;

const row = (each) =>
  h(
    "tr",
    { class: each.is_you && "is-you" },
    h("td", {}, `${each.position}`),
    h("th", { scope: "row" }, each.shown_name, each.is_you && h("span", { class: "pill pill-good" }, "you")),
    h("td", { class: "score" }, each.score.toLocaleString("en-NG")),
  );

function table({ rows, you }) {
  if (!rows.length) return h("p", { class: "quiet" }, "Nobody yet. Be the first.");
  const isShown = rows.some((each) => each.is_you);
  return h(
    "table",
    { class: "board" },
    h(
      "thead",
      {},
      h("tr", {}, ["Place", "Player", "Score"].map((title) => h("th", { scope: "col" }, title))),
    ),
    h("tbody", {}, rows.map(row), you && !isShown && row(you)),
  );
}

/** Show the boards of each span. */
export function fillBoards() {
  for (const period of PERIODS) {
    fill(find(`#board-${period}`), {
      waiting: waitingLines(4),
      ask: () => call("GET", "games/memory/leaderboard/", { query: { period, limit: SHOWN } }),
      show: table,
    });
  }
}
