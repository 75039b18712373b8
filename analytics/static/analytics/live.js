"use strict";

/* Asks for the figures of this moment every few seconds while the page is looked at, and says when they grow old.
   Only that is announced to screen readers: figures that change all the time would never let them finish. */

const STALE_SECONDS = 20;
const WAIT_MOST = 60;
const page = document.querySelector("[data-live]");
const state = document.getElementById("live-state");
const pause = document.getElementById("live-pause");
let failures = 0;
let timer = 0;
let isAsking = false;

function put(id, text) {
  const place = document.getElementById(id);
  if (place && place.textContent !== text) place.textContent = text;
}

function say(text) {
  if (state.textContent !== text) state.textContent = text;
  state.hidden = !text;
}

function element(name, text, properties = {}) {
  const made = Object.assign(document.createElement(name), properties);
  made.textContent = text;
  return made;
}

function drawBars(minutes, text) {
  const bars = document.getElementById("live-bars");
  bars.setAttribute("aria-label", text);
  const drawn = minutes.map((minute, place) => {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = minute.title;
    for (const [name, value] of Object.entries({ x: place * 10, y: 0, width: 8, height: minute.height })) {
      bar.setAttribute(name, value);
    }
    bar.append(title);
    return bar;
  });
  bars.replaceChildren(...drawn);
}

function drawPages(pages) {
  const lines = pages.map((each) => {
    const line = element("li", "");
    line.append(element("span", each.page), " ", element("strong", each.people));
    return line;
  });
  document.getElementById("live-pages").replaceChildren(...lines);
  document.getElementById("live-pages-empty").hidden = pages.length > 0;
}

function streamLine(each) {
  const line = element("li", "");
  line.dataset.id = each.id;
  const told = element("span", each.what ? `${each.text}: ` : each.text);
  if (each.what) told.append(element("strong", each.what));
  if (each.value) told.append(`, ${each.value}`);
  line.append(element("time", each.at), " ", told, " ", element("small", each.where));
  return line;
}

/* Lines that are there already stay as they are, so that nothing jumps under a reader's finger or cursor. */
function drawStream(stream) {
  const list = document.getElementById("live-stream");
  const known = new Map([...list.children].map((line) => [line.dataset.id, line]));
  list.replaceChildren(...stream.map((each) => known.get(each.id) ?? streamLine(each)));
  document.getElementById("live-stream-empty").hidden = stream.length > 0;
}

function draw(told) {
  for (const [name, figure] of Object.entries(told.figures)) {
    put(`live-${name}`, figure.text);
    put(`live-${name}-note`, figure.note);
    put(`live-${name}-change`, figure.change);
  }
  put("live-as-of", told.as_of);
  drawBars(told.minutes, told.minutes_text);
  drawPages(told.pages);
  drawStream(told.stream);
  say(told.age_seconds > STALE_SECONDS ? "These figures are old: the database does not answer. Trying again." : "");
}

async function fetchNow() {
  // The header says that nobody clicked: an open page does not keep whoever went away signed in.
  const answer = await fetch(page.dataset.live, { headers: { Accept: "application/json", "X-Zuka-Polling": "1" } });
  if (answer.redirected || answer.status === 403) {
    say("You are signed out, or may not see this any more. Reload the page to sign in.");
    return;
  }
  if (!answer.ok) throw new Error(`The answer was ${answer.status}.`);
  draw(await answer.json());
}

function later() {
  clearTimeout(timer);
  if (document.hidden || pause.getAttribute("aria-pressed") === "true") return;
  timer = setTimeout(ask, Math.min(Number(page.dataset.every) * 2 ** failures, WAIT_MOST) * 1000);
}

async function ask() {
  if (isAsking) return;
  isAsking = true;
  try {
    await fetchNow();
    failures = 0;
  } catch {
    failures += 1;
    say("These figures are old: the back office does not answer. Trying again.");
  }
  isAsking = false;
  later();
}

if (page) {
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
  pause.addEventListener("click", () => {
    const isPaused = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", String(isPaused));
    say(isPaused ? "Paused: these figures stand still." : "");
    if (isPaused) clearTimeout(timer);
    else ask();
  });
  later();
}
