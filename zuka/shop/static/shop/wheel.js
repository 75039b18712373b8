// The wheel: the shop draws where it stops, and this turns it there.

import { call } from "./api.js";
import { find } from "./elements.js";
import { busy } from "./forms.js";
import { note, sentence } from "./states.js";

const SVG = "http://www.w3.org/2000/svg";
const TURNS = 4;
const MILLISECONDS = 3000;
const USUAL = [5, 10, 0, 20, 5, 15, 0, 50];
const wheel = find("#wheel");
const said = find("#wheel-said");
const button = find("#wheel-turn");
let turned = 0;

const at = (angle, radius) => {
  const turn = ((angle - 90) * Math.PI) / 180;
  return [Math.cos(turn) * radius, Math.sin(turn) * radius].map((each) => each.toFixed(2)).join(" ");
};

function drawn(tag, attributes, text = "") {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/** Draw the segments, the first one's middle at the top. */
function draw(segments) {
  const width = 360 / segments.length;
  wheel.replaceChildren(
    ...segments.flatMap((points, place) => {
      const [from, to, middle] = [(place - 0.5) * width, (place + 0.5) * width, place * width];
      const slice = `M0 0 L${at(from, 98)} A98 98 0 0 1 ${at(to, 98)} Z`;
      const [x, y] = at(middle, 70).split(" ");
      return [
        drawn("path", { d: slice, class: points ? `slice slice-${place % 2}` : "slice slice-none" }),
        drawn("text", { x, y, class: "slice-words", transform: `rotate(${middle} ${x} ${y})` }, points || "–"),
      ];
    }),
    drawn("circle", { r: 10, class: "hub" }),
  );
}

const isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Turn the wheel until a segment is at the top. Who wants no motion sees it there at once. */
async function turnTo(segment, count) {
  const stop = (360 - (segment * 360) / count) % 360;
  const from = turned;
  turned += TURNS * 360 + ((stop - (turned % 360) + 360) % 360);
  const way = [from, turned].map((degrees) => ({ transform: `rotate(${degrees}deg)` }));
  const duration = isStill() ? 0 : MILLISECONDS;
  await wheel.animate(way, { duration, easing: "cubic-bezier(0.15, 0.7, 0.1, 1)", fill: "forwards" }).finished;
}

async function turn() {
  said.textContent = "";
  try {
    const play = await call("POST", "games/wheel/plays/", { body: {} });
    draw(play.dealt.segments);
    const ended = await call("POST", `games/wheel/plays/${play.id}/`, { body: { token: play.token } });
    await turnTo(ended.segment, play.dealt.segments.length);
    said.textContent = ended.score ? `${ended.points} points are yours!` : "Nothing today. Come back tomorrow.";
  } catch (error) {
    note(error);
    said.textContent = sentence(error);
  }
}

/** Make the wheel ready. */
export function openWheel({ canPlay }) {
  draw(USUAL);
  button.disabled = !canPlay;
  button.addEventListener("click", () => busy(button, turn));
}
