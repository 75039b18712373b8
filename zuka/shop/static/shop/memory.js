// Memory: the shop deals, this shows, and the shop plays the turned cards again to count the score.

import { call } from "./api.js";
import { count, find, h } from "./elements.js";
import { busy } from "./forms.js";
import { note, say, sentence } from "./states.js";

const ACROSS = 4;
const CARDS = 16;
const SHOWN_FOR = 900;
const place = find("#memory");
const said = find("#memory-said");
const button = find("#memory-begin");
const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: ACROSS, ArrowUp: -ACROSS };
let game = null;

const words = (pattern) => pattern.replace("-", " ");
const cards = () => [...place.children];

/** Show a card's face or back; a screen reader hears which it is. */
function face(card, pattern, isFound = false) {
  const where = `Card ${cards().indexOf(card) + 1}`;
  card.className = `memory-card${pattern ? ` is-open pattern-${pattern}` : ""}${isFound ? " is-found" : ""}`;
  const what = pattern ? `: ${words(pattern)}${isFound ? ", found" : ""}` : ", face down";
  card.setAttribute("aria-label", `${where}${what}`);
  card.firstChild.textContent = pattern ? words(pattern) : "";
}

function lay(isOff) {
  const made = Array.from({ length: CARDS }, () =>
    h("button", { type: "button", disabled: isOff, tabindex: "-1" }, h("span", { "aria-hidden": "true" })),
  );
  place.replaceChildren(...made);
  for (const card of made) face(card, null);
  made[0].tabIndex = 0;
}

function move(event) {
  const all = cards();
  const from = all.indexOf(document.activeElement);
  if (!(event.key in STEPS) || from < 0) return;
  event.preventDefault();
  const to = all[from + STEPS[event.key]];
  if (!to) return;
  all[from].tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

async function end() {
  const { play, flips, onEnd } = game;
  game = null;
  try {
    const body = { token: play.token, result: { flips } };
    const ended = await call("POST", `games/memory/plays/${play.id}/`, { body });
    const earned = ended.points ? `, ${count(ended.points, "point")} earned` : "; the day's points are all earned";
    said.textContent = `${ended.score} in ${count(ended.turns, "turn")}${earned}.`;
    onEnd();
  } catch (error) {
    note(error);
    said.textContent = sentence(error);
  }
  button.textContent = "Play again";
}

function compare(first, second) {
  const { cards: dealt } = game.play.dealt;
  const all = cards();
  if (dealt[first] === dealt[second]) {
    game.found += 2;
    for (const at of [first, second]) face(all[at], dealt[at], true);
    if (game.found === CARDS) end();
    else said.textContent = `${game.found / 2} of ${CARDS / 2} pairs.`;
    return;
  }
  const mine = game;
  game.hiding = window.setTimeout(() => mine === game && hide(), SHOWN_FOR);
}

/** Turn the two that do not match over again: after a moment, or when the next card is turned. */
function hide() {
  window.clearTimeout(game.hiding);
  for (const at of game.shown) face(cards()[at], null);
  game.shown = [];
}

function flip(at) {
  if (!game) return;
  if (game.shown.length === 2) hide();
  const card = cards()[at];
  if (game.shown.includes(at) || card.classList.contains("is-found")) return;
  const pattern = game.play.dealt.cards[at];
  game.flips.push(at);
  game.shown.push(at);
  face(card, pattern);
  say(words(pattern));
  if (game.shown.length < 2) return;
  const [first, second] = game.shown;
  if (game.play.dealt.cards[first] === game.play.dealt.cards[second]) game.shown = [];
  compare(first, second);
}

async function begin(onEnd) {
  try {
    const play = await call("POST", "games/memory/plays/", { body: {} });
    if (game) window.clearTimeout(game.hiding);
    game = { play, flips: [], shown: [], found: 0, hiding: 0, onEnd };
    lay(false);
    said.textContent = "Turn two cards.";
    button.textContent = "Begin anew";
    cards()[0].focus();
  } catch (error) {
    note(error);
    said.textContent = sentence(error);
  }
}

/** Make the cards ready. */
export function openMemory({ canPlay, onEnd }) {
  lay(true);
  button.disabled = !canPlay;
  button.addEventListener("click", () => busy(button, () => begin(onEnd)));
  place.addEventListener("keydown", move);
  place.addEventListener("click", ({ target }) => {
    const card = target.closest(".memory-card");
    if (card) flip(cards().indexOf(card));
  });
}
