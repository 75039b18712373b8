// Fills the widgets of a dashboard: all at once, each by itself. One that fails says so in its place, and can be retried.

import { drawCharts, dropCharts, ready } from "./charts.js";

const PATIENCE_MS = 30_000;
const AGAIN_MS = 300_000;

/** The reason why a widget has no figures, in words for people. */
class Failure extends Error {}

async function ask(source) {
  let answer;
  try {
    answer = await fetch(source, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    const isLate = error.name === "TimeoutError";
    throw new Failure(isLate ? "This takes too long at the moment." : "The shop's server cannot be reached.");
  }
  if (answer.redirected || answer.status === 403) throw new Failure("You are signed out. Load the page again to sign in.");
  if (answer.status === 400) throw new Failure(await answer.text());
  if (!answer.ok) throw new Failure(`The figures cannot be shown at the moment (${answer.status}).`);
  return answer.text();
}

function failureNote(error, retry) {
  const note = document.createElement("div");
  note.className = "widget-failure";
  note.setAttribute("role", "alert");
  note.dataset.failure = "";
  const words = document.createElement("p");
  words.textContent = error.message;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "report-button";
  button.textContent = "Try again";
  button.addEventListener("click", retry);
  note.append(words, button);
  return note;
}

async function load(widget) {
  const body = widget.querySelector("[data-widget-body]");
  widget.setAttribute("aria-busy", "true");
  body.querySelector("[data-failure]")?.remove();
  try {
    const html = await ask(widget.dataset.source);
    await ready;
    dropCharts(body);
    body.innerHTML = html;
    drawCharts(widget);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // What was shown before stays below the note: it says itself since when it is right.
    body.querySelector("[data-wait]")?.remove();
    body.prepend(failureNote(error, () => load(widget)));
  } finally {
    widget.removeAttribute("aria-busy");
  }
}

function loadAll() {
  document.querySelectorAll("[data-widget]").forEach((widget) => { void load(widget); });
}

loadAll();
// A wall screen shows fresh figures without anybody there.
setInterval(() => { if (!document.hidden) loadAll(); }, AGAIN_MS);
