// What a part of the page shows while it waits, when it fails, and when there is nothing.

import { Refusal, Unreachable } from "./api.js";
import { find, h, icon } from "./elements.js";

const AWAY = "We could not reach the shop. Check your connection and try again.";
const OURS = "Something went wrong on our side. Please try again.";

/** One sentence about an error, for people. */
export function sentence(error) {
  if (error instanceof Refusal) return error.message;
  return error instanceof Unreachable ? AWAY : OURS;
}

/** A failure with a button that tries again. */
export function failure(error, again) {
  const button = h("button", { type: "button", class: "button button-line", onclick: again }, "Try again");
  return h("div", { class: "state", role: "alert" }, icon("cloud"), h("p", {}, sentence(error)), button);
}

/** An empty state: what is not there, and where to go instead. */
export function nothing({ title, text, actions = [], picture = "bag", level = "h2" }) {
  const words = [h(level, {}, title), text && h("p", {}, text)];
  return h(
    "div",
    { class: "state" },
    icon(picture),
    words,
    actions.length > 0 && h("p", { class: "actions" }, actions),
  );
}

/** Skeletons of so many lines. */
export const waitingLines = (lines = 3) =>
  Array.from({ length: lines }, (_, at) => h("p", { class: `skeleton skeleton-line${at % 2 ? " short" : ""}` }));

const turns = new WeakMap(); // of each place: how often it was filled, so that a late answer is not shown

/**
 * Fill a place: `waiting` at once, then what `show` makes of the answer of `ask`, or the failure with "Try again".
 * `after` hears of every answer, that of a later try too. Of two at once the later one is shown.
 */
export async function fill(place, { waiting = null, ask, show, after = () => null }) {
  const turn = (turns.get(place) || 0) + 1;
  turns.set(place, turn);
  const isLate = () => turns.get(place) !== turn;
  place.setAttribute("aria-busy", "true");
  if (waiting) place.replaceChildren(...[waiting].flat());
  try {
    const answer = await ask();
    if (isLate()) return;
    place.replaceChildren(...[show(answer)].flat().filter(Boolean));
    after(answer);
  } catch (error) {
    note(error);
    if (isLate()) return;
    place.replaceChildren(failure(error, () => fill(place, { waiting, ask, show, after })));
  } finally {
    if (!isLate()) place.removeAttribute("aria-busy");
  }
}

/** A mistake of ours belongs in the console; refusals and lost connections are told to the visitor. */
export function note(error) {
  if (!(error instanceof Refusal || error instanceof Unreachable)) reportError(error);
}

/** Say something to screen readers alone: who sees the page sees it there. */
export const say = (text) => (find("#said").textContent = text);

let fading = 0;

/** Say something for a few seconds at the bottom of the page, read out by screen readers. */
export function toast(text, action = null, kind = "good") {
  const place = find("#toast");
  window.clearTimeout(fading);
  place.className = `toast toast-${kind} is-shown`;
  place.replaceChildren(h("span", {}, text), ...(action ? [action] : []));
  fading = window.setTimeout(() => place.classList.remove("is-shown"), 7000);
}
